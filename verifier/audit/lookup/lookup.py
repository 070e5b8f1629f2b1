"""Look names, pieces of code and paths up in a commit, as reports write them: bare names, path ends, folders, globs.

One `Lookup` serves all reports that are audited against a commit, so that every file is read once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from posixpath import basename

from verifier.audit.record import Place
from verifier.evidence.locating import Words
from verifier.languages import Definition, LineKind
from verifier.languages.shelf import Shelf
from verifier.repository.globbing import is_glob, matching
from verifier.repository.index import WORD, Index
from verifier.values.source import Lines
from verifier.wording.naming import last_name, without_receiver

MOST_PLACES = 3
"""True places of one thing that are worth naming."""


class Lookup:
    """What an audit asks of one commit."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.snapshot = index.snapshot
        self.paths = CommitPaths(index)
        self._words: Shelf[str, Words] = Shelf(_MOST_LINES_HELD)
        self._elsewhere: dict[str, tuple[Place, ...]] = {}

    def places(self, named: str, path: str, near: int = 1) -> tuple[Lines, ...]:
        """Where a name or a piece of code stands in a text of the commit, the place nearest to line `near` first.

        `Pool.drain` stands where it is written so, else where it is defined, else where `drain` does.
        """
        words = self._words_of(path)
        for spelling in (named, named.removeprefix("@")):
            if places := words.places(spelling, near):
                return places
        if not is_name(named) or is_simple(named):
            return ()
        defined = [Lines(one.signature_line, one.signature_line) for one in self.definitions(named, path)]
        by_distance = tuple(sorted(defined, key=lambda place: abs(place.first - near)))
        return by_distance or words.places(last_name(named), near)

    def definitions(self, named: str, path: str) -> tuple[Definition, ...]:
        """The definitions of a name in one file."""
        source = self.index.source(path)
        if source is None or not is_name(named):
            return ()
        return tuple(one for one in source.definitions if f".{one.qualified}".endswith(f".{without_receiver(named)}"))

    def defined(self, named: str) -> tuple[Place, ...]:
        """Where a name is defined in the commit; nothing for a name that very many files mention."""
        found = self._defined(named)[:MOST_PLACES]
        return tuple(Place(path, one.signature_line, one.last_line) for path, one in found)

    def defining_files(self, named: str) -> frozenset[str]:
        """The files of the commit that define a name; nothing for a name that very many files mention."""
        return frozenset(path for path, definition in self._defined(named) if definition.kind != "section")

    def _defined(self, named: str) -> tuple[tuple[str, Definition], ...]:
        if not is_name(named) or len(self.rarest_word(named)) > _MOST_MENTIONS:
            return ()
        return self.index.definitions(without_receiver(named))

    def elsewhere(self, named: str) -> tuple[Place, ...]:
        """Where in the commit a name or a piece of code is: defined, else standing. Empty: nowhere."""
        if named not in self._elsewhere:
            self._elsewhere[named] = self.defined(named) or tuple(islice(self._standing(named), MOST_PLACES))
        return self._elsewhere[named]

    def only_in_words(self, path: str, places: Collection[Lines]) -> bool:
        """Whether the places are comment and docstring alone, in a file that is not prose as a whole."""
        source = self.index.source(path)
        if source is None or not places or all(kind in _NO_CODE for kind in source.kinds):
            return False
        return all(source.kinds[n - 1] in _WORDS for place in places for n in range(place.first, place.last + 1))

    def rarest_word(self, piece: str) -> tuple[str, ...]:
        """The files that mention the rarest word of a piece of code; empty where a word of it is nowhere."""
        mentions = [self.index.mentions(word) for word in set(WORD.findall(piece))]
        return min(mentions, key=len, default=())

    def _standing(self, named: str) -> Iterator[Place]:
        for path in islice(self.rarest_word(named), _MOST_OPENED):
            yield from (Place.at(path, place) for place in self.places(named, path)[:1])

    def _words_of(self, path: str) -> Words:
        words = self._words.get(path)
        if words is None:
            lines = self.snapshot.lines(path) or ()
            words = Words(lines)
            self._words.put(path, words, len(lines))
        return words


def is_name(named: str) -> bool:
    """Whether it is an identifier, dotted perhaps, rather than a piece of code."""
    return _NAME.fullmatch(named) is not None


def is_simple(named: str) -> bool:
    """Whether a name has no part before it."""
    return last_name(named) == named


_NAME = re.compile(r"@?[^\W\d][\w$]*(?:(?:\.|::|->|#)[^\W\d][\w$]*)*")
_WORDS = frozenset((LineKind.COMMENT, LineKind.DOCSTRING, LineKind.BLANK))
_NO_CODE = frozenset((LineKind.TEXT, LineKind.BLANK))
_MOST_MENTIONS = 300
_MOST_OPENED = 20
_MOST_LINES_HELD = 2_000_000


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
        if parts[0] == self._snapshot.repository.named.resolve().name and self._snapshot.entry(path) is None:
            return "/".join(parts[1:])
        return path


_DEEPEST = 40
_MOST_SEVERAL = 3
"""Folders and files of one name that are looked into."""
_MOST_NEAR_PATHS = 200
"""Paths that are compared with every path of the commit."""
_MOST_GLOBS = 200
"""Likewise."""
