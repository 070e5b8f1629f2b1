"""What a later round adds to the first prompt: what the model asked for, and what became of its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.values.grounding import Grounding, Hit
from verifier.values.pack import PackedFile, Selected
from verifier.values.verdict import Part


@dataclass(frozen=True)
class ContestedAbsence:
    """A pattern that the model took for absent, with the lines that match it."""

    part: str
    pattern: str
    hits: tuple[Hit, ...]
    total: int
    """All lines that contest, shown or not."""


@dataclass(frozen=True)
class BadPattern:
    """A pattern that cannot be searched for."""

    part: str
    pattern: str
    problem: str


@dataclass(frozen=True)
class WeakCitation:
    """A citation that does not count, with what was found at its place."""

    part: str
    grounding: Grounding


@dataclass(frozen=True)
class FollowUp:
    """What round 2 or later tells the model. It answers the whole verdict again."""

    parts: tuple[Part, ...]
    """The parts as they are fixed, with the answers of the round before."""
    files: tuple[PackedFile, ...] = ()
    refused: tuple[Selected, ...] = ()
    contested: tuple[ContestedAbsence, ...] = ()
    bad_patterns: tuple[BadPattern, ...] = ()
    weak: tuple[WeakCitation, ...] = ()
    unreferenced: tuple[WeakCitation, ...] = ()
    """Citations that count, of definitions that nothing outside tests refers to."""

    @property
    def tells_something(self) -> bool:
        """Whether the model would learn anything that could change its answer."""
        return bool(self.files or self.contested or self.bad_patterns or self.weak)
