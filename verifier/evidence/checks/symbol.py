"""The check `symbol`: a name is defined in the commit, or in the files that `in` gives."""

from __future__ import annotations

from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.values.claim import Check


def symbol(check: Check, index: Index) -> tuple[bool, str]:
    """Whether the name is defined often enough, and the finding as a sentence."""
    name = check.symbol or ""
    places = index.definitions(name)
    if check.within:
        within = set(matching(check.within, index.snapshot.paths))
        places = tuple(place for place in places if place[0] in within)
    where = f" in {check.within}" if check.within else ""
    if len(places) >= check.at_least:
        path, definition = places[0]
        return True, f"symbol {name}{where}: defined at {path}:{definition.signature_line}"
    return False, f"symbol {name}{where}: {_count(len(places), check.at_least)}"


def _count(found: int, wanted: int) -> str:
    return "not defined" if not found else f"defined {found} times, wanted at least {wanted}"
