"""Which names of a statement its parts have left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifier.wording.naming import coverable_in


def uncovered(statement: str, spans: Sequence[str]) -> tuple[str, ...]:
    """Names of the statement that no span covers, verbatim, in order.

    A span is verbatim words of the statement, or pieces of it joined by an ellipsis, each located on its own. Runs of
    blanks count as one; backticks, quotation marks, a first capital and punctuation at the ends do not matter. A span
    that is not in the statement covers nothing. One covered occurrence covers a name, wherever else it stands.
    """
    folded, place = _folded(statement)
    is_covered = bytearray(letter in _IGNORED or letter.isspace() for letter in statement)
    for piece in dict.fromkeys(piece for span in spans for piece in _pieces(span, folded)):
        for start in _occurrences(piece, folded):
            first, last = place[start], place[start + len(piece) - 1]
            is_covered[first : last + 1] = b"\1" * (last + 1 - first)
    return _left_out(statement, is_covered)


def _left_out(statement: str, is_covered: bytearray) -> tuple[str, ...]:
    names = coverable_in(statement)
    covered = {name.text for name in names if is_covered.find(0, name.start, name.end) < 0}
    left: dict[str, None] = {}
    reach = 0
    for name in names:
        # What lies inside a name that is left out already needs no mention of its own.
        if name.text not in covered and name.end > reach:
            left[name.text] = None
            reach = name.end
    return tuple(left)


_IGNORED = frozenset("`\"“”„‘’'")
_ELLIPSIS = re.compile(r"\.{3,}|…")
_EDGES = " .,;:!?()[]*-–—"


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its characters the index in the original."""
    kept: list[str] = []
    place: list[int] = []
    for index, letter in enumerate(text):
        if letter in _IGNORED:
            continue
        if letter.isspace():
            if kept and kept[-1] != " ":
                kept.append(" ")
                place.append(index)
            continue
        kept.append(letter)
        place.append(index)
    return "".join(kept), place


def _pieces(span: str, folded: str) -> Iterator[str]:
    flat = _folded(span)[0]
    for whole in (flat.strip(), flat.strip(_EDGES)):
        if whole and _at(whole, folded) >= 0:
            yield whole
            return
    yield from (piece for part in _ELLIPSIS.split(flat) if (piece := part.strip(_EDGES)))


def _at(piece: str, folded: str, start: int = 0) -> int:
    """Where the piece stands; its first letter may be written large."""
    found = folded.find(piece, start)
    return found if found >= 0 else folded.find(piece[0].swapcase() + piece[1:], start)


def _occurrences(piece: str, folded: str) -> Iterator[int]:
    at = _at(piece, folded)
    while at >= 0:
        yield at
        at = _at(piece, folded, at + len(piece))
