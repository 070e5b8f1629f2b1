"""Makefiles and justfiles: targets are functions."""

from __future__ import annotations

import re

from verifier.languages.hash_lines import hash_kinds
from verifier.languages.outlines import Heading, sections
from verifier.languages.readers import TextReader, no_calls
from verifier.languages.source_text import LineKind, SourceText

_TARGET = re.compile(r"([^\s:=#][^:=#]*?)\s*::?(?![=:])")
_INCLUDE = re.compile(r"-?s?include\s+(.+)")


def _read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    kinds = hash_kinds(text)
    headings, included = [], dict[str, None]()
    for number, (line, kind) in enumerate(zip(text.split("\n"), kinds, strict=False), 1):
        if kind is not LineKind.CODE or line[:1] in ("\t", " "):
            continue
        if target := _TARGET.match(line[:500]):
            headings.append(Heading(target[1].strip(), number, 1, "function"))
        elif include := _INCLUDE.match(line[:500]):
            included.update((path, None) for path in include[1].split())
    return SourceText(language, kinds, sections(headings, len(kinds)), tuple(included))


READER = TextReader(_read, calling=no_calls)
