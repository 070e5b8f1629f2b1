"""SQL: tables, views, functions, procedures, triggers, indexes and types that are created."""

from __future__ import annotations

import re
from bisect import bisect_right

from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import DASHES, SLASH_STAR, SQL_STRING, Marks
from verifier.languages.outline import Definition, Outline
from verifier.languages.readers import TextReader

MARKS = Marks(comments=(DASHES, SLASH_STAR), strings=(SQL_STRING,))
_CREATE = re.compile(
    rb"\bcreate\s+(?:or\s+replace\s+)?(?:\w+\s+){0,3}?(?P<what>table|view|function|procedure|trigger|index|type"
    rb"|sequence|schema|policy|role)"
    rb"\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?P<name>[\w.\"`\[\]]{1,200})",
    re.IGNORECASE,
)
_KINDS = {"function": "function", "procedure": "function", "trigger": "function", "schema": "section"}


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    source = to_bytes(text)
    masked = mask(source, MARKS.ranges(source))
    return Outline(language, kinds_of(masked), _definitions(masked))


def _definitions(masked: bytes) -> tuple[Definition, ...]:
    starts = [0, *(match.end() for match in re.finditer(rb"\n", masked))]
    found = []
    ends = _statement_ends(masked)
    for match in _CREATE.finditer(masked):
        qualified = re.sub(r"[\"`\[\]]", "", match["name"].decode("utf-8", "replace")).strip(".")
        first = bisect_right(starts, match.start())
        index = bisect_right(ends, match.end())
        end = ends[index] if index < len(ends) else len(masked.rstrip())
        kind = _KINDS.get(match["what"].decode().lower(), "type")
        last = max(bisect_right(starts, max(end - 1, 0)), first)
        signature = bisect_right(starts, match.start("name"))
        found.append(Definition(qualified.rpartition(".")[2], qualified, kind, first, last, signature))
    return tuple(definition for definition in found if definition.name)


def _statement_ends(masked: bytes) -> list[int]:
    """Offsets behind the semicolons that end statements; those in a body between dollar signs end none."""
    ends, inside = [], b""
    for match in re.finditer(rb";|\$\w*\$", masked):
        if match[0] == b";":
            if not inside:
                ends.append(match.end())
        elif not inside:
            inside = match[0]
        elif match[0] == inside:
            inside = b""
    return ends


READER = TextReader(_read, default=MARKS)
