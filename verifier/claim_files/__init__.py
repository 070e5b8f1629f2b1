"""Claim files: YAML in, a `ClaimSet` out, or an error with file and line; and what the commands do to such files."""

from verifier.claim_files.finding import find_claim_files
from verifier.claim_files.linting import lint
from verifier.claim_files.loading import LoadedClaims, inspect, load_claims, made_claims
from verifier.claim_files.mistakes import Problem, Severity
from verifier.claim_files.schema import claim_file_schema

__all__ = [
    "LoadedClaims",
    "Problem",
    "Severity",
    "claim_file_schema",
    "find_claim_files",
    "inspect",
    "lint",
    "load_claims",
    "made_claims",
]
