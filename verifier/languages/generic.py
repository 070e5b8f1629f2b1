"""Text of which nothing more is known than its lines: data formats, languages without a module, what is too large."""

from __future__ import annotations

import re

from verifier.languages.line_kinds import kinds_of, to_bytes
from verifier.languages.source_text import SourceText

_CALLED = re.compile(r"(?<!\w)([^\W\d]\w*+[?!]?)\s{0,3}\(")
_NO_CALLS = frozenset(
    [
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "return",
        "function",
        "def",
        "fn",
        "func",
        "fun",
        "sub",
        "elif",
        "foreach",
        "unless",
        "until",
        "match",
        "when",
        "and",
        "or",
        "not",
        "in",
        "is",
        "values",
        "varchar",
        "numeric",
        "decimal",
        "char",
        "select",
        "where",
        "from",
        "table",
        "as",
        "on",
        "using",
        "sizeof",
        "typeof",
        "await",
        "yield",
        "new",
    ]
)


def read(language: str, text: str) -> SourceText:
    """A file's lines: code, or blank."""
    return SourceText(language, kinds_of(to_bytes(text)))


def calls(_: str, text: str, first_line: int, last_line: int) -> frozenset[str]:
    """Names before a bracket in those lines."""
    return called_names(text, first_line, last_line)


def called_names(text: str, first_line: int, last_line: int) -> frozenset[str]:
    """Names before a bracket in those lines, save the words that languages put there."""
    lines = text.split("\n", max(last_line, 0))[max(first_line - 1, 0) : max(last_line, 0)]
    names = {name for line in lines for name in _CALLED.findall(line)}
    return frozenset(name for name in names if name.lower() not in _NO_CALLS)
