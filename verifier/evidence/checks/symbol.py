"""The check `symbol`: a name is defined in the commit, or in the files that `in` gives."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.languages import FileKind, reads_definitions
from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.safety.quoting import plain_path
from verifier.values.claim import Check
from verifier.wording.naming import last_name


def symbol(check: Check, index: Index) -> tuple[bool | None, str]:
    """Whether the name is defined often enough, and the finding as a sentence.

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
