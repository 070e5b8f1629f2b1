"""Make the runs of a plan: judge claims, keep what was answered and ruled, and give the records.

A live run asks through the journal and stops at Ctrl-C; a recording asks without the journal; a replay asks nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from verifier.cost.prices import Price
from verifier.errors import UsageError
from verifier.journal import Journal, JournalError, default_place, refuse_tracked
from verifier.model import Answering, Model
from verifier.model.envelopes import same_model
from verifier.model.options import ModelOptions, open_model
from verifier.model.retrying import Retry
from verifier.model.spending import Estimate, FirstRound
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.places import Places
from verifier.records.rulings import head
from verifier.records.waivers import waiver_notes
from verifier.runs.allowance import Allowance
from verifier.runs.bookkeeping import Books
from verifier.runs.carry_over import CarryOver, judged_by
from verifier.runs.claim_set_run import Run, ci_notes, with_notes
from verifier.runs.controls import with_controls
from verifier.runs.estimating import controls_line, estimate
from verifier.runs.interruption import Interruption, stopping_line
from verifier.runs.judging import judge
from verifier.runs.model_stack import ModelStack, model_options
from verifier.runs.options import RunOptions
from verifier.runs.planning import Plan
from verifier.runs.watching import Watcher
from verifier.safety.redacting import redact_output
from verifier.values.claim import Claim
from verifier.values.outcome import Outcome
from verifier.values.prompt import Prompt, Reply
from verifier.values.record import RunRecord

MOST_OPENED_FIRST = 40
"""Claims that are opened for the estimate, spread over the sets; where there are more, these stand for all."""

MOST_OPENED_CHARS = 20_000_000
"""How much text of prompts is kept between the estimate and the claims' turn."""


def execute(plan: Plan, watcher: Watcher | None = None, allowance: Allowance | None = None) -> list[RunRecord]:
    """Make every run of the plan, one after the other, and give their records in its order.

    `allowance` is told what their calls took, and may have taken, whatever becomes of the runs.

    Raises:
        UsageError: Options contradict each other, there is no key, or a cap cannot be kept.
        VerifierError: The journal, the cassette or the commit cannot be read.
    """
    _refuse_within_a_loop()
    if not plan.runs:
        return []
    reached, watcher = model_options(plan), watcher or Watcher()
    if reached.endpoint is not None and reached.endpoint.warning is not None:
        watcher.insist(f"verifier: {reached.endpoint.warning}")
    interruption = Interruption(on_stop=lambda on_the_way: watcher.insist(stopping_line(on_the_way)))
    total = sum(len(run.claims) for run in plan.runs)
    judged: list[RunRecord] = []
    with ExitStack() as stack:
        watcher.begins(total, plan.runs[0].bill, lambda: interruption.waiting)
        stack.callback(watcher.ends)
        try:
            if reached.replay is not None:
                with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                    runner.run(_replay(plan, reached, watcher, judged))
            else:
                journal = stack.enter_context(_journal(plan)) if plan.options.keeps_journal else None
                models = _stack(plan, reached, journal, interruption, watcher, allowance)
                stack.callback(models.settle)
                interruption.run(_ask(plan, reached, journal, models, watcher, judged))
        except KeyboardInterrupt:
            if len(judged) < len(plan.runs):
                raise
            judged = [
                record if record.controls else with_notes(record, ["the run was ended while its controls were judged"])
                for record in judged
            ]
    noted = (with_notes(record, (*ci_notes(record), *waiver_notes(record))) for record in judged)
    return [_redacted(plan.marked(record)) for record in noted]


def _redacted(record: RunRecord) -> RunRecord:
    """The record as it may leave; each of its rulings was redacted when it was made."""
    return replace(redact_output(head(record)), rulings=record.rulings)


def foresee(plan: Plan) -> Estimate:
    """What the plan's runs are going to take, as `execute` says before its first call. Nothing is asked.

    Raises:
        UsageError: Options contradict each other, or there is no key.
        VerifierError: The journal cannot be read.
    """
    reached = model_options(plan)
    with _journal(plan) as journal:
        stack = _stack(plan, reached, journal, Interruption(), Watcher())
        stack.outside(Answering(_nobody_is_asked))
        begun = [_Begun(run, _carry_over(run, plan, stack, journal)) for run in plan.runs]
        return _expected(begun, plan, stack)[1]


def _stack(
    plan: Plan,
    reached: ModelOptions,
    journal: Journal | None,
    interruption: Interruption,
    watcher: Watcher,
    allowance: Allowance | None = None,
) -> ModelStack:
    first = plan.runs[0]

    def price(model: str) -> Price | None:
        return first.prices.of(model, first.day)

    return ModelStack(plan.options, reached, price, journal, interruption, watcher, allowance)


async def _nobody_is_asked(prompt: Prompt) -> Reply:
    raise AssertionError(f"{prompt.title} is asked")


def _refuse_within_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError("an event loop runs in this thread; give the run another: await asyncio.to_thread(run, options)")


def _journal(plan: Plan) -> Journal:
    place = plan.options.journal or default_place()
    refuse_tracked(place, plan.runs[0].snapshot)
    return Journal(place)


async def _replay(plan: Plan, reached: ModelOptions, watcher: Watcher, judged: list[RunRecord]) -> None:
    """Judge every run, and then its controls; `judged` has what there is of it at any time."""
    places = Places(plan.runs[0].limits.concurrency)
    async with open_model(reached) as model:
        for run in plan.runs:
            judged.append(await judge(run, model, watcher.done, watcher.started, places=places))
        for number, run in enumerate(plan.runs):
            judged[number] = await with_controls(run, judged[number], plan.options, model, places, watcher)


async def _ask(
    plan: Plan,
    reached: ModelOptions,
    journal: Journal | None,
    stack: ModelStack,
    watcher: Watcher,
    judged: list[RunRecord],
) -> None:
    """Judge every run, and then its controls; `judged` has what there is of it at any time."""
    places = Places(plan.runs[0].limits.concurrency)

    def retried(retry: Retry) -> None:
        watcher.retried(retry)
        # While it pauses, another claim is asked about.
        places.leave(retry.prompt.claim_id)

    def warn(line: str) -> None:
        watcher.insist(f"verifier: {line}")

    async with open_model(reached, on_retry=retried, say=watcher.say, warn=warn, inside=stack.inside) as opened, stack:
        model = stack.outside(opened)
        begun = [_Begun(run, _carry_over(run, plan, stack, journal)) for run in plan.runs]
        _announce(begun, plan, stack, watcher)
        for one in begun:
            judged.append(await _judge(one, model, stack, watcher, journal, places))
        # When every claim has its ruling: a cap that controls come to is to cost no claim its own.
        for number, one in enumerate(begun):
            judged[number] = await _controlled(
                one, judged[number], plan.options, model, stack, watcher, journal, places
            )


class _Begun:
    """A run before its first call: what the journal knows of it, and its claims as far as they are open."""

    def __init__(self, run: Run, carry_over: CarryOver | None) -> None:
        self.run = run
        self.carry_over = carry_over
        self.number = 0
        """The run's in the journal, once its claims are judged."""
        self._opened: dict[str, OpenedClaim] = {}

    def open_some(self, every: int) -> Iterator[OpenedClaim]:
        """One in so many of the run's claims, opened one after the other. One that cannot be opened is left out.

        The first ones stay open until their turn, as many as memory has room for.
        """
        chars = 0
        for claim in self.run.claims[::every]:
            with suppress(Exception):  # the claim says why, when it is its turn
                opened = open_claim(self.run.work, claim)
                chars += len(opened.prompt.claim)
                if chars <= MOST_OPENED_CHARS:
                    self._opened[claim.id] = opened
                yield opened

    def opener(self, work: Work, claim: Claim) -> OpenedClaim:
        """The claim, opened; it is kept no longer."""
        return self._opened.pop(claim.id, None) or open_claim(work, claim)


def _carry_over(run: Run, plan: Plan, stack: ModelStack, journal: Journal | None) -> CarryOver | None:
    """What earlier runs said of the same claims."""
    options = plan.options
    asked = (run.settings.model, run.reader.model)
    if journal is None:
        return None
    return CarryOver(
        journal,
        judged_by(run, stack.kept_under),
        fresh=options.fresh,
        answered=stack.is_answered,
        takes=lambda answered: options.allow_other_model or any(same_model(one, answered) for one in asked),
    )


def _announce(begun: Sequence[_Begun], plan: Plan, stack: ModelStack, watcher: Watcher) -> None:
    """Say what the runs are going to take, before the first call.

    Raises:
        UsageError: The first rounds alone would pass a cap.
    """
    options = plan.options
    firsts, expected = _expected(begun, plan, stack)
    for line in expected.lines:
        watcher.say(line)
    if (caps := _caps_of_all(options)) is not None:
        watcher.say(caps)
    if options.controls is not None:
        watcher.say(controls_line(plan, firsts, stack.worst_case))
    expected.refuse_beyond(max_cost=options.max_cost, max_tokens=options.max_tokens)


def _caps_of_all(options: RunOptions) -> str | None:
    """What all shards may take together, each of which has its own caps. None where nothing is capped or shared."""
    of = options.shard.of if options.shard is not None else 0
    caps = [
        *([f"${options.max_cost * of:g}"] if options.max_cost is not None else []),
        *([f"{options.max_tokens * of:,} tokens"] if options.max_tokens is not None else []),
    ]
    return f"caps are those of shard {options.shard}; all {of} may take {' and '.join(caps)}" if of and caps else None


def _expected(begun: Sequence[_Begun], plan: Plan, stack: ModelStack) -> tuple[list[FirstRound], Estimate]:
    """What is known of the first rounds of the claims that are opened for it, and what all claims come to."""
    claims = sum(len(one.run.claims) for one in begun)
    every = -(-claims // MOST_OPENED_FIRST) or 1
    firsts = [_first_round(one, opened, stack) for one in begun for opened in one.open_some(every)]
    return firsts, estimate(plan, firsts, stack.worst_case, of=claims if every > 1 else None)


def _first_round(one: _Begun, opened: OpenedClaim, stack: ModelStack) -> FirstRound:
    """What is known of the claim's first round."""
    answered = stack.is_answered(opened.prompt)
    carried = not answered and one.carry_over is not None and one.carry_over.knows(one.run.work, opened)
    return FirstRound(opened.prompt.tokens, answered, carried)


async def _judge(
    one: _Begun, model: Model, stack: ModelStack, watcher: Watcher, journal: Journal | None, places: Places
) -> RunRecord:
    """Judge one run; with a journal, carry over what earlier ones said, and keep its rulings there."""
    run, carry_over = one.run, one.carry_over
    if journal is None or carry_over is None:
        return await judge(run, model, watcher.done, watcher.started, places=places, opener=one.opener)
    with carry_over, Books(journal, run, carry_over.carried_from) as books:
        one.number = books.number

        def done(outcome: Outcome) -> None:
            books.ruled(outcome)
            carry_over.remember(outcome, run.snapshot)
            watcher.done(outcome)
            stack.claim_ends()

        def started(claim: Claim) -> None:
            watcher.started(claim)
            stack.claim_begins()

        record = await judge(run, model, done, started, carry=carry_over.carry, places=places, opener=one.opener)
        return carry_over.marked(books.with_other_verdicts(record))


async def _controlled(
    one: _Begun,
    record: RunRecord,
    options: RunOptions,
    model: Model,
    stack: ModelStack,
    watcher: Watcher,
    journal: Journal | None,
    places: Places,
) -> RunRecord:
    """The record with what became of its controls, which the journal is told of for `verifier history`."""
    begins, ends = stack.claim_begins, stack.claim_ends
    record = await with_controls(one.run, record, options, model, places, watcher, started=begins, done=ends)
    if journal is not None and record.controls is not None:
        try:
            journal.runs.keep_controls(one.number, record.controls.figures)
        except JournalError as error:
            watcher.insist(f"verifier: {error}")
    return record
