"""What a file uses of others: definitions that it calls, the header beside it, its siblings, the settings it names."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence

from verifier.languages import FileKind, SourceText
from verifier.repository.index import Index
from verifier.selection.imports import imported_by
from verifier.values.source import Lines
from verifier.wording.naming import paths_in
from verifier.wording.words import Said

MOST_LINES = 80
"""Lines of other files that one file brings along."""

_LONGEST = 60
"""A longer definition is no help to another; of a class its methods are."""

_MOST_BESIDE = 3
_HEADERS = frozenset(("h", "hh", "hpp", "hxx"))
_SOURCES = frozenset(("c", "cc", "cpp", "cxx", "m", "mm"))
_SCHEMAS = frozenset(("sql", "prisma", "proto", "graphql"))


def definitions_named(path: str, names: Collection[str], index: Index) -> list[Lines]:
    """The definitions of a file that have one of the names, whole or at the end of theirs."""
    source = index.source(path)
    found = source.definitions if source else ()
    return [Lines(one.first_line, one.last_line) for one in found if one.qualified in names or one.name in names]


def used_definitions(path: str, lines: Sequence[Lines], statement: str, index: Index) -> Iterator[tuple[str, Lines]]:
    """Definitions and constants of the files that a file imports, and the headers that they stand inside.

    Those that the lines use; without lines, those that the file uses anywhere and the statement has a word of.
    """
    source = index.source(path)
    if source is None:
        return
    used = frozenset().union(*map(source.names_used, lines or [Lines(1, len(source.kinds))]))
    if not lines:
        said = Said(statement)
        used = frozenset(name for name in used if said.by(name))
    left = MOST_LINES
    for other in imported_by(path, index):
        imported = index.source(other)
        for found in _defined(imported, used) if imported else ():
            if len(found) <= left:
                left -= len(found)
                yield other, found
                yield from ((other, Lines(line, line)) for line in (imported.headers(found) if imported else ()))


def _defined(source: SourceText, used: Collection[str]) -> list[Lines]:
    found = [Lines(d.first_line, d.last_line) for d in source.definitions if d.name in used and d.kind != "section"]
    found += [lines for name in sorted(source.constants.keys() & used) for lines in source.constants[name]]
    return [lines for lines in dict.fromkeys(found) if len(lines) <= _LONGEST]


def beside(path: str, index: Index) -> Iterator[tuple[str, str]]:
    """Files that belong with a file, each with the reason: its header or source, its siblings, what it names."""
    folder, name = posixpath.split(path)
    bare, _, ending = name.rpartition(".")
    other_half = _HEADERS if ending in _SOURCES else _SOURCES if ending in _HEADERS else frozenset[str]()
    for other in index.files_called(bare):
        if other.rpartition(".")[2] in other_half:
            yield other, f"the other half of {path}"
    if ending in _SCHEMAS:
        siblings = [other for other in index.snapshot.paths if other.startswith(f"{folder}/") and other != path]
        siblings = [other for other in siblings if other.endswith(f".{ending}") and "/" not in other[len(folder) + 1 :]]
        if len(siblings) <= _MOST_BESIDE:
            yield from ((other, f"beside {path}") for other in siblings)
    file = index.text_file(path)
    if file is not None and index.kind(path) is FileKind.CONFIG:
        for named in paths_in(file.text[:20_000], index.snapshot.paths)[:_MOST_BESIDE]:
            if index.snapshot.entry(named) is not None and named != path:
                yield named, f"named in {path}"
