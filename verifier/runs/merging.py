"""Merge the records of a run's shards: one record over all of its claims, which says what is missing.

Pure, as far as it is handed the records: the same shards always give the same record, in whatever order they come.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from verifier.errors import RecordError
from verifier.records.making import run_record
from verifier.report.controls import controls_line
from verifier.report.words import counted, money
from verifier.runs.claim_set_run import listed, with_notes
from verifier.safety.invisible import visible
from verifier.values.record import RulingRecord, RunRecord, ShardRecord


@dataclass(frozen=True)
class Merged:
    """The record of all shards."""

    record: RunRecord
    missing: tuple[str, ...]
    """What is not there, a line each: a shard, or claims that a shard should have and does not. Then the record is not
    complete, and passes no gate."""


def merge(records: Mapping[str, RunRecord]) -> Merged:
    """One record out of those of a run's shards, by where each was read from.

    Raises:
        RecordError: There is none; one is of no shard, of another run, or of a shard that another one is of, too.
    """
    shards = _shards(records)
    if not shards:
        raise RecordError("no shard was named; give the .json of each")
    first = records[next(iter(records))]
    by_number = {shards[name].number: record for name, record in records.items()}
    in_order = [by_number[number] for number in sorted(by_number)]
    every = next(iter(shards.values()))
    rulings = {ruling.claim_id: ruling for record in in_order for ruling in record.rulings}
    missing = tuple(_missing(every, by_number, rulings))
    record = run_record(
        [rulings[claim_id] for claim_id in every.claims if claim_id in rulings],
        complete=not missing and all(record.complete for record in in_order),
        repository=replace(first.repository, uncommitted=max(one.repository.uncommitted for one in in_order), notes=()),
        claim_set=first.claim_set,
        requested=first.model.requested,
        settings=first.settings,
        generated=max(one.generated for one in in_order),
        tool=first.tool,
        subset=every.chosen,
        ci=first.ci,
    )
    notes = dict.fromkeys(note for one in in_order for note in one.repository.notes)
    told = [*_told(by_number), *_controls(in_order), *missing, *notes]
    return Merged(with_notes(replace(record, policy=first.policy), told), missing)


def _shards(records: Mapping[str, RunRecord]) -> dict[str, ShardRecord]:
    """What each record is a shard of, by where it was read from; all of one run, and each of another share."""
    shards: dict[str, ShardRecord] = {}
    named: dict[int, str] = {}
    first = ""
    for name, record in records.items():
        if record.shard is None:
            raise RecordError(
                f"{visible(name)} is no shard of a run; name what `verifier run` with --shard has written"
            )
        first = first or name
        for what, of in _SAME.items():
            ours, theirs = of(records[first]), of(record)
            if ours != theirs:
                raise RecordError(
                    f"{visible(name)} is of another {what} than {visible(first)} ({visible(theirs)} and "
                    f"{visible(ours)}); merge the shards of one run"
                )
        other = named.setdefault(record.shard.number, name)
        if other != name:
            raise RecordError(f"{visible(other)} and {visible(name)} are both shard {record.shard}; name one of them")
        shards[name] = record.shard
    return shards


def _of_shard(of: Callable[[ShardRecord], object]) -> Callable[[RunRecord], str]:
    return lambda record: str(of(record.shard)) if record.shard is not None else ""


_SAME: dict[str, Callable[[RunRecord], str]] = {
    "commit": lambda record: record.repository.commit,
    "claim set": lambda record: f"{record.claim_set.path}, {record.claim_set.digest[:12]}",
    "model": lambda record: f"{record.model.requested}, read by {record.reader_model}",
    "setting": lambda record: json.dumps(record.settings, sort_keys=True),
    "set of prompts": _of_shard(lambda shard: shard.prompts[:12]),
    "verifier": lambda record: record.tool,
    "policy": lambda record: record.policy.commit if record.policy else "none",
    "set of files of CI": lambda record: ", ".join(file.digest[:12] for file in record.ci) or "none",
    "number of shards": _of_shard(lambda shard: shard.of),
    "choice of claims": _of_shard(lambda shard: f"{shard.chosen or 'all'}, {len(shard.claims)} claims"),
}
"""What the shards of one run have in common, by what it is called."""


def _told(by_number: Mapping[int, RunRecord]) -> Iterator[str]:
    """What each shard took, in one note."""
    took = (
        f"{one.shard}: {counted(one.totals.claims, 'claim')}, {money(one.totals.cost)}"
        for _, one in sorted(by_number.items())
    )
    yield f"merged from {counted(len(by_number), 'shard')}: {'; '.join(took)}"


def _controls(records: Iterable[RunRecord]) -> Iterator[str]:
    """How the controls of each shard came out: they were drawn among its own claims, and stay in its record."""
    for one in records:
        if one.controls is not None:
            yield f"controls of shard {one.shard}: {controls_line(one.controls)}"


def _missing(
    every: ShardRecord, by_number: Mapping[int, RunRecord], rulings: Mapping[str, RulingRecord]
) -> Iterator[str]:
    """A line for each shard that is not there, and one for the claims that are in no record."""
    gone = [f"{number}/{every.of}" for number in range(1, every.of + 1) if number not in by_number]
    if gone:
        yield f"{counted(len(gone), 'shard is', 'shards are')} missing: {listed(gone)}"
    claims = [claim_id for claim_id in every.claims if claim_id not in rulings]
    if claims:
        yield f"{counted(len(claims), 'claim was', 'claims were')} judged by none of the shards: {listed(claims)}"
