"""Checks that the commit answers: a path is there, a name is defined, lines match. One function a kind."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from verifier.languages import FileKind, reads_definitions
from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.safety.quoting import plain_path
from verifier.values.claim import Check
from verifier.wording.naming import last_name


def path_exists(check: Check, index: Index) -> tuple[bool, str]:
    """Whether a path or glob is in the commit, and the finding as a sentence."""
    path = check.path_exists or ""
    found = len(matching(path, index.snapshot.paths))
    if found >= check.at_least:
        return True, f"path_exists {path}: {found} in the commit"
    wanted = f", wanted at least {check.at_least}" if check.at_least > 1 else ""
    return False, f"path_exists {path}: {found or 'not'} in the commit{wanted}"


def symbol(check: Check, index: Index) -> tuple[bool | None, str]:
    """Whether a name is defined often enough in the commit or in the files that `in` gives, and the finding.

    None where that is undecided: the name stands in code of a language whose definitions are not read.
    """
    name = check.symbol or ""
    within = set(matching(check.within, index.snapshot.paths)) if check.within else None
    places = [place for place in index.definitions(name) if within is None or place[0] in within]
    where = f" in {check.within}" if check.within else ""
    if len(places) >= check.at_least:
        path, definition = places[0]
        return True, f"symbol {name}{where}: defined at {plain_path(path)}:{definition.signature_line}"
    unread = next((path for path in _not_read(name, index) if within is None or path in within), None)
    if unread is not None:
        stands = f"it stands in {plain_path(unread)}, whose definitions are not read"
        return None, f"symbol {name}{where}: undecided, for {stands}"
    return False, f"symbol {name}{where}: {_count(len(places), check.at_least)}"


def _not_read(name: str, index: Index) -> Iterator[str]:
    """Files of code that have the name, in languages whose definitions are not read."""
    for path in index.mentions(last_name(name)):
        file = index.text_file(path)
        if file is not None and index.kind(path) is FileKind.CODE and not reads_definitions(path, file.text):
            yield path


def _count(found: int, wanted: int) -> str:
    return "not defined" if not found else f"defined {found} times, wanted at least {wanted}"


def matches(check: Check, index: Index) -> tuple[bool, str]:
    """Whether enough lines match, and the finding as a sentence. Any match inside a line counts that line once."""
    # The engine takes linear time, for claim files can be hostile.
    pattern = re2.compile(check.matches or "")
    paths = matching(check.within, index.snapshot.paths) if check.within else index.snapshot.paths
    found = 0
    first = ""
    for path in paths:
        file = index.text_file(path)
        if file is None:
            continue
        for number, line in enumerate(file.lines, start=1):
            if pattern.search(line):
                found += 1
                first = first or f", the first at {plain_path(path)}:{number}"
    where = f" in {check.within}" if check.within else ""
    wanted = "" if found >= check.at_least else f", wanted at least {check.at_least}"
    says = f"matches /{check.matches}/{where}: {found} matching line{'' if found == 1 else 's'}{first}{wanted}"
    return found >= check.at_least, says
