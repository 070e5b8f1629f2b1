"""What can be read from a file's text: kinds of lines, definitions, imports."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from verifier.values.source import Lines


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
class SourceText:
    """The reading of one file. Lines are counted from 1; `kinds[0]` is that of line 1."""

    language: str
    kinds: tuple[LineKind, ...]
    definitions: tuple[Definition, ...] = ()
    """In the order of the file, nested ones included."""
    imports: tuple[str, ...] = ()
    """Modules and paths as they are written, each once."""
    look_closer: Callable[[], CloserLook] = field(default=lambda: _Nothing(), compare=False, repr=False)

    @cached_property
    def _closer(self) -> CloserLook:
        return self.look_closer()

    @property
    def constants(self) -> Mapping[str, tuple[Lines, ...]]:
        """Names that the file gives a value once and for all, each with the lines that say so.

        Constants and fields of modules and classes, defaults of parameters, keys of settings.
        """
        return self._closer.constants

    def headers(self, lines: Lines) -> tuple[int, ...]:
        """The lines of the headers that a range stands inside, in the order of the file.

        Signatures with what decorates them, and the conditions, loops, cases and brackets around; of settings the keys
        above. At most twelve: of definitions the outermost are preferred, of all else the innermost.
        """
        return self._closer.headers(lines)

    def dead_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code ever runs; None where one may, or none is code."""
        return self._closer.dead_reason(lines)

    def hollow_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code is built: declarations, stubs or empty tests are all that it has.

        None where anything else is among them, or none is code.
        """
        return self._closer.hollow_reason(lines)

    def names_used(self, lines: Lines) -> frozenset[str]:
        """The identifiers in the range, without those in comments and strings, save what is put into these."""
        return self._closer.names_used(lines)


class CloserLook(Protocol):
    """What is read from a file only when somebody asks."""

    @property
    def constants(self) -> Mapping[str, tuple[Lines, ...]]: ...

    def headers(self, lines: Lines) -> tuple[int, ...]: ...

    def dead_reason(self, lines: Lines) -> str | None: ...

    def hollow_reason(self, lines: Lines) -> str | None: ...

    def names_used(self, lines: Lines) -> frozenset[str]: ...


class _Nothing:
    """The closer look at a text that nobody can look at closer."""

    constants: Mapping[str, tuple[Lines, ...]] = {}

    def headers(self, _: Lines) -> tuple[int, ...]:
        return ()

    def dead_reason(self, _: Lines) -> str | None:
        return None

    def hollow_reason(self, _: Lines) -> str | None:
        return None

    def names_used(self, _: Lines) -> frozenset[str]:
        return frozenset()
