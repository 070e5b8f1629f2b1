"""What became of the model's evidence when it was looked up: matters of fact, decided by program."""

from __future__ import annotations

import enum
from collections.abc import Callable
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
    """What kind of text a line is: a label for readers, and no gate."""

    CODE = "code"
    PROSE = "prose"
    """A comment, a docstring, documentation, or a sentence that is a value in data."""
    TEST = "test"
    GENERATED = "generated"
    VENDORED = "vendored"
    MINIFIED = "minified"
    EXAMPLE = "example"


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
    dead: str | None = None
    """Why the cited lines never run ("after return"). None where they may."""
    unreferenced: str | None = None
    """The cited definition's name, where nothing outside tests refers to it. Only warns."""
    why_not: tuple[str, ...] = ()
    """Why the citation does not stand for its part; empty when it does."""
    near_path: str | None = None
    """A path of the commit that resembles the cited one, where that is not in the commit."""
    true_text: str | None = None
    """What stands at the cited lines, where the quote does not."""

    @property
    def stands(self) -> bool:
        """Whether it is shown to the second reader, so that a ruling may rest on it."""
        return self.standing in (Standing.EXACT, Standing.MOVED) and not self.why_not

    @property
    def place(self) -> Lines:
        """Where the quote stands: the nearest place where it was found, or as cited where there is none."""
        return self.found[0] if self.found else self.citation.lines

    def weakness(self, text: Callable[[str], str] = str, path: Callable[[str], str] = str) -> str:
        """Why it does not stand. `text` and `path` write what is foreign in it as the reader's format has it."""
        match self.standing:
            case Standing.NO_SUCH_FILE:
                near = f"; {path(self.near_path)} is" if self.near_path else ""
                return f"no such file in the commit{near}"
            case Standing.OUTSIDE_FILE:
                size = f": {text(self.true_text)}," if self.true_text else ","
                return f"outside the file{size} and the quote is nowhere in it"
            case Standing.NOT_FOUND:
                return "the quote is nowhere in that file"
            case Standing.MALFORMED:
                return f"malformed: {text('; '.join(self.why_not))}"
            case Standing.EXACT | Standing.MOVED:
                return text("; ".join(self.why_not))


class AbsenceStanding(enum.StrEnum):
    """How an absence stands in the commit."""

    CONFIRMED = "confirmed"
    HITS = "hits"
    UNDECIDED = "undecided"
    """Nothing was found, but something that could hold it was not read."""
    BAD_PATTERN = "bad_pattern"


@dataclass(frozen=True)
class Hit:
    """A line, or a path, that matches a pattern or holds a name."""

    path: str
    line: int
    """0 where the path itself is meant."""
    text: str
    """The line, shortened; empty where the file's text may not be shown."""
    kind: str = "code"
    """What the line is, in words for a reader: "code", "comment", "test", "vendored", "path", "dead code"."""
    excluded: bool = False
    """Whether the file's text is kept from the model."""


@dataclass(frozen=True)
class AbsenceFinding:
    """What a search of the commit says of an absence."""

    absence: Absence
    standing: AbsenceStanding
    files_searched: int = 0
    hits: tuple[Hit, ...] = ()
    """The hits worth showing, code first, bounded in number."""
    total: int = 0
    """All hits, shown or not."""
    unread: tuple[str, ...] = ()
    """What in the scope could not be searched, and why: "data/big.bin: too large"."""
    problem: str | None = None
    """What is wrong with a bad pattern."""

    @property
    def stands(self) -> bool:
        """Whether it is evidence: a search that could be made whole, whatever it found."""
        return self.standing in (AbsenceStanding.CONFIRMED, AbsenceStanding.HITS)
