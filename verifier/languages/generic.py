"""Text of which nothing more is known than its lines: data formats, languages without a module, what is too large."""

from __future__ import annotations

from verifier.languages.line_kinds import kinds_of, to_bytes
from verifier.languages.readers import TextReader
from verifier.languages.source_text import SourceText


def _read(language: str, text: str) -> SourceText:
    return SourceText(language, kinds_of(to_bytes(text)))


READER = TextReader(_read, bracketed=frozenset({"json", "avro"}))
