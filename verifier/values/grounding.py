"""Groundings: what became of the model's evidence when it was looked up."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation


class Standing(enum.StrEnum):
    """How a citation stands in the commit."""

    EXACT = "exact"
    MOVED = "moved"
    NOT_FOUND = "not_found"
    NO_SUCH_FILE = "no_such_file"
    OUTSIDE_FILE = "outside_file"
    MALFORMED = "malformed"


class TextKind(enum.StrEnum):
    """What kind of text a citation quotes."""

    CODE = "code"
    PROSE = "prose"
    TEST = "test"
    GENERATED = "generated"


@dataclass(frozen=True)
class Grounding:
    """What became of one citation."""

    citation: Citation
    standing: Standing
    found: tuple[Lines, ...] = ()
    """Where the quote stands, nearest to the cited lines first. Empty when it stands nowhere in the file."""
    kind: TextKind | None = None
    stub: str | None = None
    """Why the cited definition is a stub. None when it does something, or nothing was found."""
    unreferenced: str | None = None
    """The cited definition's name, where nothing outside tests refers to it. Only warns."""
    why_not: tuple[str, ...] = ()
    """Why the citation does not count; empty when it does."""
    near_path: str | None = None
    """A path of the commit that resembles the cited one, where that is not in the commit."""
    true_text: str | None = None
    """What stands at the cited lines, where the quote does not."""

    @property
    def counts(self) -> bool:
        """Whether a ruling may rest on this citation."""
        return self.standing in (Standing.EXACT, Standing.MOVED) and not self.why_not

    @property
    def place(self) -> Lines:
        """Where the quote stands: the nearest place where it was found, or as cited where there is none."""
        return self.found[0] if self.found else self.citation.lines


ANSWERED = "answered"
"""Why a hit does not contest that the model has been shown and has answered."""


class AbsenceStanding(enum.StrEnum):
    """How an absence stands in the commit."""

    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    BAD_PATTERN = "bad_pattern"


@dataclass(frozen=True)
class Hit:
    """A line that matches a pattern."""

    path: str
    line: int
    text: str
    """The line, shortened; empty where the file's text may not be shown."""
    near: bool = False
    """Whether only the widened spelling matches."""
    excused: str | None = None
    """Why the hit does not contest ("prose", "test", "lock file"). None when it does."""
    excluded: bool = False
    """Whether the file's text is kept from the model."""


@dataclass(frozen=True)
class AbsenceFinding:
    """What a search of the commit says of an absence."""

    absence: Absence
    standing: AbsenceStanding
    files_searched: int = 0
    hits: tuple[Hit, ...] = ()
    """The hits worth showing, contesting ones first, bounded in number."""
    contesting: int = 0
    """All hits that contest and were not yet answered, shown or not."""
    answered: int = 0
    """Hits that would contest, but which the model was shown and has answered."""
    excused: int = 0
    """Hits in prose, tests, vendored, generated and lock files."""
    pertinent: bool = True
    """Whether the pattern has a word of the part or the statement."""
    problem: str | None = None
    """What is wrong with a bad pattern."""
