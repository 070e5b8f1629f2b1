"""Compare two runs as values: what was fixed, what broke, what can no longer be told, and what merely moved."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.values.claim import NEVER_JUDGED, Claim, Word
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import RuledPart, State

SETTLED = (Word.NOT, Word.PARTIALLY, Word.FULLY)
"""The rulings that say something of the commit, worst first."""


class Change(enum.StrEnum):
    """What became of one claim from one run to the other."""

    BROKEN = "broken"
    """Less of it is borne out than was."""
    NEWLY_UNPROVEN = "newly unproven"
    NEWLY_ERROR = "newly in error"
    REMOVED = "removed"
    ADDED = "added"
    FIXED = "fixed"
    """All of it is borne out now, and was not."""
    IMPROVED = "improved"
    """More of it is borne out than was, but not all."""
    SETTLED = "settled"
    """It was unproven or in error, and is found not to hold, or not wholly."""
    SAME = "same ruling"


@dataclass(frozen=True)
class Move:
    """A quote that both runs cite for a claim, at another place."""

    quote: str
    """Its first line."""
    before: str
    """`pool.py:3-4`."""
    after: str


@dataclass(frozen=True)
class ClaimChange:
    """One claim in two runs."""

    claim_id: str
    change: Change
    before: RulingRecord | None
    """None: it was added."""
    after: RulingRecord | None
    """None: it was removed."""
    moves: tuple[Move, ...] = ()
    reworded: tuple[str, ...] = ()
    """The keys of the claim that say something else now: "statement", "checks"."""
    answered_by: tuple[str, str] | None = None
    """The models that answered, where they are not the same."""


@dataclass(frozen=True)
class Comparison:
    """Two runs, the older one first."""

    before: RunRecord
    after: RunRecord
    claims: tuple[ClaimChange, ...]
    """Every claim of either, what got worse first, then in the order of the newer run."""

    @property
    def changed(self) -> tuple[ClaimChange, ...]:
        """The claims of which there is something to say."""
        return tuple(c for c in self.claims if c.change is not Change.SAME or c.moves or c.reworded or c.answered_by)


def compare(before: RunRecord, after: RunRecord) -> Comparison:
    """What changed from one run to the other."""
    old = {ruling.claim_id: ruling for ruling in before.rulings}
    new = {ruling.claim_id: ruling for ruling in after.rulings}
    changes = [_compare(claim_id, old.get(claim_id), new.get(claim_id)) for claim_id in dict.fromkeys((*new, *old))]
    order = list(Change)
    return Comparison(before, after, tuple(sorted(changes, key=lambda one: order.index(one.change))))


def reworded(before: Claim, after: Claim) -> tuple[str, ...]:
    """The keys that bear on a ruling and say something else in the one claim than in the other."""
    names = (name for name in type(before).model_fields if name not in NEVER_JUDGED)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def worsened(before: RulingRecord, after: RulingRecord) -> str | None:
    """In how far less of a claim is borne out than was, in words. None: it is not so.

    Parts are compared where the claim's author spelled them out; else each run may have split the claim otherwise.
    """
    if before.ruling not in SETTLED:
        return None
    if after.ruling not in SETTLED or SETTLED.index(after.ruling) < SETTLED.index(before.ruling):
        return f"was {before.ruling}, is {after.ruling}"
    if after.claim.parts is None or before.claim.parts != after.claim.parts:
        return None
    states = {part.id: part.state for part in before.parts}
    for part in after.parts:
        was = states.get(part.id)
        if was is not None and _STATES.index(part.state) < _STATES.index(was):
            return f"{part.id} was {was}, is {part.state}"
    return None


_STATES = (State.UNPROVEN, State.REFUTED, State.PARTLY, State.PROVEN)


def _compare(claim_id: str, before: RulingRecord | None, after: RulingRecord | None) -> ClaimChange:
    if before is None or after is None:
        return ClaimChange(claim_id, Change.ADDED if before is None else Change.REMOVED, before, after)
    models = (_answered(before), _answered(after))
    return ClaimChange(
        claim_id,
        _change(before, after),
        before,
        after,
        tuple(_moves(before, after)),
        reworded(before.claim, after.claim),
        models if models[0] != models[1] and all(models) else None,
    )


def _change(before: RulingRecord, after: RulingRecord) -> Change:
    was, now = before.ruling, after.ruling
    if now is was:
        return Change.BROKEN if worsened(before, after) else Change.SAME
    if now is Word.ERROR:
        return Change.NEWLY_ERROR
    if now is Word.UNPROVEN:
        return Change.NEWLY_UNPROVEN
    if now is Word.FULLY:
        return Change.FIXED
    if was not in SETTLED:
        return Change.SETTLED
    return Change.IMPROVED if SETTLED.index(now) > SETTLED.index(was) else Change.BROKEN


def _answered(ruling: RulingRecord) -> str:
    return ", ".join(sorted({one.model for one in ruling.exchanges}))


def _moves(before: RulingRecord, after: RulingRecord) -> Iterator[Move]:
    """Quotes that both cite and that stand elsewhere now. A quote cited twice in a run is left alone."""
    old, new = _places(before.parts), _places(after.parts)
    for quote, place in new.items():
        was = old.get(quote)
        if was is not None and place is not None and was != place:
            yield Move(quote.strip("\n").split("\n")[0].strip(), was, place)


def _places(parts: Sequence[RuledPart]) -> dict[str, str | None]:
    """Where each quote stands that was found; None for one that is cited at several places."""
    places: dict[str, str | None] = {}
    for found in (grounding for part in parts for grounding in part.evidence.groundings):
        if found.found:
            quote, place = found.citation.quote, f"{found.citation.path}:{found.place}"
            places[quote] = place if places.get(quote, place) == place else None
    return places
