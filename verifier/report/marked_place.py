"""Where a reader should look first: the place in the commit at which a ruling is marked in a file view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from verifier.values.fact import FactKind
from verifier.values.grounding import Grounding, Standing
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import PartEvidence, State
from verifier.values.source import Lines
from verifier.values.verdict import Role

_MOST_TELLING = (State.REFUTED, State.PARTLY, State.UNPROVEN, State.PROVEN)


@dataclass(frozen=True)
class Place:
    """A file of the repository, or lines of one."""

    path: str
    lines: Lines | None = None
    """None for the whole file."""


def marked_place(record: RunRecord, ruling: RulingRecord) -> Place | None:
    """The claim's most telling evidence, else the file that it names, else the claim file.

    What contradicts goes before what supports, what stands as evidence before what only stands in the file, and parts
    that are not proven before those that are. None where nothing is left but a claim file outside the repository.
    """
    return next(_places(record, ruling), None)


def claim_file(record: RunRecord) -> Place | None:
    """The claim file; None for one outside of the repository."""
    place = Place(PurePosixPath(record.claim_set.path).as_posix())
    return place if is_inside(place.path) else None


def is_inside(path: str) -> bool:
    """Whether a path can be one of the repository's: relative, and never upwards."""
    return not {"", ".", ".."} & set(path.split("/"))


def _places(record: RunRecord, ruling: RulingRecord) -> Iterator[Place]:
    parts = [part.evidence for part in sorted(ruling.parts, key=lambda part: _MOST_TELLING.index(part.state))]
    found = [Place(one.citation.path, one.place) for part in parts for one in _standing(part)]
    hits = [
        Place(hit.path, Lines(hit.line, hit.line))
        for part in parts
        for finding in part.absences
        for hit in finding.hits
        if hit.line and hit.kind == "code"
    ]
    context = ruling.context
    files = {entry.path for entry in (*context.whole, *context.in_part, *context.left_out)}
    # A fact may also be about a folder or a glob, which no file view can show.
    named = [Place(fact.subject) for fact in ruling.facts if fact.kind is FactKind.PATH and fact.subject in files]
    for place in (*found, *hits, *named):
        if is_inside(place.path) and (place.lines is None or 1 <= place.lines.first <= place.lines.last):
            yield place
    last = claim_file(record)
    if last is not None:
        yield last


def _standing(part: PartEvidence) -> list[Grounding]:
    """The citations that stand in the commit, most telling first."""
    standing = [one for one in part.groundings if one.standing in (Standing.EXACT, Standing.MOVED)]
    return sorted(standing, key=lambda one: (not one.stands, one.citation.role is not Role.CONTRADICTS))
