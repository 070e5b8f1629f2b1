"""Rank files by how well their words fit a statement.

The measure is BM25 over the words that identifiers, names of definitions, paths and comments are made of, rare words
first, with a reward for files that have many of them close together. Code comes before tests and prose, and what
nobody wrote by hand comes last.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from verifier.languages import Definition, FileKind, LineKind, SourceText
from verifier.repository.index import WORD, Index
from verifier.repository.snapshot import SourceFile
from verifier.values.source import Lines
from verifier.wording.kindred_words import kindred
from verifier.wording.words import split_word, stem, words_in

CLOSELY_READ = 120
"""Files that are read line by line, after all have been weighed by the words they have."""

READ_CHARS = 1_000_000
"""How much of one file is read line by line."""

_STANDS_FOR = {
    FileKind.CODE: 1.0,
    FileKind.CONFIG: 0.7,
    FileKind.EXAMPLE: 0.7,
    FileKind.TEST: 0.5,
    FileKind.MOCK: 0.5,
    FileKind.PROSE: 0.3,
}
_NOT_BY_HAND = 0.05

_IN_FILE_NAME, _IN_FOLDER, _IN_NAME, _IN_CODE, _IN_PROSE = 6.0, 2.0, 3.0, 1.0, 0.6
_SATURATION = 1.5
_LENGTH = 0.4
_USUAL_LINES = 250
_PASSAGE = 1.0
_LONGEST_PASSAGE = 150
_WINDOW = 25
_MOST_PASSAGES = 4
_MOST_WORDS = 100
_KINDRED = 0.5


@dataclass(frozen=True)
class Ranked:
    """A file and how well it fits."""

    path: str
    score: float
    words: tuple[str, ...]
    """The words of the statement that it has, the most telling first."""
    passages: tuple[Lines, ...]
    """Where most of them stand together, best first."""


class Ranking:
    """How well the files of a commit fit one statement.

    `names` are identifiers and literals, looked for as they stand. Kinds in `prefer` count as much as code: for a
    statement that is itself about tests or documentation.
    """

    def __init__(
        self, statement: str, index: Index, *, names: Iterable[str] = (), prefer: Collection[FileKind] = ()
    ) -> None:
        self._index = index
        self._terms = _terms(statement, names)
        self._prefer = prefer
        self._known: dict[str, Ranked] = {}

    def best(self, may: Callable[[str], bool]) -> list[Ranked]:
        """The files that fit best, best first. `may` says which are in question."""
        likely = list(islice((path for path in self._by_weight if may(path)), 4 * CLOSELY_READ))
        likely.sort(key=lambda path: -self._look.weights[path] * self._stands_for(path))
        found = [self.read(path) for path in likely[:CLOSELY_READ]]
        return sorted(found, key=lambda ranked: (-ranked.score, ranked.path))

    def read(self, path: str) -> Ranked:
        """How well one file fits, whether or not it is among the best."""
        if path not in self._known:
            self._known[path] = _read(path, self._index, self._look, self._stands_for(path))
        return self._known[path]

    def _stands_for(self, path: str) -> float:
        kind = self._index.kind(path)
        return 1.0 if kind in self._prefer else _STANDS_FOR.get(kind, _NOT_BY_HAND)

    @cached_property
    def _look(self) -> _Look:
        return _first_look(self._terms, self._index)

    @cached_property
    def _by_weight(self) -> list[str]:
        weights = self._look.weights
        return sorted(weights, key=lambda path: (-weights[path], path))


@dataclass(frozen=True)
class _Term:
    """Something to look for."""

    said: str
    keys: Mapping[str, float]
    """The stem of a telling word and those of kindred words, with what each counts for; or two stems joined by a blank,
    for words that follow one another in the statement as in an identifier; or a name as it stands."""
    is_name: bool = False


def _terms(statement: str, names: Iterable[str]) -> tuple[_Term, ...]:
    words = list(islice(words_in(statement), _MOST_WORDS))
    telling: dict[str, _Term] = {}
    for word in words:
        if word not in _COMMON and (stemmed := stem(word)) not in telling:
            telling[stemmed] = _Term(word, {stemmed: 1.0, **dict.fromkeys(sorted(kindred(stemmed)), _KINDRED)})
    pairs = {
        f"{stem(one)} {stem(two)}": f"{one} {two}" for one, two in pairwise(words) if not _COMMON.issuperset((one, two))
    }
    return (
        *telling.values(),
        *(_Term(said, {pair: 1.0}) for pair, said in pairs.items()),
        *(_Term(name, {name: 1.0}, is_name=True) for name in islice(dict.fromkeys(names), _MOST_WORDS)),
    )


def _holders(key: str, index: Index) -> tuple[list[str], list[str]]:
    """The commit's words, and its paths, that have a stem in them, or two stems one after the other."""
    first, _, second = key.partition(" ")
    words, paths = index.words_with(first), index.paths_with(first)
    if not second:
        return list(words), list(paths)
    others, other_paths = frozenset(index.words_with(second)), frozenset(index.paths_with(second))
    return (
        [word for word in words if word in others and key in _keys(split_word(word))],
        [path for path in paths if path in other_paths and key in _keys(words_in(path))],
    )


def _keys(words: Iterable[str]) -> set[str]:
    """The stems of the words, and each two of them that follow one another."""
    stems = [stem(word) for word in words]
    return {*stems, *(f"{one} {two}" for one, two in pairwise(stems))}


@dataclass(frozen=True)
class _Look:
    """What is known before any file is read closely."""

    terms: tuple[_Term, ...]
    rarity: Mapping[str, float]
    """How telling each key is, where the commit has it at all."""
    forms: Mapping[str, tuple[str, ...]]
    """The commit's words that have a key in them, with those keys."""
    weights: Mapping[str, float]
    """What each file is worth by the words that it has, before any is read line by line."""

    def worth(self, strengths: Mapping[str, float]) -> float:
        """What keys are worth together, by how strongly each is there (0 to 1): of kindred ones the best counts."""
        return sum(
            max(factor * self.rarity.get(key, 0.0) * strengths.get(key, 0.0) for key, factor in term.keys.items())
            for term in self.terms
        )


def _first_look(terms: tuple[_Term, ...], index: Index) -> _Look:
    rarity: dict[str, float] = {}
    weights: dict[str, float] = defaultdict(float)
    forms: dict[str, tuple[str, ...]] = {}
    for term in terms:
        best: dict[str, float] = {}
        for key, factor in term.keys.items():
            words, paths = ([key], []) if term.is_name else _holders(key, index)
            counts = Counter(paths)
            for word in words:
                counts.update(index.mentions(word))
                if key not in forms.get(word, ()):
                    forms[word] = (*forms.get(word, ()), key)
            if counts:
                rarity[key] = math.log(1 + len(index.snapshot.paths) / len(counts))
            for path, count in counts.items():
                worth = factor * rarity[key] * count / (count + _SATURATION)
                best[path] = max(worth, best.get(path, 0.0))
        for path, worth in best.items():
            weights[path] += worth
    return _Look(terms, rarity, forms, weights)


def _read(path: str, index: Index, look: _Look, stands_for: float) -> Ranked:
    """Read a file line by line."""
    weights: dict[str, float] = defaultdict(float)
    folder, _, name = path.rpartition("/")
    _add(weights, words_in(name), _IN_FILE_NAME, look)
    _add(weights, words_in(folder), _IN_FOLDER, look)
    length, passages = 1.0, list[tuple[float, Lines]]()
    file, source = index.text_file(path), index.source(path)
    if file is not None and source is not None:
        for definition in source.definitions:
            _add(weights, split_word(definition.name), _IN_NAME, look)
        lines = _telling_lines(file, source, look)
        for strengths in lines.values():
            for key, strength in strengths.items():
                weights[key] += strength
        length += _LENGTH * (len(file.lines) / _USUAL_LINES - 1)
        passages = _passages(lines, source.definitions, len(file.lines), look)
    fit = look.worth({key: weight / (weight + _SATURATION * length) for key, weight in weights.items()})
    best = passages[0][0] if passages else 0.0
    said = {
        term.said: max(look.rarity[key] for key in term.keys if key in weights)
        for term in look.terms
        if weights.keys() & term.keys.keys()
    }
    return Ranked(
        path,
        (fit + _PASSAGE * best) * stands_for,
        tuple(sorted(said, key=lambda word: (-said[word], word))),
        tuple(lines for weight, lines in passages[:_MOST_PASSAGES] if weight > best / 2),
    )


def _add(weights: dict[str, float], words: Iterable[str], weight: float, look: _Look) -> None:
    for key in _keys(words):
        if key in look.rarity:
            weights[key] += weight


def _telling_lines(file: SourceFile, source: SourceText, look: _Look) -> dict[int, dict[str, float]]:
    """The lines that have something of the statement: for each the keys and what they count for there."""
    lines: dict[int, dict[str, float]] = {}
    left = READ_CHARS
    for number, text in enumerate(file.lines, start=1):
        left -= len(text) + 1
        if left < 0:
            break
        found = {key for word in WORD.findall(text) for key in look.forms.get(word, ())}
        if found:
            weight = _IN_CODE if source.kinds[number - 1] is LineKind.CODE else _IN_PROSE
            lines[number] = dict.fromkeys(found, weight)
    return lines


def _passages(
    lines: Mapping[int, Mapping[str, float]], definitions: Sequence[Definition], last: int, look: _Look
) -> list[tuple[float, Lines]]:
    """Stretches of the file with what their words are worth, the best first; no two of them overlap."""
    numbers = sorted(lines)
    spans = [Lines(d.first_line, d.last_line) for d in definitions]
    spans = [span for span in spans if len(span) <= _LONGEST_PASSAGE]
    spans += [Lines(first, min(last, first + _WINDOW - 1)) for first in range(1, last + 1, _WINDOW)]
    weighed = []
    for span in spans:
        strengths: dict[str, float] = {}
        for number in numbers[bisect_left(numbers, span.first) : bisect_right(numbers, span.last)]:
            for key, strength in lines[number].items():
                strengths[key] = max(strength, strengths.get(key, 0.0))
        if strengths:
            weighed.append((look.worth(strengths), span))
    weighed.sort(key=lambda item: (-item[0], len(item[1]), item[1]))
    kept: list[tuple[float, Lines]] = []
    for weight, span in weighed[:50]:
        if not any(other.first <= span.last and span.first <= other.last for _, other in kept):
            kept.append((weight, span))
    return kept


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
