"""Compare two texts line by line: the hunks of a unified diff, in bounded time for any two texts.

difflib alone takes quadratic time and more. Lines that stand once on either side part the texts first, and difflib
compares what lies between two of them. What is still too much is taken out whole and put in whole: as true a diff, only
a longer one. Nothing depends on a version of git, so the same texts always give the same hunks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher

CONTEXT_LINES = 3
"""Lines around a change that are the same on both sides."""

_MOST_COMPARED = 40_000
"""Pairs of lines between two that are anchored, beyond which difflib is not asked."""

_MOST_COMPARED_IN_ALL = 1_000_000


Side = Sequence[str]
"""A text, given by its lines."""


def hunks(before: Side, after: Side) -> tuple[str, ...]:
    """The places in which two texts differ, each the `@@` line and lines behind a blank, a `-` or a `+`."""
    groups = _Anchored(before, after).get_grouped_opcodes(CONTEXT_LINES)
    return tuple("\n".join(_lines(group, before, after)) for group in groups)


OpCode = tuple[str, int, int, int, int]
Find = Callable[[Side, Side], Iterable[Match]]


def _lines(group: Sequence[OpCode], before: Side, after: Side) -> Iterator[str]:
    (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
    yield f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@"
    for tag, first, last, new_first, new_last in group:
        if tag == "equal":
            yield from (f" {line}" for line in before[first:last])
            continue
        yield from (f"-{line}" for line in before[first:last])
        yield from (f"+{line}" for line in after[new_first:new_last])


def _range(start: int, stop: int) -> str:
    """The first line and how many there are; where there are none, the line before them, as everywhere."""
    return f"{start + 1 if stop > start else start},{stop - start}"


class _Anchored(SequenceMatcher[str]):
    """difflib's matcher with other matching blocks than its own."""

    def __init__(self, before: Side, after: Side) -> None:
        super().__init__(None, before, after, autojunk=False)
        self._before, self._after = before, after

    def get_matching_blocks(self) -> list[Match]:
        """The runs of lines that the texts share, in order, and an empty one at the end, as difflib promises."""
        end = Match(len(self._before), len(self._after), 0)
        return [*_joined(_between_ends(self._before, self._after, _between_anchors)), end]


def _joined(matches: Iterator[Match]) -> Iterator[Match]:
    """The matches, with those made one that lie side by side on both sides."""
    run = Match(0, 0, 0)
    for found in matches:
        if (found.a, found.b) == (run.a + run.size, run.b + run.size):
            run = Match(run.a, run.b, run.size + found.size)
            continue
        if run.size:
            yield run
        run = found
    if run.size:
        yield run


def _between_ends(before: Side, after: Side, find: Find) -> Iterator[Match]:
    """The lines that are the same at either end, and what `find` finds between them."""
    head = _same(before, after)
    tail = _same(before[head:][::-1], after[head:][::-1])
    yield Match(0, 0, head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if old and new:
        yield from (Match(head + m.a, head + m.b, m.size) for m in find(old, new))
    yield Match(len(before) - tail, len(after) - tail, tail)


def _between_anchors(before: Side, after: Side) -> Iterator[Match]:
    left = _MOST_COMPARED_IN_ALL

    def compared(old: Side, new: Side) -> Iterable[Match]:
        nonlocal left
        pairs = len(old) * len(new)
        if pairs > min(left, _MOST_COMPARED):
            return ()
        left -= pairs
        return SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()

    i = j = 0
    for anchor_i, anchor_j in (*_anchors(before, after), (len(before), len(after))):
        matches = _between_ends(before[i:anchor_i], after[j:anchor_j], compared)
        yield from (Match(i + m.a, j + m.b, m.size) for m in matches)
        i, j = anchor_i, anchor_j


def _same(one: Side, other: Side) -> int:
    """How many lines are the same from the first on."""
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)


def _anchors(before: Side, after: Side) -> list[tuple[int, int]]:
    """Places of lines that stand once on either side: the longest series of them that is in order on both."""
    places = _places_of_single(after)
    pairs = [(i, places[line]) for line, i in _places_of_single(before).items() if line in places]
    # The last pair of the series of each length that ends earliest, and for each pair the one before it.
    ends: list[int] = []
    last: list[int] = []
    before_it: list[int | None] = []
    for n, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before_it.append(last[length - 1] if length else None)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [n]
    series: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        series.append(pairs[at])
        at = before_it[at]
    return series[::-1]


def _places_of_single(lines: Side) -> dict[str, int]:
    counts = Counter(lines)
    return {line: place for place, line in enumerate(lines) if counts[line] == 1}
