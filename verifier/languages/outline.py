"""What can be read from a file's text: kinds of lines, definitions, imports."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class FileKind(enum.Enum):
    """What a file is for."""

    CODE = "code"
    CONFIG = "config"
    PROSE = "prose"
    TEST = "test"
    GENERATED = "generated"
    VENDORED = "vendored"
    LOCK = "lock"
    MINIFIED = "minified"
    BUILD = "build output"
    MOCK = "mock"
    EXAMPLE = "example"


class LineKind(enum.Enum):
    """What a whole line is. A line with code and a comment behind it is code."""

    CODE = "code"
    COMMENT = "comment"
    DOCSTRING = "docstring"
    BLANK = "blank"
    TEXT = "text"
    """A line of a documentation format (Markdown, reStructuredText, plain text), fenced code in it included; and a
    sentence that is a value in data."""


@dataclass(frozen=True)
class Definition:
    """A named piece of a file: a class, a function, a table, a heading with what stands under it."""

    name: str
    qualified: str
    """The name after those of the definitions around it, joined by dots: "Pool.drain"."""
    kind: str
    """class | function | method | type | constant | section"""
    first_line: int
    """The first decorator's or attribute's line, else that of the definition itself."""
    last_line: int
    signature_line: int
    """The line with the name."""
    stub: str | None = None
    """Why this is a stub, in few words. None when it does something, or nobody expects it to."""
    declaration: bool = False
    """Whether it is only declared, its body standing elsewhere or nowhere: a prototype, an abstract method."""


@dataclass(frozen=True)
class Outline:
    """What a reader of a language says of one file. Lines are counted from 1; `kinds[0]` is that of line 1."""

    language: str
    kinds: tuple[LineKind, ...]
    definitions: tuple[Definition, ...] = ()
    """In the order of the file, nested ones included."""
    imports: tuple[str, ...] = ()
    """Modules and paths as they are written, each once."""


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
            names[index] = f"{names[around[-1]]}.{heading.name}"[-QUALIFIED_CHARS:]
        around.append(index)
    return tuple(
        Definition(heading.name, name, heading.kind, heading.line, max(end, heading.line), heading.line)
        for heading, name, end in zip(headings, names, ends, strict=True)
    )


QUALIFIED_CHARS = 500
"""A hostile file nests without end; its names must not grow with it."""
