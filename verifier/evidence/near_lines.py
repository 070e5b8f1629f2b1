"""Lines near to what is said to be absent: code and paths in which names and words of a part stand, however spelt.

A search finds what its pattern matches; whether the thing goes by another name is for a reader to see. So it is shown
the lines that come closest: rare words weigh more, lines with many of them come first, definitions before uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from verifier.evidence.line_labels import label_of_line
from verifier.evidence.searching import LONGEST_TEXT
from verifier.languages import FileKind, LineKind
from verifier.languages.word_lists import words
from verifier.repository.index import WORD, Index
from verifier.repository.snapshot import SourceFile
from verifier.values.grounding import Hit
from verifier.wording.words import stem, words_in

MOST_NEAR = 8
"""Lines and paths that are shown for a part."""

_MOST_FILES = 40
"""Files whose lines are looked through: those that have most of the words."""

_SHORTEST_WORD = 3
_FILES = {FileKind.CODE, FileKind.CONFIG, FileKind.TEST}
_OF_TESTS = 0.5
_OF_SIGNATURES = 1.5


@dataclass(frozen=True)
class Near:
    """The nearest lines and paths, best first, and how many there are in all."""

    hits: tuple[Hit, ...] = ()
    total: int = 0


def near_lines(
    text: str, index: Index, *, withheld: Callable[[str], bool], apart_from: Collection[tuple[str, int]] = ()
) -> Near:
    """The lines of code and the paths that have most of the text's names and words.

    `apart_from` are paths and lines that are shown in any case.
    """
    weights = _weights(text, index)
    if not weights:
        return Near()
    least = max(weights.values())
    held = _held(weights, index)
    scored = [
        *_paths(weights, index),
        *(found for file in _files(weights, index) for found in _lines(file, weights, held, index)),
    ]
    near = [(score, hit) for score, hit in scored if score >= least and (hit.path, hit.line) not in apart_from]
    best = sorted(near, key=lambda pair: (-pair[0], pair[1].path, pair[1].line))
    return Near(tuple(_as_shown(hit, index, withheld) for _, hit in best[:MOST_NEAR]), len(near))


def _weights(text: str, index: Index) -> dict[str, float]:
    """The stems of the text's words that the commit has, and how rare each is there."""
    number = max(1, len(index.snapshot.paths))
    weights: dict[str, float] = {}
    # In one order, since a sum of such numbers depends on it.
    for stemmed in sorted({stem(word) for word in words_in(text) if len(word) >= _SHORTEST_WORD}):
        files = {path for word in index.words_with(stemmed) for path in index.mentions(word)}
        files.update(index.paths_with(stemmed))
        if files and stemmed not in _EVERYDAY:
            weights[stemmed] = math.log(1 + number / len(files))
    return weights


_EVERYDAY = frozenset(
    map(
        stem,
        words(
            "the and for with not all any are was has have that this from into which when where its one per each every "
            "only never always there must can may does uses use used using file files function class method code value"
        ),
    )
)


def _files(weights: Mapping[str, float], index: Index) -> Iterator[SourceFile]:
    scores: dict[str, float] = {}
    for stemmed, weight in weights.items():
        for path in {path for word in index.words_with(stemmed) for path in index.mentions(word)}:
            scores[path] = scores.get(path, 0.0) + weight
    likely = sorted(scores, key=lambda path: (-scores[path], path))
    readable = [path for path in likely if index.kind(path) in _FILES][:_MOST_FILES]
    yield from (file for path in readable if (file := index.text_file(path)) is not None)


def _held(weights: Mapping[str, float], index: Index) -> dict[str, tuple[str, ...]]:
    """The words of the commit, as they are written, with the stems that are in them."""
    held: dict[str, tuple[str, ...]] = {}
    for stemmed in weights:
        for word in index.words_with(stemmed):
            held[word] = (*held.get(word, ()), stemmed)
    return held


def _lines(
    file: SourceFile, weights: Mapping[str, float], held: Mapping[str, tuple[str, ...]], index: Index
) -> Iterator[tuple[float, Hit]]:
    source = index.source(file.path)
    assert source is not None, "the file is text"
    signatures = {definition.signature_line for definition in source.definitions}
    of_file = _OF_TESTS if index.kind(file.path) is FileKind.TEST else 1.0
    for number, (line, kind) in enumerate(zip(file.lines, source.kinds, strict=True), start=1):
        # Most lines hold none of the words, so that is asked first.
        if kind is LineKind.CODE and (found := held.keys() & _words_on(line)):
            score = math.fsum(weights[one] for one in {one for word in found for one in held[word]})
            yield score * of_file * (_OF_SIGNATURES if number in signatures else 1.0), Hit(file.path, number, line)


@lru_cache(maxsize=20_000)
def _words_on(line: str) -> frozenset[str]:
    """The words of a line as they are written; the same lines are looked at for each part of each claim."""
    return frozenset(WORD.findall(line[: 10 * LONGEST_TEXT]))


def _paths(weights: Mapping[str, float], index: Index) -> Iterator[tuple[float, Hit]]:
    found: dict[str, float] = {}
    for stemmed, weight in weights.items():
        for path in index.paths_with(stemmed):
            found[path] = found.get(path, 0.0) + weight
    yield from ((score, Hit(path, 0, path, "path")) for path, score in found.items() if not index.snapshot.is_own(path))


def _as_shown(hit: Hit, index: Index, withheld: Callable[[str], bool]) -> Hit:
    if hit.line == 0:
        return hit
    is_withheld = withheld(hit.path)
    text = "" if is_withheld else hit.text.strip()[:LONGEST_TEXT]
    return Hit(hit.path, hit.line, text, label_of_line(hit.path, hit.line, index), is_withheld)
