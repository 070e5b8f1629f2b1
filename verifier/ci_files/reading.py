"""Read the files that CI made of a commit: which there are, and whether they are of that commit.

A file names its commit itself (a property `commit` of a JUnit suite, `versionControlProvenance` of a SARIF run), or a
file COMMIT does for all files beside and below it that do not: `git rev-parse HEAD > COMMIT` where they are made.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from verifier.ci_files.contents import Contents, UnreadableError
from verifier.ci_files.lcov import read_lcov
from verifier.ci_files.sarif import read_sarif
from verifier.ci_files.xml import read_xml
from verifier.errors import CiFileError
from verifier.safety.redacting import redact_document
from verifier.values.ci import CiFile, CiReport

LARGEST_BYTES = 50_000_000
MOST_FILES = 1000

COMMIT_FILE = "COMMIT"

_READERS: Mapping[str, Callable[[bytes], Contents | None]] = {
    ".xml": read_xml,
    ".info": read_lcov,
    ".lcov": read_lcov,
    ".sarif": read_sarif,
    ".json": read_sarif,
}
"""By the ends of names; what a reader does not know by its content is passed over."""


def read_ci_files(folder: Path, commit: str) -> tuple[CiReport, ...]:
    """What the files in a folder, and in those below it, say of a commit, whose full id is given.

    Links are not followed. What is none of the formats is passed over.

    Raises:
        CiFileError: There is no such folder, a file is of another commit, malformed, hostile or too large, or there
            are too many.
    """
    if not folder.is_dir():
        raise CiFileError(f"{folder}: no folder with files of CI; give one with --facts")
    found = sorted(_files(folder))
    if len(found) > MOST_FILES:
        raise CiFileError(f"{folder}: more than {MOST_FILES} files of CI; give a folder with those that claims ask for")
    reports = (_report(path, folder, commit) for path in found)
    return tuple(redact_document(report) for report in reports if report is not None)


def _files(folder: Path) -> Iterator[Path]:
    for within, _, names in os.walk(folder):
        for name in names:
            path = Path(within, name)
            if path.suffix.lower() in _READERS and not path.is_symlink():
                yield path


def _report(path: Path, folder: Path, commit: str) -> CiReport | None:
    data = _bytes(path)
    try:
        contents = _READERS[path.suffix.lower()](data)
    except UnreadableError as error:
        raise CiFileError(f"{path}: {error}; let CI write it anew, or take it away") from error
    if contents is None:
        return None
    named = contents.commits
    if not all(named):
        beside = _named_beside(path, folder)
        named = tuple(one or beside for one in named)
    for other in named:
        if other and commit not in other:
            raise CiFileError(
                f"{path}: it is of commit {min(other)}, not of {commit}, which is judged; "
                "give what CI made of this commit"
            )
    shown = PurePosixPath(path.relative_to(folder).as_posix())
    file = CiFile(str(shown), contents.format, hashlib.sha256(data).hexdigest(), attested=all(named))
    return CiReport(file, contents.cases, contents.measured, contents.analyses)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise CiFileError(f"{path}: larger than {LARGEST_BYTES // 1_000_000} MB; let CI leave out what tests print")
        return path.read_bytes()
    except OSError as error:
        raise CiFileError(f"{path}: cannot be read ({error.strerror}); let it be read, or take it away") from error


def _named_beside(path: Path, folder: Path) -> frozenset[str]:
    """The commit that the nearest file COMMIT names, in the file's folder or one above it, as far as the given one."""
    for within in path.parents:
        place = within / COMMIT_FILE
        if place.is_file() and not place.is_symlink():
            said = _bytes(place).decode("utf-8", "replace").strip()
            if not _FULL_ID.fullmatch(said):
                raise CiFileError(f"{place}: no full id of a commit; write it with `git rev-parse HEAD`")
            return frozenset({said})
        if within == folder:
            break
    return frozenset()


_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
