"""What is kept of one file's words: the file alone decides it.

Nothing here asks a snapshot or a database, so that many files may be worked on at once, in whatever process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.languages import file_kind, fold_names
from verifier.repository.snapshot import Nature, SourceFile
from verifier.values.source import split_lines

PASSAGE_LINES = 40
"""Lines of a passage; what belongs together is seldom farther apart."""

WORD = re.compile(r"[^\W\d]\w+")
HEAD_CHARS = 2000
"""How much of a text tells what kind of file it is."""


@dataclass(frozen=True)
class FileRows:
    """A file as it is written down."""

    path: str
    blob: str
    kind: str | None
    """Its `FileKind`. None: it is no text, and all that follows is empty."""
    words: str = ""
    """Its different words as they are written, and as its language compares them, between line ends."""
    split_path: str = ""
    passages: tuple[str, ...] = ()
    """Its lines, so many at a time, names split at capitals."""
    is_missing: bool = False
    """Whether this clone does not have it."""


def rows_of(file: SourceFile) -> FileRows:
    """What is kept of the file."""
    if file.nature is not Nature.TEXT:
        return FileRows(file.path, file.blob, None, is_missing=file.nature is Nature.MISSING)
    kind = file_kind(file.path, file.text[:HEAD_CHARS]).value
    return FileRows(file.path, file.blob, kind, said_in(file), _split(file.path), _passages(file.text))


def _passages(text: str) -> tuple[str, ...]:
    lines = split_lines(_split(text))
    firsts = range(0, max(1, len(lines)), PASSAGE_LINES)
    return tuple(["\n".join(lines[first : first + PASSAGE_LINES]) for first in firsts])


def said_in(file: SourceFile) -> str:
    """The different words of the file between line ends: as they are written, and as its language compares them."""
    folded = fold_names(file.path, file.text)
    return words_of(file.text) if folded is file.text else words_of(file.text) + words_of(folded)


def words_asked(text: str) -> Iterator[str]:
    """The words of a text as they are asked for, in small letters: "cURL" may be written `c_url` and `Curl`."""
    return (word.group().lower() for word in _LETTERS.finditer(f"{_split(text)}\n{text}"))


def _split(text: str) -> str:
    """The text with its names split at capitals; at underscores FTS5 splits by itself."""
    pieces = _EDGE.split(text)
    pieces[1::2] = [f" {capital}" for capital in pieces[1::2]]
    return "".join(pieces)


# The capital comes first, for that is what the engine looks for quickly.
_EDGE = re.compile("([A-Z])(?:(?<=[a-z0-9][A-Z])|(?<=[A-Z][A-Z])(?=[a-z]))")
_LETTERS = re.compile(r"[^\W_]+")
_NO_WORD = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)).ljust(256)
_TOO_SHORT = frozenset(bytes(range(code, code + length)) for code in range(128) for length in (0, 1))


def words_of(text: str) -> str:
    """The different words of a text, as `WORD` finds them, between line ends; twice as fast where all is ASCII."""
    if not text.isascii():
        return "\n".join(("", *set(WORD.findall(text)), ""))
    words = set(text.encode().translate(_NO_WORD).split())
    numbered = {word for word in words if word < b":"}  # behind the digits
    words = words - numbered | {word.lstrip(b"0123456789") for word in numbered}
    return b"\n".join((b"", *(words - _TOO_SHORT), b"")).decode()
