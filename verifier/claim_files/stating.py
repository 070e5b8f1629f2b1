"""Make a claim set of one statement, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verifier.claim_files.finding import default_claim_files
from verifier.claim_files.loading import load_claims
from verifier.claim_files.notes import slug
from verifier.claim_files.written_text import read_stated
from verifier.errors import ClaimError
from verifier.values.claim import Claim, ClaimSet


def stated_claims(statement: str, files: Sequence[str] = ()) -> ClaimSet:
    """The claim set of one statement, read from standard input for a dash; `files` are paths or globs to show.

    What the claim sets of this folder never send is not sent for it either.

    Raises:
        ClaimError: There is no statement, or a claim file of the folder is no claim set.
    """
    # Before an id is made of it: no pattern finds a secret in a slug.
    given = read_stated(statement)
    if not given.strip() or not all(path.strip() for path in files):
        raise ClaimError("the statement, or a path of --file, is empty; say in one sentence what is claimed")
    kept_back = (glob for path in default_claim_files(Path()) for glob in load_claims(path).claims.never_send)
    claim = Claim(id=slug(given, ()), statement=given, files=tuple(files))
    return ClaimSet(title="One statement", never_send=tuple(dict.fromkeys(kept_back)), claims=(claim,))
