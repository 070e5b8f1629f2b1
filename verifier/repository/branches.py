"""A branch beside the commit where it left its base: which paths differ, and which were only renamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from verifier.errors import SnapshotError
from verifier.repository.git import GitError
from verifier.repository.repository import find_repository
from verifier.repository.snapshot import Nature, Snapshot
from verifier.safety.invisible import visible

_MOST_COMPARED = 2500
"""Pairs of a file that is gone and one that is new, beyond which only files that are the same are paired."""

_MOST_BYTES = 300_000
"""The size of a file beyond which it is paired with the same file alone."""

_ALIKE = 0.5
"""Of the letters of both files, the least that stand in lines that both have, where one became the other."""


@contextmanager
def open_branch(repo: Path, base: str, now: Snapshot) -> Iterator[Branch]:
    """The branch whose commit is given, beside the commit where it left the base, while the context lasts.

    Raises:
        SnapshotError: The base is no commit, or has no commit in common with the branch.
    """
    common = merge_base(repo, base, now.commit)
    if common is None:
        way_out = (
            "deepen the clone with `git fetch --unshallow`" if now.repository.shallow else "name another with --base"
        )
        raise SnapshotError(f'"{visible(base)}" has no commit in common with {now.commit[:12]}; {way_out}')
    with Snapshot.open(repo, common) as before:
        yield Branch(before, now)


def merge_base(repo: Path, one: str, other: str) -> str | None:
    """The full id of the commit where two left each other. None: they have none in common that this clone knows of.

    Raises:
        SnapshotError: There is no repository, or one of them is no commit.
    """
    repository = find_repository(repo)
    try:
        common, _ = repository.git.run("merge-base", repository.resolve(one), repository.resolve(other))
    except GitError:
        return None
    return common.strip()


class Branch:
    """What differs between the commit where a branch left its base and the branch's own."""

    def __init__(self, before: Snapshot, now: Snapshot) -> None:
        self.before = before
        self.now = now

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """The paths that the branch's commit does not have any more, sorted; those renamed are among them."""
        return _missing_in(self.now, self.before)

    @cached_property
    def new(self) -> tuple[str, ...]:
        """The paths that the base does not have, sorted; those renamed are among them."""
        return _missing_in(self.before, self.now)

    @cached_property
    def touched(self) -> frozenset[str]:
        """The paths that differ, those that are gone or new included."""
        both = ((path, self.before.entry(path), self.now.entry(path)) for path in self.now.paths)
        # Not by their sizes: a partial clone may know one side's alone.
        changed = (path for path, old, new in both if old and new and (old.kind, old.blob) != (new.kind, new.blob))
        return frozenset((*changed, *self.gone, *self.new))

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Paths that are new, with the path that is gone whose file they have, or one much like it."""
        pairs = _same_files(self.before, self.gone, self.now, self.new)
        taken = set(pairs.values())
        gone = [path for path in self.gone if path not in taken]
        new = [path for path in self.new if path not in pairs]
        if len(gone) * len(new) > _MOST_COMPARED:
            return pairs
        try:
            return pairs | _alike(_letters(self.before, gone), _letters(self.now, new))
        except SnapshotError:  # A partial clone that lacks what they hold: nobody can say how much alike they are.
            return pairs


def _missing_in(one: Snapshot, other: Snapshot) -> tuple[str, ...]:
    """The other's paths that are not in the one; none where not all of its paths were read, so that nobody can say."""
    return () if one.truncated else tuple(path for path in other.paths if one.entry(path) is None)


def _same_files(before: Snapshot, gone: Sequence[str], now: Snapshot, new: Sequence[str]) -> dict[str, str]:
    """The new paths that have the very file of one that is gone: first of one of the same name, then of any."""
    old_blobs, new_blobs = _blobs(before, gone), _blobs(now, new)
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for part in (lambda path: path.rpartition("/")[2], lambda _: ""):
        left: dict[tuple[str, str], list[str]] = {}
        for path in reversed(old_blobs):
            if path not in taken:
                left.setdefault((old_blobs[path], part(path)), []).append(path)
        for path, blob in new_blobs.items():
            if path not in pairs and (found := left.get((blob, part(path)))):
                pairs[path] = found.pop()
                taken.add(pairs[path])
    return pairs


def _blobs(snapshot: Snapshot, paths: Sequence[str]) -> dict[str, str]:
    """The blob of each file that has anything in it: empty ones are all the same."""
    entries = (snapshot.entry(path) for path in paths)
    return {entry.path: entry.blob for entry in entries if entry is not None and entry.kind == "file" and entry.size}


def _letters(snapshot: Snapshot, paths: Sequence[str]) -> dict[str, Counter[str]]:
    """How many letters of each file of text stand in which line."""
    small = [path for path in paths if (entry := snapshot.entry(path)) is not None and entry.size <= _MOST_BYTES]
    return {file.path: _weighed(file.lines) for file in snapshot.files(small) if file.nature is Nature.TEXT}


def _weighed(lines: Sequence[str]) -> Counter[str]:
    weights: Counter[str] = Counter()
    for line in lines:
        weights[line] += len(line.strip())
    return weights


def _alike(gone: Mapping[str, Counter[str]], new: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Each new file with the one that is gone and is most like it, no file twice."""
    scored = ((_likeness(one, other), path, old) for path, other in new.items() for old, one in gone.items())
    best = sorted((found for found in scored if found[0] >= _ALIKE), key=lambda found: (-found[0], *found[1:]))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, path, old in best:
        if path not in pairs and old not in taken:
            pairs[path] = old
            taken.add(old)
    return pairs


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Which share of the letters of both stands in lines that both have."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
