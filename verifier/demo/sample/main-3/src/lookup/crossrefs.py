"""Follow the cross references of an entry."""

from __future__ import annotations

from collections import deque

from src.lookup.entry import Entry
from src.lookup.index import Index


def related(entry: Entry, index: Index, steps: int = 2) -> list[str]:
    """Terms that the entry leads to within so many steps, the nearest first, each once."""
    seen = {entry.term}
    found: list[str] = []
    waiting = deque((term, 1) for term in entry.see)
    while waiting:
        term, away = waiting.popleft()
        if term in seen or away > steps:
            continue
        seen.add(term)
        found.append(term)
        target = index.find(term)
        if target is not None:
            waiting.extend((further, away + 1) for further in target.see)
    return found


def dangling(index: Index) -> list[tuple[str, str]]:
    """Pairs of a term and a cross reference of it that leads nowhere."""
    pairs = []
    for term in index.terms():
        entry = index.find(term)
        if entry is not None:
            pairs.extend((term, other) for other in entry.see if index.find(other) is None)
    return pairs
