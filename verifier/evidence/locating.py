"""Locate a quote in a file: where do these lines, or these words, stand?

Shared by grounding and audit. Blanks at the ends of lines do not matter; all else must match: a quote the model has
tidied is a quote no reader will find. Time is linear in the length of file and quote.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from verifier.values.source import Lines, split_lines

MOST_PLACES = 20
"""Places of one quote that are worth naming."""

_MOST_SEARCHED = 1000
"""Places gathered before the nearest are chosen: bounds a file and a quote of one line said over and over."""

_BLANKS = " \t\r"
_ELISIONS = frozenset({"...", "…", "[...]", "[…]"})
_COMMENT_MARKS = ("#", "//", "--", "/*", "*/", "*", ";", "<!--", "-->")


def locate(quote: str, lines: Sequence[str], near: int = 1) -> tuple[Lines, ...]:
    """Say where the quote stands in the file, the place nearest to line `near` first.

    A line of the quote that is only `...` is taken for text where it stands so in the file; else it stands for lines
    left out, and the runs round it must follow one another. Empty when the quote stands nowhere, or is blank.
    """
    wanted = quoted_lines(quote)
    if not wanted:
        return ()
    text = _Text(lines)
    here = tuple(line.rstrip(_BLANKS) for line in lines[near - 1 : near - 1 + len(wanted)])
    spans = [*({(near, near + len(wanted) - 1)} if here == wanted and near > 0 else ()), *text.spans(wanted)]
    if not spans and any(_is_elision(line) for line in wanted):
        spans = list(_in_turn([text.spans(run) for run in _runs(wanted)]))
    return _nearest_first(spans, near)[:MOST_PLACES]


def quoted_lines(quote: str) -> tuple[str, ...]:
    """The quote's lines without blank lines at both ends and blanks at line ends."""
    lines = [line.rstrip(_BLANKS) for line in split_lines(quote)]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


class _Text:
    """A file as one string between line feeds, so that whole lines can be found by one search."""

    def __init__(self, lines: Sequence[str]) -> None:
        bare = [line.rstrip(_BLANKS) for line in lines]
        self._flat = "\n" + "\n".join(bare) + "\n"
        self._starts = list(accumulate((len(line) + 1 for line in bare), initial=1))

    def spans(self, wanted: Sequence[str]) -> list[tuple[int, int]]:
        """First and last line of every place where the wanted lines stand as one run, in file order."""
        needle = "\n" + "\n".join(wanted) + "\n"
        return [(first, first + len(wanted) - 1) for first in islice(self._found(needle), _MOST_SEARCHED)]

    def _found(self, needle: str) -> Iterator[int]:
        at = self._flat.find(needle)
        while at >= 0:
            yield bisect_right(self._starts, at + 1)
            at = self._flat.find(needle, at + 1)


def _nearest_first(spans: Iterable[tuple[int, int]], near: int) -> tuple[Lines, ...]:
    places = {Lines(first, last) for first, last in spans}
    return tuple(sorted(places, key=lambda place: (abs(place.first - near), place.first)))


def _in_turn(found: Sequence[Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    """Where spans of each run follow one another: each of the first run with the nearest continuation."""
    first, *others = found or [()]
    for start, last in first:
        for spans in others:
            at = bisect_left(spans, (last + 1, 0))
            if at == len(spans):
                break
            last = spans[at][1]
        else:
            yield start, last


def _runs(lines: Sequence[str]) -> list[tuple[str, ...]]:
    runs: list[list[str]] = [[]]
    for line in lines:
        if _is_elision(line):
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in (quoted_lines("\n".join(lines)) for lines in runs) if run]


def _is_elision(line: str) -> bool:
    bare = line.strip()
    for mark in _COMMENT_MARKS:
        bare = bare.removeprefix(mark).removesuffix(mark).strip()
    return bare in _ELISIONS


class Words:
    """A file as its words and signs in a row, so that a piece of code is found whatever blanks and line ends are in it.

    For what has no lines of its own: a name, or code that a sentence quotes between backticks. Words are whole: `run`
    does not stand in `runner`. Memory is some bytes a word.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._known: dict[str, int] = {}
        self._row = array("I")
        self._line = array("I")
        self._at: list[array[int]] = []
        for number, line in enumerate(lines, start=1):
            for word in _WORD.findall(line):
                known = self._known.setdefault(word, len(self._at))
                if known == len(self._at):
                    self._at.append(array("I"))
                self._at[known].append(len(self._row))
                self._row.append(known)
                self._line.append(number)

    def places(self, piece: str, near: int = 1) -> tuple[Lines, ...]:
        """Say where the piece stands, the place nearest to line `near` first.

        An elision in it stands for anything, unless it is text in the file. Empty when the piece stands nowhere, or
        has neither word nor sign.
        """
        spans = self._spans(_WORD.findall(piece), near)
        if not spans and any(elision in piece for elision in _ELISIONS):
            runs = [_WORD.findall(run) for run in _ELISION.split(piece)]
            in_turn = _in_turn([self._spans(run, near) for run in runs if run])
            spans = [each for each in in_turn if self._line[each[1]] - self._line[each[0]] < _WIDEST_ELISION_LINES]
        return _nearest_first(((self._line[first], self._line[last]) for first, last in spans), near)

    def _spans(self, words: Sequence[str], near: int) -> list[tuple[int, int]]:
        """First and last word of the places where the words stand in a row, in file order."""
        if not words or any(word not in self._known for word in words):
            return []
        wanted = array("I", [self._known[word] for word in words])
        rarest = min(range(len(wanted)), key=lambda n: len(self._at[wanted[n]]))
        known = self._at[wanted[rarest]]
        begin = max(0, bisect_left(known, bisect_left(self._line, near)) - _MOST_SEARCHED // 2)
        starts = (at - rarest for at in known[begin : begin + _MOST_SEARCHED])
        size = len(wanted)
        return [(at, at + size - 1) for at in starts if at >= 0 and self._row[at : at + size] == wanted]


_WORD = re.compile(r"\w+|[^\w\s]")
_ELISION = re.compile(r"\[?(?:\.\.\.|…)\]?")
_WIDEST_ELISION_LINES = 30
