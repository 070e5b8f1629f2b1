"""Who read a run's evidence, and how often the two readings agree: what stands on the first page of every report."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.report.words import counted
from verifier.values.prompt import Asks
from verifier.values.record import RunRecord


@dataclass(frozen=True)
class Reader:
    """A model as it was asked for, and those that answered by their own account."""

    requested: str
    answered: tuple[str, ...]

    @property
    def is_as_asked(self) -> bool:
        """Whether the model that was asked for answered, and no other."""
        return self.answered == (self.requested,)


def first_reader(record: RunRecord) -> Reader:
    """The model that gave the verdicts."""
    return Reader(record.model.requested, _answered(record, Asks.VERDICT))


def second_reader(record: RunRecord) -> Reader:
    """The model that was shown the evidence alone."""
    return Reader(record.reader_model, _answered(record, Asks.READING))


def agreement(record: RunRecord) -> str:
    """How often the two said the same: "the two readings agree over 5 of 8 parts"."""
    readings = record.totals.readings
    read = readings.agreed + readings.differed
    if not read:
        return "no part was read a second time"
    return f"the two readings agree over {readings.agreed:,} of {counted(read, 'part')}"


def _answered(record: RunRecord, asks: Asks) -> tuple[str, ...]:
    exchanges = (one for ruling in record.rulings for one in ruling.exchanges)
    return tuple(sorted({one.model for one in exchanges if one.asks is asks}))
