"""Work that no commit holds yet, noticed from the index and from file stamps alone: no file is opened."""

from __future__ import annotations

import itertools
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.repository.git import GitError
from verifier.repository.globbing import any_matches
from verifier.repository.repository import Repository

TIMEOUT_S = 30
"""How long looking may take; it is a courtesy to the reader of a report."""

COUNTED = 1000
"""How many paths are counted of those that changed, of those that are staged and of those that are new."""


def uncommitted_work(
    repository: Repository, commit: str, blobs: Mapping[bytes, str], own: Sequence[str] = ()
) -> int | None:
    """How many paths changed, are staged or new beside a commit; None where it is not what is checked out.

    One that is both staged and changed counts once, as does a new folder; what git ignores does not count. `blobs`
    gives the commit's names and the ids of their blobs, `own` are globs of what verifier itself writes.
    """
    if repository.worktree is None or repository.head() != commit:
        return None
    try:
        index = _index(repository, limit=2 * len(blobs) + 10_000)
        others, _ = repository.git.records(
            "ls-files",
            "-z",
            "--others",
            "--exclude-standard",
            "--directory",
            "--no-empty-directory",
            *(f"--exclude=/{glob}" for glob in own),
            limit=COUNTED,
            timeout_s=TIMEOUT_S,
        )
    except GitError:
        # A broken index says nothing about the commit.
        return None
    staged = [name for name in index.keys() | blobs.keys() if _is_staged(index.get(name), blobs.get(name))]
    modified = [name for name, entry in index.items() if _is_modified(entry, repository.worktree, name)]
    kinds = (sorted(name for name in names if not _is_own(name, own)) for names in (modified, staged, others))
    return len({name for kind in kinds for name in kind[:COUNTED]})


def _is_own(name: bytes, own: Sequence[str]) -> bool:
    return any_matches(own, name.decode("utf-8", "replace"))


@dataclass(frozen=True)
class _Indexed:
    """What the index says of a path."""

    status: str
    mode: str
    blob: str
    second: int
    nanosecond: int
    size: int
    flags: int


_INTENT_TO_ADD = 0x2000_0000


def _is_staged(entry: _Indexed | None, blob: str | None) -> bool:
    if entry is None:
        return True
    return entry.blob != blob and not entry.flags & _INTENT_TO_ADD


def _is_modified(entry: _Indexed, folder: Path, name: bytes) -> bool:
    # Submodules are folders; what a sparse checkout left out and what was declared unchanged is not looked at.
    if entry.mode == "160000" or entry.status != "H":
        return False
    try:
        found = os.lstat(os.path.join(os.fsencode(folder), name))  # noqa: PTH118 -- bytes, as git has them
    except OSError:
        return True
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        return True
    second, nanosecond = divmod(found.st_mtime_ns, 1_000_000_000)
    # Copies and some file systems keep whole seconds only.
    whole = 0 in (nanosecond, entry.nanosecond)
    same_stamp = second & 0xFFFF_FFFF == entry.second and (whole or nanosecond == entry.nanosecond)
    # Git writes size 0 for a file that changed while the index was being written.
    return not same_stamp or (found.st_size & 0xFFFF_FFFF != entry.size and entry.size != 0)


_RECORD = re.compile(
    rb"(?:  ctime: \d+:\d+\n  mtime: (\d+):(\d+)\n  dev: .*\n  uid: .*\n  size: (\d+)\tflags: ([0-9a-f]+)\n)?"
    rb"(?:(\S) (\d+) ([0-9a-f]+) \d\t(.*))?",
    re.DOTALL,
)


def _index(repository: Repository, limit: int) -> dict[bytes, _Indexed]:
    """The index by name. Git lists each path, a NUL, and then the stamps of that path before the next."""
    records, _ = repository.git.records("ls-files", "-z", "-v", "--stage", "--debug", limit=limit, timeout_s=TIMEOUT_S)
    read = [_RECORD.fullmatch(record) for record in records]
    found: dict[bytes, _Indexed] = {}
    for here, after in itertools.pairwise(read):
        if here is None or after is None or here[5] is None or after[1] is None:
            raise GitError("git lists the index in a form that is not known here")
        status, mode, blob = (here[i].decode("ascii") for i in (5, 6, 7))
        found[here[8]] = _Indexed(status, mode, blob, int(after[1]), int(after[2]), int(after[3]), int(after[4], 16))
    return found
