"""Formats in which a comment is a line that begins with a mark, whatever stands around it."""

from __future__ import annotations

from verifier.languages.source_text import LineKind


def hash_kinds(text: str, marks: tuple[str, ...] = ("#",)) -> tuple[LineKind, ...]:
    """The kinds of lines where one that begins with a mark is a comment."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return tuple([_kind(line, marks) for line in lines])


def _kind(line: str, marks: tuple[str, ...]) -> LineKind:
    rest = line.lstrip("\ufeff \t\r\f\v")
    if rest.startswith(marks):
        return LineKind.COMMENT
    return LineKind.CODE if rest.strip() else LineKind.BLANK
