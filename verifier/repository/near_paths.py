"""Paths that may have been meant by one that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename


def near_paths(path: str, paths: Iterable[str], *, at_most: int = 3) -> tuple[str, ...]:
    """The paths nearest to one: the same in other case, the same name elsewhere, one edit away, in that order."""
    folded, name = path.casefold(), basename(path)
    found: list[tuple[int, int, str]] = []
    for other in paths:
        if other == path:
            continue
        if other.casefold() == folded:
            found.append((0, 0, other))
        elif name and basename(other) == name:
            found.append((1, -_shared_ends(path, other), other))
        elif one_edit_apart(path, other):
            found.append((2, 0, other))
    return tuple(other for _, _, other in sorted(found)[:at_most])


def one_edit_apart(one: str, other: str) -> bool:
    """Whether a character added, dropped, changed or swapped with its neighbour makes one the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _shared_ends(one: str, other: str) -> int:
    """How many folders two paths share, counted from both ends."""
    a, b = one.split("/"), other.split("/")
    fore = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    back = next((i for i, (x, y) in enumerate(zip(a[::-1], b[::-1], strict=False)) if x != y), min(len(a), len(b)))
    return fore + back
