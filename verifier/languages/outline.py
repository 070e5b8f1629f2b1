"""What can be read from a file's text: kinds of lines, definitions, imports."""

from __future__ import annotations

import enum
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
