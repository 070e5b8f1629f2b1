"""Which file of the commit CI speaks of: it names files from wherever it ran, and classes in place of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from verifier.languages import FileKind, file_kind
from verifier.repository.index import Index

Parts = tuple[str, ...]
"""Of a path."""


def file_named(names: Collection[str], index: Index) -> str | None:
    """The file that has one of the names: the longest end of a name that is a path, else the one path that ends so.

    No end is taken out of a folder of what others wrote. None where the commit has no such file, or several.
    """
    return _only({path for _, path in _ends(names, index)} or _ending_so(names, index))


def files_named(reported: Sequence[Collection[str]], index: Index) -> list[str | None]:
    """The file that each one of a report is, as `file_named` has it where all were below one folder, the checkout.

    An end of a path below a folder of another end is of no file of the commit, nor is a bare name that no other file of
    the report has beside it.
    """
    found = [_ends(names, index) for names in reported]
    folders = Counter(folder for ends in found for folder, _ in ends)

    def is_checkout(folder: Parts, path: str) -> bool:
        deeper = any(folder[: len(other)] == other for other in folders if other != folder)
        return not folder or (not deeper and ("/" in path or folders[folder] > 1))

    return [
        _only({path for folder, path in ends if is_checkout(folder, path)} if ends else _ending_so(names, index))
        for names, ends in zip(reported, found, strict=True)
    ]


def _only(found: set[str]) -> str | None:
    return found.pop() if len(found) == 1 else None


def _ends(names: Iterable[str], index: Index) -> set[tuple[Parts, str]]:
    """The longest end of each name that is a path, behind the folder that it is an end in."""
    return {end for name in names if (end := _longest_end(_split(name), index)) is not None}


def _longest_end(parts: Parts, index: Index) -> tuple[Parts, str] | None:
    for first in range(len(parts)):
        if file_kind("/".join((*parts[:first], ""))) is FileKind.VENDORED:
            return None
        if (entry := index.snapshot.entry("/".join(parts[first:]))) is not None:
            return parts[:first], entry.path
    return None


def _ending_so(names: Iterable[str], index: Index) -> set[str]:
    """The paths that end in one of the names."""
    ending = [(parts[-1], f"/{'/'.join(parts)}") for parts in map(_split, names) if parts]
    return {path for last, end in ending for path in index.files_called(last) if path.endswith(end)}


def _split(name: str) -> Parts:
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


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
