"""TOML, INI, .env and lists of patterns: tables and sections are definitions."""

from __future__ import annotations

import re

from verifier.languages.hash_lines import hash_kinds
from verifier.languages.line_kinds import to_bytes
from verifier.languages.marks import (
    DOUBLE,
    HASH,
    SHELL_HASH,
    TRIPLE_DOUBLE,
    TRIPLE_SINGLE,
    Marks,
    read_by_marks,
)
from verifier.languages.outlines import Heading, sections
from verifier.languages.readers import TextReader, no_calls
from verifier.languages.sentences import LONGEST, is_said
from verifier.languages.source_text import LineKind, SourceText

_TOML = Marks(comments=(HASH,), strings=(TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, r"'[^'\n]*+'?"))
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\[\]\n]{1,200}?)\s*\]{1,2}\s*(?:[#;].*)?$")


def _read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    if language == "toml":
        kinds = read_by_marks(language, text, _TOML).kinds
    else:
        kinds = hash_kinds(text, ("#", ";", "!") if language == "ini" else ("#",))
    headings = []
    if language in ("toml", "ini"):
        inside = _lines_inside_strings(text) if language == "toml" else frozenset()
        for number, (line, kind) in enumerate(zip(text.split("\n"), kinds, strict=False), 1):
            table = _TABLE.match(line[:300]) if kind is LineKind.CODE else None
            if table and number not in inside:
                headings.append(Heading(table[1].strip("\"'"), number, 1))
    said = [
        LineKind.TEXT if kind is LineKind.CODE and _is_said(line[:LONGEST]) else kind
        for line, kind in zip(text.split("\n"), kinds, strict=False)
    ]
    return SourceText(language, tuple(said), sections(headings, len(kinds)))


def _is_said(line: str) -> bool:
    key, sign, value = line.partition("=")
    return bool(sign) and is_said(key, value.strip(" \"'"))


def _lines_inside_strings(text: str) -> frozenset[int]:
    """Lines that begin within a string."""
    source, line, position = to_bytes(text), 1, 0
    found: set[int] = set()
    for start, end, what in _TOML.tokens(source):
        line += source.count(b"\n", position, start)
        position = start
        if what == "string":
            found.update(range(line + 1, line + 1 + source.count(b"\n", start, end)))
    return frozenset(found)


READER = TextReader(_read, default=Marks(comments=(SHELL_HASH,)), calling=no_calls)
