"""What is read from a file only when somebody asks: headers, what never runs, constants, names in use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from verifier.languages.conditional import compiled_out
from verifier.languages.constants import constants
from verifier.languages.hollow import hollow_reason
from verifier.languages.readers import Reader
from verifier.languages.source_text import FileKind, LineKind, SourceText
from verifier.languages.structure import Structure, dead_lines, headers, names_in_code
from verifier.values.source import Lines, split_lines

_WORD = re.compile(r"\w|\*\)")


class Look:
    """A closer look at one file."""

    def __init__(self, reader: Reader, reading: SourceText, text: str, kind: FileKind) -> None:
        self._reader = reader
        self._reading = reading
        self._text = text
        self._kind = kind

    def headers(self, lines: Lines) -> tuple[int, ...]:
        """The lines of the headers that the range stands inside."""
        within = range(max(lines.first, 1), min(lines.last, len(self._code)) + 1)
        candidates = (line for text in (self._code, self._raw) for line in within if text[line - 1].strip())
        line = next(candidates, lines.first)
        found = headers(self._structure.around(line), self._reading.definitions, self._says_something, line)
        return tuple(row for row in found if row < lines.first)

    def _says_something(self, line: int) -> bool:
        """Whether a line of code says more than that something opens or closes."""
        return bool(self._code[line - 1] and _WORD.search(self._raw[line - 1]))

    def dead_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code ever runs."""
        kinds = self._reading.kinds
        within = range(max(lines.first, 1), min(lines.last, len(kinds)) + 1)
        reasons = [self._dead.get(line) for line in within if kinds[line - 1] is LineKind.CODE]
        return reasons[0] if all(reasons) and reasons else None

    def hollow_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code is built."""
        return hollow_reason(self._code, self._reading.definitions, lines)

    def names_used(self, lines: Lines) -> frozenset[str]:
        """The identifiers in the range."""
        return names_in_code(self._code, lines)

    @cached_property
    def constants(self) -> Mapping[str, tuple[Lines, ...]]:
        """Names that are given a value once and for all."""
        functions = self._structure.functions
        return constants(self._raw, self._code, self._reading.definitions, functions, self._kind)

    @cached_property
    def _raw(self) -> tuple[str, ...]:
        return split_lines(self._text)

    @cached_property
    def _code(self) -> tuple[str, ...]:
        code = self._reader.code(self._reading.language, self._text)
        comments = (LineKind.COMMENT, LineKind.DOCSTRING)
        return tuple("" if kind in comments else line for line, kind in zip(code, self._reading.kinds, strict=True))

    @cached_property
    def _structure(self) -> Structure:
        return self._reader.structure(self._reading, self._text)

    @cached_property
    def _dead(self) -> Mapping[int, str]:
        """Why each line that never runs does not."""
        out = compiled_out(self._reading.language, self._raw, self._code)
        return dead_lines((*out, *self._structure.dead))
