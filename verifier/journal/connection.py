"""Open the journal's file, or say in one line why not. A file that is not ours, damaged or newer is left as it is."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.errors import VerifierError
from verifier.journal.tables import APPLICATION_ID, CHANGES, TABLES, VERSION

if TYPE_CHECKING:
    from verifier.repository.snapshot import Snapshot

BUSY_S = 30.0
"""How long another process may hold the journal before we give up."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_WAY_OUT = "give another place with --journal"


class JournalError(VerifierError):
    """The journal cannot be opened, read or written; its file is as it was."""


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write.

    Raises:
        JournalError: The file is damaged.
    """
    with named_errors(path):
        address = f"{path.resolve().as_uri()}?mode=ro"
        reader = sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            # Before anything can write: a damaged file must not be made worse.
            damage = reader.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise _damaged(path)
        except BaseException:
            reader.close()
            raise
        return reader


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection that writes; a file that is new or older gets what it lacks.

    Raises:
        JournalError: The file cannot be written, or the log beside it is a newer verifier's.
    """
    with named_errors(path):
        writer = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            # A new file gets its header before it is switched to WAL, so that the header alone tells whose file it is.
            writer.execute("BEGIN IMMEDIATE")
            version = writer.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise _newer(path, version)
            if version < VERSION:
                changes = (change for of in range(version, VERSION) for change in CHANGES[of])
                for change in TABLES if version == 0 else changes:
                    writer.execute(change)
                writer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                writer.execute(f"PRAGMA user_version = {VERSION}")
            writer.execute("COMMIT")
            writer.execute("PRAGMA journal_mode = WAL")
            # The log is opened by its first use, and only who has opened it tidies it away at the end.
            writer.execute("SELECT count(*) FROM sqlite_schema")
        except BaseException:
            writer.close()
            raise
        return writer


def make_room_for(path: Path) -> None:
    """Make the journal's folder where there is none, ignored by git.

    Raises:
        JournalError: It cannot be made.
    """
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise JournalError(f"{path}: the journal's folder cannot be made ({error.strerror}); {_WAY_OUT}") from error


def is_new(path: Path) -> bool:
    """Whether a journal is still to be made there. Looks at the file's first bytes and changes nothing.

    Raises:
        JournalError: The file is no journal, or one of a newer verifier.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be read ({error.strerror}); {_WAY_OUT}") from error
    if not header:
        return True
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise JournalError(f"{path} is no journal; it was left as it is; {_WAY_OUT}")
    version, application = (int.from_bytes(header[at : at + 4], "big") for at in (60, 68))
    if application != APPLICATION_ID:
        raise JournalError(f"{path} is a database, but no journal of verifier; it was left as it is; {_WAY_OUT}")
    if version > VERSION:
        raise _newer(path, version)
    return False


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """What SQLite raises, as one line that says what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        described = _described(path, error)
        if described is None:
            raise
        raise described from error


_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def _described(path: Path, error: sqlite3.DatabaseError) -> JournalError | None:
    """None for what is a mistake of ours."""
    # The low byte is the primary code. Source: SQLite docs, "Result and Error Codes".
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(path)
    if code == sqlite3.SQLITE_FULL:
        return JournalError(f"{path}: the disk is full; make room, and the same command resumes")
    if code == sqlite3.SQLITE_IOERR:
        return JournalError(
            f"{path}: the disk refuses the journal ({error}); see to the disk, and the same command resumes"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return JournalError(f"{path}: another process has held the journal for {BUSY_S:g} s; end it, or {_WAY_OUT}")
    if code in _UNWRITABLE:
        return JournalError(f"{path}: the journal cannot be written ({error}); {_WAY_OUT}")
    return None


def _newer(path: Path, version: int) -> JournalError:
    return JournalError(
        f"{path} was written by a newer verifier (journal version {version}, this one knows {VERSION}); "
        f"it was left as it is; upgrade verifier, or {_WAY_OUT}"
    )


def _damaged(path: Path) -> JournalError:
    return JournalError(f"{path}: the journal is damaged; it was left as it is; move it away, or {_WAY_OUT}")


def refuse_tracked(journal: Path, snapshot: Snapshot) -> None:
    """Refuse a journal that the judged commit brings along: the commit could answer for itself.

    Raises:
        JournalError: The journal, one of the files beside it, or a link on the way to it is in the commit.
    """
    root = snapshot.repository.worktree
    if root is None:
        return
    tracked = {_folded(path) for path in snapshot.paths}
    for path in {journal.absolute(), journal.resolve()}:
        for base in {root.absolute(), root.resolve()}:
            if not path.is_relative_to(base):
                continue
            below = path.relative_to(base)
            files = [f"{below.as_posix()}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")]
            # A parent that is a path of the commit is a link or a submodule, and leads where the commit says.
            for name in (*files, *(parent.as_posix() for parent in below.parents)):
                if _folded(name) in tracked:
                    raise JournalError(
                        f"{name} is in the judged commit, which could so answer for itself; "
                        f"take it out with git rm --cached, or {_WAY_OUT}"
                    )


def _folded(path: str) -> str:
    """The path as a file system may see it that keeps neither case nor the form of accents apart."""
    return unicodedata.normalize("NFC", path).casefold()
