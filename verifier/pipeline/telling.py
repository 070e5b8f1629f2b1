"""What a later round tells the model of its evidence, each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.values.followup import FailedAbsence, FailedCitation, FollowUp, Missed
from verifier.values.grounding import AbsenceStanding
from verifier.values.ruling import RuledPart, Ruling, State
from verifier.values.verdict import Verdict

_MOST_TOLD = (60, 20, 5, 1)
"""How many findings of a kind one round tells; the lower numbers where more would pass the budget."""


class Told:
    """What the model has been told so far."""

    def __init__(self) -> None:
        self._before: set[str] = set()

    def followups(self, verdict: Verdict, ruling: Ruling) -> Iterator[FollowUp]:
        """What there is to tell of the parts that are open, in fewer words each time."""
        for most in _MOST_TOLD:
            yield self._followup(verdict, ruling, most)

    def remember(self, followup: FollowUp) -> None:
        """From now on this has been told."""
        self._before.update(_names(followup))

    def _followup(self, verdict: Verdict, ruling: Ruling, most: int) -> FollowUp:
        ids = {part.id for part in verdict.parts}
        still_open = [
            ruled
            for ruled in ruling.parts
            if ruled.state is State.UNPROVEN and ruled.id in ids and ruled.evidence.open_because is None
        ]
        followup = FollowUp(
            verdict.parts,
            missed=tuple(Missed(ruled.id, ruled.evidence.reading, ruled.because) for ruled in still_open[:most]),
            absences=tuple(_absences(still_open))[:most],
            citations=tuple(_citations(still_open))[:most],
        )
        return replace(followup, news=not self._before.issuperset(_names(followup)))


def _absences(parts: Iterable[RuledPart]) -> Iterator[FailedAbsence]:
    for ruled in parts:
        for finding in ruled.evidence.absences:
            if finding.standing is not AbsenceStanding.CONFIRMED:
                yield FailedAbsence(ruled.id, finding)


def _citations(parts: Iterable[RuledPart]) -> Iterator[FailedCitation]:
    for ruled in parts:
        for grounding in ruled.evidence.groundings:
            if not grounding.stands:
                yield FailedCitation(ruled.id, grounding)


def _names(followup: FollowUp) -> set[str]:
    """What tells one finding from another, for all that the follow-up tells."""
    return {
        *(f"{one.part}: {one.because}" for one in followup.missed if one.reading is not None),
        *(f"{one.part}: {one.finding.absence!r}" for one in followup.absences),
        *(f"{one.part}: {one.grounding.citation!r}" for one in followup.citations),
    }
