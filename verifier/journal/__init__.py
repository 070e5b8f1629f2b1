"""The journal: what was asked, answered, ruled and paid, in one SQLite file.

A reply is on the disk before anybody reads it, so that a run that is killed resumes and nothing is paid twice. The
journal holds no prompt, only digests of its sections, and no key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from verifier.journal.batches import Batches
from verifier.journal.connection import JournalError, refuse_tracked
from verifier.journal.replies import Addressee, Replies
from verifier.journal.runs import KeptRuling, KeptRun, PastRuling, Runs, claim_digest, code_key
from verifier.journal.store import Store

if TYPE_CHECKING:
    from verifier.journal.memories import Memories

__all__ = [
    "Addressee",
    "Journal",
    "JournalError",
    "KeptRuling",
    "KeptRun",
    "PastRuling",
    "claim_digest",
    "code_key",
    "refuse_tracked",
]


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Journal:
    """An open journal. Many processes may have the same one open; close it, or use it as a context manager."""

    def __init__(self, path: Path, *, now: Callable[[], str] = _utc_now) -> None:
        """Open the journal, or begin one. `now` gives the time as ISO text.

        Raises:
            JournalError: The file is damaged, not a journal, newer than this verifier, or cannot be written.
        """
        self.path = path
        self._store = Store(path)
        self.replies = Replies(self._store, now)
        self.runs = Runs(self._store, now)
        self._now = now
        self.batches = Batches(self._store, now)

    @cached_property
    def memories(self) -> Memories:
        """What claims were answered. Few runs carry any over, and its values are many."""
        from verifier.journal.memories import Memories

        return Memories(self._store, self._now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        self._store.close()
