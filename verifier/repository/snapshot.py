"""The repository at one commit, read from git objects, secrets already redacted.

The working tree and the index are never read for content, symlinks are never followed, nothing in the repository is
run and nothing is fetched.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Literal, TypeVar

from verifier.errors import SnapshotError
from verifier.languages.shelf import Shelf
from verifier.languages.table import language_of
from verifier.repository.decoding import Nature, decode, is_media
from verifier.repository.git import Git, GitError, MissingObjectError
from verifier.repository.globbing import any_matches
from verifier.repository.near_paths import near_paths
from verifier.repository.own_paths import is_written_by_verifier
from verifier.repository.repository import Repository, find_repository
from verifier.repository.uncommitted import uncommitted_work
from verifier.safety.invisible import visible
from verifier.safety.redacting import redact_text
from verifier.safety.secrets import LABEL_WORDS
from verifier.system.processes import cores, spread
from verifier.values.source import nfc, split_lines

__all__ = ["Entry", "Nature", "Snapshot", "SourceFile", "Unread"]

PATH_LIMIT = 200_000
"""How many paths of a commit are read."""

SIZE_LIMIT = 10_000_000
"""Bytes beyond which a file is not read."""

CACHED_BYTES = 64_000_000
"""How much text is kept at hand."""


READ_AHEAD, READ_AHEAD_BYTES = 64, 8_000_000
"""How many files, and how much of them, are read at once."""

SPREAD_BYTES, MOST_PROCESSES = 64_000_000, 4
"""From how much on more processes pay than they take to begin, and how many at the most."""

Made = TypeVar("Made")


_WHY_UNREAD = {
    Nature.UNREADABLE: "it holds NUL bytes and names no encoding",
    Nature.LFS: "only a Git LFS pointer to it is in the commit",
    Nature.SUBMODULE: "a submodule, whose files are in another repository",
    Nature.TOO_LARGE: "larger than 10 MB",
    Nature.MISSING: "its content is not in this clone",
}


@dataclass(frozen=True)
class Unread:
    """A path whose content could not be read, though it may hold what somebody looks for."""

    path: str
    why: str


@dataclass(frozen=True)
class Entry:
    """A path of the commit before it is read."""

    path: str
    name: bytes
    """The path as git has it."""
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
    """In NFC, secrets redacted; empty unless it is text."""
    blob: str
    redactions: int = 0
    target: str | None = None
    """Where a symlink points, as it says; None for all else."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text's lines without their ends, `lines[0]` being line 1."""
        return split_lines(self.text)

    @property
    def unread(self) -> str | None:
        """Why what it holds could not be read. None for text, links, and what holds no text by its kind: pictures."""
        if self.nature in (Nature.UNREADABLE, Nature.LFS, Nature.TOO_LARGE) and is_media(self.path):
            return None
        return _WHY_UNREAD.get(self.nature)

    def why_unsearched(self, pattern: str) -> str | None:
        """Why a search for the pattern may miss what is there. None: it finds whatever the file holds of it."""
        if self.unread is None and "\ufffd" in self.text and not pattern.isascii():
            return "some of its bytes are not UTF-8"
        return self.unread


_WRITTEN = frozenset({"csv", "data", "html", "ignore", "json", "markdown", "text", "unknown", "yaml"})
"""Languages of what verifier writes: claim files, cassettes, the journal, reports in whatever format."""


_FETCH_ALL = "(a partial clone?), and verifier fetches nothing; run `git fetch --refetch --no-filter`, or clone in full"


class Snapshot:
    """One commit of one repository. Safe to share between threads; close it, or use it as a context manager."""

    def __init__(
        self,
        repository: Repository,
        commit: str,
        entries: Mapping[str, Entry],
        *,
        ref: str,
        path_limit: int,
        truncated: bool,
        own: tuple[str, ...],
        in_memory: Mapping[str, bytes] | None = None,
    ) -> None:
        self.commit = commit
        """The full id."""
        self.repository = repository
        self.ref = redact_text(ref)[0]
        """The branch, tag or id that was named."""
        self.path_limit = path_limit
        self.truncated = truncated
        """Whether the commit has more than `path_limit` paths; those beyond it are as if they were not there."""
        self._entries = entries
        self._in_memory = in_memory or {}
        """Blobs that are not in the repository, by their ids."""
        self._objects = repository.git.objects()
        self.paths = tuple(sorted(entries))
        """Every path of the commit in NFC, symlinks and submodules included, sorted.

        Where two paths differ in nothing but that, the second keeps its spelling."""
        self.own = own
        """Paths and globs of what verifier itself writes."""
        self._is_own: dict[str, bool] = {}
        self._missing: frozenset[str] = frozenset()
        """Blobs that were asked for in vain, with all others that this clone does not have."""
        self._kept: Shelf[str, SourceFile] = Shelf(CACHED_BYTES)
        self._clean: set[str] = set()
        self._why_unread: dict[str, str | None] = {}
        """Of each path that was read."""

    @classmethod
    def open(
        cls,
        repo: Path,
        ref: str = "HEAD",
        *,
        own: Sequence[str] = (),
        path_limit: int = PATH_LIMIT,
        called: str | None = None,
    ) -> Snapshot:
        """The commit that a branch, tag or id names, in the repository at or above a folder.

        `own` are the paths or globs that verifier itself writes: claim sets, reports, cassettes, journal. `called` is
        the name that the snapshot goes by where that is another than `ref`.

        Raises:
            SnapshotError: There is no repository, no such commit, or the name is ambiguous.
        """
        repository = find_repository(repo)
        commit = repository.resolve(ref)
        try:
            entries, truncated = _list(repository.git, commit, path_limit)
        except GitError as broken:
            what = f"commit {commit} of {visible(repo)}"
            if repository.lost:
                raise SnapshotError(f"{what} cannot be read: {repository.lost}") from broken
            if "promisor" in broken.stderr:
                raise SnapshotError(f"{what} has folders that are not in this clone {_FETCH_ALL}") from broken
            raise SnapshotError(f"{what} cannot be read ({broken}); fetch it again") from broken
        return cls(
            repository, commit, entries, ref=called or ref, path_limit=path_limit, truncated=truncated, own=tuple(own)
        )

    def altered(self, texts: Mapping[str, str]) -> Snapshot:
        """The same commit with other texts in some of its files: it exists in memory alone, nothing is written.

        Files that are not given are read from the repository. Each text has the blob that git would give it, so that
        nobody takes the file for the one that it was.
        """
        contents = {path: text.encode() for path, text in texts.items()}
        blobs = {path: _blob(content, self.commit) for path, content in contents.items()}
        entries = {
            path: replace(entry, blob=blobs[path], size=len(contents[path])) if path in blobs else entry
            for path, entry in self._entries.items()
        }
        return Snapshot(
            self.repository,
            self.commit,
            entries,
            ref=self.ref,
            path_limit=self.path_limit,
            truncated=self.truncated,
            own=self.own,
            in_memory={**self._in_memory, **{blobs[path]: contents[path] for path in contents}},
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
        return self._entries.get(path) or self._entries.get(nfc(path))

    def file(self, path: str) -> SourceFile | None:
        """A path of the commit, read. None: it is not in the commit.

        Raises:
            SnapshotError: The clone has no file's content.
        """
        entry = self.entry(path)
        if entry is None:
            return None
        return self._kept.get(entry.path) or next(self._sources(self._load([entry])))

    def files(
        self, paths: Iterable[str] | None = None, *, keep: bool = True, word: str | None = None
    ) -> Iterator[SourceFile]:
        """Many paths, read in the order given and faster than one by one; all of the commit by default.

        Paths that are not in the commit are passed over, and with a word of ASCII those in which it cannot stand. What
        was read stays at hand unless `keep` is false.

        Raises:
            SnapshotError: The clone has no file's content.
        """
        # What stands for a secret has words that its bytes did not have.
        holding = None if word is None or word in LABEL_WORDS else word.encode()
        for loaded in self._loaded(self.paths if paths is None else paths):
            yield from self._sources(loaded, keep, holding)

    def made_of(
        self, make: Callable[[SourceFile], Made], paths: Sequence[str], spread_bytes: int = SPREAD_BYTES
    ) -> Iterator[Made]:
        """What a function of a module makes of each of many paths, in their order.

        From so many bytes on it is made on every core, since what that takes pays. Nothing that was read stays at hand.

        Raises:
            SnapshotError: The clone has no file's content.
        """
        size = sum(entry.size for entry in map(self.entry, paths) if entry is not None)
        processes = min(cores(), MOST_PROCESSES) if size >= spread_bytes and cores() > 1 else 0
        for some in spread(partial(_made, make), self._loaded(paths), processes):
            for read, made in some:
                self._note(read)
                yield made

    def _loaded(self, paths: Iterable[str]) -> Iterator[list[_Loaded]]:
        """The paths with what they hold, some at a time; git unpacks the next ones while these are looked at."""
        wanted = (self.entry(path) for path in paths)
        batches = _batches(entry for entry in wanted if entry is not None)
        first, second = next(batches, None), next(batches, None)
        if first is None or second is None:
            yield self._load(first or ())
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="objects") as ahead:
            reading = ahead.submit(self._load, first)
            for following in chain((second,), batches):
                loaded = reading.result()
                reading = ahead.submit(self._load, following)
                yield loaded
            yield reading.result()

    def lines(self, path: str) -> tuple[str, ...] | None:
        """A text's lines without their ends. None: the path is not in the commit; empty for all that is not text."""
        source = self.file(path)
        return None if source is None else source.lines

    def is_own(self, path: str) -> bool:
        """Whether verifier wrote the path: it is never selected, cited or counted as a hit.

        A program is never its own: a branch must not hide code where reports, cassettes or the journal go.
        """
        if path not in self._is_own:
            self._is_own[path] = language_of(path).name in _WRITTEN and (
                any_matches(self.own, path) or is_written_by_verifier(path, self._text)
            )
        return self._is_own[path]

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be read of the commit, and why, in the commit's order; verifier's own files are left out.

        What no other question has read yet is read now.

        Raises:
            SnapshotError: The clone has no file's content.
        """
        for _ in self.files(path for path in self.paths if path not in self._why_unread):
            pass
        whys = ((path, self._why_unread[path]) for path in self.paths if not self.is_own(path))
        return tuple(Unread(path, why) for path, why in whys if why is not None)

    def near_paths(self, path: str) -> tuple[str, ...]:
        """At most three paths that may have been meant: other case, moved elsewhere, one edit away; nearest first."""
        return near_paths(nfc(path), self.paths)

    @cached_property
    def committed_at(self) -> str:
        """ISO 8601 with the committer's offset; empty where the commit's date makes no sense."""
        return self.repository.committed_at(self.commit)

    @cached_property
    def uncommitted(self) -> int | None:
        """How many paths have work that is not committed.

        None where that is not known: bare, truncated, or another commit is checked out.
        """
        if self.truncated:
            return None
        blobs = {entry.name: entry.blob for entry in self._entries.values()}
        return uncommitted_work(self.repository, self.commit, blobs, self.own)

    def _text(self, path: str) -> str | None:
        source = self.file(path)
        return source.text if source is not None and source.nature is Nature.TEXT else None

    def _load(self, entries: Sequence[Entry]) -> list[_Loaded]:
        at_hand = [self._kept.get(entry.path) for entry in entries]
        wanted = [entry for entry, kept in zip(entries, at_hand, strict=True) if kept is None]
        unread = [entry for entry in wanted if entry.kind != "submodule" and entry.size <= SIZE_LIMIT]
        content_of = self._contents(unread)
        return [
            _Loaded(entry, kept, content_of.get(entry.path), entry.blob in self._missing, entry.blob in self._clean)
            for entry, kept in zip(entries, at_hand, strict=True)
        ]

    def _contents(self, entries: Sequence[Entry]) -> dict[str, bytes | None]:
        in_memory: dict[str, bytes | None] = {
            entry.path: self._in_memory[entry.blob] for entry in entries if entry.blob in self._in_memory
        }
        while True:
            there = [entry for entry in entries if entry.blob not in self._missing and entry.path not in in_memory]
            try:
                contents = self._objects.read([entry.blob for entry in there], SIZE_LIMIT)
            except MissingObjectError as met:
                self._miss(met)
            else:
                return in_memory | dict(zip([entry.path for entry in there], contents, strict=True))

    def _miss(self, met: MissingObjectError) -> None:
        """Remember which blobs this clone does not have. Where it has none at all, nothing can be judged."""
        if not self._missing:
            self._missing = _list_missing(self.repository.git, self.commit)
        self._missing |= {met.oid}
        files = [entry for entry in self._entries.values() if entry.kind != "submodule"]
        if all(entry.blob in self._missing for entry in files):
            path = next((entry.path for entry in files if entry.blob == met.oid), met.oid)
            if self.repository.lost:
                raise SnapshotError(f"{visible(path)} cannot be read: {self.repository.lost}") from met
            raise SnapshotError(
                f"{visible(path)}: its content is not in this clone of {visible(self.repository.named)} {_FETCH_ALL}"
            ) from met

    def _sources(
        self, loaded: Iterable[_Loaded], keep: bool = True, holding: bytes | None = None
    ) -> Iterator[SourceFile]:
        for one in loaded:
            if holding and one.content is not None and one.content.isascii() and holding not in one.content:
                continue
            source = _source(one)
            self._note(_Read.of(source))
            if keep:
                self._kept.put(source.path, source, sys.getsizeof(source.text))
            yield source

    def _note(self, read: _Read) -> None:
        """Remember what need not be found out again of a file that was read, here or elsewhere."""
        self._why_unread[read.path] = read.unread
        if read.clean is not None:
            self._clean.add(read.clean)


@dataclass(frozen=True)
class _Loaded:
    """A path on its way to be a source file."""

    entry: Entry
    at_hand: SourceFile | None
    content: bytes | None
    """None where it is at hand, and where there is none or too much."""
    is_missing: bool
    """Whether this clone does not have it."""
    is_clean: bool
    """Whether it is known to hold no secret."""


def _source(loaded: _Loaded) -> SourceFile:
    entry, content = loaded.entry, loaded.content
    if loaded.at_hand is not None:
        return loaded.at_hand
    if entry.kind == "submodule":
        return SourceFile(entry.path, Nature.SUBMODULE, "", entry.blob)
    if content is None:
        return SourceFile(entry.path, Nature.MISSING if loaded.is_missing else Nature.TOO_LARGE, "", entry.blob)
    if entry.kind == "symlink":
        target, redactions = redact_text(content.decode("utf-8", "replace"))
        return SourceFile(entry.path, Nature.SYMLINK, "", entry.blob, redactions, target)
    nature, text = decode(content)
    if nature is not Nature.TEXT:
        return SourceFile(entry.path, nature, "", entry.blob)
    if loaded.is_clean:
        return SourceFile(entry.path, Nature.TEXT, nfc(text), entry.blob)
    text, redactions = redact_text(text)
    return SourceFile(entry.path, Nature.TEXT, text, entry.blob, redactions)


@dataclass(frozen=True)
class _Read:
    """What a snapshot remembers of a file that was read, whether or not its text is kept."""

    path: str
    unread: str | None
    clean: str | None
    """Its blob, where that is text without any secret."""

    @classmethod
    def of(cls, source: SourceFile) -> _Read:
        is_clean = source.nature is Nature.TEXT and source.redactions == 0
        return cls(source.path, source.unread, source.blob if is_clean else None)


def _made(make: Callable[[SourceFile], Made], loaded: Iterable[_Loaded]) -> list[tuple[_Read, Made]]:
    """What is made of each, and what is to be remembered of it."""
    return [(_Read.of(source), make(source)) for source in map(_source, loaded)]


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


def _blob(content: bytes, commit: str) -> str:
    """The id that git gives a file's content, by the hash that the commit's own id is of.

    Source: Pro Git, "Git Objects"; git-scm.com, "hash-function-transition".
    """
    sha = hashlib.sha256 if len(commit) == 64 else partial(hashlib.sha1, usedforsecurity=False)
    return sha(b"blob %d\0%s" % (len(content), content)).hexdigest()


def _list(git: Git, commit: str, limit: int) -> tuple[dict[str, Entry], bool]:
    try:
        records, truncated = git.records("ls-tree", "-r", "-z", "-l", "--full-tree", commit, limit=limit)
    except GitError as failed:
        if "promisor" not in failed.stderr:
            raise
        # Sizes are read from the blobs, and this clone does not have them all.
        records, truncated = git.records("ls-tree", "-r", "-z", "--full-tree", commit, limit=limit)
    listed = [record.partition(b"\t") for record in records]
    paths = _paths([name for _, _, name in listed])
    return {path: _entry(path, name, about) for path, (about, _, name) in zip(paths, listed, strict=True)}, truncated


def _entry(path: str, name: bytes, about: bytes) -> Entry:
    mode, _, blob, *size = about.split()
    known = bool(size) and size[0].isdigit()
    size_bytes = int(size[0]) if known else 0 if mode == b"160000" else -1
    return Entry(path, name, _KINDS.get(mode, "file"), size_bytes, blob.decode("ascii"))


_KINDS: Mapping[bytes, Literal["symlink", "submodule"]] = {b"120000": "symlink", b"160000": "submodule"}


def _list_missing(git: Git, commit: str) -> frozenset[str]:
    """Ids of what the clone does not have of a commit. Source: git-rev-list(1), "--missing=print"."""
    said, _ = git.run("rev-list", "--objects", "--no-walk", "--missing=print", commit)
    return frozenset(line[1:].split(" ", 1)[0] for line in said.split("\n") if line.startswith("?"))


def _paths(names: Sequence[bytes]) -> list[str]:
    """The names as text in NFC, without secrets, each different from all others."""
    spelt = [name.decode("utf-8", "replace") for name in names]
    if redact_text("\n".join(spelt))[1]:
        spelt = [clean if count else name for name in spelt for clean, count in (redact_text(name),)]
    own = {name for name in spelt if nfc(name) == name}
    taken: dict[str, None] = {}
    for name in spelt:
        path = nfc(name)
        # Of two names that differ in their form alone, one keeps its spelling; patterns name both.
        if path != name and (path in own or path in taken):
            path = name
        first, number = path, 1
        while path in taken:
            number += 1
            path = f"{first} ({number})"
        taken[path] = None
    return list(taken)
