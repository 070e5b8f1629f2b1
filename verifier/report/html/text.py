"""Foreign text and quoted code in HTML.

What cannot be seen is written as an escape, and what is long is cut visibly; code is coloured by its language, with the
numbers that its lines have in the commit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, _TokenType

from verifier.languages.table import fence_of
from verifier.report.markdown_text import CODE, MOST_LINES, clipped, code_lines
from verifier.safety.invisible import visible
from verifier.values.source import Lines

_CLASSES = {
    Comment: "c",
    Keyword: "k",
    Keyword.Constant: "m",
    Name.Builtin: "b",
    Name.Class: "d",
    Name.Decorator: "a",
    Name.Function: "d",
    Name.Namespace: "d",
    Name.Tag: "k",
    Name.Attribute: "a",
    Number: "m",
    Literal: "m",
    String: "s",
    Operator.Word: "k",
}
"""Kinds of words that are coloured; one of a narrower kind has the colour of the nearest that is here."""


@dataclass(frozen=True)
class Line:
    """One line of code, ready for the page."""

    number: int | None
    """Its number in the commit; None where that cannot be told."""
    markup: Markup


@dataclass(frozen=True)
class Code:
    """A block of code."""

    lines: tuple[Line, ...]
    more: int
    """Lines that are not shown."""


def code(text: str, path: str, lines: Lines | None = None) -> Code:
    """The text as code of the file; `lines` is where it stands in the commit, None for what stands nowhere."""
    raw = code_lines(text)
    numbers = _numbers(raw, lines)
    kept = raw[:MOST_LINES]
    marked = _coloured(kept, fence_of(path))
    return Code(
        tuple(Line(number, markup) for number, markup in zip(numbers, marked, strict=False)), len(raw) - len(kept)
    )


def code_from(text: str, path: str, first_line: int) -> Code:
    """The text as code of the file, from that line on."""
    last_line = first_line + text.removesuffix("\n").count("\n")
    return code(text, path, Lines(first_line, last_line))


def at_line(number: int) -> Lines:
    """One line as a range."""
    return Lines(number, number)


def _numbers(raw: list[str], lines: Lines | None) -> list[int | None]:
    """The number of each line; around an elision from both ends, for it stands for any number of lines."""
    if lines is None:
        return [None] * len(raw)
    if len(raw) == lines.last - lines.first + 1:
        return list(range(lines.first, lines.last + 1))
    gaps = [at for at, line in enumerate(raw) if line.strip() == "..."]
    if not gaps:
        return [None] * len(raw)
    from_the_end = lines.last - len(raw) + 1
    return [
        lines.first + at if at < gaps[0] else from_the_end + at if at > gaps[-1] else None for at in range(len(raw))
    ]


def _coloured(raw: list[str], language: str) -> list[Markup]:
    text = "\n".join(raw)
    words = list(get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(text)) if language else []
    # A lexer that drops or adds a character would show other code than the commit has.
    if "".join(word for _, word in words) != text:
        return [escape(line) for line in raw]
    written = [Markup("")]
    for name, same in groupby(words, key=lambda word: _class(word[0])):
        first, *others = "".join(word for _, word in same).split("\n")
        written[-1] += _word(name, first)
        written.extend(_word(name, other) for other in others)
    return written


def _class(kind: _TokenType) -> str:
    """The class of the nearest kind that is coloured; empty for a word that is not."""
    return next((_CLASSES[one] for one in reversed(kind.split()) if one in _CLASSES), "")


def _word(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name and text else escape(text)


def finalize(value: object) -> object:
    """What a template is about to write: text on one line, all of it to be seen; markup of ours as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _shown(value)


def prose(text: str) -> Markup:
    """The text with what its author put between backticks as code."""
    pieces = CODE.split(_shown(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def breakable(text: str) -> Markup:
    """A name that may go on in the next line after its joints, rather than anywhere."""
    pieces = re.split(r"(?<=[_.:/-])(?=[^_.:/-])", _shown(text))
    return Markup("<wbr>").join(escape(piece) for piece in pieces)


def _shown(text: str) -> str:
    return clipped(visible(re.sub(r"[ \t\r\n]+", " ", text)))
