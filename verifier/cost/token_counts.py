"""Counts of tokens that earlier runs made, kept in the user's cache folder by a digest of the text.

Making the tokenizer ready takes longer than all else that `verifier pack` does, and most texts were counted before. A
count depends on nothing but the text, so what is kept is never out of date. The file holds digests and numbers alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from verifier.system.cache_folder import cache_folder

LARGEST_FILE_BYTES = 4_000_000
"""Beyond which the counts are kept anew."""

_DIGEST_DIGITS = 32
_COUNT = re.compile("[0-9]{1,12}")


class KeptCounts:
    """Counts by text. What is new is written by `save`, in one piece, so that many processes may share the file."""

    def __init__(self, path: Path | None) -> None:
        """Read what the file has. One that is missing or cannot be read has nothing; without one nothing is saved."""
        self._path = path
        self._counts = {} if path is None else _read(path)
        self._new: dict[str, int] = {}

    def of(self, text: str, count: Callable[[str], int]) -> int:
        """The text's count; where it was not counted before, by `count`."""
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_DIGITS]
        if key not in self._counts:
            self._counts[key] = self._new[key] = count(text)
        return self._counts[key]

    def save(self) -> None:
        """Write what is new. Where that cannot be, the texts are counted again next time."""
        if not self._new or self._path is None:
            return
        lines = "".join(f"{key} {count}\n" for key, count in self._new.items()).encode("ascii")
        self._new = {}
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            grown = self._path.stat().st_size + len(lines) if self._path.exists() else 0
            with self._path.open("wb" if grown > LARGEST_FILE_BYTES else "ab", buffering=0) as file:
                file.write(lines)


def cache_file(way: str) -> Path | None:
    """Where a user's counts are that were made in one way, named by its digest. None: there is no such place."""
    folder = cache_folder()
    return None if folder is None else folder / f"tokens-{way[:16]}.txt"


def _read(path: Path) -> dict[str, int]:
    try:
        written = path.read_bytes().decode("ascii", "replace")
    except OSError:
        return {}
    # What follows the last line's end was cut short by a crash, and is no count.
    pairs = (line.partition(" ") for line in written.split("\n")[:-1])
    return {key: int(count) for key, _, count in pairs if len(key) == _DIGEST_DIGITS and _COUNT.fullmatch(count)}
