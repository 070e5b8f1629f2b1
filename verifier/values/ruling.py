"""Rulings: what verifier concludes from verdict and look-ups."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass

from verifier.values.claim import Word
from verifier.values.fact import Fact
from verifier.values.grounding import AbsenceFinding, Grounding
from verifier.values.verdict import Part


class State(enum.StrEnum):
    """What a part is found to be."""

    PROVEN = "proven"
    PARTLY = "partly"
    REFUTED = "refuted"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class PartEvidence:
    """A part with everything that was looked up for it."""

    part: Part
    groundings: tuple[Grounding, ...] = ()
    absences: tuple[AbsenceFinding, ...] = ()
    facts: tuple[Fact, ...] = ()
    """The facts that bear on this part: paths it is about, checks that name it."""
    open_because: str | None = None
    """Why the part stays open whatever was found; for what verifier itself finds unaddressed."""


@dataclass(frozen=True)
class RuledPart:
    """A part and the state that its evidence gives it."""

    evidence: PartEvidence
    state: State
    because: str
    """The rule that decided, in words."""

    @property
    def part(self) -> Part:
        """The part itself, as the model put it."""
        return self.evidence.part

    @property
    def id(self) -> str:
        """The part's id."""
        return self.part.id


@dataclass(frozen=True)
class Ruling:
    """What follows for the whole claim."""

    word: Word
    parts: tuple[RuledPart, ...]
    because: str
    """The row of the ruling table that decided, in words."""
    range: tuple[Word, ...] = ()
    """What an UNPROVEN claim could still be, mildest first. Empty for every other word."""

    @property
    def counts(self) -> Counter[State]:
        """How many parts are in each state."""
        return Counter(part.state for part in self.parts)
