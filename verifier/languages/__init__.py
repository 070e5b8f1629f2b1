"""What a file's text is: code, comment or documentation, which definitions it has, what they call, which are stubs.

Only text and paths are known here. Any text is read without error and in time that grows with its length: half a
file, a binary that was decoded, a line of a megabyte. What is not understood is answered for as plain lines of code.
"""

from __future__ import annotations

import functools
import importlib
import re
import threading
import unicodedata
from collections import OrderedDict
from typing import Final, Protocol

from verifier.languages.file_kinds import file_kind, is_test
from verifier.languages.generic import called_names
from verifier.languages.source_text import Definition, FileKind, LineKind, SourceText
from verifier.languages.table import GENERIC, language_of

__all__ = [
    "Definition",
    "FileKind",
    "LineKind",
    "SourceText",
    "calls_in",
    "file_kind",
    "fold_names",
    "identifiers_in",
    "is_test",
    "read_source",
]

_KEPT_CHARS: Final = 20_000_000
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def read_source(path: str, text: str) -> SourceText:
    """The reading of one file. The latest are kept, so that asking twice costs little."""
    kept = _KEPT.get(path, text)
    if kept is None:
        kept = _read(path, text)
        _KEPT.put(path, text, kept)
    return kept


def calls_in(path: str, text: str, first_line: int, last_line: int) -> frozenset[str]:
    """Bare names that are called, instantiated or applied as decorators in those lines, counted from 1."""
    language = language_of(path, text[:300])
    names = None
    text = fold_names(path, text)
    if not _is_for_no_parser(path, text):
        names = _reader(language.module).calls(language.name, text, first_line, last_line)
    return called_names(text, first_line, last_line) if names is None else names


def identifiers_in(text: str) -> frozenset[str]:
    """Words of letters of any script, digits and underscores that begin with no digit."""
    return frozenset(_IDENTIFIER.findall(text))


def fold_names(path: str, text: str) -> str:
    """The text with every name as its language compares it, lines as they were: in Python `ﬁnd` is `find`."""
    if text.isascii() or not language_of(path, text[:300]).folds:
        return text
    return _IDENTIFIER.sub(lambda name: unicodedata.normalize("NFKC", name[0]), text)


class _Reader(Protocol):
    """What each module offers for the languages that the table gives it."""

    def read(self, language: str, text: str, /) -> SourceText: ...

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str] | None: ...


class _Shelf:
    """Readings of the latest texts, bounded by how long these are. Threads may share it."""

    def __init__(self, chars: int) -> None:
        self._chars = chars
        self._held = 0
        self._readings: OrderedDict[tuple[str, str], SourceText] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str, text: str) -> SourceText | None:
        with self._lock:
            reading = self._readings.get((path, text))
            if reading is not None:
                self._readings.move_to_end((path, text))
            return reading

    def put(self, path: str, text: str, reading: SourceText) -> None:
        with self._lock:
            if (path, text) not in self._readings:
                self._readings[path, text] = reading
                self._held += len(text)
            while self._held > self._chars and self._readings:
                (_, oldest), _ = self._readings.popitem(last=False)
                self._held -= len(oldest)


_KEPT = _Shelf(_KEPT_CHARS)


def _read(path: str, text: str) -> SourceText:
    language = language_of(path, text[:300])
    text = fold_names(path, text)
    if _is_for_no_parser(path, text):
        return _reader(GENERIC.module).read(language.name, text)
    return _reader(language.module).read(language.name, text)


def _is_for_no_parser(path: str, text: str) -> bool:
    return file_kind(path, text[:20_000]) is FileKind.MINIFIED


@functools.cache
def _reader(module: str) -> _Reader:
    reader: _Reader = importlib.import_module(f"verifier.languages.{module}")
    return reader
