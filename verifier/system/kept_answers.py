"""Answers that are costly to work out again, kept in the user's cache folder; deleted without loss.

A database that is damaged goes, one that other programs wrote is not looked at, and where none can be kept everything
is worked out each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
import weakref
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from verifier.system import kept_files

MOST_BYTES = 200_000_000
"""How large a database grows before it is begun anew."""

LONGEST_WAIT_S = 5.0
"""For others who are writing; then it goes without them."""

_MOST_WAITING = 1000
"""Answers that wait to be written at once."""

_TABLE = "CREATE TABLE IF NOT EXISTS answer (about BLOB, question TEXT, answer BLOB, PRIMARY KEY (about, question))"


class KeptAnswers:
    """Answers of one kind, written some at a time. Safe to share between threads."""

    def __init__(self, place: Path | None) -> None:
        """Keep them in the file; none where there is no place for it."""
        self._place = place
        self._lock = threading.Lock()
        self._waiting: dict[tuple[bytes, str], bytes] = {}

    def of(self, about: str, question: str, work_out: Callable[[], Any]) -> Any:
        """The answer that is kept, or else worked out, as JSON has it. None is not kept."""
        key = hashlib.sha256(about.encode("utf-8", "surrogatepass")).digest()[:16]
        known = self._get(key, question)
        if known is None and (known := work_out()) is not None:
            self._put(key, question, known)
        return known

    def _get(self, key: bytes, question: str) -> Any:
        with self._lock:
            if self._database is None:
                return None
            found = self._waiting.get((key, question))
            try:
                if found is None:
                    asked = "SELECT answer FROM answer WHERE about = ? AND question = ?"
                    (found,) = self._database.execute(asked, (key, question)).fetchone() or (None,)
                return None if found is None else _read(found, key, question)
            except (sqlite3.Error, zlib.error, ValueError, TypeError) as met:
                self._give_up(met)
                return None

    def _put(self, key: bytes, question: str, answer: Any) -> None:
        with self._lock:
            if self._database is not None:
                self._waiting[key, question] = _written(key, question, answer)
                if len(self._waiting) >= _MOST_WAITING:
                    _write(self._database, self._waiting)

    @cached_property
    def _database(self) -> sqlite3.Connection | None:
        """The database; when nobody can ask any more, the last answers are written."""
        database = self._place and _opened(self._place)
        if database:
            weakref.finalize(self, _close, database, self._waiting)
        return database or None

    def _give_up(self, met: Exception) -> None:
        """Do without, and let the next process begin anew, unless the file is whole and others are at it."""
        self._database = None
        self._waiting.clear()
        if not _is_busy(met):
            with contextlib.suppress(OSError):
                Path(str(self._place)).unlink(missing_ok=True)


def _opened(place: Path) -> sqlite3.Connection | None:
    """The database, begun anew where it is too large or cannot be read. None: it cannot be kept here."""
    for _ in range(2):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists() and place.stat().st_size > MOST_BYTES:
                place.unlink()
            place.touch(0o600)
            database = sqlite3.connect(place, check_same_thread=False, timeout=LONGEST_WAIT_S)
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_TABLE)
            kept_files.make_room(place)
            return database
        except (OSError, sqlite3.Error) as met:
            if _is_busy(met):
                return None
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
    return None


def _is_busy(met: Exception) -> bool:
    """Whether others were at a file that is whole, and for too long."""
    code = met.sqlite_errorcode if isinstance(met, sqlite3.OperationalError) else 0
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _written(key: bytes, question: str, answer: Any) -> bytes:
    # A page that was lost may lead to the answer of another question, so that each has its own in it; zlib has a sum.
    return zlib.compress(json.dumps([key.hex(), question, answer], separators=(",", ":")).encode(), 1)


def _read(written: bytes, key: bytes, question: str) -> Any:
    """The answer to the question.

    Raises:
        zlib.error, ValueError, TypeError: It is not what was written as that.
    """
    of, asked, answer = json.loads(zlib.decompress(written).decode())
    if (of, asked) != (key.hex(), question):
        raise ValueError(question)
    return answer


def _write(database: sqlite3.Connection, waiting: dict[tuple[bytes, str], bytes]) -> None:
    with contextlib.suppress(sqlite3.Error), database:
        database.executemany(
            "INSERT OR IGNORE INTO answer VALUES (?, ?, ?)", [(*key, of) for key, of in waiting.items()]
        )
    waiting.clear()


def _close(database: sqlite3.Connection, waiting: dict[tuple[bytes, str], bytes]) -> None:
    _write(database, waiting)
    database.close()
