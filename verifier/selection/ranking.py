"""Rank files by how well their passages fit a statement: BM25, by SQLite's FTS5.

Code comes before tests and prose. What no statement is about by chance (prose, lock files, bundles, build output) is
ranked only for a statement that is about it, and what nobody wrote by hand comes last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import itemgetter

from verifier.languages import FileKind
from verifier.repository.index import Index
from verifier.repository.kept_rows import PASSAGE_LINES, words_asked
from verifier.repository.kept_words import Passage
from verifier.values.source import Lines

_STANDS_FOR = {
    FileKind.CODE: 1.0,
    FileKind.CONFIG: 1.0,
    FileKind.EXAMPLE: 0.7,
    FileKind.TEST: 0.25,
    FileKind.MOCK: 0.25,
    FileKind.GENERATED: 0.05,
    FileKind.VENDORED: 0.05,
}
"""What a fit counts for, by the kind of file; nothing where the kind is missing."""

_MOST_WORDS = 200
_MOST_PASSAGES = 4
_MOST_TOGETHER = 100


@dataclass(frozen=True)
class Ranked:
    """A file and how well it fits."""

    path: str
    score: float
    best: Lines
    """The passage that fits best."""


class Ranking:
    """How well the files of a commit fit one statement.

    Kinds in `prefer` count as much as code: for a statement that is itself about tests or documentation.
    """

    def __init__(self, statement: str, index: Index, *, prefer: Collection[FileKind] = ()) -> None:
        self._index = index
        asked = dict.fromkeys(words_asked(statement))
        self._words = tuple(islice((word for word in asked if word not in _COMMON and len(word) > 1), _MOST_WORDS))
        self._fitting: dict[str, list[Passage]] = {}
        self._stands_for = _STANDS_FOR | dict.fromkeys(prefer, 1.0)

    def best(self, may: Callable[[str], bool]) -> list[Ranked]:
        """The files that fit, best first. `may` says which are in question."""
        return [ranked for ranked in self._ranked if may(ranked.path)]

    def passages(self, path: str, together: Iterable[str]) -> tuple[Lines, ...]:
        """The lines of one file that fit best, best first; those that fit half as well as the first one.

        `together` are files that are going to be asked about too: the engine is asked once for many of them.
        """
        if path not in self._fitting:
            beside = islice((other for other in together if other not in self._fitting), _MOST_TOGETHER)
            paths = list(dict.fromkeys((path, *beside)))
            self._fitting |= {each: [] for each in paths}
            for passage in self._index.fitting(self._words, paths):
                self._fitting[passage.path].append(passage)
        found = self._fitting[path][:_MOST_PASSAGES]
        return tuple(_lines(passage.first_line) for passage in found if passage.score > found[0].score / 2)

    def is_worth_a_look(self, path: str) -> bool:
        """Whether a file of its kind can be what the statement is about."""
        return self._index.kind(path) in self._stands_for

    def stands_for(self, kind: FileKind) -> float:
        """What a fit counts for in a file of this kind."""
        return self._stands_for.get(kind, 0.0)

    @cached_property
    def _ranked(self) -> list[Ranked]:
        """By the best passage as a whole, and by the best one of each word: a claim's words may stand far apart."""
        whole: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        each: dict[str, float] = defaultdict(float)
        for word in self._words:
            best: dict[str, float] = {}
            for passage in self._index.fitting([word]):
                if worth := passage.score * self._stands_for.get(passage.kind, 0.0):
                    whole[passage.path][passage.first_line] += worth
                    best.setdefault(passage.path, worth)
            for path, score in best.items():
                each[path] += score
        bests = ((path, *max(passages.items(), key=itemgetter(1))) for path, passages in whole.items())
        ranked = (Ranked(path, score + each[path], _lines(first_line)) for path, first_line, score in bests)
        return sorted(ranked, key=lambda one: (-one.score, one.path))


def _lines(first_line: int) -> Lines:
    return Lines(first_line, first_line + PASSAGE_LINES - 1)


_COMMON_WORDS = """
    a able about above across actually after again against all allow allowed allows already also always among an and
    another any are around as at based be because been before being below between both but by called can cannot
    case cases change changed changes claim code come comes correct correctly could current currently default defaults
    different do does done down during each either else enough even ever every exist existing exists feature features
    few file files first for four from full fully further get gets give given gives go goes had has have having he her
    here how however if implement implementation implemented implements in include included includes including instead
    into is it its itself just keep keeps kept know known last least less let like longer made make makes making many
    may more most much must needed needs neither new no none nor not nothing now of off often on once one only or
    other others otherwise our out over own per possible present project provide provided provides put rather real
    really same say see set sets several shall she should simple since single so some something still such support
    supported supports system take taken takes ten than that the their them themselves then there these they thing
    this those three through thus to together too two under unless until up upon us use used uses using very via was
    way we well were what when where whether which while who whose why will with within without work works would
    yet you your
"""

_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing about where something is done."""
