"""Which words of a statement its parts have left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from verifier.languages.word_lists import words


def left_over(statement: str, spans: Sequence[str]) -> tuple[str, ...]:
    """Runs of words of the statement that no span covers, verbatim, in order; without words that say nothing alone.

    A span is verbatim words of the statement, or pieces of it joined by an ellipsis, each located on its own. Runs of
    blanks count as one; backticks, quotation marks, a first capital and punctuation at the ends do not matter. A span
    that is not in the statement covers nothing.
    """
    folded, place = _folded(statement)
    is_covered = bytearray(len(statement))
    for piece in dict.fromkeys(piece for span in spans for piece in _pieces(span, folded)):
        for start in _occurrences(piece, folded):
            first, last = place[start], place[start + len(piece) - 1]
            is_covered[first : last + 1] = b"\1" * (last + 1 - first)
    return tuple(_runs(statement, is_covered))


def stands_in(span: str, statement: str) -> bool:
    """Whether the span is words of the statement, as `left_over` reads spans; a blank one is not."""
    folded = _folded(statement)[0]
    pieces = list(_pieces(span, folded))
    return bool(pieces) and all(_at(piece, folded) >= 0 for piece in pieces)


_GAP = re.compile(rb"\0+")
_WORD = re.compile(r"[^\W_]+")
_EMPTY = words(
    "a an the and or but nor as at by for from in into of off on onto out over per so than that then there these this "
    "those to up via with within it its they their is are was were be been being has have had having do does did can "
    "could will would shall should may might must also both either which who whose where when while if not we our you "
    "your i such using use uses used get gets got now"
)


def _runs(statement: str, is_covered: bytearray) -> Iterator[str]:
    for gap in _GAP.finditer(is_covered):
        telling = _telling(statement[gap.start() : gap.end()].split())
        if run := " ".join(telling).strip(_EDGES + "".join(_IGNORED)):
            yield run


def _telling(run: Sequence[str]) -> Sequence[str]:
    """The words without those at both ends that say nothing alone."""
    says = [n for n, word in enumerate(run) if not _EMPTY.issuperset(_WORD.findall(word.lower()))]
    return run[says[0] : says[-1] + 1] if says else ()


_IGNORED = frozenset("`\"“”„‘’'")
_ELLIPSIS = re.compile(r"\.{3,}|…")
_EDGES = " .,;:!?()[]*-–—"


@lru_cache(maxsize=64)
def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and for each of its characters the index in the original.

    The same statement and spans come back with each part and each round.
    """
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
