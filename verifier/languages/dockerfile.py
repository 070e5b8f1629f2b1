"""Dockerfiles: each stage is a section, the images they build on are imports."""

from __future__ import annotations

import re

from verifier.languages.hash_lines import hash_kinds
from verifier.languages.outlines import Heading, sections
from verifier.languages.readers import TextReader, no_calls
from verifier.languages.source_text import SourceText

_FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)


def _read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    kinds = hash_kinds(text)
    headings, images = [], dict[str, None]()
    for number, line in enumerate(text.split("\n"), 1):
        stage = _FROM.match(line[:1000])
        if stage:
            headings.append(Heading(stage[2] or stage[1], number, 1))
            images[stage[1]] = None
    return SourceText(language, kinds, sections(headings, len(kinds)), tuple(images))


READER = TextReader(_read, calling=no_calls)
