"""Tell each line's kind from the ranges of a file that are comments and docstrings."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.languages.outline import LineKind
from verifier.values.source import split_lines

Ranges = Iterable[tuple[int, int, LineKind]]
"""Byte ranges (start, end, COMMENT or DOCSTRING; BLANK for what is to be no code)."""

_COMMENT, _DOCSTRING = b"\x01", b"\x02"
_BLANKS = b" \t\r\f\v"
_MARKED = _BLANKS + _COMMENT + _DOCSTRING
_MASKS = {
    LineKind.COMMENT: bytes(byte if byte in b"\n" + _BLANKS else 1 for byte in range(256)),
    LineKind.DOCSTRING: bytes(byte if byte in b"\n" + _BLANKS else 2 for byte in range(256)),
    LineKind.BLANK: bytes(byte if byte in b"\n" + _BLANKS else 32 for byte in range(256)),
}
_UNMARKED = bytes(63 if byte in (1, 2) else byte for byte in range(256))
"""The two bytes that we mark with mean nothing in source; a binary file that has them must not look commented."""


def to_bytes(text: str) -> bytes:
    """UTF-8 of a text; a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace")


def mask(source: bytes, ranges: Ranges) -> bytes:
    """The source with comments and docstrings overwritten by one mark each, line ends kept, every offset the same.

    What is BLANK becomes blanks.
    """
    source = source.translate(_UNMARKED)
    pieces = []
    position = 0
    for start, end, kind in sorted(ranges, key=lambda item: (item[0], -item[1])):
        if end <= position:
            continue
        start = max(start, position)
        pieces.append(source[position:start])
        pieces.append(source[start:end].translate(_MASKS[kind]))
        position = end
    pieces.append(source[position:])
    return b"".join(pieces)


def kinds_of(masked: bytes) -> tuple[LineKind, ...]:
    """The kind of each line; lines end at LF or CRLF and nowhere else."""
    lines = masked.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return tuple([_kind(line) for line in lines])


def kinds_by_start(
    text: str, marks: tuple[str, ...] = ("#",), otherwise: LineKind = LineKind.CODE
) -> tuple[LineKind, ...]:
    """The kinds of lines where one that begins with a mark is a comment, whatever stands around it."""
    lines = [line.lstrip("\ufeff \t\r\f\v") for line in split_lines(text)]
    return tuple(
        [
            LineKind.COMMENT if line.startswith(marks) else otherwise if line.strip() else LineKind.BLANK
            for line in lines
        ]
    )


def _kind(line: bytes) -> LineKind:
    bare = line.strip(_MARKED)
    if bare and (bare[0] < 0x80 or not _is_invisible(bare)):
        return LineKind.CODE
    if _DOCSTRING in line:
        return LineKind.DOCSTRING
    return LineKind.COMMENT if _COMMENT in line else LineKind.BLANK


def _is_invisible(line: bytes) -> bool:
    return not line.decode("utf-8", "ignore").strip().strip("\ufeff\u200b")
