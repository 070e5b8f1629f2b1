"""Where a name comes from that the commit does not define: exported under another, imported, or of the language itself.

In doubt a name is the commit's own, so that its absence is told.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from itertools import islice

import re2

from verifier.languages.word_lists import words
from verifier.repository.index import Index

_MOST_OPENED = 50
"""Files that mention a name and are read for it."""

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)

_GIVEN = (
    r"(?m)^[ \t]*(?:export\b[^;{}]*\{[^{}]*|pub\s+use\b[^;]*|(?:from\s+\S+\s+)?import\b[^\n]*"
    r"|from\s+\S+\s+import\s*\([^()]*)\bas\s+(NAME)\b"
)
_IMPORTING = (
    r"(?m)^[ \t]*from\s+([\w.]+)\s+import\b(?:[^\n(]*|\s*\([^()]*)\bNAME\b",
    r"(?m)^[ \t]*import\s+(NAME)\b",
    r"(?m)^[ \t]*import\b[^;'\"]*\bNAME\b[^;'\"]*\bfrom\s*['\"]([^'\"\n]+)",
    r"(?m)^[ \t]*use\s+(\w+)::[^;]*\bNAME\b",
)
"""How a name is imported, in a few languages. The engine's time is linear, whatever the text."""

_GLOBALS = words(
    """Array Buffer Date Error Integer JSON List Map Math Number Object Optional Promise RegExp Set String Symbol System
    Thread alloc console core document fmt process std window"""
)
"""What other languages give without a definition, and what stands before names of theirs."""


def exports(name: str, index: Index) -> Iterator[tuple[str, int]]:
    """Where something that is defined under another name is exported or imported as this one, with the line.

    `export { drain as close }`, `pub use pool::drain as close`, `from pool import drain as close`.
    """
    if not _PLAIN.fullmatch(name):
        return
    given = re2.compile(_GIVEN.replace("NAME", name).encode())
    for path, text in _mentioning(name, index):
        if found := given.search(text):
            yield path, text.count(b"\n", 0, found.start(1)) + 1


def is_from_elsewhere(name: str, index: Index) -> bool:
    """Whether a dotted name, which the commit does not define, is a library's, the language's, or an object's."""
    head, *rest = name.split(".")
    if index.definitions(head) or _is_module(head, index):
        return False
    if head in dir(builtins) or (rest and (head in sys.stdlib_module_names or head in _GLOBALS)):
        return True
    if rest and head.islower() and index.mentions(rest[-1]):
        # A variable: what it holds is not known.
        return True
    return any(not _is_ours(module, index) for module in _imported_from(head, index))


def _imported_from(name: str, index: Index) -> Iterator[str]:
    """The modules from which files of the commit import a name, or that are imported by it."""
    if not _PLAIN.fullmatch(name):
        return
    importing = [re2.compile(form.replace("NAME", name).encode()) for form in _IMPORTING]
    for _, text in _mentioning(name, index):
        for form in importing:
            if found := form.search(text):
                yield found[1].decode()
                break


def _mentioning(name: str, index: Index) -> Iterator[tuple[str, bytes]]:
    for path in islice(index.mentions(name), _MOST_OPENED):
        file = index.text_file(path)
        if file is not None:
            yield path, file.text.encode()


def _is_ours(module: str, index: Index) -> bool:
    """Whether a module may be one of the commit: relative, or begun by what a folder or file there is called."""
    first = re.split(r"[./:]", module, maxsplit=1)[0]
    return first in ("", "crate", "self", "super", "~") or module.startswith("@/") or _is_module(first, index)


def _is_module(name: str, index: Index) -> bool:
    return bool(index.files_called(name)) or any(f"/{name}/" in f"/{path}" for path in index.snapshot.paths)
