"""The gate: does a run pass? Decided on the record's values, never on a rendered report."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from verifier.values.claim import Word
from verifier.values.record import RunRecord


class Exit(enum.IntEnum):
    """Exit codes of the command line."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    UNPROVEN = 3
    INCOMPLETE = 4


class FailOn(enum.StrEnum):
    """The mildest ruling that fails."""

    PARTIALLY = "partially"
    NOT = "not"
    NEVER = "never"


_FAILING = {
    FailOn.PARTIALLY: {Word.PARTIALLY, Word.NOT},
    FailOn.NOT: {Word.NOT},
    FailOn.NEVER: set(),
}


def gate(records: Iterable[RunRecord], fail_on: FailOn = FailOn.PARTIALLY) -> Exit:
    """The exit code of a run: what could not be done goes before what failed, and that before what is unproven.

    A claim marked `required` that is not FULLY fails, whatever `fail_on` says; `expect` never gates.
    """
    records = list(records)
    rulings = [ruling for record in records for ruling in record.rulings]
    if any(r.ruling is Word.ERROR for r in rulings) or not all(record.complete for record in records):
        return Exit.INCOMPLETE
    failing: set[Word] = _FAILING[fail_on]
    if any(r.ruling in failing or (r.claim.required and r.ruling is not Word.FULLY) for r in rulings):
        return Exit.FAILED
    return Exit.UNPROVEN if any(r.ruling is Word.UNPROVEN for r in rulings) else Exit.PASSED
