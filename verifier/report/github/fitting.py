"""As much of a page as fits a limit: pieces are left out whole, and the page says so."""

from __future__ import annotations

from collections.abc import Sequence


def fitting(pieces: Sequence[str], room: int) -> list[int]:
    """The positions of the pieces that fit, two line ends after each; a small one may follow one too large."""
    kept = []
    for position, piece in enumerate(pieces):
        needed = size(piece) + 2
        if needed <= room:
            kept.append(position)
            room -= needed
    return kept


def size(text: str) -> int:
    """The length of a text in bytes, which is never less than a host finds that counts characters."""
    return len(text.encode("utf-8"))
