"""Merge the records of a run's shards: one record over all of its claims, which says what is missing.

The same shards always give the same record, in whatever order they come.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.errors import RecordError
from verifier.records.making import totals_of
from verifier.records.rulings import Kept, head
from verifier.report.controls import controls_line
from verifier.report.words import counted, money
from verifier.runs.claim_set_run import listed, with_notes
from verifier.safety.invisible import visible
from verifier.values.record import RunRecord, ShardRecord


@dataclass(frozen=True)
class Merged:
    """The record of all shards."""

    record: RunRecord
    missing: tuple[str, ...]
    """What is not there, a line each: a shard, or claims that a shard should have and does not. Then the record is not
    complete, and passes no gate."""


def merge(records: Iterable[tuple[str, RunRecord]]) -> Merged:
    """One record out of those of a run's shards, each beside the name of where it was read from.

    They are taken one by one, so that memory need not hold more than one of them.

    Raises:
        RecordError: There is none; one is of no shard, of another run, or of a shard that another one is of, too.
    """
    heads: dict[int, tuple[str, RunRecord]] = {}
    rulings, judged = Kept(), set[str]()
    for name, record in records:
        shard = _shard(name, record, heads)
        heads[shard.number] = name, head(record)
        for ruling in record.rulings:
            if ruling.claim_id not in judged:
                judged.add(ruling.claim_id)
                rulings.add(ruling)
    if not heads:
        raise RecordError("no shard was named; give the .json of each")
    return _merged([record for _, (_, record) in sorted(heads.items())], rulings, judged)


def _shard(name: str, record: RunRecord, before: Mapping[int, tuple[str, RunRecord]]) -> ShardRecord:
    """What the record is a shard of: of the same run as those before, and none of them."""
    shard = record.shard
    if shard is None:
        raise RecordError(f"{visible(name)} is no shard of a run; name what `verifier run` with --shard has written")
    for other, first in list(before.values())[:1]:
        for what, of in _SAME.items():
            if of(first) != of(record):
                raise RecordError(
                    f"{visible(name)} is of another {what} than {visible(other)} ({visible(of(record))} and "
                    f"{visible(of(first))}); merge the shards of one run"
                )
    if shard.number in before:
        raise RecordError(
            f"{visible(before[shard.number][0])} and {visible(name)} are both shard {shard}; name one of them"
        )
    return shard


def _merged(heads: Sequence[RunRecord], rulings: Kept, judged: Collection[str]) -> Merged:
    """The record of shards in their order, all of one run."""
    first = heads[0]
    shards = [one.shard for one in heads if one.shard is not None]
    missing = tuple(_missing(shards, judged))
    in_order = rulings.in_order({claim_id: place for place, claim_id in enumerate(shards[0].claims)})
    totals, answered = totals_of(in_order)
    record = replace(
        first,
        complete=not missing and all(one.complete for one in heads),
        repository=replace(first.repository, uncommitted=max(one.repository.uncommitted for one in heads), notes=()),
        model=replace(first.model, answered=answered),
        generated=max(one.generated for one in heads),
        subset=shards[0].chosen,
        shard=None,
        rulings=in_order,
        totals=totals,
        controls=None,
    )
    notes = dict.fromkeys(note for one in heads for note in one.repository.notes)
    told = [_told(heads), *_controls(heads), *missing, *notes]
    return Merged(with_notes(record, told), missing)


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


def _told(heads: Sequence[RunRecord]) -> str:
    """What each shard took, in one note."""
    took = (f"{one.shard}: {counted(one.totals.claims, 'claim')}, {money(one.totals.cost)}" for one in heads)
    return f"merged from {counted(len(heads), 'shard')}: {'; '.join(took)}"


def _controls(heads: Iterable[RunRecord]) -> Iterator[str]:
    """How the controls of each shard came out: they were drawn among its own claims, and stay in its record."""
    for one in heads:
        if one.controls is not None:
            yield f"controls of shard {one.shard}: {controls_line(one.controls)}"


def _missing(shards: Sequence[ShardRecord], judged: Collection[str]) -> Iterator[str]:
    """A line for the shards that are not there, and one for the claims that are in no record."""
    there = {shard.number for shard in shards}
    gone = [f"{number}/{shards[0].of}" for number in range(1, shards[0].of + 1) if number not in there]
    if gone:
        yield f"{counted(len(gone), 'shard is', 'shards are')} missing: {listed(gone)}"
    claims = [claim_id for claim_id in shards[0].claims if claim_id not in judged]
    if claims:
        yield f"{counted(len(claims), 'claim was', 'claims were')} judged by none of the shards: {listed(claims)}"
