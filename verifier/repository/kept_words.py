"""The words of a commit in SQLite's FTS5, kept in the user's cache folder: a file for each state of a repository.

A file never changes once it has its name, so that processes share it without locks. The next state's begins as a copy
of the last one's, and reads only the blobs that are new. One that is damaged, or was written in another way, is made
anew; without a place to keep it, it is made each time. It holds what a snapshot gives: text without secrets.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from verifier.languages import FileKind
from verifier.repository.kept_rows import PASSAGE_LINES, WORD, FileRows, rows_of, said_in
from verifier.repository.kept_way import way
from verifier.repository.snapshot import Nature, Snapshot
from verifier.system import kept_files
from verifier.system.kept_answers import KeptAnswers

_TOGETHER_BYTES = 1_000_000
_CACHED_KB = 500
"""Of a file that is written once from front to back few pages are wanted again."""
_PAGE_BYTES = 16_384
"""A passage is larger than a page of SQLite's own size, and would be cut into several."""
_MOST_LOOKS = 3
"""Words for which all texts are read before it is worth to write them down."""
_MOST_PASSAGES = 500
_PATH_WEIGHT = 3.0
"""What a word in the path counts for beside one in the text."""

_PASSAGES_A_FILE = 1 << 24
_KINDS = {kind.value: kind for kind in FileKind}
_TABLES = (
    "CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL, blob TEXT NOT NULL, kind TEXT)",
    # Words as they are written, each once and between line ends: FTS5 folds case, `instr` says which are meant.
    "CREATE VIRTUAL TABLE said USING fts5"
    """ (words, detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 tokenchars '_'")""",
    "CREATE VIRTUAL TABLE passage USING fts5 (path, text, tokenize='porter unicode61')",
)


@dataclass(frozen=True)
class Passage:
    """Lines of a file, and how well they fit what was asked for."""

    path: str
    kind: FileKind
    first_line: int
    score: float
    """BM25, larger for what fits better."""


class KeptWords:
    """Which words stand where in one commit; verifier's own files are left out. Made on the first question."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self.answers = KeptAnswers(kept_files.place_of("answers", snapshot.repository.named, way()))
        """For other questions about the same repository."""
        self._looks_left = _MOST_LOOKS

    def mentioning(self, word: str) -> list[str]:
        """Paths of the texts in which the word stands by itself, as written or as its language compares it."""
        if WORD.fullmatch(word) is None:
            return []
        said = "SELECT path FROM said JOIN file ON file.id = said.rowid WHERE instr(words, ?)"
        if word.isascii() and self._is_soon_read():
            seen = self.answers.of(self._state, f"mentions {word}", lambda: self._read_for(word))
            if seen is not None:
                return list(seen)
        # Of letters beyond ASCII FTS5 may see other words than we do.
        match = (" AND said MATCH ?", f'"{word}"') if word.isascii() else ("",)
        return sorted(path for (path,) in self._rows(said + match[0], (f"\n{word}\n", *match[1:])))

    def _is_soon_read(self) -> bool:
        """Whether reading a few texts is quicker than making what has never been made of this repository."""
        with self._lock:
            if self._opened or self._looks_left == 0 or (self._place and kept_files.of_same_repository(self._place)):
                return False
            self._looks_left -= 1
            return True

    def _read_for(self, word: str) -> list[str] | None:
        """Paths of the texts that say the word. None: not all of them are in this clone."""
        found = []
        for file in self._snapshot.files(self._files, keep=False, word=word):
            if file.nature is Nature.MISSING:
                return None
            if f"\n{word}\n" in said_in(file):
                found.append(file.path)
        return sorted(found)

    def words(self) -> set[str]:
        """All words of the commit, as they are written."""
        found: set[str] = set()
        for (words,) in self._rows("SELECT words FROM said"):
            found.update(words.split())
        return found

    def kinds(self) -> Iterator[tuple[str, FileKind]]:
        """Path and kind of each text of the commit."""
        return ((path, _KINDS[kind]) for path, kind in self._rows("SELECT path, kind FROM file WHERE kind IS NOT NULL"))

    def fitting(self, words: Iterable[str], paths: Sequence[str] | None = None) -> list[Passage]:
        """The passages that have most of the words, in any of their forms, rare ones first; best first.

        The best of the commit, or all of some files: asking about many of these takes no longer than about one.
        """
        asked = " OR ".join(f'"{word}"' for word in words)
        if not asked:
            return []
        within = "" if paths is None else " AND file.path IN (SELECT value FROM json_each(?))"
        given = () if paths is None else (json.dumps(paths),)
        found = self._rows(
            "SELECT file.path, kind, passage.rowid, bm25(passage, ?, 1.0) AS score"  # noqa: S608  # our own words
            " FROM passage JOIN file ON file.id = passage.rowid / ?"
            f" WHERE passage MATCH ?{within}"
            " ORDER BY score, file.path, passage.rowid LIMIT ?",
            (_PATH_WEIGHT, _PASSAGES_A_FILE, asked, *given, _MOST_PASSAGES if paths is None else -1),
        )
        return [
            Passage(path, _KINDS[kind], 1 + PASSAGE_LINES * (row % _PASSAGES_A_FILE), -score)
            for path, kind, row, score in found
        ]

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            try:
                return (self._opened or self._keep(self._open())).execute(query, values).fetchall()
            except sqlite3.DatabaseError:
                # A file that was damaged since it was made, or beyond what was looked at when it was opened.
                return self._keep(self._made(None)).execute(query, values).fetchall()

    def _keep(self, database: sqlite3.Connection) -> sqlite3.Connection:
        """Ask this one from now on, and close it when nobody can ask any more."""
        weakref.finalize(self, database.close)
        self._opened = database
        return database

    def _open(self) -> sqlite3.Connection:
        if self._place is None:
            return self._made(None)
        kept = _kept(self._place)
        if kept is None:
            with contextlib.suppress(OSError, sqlite3.DatabaseError):
                kept = self._made(self._place)
        return kept or self._made(None)

    @cached_property
    def _files(self) -> dict[str, str]:
        """Blobs by path, of all that may be text."""
        entries = ((path, self._snapshot.entry(path)) for path in self._snapshot.paths)
        return {
            path: entry.blob
            for path, entry in entries
            if entry is not None and entry.kind == "file" and not self._snapshot.is_own(path)
        }

    @cached_property
    def _place(self) -> Path | None:
        """Where this state's file is kept."""
        return kept_files.place_of("words", self._snapshot.repository.named, self._state)

    @cached_property
    def _state(self) -> str:
        """SHA-256 of what is in the commit and how it is read."""
        state = hashlib.sha256(way().encode())
        for path, blob in self._files.items():
            state.update(f"{path}\0{blob}\0".encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def _made(self, place: Path | None) -> sqlite3.Connection:
        """This state's words, kept at the place if the clone has every blob."""
        if place is None:
            # SQLite keeps it in a file of its own that goes when it is closed.
            database = _connected("")
            self._read(database)
            return database
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(".part", place.name, place.parent)
        os.close(handle)
        try:
            before = _latest(place)
            if before is not None:
                shutil.copyfile(before, part)
            database = _connected(part)
            try:
                is_complete = self._read(database)
            finally:
                database.close()
            if not is_complete:
                return self._made(None)
            Path(part).replace(place)
        finally:
            Path(part).unlink(missing_ok=True)
        kept_files.make_room(place)
        return _kept(place) or self._made(None)

    def _read(self, database: sqlite3.Connection) -> bool:
        """Bring the tables to this state, and say whether all of it could be read."""
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA cache_size = -{_CACHED_KB}")
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:
            database.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            for table in _TABLES:
                database.execute(table)
            # FTS5 writes what it has when it has so many bytes, and merges that later.
            database.execute("INSERT INTO passage (passage, rank) VALUES ('hashsize', ?)", (_TOGETHER_BYTES,))
            database.execute(f"PRAGMA user_version = {_version()}")
        database.execute("BEGIN")
        there = {path: (blob, number) for number, path, blob in database.execute("SELECT id, path, blob FROM file")}
        _forget(database, [number for path, (blob, number) in there.items() if self._files.get(path) != blob])
        new = [path for path, blob in self._files.items() if there.get(path, ("", 0))[0] != blob]
        first = 1 + max((number for _, number in there.values()), default=0)
        missing = 0
        for number, rows in enumerate(self._snapshot.made_of(rows_of, new), start=first):
            _add(database, number, rows)
            missing += rows.is_missing
        database.execute("COMMIT")
        return not missing


def _add(database: sqlite3.Connection, number: int, rows: FileRows) -> None:
    database.execute("INSERT INTO file VALUES (?, ?, ?, ?)", (number, rows.path, rows.blob, rows.kind))
    if rows.kind is None:
        return
    database.execute("INSERT INTO said (rowid, words) VALUES (?, ?)", (number, rows.words))
    database.executemany(
        "INSERT INTO passage (rowid, path, text) VALUES (?, ?, ?)",
        ((number * _PASSAGES_A_FILE + at, rows.split_path, passage) for at, passage in enumerate(rows.passages)),
    )


def _forget(database: sqlite3.Connection, numbers: Iterable[int]) -> None:
    for number in numbers:
        database.execute("DELETE FROM file WHERE id = ?", (number,))
        database.execute("DELETE FROM said WHERE rowid = ?", (number,))
        first = number * _PASSAGES_A_FILE
        database.execute("DELETE FROM passage WHERE rowid BETWEEN ? AND ?", (first, first + _PASSAGES_A_FILE - 1))


def _connected(path: str) -> sqlite3.Connection:
    # One connection serves all threads, each in its turn.
    return sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)


def _kept(place: Path) -> sqlite3.Connection | None:
    """The file, to be read alone. None: it is not there, or is not as it was written."""
    if not place.is_file():
        return None
    database = _connected(f"{place.as_uri()}?mode=ro&immutable=1")
    try:
        is_sound = database.execute("PRAGMA user_version").fetchone() == (_version(),)
        is_sound = is_sound and database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        is_sound = False
    if not is_sound:
        database.close()
        return None
    kept_files.used(place)
    return database


def _latest(place: Path) -> Path | None:
    """The file of the same repository that was used last, whatever state it has."""
    for path in kept_files.of_same_repository(place):
        database = _kept(path)
        if database is not None:
            database.close()
            return path
        path.unlink(missing_ok=True)
    return None


def _version() -> int:
    return int(way()[:7], 16) + 1  # SQLite has room for 31 bits, and a new file says 0.
