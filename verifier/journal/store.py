"""The journal's file while it is open: read at once, written in groups.

A commit waits for the disk, some milliseconds; replies that arrive meanwhile go in together with the next one, so that
many requests in flight do not queue for the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.journal.connection import JournalError, is_new, make_room_for, named_errors, open_reader, open_writer

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_LAST_WAIT_S = 2.0
"""How long a task that is cancelled still waits for its commit."""


@dataclass(frozen=True)
class Statement:
    """One change, with its values."""

    sql: str
    values: tuple[Any, ...] = ()
    outlives_power_cut: bool = True
    """Whether the disk is waited for; who does without may lose the change, never the file."""


@dataclass
class _Waiting:
    statement: Statement
    failed: JournalError | sqlite3.Error | None = None


class Store:
    """An open journal file. Close it; what waits is committed first."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            JournalError: It is damaged, not a journal, newer than this verifier, or cannot be written.
        """
        self.path = path
        new = is_new(path)
        if new:
            make_room_for(path)
            self._writer = open_writer(path)
            self._reader = open_reader(path)
        else:
            self._reader = open_reader(path)
            try:
                self._writer = open_writer(path)
            except JournalError:
                self._reader.close()
                raise
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._thread: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
        self._reader.close()
        # Last, so that it is the writer that folds the write-ahead log back into the file.
        self._writer.close()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with named_errors(self.path):
            return self._reader.execute(sql, values).fetchall()

    def write(self, statements: Sequence[Statement]) -> int:
        """Make the changes, all or none; they are kept when this returns. Gives the id of the last row."""
        last = 0
        with self._lock, named_errors(self.path):
            waits = any(statement.outlives_power_cut for statement in statements)
            # Source: SQLite docs, "PRAGMA synchronous": in WAL mode, NORMAL is consistent without waiting at commits.
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if waits else 'NORMAL'}")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                for statement in statements:
                    last = self._writer.execute(statement.sql, statement.values).lastrowid or last
                self._writer.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, as it does when the disk is full.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        return last

    async def keep(self, statement: Statement) -> None:
        """Make one change, together with those that others are making; it is kept when this returns.

        A task that is cancelled here still sees its change made.
        """
        import asyncio  # most commands wait for nothing
        from concurrent.futures import ThreadPoolExecutor, wait

        self._thread = self._thread or ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        entry = _Waiting(statement)
        self._waiting.append(entry)
        job = self._thread.submit(self._commit_waiting)
        try:
            await asyncio.shield(asyncio.wrap_future(job))
        except asyncio.CancelledError:
            wait([job], _LAST_WAIT_S)
            raise
        if entry.failed is not None:
            raise entry.failed

    def _commit_waiting(self) -> None:
        """Commit all that waits. Often an earlier call has done so already."""
        group: list[_Waiting] = []
        while self._waiting:
            group.append(self._waiting.popleft())
        if not group:
            return
        try:
            self.write([entry.statement for entry in group])
        except (JournalError, sqlite3.Error) as error:
            for entry in group:
                entry.failed = error
