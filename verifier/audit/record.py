"""What an audit found: one pydantic model, which is also the JSON that `verifier audit --json` prints."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from verifier.audit.values import ReportCitation, ReportVerdict, Unread
from verifier.values.source import Lines


class CitationStanding(StrEnum):
    """How a citation stands in the commit. At least half of what it names has to stand where the word says."""

    EXACT = "exact"
    """In the cited lines."""
    NEAR = "near"
    """Within 3 lines of them."""
    MOVED = "moved"
    """Elsewhere in the file."""
    WRONG = "wrong"
    """Not in the file; or the file has no such lines."""
    NO_SUCH_FILE = "no_such_file"
    CANNOT_BE_CHECKED = "cannot_be_checked"
    """Nothing is named that could be looked for, or no file, or one that is no text."""
    IN_FILE = "in_file"
    """Of a citation without lines: in the file."""

    @property
    def stands(self) -> bool:
        """Whether what is named is in the file, be it at other lines."""
        return self in (CitationStanding.EXACT, CitationStanding.NEAR, CitationStanding.MOVED, CitationStanding.IN_FILE)


class MissingStanding(StrEnum):
    """How it stands with what the report calls missing."""

    CONFIRMED = "confirmed"
    FALSE = "false"
    UNDECIDED = "undecided"


class RestsOn(StrEnum):
    """What a verdict rests on."""

    EVIDENCE = "evidence"
    WORDS = "words"
    """What stands is comment and docstring alone."""
    UNCHECKED = "unchecked"
    """Nothing that could be checked."""
    NOTHING = "nothing"
    """No evidence, or none that stands."""
    FALSE_ABSENCE = "false_absence"
    """Among other things, perhaps: something is called missing that is there."""


@dataclass(frozen=True)
class Place:
    """A file of the commit, or lines of it."""

    path: str
    first_line: int | None = None
    last_line: int | None = None

    @staticmethod
    def at(path: str, lines: Lines) -> Place:
        """These lines of a file."""
        return Place(path, lines.first, lines.last)


@dataclass(frozen=True)
class AuditedCitation(ReportCitation):
    """A citation and how it stands."""

    _: KW_ONLY
    standing: CitationStanding
    found: tuple[Place, ...] = ()
    """Where it is in truth, the likeliest place first."""
    missing: tuple[str, ...] = ()
    """Those of the names that are nowhere in the file."""
    only_words: bool = False
    """Found in comments and docstrings alone."""
    file: str | None = None
    """The path that is meant, where it is written otherwise."""
    why: str = ""


@dataclass(frozen=True)
class AuditedAbsence:
    """Something that the report calls missing, and how it stands."""

    line: int
    subject: str
    kind: Literal["path", "symbol"]
    within: str | None
    """The file that is said to lack the symbol."""
    standing: MissingStanding
    found: tuple[Place, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class AuditedBlock:
    """A block of code that the report shows, and how much of it is in the commit."""

    line: int
    path: str | None
    file: str | None
    """The file in which most of its lines occur."""
    lines: int
    """Lines that say something: no blank ones, brackets and elisions."""
    occurring: int


@dataclass(frozen=True)
class AuditedClaim:
    """A claim with the report's verdict and what became of its evidence."""

    id: str
    statement: str
    verdict: ReportVerdict | None
    """What the word amounts to; null where none could be read."""
    word: str
    """The verdict in the report's own words."""
    line: int
    verdict_line: int | None
    rests_on: RestsOn
    citations: tuple[AuditedCitation, ...]
    absences: tuple[AuditedAbsence, ...]
    code_blocks: tuple[AuditedBlock, ...]


@dataclass(frozen=True)
class Outside:
    """Evidence that stands outside every claim; in no figure."""

    citations: tuple[AuditedCitation, ...]
    absences: tuple[AuditedAbsence, ...]


@dataclass(frozen=True)
class Totals:
    """Figures over the claims of a report."""

    claims: int
    verdicts: dict[str, int]
    """By what the words amount to; none where no verdict could be read."""
    rests_on: dict[RestsOn, int]
    citations: dict[CitationStanding, int]
    """Of lines."""
    whole_files: dict[CitationStanding, int]
    """Citations of a file without lines."""
    absences: dict[MissingStanding, int]
    code_lines: int
    code_lines_occurring: int
    evidence: int
    """Citations of lines and absences that could be checked."""
    grounded: int
    """Those of them that are exact, near or confirmed."""

    @property
    def grounded_percent(self) -> float | None:
        """The share of the evidence that is grounded; None where none could be checked."""
        return 100 * self.grounded / self.evidence if self.evidence else None

    def is_below(self, percent: float) -> bool:
        """Whether less than this share is grounded; where nothing can be checked, nothing is."""
        return (self.grounded_percent or 0.0) < percent


@dataclass(frozen=True)
class AuditedReport:
    """The report that was audited, as it presents itself."""

    path: str
    title: str
    generated: str | None
    model: str | None


@dataclass(frozen=True)
class AuditedCommit:
    """The commit that it was held against."""

    commit: str
    ref: str
    remote: str | None


class Audit(BaseModel):
    """The audit of one report."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1] = 1
    tool: str
    report: AuditedReport
    repository: AuditedCommit
    notes: tuple[str, ...]
    claims: tuple[AuditedClaim, ...]
    outside: Outside
    unread: tuple[Unread, ...]
    totals: Totals
