"""Look names and pieces of code up in a commit, as reports write them.

One `Lookup` serves all reports that are audited against a commit, so that every file is read once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from verifier.audit.lookup.commit_paths import CommitPaths
from verifier.audit.record import Place
from verifier.evidence.locating import Words
from verifier.languages import Definition, LineKind
from verifier.repository.index import WORD, Index
from verifier.values.source import Lines
from verifier.wording import last_name, without_receiver

MOST_PLACES = 3
"""True places of one thing that are worth naming."""


class Lookup:
    """What an audit asks of one commit."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.snapshot = index.snapshot
        self.paths = CommitPaths(index)
        self._words: dict[str, Words] = {}
        self._lines_held = 0
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
        if path not in self._words:
            lines: Sequence[str] = self.snapshot.lines(path) or ()
            self._lines_held += len(lines)
            if self._lines_held > _MOST_LINES_HELD:
                self._words.clear()
                self._lines_held = len(lines)
            self._words[path] = Words(lines)
        return self._words[path]


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
