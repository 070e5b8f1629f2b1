"""The lines of a Markdown report: what each is, apart from what it means.

Just as much Markdown as models write in reports: headings, bullets, numbers, rules, table rows, quotes, fences.
Every pattern here is bounded or anchored, so reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Shape(Enum):
    """What a line is."""

    BLANK = auto()
    HEADING = auto()
    BULLET = auto()
    NUMBER = auto()
    ROW = auto()
    RULE = auto()
    TEXT = auto()
    FENCE = auto()


@dataclass(frozen=True)
class Line:
    """One line, or one piece of a line in which a model wrote the two characters `\\n` for a line end."""

    number: int
    """Counted from 1."""
    shape: Shape
    indent: int
    text: str
    """Without its marker (`##`, `*`, `1.`, `>`)."""
    level: int = 0
    """Of a heading, 1 to 6; of a numbered line, its number."""
    quote: bool = False
    """Stands behind `>`."""
    code: tuple[str, ...] = ()
    """Of a fence: the lines that it encloses."""
    unclosed: bool = False
    """Of a fence: nothing closes it."""
    bold: bool = False
    """The whole text stands between `**`."""


def markdown_lines(text: str) -> list[Line]:
    """Sort the lines of a report; a fenced block becomes one `Line`, blank lines are kept."""
    raw = [line.removesuffix("\r") for line in text.split("\n")]
    lines: list[Line] = []
    at = 0
    wrapped = False
    endless: set[str] = set()
    while at < len(raw):
        fence = _FENCE.match(raw[at])
        if fence is None:
            lines.extend(_line(piece, at + 1) for piece in _pieces(raw[at]))
            at += 1
            continue
        end = len(raw) if fence["fence"] in endless or _is_wrapper(fence, at) else _closing(raw, at, fence["fence"])
        if _is_wrapper(fence, at) or (wrapped and end == len(raw)):
            wrapped = True
            if not _is_wrapper(fence, at):
                endless.add(fence["fence"])
            at += 1
            continue
        code = tuple(_without_indent(raw[at + 1 : end], len(fence["indent"])))
        indent, info = len(fence["indent"].expandtabs(4)), fence["info"].strip()
        lines.append(Line(at + 1, Shape.FENCE, indent, info, code=code, unclosed=end == len(raw)))
        at = end + 1
    return lines


def plain(text: str) -> str:
    """Text without `**` and the blanks at its ends."""
    return text.replace("**", "").strip()


_HEADER_LINES = 12
_FENCE = re.compile(r"(?P<indent>[ \t]{0,40})(?:>[ \t]?)?(?P<fence>`{3,20}|~{3,20})(?P<info>[^`]{0,300})$")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_BULLET = re.compile(r"[*+\-•‣◦–][ \t]+(.*)")
_NUMBER = re.compile(r"\(?(\d{1,4})[.)][ \t]+(.*)")
_RULE = re.compile(r"(?:-[ \t]?){3,}$|(?:\*[ \t]?){3,}$|(?:_[ \t]?){3,}$|={3,}$")
_WRITTEN_LINE_END = re.compile(r"(?:\\r)?\\n(?=$|[\s\"'\-*#>\d(✅❌⚠❓❔A-Z]|\\[nr])")


def _is_wrapper(fence: re.Match[str], at: int) -> bool:
    """Whether a fence holds the report itself, as models like to wrap it."""
    return at < _HEADER_LINES and fence["info"].strip().lower() in ("markdown", "md")


def _closing(raw: list[str], at: int, fence: str) -> int:
    for index in range(at + 1, len(raw)):
        line = raw[index].strip().removeprefix(">").strip()
        if len(line) >= len(fence) and line == fence[0] * len(line):
            return index
    return len(raw)


def _without_indent(lines: list[str], indent: int) -> list[str]:
    return [line[indent:] if not line[:indent].strip() else line for line in lines]


def _pieces(line: str) -> list[str]:
    """Split a line where a model wrote a line end as backslash and n, unless it stands in code."""
    if "\\n" not in line:
        return [line]
    pieces = []
    start = counted = ticks = 0
    for match in _WRITTEN_LINE_END.finditer(line):
        ticks += line.count("`", counted, match.start())
        counted = match.end()
        if ticks % 2 == 0:
            pieces.append(line[start : match.start()])
            start = match.end()
    return [*pieces, line[start:]]


def _line(raw: str, number: int) -> Line:
    text = raw.lstrip(" \t")
    indent = len(raw[: len(raw) - len(text)].expandtabs(4))
    quote = text.startswith(">")
    if quote:
        text = text.lstrip("> \t")
    text = text.rstrip()
    shape, text, level = _shape(text)
    bold = text.startswith("**") and text.rstrip(": ").endswith("**") and text.count("**") == 2
    return Line(number, shape, indent, text, level, quote, bold=bold)


def _shape(text: str) -> tuple[Shape, str, int]:
    if not text:
        return Shape.BLANK, "", 0
    if text[0] in "-*_=" and _RULE.match(text):
        return Shape.RULE, "", 0
    if match := _HEADING.match(text):
        return Shape.HEADING, match[2].rstrip("# \t"), len(match[1])
    if match := _BULLET.match(text):
        return Shape.BULLET, match[1], 0
    if match := _NUMBER.match(text):
        return Shape.NUMBER, match[2], int(match[1])
    if text.startswith("|") and text.count("|") > 1:
        return Shape.ROW, text, 0
    return Shape.TEXT, text, 0
