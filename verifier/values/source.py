"""Where text stands: lines, counted from 1, and ranges of them with both ends included."""

from __future__ import annotations

from dataclasses import dataclass


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
