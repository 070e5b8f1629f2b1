"""A claim while its report is still being read, and the choice among the verdicts that were met on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.audit.reading.claim_headings import Form
from verifier.audit.reading.evidence import Passage, read_evidence
from verifier.audit.reading.fields import paths_in
from verifier.audit.reading.markdown_lines import Line, plain
from verifier.audit.reading.verdict_words import VerdictLine, VerdictWords
from verifier.audit.values import ReportClaim, Unread


@dataclass(frozen=True)
class MetVerdict:
    """A verdict as it was met."""

    words: VerdictWords
    line: Line
    rank: tuple[int, int]
    """The lower the surer: by its label first, then by how far in it stands."""
    read: VerdictLine = field(default_factory=lambda: VerdictLine(None, labelled=False))
    """The line of a verdict that does not stand in one line with a claim."""


@dataclass
class ClaimDraft:
    """What has been read of one claim so far."""

    id: str
    statement: str
    line: int
    form: Form
    level: int = 0
    """Of the heading that it stands under; 0 when it has none."""
    in_list: bool = False
    """First met in a line that gives its verdict as well, as summaries do."""
    verdicts: list[MetVerdict] = field(default_factory=list)
    """Those behind a label."""
    inline: list[MetVerdict] = field(default_factory=list)
    """Those in one line with its id, or on all claims at once."""
    unlabelled: list[MetVerdict] = field(default_factory=list)
    doubtful: list[Unread] = field(default_factory=list)
    """Lines that were meant to give a verdict; they matter only where no other line does."""
    items: list[Passage | Line] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    expected: str = ""

    def is_judged(self) -> bool:
        """Whether anything was met that gives a verdict on it, or was meant to."""
        return bool(self.verdicts or self.inline or self.unlabelled or self.doubtful)


def finish(draft: ClaimDraft) -> tuple[ReportClaim, list[Unread]]:
    """The claim, with its evidence read, and what could not be read of its verdict."""
    verdict, unread = _chosen(draft)
    paths = dict.fromkeys([*draft.locations, *paths_in(draft.statement)])
    evidence = read_evidence(draft.items, next(iter(paths)) if len(paths) == 1 else None)
    claim = ReportClaim(
        id=draft.id,
        statement=draft.statement,
        line=draft.line,
        verdict=verdict.words.verdict if verdict else None,
        word=verdict.words.word if verdict else "",
        verdict_line=verdict.line.number if verdict else None,
        citations=evidence.citations,
        absences=evidence.absences,
        code_blocks=evidence.code_blocks,
        locations=tuple(dict.fromkeys(draft.locations)),
        expected=draft.expected,
        unnamed=evidence.unnamed,
    )
    return claim, unread


def unread_line(line: Line, why: str) -> Unread:
    """A line of the report as one that could not be read."""
    text = plain(line.text)
    return Unread(line.number, text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...", why)


def _chosen(draft: ClaimDraft) -> tuple[MetVerdict | None, list[Unread]]:
    """The surest verdict; those as sure that differ from it leave the claim without one."""
    verdicts = draft.verdicts or draft.inline or draft.unlabelled
    if not verdicts:
        return None, draft.doubtful or [Unread(draft.line, draft.id, "no verdict on this claim was found")]
    surest = min(verdict.rank for verdict in verdicts)
    first, *others = [verdict for verdict in verdicts if verdict.rank == surest]
    differing = [verdict for verdict in others if verdict.words.verdict is not first.words.verdict]
    if differing:
        why = f"one of several verdicts on {draft.id} that differ"
        return None, [unread_line(verdict.line, why) for verdict in (first, *differing)]
    why = f"another verdict on {draft.id} than in line {first.line.number}"
    repeats = draft.inline if draft.verdicts else []
    unread = [unread_line(v.line, why) for v in repeats if v.words.verdict is not first.words.verdict]
    return first, unread


_LONGEST_QUOTE = 160
