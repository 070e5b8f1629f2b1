"""Where the claims of a report begin, in the many ways that models head them.

A report is consistent in this if in nothing else. So the lines that could head a claim are gathered by how sure their
form is, and the surest form that occurs is taken for all; the looser ones must have verdicts to show for themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from verifier.audit.reading.fields import claim_id, statement_of
from verifier.audit.reading.markdown_lines import Line, Shape, plain
from verifier.audit.reading.verdict_words import (
    VerdictWords,
    leading_words,
    marked_words,
    trailing_words,
    verdict_line,
    words_of_group,
)


class Form(IntEnum):
    """How a claim is headed, the surest first."""

    CLAIM = 1
    """`CLAIM_7_POOL: ...`, `### Claim 7 - ...`, `### 7. ... (Claim 7)`"""
    LABEL = 2
    """`**Claim:** ...`, without an id"""
    KIND = 3
    """`### Requirement 7: ...`"""
    IDENTIFIER = 4
    """``7. **`POOL_DRAINS`**: ...``"""
    NUMBERED = 5
    """`### 7. ...`, `7. **...:** FULLY RESOLVED`"""
    LISTED = 6
    """A bullet below "Fully compliant requirements:" """
    TITLE = 7
    """The title names the one claim that the whole report is about."""
    ROW = 8
    """A row of a table of claims or requirements that gives a verdict."""
    MARKED = 9
    """`- ✅ ...`"""
    OTHER_ROW = 10
    """A row of any other table that gives a verdict."""


@dataclass(frozen=True)
class Heading:
    """A line that heads a claim."""

    index: int
    """Which of the lines it is."""
    form: Form
    id: str
    statement: str
    words: VerdictWords | None = None
    """The verdict, where it stands in the same line."""
    rest: str = ""
    """What follows that verdict."""
    cells: tuple[str, ...] = ()
    """Of a row: those with evidence."""


def claim_headings(lines: list[Line], rows: Mapping[int, Heading]) -> dict[int, Heading]:
    """The headings of a report by the index of their line; `rows` are those of tables that give verdicts."""
    found: dict[Form, list[Heading]] = defaultdict(list)
    for index, line in enumerate(lines):
        if heading := _heading(index, line):
            found[heading.form].append(heading)
    if found[Form.CLAIM]:
        return {heading.index: heading for heading in found[Form.CLAIM]}
    verdicts = _verdict_counts(lines)
    title = _title(lines)
    if title is not None and verdicts[-1] == 1:
        return {title.index: title}
    for form in (Form.LABEL, Form.KIND, Form.IDENTIFIER, Form.NUMBERED):
        if chosen := _with_verdicts(found[form], lines, verdicts):
            return {heading.index: heading for heading in chosen}
    if listed := _listed(lines):
        return listed
    if title is not None:
        return {title.index: title}
    # Rows of tables of claims; where the report gives no other verdict, those of any table, and bullets with a mark.
    bare = verdicts[-1] == 0
    chosen_rows = {
        index: row for index, row in rows.items() if (row.form is Form.ROW or bare) and (row.statement or row.id)
    }
    return chosen_rows or (_marked(lines) if bare else {})


def _heading(index: int, line: Line) -> Heading | None:
    """The surest reading of a line as a heading; None when it cannot be one."""
    if line.shape not in (Shape.HEADING, Shape.BULLET, Shape.NUMBER, Shape.TEXT) or len(line.text) > _LONGEST_HEADING:
        return None
    text = plain(line.text).lstrip(_DECORATION)
    is_heading = line.shape is Shape.HEADING
    is_marked = is_heading or line.shape is Shape.NUMBER or "**" in line.text[:3] or "`" in line.text[:3]
    if heading := _claim(index, line, text):
        return heading
    if match := _CLAIM_LABEL.match(text):
        return _made(index, Form.LABEL, "", text[match.end() :])
    if (match := _KIND.match(text)) and (match["separator"] or is_heading):
        return _made(index, Form.KIND, match["id"], text[match.end() :])
    if is_marked and (match := _IDENTIFIER.match(text)):
        return _made(index, Form.IDENTIFIER, match["id"], text[match.end() :])
    if line.shape is Shape.NUMBER and line.text.startswith("**") and line.indent == 0:
        return _made(index, Form.NUMBERED, f"CLAIM_{line.level}", text.rstrip(":"))
    if (is_heading or line.bold) and (match := _LEADING_NUMBER.match(text)):
        return _made(index, Form.NUMBERED, f"CLAIM_{match[1]}", text[match.end() :].rstrip(":"))
    return None


def _claim(index: int, line: Line, text: str) -> Heading | None:
    match = _CLAIM.match(text)
    if match is not None:
        rest = text[match.end() :]
        if match["separator"] or not rest or leading_words(rest) is not None:
            return _made(index, Form.CLAIM, match["id"], rest, match["name"] or "")
        if line.shape is Shape.HEADING and not _PLURAL.match(rest):
            return _made(index, Form.CLAIM, match["id"], "" if _NOTHING_SAID.fullmatch(rest) else rest)
    if (line.shape is Shape.HEADING or line.bold) and (match := _CLAIM_BEHIND.search(text)):
        return _made(index, Form.CLAIM, match[1], _LEADING_NUMBER.sub("", text[: match.start()]) + text[match.end() :])
    return None


def _made(index: int, form: Form, id_: str, text: str, name: str = "") -> Heading:
    """A heading whose text may hold, behind or instead of the statement, a verdict."""
    words, statement, rest = None, text, ""
    label = _INLINE_LABEL.search(text)
    labelled = verdict_line(text[label.start("label") :]) if label else None
    leading = leading_words(text)
    if label and labelled and labelled.words and labelled.words.verdict:
        words, statement = labelled.words, text[: label.start()]
        rest = text[label.start("label") + words.end :]
    elif leading is not None and (leading.strong or leading.word.isupper() or not leading.word.isalpha()):
        words, statement, rest = leading, "", text[leading.end :]
    elif trailing := trailing_words(text):
        at, words = trailing
        statement, rest = text[:at], text[words.end :]
    return Heading(index, form, claim_id(id_), statement_of(statement) or statement_of(name), words, rest)


def _listed(lines: list[Line]) -> dict[int, Heading]:
    """The bullets below lines that give one verdict on all of them."""
    found: dict[int, Heading] = {}
    words: VerdictWords | None = None
    for index, line in enumerate(lines):
        if line.shape in (Shape.BULLET, Shape.NUMBER):
            statement = statement_of(_BOX.sub("", line.text))
            if words is not None and not line.indent and not _NOTHING.fullmatch(statement):
                found[index] = Heading(index, Form.LISTED, "", statement, replace(words, end=0))
        elif line.shape in (Shape.HEADING, Shape.TEXT) and (not line.indent or line.shape is Shape.HEADING):
            words = words_of_group(plain(line.text))
    return found


def _marked(lines: list[Line]) -> dict[int, Heading]:
    """Outermost bullets that begin with a mark."""
    return {
        index: Heading(index, Form.MARKED, "", statement_of(line.text[words.end :]), words)
        for index, line in enumerate(lines)
        if line.shape in (Shape.BULLET, Shape.NUMBER) and not line.indent and (words := marked_words(line.text))
    }


def _title(lines: list[Line]) -> Heading | None:
    """The title as the heading of a report about one claim."""
    for index, line in enumerate(lines[:HEADER_LINES]):
        if line.shape is Shape.HEADING or (line.bold and line.shape is Shape.TEXT):
            text = plain(line.text)
            match = _CLAIM_IN_TITLE.search(text) if len(text) <= _LONGEST_HEADING else None
            return _made(index, Form.TITLE, match[1], text[match.end() :]) if match else None
    return None


def _verdict_counts(lines: list[Line]) -> list[int]:
    """How many verdicts stand before each line, and in the whole report."""
    counts = [0]
    for line in lines:
        read = verdict_line(line.text) if line.shape not in (Shape.FENCE, Shape.BLANK, Shape.RULE) else None
        is_verdict = read is not None and (read.words is None or read.words.verdict is not None)
        counts.append(counts[-1] + is_verdict)
    return counts


def _with_verdicts(headings: list[Heading], lines: list[Line], verdicts: list[int]) -> list[Heading]:
    """Those headings of one look that have most verdicts; of numbered ones, most must have one and only those count."""
    groups: dict[tuple[Shape, int, int], list[Heading]] = defaultdict(list)
    for heading in headings:
        line = lines[heading.index]
        groups[line.shape, line.indent, line.level if line.shape is Shape.HEADING else 0].append(heading)
    best: list[Heading] = []
    kept: list[Heading] = []
    for group in groups.values():
        ends = [*(heading.index for heading in group[1:]), len(lines)]
        judged = [
            heading
            for heading, end in zip(group, ends, strict=True)
            if heading.words is not None or verdicts[end] > verdicts[heading.index]
        ]
        if len(judged) > len(best) and (group[0].form is not Form.NUMBERED or 2 * len(judged) > len(group)):
            best, kept = judged, judged if group[0].form is Form.NUMBERED else group
    return kept


HEADER_LINES = 40
"""A header that is longer is none."""

_BOX = re.compile(r"\[[ xX]\]\s{1,3}")
_NOTHING = re.compile(r"|\W*(?:none|n/?a|nothing|-)\W*", re.IGNORECASE)
_LONGEST_HEADING = 4000
_DECORATION = " \t*_\"'“‘[✅✔☑🟢⚠🟡🟠🔶❌✖✗✘🔴⛔🚫❓❔\ufe0f📋🔍🎯📊✨"
_CLOSING = r"[`\"'*_”’)\]]{0,4}"
_SEPARATE = r"(?P<separator>\s{0,3}(?::|[-–—](?=\s)|\.(?=\s)|\||→|=>)\s{0,4}[*_]{0,2}|\s{0,3}$)?\s{0,3}"
_COUNT = r"\d{1,4}(?!\d)(?:\.\d{1,3})?[a-z]?(?:_\w{1,160})?"
_CLAIM = re.compile(
    r"(?:\d{1,3}[.)]\s{1,3})?"
    r"(?:(?:analysis|validation|evaluation|review|verification|assessment|verifying|validating)\s(?:of\s|for\s)?[`\"']?)?"
    r"(?:claim(?:\s?id)?\s{0,2}:\s{0,2})?[`\"'(\[*]{0,3}"
    rf"(?P<id>claim[\s_#\-]{{0,3}}{_COUNT}){_CLOSING}"
    rf"(?:\s{{1,2}}\((?P<name>[^()\n]{{1,160}})\){_CLOSING})?{_SEPARATE}",
    re.IGNORECASE,
)
_CLAIM_BEHIND = re.compile(rf"\s\(\s?(claim[\s_#\-]{{0,3}}{_COUNT})\s?\)", re.IGNORECASE)
_CLAIM_IN_TITLE = re.compile(rf"\b(claim[\s_#\-]{{0,3}}{_COUNT})\b{_CLOSING}\s{{0,3}}[:–—-]?\s{{0,3}}", re.IGNORECASE)
_CLAIM_LABEL = re.compile(r"(?:the\s)?claim(?:\sstatement)?\s{0,2}:\s{0,4}(?=\S)", re.IGNORECASE)
_KIND = re.compile(
    rf"(?:\d{{1,3}}[.)]\s{{1,3}})?[`\"'(\[*]{{0,3}}"
    rf"(?P<id>(?:requirement|req|criterion|issue|fix|task|item|objective|goal|check|point)[\s_#\-]{{0,3}}{_COUNT}){_CLOSING}{_SEPARATE}",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    rf"(?:\d{{1,3}}[.)]\s{{1,3}})?[`\"'(\[*]{{0,3}}(?P<id>[A-Z][A-Z0-9]{{0,60}}(?:[_-][A-Z0-9]{{1,60}}){{1,20}}){_CLOSING}\s{{0,3}}(?::|[-–—](?=\s)|$)\s{{0,3}}"
)
_LEADING_NUMBER = re.compile(r"(\d{1,3})[.)]\s{1,3}")
_PLURAL = re.compile(r"\s{0,2}(?:[-–&,]|and|to|through)\s{0,2}\d", re.IGNORECASE)
_NOTHING_SAID = re.compile(
    r"(?:analysis|validation|evaluation|review|verification|assessment|result|verdict)s?:?", re.IGNORECASE
)
_INLINE_LABEL = re.compile(
    r"(?:^|[\s\-–—|→(;.]{1,6})(?P<label>(?:final\s|overall\s)?(?:verdict|status|result|validation)[*_]{0,2}\s{0,2}:[*_]{0,2}\s)",
    re.IGNORECASE,
)
