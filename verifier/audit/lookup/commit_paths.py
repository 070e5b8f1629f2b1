"""Which files of a commit a report means by a path, as reports write them: bare names, path ends, folders, globs."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename

from verifier.repository.globbing import is_glob, matching
from verifier.repository.index import Index

MOST_BELOW = 1000
"""Files that are listed of one folder."""


@dataclass(frozen=True)
class Found:
    """Which file of the commit a written path means."""

    path: str | None
    """None: none, or more than one could be meant."""
    candidates: tuple[str, ...] = ()
    """The files that could be meant, where there are several; else those that have the name, or nearly so."""
    several: str = ""
    """Why no one file is meant, where several are: "2 files have that name"."""


class CommitPaths:
    """The paths of one commit, looked up as a report writes them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._snapshot = index.snapshot
        self._near: dict[str, tuple[str, ...]] = {}
        self._globs: dict[str, tuple[str, ...]] = {}

    def find(self, written: str, known: Collection[str] = ()) -> Found:
        """The file that a report means by a path.

        A path of the commit means itself. A bare name, or the end of a path, means the only file that it fits; where
        it fits several, the one that is `known`: named in full elsewhere in the report.
        """
        path = self._relative(written)
        if self._snapshot.entry(path) is not None:
            return Found(path)
        fitting = self.ending_in(path)
        if len(fitting) > 1:
            meant = [one for one in fitting if one in known]
            return Found(meant[0]) if len(meant) == 1 else Found(None, fitting, f"{len(fitting)} files have that name")
        if fitting:
            return Found(fitting[0])
        below = self.below(path)
        return Found(None, below, "a folder or several files") if below else Found(None, self.near(path))

    def ending_in(self, path: str) -> tuple[str, ...]:
        """The files whose paths end in this one, as whole names."""
        return tuple(one for one in self._index.files_called(basename(path)) if f"/{one}".endswith(f"/{path}"))

    def below(self, path: str) -> tuple[str, ...]:
        """Files that a folder, however much of its path is written, or a glob names; a few of very many."""
        folders = self.folders_ending_in(path)
        if folders:
            return tuple(one for folder in folders[:_MOST_SEVERAL] for one in self._below(folder))
        if not is_glob(path) or self.is_glob_too_many(path):
            return ()
        if path not in self._globs:
            paths = self._snapshot.paths
            self._globs[path] = matching(path, paths) or matching(f"**/{path}", paths)
        return self._globs[path]

    def folders_ending_in(self, path: str) -> tuple[str, ...]:
        """The folders whose paths end in this one, as whole names."""
        wanted = path.strip("/")
        return tuple(one for one in self._folders.get(basename(wanted), ()) if f"/{one}".endswith(f"/{wanted}"))

    def is_glob_too_many(self, path: str) -> bool:
        """Whether so many globs were looked up that this one was not."""
        return is_glob(path) and path not in self._globs and len(self._globs) >= _MOST_GLOBS

    def _below(self, folder: str) -> tuple[str, ...]:
        begin = bisect_left(self._snapshot.paths, f"{folder}/")
        some = self._snapshot.paths[begin : begin + MOST_BELOW]
        return tuple(one for one in some if one.startswith(f"{folder}/"))

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """The folders of the commit by their names."""
        folders: dict[str, None] = {}
        for path in self._snapshot.paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders[folder] = None
                folder = folder.rpartition("/")[0]
        by_name: dict[str, list[str]] = defaultdict(list)
        for folder in folders:
            by_name[basename(folder)].append(folder)
        return dict(by_name)

    def near(self, path: str) -> tuple[str, ...]:
        """Files that may have been meant by a path that is not there."""
        if path not in self._near and len(self._near) < _MOST_NEAR_PATHS:
            self._near[path] = self._snapshot.near_paths(path)
        return self._near.get(path, self._index.files_called(basename(path))[:_MOST_SEVERAL])

    def _relative(self, written: str) -> str:
        """A path as it would stand in the commit: of an absolute one the end that is there, if it has a folder."""
        path = written.removeprefix("./")
        parts = path.split("/")
        if parts[0] == "":
            ends = ("/".join(parts[start:]) for start in range(1, min(len(parts) - 1, _DEEPEST)))
            return next((end for end in ends if self._snapshot.entry(end) is not None), path.lstrip("/"))
        if parts[0] == self._snapshot.repo.resolve().name and self._snapshot.entry(path) is None:
            return "/".join(parts[1:])
        return path


_DEEPEST = 40
_MOST_SEVERAL = 3
"""Folders and files of one name that are looked into."""
_MOST_NEAR_PATHS = 200
"""Paths that are compared with every path of the commit."""
_MOST_GLOBS = 200
"""Likewise."""
