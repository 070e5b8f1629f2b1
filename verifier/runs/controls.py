"""Judge a run's controls: claims whose outcome is known beforehand, so that it shows what the judge is worth.

They are asked by the same model through the same journal, cassette and caps as the claims, each under a name of its
own; what becomes of them stands beside the rulings and is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from verifier.controls.drawing import Control, draw
from verifier.measures.intervals import wilson
from verifier.model import Answering, Model
from verifier.pipeline.failing import failed, named
from verifier.pipeline.opening import Work
from verifier.pipeline.verifying import Places, not_begun, tasks, verify_claim
from verifier.records.making import ruling_record, totals_of
from verifier.report.words import counted
from verifier.repository.branches import Branch
from verifier.repository.index import Index
from verifier.runs.claim_set_run import Run, with_notes
from verifier.runs.options import RunOptions
from verifier.runs.watching import Watcher
from verifier.values.claim import Word
from verifier.values.control import ControlKind, Figure
from verifier.values.outcome import Outcome
from verifier.values.prompt import Prompt, Reply
from verifier.values.record import ControlRecord, ControlsRecord, RulingRecord, RunRecord, ShareRecord, figures_of


async def with_controls(
    run: Run,
    record: RunRecord,
    options: RunOptions,
    model: Model,
    places: Places,
    watcher: Watcher,
    *,
    started: Callable[[], None] = lambda: None,
    done: Callable[[], None] = lambda: None,
) -> RunRecord:
    """The record with what the model makes of controls, where any are asked for and the run came to its end.

    `started` and `done` are told of each control that is judged. An error, also one that nobody foresaw, is a note of
    the record: it costs no claim its ruling.
    """
    asked = options.controls
    if asked is None or not record.complete:
        return record

    async def judged(control: Control) -> tuple[Control, Outcome]:
        try:
            started()
            outcome = await judge_control(control, run.work, model)
        finally:
            places.leave(control.name)
        done()
        return control, outcome

    seed = seed_of(options, record.repository.commit)
    try:
        controls = draw(record.rulings, run.index, asked, seed)
        claims = counted(len({one.claim_id for one in controls}), "claim")
        watcher.say(f"{counted(len(controls), 'control')} of {claims} to judge")
        judging: list[asyncio.Task[tuple[Control, Outcome]]] = []
        async with tasks() as group:
            for control in controls:
                await places.take(control.name)
                judging.append(group.create_task(judged(control)))
        told = tuple(
            control_record(control, ruling_record(outcome, run.bill(outcome)), record.rulings)
            for control, outcome in (task.result() for task in judging)
        )
        return replace(record, controls=_controls_record(told, asked, seed))
    except Exception as error:  # noqa: BLE001  # the rulings are made and paid; what was met is named
        return with_notes(record, [f"controls were asked for, and could not be judged: {named(error)}"])


def _controls_record(told: tuple[ControlRecord, ...], asked: int, seed: int) -> ControlsRecord:
    totals, _ = totals_of(one.outcome for one in told)
    return ControlsRecord(
        seed=seed,
        claims=asked,
        shares={kind: _share(figure) for kind, figure in figures_of(told).items()},
        controls=told,
        usage=totals.usage,
        cost=totals.cost,
    )


def _share(figure: Figure) -> ShareRecord:
    likely = wilson(figure.right, figure.of)
    return ShareRecord(right=figure.right, of=figure.of, low=likely.low, high=likely.high)


def seed_of(options: RunOptions, commit: str) -> int:
    """The seed that was given; else one that is the same wherever the commit is judged."""
    return int(commit[:8], 16) if options.controls_seed is None else options.controls_seed


async def judge_control(control: Control, work: Work, model: Model) -> Outcome:
    """Carry a control through every stage, as a claim is. An error is its outcome."""

    async def reply(prompt: Prompt) -> Reply:
        # Under the control's name, so that no reply is ever taken for the claim's.
        return await model.reply(replace(prompt, claim_id=control.name))

    with ExitStack() as stack:
        try:
            if control.texts:
                snapshot = stack.enter_context(work.index.snapshot.altered(control.texts))
                branch = work.branch and Branch(work.branch.before, snapshot)
                work = replace(work, index=Index(snapshot), branch=branch)
        except Exception as error:  # noqa: BLE001  # as in `verify_claim`
            return failed(not_begun(control.claim), error)
        return await verify_claim(work, control.claim, Answering(reply))


def control_record(control: Control, outcome: RulingRecord, rulings: Sequence[RulingRecord]) -> ControlRecord:
    """A control with what became of it, beside what became of its claim."""
    holds: bool | None = outcome.ruling is not Word.FULLY
    if outcome.ruling is Word.ERROR:
        holds = None
    elif control.kind is ControlKind.TRUE_TWIN:
        holds = any(one.claim_id == control.claim_id and one.ruling is outcome.ruling for one in rulings)
    return ControlRecord(
        kind=control.kind,
        claim_id=control.claim_id,
        part=control.part,
        how=control.how,
        holds=holds,
        outcome=outcome,
    )
