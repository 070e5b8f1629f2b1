"""Suggest terms that are spelled nearly like the one asked for."""

from __future__ import annotations

from collections.abc import Iterable

from src.lookup.normalise import normalise


def suggest(asked: str, terms: Iterable[str], limit: int = 3) -> list[str]:
    """Terms within a third of the letters asked for, the nearest first."""
    wanted = normalise(asked)
    furthest = max(1, len(wanted) // 3)
    near = [(distance(wanted, normalise(term)), term) for term in terms]
    return [term for steps, term in sorted(near) if steps <= furthest][:limit]


def distance(left: str, right: str) -> int:
    """How many letters must be put in, taken out or changed to get from one to the other."""
    row = list(range(len(right) + 1))
    for above, first in enumerate(left, start=1):
        diagonal, row[0] = row[0], above
        for column, second in enumerate(right, start=1):
            changed = diagonal + (first != second)
            diagonal = row[column]
            row[column] = min(changed, row[column] + 1, row[column - 1] + 1)
    return row[-1]
