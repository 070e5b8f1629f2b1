"""Walk through the lines of a report and sort them: to which claim each belongs, and as what; then choose its verdict.

What the report supposes (sections of hypothetical steps, of red flags to look for, of the format to answer in) is no
evidence and gives no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.audit.reading.claim_headings import Form, Heading
from verifier.audit.reading.evidence import Passage, passage, read_evidence
from verifier.audit.reading.fields import FIELD, LABELLED, STATEMENT, names_lines, statement_of
from verifier.audit.reading.markdown_lines import Line, Shape, plain
from verifier.audit.reading.verdict_words import VerdictLine, VerdictWords, leading_words, verdict_line
from verifier.audit.values import ReportClaim, Unread
from verifier.wording.naming import paths_in


@dataclass
class Walked:
    """The lines of a report, sorted."""

    claims: dict[str, ClaimDraft] = field(default_factory=dict)
    """By id, in the order in which they are first met."""
    general: list[Passage | Line] = field(default_factory=list)
    """What stands outside all claims."""
    overall: list[MetVerdict] = field(default_factory=list)
    """Verdicts that stand under no claim."""
    unread: list[Unread] = field(default_factory=list)


def walk(lines: list[Line], headings: Mapping[int, Heading], rows: Mapping[int, Heading]) -> Walked:
    """Sort the lines of a report; its claims begin at `headings`, `rows` give verdicts, both by index of the line."""
    walking = _Walking(headings, rows)
    for index, line in enumerate(lines):
        walking.take(index, line)
    walking.drop_label()
    return walking.found


@dataclass
class _Walking:
    """Where in a report we are."""

    headings: Mapping[int, Heading]
    rows: Mapping[int, Heading]
    found: Walked = field(default_factory=Walked)
    current: ClaimDraft | None = None
    paragraph: Passage | None = None
    """The passage that a plain line would go on with."""
    label: tuple[Line, VerdictLine] | None = None
    """A verdict label that stands alone: the verdict is on the next line."""
    awaits_statement: bool = False
    supposed: bool = False
    """In a section that supposes; a verdict with a label ends it, unless it stands in a list."""

    def take(self, index: int, line: Line) -> None:
        """Sort one line."""
        if line.shape is Shape.BLANK:
            self.paragraph = None
        elif line.shape is Shape.RULE:
            self._rule()
        elif line.shape is Shape.FENCE:
            self._fence(line)
        elif heading := self.headings.get(index):
            self._claim(heading, line)
        elif line.shape is Shape.ROW and self._row(index, line):
            self.paragraph = None
        elif self._verdict(line):
            self.awaits_statement = False
        else:
            self._text(line)

    def drop_label(self) -> None:
        """Give up on a label that no verdict followed."""
        if self.label is not None and self.current is not None:
            self.current.doubtful.append(unread_line(self.label[0], "no verdict follows this label"))
        self.label = None

    def _rule(self) -> None:
        """A rule ends a claim that has its verdict."""
        self.paragraph = None
        self.supposed = False
        current = self.current
        if current is not None and current.form is not Form.TITLE and (current.verdicts or current.inline):
            self.current = None

    def _fence(self, line: Line) -> None:
        self.paragraph = None
        self.drop_label()
        if line.unclosed:
            why = "a code block that nothing closes; the rest of the report was taken for code"
            self.found.unread.append(unread_line(line, why))
        if not self.supposed:
            self._items().append(line)

    def _claim(self, heading: Heading, line: Line) -> None:
        """A line that heads a claim, for the first time or again."""
        self.drop_label()
        self.paragraph = None
        known = self.found.claims.get(heading.id)
        listed = line.shape in (Shape.BULLET, Shape.NUMBER, Shape.TEXT) and not line.bold
        if known and listed and (heading.words or line.indent or known.items):
            # A list names it again: what is said there belongs to it, what follows does not.
            _add_inline(known, heading, line)
            if heading.words is None:
                self._items().append(passage(line))
            return
        if known and heading.statement and (known.in_list or not known.statement):
            known.statement, known.line, known.in_list = heading.statement, line.number, False
            known.level = _level(line)
        self.current = known or self._new(heading, line)
        _add_inline(self.current, heading, line)
        self.supposed = False
        self.awaits_statement = not self.current.statement and heading.words is None
        if line.shape is Shape.ROW:
            # What stands below a table is not said of its last row.
            self.current.items += _cells(heading, line)
            self.current = None

    def _new(self, heading: Heading, line: Line) -> ClaimDraft:
        number = len(self.found.claims) + 1
        while not heading.id and f"CLAIM_{number}" in self.found.claims:
            number += 1
        id_ = heading.id or f"CLAIM_{number}"
        draft = ClaimDraft(id_, heading.statement, line.number, heading.form, _level(line), heading.words is not None)
        self.found.claims[id_] = draft
        return draft

    def _row(self, index: int, line: Line) -> bool:
        """A table row that gives the verdict on a claim by its id."""
        row = self.rows.get(index)
        if row is None or not row.id or row.words is None:
            return False
        draft = self.found.claims.get(row.id) or self._new(row, line)
        draft.inline.append(MetVerdict(row.words, line, (0, 0)))
        draft.items += _cells(row, line)
        return True

    def _verdict(self, line: Line) -> bool:
        """Read a line as a verdict; False when it is none."""
        if self.label is not None and (words := leading_words(line.text, labelled=True)):
            label, read_before = self.label
            self.label = None
            self._met(MetVerdict(words, line, _rank(label), read_before))
            return True
        self.drop_label()
        read = verdict_line(line.text)
        if read is None or (self.supposed and (not read.labelled or line.shape is Shape.BULLET)):
            return False
        if read.words is None:
            self.label = (line, read)
            self.paragraph = None
            return True
        label_text = plain(line.text)[:_LONGEST_LABEL]
        if read.words.problem and read.labelled and not _VERDICT_OR_STATUS.search(label_text):
            return False
        self._met(MetVerdict(read.words, line, _rank(line) if read.labelled else (0, line.indent), read))
        return True

    def _met(self, met: MetVerdict) -> None:
        """Give a verdict to its claim; its line may hold evidence too."""
        read, line = met.read, met.line
        self.paragraph = None
        self.supposed = False
        draft = None if read.on_all_claims else self.current
        if read.claim is not None and not read.on_all_claims:
            draft = self.found.claims.get(read.claim)
            if draft is None and met.words.verdict:
                draft = self._new(Heading(0, Form.CLAIM, read.claim, ""), line)
            self.current = draft or self.current
        if draft is None or (read.overall and draft.verdicts):
            if read.labelled:
                self.found.overall.append(met)
        elif met.words.problem:
            draft.doubtful.append(unread_line(line, met.words.problem))
        else:
            (draft.verdicts if read.labelled else draft.unlabelled).append(met)
        self._evidence(line)

    def _text(self, line: Line) -> None:
        """A line that is neither claim nor verdict."""
        text = plain(line.text)
        is_label = line.shape is Shape.HEADING or (line.bold and line.shape is Shape.TEXT)
        if is_label:
            self.awaits_statement = self.awaits_statement and bool(STATEMENT.match(text))
            self._close_at(line, text)
        if is_label or text.endswith(":"):
            self.supposed = bool(_SUPPOSES.search(text)) or (self.supposed and not is_label)
        if self.supposed or self._statement(line, text) or self._field(text):
            self.paragraph = None
            return
        self._evidence(line)

    def _close_at(self, line: Line, text: str) -> None:
        """End the claim at a heading that is no part of it."""
        if self.current is None or self.current.form is Form.TITLE:
            return
        level = self.current.level if line.shape is Shape.HEADING else 0
        is_above = line.shape is Shape.HEADING and line.level <= (level or _TOP_LEVELS)
        if is_above or (not level and _SUMMARY.match(text)):
            self.current = None

    def _statement(self, line: Line, text: str) -> bool:
        """The statement, where it stands below the heading."""
        if self.current is None or self.current.statement:
            return False
        label = STATEMENT.match(text)
        quoted = line.quote or text[:1] in tuple("\"“'‘")
        is_plain = line.shape is Shape.TEXT and not LABELLED.match(text)
        if not label and not (self.awaits_statement and (quoted or is_plain)):
            return False
        rest = text[label.end() :] if label else text
        self.awaits_statement = not rest
        if names_lines(rest):
            return False
        if rest:
            self.current.statement, self.current.line = statement_of(rest), line.number
        return True

    def _field(self, text: str) -> bool:
        """A line in which the claim itself, not the report, says where and what."""
        name = FIELD.match(text)
        if self.current is None or name is None:
            return False
        rest = text[name.end() :].strip()
        if name[1].lower() in ("location", "file"):
            self.current.locations.extend(paths_in(rest))
        elif name[1].lower() == "expected":
            self.current.expected = rest
        return True

    def _evidence(self, line: Line) -> None:
        """Add a line to the passages of the claim, or to those that stand outside all claims."""
        if line.shape is Shape.TEXT and self.paragraph is not None and not line.bold:
            self.paragraph.lines.append((line.number, line.text))
            return
        new = passage(line)
        self._items().append(new)
        self.paragraph = new if line.shape is not Shape.HEADING else None

    def _items(self) -> list[Passage | Line]:
        return self.current.items if self.current is not None else self.found.general


def _add_inline(draft: ClaimDraft, heading: Heading, line: Line) -> None:
    """Add the verdict that stands in one line with a claim's id, and what is said behind it."""
    words = heading.words
    if words is None:
        return
    if words.problem:
        draft.doubtful.append(unread_line(line, words.problem))
    else:
        draft.inline.append(MetVerdict(words, line, (0, line.indent)))
    if heading.rest.strip():
        draft.items.append(Passage(line.indent, [(line.number, heading.rest)]))


def _cells(row: Heading, line: Line) -> list[Passage]:
    return [Passage(0.0, [(line.number, cell)]) for cell in row.cells]


def _level(line: Line) -> int:
    return line.level if line.shape is Shape.HEADING else 0


def _rank(line: Line) -> tuple[int, int]:
    """A label that says "verdict" is surer than "status" or "result", one further out surer than one further in."""
    return 0 if _VERDICT.search(plain(line.text)[:_LONGEST_LABEL]) else 1, line.indent


_LONGEST_LABEL = 80
_TOP_LEVELS = 2
"""A heading of this level or above ends a claim that stands under no heading of its own."""
_VERDICT = re.compile(r"\bverdict\b", re.IGNORECASE)
_VERDICT_OR_STATUS = re.compile(r"\b(?:verdict|status)\b", re.IGNORECASE)
_SUPPOSES = re.compile(
    r"\bhypothetical\b|\(if [\w\s]{1,60}\b(?:was|were|had been)\b|\bred flags\b|\bwould (?:be|have)\b"
    r"|\b(?:output|response|report|answer|verdict) (?:format|template|options)\b"
    r"|\b(?:example|sample) (?:output|response|format)\b|^(?:legend|rubric|verdict key)\b",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"(?:\d{1,3}[.)]\s)?(?:executive\s|final\s|validation\s|overall\s)?"
    r"(?:summary|overall|final|conclusions?|recommendations?|next steps)\b",
    re.IGNORECASE,
)


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
