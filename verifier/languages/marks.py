"""Comments and strings as a language marks them: enough to tell code from comment without parsing.

This serves the languages that have no grammar here, and text that a grammar's parser must not be given. A comment that
is not closed runs to the end of the text and a string to the end of its line, so one pass is enough for any text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.outline import LineKind, Outline

HASH = r"#[^\n]*+"
SLASHES = r"//[^\n]*+"
DASHES = r"--[^\n]*+"
SEMICOLON = r";[^\n]*+"
PERCENT = r"%[^\n]*+"
SLASH_STAR = r"/\*.*?(?:\*/|\Z)"
ANGLE = r"<!--.*?(?:-->|\Z)"
HASH_AT_START = r"^[ \t]*#[^\n]*+"
SHELL_HASH = r"(?:^|(?<=[\s;&|(]))#[^\n]*+"

DOUBLE = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
LONG_DOUBLE = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
"""One that may go over lines."""
SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
CHARACTER = r"'(?:\\[^\n]{1,8}?|[^'\\\n]{1,4})'"
"""A quoted character; a lone quote (a Rust lifetime, a digit separator) is none."""
BACKTICKS = r"`[^`\\]*+(?:\\.[^`\\]*+)*+`?"
RAW_BACKTICKS = r"`[^`]*+`?"
TRIPLE_DOUBLE = r'""".*?(?:"""|\Z)'
TRIPLE_SINGLE = r"'''.*?(?:'''|\Z)"
SQL_STRING = r"'[^']*+'?"


@dataclass(frozen=True)
class Marks:
    """How comments, docstrings and strings begin and end, as regular expressions tried in that order."""

    comments: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    docstrings: tuple[str, ...] = ()
    nested: tuple[str, str] | None = None
    """How a comment begins and how it ends that may hold others of its kind, as regular expressions."""

    def tokens(self, source: bytes) -> Iterator[tuple[int, int, str]]:
        """Where each "comment", "docstring" and "string" stands, as byte offsets, in order."""
        pattern = _scanner(self)
        at = 0
        while pattern is not None and (match := pattern.search(source, at)):
            at = match.end()
            if self.nested and match.lastgroup == "comment" and _either(self.nested).match(match[0]):
                at = _nested_end(source, match.start(), self.nested)
            yield match.start(), at, match.lastgroup or ""
            at = max(at, match.start() + 1)

    def ranges(self, source: bytes, *, strings: bool = False) -> Iterator[tuple[int, int, LineKind]]:
        """Where comments and docstrings stand, as byte offsets; and as BLANK the `strings`, where they are wanted."""
        for start, end, what in self.tokens(source):
            if strings or what != "string":
                yield start, end, _KINDS[what]


_KINDS = {"comment": LineKind.COMMENT, "docstring": LineKind.DOCSTRING, "string": LineKind.BLANK}


def _nested_end(source: bytes, start: int, marks: tuple[str, str]) -> int:
    """Where a comment ends that begins there; it runs to the end of the text where it is not closed."""
    depth = 0
    for match in _either(marks).finditer(source, start):
        depth += 1 if match.lastgroup == "opens" else -1
        if depth == 0:
            return match.end()
    return len(source)


@functools.cache
def _either(marks: tuple[str, str]) -> re.Pattern[bytes]:
    return re.compile(f"(?P<opens>{marks[0]})|{marks[1]}".encode())


def read_by_marks(language: str, text: str, marks: Marks) -> Outline:
    """A file's lines without its definitions."""
    source = to_bytes(text)
    return Outline(language, kinds_of(mask(source, marks.ranges(source))))


@functools.cache
def _scanner(marks: Marks) -> re.Pattern[bytes] | None:
    """One expression for all marks; None when there are none."""
    looked_for = alternatives(marks)
    return re.compile(looked_for.encode(), re.MULTILINE | re.DOTALL) if looked_for else None


def alternatives(marks: Marks, *more: str) -> str:
    """An expression for each mark, in a group named "docstring", "comment" or "string", and for what else is given."""
    nested = (rf"{marks.nested[0]}.*?(?:{marks.nested[1]}|\Z)",) if marks.nested else ()
    groups = {"docstring": marks.docstrings, "comment": (*nested, *marks.comments), "string": marks.strings}
    return "|".join((*(f"(?P<{name}>{'|'.join(choices)})" for name, choices in groups.items() if choices), *more))


NO_MARKS = Marks()
PYTHON = Marks(
    comments=(HASH,),
    docstrings=(
        r'^[ \t]*+[rRuUbB]{0,2}""".*?(?:"""[ \t]*+(?:#[^\n]*+)?\r?$|\Z)',
        r"^[ \t]*+[rRuUbB]{0,2}'''.*?(?:'''[ \t]*+(?:#[^\n]*+)?\r?$|\Z)",
    ),
    strings=(TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE),
)
SCRIPT = Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE, SINGLE, BACKTICKS))
GO = Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE, CHARACTER, RAW_BACKTICKS))
RUST = Marks(
    comments=(SLASHES,),
    nested=(r"/\*", r"\*/"),
    strings=(r'r(?P<hashes>#*+)".*?(?:"(?P=hashes)|\Z)', LONG_DOUBLE, CHARACTER),
)
JAVA = Marks(comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_DOUBLE, DOUBLE, CHARACTER))
C = Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE, CHARACTER))
RUBY = Marks(comments=(r"^=begin\b.*?(?:^=end\b[^\n]*+|\Z)", r"^__END__\r?$.*", SHELL_HASH), strings=(DOUBLE, SINGLE))
SHELL = Marks(comments=(SHELL_HASH,), strings=(r"\\.", LONG_DOUBLE, SQL_STRING))
