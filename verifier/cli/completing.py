"""What a shell offers where an option takes a name: ids, tags, refs, formats. It never fails, it offers less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from verifier.values.claim import Claim


def claim_ids(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Ids of the claims in claims/."""
    return _beginning(begun, (claim.id for claim in _claims()))


def claim_tags(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Tags of those claims."""
    return _beginning(begun, (tag for claim in _claims() for tag in claim.tags))


def refs(context: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Branches and tags of the repository."""
    from verifier.errors import SnapshotError
    from verifier.repository.repository import find_repository

    try:
        return _beginning(begun, find_repository(context.params.get("repo") or Path()).names())
    except SnapshotError:
        return []


def formats(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Formats that a report may be written in."""
    from verifier.report import format_names

    return _beginning(begun, format_names())


def _beginning(begun: str, names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(begun)]


def _claims() -> Iterator[Claim]:
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.errors import ClaimError

    try:
        files = find_claim_files((), Path())
    except ClaimError:
        return
    for file in files:
        try:
            yield from load_claims(file).claims.claims
        except ClaimError:
            continue
