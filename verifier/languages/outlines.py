"""Sections of a file from its headings alone: each lasts until the next of its own level or above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.languages.outline import Definition


@dataclass(frozen=True)
class Heading:
    """Where a section begins, how deep it lies (1 is outermost) and what it is."""

    name: str
    line: int
    level: int
    kind: str = "section"


def sections(headings: Sequence[Heading], last_line: int) -> tuple[Definition, ...]:
    """Definitions for headings in the order of the file."""
    ends = [last_line] * len(headings)
    names = [heading.name for heading in headings]
    around: list[int] = []
    for index, heading in enumerate(headings):
        while around and headings[around[-1]].level >= heading.level:
            ends[around.pop()] = heading.line - 1
        if around:
            names[index] = f"{names[around[-1]]}.{heading.name}"[-_QUALIFIED_CHARS:]
        around.append(index)
    return tuple(
        Definition(heading.name, name, heading.kind, heading.line, max(end, heading.line), heading.line)
        for heading, name, end in zip(headings, names, ends, strict=True)
    )


_QUALIFIED_CHARS = 500
"""A hostile outline nests without end; its names must not grow with it."""
