"""Choose claims: by id, by tag, or because they did not pass before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.claim_files import LoadedClaims
from verifier.claim_files.names import is_same_file, shown_path
from verifier.errors import UsageError
from verifier.safety.redacting import redact_claim_set
from verifier.values.claim import Claim


@dataclass(frozen=True)
class Chosen:
    """Which claims of a set are asked for; all where nothing is chosen."""

    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def subset(self) -> str | None:
        """The choice in words. None for the whole set."""
        words = [*(f"claim {i}" for i in self.ids), *(f"tag {tag}" for tag in self.tags)]
        return ", ".join(words) or None

    def of(self, loaded: LoadedClaims) -> tuple[Claim, ...]:
        """The claims that have one of the ids or one of the tags, in the file's order."""
        if self.subset is None:
            return loaded.claims.claims
        return tuple(c for c in loaded.claims.claims if c.id in self.ids or set(c.tags) & set(self.tags))


@dataclass(frozen=True)
class Repeated:
    """What earlier runs leave to be repeated: the claims that did not pass, by their claim file."""

    did_not_pass: Mapping[str, tuple[str, ...]]

    def of(self, loaded: LoadedClaims, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Those of the claims that did not pass."""
        wanted = set(self._ids(loaded))
        return tuple(claim for claim in claims if claim.id in wanted)

    def gone(self, loaded: Sequence[LoadedClaims]) -> list[str]:
        """The ids of those that their claim file does not have any more."""
        there = {(one.path, claim.id) for one in loaded for claim in one.claims.claims}
        return [claim_id for one in loaded for claim_id in self._ids(one) if (one.path, claim_id) not in there]

    def _ids(self, loaded: LoadedClaims) -> list[str]:
        ours = (ids for path, ids in self.did_not_pass.items() if is_same_file(path, shown_path(loaded.path)))
        return [claim_id for ids in ours for claim_id in ids]


def narrowed(
    pairs: Sequence[tuple[LoadedClaims, tuple[Claim, ...]]],
    of: Callable[[LoadedClaims, Sequence[Claim]], Sequence[Claim]],
) -> list[tuple[LoadedClaims, tuple[Claim, ...]]]:
    """The claims that a further choice leaves, by claim set; sets without any are left out."""
    chosen = [(loaded, tuple(of(loaded, claims))) for loaded, claims in pairs]
    return [(loaded, claims) for loaded, claims in chosen if claims]


def choose(loaded: Sequence[LoadedClaims], chosen: Chosen) -> list[tuple[LoadedClaims, tuple[Claim, ...]]]:
    """The claims that were asked for, by claim set and without secrets; sets without any are left out.

    Raises:
        UsageError: No claim has one of the ids, or none one of the tags.
    """
    loaded = [replace(one, claims=redact_claim_set(one.claims)) for one in loaded]
    every = [claim for one in loaded for claim in one.claims.claims]
    for wanted in chosen.ids:
        if not any(claim.id == wanted for claim in every):
            raise UsageError(f'there is no claim "{wanted}"; `verifier claims list` names those that are there')
    for tag in chosen.tags:
        if not any(tag in claim.tags for claim in every):
            raise UsageError(f'no claim has the tag "{tag}"; `verifier claims list` names those that are there')
    pairs = [(one, chosen.of(one)) for one in loaded]
    return [(one, claims) for one, claims in pairs if claims]
