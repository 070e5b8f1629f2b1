"""What a report that somebody else's model wrote says, before anything in it is looked up.

Every value keeps the line of the report that it was read from, so that a reader can go and see.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ReportVerdict(StrEnum):
    """What a foreign verdict word amounts to."""

    FULLY = "fully"
    PARTIALLY = "partially"
    NOT = "not"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class ReportCitation:
    """A place that the report points at."""

    line: int
    path: str | None
    """As the report writes it. None: a line is named, but no file that it could be in."""
    first_line: int | None
    last_line: int | None
    """None, both, where a file is cited for what it holds without saying in which lines."""
    names: tuple[str, ...]
    """Identifiers in backticks that are to be there, without the brackets of a call; then other code, verbatim."""


@dataclass(frozen=True)
class ReportAbsence:
    """A file or symbol that the report calls missing."""

    subject: str
    kind: Literal["path", "symbol"]
    line: int
    within: str | None = None
    """The file that is said to lack the symbol; None: it is said of everything the report looked at."""
    unused: bool = False
    """It is not said to be missing, but to be used nowhere: a call of it would contradict that."""


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block, as evidence: code that the report says it has seen."""

    path: str | None
    """The file that the block or the text before it names; None when there is none, or more than one."""
    lines: tuple[str, ...]
    line: int
    """Line of the opening fence."""
    language: str = ""


@dataclass(frozen=True)
class Unread:
    """Something that looks as if it mattered and could not be read."""

    line: int
    text: str
    why: str


@dataclass(frozen=True)
class ReportClaim:
    """One claim, with what the report concludes and rests it on."""

    id: str
    """As written where it is an identifier; "Claim 3", "claim #3" and a bare 3 are CLAIM_3."""
    statement: str
    """"" where the report judges a claim without repeating it."""
    line: int
    verdict: ReportVerdict | None
    """None where the report gives none that can be read; `ForeignReport.unread` says why."""
    word: str
    """The verdict in the report's own words; "" where there is none."""
    verdict_line: int | None
    citations: tuple[ReportCitation, ...] = ()
    absences: tuple[ReportAbsence, ...] = ()
    code_blocks: tuple[CodeBlock, ...] = ()
    locations: tuple[str, ...] = ()
    """Paths of the claim's LOCATION line: where the claim, not the report, says that it is done."""
    expected: str = ""
    """Text of the claim's EXPECTED line."""
    unnamed: tuple[Unread, ...] = ()
    """What calls something missing and names nothing that could be looked up."""


@dataclass(frozen=True)
class ForeignReport:
    """A whole report."""

    title: str
    generated: str | None
    """The date in its header, as written."""
    model: str | None
    claims: tuple[ReportClaim, ...]
    unread: tuple[Unread, ...] = ()
    citations: tuple[ReportCitation, ...] = ()
    """Those that stand outside every claim, in an introduction or a summary."""
    absences: tuple[ReportAbsence, ...] = ()
    """Likewise. A claim may call the same subject missing once more."""
    unnamed: tuple[Unread, ...] = ()
    """Likewise."""
