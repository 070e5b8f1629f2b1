"""Index a snapshot: which files mention a word, and where a name is defined.

Shared by facts, selection and grounding. The words of every text file are gathered once, on the first question;
definitions are read only from files that mention the name.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from verifier.languages import Definition, FileKind, SourceText, file_kind, fold_names
from verifier.repository.kept_readings import KeptReadings
from verifier.repository.kept_rows import HEAD_CHARS, WORD
from verifier.repository.kept_words import KeptWords, Passage
from verifier.repository.snapshot import Nature, Snapshot, SourceFile
from verifier.values.source import nfc
from verifier.wording.words import split_word, stem, sure_letters, words_in

__all__ = ["STAND_FOR_FOLDERS", "WORD", "Index"]

STAND_FOR_FOLDERS = frozenset(("__init__", "index", "mod", "lib"))
"""Names, without ending, of files that are imported by the name of their folder."""


class Index:
    """What a snapshot's files mention and define. Paths come in the commit's order."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._sources: dict[str, SourceText] = {}
        self._definitions: dict[str, Mapping[str, list[Definition]]] = {}
        self._kinds: dict[str, FileKind] = {}
        self._kept = KeptWords(snapshot)
        self._readings = KeptReadings(self._kept.answers)
        self._mentions: dict[str, tuple[str, ...]] = {}
        self._words_by_stem: dict[str, tuple[str, ...]] = {}

    def text_file(self, path: str) -> SourceFile | None:
        """The file where it is text and not verifier's own; else None."""
        if self.snapshot.is_own(path):
            return None
        file = self.snapshot.file(path)
        return file if file is not None and file.nature is Nature.TEXT else None

    def source(self, path: str) -> SourceText | None:
        """The file's language, definitions and kinds of line. None where it is no text."""
        if path not in self._sources:
            entry = self.snapshot.entry(path)
            # A link may have the blob of a file: what it points at was that file's text.
            if entry is None or entry.kind != "file" or self.snapshot.is_own(path):
                return None
            source = self._readings.of(path, entry.blob, lambda: file.text if (file := self.text_file(path)) else None)
            if source is None:
                return None
            self._sources[path] = source
        return self._sources[path]

    def kind(self, path: str) -> FileKind:
        """What kind of file stands at the path, by its name and first lines."""
        if path not in self._kinds:
            file = self.text_file(path)
            self._kinds[path] = file_kind(path, file.text[:HEAD_CHARS] if file else "")
        return self._kinds[path]

    def kinds(self) -> Iterator[tuple[str, FileKind]]:
        """Path and kind of each text file of the commit, in no order; verifier's own files are left out."""
        return self._kept.kinds()

    def keeps(self, word: str) -> bool:
        """Whether `mentions` and `definitions` can know of the word: not of one letter, nor of digits or signs."""
        return WORD.fullmatch(word) is not None

    def mentions(self, word: str) -> tuple[str, ...]:
        """Paths of the text files in which the word stands by itself, as written or as its language compares it."""
        word = nfc(word)
        if word not in self._mentions:
            self._mentions[word] = tuple(self._kept.mentioning(word))
        return self._mentions[word]

    def fitting(self, words: Iterable[str], paths: Sequence[str] | None = None) -> list[Passage]:
        """The passages that have most of the words, rare ones first, best first; with paths all of these files."""
        return self._kept.fitting(words, paths)

    def words_with(self, stemmed: str) -> tuple[str, ...]:
        """The words of the commit, as written, that have a word of this stem in them: "retri" is in `max_retries`."""
        if stemmed not in self._words_by_stem:
            self._words_by_stem[stemmed] = tuple(self._letters.words_with(stemmed))
        return self._words_by_stem[stemmed]

    def paths_with(self, stemmed: str) -> tuple[str, ...]:
        """Paths that have a word of this stem in the file's name or a folder's."""
        return tuple(self._paths_by_stem.get(stemmed, ()))

    def files_called(self, name: str) -> tuple[str, ...]:
        """Paths whose last part is this name, with or without its ending: "pool.py" or "pool".

        A file that stands for its folder (`core/__init__.py`, `core/index.ts`) is also called as the folder is.
        """
        return tuple(self._paths_by_name.get(nfc(name), ()))

    def definitions(self, name: str) -> tuple[tuple[str, Definition], ...]:
        """Where the name is defined: "drain" or "Pool.drain", with the path."""
        last = name.rsplit(".", 1)[-1]
        paths = dict.fromkeys((*self.mentions(last), *self.mentions(unicodedata.normalize("NFKC", last))))
        return tuple(
            (path, definition)
            for path in paths
            for wanted in (fold_names(path, nfc(name)),)
            for definition in self._defined(path).get(wanted.rsplit(".", 1)[-1], ())
            if f".{definition.qualified}".endswith(f".{wanted}")
        )

    def _defined(self, path: str) -> Mapping[str, list[Definition]]:
        """The file's definitions by their names."""
        if path not in self._definitions:
            source = self.source(path)
            by_name: dict[str, list[Definition]] = {}
            for definition in source.definitions if source else ():
                by_name.setdefault(definition.name, []).append(definition)
            self._definitions[path] = by_name
        return self._definitions[path]

    @cached_property
    def _letters(self) -> _Letters:
        return _Letters(sorted(self._kept.words()))

    @cached_property
    def _paths_by_stem(self) -> dict[str, list[str]]:
        by_stem: dict[str, list[str]] = defaultdict(list)
        for path in self.snapshot.paths:
            for stemmed in {stem(word) for word in words_in(path)}:
                by_stem[stemmed].append(path)
        return dict(by_stem)

    @cached_property
    def _paths_by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = defaultdict(list)
        for path in self.snapshot.paths:
            folder, _, name = path.rpartition("/")
            bare = name.rpartition(".")[0] or name
            called = {name, bare, folder.rpartition("/")[2]} if bare in STAND_FOR_FOLDERS else {name, bare}
            for each in sorted(called):
                by_name[each].append(path)
        return dict(by_name)


class _Letters:
    """All words as one text, so that those that have a stem are found without cutting every word to its stems."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(word for word in words if word.isascii())
        self._text = "\n".join(word.lower() for word in self._words)
        self._starts = list(accumulate((len(word) + 1 for word in self._words), initial=0))
        # Letters beyond ASCII may be small in more than one way, so their words are looked up by whole stems.
        self._others: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if not word.isascii():
                for stemmed in _stems(word):
                    self._others[stemmed].append(word)

    def words_with(self, stemmed: str) -> Iterator[str]:
        """The words that have a word of this stem in them."""
        yield from self._others.get(stemmed, ())
        yield from (word for word in self._holding(sure_letters(stemmed)) if stemmed in _stems(word))

    def _holding(self, letters: str) -> Iterator[str]:
        at = self._text.find(letters)
        while 0 <= at < self._starts[-1] - 1:
            number = bisect_right(self._starts, at) - 1
            yield self._words[number]
            at = self._text.find(letters, self._starts[number + 1])


def _stems(word: str) -> set[str]:
    return {stem(piece) for piece in split_word(word)}
