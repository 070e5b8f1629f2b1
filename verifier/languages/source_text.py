"""A file as it was read, and what is read from it only when somebody asks: headers, what never runs, constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.languages.conditional import compiled_out
from verifier.languages.constants import constants
from verifier.languages.hollow import hollow_reason
from verifier.languages.outline import FileKind, LineKind, Outline
from verifier.languages.structure import Structure, dead_lines, headers, rows_within
from verifier.values.source import Lines, split_lines

if TYPE_CHECKING:
    from verifier.languages.readers import Reader

_WORD = re.compile(r"\w|\*\)")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class SourceText(Outline):
    """The reading of one file."""

    text: str = field(default="", compare=False, repr=False)
    reader: Reader = field(kw_only=True, compare=False, repr=False)
    purpose: FileKind = field(default=FileKind.CODE, compare=False, repr=False)
    """What files of its language are for, wherever they lie."""

    def headers(self, lines: Lines) -> tuple[int, ...]:
        """The lines of the headers that a range stands inside, in the order of the file.

        Signatures with what decorates them, and the conditions, loops, cases and brackets around; of settings the keys
        above. At most twelve: of definitions the outermost are preferred, of all else the innermost.
        """
        within = rows_within(lines, self._code)
        candidates = (line for text in (self._code, self._raw) for line in within if text[line - 1].strip())
        line = next(candidates, lines.first)
        found = headers(self._structure.around(line), self.definitions, self._says_something, line)
        return tuple(row for row in found if row < lines.first)

    def dead_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code ever runs; None where one may, or none is code."""
        within = rows_within(lines, self.kinds)
        reasons = [self._dead.get(line) for line in within if self.kinds[line - 1] is LineKind.CODE]
        return reasons[0] if all(reasons) and reasons else None

    def hollow_reason(self, lines: Lines) -> str | None:
        """Why none of the range's lines of code is built: declarations, stubs or empty tests are all that it has.

        None where anything else is among them, or none is code.
        """
        return hollow_reason(self._code, self.definitions, lines)

    def names_used(self, lines: Lines) -> frozenset[str]:
        """The identifiers in the range, without those in comments and strings, save what is put into these."""
        return frozenset(
            name for line in rows_within(lines, self._code) for name in _IDENTIFIER.findall(self._code[line - 1])
        )

    @cached_property
    def constants(self) -> Mapping[str, tuple[Lines, ...]]:
        """Names that the file gives a value once and for all, each with the lines that say so.

        Constants and fields of modules and classes, defaults of parameters, keys of settings.
        """
        return constants(self._raw, self._code, self.definitions, self._structure.functions, self.purpose)

    def _says_something(self, line: int) -> bool:
        """Whether a line of code says more than that something opens or closes."""
        return bool(self._code[line - 1] and _WORD.search(self._raw[line - 1]))

    @cached_property
    def _raw(self) -> tuple[str, ...]:
        return split_lines(self.text)

    @cached_property
    def _code(self) -> tuple[str, ...]:
        """The lines without comments and docstrings, strings emptied of all but names put in."""
        code = self.reader.code(self.language, self.text)
        comments = (LineKind.COMMENT, LineKind.DOCSTRING)
        return tuple("" if kind in comments else line for line, kind in zip(code, self.kinds, strict=True))

    @cached_property
    def _structure(self) -> Structure:
        return self.reader.structure(self, self.text)

    @cached_property
    def _dead(self) -> Mapping[int, str]:
        """Why each line that never runs does not."""
        return dead_lines((*compiled_out(self.language, self._raw, self._code), *self._structure.dead))
