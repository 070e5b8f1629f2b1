"""The repository at one commit, read from git objects, secrets already redacted.

The working tree and the index are never read for content, symlinks are never followed, nothing in the repository is
run and nothing is fetched.
"""

from __future__ import annotations

import enum
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Literal

from verifier.errors import SnapshotError
from verifier.languages.table import language_of
from verifier.repository.git import Git, GitError, MissingObjectError, Objects, shown
from verifier.repository.globbing import any_matches
from verifier.repository.near_paths import near_paths
from verifier.repository.repository import find_repository
from verifier.repository.uncommitted import Uncommitted, uncommitted_work
from verifier.safety.secrets import redact
from verifier.values.source import split_lines

__all__ = ["Entry", "Nature", "Snapshot", "SourceFile", "Uncommitted"]

PATH_LIMIT = 200_000
"""How many paths of a commit are read."""

SIZE_LIMIT = 10_000_000
"""Bytes beyond which a file is not read."""

CACHED_BYTES = 64_000_000
"""How much text is kept at hand."""


READ_AHEAD, READ_AHEAD_BYTES = 64, 8_000_000
"""How many files, and how much of them, are read at once."""


class Nature(enum.StrEnum):
    """What a path holds. Only text is ever read, shown or searched."""

    TEXT = "text"
    BINARY = "binary"
    LFS = "Git LFS pointer"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Entry:
    """A path of the commit before it is read."""

    path: str
    kind: Literal["file", "symlink", "submodule"]
    size: int
    """In bytes; 0 for a submodule, -1 where a partial clone does not say."""
    blob: str
    """Id of the blob; of a submodule's commit."""


@dataclass(frozen=True)
class SourceFile:
    """A path of the commit, read."""

    path: str
    nature: Nature
    text: str
    """Secrets redacted; empty unless it is text."""
    blob: str
    redactions: int = 0
    target: str | None = None
    """Where a symlink points, as it says; None for all else."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text's lines without their ends, `lines[0]` being line 1."""
        return split_lines(self.text)


_WRITTEN = frozenset({"csv", "data", "html", "ignore", "json", "markdown", "text", "unknown", "yaml"})
"""Languages of what verifier writes: claim files, cassettes, the journal, reports in whatever format."""


class Snapshot:
    """One commit of one repository. Safe to share between threads; close it, or use it as a context manager."""

    def __init__(
        self,
        commit: str,
        entries: Mapping[str, Entry],
        objects: Objects,
        *,
        repo: Path,
        ref: str,
        committed_at: str,
        shallow: bool,
        alternates: tuple[str, ...],
        path_limit: int,
        truncated: bool,
        own: tuple[str, ...],
        look_for_remote: Callable[[], str | None],
        look_for_uncommitted: Callable[[], Uncommitted | None],
    ) -> None:
        self.commit = commit
        """The full id."""
        self.repo = repo
        """The folder that was named when the snapshot was opened."""
        self.ref = ref
        """The branch, tag or id that was named."""
        self.committed_at = committed_at
        """ISO 8601 with the committer's offset; empty where the commit's date makes no sense."""
        self.shallow = shallow
        self.alternates = alternates
        """Object directories of other repositories that this one borrows from."""
        self.path_limit = path_limit
        self.truncated = truncated
        """Whether the commit has more than `path_limit` paths; those beyond it are as if they were not there."""
        self.paths = tuple(sorted(entries))
        """Every path of the commit, symlinks and submodules included, sorted."""
        self._entries = entries
        self._objects = objects
        self.own = own
        """Paths and globs of what verifier itself writes."""
        self._is_own: dict[str, bool] = {}
        self._look_for_remote = look_for_remote
        self._look_for_uncommitted = look_for_uncommitted
        self._kept = _Kept(CACHED_BYTES)
        self._clean: set[str] = set()

    @classmethod
    def open(cls, repo: Path, ref: str = "HEAD", *, own: Sequence[str] = (), path_limit: int = PATH_LIMIT) -> Snapshot:
        """The commit that a branch, tag or id names, in the repository at or above a folder.

        `own` are the paths or globs that verifier itself writes: claim sets, reports, cassettes, journal.

        Raises:
            SnapshotError: There is no repository, no such commit, or the name is ambiguous.
        """
        repository = find_repository(repo)
        commit = repository.resolve(ref)
        try:
            listed, truncated = _list(repository.git, commit, path_limit)
        except GitError as broken:
            raise SnapshotError(
                f"commit {commit} of {shown(repo)} cannot be read ({broken}); fetch it again"
            ) from broken
        return cls(
            commit,
            _entries(listed),
            repository.git.objects(),
            repo=repo,
            ref=ref,
            committed_at=repository.committed_at(commit),
            shallow=repository.shallow,
            alternates=repository.alternates,
            path_limit=path_limit,
            truncated=truncated,
            own=tuple(own),
            look_for_remote=lambda: repository.remote,
            look_for_uncommitted=lambda: (
                None if truncated else uncommitted_work(repository, commit, {x.name: x.blob for x in listed})
            ),
        )

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the git process behind the snapshot. Reading again starts another."""
        self._objects.close()

    def entry(self, path: str) -> Entry | None:
        """What the commit says of a path without reading it. None: it is not in the commit."""
        return self._entries.get(path)

    def file(self, path: str) -> SourceFile | None:
        """A path of the commit, read. None: it is not in the commit.

        Raises:
            SnapshotError: The clone does not have the file's content.
        """
        entry = self._entries.get(path)
        return None if entry is None else next(self._read([entry]))

    def files(self, paths: Iterable[str] | None = None) -> Iterator[SourceFile]:
        """Many paths, read in the order given and faster than one by one; all of the commit by default.

        Paths that are not in the commit are passed over.

        Raises:
            SnapshotError: The clone does not have a file's content.
        """
        wanted = (self._entries.get(path) for path in (self.paths if paths is None else paths))
        batches = _batches(entry for entry in wanted if entry is not None)
        first, second = next(batches, None), next(batches, None)
        if first is None or second is None:
            yield from self._read(first or ())
            return
        from concurrent.futures import ThreadPoolExecutor

        # Git unpacks the next files while these are looked at.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="objects") as ahead:
            reading = ahead.submit(self._load, first)
            for following in chain((second,), batches):
                loaded = reading.result()
                reading = ahead.submit(self._load, following)
                yield from self._sources(loaded)
            yield from self._sources(reading.result())

    def lines(self, path: str) -> tuple[str, ...] | None:
        """A text's lines without their ends. None: the path is not in the commit; empty for all that is not text."""
        source = self.file(path)
        return None if source is None else source.lines

    def is_own(self, path: str) -> bool:
        """Whether verifier wrote the path: it is never selected, cited or counted as a hit.

        A program is never its own: a branch must not hide code where reports, cassettes or the journal go.
        """
        if path not in self._is_own:
            self._is_own[path] = any_matches(self.own, path) and language_of(path).name in _WRITTEN
        return self._is_own[path]

    def near_paths(self, path: str) -> tuple[str, ...]:
        """At most three paths that may have been meant: other case, moved elsewhere, one edit away; nearest first."""
        return near_paths(path, self.paths)

    @cached_property
    def remote(self) -> str | None:
        """The address of origin, or of the only remote, without user, token and query.

        Raises:
            SnapshotError: The repository's configuration cannot be read.
        """
        return self._look_for_remote()

    @cached_property
    def uncommitted(self) -> Uncommitted | None:
        """What is not committed. None where that is not known: bare, truncated, or another commit is checked out."""
        return self._look_for_uncommitted()

    def _read(self, entries: Sequence[Entry]) -> Iterator[SourceFile]:
        return self._sources(self._load(entries))

    def _load(self, entries: Sequence[Entry]) -> list[_Loaded]:
        at_hand = [self._kept.get(entry.path) for entry in entries]
        wanted = [entry for entry, kept in zip(entries, at_hand, strict=True) if kept is None]
        unread = [entry for entry in wanted if entry.kind != "submodule" and entry.size <= SIZE_LIMIT]
        try:
            contents = self._objects.read([entry.blob for entry in unread], SIZE_LIMIT)
        except MissingObjectError as missing:
            raise self._without_content(unread, missing) from missing
        content_of = dict(zip([entry.path for entry in unread], contents, strict=True))
        return [_Loaded(entry, kept, content_of.get(entry.path)) for entry, kept in zip(entries, at_hand, strict=True)]

    def _sources(self, loaded: Iterable[_Loaded]) -> Iterator[SourceFile]:
        for one in loaded:
            source = one.at_hand or self._source(one.entry, one.content)
            self._kept.put(source)
            yield source

    def _source(self, entry: Entry, content: bytes | None) -> SourceFile:
        if entry.kind == "submodule":
            return SourceFile(entry.path, Nature.SUBMODULE, "", entry.blob)
        if content is None:
            return SourceFile(entry.path, Nature.TOO_LARGE, "", entry.blob)
        if entry.kind == "symlink":
            target, redactions = redact(content.decode("utf-8", "replace"))
            return SourceFile(entry.path, Nature.SYMLINK, "", entry.blob, redactions, target)
        nature = _nature(content)
        if nature is not Nature.TEXT:
            return SourceFile(entry.path, nature, "", entry.blob)
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        redactions = 0
        if entry.blob not in self._clean:
            text, redactions = redact(text)
            if redactions == 0:
                self._clean.add(entry.blob)
        return SourceFile(entry.path, Nature.TEXT, text, entry.blob, redactions)

    def _without_content(self, entries: Sequence[Entry], missing: MissingObjectError) -> SnapshotError:
        path = next((entry.path for entry in entries if entry.blob == missing.oid), missing.oid)
        return SnapshotError(
            f"{shown(path)}: its content is not in this clone of {shown(self.repo)} (a partial clone?), "
            f"and verifier fetches nothing; run `git fetch --refetch --no-filter`, or clone in full"
        )


@dataclass(frozen=True)
class _Loaded:
    """A path on its way to be a source file."""

    entry: Entry
    at_hand: SourceFile | None
    content: bytes | None
    """None where it is at hand, and where there is none or too much."""


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in the pieces in which they are read."""
    some: list[Entry] = []
    some_bytes = 0
    for entry in entries:
        if some and (len(some) == READ_AHEAD or some_bytes + entry.size > READ_AHEAD_BYTES):
            yield some
            some, some_bytes = [], 0
        some.append(entry)
        some_bytes += entry.size
    if some:
        yield some


def _nature(content: bytes) -> Nature:
    if content.startswith(b"version https://git-lfs") and len(content) < 1024:
        return Nature.LFS
    return Nature.BINARY if b"\0" in content[:8000] else Nature.TEXT


class _Kept:
    """The files read last, within a bound of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._files: OrderedDict[str, SourceFile] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, path: str) -> SourceFile | None:
        with self._lock:
            if path in self._files:
                self._files.move_to_end(path)
            return self._files.get(path)

    def put(self, source: SourceFile) -> None:
        with self._lock:
            if source.path in self._files:
                return
            self._files[source.path] = source
            self._bytes += _weight(source)
            while self._bytes > self._limit and len(self._files) > 1:
                _, oldest = self._files.popitem(last=False)
                self._bytes -= _weight(oldest)


def _weight(source: SourceFile) -> int:
    return sys.getsizeof(source.text)


@dataclass(frozen=True)
class _Listed:
    """A path as git lists it."""

    name: bytes
    mode: bytes
    blob: str
    size: int


def _list(git: Git, commit: str, limit: int) -> tuple[list[_Listed], bool]:
    try:
        records, truncated = git.records("ls-tree", "-r", "-z", "-l", "--full-tree", commit, limit=limit)
    except GitError as failed:
        if "promisor" not in failed.stderr:
            raise
        # Sizes are read from the blobs, and this clone does not have them all.
        records, truncated = git.records("ls-tree", "-r", "-z", "--full-tree", commit, limit=limit)
    return [_listed(record) for record in records], truncated


def _listed(record: bytes) -> _Listed:
    about, _, name = record.partition(b"\t")
    mode, _, blob, *size = about.split()
    known = bool(size) and size[0].isdigit()
    return _Listed(name, mode, blob.decode("ascii"), int(size[0]) if known else 0 if mode == b"160000" else -1)


_KINDS: Mapping[bytes, Literal["symlink", "submodule"]] = {b"120000": "symlink", b"160000": "submodule"}


def _entries(listed: Sequence[_Listed]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for item, path in zip(listed, _paths([item.name for item in listed]), strict=True):
        entries[path] = Entry(path, _KINDS.get(item.mode, "file"), item.size, item.blob)
    return entries


def _paths(names: Sequence[bytes]) -> list[str]:
    """The names as text, without secrets, each different from all others."""
    decoded = [name.decode("utf-8", "replace") for name in names]
    if redact("\n".join(decoded))[1]:
        decoded = [redact(name)[0] for name in decoded]
    taken: set[str] = set()
    for i, path in enumerate(decoded):
        number = 1
        while decoded[i] in taken:
            number += 1
            decoded[i] = f"{path} ({number})"
        taken.add(decoded[i])
    return decoded
