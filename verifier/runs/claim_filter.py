"""Filter claims: by id, by tag, or by the files that a branch touches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from verifier.claim_files import LoadedClaims
from verifier.errors import UsageError
from verifier.pipeline.opening import Work, files_of
from verifier.repository.globbing import matching
from verifier.values.claim import Claim


@dataclass(frozen=True)
class ClaimFilter:
    """Claims by their ids and tags; every claim where neither is given."""

    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def subset(self) -> str | None:
        """The filter in words. None for the whole set."""
        words = [*(f"claim {i}" for i in self.ids), *(f"tag {tag}" for tag in self.tags)]
        return ", ".join(words) or None

    def of(self, loaded: LoadedClaims) -> tuple[Claim, ...]:
        """The claims that have one of the ids or one of the tags, in the file's order."""
        if self.subset is None:
            return loaded.claims.claims
        return tuple(c for c in loaded.claims.claims if c.id in self.ids or set(c.tags) & set(self.tags))


def choose(loaded: Sequence[LoadedClaims], wanted: ClaimFilter) -> list[tuple[LoadedClaims, tuple[Claim, ...]]]:
    """The claims that were asked for, by claim set; sets without any are left out.

    Raises:
        UsageError: No claim has one of the ids, or none one of the tags.
    """
    every = [claim for one in loaded for claim in one.claims.claims]
    for claim_id in wanted.ids:
        if not any(claim.id == claim_id for claim in every):
            raise UsageError(f'there is no claim "{claim_id}"; `verifier claims list` names those that are there')
    for tag in wanted.tags:
        if not any(tag in claim.tags for claim in every):
            raise UsageError(f'no claim has the tag "{tag}"; `verifier claims list` names those that are there')
    pairs = [(one, wanted.of(one)) for one in loaded]
    return [(one, claims) for one, claims in pairs if claims]


def touched_claims(work: Work, claims: Sequence[Claim], touched: Collection[str]) -> tuple[Claim, ...]:
    """The claims that a branch touches: they may be shown one of its paths, or name one that is gone."""
    paths, in_order, snapshot = frozenset(touched), tuple(touched), work.index.snapshot

    def is_touched(claim: Claim) -> bool:
        names = files_of(work, claim)
        gone = (name for name in names if snapshot.entry(name) is None)
        return not paths.isdisjoint(names) or any(matching(name, in_order) for name in gone)

    return tuple(filter(is_touched, claims))
