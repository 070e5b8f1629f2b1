"""What a later round adds to the first prompt: what the model asked for, and what became of its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.values.grounding import AbsenceFinding, Grounding
from verifier.values.pack import PackedFile, Selected
from verifier.values.reading import PartReading
from verifier.values.verdict import Part


@dataclass(frozen=True)
class FailedCitation:
    """A citation that does not stand, with what was found at its place."""

    part: str
    grounding: Grounding


@dataclass(frozen=True)
class FailedAbsence:
    """An absence that cannot be evidence, or that has hits."""

    part: str
    finding: AbsenceFinding


@dataclass(frozen=True)
class Missed:
    """What the second reader did not find in the evidence of a part."""

    part: str
    reading: PartReading | None
    """None where nothing stood that could be read."""
    because: str
    """Why the part is open."""


@dataclass(frozen=True)
class FollowUp:
    """What round 2 or later tells the model. It answers the whole verdict again."""

    parts: tuple[Part, ...]
    """The parts as they are fixed, with the answers of the round before."""
    files: tuple[PackedFile, ...] = ()
    """Every file granted so far, not only those of this round."""
    refused: tuple[Selected, ...] = ()
    missed: tuple[Missed, ...] = ()
    absences: tuple[FailedAbsence, ...] = ()
    citations: tuple[FailedCitation, ...] = ()
    news: bool = False
    """Whether anything here was not told before."""
