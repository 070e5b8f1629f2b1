"""Which file of the commit CI speaks of: it names files from wherever it ran, and classes in place of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.languages import FileKind, file_kind
from verifier.repository.index import Index


def file_named(names: Iterable[str], index: Index) -> str | None:
    """The file that has one of the names: the longest end of a name that is a path, else the one path that ends so.

    No end is taken out of a folder of what others wrote. None where the commit has no such file, or several.
    """
    split = [[part for part in name.replace("\\", "/").split("/") if part not in ("", ".")] for name in names]
    found = {path for parts in split if (path := _longest_end(parts, index)) is not None}
    if not found:
        ending = [(parts[-1], f"/{'/'.join(parts)}") for parts in split if parts]
        found = {path for last, end in ending for path in index.files_called(last) if path.endswith(end)}
    return found.pop() if len(found) == 1 else None


def _longest_end(parts: Sequence[str], index: Index) -> str | None:
    for first in range(len(parts)):
        if file_kind("/".join((*parts[:first], ""))) is FileKind.VENDORED:
            return None
        if (entry := index.snapshot.entry("/".join(parts[first:]))) is not None:
            return entry.path
    return None


def file_of_class(classname: str, index: Index) -> str | None:
    """The file of a test's module or class: `tests.test_pool.TestDrain` is in `tests/test_pool.py`.

    The most of the name that is the end of a path decides. None where no path ends so, or several do.
    """
    parts = classname.replace("::", ".").replace("$", ".").split(".")
    for most in range(len(parts), 0, -1):
        found = [path for path in index.files_called(parts[most - 1]) if _ends_with(path, parts[:most])]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _ends_with(path: str, parts: Sequence[str]) -> bool:
    bare = path.rpartition(".")[0]
    return f"/{bare}".endswith(f"/{'/'.join(parts)}")
