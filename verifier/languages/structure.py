"""How the lines of a file hold each other: what stands around a line, and what never runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from verifier.languages.outline import Definition
from verifier.values.source import Lines

MOST_HEADERS = 12
"""Lines that headers take at most."""

_MOST_OF_DEFINITIONS = 8
_MOST_OF_ONE = 6


@dataclass(frozen=True)
class Dead:
    """Lines that never run."""

    lines: Lines
    why: str


@dataclass(frozen=True)
class Function:
    """Where a function says what it takes, and where its body stands."""

    signature: Lines
    body: Lines
    """Ends before it begins where there is none."""


class Structure(Protocol):
    """How the lines of one file hold each other, as its language tells."""

    @property
    def dead(self) -> Sequence[Dead]:
        """What never runs."""
        ...

    @property
    def functions(self) -> Sequence[Function]:
        """All functions; they may lie in each other."""
        ...

    def around(self, line: int) -> Sequence[tuple[int, ...]]:
        """The heads of all that a line stands inside, each as its lines; in any order."""
        ...


def headers(
    heads: Iterable[tuple[int, ...]],
    definitions: Sequence[Definition],
    says_something: Callable[[int], bool],
    line: int,
) -> tuple[int, ...]:
    """The lines of the headers that a line stands inside, in the order of the file.

    At most MOST_HEADERS: of definitions the outermost first, of conditions and loops the innermost.
    """
    around = {each.signature_line: each for each in definitions if each.first_line < line <= each.last_line}
    outer: list[list[int]] = []
    inner: list[list[int]] = []
    found = set(heads)
    seen = {row for rows in found for row in rows}
    found |= {(row,) for row in around if row not in seen}
    for rows in sorted(found):
        known = next((around[row] for row in rows if row in around), None)
        if known is not None:
            rows = tuple(sorted({*range(known.first_line, known.signature_line), *rows}))
        shown = [row for row in rows if row < line and says_something(row)]
        if known is None:
            inner.append(shown[:_MOST_OF_ONE])
        else:
            first = [known.signature_line] if known.signature_line < line else []
            outer.append([*first, *(row for row in shown if row not in first)][:_MOST_OF_ONE])
    chosen: dict[int, None] = {}
    _fill(chosen, (rows[:1] for rows in outer), _MOST_OF_DEFINITIONS)
    _fill(chosen, reversed(inner), MOST_HEADERS)
    _fill(chosen, outer, MOST_HEADERS)
    return tuple(sorted(chosen))


def rows_of_head(first: int, last: int) -> tuple[int, ...]:
    """The lines of a head that are worth showing: its first ones and its last."""
    return (*range(first, min(last, first + _MOST_OF_ONE - 1)), last)


def closing(code: Sequence[str], line: int, last: int, brackets: str = "([{)]}", column: int = 0) -> int:
    """The line, not behind `last` nor far away, on which all is closed that opens on the line behind the column."""
    opening, closing = brackets[: len(brackets) // 2], brackets[len(brackets) // 2 :]
    last = min(last, line + _FURTHEST, len(code))
    depth = 0
    for number in range(line, last + 1):
        text = code[number - 1][column if number == line else 0 : _LONGEST_LINE]
        depth += sum(map(text.count, opening)) - sum(map(text.count, closing))
        if depth <= 0:
            return number
    return max(last, line)


_FURTHEST = 40
_LONGEST_LINE = 1000


def dead_lines(dead: Iterable[Dead]) -> dict[int, str]:
    """Why each line that never runs does not; of ranges that overlap the one that begins first says so."""
    why: dict[int, str] = {}
    reach = 0
    for each in sorted(dead, key=lambda one: (one.lines.first, -one.lines.last)):
        for line in range(max(each.lines.first, reach + 1), each.lines.last + 1):
            why[line] = each.why
        reach = max(reach, each.lines.last)
    return why


def rows_within(lines: Lines, all_lines: Sequence[object]) -> range:
    """Those of the lines that are there."""
    return range(max(lines.first, 1), min(lines.last, len(all_lines)) + 1)


def _fill(chosen: dict[int, None], groups: Iterable[Sequence[int]], most: int) -> None:
    for rows in groups:
        for row in rows:
            if len(chosen) >= most:
                return
            chosen[row] = None
