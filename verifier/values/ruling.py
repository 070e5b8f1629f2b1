"""Rulings: what verifier concludes from verdict and look-ups."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass

from verifier.values.claim import Word
from verifier.values.fact import Fact
from verifier.values.grounding import AbsenceFinding, Grounding, Hit
from verifier.values.reading import SAME, PartReading
from verifier.values.verdict import Part


class State(enum.StrEnum):
    """What a part is found to be."""

    PROVEN = "proven"
    PARTLY = "partly"
    REFUTED = "refuted"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class PartEvidence:
    """A part with everything that was looked up for it, and what a second reader says that it settles."""

    part: Part
    groundings: tuple[Grounding, ...] = ()
    absences: tuple[AbsenceFinding, ...] = ()
    facts: tuple[Fact, ...] = ()
    """The facts that bear on this part: paths it is about, checks that name it."""
    near: tuple[Hit, ...] = ()
    """Where absences were given: lines and paths in which names and words of the part stand, nearest first."""
    near_total: int = 0
    """All such lines, shown or not."""
    reading: PartReading | None = None
    """None where nothing stood that could be read, or nobody was asked."""
    open_because: str | None = None
    """Why the part stays open whatever was found; for what no part addresses."""

    @property
    def agree(self) -> bool:
        """Whether both readings say the same of it. False too where there was no second one."""
        return self.reading is not None and SAME.get(self.part.holds) is self.reading.answer

    @property
    def stands(self) -> bool:
        """Whether there is anything that a second reader could be shown.

        Facts alone are, where the reply gives neither citation nor search: for what nobody can cite.
        """
        if not self.groundings and not self.absences:
            return any(not f.can_be_cited for f in self.facts)
        return any(g.stands for g in self.groundings) or any(a.stands for a in self.absences)


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
    not_judged: tuple[str, ...] = ()
    """Words of the statement that nobody can look up, verbatim; no part covers them."""

    @property
    def counts(self) -> Counter[State]:
        """How many parts are in each state."""
        return Counter(part.state for part in self.parts)
