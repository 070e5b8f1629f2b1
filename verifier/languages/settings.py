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
    scanner,
)
from verifier.languages.outlines import Heading, sections
from verifier.languages.readers import TextReader, no_calls
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
    return SourceText(language, kinds, sections(headings, len(kinds)))


def _lines_inside_strings(text: str) -> frozenset[int]:
    """Lines that begin within a string."""
    pattern = scanner(_TOML)
    assert pattern is not None
    source, line, position = to_bytes(text), 1, 0
    found: set[int] = set()
    for match in pattern.finditer(source):
        line += source.count(b"\n", position, match.start())
        position = match.start()
        if match.lastgroup == "string":
            found.update(range(line + 1, line + 1 + match[0].count(b"\n")))
    return frozenset(found)


READER = TextReader(_read, default=Marks(comments=(SHELL_HASH,)), calling=no_calls)
