"""Dockerfiles, whose stages are sections and whose images are imports; Makefiles, whose targets are functions."""

from __future__ import annotations

import re

from verifier.languages.line_kinds import kinds_by_start
from verifier.languages.outline import Heading, Outline, sections
from verifier.languages.readers import TextReader
from verifier.values.source import split_lines

_HEADINGS = {
    "dockerfile": re.compile(r"\s*FROM\s+(?:--\S+\s+)*(?P<import>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE),
    "makefile": re.compile(r"(?P<name>[^\s:=#][^:=#]*?)\s*::?(?![=:])|-?s?include\s+(?P<import>.+)"),
}


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    kind = "function" if language == "makefile" else "section"
    headings, imports = [], dict[str, None]()
    for number, line in enumerate(split_lines(text), 1):
        if found := _HEADINGS[language].match(line[:1000]):
            imports.update(dict.fromkeys((found["import"] or "").split()))
            if found["name"] or language == "dockerfile":
                headings.append(Heading((found["name"] or found["import"]).strip(), number, 1, kind))
    kinds = kinds_by_start(text)
    return Outline(language, kinds, sections(headings, len(kinds)), tuple(imports))


READER = TextReader(_read, calls_nothing=True)
