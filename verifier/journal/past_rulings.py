"""Rulings over commits, out of the journal: one strip a claim, one column a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from verifier.journal import Journal, PastRuling
from verifier.values.claim import Word
from verifier.values.control import ControlKind, Figure, Figures
from verifier.values.history import History, JudgedCommit, Strip
from verifier.values.prompt import Source
from verifier.values.record import RunRecord

MOST_COMMITS = 40
"""As many as a picture has room for."""


def history_of(
    past: Iterable[PastRuling], most: int, controls: Mapping[int, Figures] = MappingProxyType({})
) -> History:
    """The picture of rulings that come newest first, over at most so many commits.

    `controls` are what became of the controls of runs, by their numbers.

    A commit stands where it was judged last, and a claim shows what was ruled last on it. Claims of different claim
    files are different claims, whatever their ids.
    """
    latest: dict[tuple[str, str, str], Word] = {}
    newest: dict[tuple[str, str], Word] = {}
    commits: dict[str, JudgedCommit] = {}
    controlled: dict[str, dict[str, Figures]] = {}
    for one in past:
        if one.run in controls:
            controlled.setdefault(one.commit, {}).setdefault(one.claims_path, controls[one.run])
        claim = (one.claims_path, one.ruling.claim_id)
        commits.setdefault(one.commit, JudgedCommit(one.commit, one.ref, one.started))
        newest.setdefault(claim, one.ruling.word)
        latest.setdefault((*claim, one.commit), one.ruling.word)
    shown = tuple(
        replace(one, controls=_together(controlled.get(one.commit, {}).values()))
        for one in reversed(list(commits.values())[:most])
    )
    strips = (
        Strip(path, claim_id, tuple(latest.get((path, claim_id, one.commit)) for one in shown), word)
        for (path, claim_id), word in sorted(newest.items(), key=lambda item: (item[0][1], item[0][0]))
    )
    return History(shown, tuple(strips))


def _together(figures: Iterable[Figures]) -> Figures:
    summed: dict[ControlKind, Figure] = {}
    for some in figures:
        for kind, figure in some.items():
            summed[kind] = summed.get(kind, Figure(0, 0)) + figure
    return {kind: summed[kind] for kind in ControlKind if kind in summed}


def history_until(record: RunRecord, past: Iterable[PastRuling]) -> History | None:
    """What was ruled of the run's claims up to and with the run, out of rulings that come newest first.

    None where the run is not among them, and for a run that was replayed: its report is the same everywhere.
    """
    ours = [one for one in past if one.claims_path == record.claim_set.path]
    own = None if _is_replayed(record) else _run_of(record, ours)
    return None if own is None else history_of((one for one in ours if one.run <= own), MOST_COMMITS)


def kept_history(place: Path, record: RunRecord) -> History | None:
    """What the journal at that place knows of the run's claims up to then. None where there is no journal.

    Raises:
        JournalError: It cannot be read.
    """
    if not place.exists():
        return None
    with Journal(place) as journal:
        return history_until(record, journal.runs.history())


def _is_replayed(record: RunRecord) -> bool:
    sources = {one.source for ruling in record.rulings for one in ruling.exchanges}
    return bool(sources) and sources <= {Source.RECORDED, Source.AUTHORED}


def _run_of(record: RunRecord, past: Iterable[PastRuling]) -> int | None:
    """The last run over the record's commit that had begun when the record was made."""
    made = record.made
    if made is None:
        return None
    over = [one for one in past if one.commit == record.repository.commit]
    # The record's time has no fraction of a second.
    return max((one.run for one in over if _begun(one).replace(microsecond=0) <= made), default=None)


def _begun(past: PastRuling) -> datetime:
    return datetime.fromisoformat(past.started).astimezone(UTC)
