"""Look up what a report calls missing: is it there after all?

To call an absence false is an accusation, so it needs the very file, or a definition of the very name. What could be
read both ways is undecided.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from verifier.audit.lookup.lookup import MOST_BELOW, MOST_PLACES, Lookup, is_name
from verifier.audit.record import AuditedAbsence, MissingStanding, Place
from verifier.audit.values import ReportAbsence
from verifier.evidence.searching import search
from verifier.languages import FileKind
from verifier.repository.index import WORD
from verifier.values.verdict import Absence, Syntax
from verifier.wording.naming import last_name, without_receiver

Answer = tuple[MissingStanding, tuple[Place, ...], str]


class AbsenceLookup:
    """Looks absences up in one commit, each but once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._answers: dict[tuple[str, str, str | None, bool], Answer] = {}

    def look_up(self, absence: ReportAbsence, known: Collection[str] = ()) -> AuditedAbsence:
        """How it stands with something called missing; `known` are the paths that the report names in full."""
        within = absence.within
        if within is not None:
            within = self._lookup.paths.find(within, known).path or within
        key = (absence.kind, absence.subject, within, absence.unused)
        if key not in self._answers:
            self._answers[key] = self._complete(
                self._path(absence.subject) if absence.kind == "path" else self._symbol(*key[1:])
            )
        standing, found, why = self._answers[key]
        found = found[:MOST_PLACES]
        return AuditedAbsence(absence.line, absence.subject, absence.kind, absence.within, standing, found, why)

    def _complete(self, answer: Answer) -> Answer:
        """The answer, unless part of the commit was not read."""
        snapshot = self._lookup.snapshot
        if answer[0] is not MissingStanding.CONFIRMED or not snapshot.truncated:
            return answer
        return MissingStanding.UNDECIDED, (), f"only {snapshot.path_limit} paths of the commit were read"

    # Files and directories.

    def _path(self, subject: str) -> Answer:
        """A path that is there is false; so is a bare name, or the end of a path, that one file or folder has."""
        lookup, path = self._lookup, subject.lstrip("/")
        if lookup.snapshot.entry(path) is not None:
            return MissingStanding.FALSE, _files([path]), ""
        if lookup.paths.is_glob_too_many(path):
            return MissingStanding.UNDECIDED, (), "the report has too many patterns; this one was not looked up"
        fitting = () if path.endswith("/") else lookup.paths.ending_in(path)
        folders = lookup.paths.folders_ending_in(path)
        below = lookup.paths.below(path)
        if path.rstrip("/") in folders or (below and not folders):
            return MissingStanding.FALSE, _files(below), f"{_files_are(len(below))} there"
        meant = fitting or folders
        if meant:
            return self._elsewhere(meant, fitting or below)
        near = lookup.paths.near(path)
        return MissingStanding.CONFIRMED, _files(near), "a file of nearly that name is there" if near else ""

    def _elsewhere(self, meant: Sequence[str], files: Sequence[str]) -> Answer:
        if len(meant) == 1:
            return MissingStanding.FALSE, _files(files), "elsewhere in the commit"
        return MissingStanding.UNDECIDED, _files(files), f"{len(meant)} of that name are elsewhere in the commit"

    # Names.

    def _symbol(self, subject: str, within: str | None, unused: bool) -> Answer:
        lookup = self._lookup
        if within is not None and lookup.index.text_file(within) is None:
            return MissingStanding.UNDECIDED, (), "the file that is said to lack it is not in the commit"
        defined = [] if unused or not is_name(subject) else self._defined(without_receiver(subject), within)
        if any(counts for _, counts in defined):
            return MissingStanding.FALSE, tuple(place for place, counts in defined if counts), "defined"
        if defined:
            return MissingStanding.UNDECIDED, tuple(place for place, _ in defined), "defined in a test or the like"
        found = self._in_code(subject, within)
        if not found:
            return MissingStanding.CONFIRMED, (), ""
        if not unused:
            return MissingStanding.UNDECIDED, found, "named in code, but no definition of it was found"
        if uses := self._uses(subject, found):
            return MissingStanding.FALSE, uses, "used"
        return MissingStanding.UNDECIDED, found, "defined or imported, but no use of it was found"

    def _defined(self, name: str, within: str | None) -> list[tuple[Place, bool]]:
        """Definitions of a name, and whether each is more than one of a test, of vendored or of generated code."""
        index = self._lookup.index
        return [
            (
                Place(path, one.signature_line, one.last_line),
                within is not None or index.kind(path) in _OWN_CODE or last_name(name).lower().startswith("test"),
            )
            for path, one in index.definitions(name)
            if within in (None, path) and one.kind != "section"
        ]

    def _uses(self, subject: str, found: Sequence[Place]) -> tuple[Place, ...]:
        """Those of the places that neither define nor import the name."""
        defined = {(path, one.signature_line) for path, one in self._lookup.index.definitions(last_name(subject))}
        lines = {path: self._lookup.snapshot.lines(path) or () for path in {place.path for place in found}}
        return tuple(
            place
            for place in found
            if place.first_line is not None
            and (place.path, place.first_line) not in defined
            and not _IMPORT.match(lines[place.path][place.first_line - 1])
        )

    def _in_code(self, subject: str, within: str | None) -> tuple[Place, ...]:
        """Where the code of the commit has the very name, as `verifier run` searches for it."""
        scope = (within,) if within is not None else self._lookup.rarest_word(subject)
        if not scope and WORD.search(subject):
            return ()
        name = subject.removeprefix("@")
        pattern = rf"{_edge(name[:1])}{re.escape(name)}{_edge(name[-1:])}"
        absence = Absence(pattern, Syntax.ERE, scope if len(scope) <= _MOST_SCOPED else ())
        found = search(absence, self._lookup.index, withheld=lambda _: False)
        return tuple(Place(hit.path, hit.line, hit.line) for hit in found.hits if hit.kind in ("code", "path"))


def _edge(letter: str) -> str:
    """What keeps a name from being found inside a longer one; the engine knows the edges of ASCII words alone."""
    return r"\b" if letter.isascii() and letter.isalnum() else ""


def _files(paths: Sequence[str]) -> tuple[Place, ...]:
    return tuple(map(Place, paths[:MOST_PLACES]))


def _files_are(number: int) -> str:
    return "1 file is" if number == 1 else f"{number}{' and more' if number >= MOST_BELOW else ''} files are"


_IMPORT = re.compile(r"\s*(?:from|import|use|using|require|include|export)\b|\s*(?:const|let|var)\b[^=]*=\s*require\b")
_OWN_CODE = frozenset((FileKind.CODE, FileKind.CONFIG))
_MOST_SCOPED = 50
"""Files that a search is confined to; with more it goes through all of the commit."""
