"""The gate: does a run pass? Decided on the record's values, never on a rendered report.

A waiver lets a claim pass though it is not borne out: it says who does, why, and until when.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from verifier.claim_files.finding import is_same_file
from verifier.records.comparing import SETTLED, reworded, worsened
from verifier.records.rulings import changed
from verifier.values.claim import Word
from verifier.values.passing import FailOn, Require
from verifier.values.prompt import Source
from verifier.values.record import PolicyChangeRecord, RulingRecord, RunRecord


class Exit(enum.IntEnum):
    """Exit codes of the command line."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    UNPROVEN = 3
    INCOMPLETE = 4


@dataclass(frozen=True)
class Rules:
    """By what a run is let pass."""

    fail_on: FailOn = FailOn.PARTIALLY
    require: Require | None = None
    """None: whatever the source of the replies, as for the demo."""
    baseline: tuple[RunRecord, ...] = ()
    """Earlier runs: what is no worse than there passes. Empty: no baseline."""
    today: date | None = None
    """The day on which waivers must hold. None: no waiver holds."""
    on_controls: bool = False
    """Whether controls whose outcome is wrong fail; with a baseline, where a figure is worse than there."""


@dataclass(frozen=True)
class Failure:
    """Why a claim fails."""

    claim_id: str
    why: str


@dataclass(frozen=True)
class Gated:
    """How a run fares."""

    exit: Exit
    failures: tuple[Failure, ...]


def examine(records: Iterable[RunRecord], rules: Rules, changes: Sequence[PolicyChangeRecord] = ()) -> Gated:
    """How a run fares: what could not be done goes before what failed, and that before what is unproven.

    `changes` are what the branch did to the claims that judge it, beyond what the records say of that.

    A claim marked `required` that is not FULLY fails, whatever `fail_on` says; `expect` never gates. A waiver excuses
    a ruling, but neither an error nor where the replies came from.
    """
    records = list(records)
    failures = tuple(dict.fromkeys((*(Failure(c.claim_id, c.what) for c in changes), *_failures(records, rules))))
    lost = rules.on_controls and any(one.controls is None or one.controls.not_judged for one in records)
    met = {(ruling.ruling, _is_waived(ruling, rules)) for ruling in _rulings(records)}
    failed = any(word is Word.ERROR for word, _ in met)
    if lost or failed or not all(record.complete for record in records):
        return Gated(Exit.INCOMPLETE, failures)
    if failures:
        return Gated(Exit.FAILED, failures)
    return Gated(Exit.UNPROVEN if (Word.UNPROVEN, False) in met else Exit.PASSED, ())


def beside_baseline(record: RunRecord, rules: Rules) -> RunRecord:
    """The record, with what of it got worse since the baseline."""

    def beside(now: RulingRecord) -> RulingRecord:
        was = _before(record, now, rules)
        return replace(now, worsened=worsened(was, now) if was is not None else None)

    return changed(record, beside) if rules.baseline else record


def _rulings(records: Iterable[RunRecord]) -> Iterator[RulingRecord]:
    return (ruling for record in records for ruling in record.rulings)


def does_not_pass(ruling: RulingRecord, fail_on: FailOn) -> bool:
    """Whether the ruling by itself keeps a run from passing: it fails, is unproven, or is none at all."""
    return ruling.ruling in (*_FAILING[fail_on], Word.UNPROVEN, Word.ERROR) or _fails_required(ruling)


_FAILING: dict[FailOn, tuple[Word, ...]] = {
    FailOn.PARTIALLY: (Word.PARTIALLY, Word.NOT),
    FailOn.NOT: (Word.NOT,),
    FailOn.NEVER: (),
}

_GOOD_ENOUGH = {
    Require.LIVE: {Source.LIVE},
    Require.JOURNAL: {Source.LIVE, Source.JOURNAL},
    Require.RECORDED: {Source.LIVE, Source.JOURNAL, Source.RECORDED},
}

_WAYS_OUT = {
    Source.JOURNAL: "a reply is from the journal; --fresh asks anew",
    Source.RECORDED: "a reply is recorded; ask the model, without --replay",
    Source.AUTHORED: "a reply is authored, not a model's; such replies pass no gate",
}


def _failures(records: Sequence[RunRecord], rules: Rules) -> Iterator[Failure]:
    for record in records:
        for change in record.policy_changes:
            yield Failure(change.claim_id, change.what)
        for ruling in record.rulings:
            why = _source(ruling, rules) or _ruling(ruling, rules, _before(record, ruling, rules))
            if why is not None:
                yield Failure(ruling.claim_id, why)
        if rules.on_controls:
            yield from _controls(record, rules)
    yield from _missing(records, rules)


def worse_controls(record: RunRecord, baseline: Iterable[RunRecord]) -> Iterator[str]:
    """The figures of the record's controls that are worse than in the baseline, in words."""
    if record.controls is None:
        return
    figures = record.controls.figures
    for earlier in baseline:
        if earlier.controls is not None and is_same_file(earlier.claim_set.path, record.claim_set.path):
            for kind, before in earlier.controls.figures.items():
                now = figures.get(kind)
                if now is not None and now.is_worse_than(before):
                    yield f"{kind.when_right} {now.right} of {now.of}, in the baseline {before.right} of {before.of}"


def _controls(record: RunRecord, rules: Rules) -> Iterator[Failure]:
    """Controls whose outcome is wrong; with a baseline that has such figures, only where one is worse."""
    if record.controls is None:
        return
    if any(earlier.controls is not None for earlier in rules.baseline):
        yield from (Failure("controls", why) for why in worse_controls(record, rules.baseline))
        return
    for one in record.controls.failed:
        yield Failure(one.claim_id, f"its {one.kind} came out {one.outcome.ruling}")


def _source(ruling: RulingRecord, rules: Rules) -> str | None:
    if rules.require is None:
        return None
    poor = {r.source for r in ruling.exchanges} - _GOOD_ENOUGH[rules.require]
    return next((_WAYS_OUT[source] for source in reversed(Source) if source in poor), None)


def _ruling(ruling: RulingRecord, rules: Rules, before: RulingRecord | None) -> str | None:
    if ruling.ruling is Word.ERROR or _is_waived(ruling, rules):
        return None
    if _fails_required(ruling):
        return f"is required, and {ruling.ruling}"
    if before is None:
        return str(ruling.ruling) if ruling.ruling in _FAILING[rules.fail_on] else None
    worse = worsened(before, ruling)
    is_bad = ruling.ruling in (*_FAILING[rules.fail_on], Word.UNPROVEN) and rules.fail_on is not FailOn.NEVER
    return f"{worse}, by the baseline" if worse is not None and is_bad else None


def _fails_required(ruling: RulingRecord) -> bool:
    return ruling.claim.required and ruling.ruling is not Word.FULLY


def _is_waived(ruling: RulingRecord, rules: Rules) -> bool:
    return rules.today is not None and is_waived(ruling, rules.today)


def _before(record: RunRecord, ruling: RulingRecord, rules: Rules) -> RulingRecord | None:
    """What the baseline rules of the very same claim; None where it has none, or could not tell."""
    for earlier in rules.baseline:
        if is_same_file(earlier.claim_set.path, record.claim_set.path):
            for one in earlier.rulings:
                if one.claim_id == ruling.claim_id and not reworded(one.claim, ruling.claim):
                    return one if one.ruling in SETTLED else None
    return None


def _missing(records: Sequence[RunRecord], rules: Rules) -> Iterator[Failure]:
    """Claims of the baseline that were not judged now, unless only some were asked for."""
    for earlier in rules.baseline:
        ours = [record for record in records if is_same_file(earlier.claim_set.path, record.claim_set.path)]
        if any(record.subset is not None for record in ours):
            continue
        judged = {ruling.claim_id for record in ours for ruling in record.rulings}
        for ruling in earlier.rulings:
            if ruling.claim_id not in judged:
                yield Failure(ruling.claim_id, f"is missing, and was {ruling.ruling} in the baseline")


def is_waived(ruling: RulingRecord, today: date) -> bool:
    """Whether a waiver that has not expired lets the claim pass."""
    waiver = ruling.claim.waiver
    return waiver is not None and ruling.ruling in _WAIVABLE and waiver.holds_on(today)


def waiver_line(ruling: RulingRecord, today: date) -> str | None:
    """What a summary says of the claim's waiver. None where there is none, or nothing to waive."""
    waiver = ruling.claim.waiver
    if waiver is None or ruling.ruling not in _WAIVABLE:
        return None
    held = f"waived until {waiver.expires}" if waiver.holds_on(today) else f"its waiver expired on {waiver.expires}"
    return f"{held}, {waiver.owner}: {waiver.reason}"


def waiver_notes(record: RunRecord) -> Iterator[str]:
    """What a report says of the waivers of claims that need one; it names no today, so that a replay is the same."""
    for ruling in record.rulings:
        waiver = ruling.claim.waiver
        if waiver is not None and ruling.ruling in _WAIVABLE:
            yield (
                f'"{ruling.claim_id}" is {ruling.ruling} and has a waiver until {waiver.expires}, '
                f"{waiver.owner}: {waiver.reason}"
            )


_WAIVABLE = (Word.PARTIALLY, Word.NOT, Word.UNPROVEN)
"""What could not be judged is never waived: nobody knows what there is to waive."""
