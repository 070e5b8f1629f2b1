"""Readings: what a second reader, who is shown the evidence alone, says that it settles.

The pydantic models are the door, as for verdicts: reasons stand before the answer. The dataclasses are what passes on.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pydantic import Field

from verifier.values.verdict import Asked, Holds


class Settles(enum.StrEnum):
    """What the evidence alone settles of a part."""

    SHOWS = "shows"
    SHOWS_PARTLY = "shows_partly"
    REFUTES = "refutes"
    SILENT = "silent"


SAME = {Holds.YES: Settles.SHOWS, Holds.PARTLY: Settles.SHOWS_PARTLY, Holds.NO: Settles.REFUTES}
"""What the second reader finds where both readings agree, by the first reader's answer."""


class About(enum.StrEnum):
    """What a part speaks of, and so what kind of text can bear it out."""

    CODE = "code"
    PROSE = "prose"
    TESTS = "tests"


class AskedPartReading(Asked):
    """What the evidence of one part settles."""

    id: str = Field(description="The part's id.")
    why: str = Field(description="One sentence: what the lines say.")
    missing: str = Field(description="What one would have to see to settle the part; empty where it is settled.")
    about: About
    answer: Settles


class AskedUnfaithful(Asked):
    """A part that does not say what the claim says."""

    id: str
    why: str


class AskedReading(Asked):
    """The whole reply of the second reader."""

    parts: list[AskedPartReading]
    uncovered: list[str] = Field(description="Words of the claim, verbatim, that no part covers and one could look up.")
    not_judged: list[str] = Field(description="Words of the claim, verbatim, that nobody could look up.")
    unfaithful: list[AskedUnfaithful]


@dataclass(frozen=True)
class PartReading:
    """What the second reader says of one part."""

    id: str
    answer: Settles
    why: str = ""
    missing: str = ""
    about: About = About.CODE


@dataclass(frozen=True)
class Unfaithful:
    """A part that says other or less than the claim, in the second reader's opinion."""

    id: str
    why: str


@dataclass(frozen=True)
class Reading:
    """A second reader's reply, parsed."""

    parts: tuple[PartReading, ...]
    uncovered: tuple[str, ...] = ()
    """Words of the statement that no part covers though they could be looked up, verbatim."""
    not_judged: tuple[str, ...] = ()
    """Words of the statement that nobody could look up, verbatim."""
    unfaithful: tuple[Unfaithful, ...] = ()

    def of(self, part_id: str) -> PartReading | None:
        """What is said of the part; None where nothing is."""
        return next((part for part in self.parts if part.id == part_id), None)
