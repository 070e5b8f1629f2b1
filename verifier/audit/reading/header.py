"""The head of a report: its title, when it was written, and by which model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.audit.reading.markdown_lines import Line, Shape, plain


@dataclass(frozen=True)
class Header:
    """What stands before the first claim."""

    title: str
    generated: str | None
    model: str | None


def read_header(lines: list[Line], first_claim: int) -> Header:
    """Read the lines before the first claim; where the title itself is the claim, those after it too."""
    last = min(first_claim, HEADER_LINES) if first_claim > 1 else HEADER_LINES
    texts = [plain(line.text) for line in lines if line.number <= last and line.shape is not Shape.FENCE]
    return Header(next(filter(None, texts), ""), _first(_GENERATED, texts), _first(_MODEL, texts))


def _first(pattern: re.Pattern[str], texts: list[str]) -> str | None:
    return next((match[1].strip(" `") for text in texts if (match := pattern.match(text))), None)


HEADER_LINES = 40
"""A header that is longer is none."""
_GENERATED = re.compile(
    r"(?:generated(?:\s(?:at|on))?|date|timestamp|created|validation date)\s{0,2}:\s{0,4}(\S.{0,80})", re.IGNORECASE
)
_MODEL = re.compile(r"(?:model|llm|validated by|reviewer)\s{0,2}:\s{0,4}(\S.{0,80})", re.IGNORECASE)
