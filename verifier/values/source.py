"""Text and where it stands: one spelling for each letter, and lines, counted from 1, with both ends included."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_PATH = 4096
"""Characters; no file system has longer ones."""


@dataclass(frozen=True, order=True)
class Lines:
    """A range of lines of one file."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def covers(self, line: int) -> bool:
        """Whether the line lies in the range."""
        return self.first <= line <= self.last


def ranges_of(numbers: Iterable[int]) -> tuple[Lines, ...]:
    """The fewest ranges that hold these lines and no others, in order."""
    held = set(numbers)
    firsts = sorted(n for n in held if n - 1 not in held)
    lasts = sorted(n for n in held if n + 1 not in held)
    return tuple(map(Lines, firsts, lasts))


def split_lines(text: str) -> tuple[str, ...]:
    """The text's lines without their ends. A line ends at LF or CRLF and at nothing else.

    Unlike `str.splitlines`, a form feed, a lone CR or U+2028 stays inside its line. A final line end opens no new line.
    """
    pieces = text.split("\n")
    if pieces[-1] == "":
        pieces.pop()
    if "\r" not in text:
        return tuple(pieces)
    return tuple(piece[:-1] if piece.endswith("\r") else piece for piece in pieces)


def nfc(text: str) -> str:
    """The text in Unicode's normal form C: "é" is one character, however it was typed.

    Paths, patterns, names and text take this form where they come in, so that all later stages compare alike with
    alike. Time is linear in the text.
    """
    if text.isascii():
        return text
    # Putting marks in order takes time quadratic in how many one letter has; very many are ordered in pieces.
    if len(max(text.split("\n"), key=len)) <= _SHORT_LINE:
        return unicodedata.normalize("NFC", text)
    return "".join(unicodedata.normalize("NFC", piece) for piece in _MANY_MARKS.split(text))


def nfc_of(value: Any) -> Any:
    """A text, or a list or tuple of some, in NFC; all else as it is. For the models that foreign text comes in by."""
    if isinstance(value, str):
        return nfc(value)
    return type(value)(map(nfc_of, value)) if isinstance(value, list | tuple) else value


_SHORT_LINE = 1000
"""Characters of a line in which the marks may be as many as they like."""

_MANY_MARKS = re.compile(r"([\w\s\x00-\x7f]?[^\w\s\x00-\x7f]{30})")
"""A letter with as many marks as any script gives one; other signs are cut apart as well, which changes none of them.

Source: Unicode Standard Annex 15, "Stream-Safe Text Format"."""
