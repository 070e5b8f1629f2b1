"""Whose turn it is to ask: what one run is asking, no other run asks beside it.

A turn is a lock on one byte of a file beside the journal. The system takes it back when its holder ends, however that
ends, so a turn needs no clock and nobody to renew it. SQLite itself builds on locks of this kind: where the journal
works, so do turns.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.journal.connection import JournalError

if sys.platform != "win32":
    import fcntl

SUFFIX = "-turns"
"""Of the file beside the journal. It stays empty and is left lying: whoever removed it would part those who lock it."""

_PLACES = 1 << 62
"""Bytes that can be locked, whether the file has them or not."""


class Turns:
    """The turns that this process has. Two open journals of one file in one process do not see each other's."""

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_name(f"{journal.name}{SUFFIX}")
        self._file: int | None = None
        self._taken: set[str] = set()

    @contextmanager
    def turn(self, key: str) -> Iterator[bool]:
        """Whether it is this run's turn to ask the request of that key; if so, it is as long as the context lasts.

        Raises:
            JournalError: The file cannot be opened or locked.
        """
        if key in self._taken or not self._lock(key):
            yield False
            return
        self._taken.add(key)
        try:
            yield True
        finally:
            self._taken.remove(key)
            self._unlock(key)

    def close(self) -> None:
        """Give everything back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock(self, key: str) -> bool:
        if sys.platform == "win32":
            return True  # There, two runs may still pay for the same.
        try:
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except (BlockingIOError, PermissionError):
            return False  # POSIX lets a system choose in which of these words it says that somebody has it.
        except OSError as error:
            raise self._unusable("locked", error) from error
        return True

    def _unlock(self, key: str) -> None:
        if sys.platform != "win32" and self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(key))

    def _opened(self) -> int:
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                raise self._unusable("opened", error) from error
        return self._file

    def _unusable(self, done: str, error: OSError) -> JournalError:
        return JournalError(f"{self._path}: cannot be {done} ({error.strerror}); give another place with --journal")


def _place(key: str) -> int:
    """The byte that stands for the request. Two requests on one byte would wait for each other, no more."""
    return int(key, 16) % _PLACES
