"""TOML, INI, .env and lists of patterns: tables and sections are definitions."""

from __future__ import annotations

import re

from verifier.languages.code_text import code_lines
from verifier.languages.line_kinds import kinds_by_start
from verifier.languages.marks import (
    DOUBLE,
    HASH,
    SHELL_HASH,
    TRIPLE_DOUBLE,
    TRIPLE_SINGLE,
    Marks,
    read_by_marks,
)
from verifier.languages.outline import Heading, LineKind, Outline, sections
from verifier.languages.readers import TextReader
from verifier.languages.sentences import LONGEST, is_said
from verifier.values.source import split_lines

_TOML = Marks(comments=(HASH,), strings=(TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, r"'[^'\n]*+'?"))
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\[\]\n]{1,200}?)\s*\]{1,2}\s*(?:[#;].*)?$")


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    lines = split_lines(text)
    headings = []
    if language == "toml":
        kinds = read_by_marks(language, text, _TOML).kinds
    else:
        kinds = kinds_by_start(text, ("#", ";", "!") if language == "ini" else ("#",))
    if language in ("toml", "ini"):
        code = code_lines(text, _TOML) if language == "toml" else lines  # what begins within a string is no table
        for number, (line, bare) in enumerate(zip(lines, code, strict=True), 1):
            if bare and (table := _TABLE.match(line[:300])):
                headings.append(Heading(table[1].strip("\"'"), number, 1))
    said = [
        LineKind.TEXT if kind is LineKind.CODE and _is_said(line[:LONGEST]) else kind
        for line, kind in zip(lines, kinds, strict=True)
    ]
    return Outline(language, tuple(said), sections(headings, len(kinds)))


def _is_said(line: str) -> bool:
    key, sign, value = line.partition("=")
    return bool(sign) and is_said(key, value.strip(" \"'"))


READER = TextReader(_read, default=Marks(comments=(SHELL_HASH,)), calls_nothing=True)
