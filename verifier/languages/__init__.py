"""What a file's text is: code, comment or documentation, which definitions it has, what they call, which are stubs.

Only text and paths are known here. Any text is read without error and in time that grows with its length: half a
file, a binary that was decoded, a line of a megabyte. What is not understood is answered for as plain lines of code.
"""

from __future__ import annotations

import functools
import importlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from verifier.languages.file_kinds import file_kind, is_test
from verifier.languages.outline import Definition, FileKind, LineKind
from verifier.languages.shelf import Shelf
from verifier.languages.source_text import SourceText
from verifier.languages.table import GENERIC, Language, language_of

if TYPE_CHECKING:
    from verifier.languages.readers import Reader

__all__ = [
    "Definition",
    "FileKind",
    "LineKind",
    "SourceText",
    "calls_in",
    "file_kind",
    "fold_names",
    "is_test",
    "read_source",
    "reads_definitions",
]

_KEPT_CHARS: Final = 20_000_000
_READING_CHARS: Final = 4000
"""What a reading takes beside its text, counted as text: of a quote it is most."""
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def read_source(path: str, text: str) -> SourceText:
    """The reading of one file. The latest are kept, so that asking twice costs little."""
    kept = _KEPT.get((path, text))
    if kept is None:
        kept = _read(path, text)
        _KEPT.put((path, text), kept, len(text) + _READING_CHARS)
    return kept


def calls_in(path: str, text: str, first_line: int, last_line: int) -> frozenset[str]:
    """Bare names that are called, instantiated or applied as decorators in those lines, counted from 1."""
    language = language_of(path, text[:300])
    text = fold_names(path, text)
    return _reader(_module_for(path, text, language)).calls(language.name, text, first_line, last_line)


def reads_definitions(path: str, text: str) -> bool:
    """Whether definitions are found in a file of this language; of others nothing is found by name."""
    return language_of(path, text[:300]).module != GENERIC.module


def fold_names(path: str, text: str) -> str:
    """The text with every name as its language compares it, lines as they were: in Python `ﬁnd` is `find`."""
    if text.isascii() or not language_of(path, text[:300]).folds:
        return text
    return _IDENTIFIER.sub(lambda name: unicodedata.normalize("NFKC", name[0]), text)


_KEPT: Shelf[tuple[str, str], SourceText] = Shelf(_KEPT_CHARS)


def _read(path: str, text: str) -> SourceText:
    language = language_of(path, text[:300])
    text = fold_names(path, text)
    reader = _reader(_module_for(path, text, language))
    outline = reader.read(language.name, text)
    return SourceText(**vars(outline), text=text, reader=reader, purpose=language.kind)


def _module_for(path: str, text: str, language: Language) -> str:
    """The module that reads a file; what a program has written on one line is for no parser."""
    return GENERIC.module if file_kind(path, text[:20_000]) is FileKind.MINIFIED else language.module


@functools.cache
def _reader(module: str) -> Reader:
    reader: Reader = importlib.import_module(f"verifier.languages.{module}").READER
    return reader
