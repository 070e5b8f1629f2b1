"""Folders of a repository from one of them upwards, so that what lies further up is found from anywhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def upwards(folder: Path) -> Iterator[Path]:
    """The folder and those above it, as far as the root of its repository; itself alone where it is in none."""
    whole = folder.resolve()
    depth = next((above for above, one in enumerate((whole, *whole.parents)) if (one / ".git").exists()), 0)
    for above in range(depth + 1):
        yield folder.joinpath(*[".."] * above)
