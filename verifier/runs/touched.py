"""Which claims a branch touches: those about a path that differs from where it left its base."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from verifier.pipeline.opening import Work, files_of
from verifier.repository.globbing import matching
from verifier.values.claim import Claim


def touched_claims(work: Work, claims: Sequence[Claim], touched: Collection[str]) -> tuple[Claim, ...]:
    """The claims that would be shown one of the paths, or that name one that is gone."""
    paths = tuple(touched)
    return tuple(
        claim for claim in claims if any(name in touched or matching(name, paths) for name in files_of(work, claim))
    )
