"""Databases in the user's cache folder: which there are, and how much of them stays."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

from verifier.system.cache_folder import cache_folder

KEPT_BYTES = 2_000_000_000
"""How much of one kind is kept; beyond that the files go that were not used for longest."""

_LONGEST_S = 3600
"""Nobody takes longer to write a file."""


def place(kind: str, name: str) -> Path | None:
    """Where the file of a kind that has the name is kept. None: this user has no cache folder."""
    folder = cache_folder()
    return None if folder is None else folder / kind / f"{name}.sqlite"


def place_of(kind: str, repository: Path, state: str) -> Path | None:
    """Where a repository's file of a kind is kept, by what state it is of. None: this user has no cache folder."""
    named = hashlib.sha256(os.fsencode(repository.resolve())).hexdigest()
    return place(kind, f"{named[:12]}-{state[:32]}")


def used(path: Path) -> None:
    """Say that a file is in use."""
    with contextlib.suppress(OSError):
        os.utime(path)


def of_same_repository(path: Path) -> list[Path]:
    """The files of its kind and repository, those first that were used last."""
    return _by_age(path.parent, f"{path.name.partition('-')[0]}-*.sqlite")


def make_room(new: Path) -> None:
    """Delete what was not used for longest, and what a killed process left; the new file stays."""
    kept_bytes = 0
    for path in _by_age(new.parent, "*"):
        with contextlib.suppress(OSError):
            about = path.stat()
            kept_bytes += about.st_size
            is_left_over = path.suffix == ".part" and time.time() - about.st_mtime > _LONGEST_S
            if is_left_over or (path != new and kept_bytes > KEPT_BYTES):
                path.unlink()


def _by_age(folder: Path, pattern: str) -> list[Path]:
    """The newest first."""
    aged: list[tuple[float, Path]] = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            aged.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(aged, reverse=True)]
