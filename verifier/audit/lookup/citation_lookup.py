"""Ground the citations of a report: does what a sentence names stand in the lines that it cites?

That a path exists and that lines are in a file proves nothing, so a sentence that names nothing cannot be checked. Of
several things that it names, at least half have to stand in a place: reports mention a class where they cite one of
its methods. What stands nowhere in the file is listed in any case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verifier.audit.lookup.lookup import MOST_PLACES, Found, Lookup
from verifier.audit.record import AuditedCitation, CitationStanding, Place
from verifier.audit.values import ReportCitation
from verifier.repository.snapshot import SourceFile
from verifier.values.source import Lines

_Places = Mapping[str, tuple[Lines, ...]]
"""Where in the file each name stands."""

NEAR_LINES = 3

SMALL_FILE_LINES = 12
"""A file up to this long may be cited whole; of a longer one, all lines are no lines."""


def ground_citation(citation: ReportCitation, lookup: Lookup, known: Collection[str] = ()) -> AuditedCitation:
    """Look a citation up in the commit; `known` are the paths that its report names in full."""
    named = tuple(dict.fromkeys(one for one in citation.names if _TELLING.search(one)))[:_MOST]
    if citation.path is None:
        return _without_file(citation, named, lookup)
    meant = lookup.paths.find(citation.path, known)
    if meant.path is None:
        return _unfound(citation, meant, named, lookup)
    file = lookup.index.text_file(meant.path)
    written_otherwise = meant.path if meant.path != citation.path else None
    if file is None:
        source = lookup.snapshot.file(meant.path)
        what = "one of verifier's own files" if source is None or lookup.snapshot.is_own(meant.path) else source.nature
        cannot = CitationStanding.CANNOT_BE_CHECKED
        return _audited(citation, cannot, file=written_otherwise, why=f"no text that could be read: {what}")
    return replace(_InFile(citation, named, file, lookup).ground(), file=written_otherwise)


def _without_file(citation: ReportCitation, named: tuple[str, ...], lookup: Lookup) -> AuditedCitation:
    """A citation that names no file means the only one that defines what it names, where there is but one.

    That file is a guess, though a good one: what is not in it is not wrong, but cannot be checked.
    """
    defining = (lookup.defining_files(name) for name in named)
    only = {path for files in defining if len(files) == 1 for path in files}
    file = lookup.index.text_file(only.pop()) if len(only) == 1 else None
    if file is not None:
        grounded = _InFile(citation, named, file, lookup).ground()
        if grounded.standing is not CitationStanding.WRONG:
            why = "; ".join(filter(None, ("no file is named, and only this one defines it", grounded.why)))
            return replace(grounded, file=file.path, why=why)
    found = tuple(place for name in named for place in lookup.defined(name))[:MOST_PLACES]
    return _audited(citation, CitationStanding.CANNOT_BE_CHECKED, found=found, why="no file is named for it")


def _unfound(citation: ReportCitation, meant: Found, named: Sequence[str], lookup: Lookup) -> AuditedCitation:
    found = []
    for path in meant.candidates[:MOST_PLACES]:
        places = [place for name in named[:1] for place in lookup.places(name, path, citation.first_line or 1)[:1]]
        found.append(Place.at(path, places[0]) if places else Place(path))
    standing = CitationStanding.CANNOT_BE_CHECKED if meant.several else CitationStanding.NO_SUCH_FILE
    return _audited(citation, standing, found=tuple(found), why=meant.several)


@dataclass(frozen=True)
class _InFile:
    """A citation whose file is there."""

    citation: ReportCitation
    named: tuple[str, ...]
    file: SourceFile
    lookup: Lookup

    def ground(self) -> AuditedCitation:
        first, last = self.citation.first_line, self.citation.last_line
        if first is None or last is None:
            return self._whole_file()
        if last < first:
            return self._cannot("the first line comes after the last")
        size = len(self.file.lines)
        outside = f"the file has {size} line{'' if size == 1 else 's'}" if last > size or first < 1 else ""
        if not self.named:
            if outside:
                return _audited(self.citation, CitationStanding.WRONG, why=outside)
            return self._cannot("nothing is named that could be looked for")
        return self._named(Lines(first, last), outside)

    def _named(self, cited: Lines, outside: str) -> AuditedCitation:
        places = {name: self.lookup.places(name, self.file.path, cited.first) for name in self.named}
        standing, found = self._standing(cited, places, outside)
        if standing is CitationStanding.WRONG:
            return self._wrong(places, outside)
        if len(cited) > SMALL_FILE_LINES and len(cited) >= len(self.file.lines) and not outside:
            return self._cannot("all lines of the file are cited, so none")
        if standing is CitationStanding.MOVED:
            found = self._true_places(places, cited)
        return self._there(standing, places, found, found, outside)

    def _standing(self, cited: Lines, places: _Places, outside: str) -> tuple[CitationStanding, list[Lines]]:
        """The best standing that at least half of the names have, and their places where that is near or exact."""
        for standing, window in (
            (CitationStanding.EXACT, cited),
            (CitationStanding.NEAR, Lines(cited.first - NEAR_LINES, cited.last + NEAR_LINES)),
        ):
            if outside and (standing is CitationStanding.EXACT or window.last - 2 * NEAR_LINES > len(self.file.lines)):
                continue
            inside = [[at for at in found if _within(at, window)] for found in places.values()]
            if _half(inside):
                return standing, [at for found in inside for at in found]
        return (CitationStanding.MOVED if _half(places.values()) else CitationStanding.WRONG), []

    def _true_places(self, places: _Places, cited: Lines) -> list[Lines]:
        """Where each name is defined, else where it stands nearest; a definition whole for a range, else its line."""
        found: list[Lines] = []
        for name, at in places.items():
            defined = [
                Lines(one.first_line, one.last_line)
                if len(cited) > 1
                else Lines(one.signature_line, one.signature_line)
                for one in self.lookup.definitions(name, self.file.path)
            ]
            found += sorted(defined, key=lambda place: abs(place.first - cited.first))[:1] or at[:1]
        return found

    def _whole_file(self) -> AuditedCitation:
        places = {name: self.lookup.places(name, self.file.path) for name in self.named}
        if not places:
            return self._cannot("nothing is named that could be looked for")
        if not _half(places.values()):
            return self._wrong(places, "")
        every = [at for found in places.values() for at in found]
        return self._there(CitationStanding.IN_FILE, places, self._true_places(places, Lines(1, 1)), every)

    def _there(
        self, standing: CitationStanding, places: _Places, found: Sequence[Lines], read: Sequence[Lines], why: str = ""
    ) -> AuditedCitation:
        """What is named stands in the file, at the places `read`, of which `found` are worth showing."""
        return _audited(
            self.citation,
            standing,
            found=tuple(Place.at(self.file.path, place) for place in dict.fromkeys(found))[:MOST_PLACES],
            missing=_nowhere(places),
            only_words=self.lookup.only_in_words(self.file.path, read),
            why=why,
        )

    def _wrong(self, places: _Places, outside: str) -> AuditedCitation:
        missing = _nowhere(places)
        elsewhere = tuple(place for name in missing for place in self.lookup.elsewhere(name))[:MOST_PLACES]
        nowhere = "named nowhere else in the commit" if missing and not elsewhere else ""
        why = "; ".join(filter(None, (outside, nowhere)))
        return _audited(self.citation, CitationStanding.WRONG, found=elsewhere, missing=missing, why=why)

    def _cannot(self, why: str) -> AuditedCitation:
        return _audited(self.citation, CitationStanding.CANNOT_BE_CHECKED, why=why)


def _half(found: Collection[Sequence[Lines]]) -> bool:
    return 2 * sum(map(bool, found)) >= len(found)


def _nowhere(places: _Places) -> tuple[str, ...]:
    return tuple(name for name, at in places.items() if not at)


def _within(place: Lines, window: Lines) -> bool:
    return window.first <= place.first and place.last <= window.last


def _audited(citation: ReportCitation, standing: CitationStanding, **found: Any) -> AuditedCitation:
    return AuditedCitation(**vars(citation), standing=standing, **found)


_MOST = 50
_TELLING = re.compile(r"[^\W_]")
"""A lone bracket or operator is found in every file."""
