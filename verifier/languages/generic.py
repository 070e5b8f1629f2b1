"""Text of which nothing more is known than its lines: data formats, languages without a module, what is too large."""

from __future__ import annotations

from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import Marks
from verifier.languages.readers import TextReader
from verifier.languages.source_text import SourceText
from verifier.languages.table import GENERIC


def _read(language: str, text: str) -> SourceText:
    if language != GENERIC.name:
        return SourceText(language, kinds_of(to_bytes(text)))
    source = to_bytes(text)
    return SourceText(language, kinds_of(mask(source, _ANY.ranges(source))))


_ANY = Marks(
    comments=(
        r"^[ \t]*#(?=[ \t#!]|$)[^\n]*+",
        r"^[ \t]*(?:///?|;;?|--|%%?)(?=[ \t])[^\n]*+",
        r"^[ \t]*/\*.*?(?:\*/|\Z)",
        r"^[ \t]*<!--.*?(?:-->|\Z)",
    )
)
"""What begins a line as a comment in nearly every language that has such a mark."""


READER = TextReader(_read, bracketed=frozenset({"avro"}))
