"""What a reader must know of a run before believing anything else in its report, in words that every format shares.

What it took its replies from and left out; who read its evidence, and how often the two readings agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.report.words import counted
from verifier.values.prompt import Asks, Source
from verifier.values.record import ModelRecord, RunRecord

_SOURCES = {
    Source.AUTHORED: ("authored", "written for a recording; no model gave {it}"),
    Source.RECORDED: ("recorded", "replayed from a recording; the model was not asked again"),
    Source.JOURNAL: ("kept", "answered in an earlier run; the model was not asked again"),
}
"""What is said of replies that were not given to this run by the model."""


@dataclass(frozen=True)
class Notice:
    """One thing to know."""

    what: str
    follows: str
    """What it means for the reader; text of others may be among it."""
    of: str = ""
    """Of how many: " of 5"."""


def notices(record: RunRecord, chosen: str) -> Iterator[Notice]:
    """Everything but the run's notes, what bears on trust first. `chosen` is what to say where claims were chosen."""
    every = sum(record.totals.sources.values())
    for number, said in replied(record.totals.sources).values():
        yield Notice(number, said, f" of {every:,}")
    if not record.complete:
        yield Notice("Incomplete", "the run ended before every claim was judged")
    if record.subset is not None:
        yield Notice("Some claims only", chosen)
    if record.repository.uncommitted:
        paths = counted(record.repository.uncommitted, "path")
        yield Notice("Uncommitted work was not seen", f"{paths}; only the commit was judged")


def to_know(record: RunRecord, chosen: str) -> Iterator[Notice]:
    """The same, then the notes of the run."""
    yield from notices(record, chosen)
    yield from (Notice("Note", note) for note in record.repository.notes)


def replied(numbers: Mapping[Source, int]) -> dict[Source, tuple[str, str]]:
    """How many replies the model did not give to this run, and what there is to say of them, by their source."""
    return {
        source: (
            counted(numbers[source], f"{name} reply", f"{name} replies"),
            said.format(it="it" if numbers[source] == 1 else "them"),
        )
        for source, (name, said) in _SOURCES.items()
        if numbers.get(source)
    }


def readers(record: RunRecord) -> tuple[ModelRecord, ModelRecord]:
    """The model that gave the verdicts, and the one that was shown the evidence alone."""
    answered: dict[Asks, set[str]] = {asks: set() for asks in Asks}
    for ruling in record.rulings:
        for one in ruling.exchanges:
            answered[one.asks].add(one.model)
    first, second = (tuple(sorted(answered[asks])) for asks in (Asks.VERDICT, Asks.READING))
    verdicts = ModelRecord(requested=record.model.requested, answered=first)
    return verdicts, ModelRecord(requested=record.reader_model, answered=second)


def agreement(record: RunRecord) -> str:
    """How often the two said the same: "the two readings agree over 5 of 8 parts"."""
    readings = record.totals.readings
    read = readings.agreed + readings.differed
    if not read:
        return "no part was read a second time"
    return f"the two readings agree over {readings.agreed:,} of {counted(read, 'part')}"
