"""Judge the claims of one run, and make the record that comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from verifier.model import Model
from verifier.pipeline.verifying import NO_HOOKS, Hooks, verify
from verifier.records.making import ruling_record, totals_of
from verifier.records.rulings import Kept
from verifier.runs.claim_set_run import Run
from verifier.safety.redacting import redact_output
from verifier.values.outcome import Outcome
from verifier.values.record import ClaimSetRecord, ModelRecord, RulingRecord, RunRecord
from verifier.values.tool import TOOL


async def judge(run: Run, model: Model, hooks: Hooks = NO_HOOKS) -> RunRecord:
    """Verify the run's claims and give the record.

    Raises:
        SnapshotError: The repository cannot be described; nothing was asked then.
    """
    _ = run.repository
    rulings = Kept()
    complete = True

    def take_down(outcome: Outcome) -> None:
        nonlocal complete
        complete = complete and not outcome.fatal
        # What a run gives out leaves here, one ruling after the other; the rest of a record in `execute`.
        rulings.add(redact_output(ruling_record(outcome, run.bill(outcome))))
        hooks.done(outcome)

    await verify(run.work, run.claims, model, replace(hooks, done=take_down))
    return _record(run, rulings, complete=complete, now=datetime.now(UTC).isoformat(timespec="seconds"))


def _record(run: Run, kept: Kept, *, complete: bool, now: str) -> RunRecord:
    """The record of a run, in the claim file's order, whatever was judged first.

    A replay carries the recording's date, so that it is the same, byte for byte.
    """
    places = {claim.id: place for place, claim in enumerate(run.loaded.claims.claims)}
    rulings = kept.in_order(places)
    totals, answered = totals_of(rulings)
    return RunRecord(
        tool=TOOL,
        generated=_generated(rulings, now),
        complete=complete,
        repository=run.repository,
        claim_set=ClaimSetRecord(
            path=run.loaded.named,
            title=run.loaded.claims.title,
            digest=run.loaded.digest,
            questions=run.loaded.claims.questions,
            context=run.loaded.claims.context,
            never_send=run.loaded.claims.never_send,
        ),
        model=ModelRecord(requested=run.settings.model, answered=answered),
        settings={
            **{key: value for key, value in run.settings.as_json().items() if key != "model"},
            "reader_model": run.reader.model,
            "budget_tokens": run.limits.budget_tokens,
            "max_rounds": run.limits.max_rounds,
            **({"base": run.branch.before.commit} if run.branch is not None else {}),
        },
        subset=run.subset,
        shard=run.shard,
        ci=tuple(report.file for report in run.ci),
        rulings=rulings,
        totals=totals,
    )


def _generated(rulings: Sequence[RulingRecord], now: str) -> str:
    recorded = [r.recorded_at for ruling in rulings for r in ruling.exchanges]
    dates = [date for date in recorded if date is not None]
    return max(dates) if dates and len(dates) == len(recorded) else now
