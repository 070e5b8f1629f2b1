"""Paths as a reader in the current folder would write them."""

from __future__ import annotations

from pathlib import Path


def from_here(path: Path) -> Path:
    """The path from the current folder, where it lies below it; else as it is."""
    whole, here = Path(path).absolute(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else path
