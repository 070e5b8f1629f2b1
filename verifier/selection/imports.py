"""Follow imports between the files of a commit, as far as names alone can tell.

No language's own rules are run: an import names a path of the commit when that path ends in what it says.
"""

from __future__ import annotations

import posixpath
import re

from verifier.languages import FileKind
from verifier.languages.table import LANGUAGES
from verifier.repository.index import STAND_FOR_FOLDERS, Index

_SOURCE_FOLDERS = ("", "src/", "lib/")


def imported_by(path: str, index: Index) -> tuple[str, ...]:
    """The files of the commit that a file imports, in its order."""
    source = index.source(path)
    specs = dict.fromkeys(source.imports) if source else {}
    found = (other for spec in specs for other in resolve(spec, path, index))
    return tuple(dict.fromkeys(other for other in found if other != path))


def resolve(spec: str, importer: str, index: Index) -> tuple[str, ...]:
    """The paths that an import names: `.pool`, `app.core.pool.Pool`, `./pool`, `crate::pool`, `core/pool.h`.

    Empty for what is not in the commit. A name of one part (`json`) means a file beside the importer or at the top.
    """
    folder = posixpath.dirname(importer)
    relative = _relative(spec, folder)
    if relative is not None:
        return _at(relative, index)
    tail = "/".join(part for part in re.split(r"::|[./\\]", _without_ending(spec)) if part not in ("", "crate", "self"))
    for wanted in (tail, posixpath.dirname(tail)):  # the last part may be a name inside the module
        if "/" in wanted:
            if found := _ending_in(wanted, index):
                return found
        elif wanted:
            beside = (posixpath.join(folder, wanted), *(top + wanted for top in _SOURCE_FOLDERS))
            if found := next((at for place in beside if (at := _at(place, index))), ()):
                return found
    return ()


def _relative(spec: str, folder: str) -> str | None:
    """Where a relative import points, without its ending; None for one that is not relative."""
    if spec.startswith(("./", "../")):
        return _without_ending(posixpath.normpath(posixpath.join(folder, spec)))
    dots = len(spec) - len(spec.lstrip("."))
    if dots == 0 or "/" in spec:
        return None
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    return posixpath.join(folder, *filter(None, spec[dots:].split(".")))


def _at(place: str, index: Index) -> tuple[str, ...]:
    """The files at this very place: with any ending, or the file that stands for the folder."""
    called = index.files_called(posixpath.basename(place))
    return tuple(path for path in called if _module_path(path) == place.lstrip("/"))


def _ending_in(tail: str, index: Index) -> tuple[str, ...]:
    called = index.files_called(posixpath.basename(tail))
    return tuple(path for path in called if f"/{_module_path(path)}".endswith(f"/{tail}"))


def _module_path(path: str) -> str:
    """The path as imports spell it: without its ending, a folder's own file as the folder."""
    module = _without_ending(path)
    folder, _, name = module.rpartition("/")
    return folder if folder and name in STAND_FOR_FOLDERS else module


def _without_ending(path: str) -> str:
    bare, dot, extension = path.rpartition(".")
    is_ending = dot and bare[-1:] not in ("", "/", ".") and extension in _ENDINGS
    return bare if is_ending else path


_ENDINGS = frozenset(
    extension for language in LANGUAGES if language.kind is FileKind.CODE for extension in language.extensions.split()
)
