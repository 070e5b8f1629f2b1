"""The lines of a Markdown report: what each is, apart from what it means.

markdown-it-py tells the blocks; what stands inside a line is left as it is written. Models also write what Markdown
does not know: a report in a fence of its own, line ends as backslash and n, rows without a table, other bullets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token


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
    indent: int = 0
    text: str = ""
    """Without its marker (`##`, `*`, `1.`, `>`)."""
    level: int = 0
    """Of a heading, 1 to 6; of a numbered line, its number."""
    quote: bool = False
    """Stands behind `>`."""
    code: tuple[str, ...] = ()
    """Of a fence: the lines that it encloses."""
    unclosed: bool = False
    """Of a fence: nothing closes it."""

    @property
    def cells(self) -> list[str]:
        """Of a row: what stands between its bars."""
        return [cell.strip() for cell in _BAR.split(self.text.strip("|"))]

    @property
    def bold(self) -> bool:
        """Whether the whole text stands between `**`."""
        return self.text.startswith("**") and self.text.rstrip(": ").endswith("**") and self.text.count("**") == 2


def markdown_lines(text: str) -> list[Line]:
    """The lines of a report in order; a fenced block becomes one `Line`, blank lines are kept."""
    return _with_blanks(_unwrapped([line.removesuffix("\r").replace("\r", " ") for line in text.split("\n")]))


def plain(text: str) -> str:
    """Text without `**` and the blanks at its ends."""
    return text.replace("**", "").strip()


def _with_blanks(raw: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    at = 0
    for line in _lines(raw):
        lines += [Line(number, Shape.BLANK) for number in range(at + 1, line.number)]
        lines.append(line)
        at = line.number + (len(line.code) + (not line.unclosed) if line.shape is Shape.FENCE else 0)
    return lines + [Line(number, Shape.BLANK) for number in range(at + 1, len(raw) + 1)]


def _lines(raw: Sequence[str]) -> Iterator[Line]:
    """The lines that are not blank."""
    marker = ""
    for before, token in pairwise([Token("", "", 0), *_parser().parse("\n".join(raw))]):
        first = token.map[0] if token.map else 0
        if token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif token.type == "hr":
            yield _place(raw, first, Shape.RULE)
        elif token.type == "fence":
            yield _fence(raw, first, token)
        elif token.type == "inline" and before.type == "heading_open":
            yield _place(raw, first, Shape.HEADING, token.content, level=int(before.tag[1:]))
        elif token.type == "inline" or (token.type == "html_block" and not token.content.lstrip().startswith("<!--")):
            for index, text in enumerate(token.content.rstrip("\n").split("\n"), first):
                piece, *others = _pieces(text)
                yield _line(raw, index, marker + piece.strip())
                yield from (replace(line, number=index + 1) for line in (_with_blanks(others) if others else ()))
                marker = ""


def _line(raw: Sequence[str], index: int, text: str) -> Line:
    """A line by its text, as models mean it: a list need not begin with 1, nor a row stand in a table."""
    place = _place(raw, index, Shape.TEXT, text)
    if text[:1] in tuple("-*_=") and _RULE.match(text):
        return replace(place, shape=Shape.RULE)
    if match := _HEADING.match(text):
        return replace(place, shape=Shape.HEADING, text=match[2], level=len(match[1]))
    if match := _BULLET.match(text):
        return replace(place, shape=Shape.BULLET, text=match[1])
    if match := _NUMBER.match(text):
        return replace(place, shape=Shape.NUMBER, text=match[2], level=int(match[1]))
    return replace(place, shape=Shape.ROW) if text.startswith("|") and text.count("|") > 1 else place


def _place(raw: Sequence[str], index: int, shape: Shape, text: str = "", **more: Any) -> Line:
    beyond = raw[index].lstrip(" \t")
    indent = len(raw[index].removesuffix(beyond).expandtabs(4))
    return Line(index + 1, shape, indent, text, quote=beyond[:1] == ">", **more)


def _fence(raw: Sequence[str], index: int, token: Token) -> Line:
    code = tuple(token.content.split("\n"))
    # The opening fence, every line of the content, and the closing one.
    is_closed = token.map is not None and token.map[1] - index == len(code) + 1 and not code[-1]
    code = code[:-1] if is_closed else code
    return _place(raw, index, Shape.FENCE, token.info.strip(), code=code, unclosed=not is_closed)


def _unwrapped(raw: list[str]) -> list[str]:
    """The lines without the fence that holds the report itself, as models like to wrap it."""
    opening = next((at for at, line in enumerate(raw[:_HEADER_LINES]) if _WRAPPER.match(line)), None)
    if opening is None:
        return raw
    raw[opening] = ""
    fences = [at for at, line in enumerate(raw) if _FENCE.match(line)]
    if len(fences) % 2:
        raw[fences[-1]] = ""
    return raw


def _pieces(line: str) -> list[str]:
    """Split a line where a model wrote a line end as backslash and n, unless it stands in code."""
    ends = [match.span() for match in _CODE_OR_LINE_END.finditer(line) if match["end"]]
    starts = [0, *(end for _, end in ends)]
    return [line[start:end] for start, (end, _) in zip(starts, [*ends, (len(line), 0)], strict=True)]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    # A rule below a verdict is no underline, and nested bullets are no code; what is inside a line is read elsewhere.
    parser.disable(["code", "lheading", "reference"])
    parser.core.ruler.disable("inline")
    return parser


_HEADER_LINES = 12
_DEEPEST = 100
_FENCE = re.compile(r"[ \t]{0,40}(?:`{3,20}|~{3,20})[^`]{0,300}$")
_WRAPPER = re.compile(r"[ \t]{0,3}`{3,20}[ \t]*(?:markdown|md)[ \t]*$", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_BULLET = re.compile(r"[*+\-•‣◦–][ \t]+(.*)")
_NUMBER = re.compile(r"\(?(\d{1,4})[.)][ \t]+(.*)")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"(?:-[ \t]?){3,}$|(?:\*[ \t]?){3,}$|(?:_[ \t]?){3,}$|={3,}$")
_CODE_OR_LINE_END = re.compile(r"`[^`]*`?|(?P<end>(?:\\r)?\\n)(?=$|[\s\"'\-*#>\d(✅❌⚠❓❔A-Z]|\\[nr])")
