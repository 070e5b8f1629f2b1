"""Make the runs of a plan: judge claims, keep what was answered and ruled, and give the records.

A live run asks through the journal and stops at Ctrl-C; a recording asks without the journal; a replay asks nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

from verifier.errors import UsageError
from verifier.evidence.parsing import parse_leads
from verifier.journal import JournalError
from verifier.model import Answering, Model
from verifier.model.envelopes import same_model
from verifier.model.retrying import Retry
from verifier.model.spending import Estimate, FirstRound
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.verifying import Hooks, Places
from verifier.records.gate import waiver_notes
from verifier.records.rulings import head
from verifier.runs.allowance import Allowance
from verifier.runs.bookkeeping import Books
from verifier.runs.carry_over import CarryOver, judged_by
from verifier.runs.claim_set_run import Run, ci_notes, with_notes
from verifier.runs.controls import with_controls
from verifier.runs.estimating import estimate, estimate_of_controls, first_round
from verifier.runs.judging import judge
from verifier.runs.model_stack import ModelStack, kept_journal, model_options
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
    watcher = watcher or Watcher()
    with ExitStack() as stack:
        models = _models(plan, watcher, stack, allowance)
        execution = _Execution(plan, models, watcher)
        watcher.begins(sum(len(run.claims) for run in plan.runs), plan.runs[0].bill, lambda: models.waiting)
        stack.callback(watcher.ends)
        stack.callback(models.settle)
        judged = execution.judged
        try:
            models.run(execution.judge())
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
    with ExitStack() as stack:
        models = _models(plan, Watcher(), stack)
        models.outside(Answering(_nobody_is_asked))
        return _Execution(plan, models, Watcher()).expected()[1]


def _models(plan: Plan, watcher: Watcher, stack: ExitStack, allowance: Allowance | None = None) -> ModelStack:
    first, reached = plan.runs[0], model_options(plan)
    journal = stack.enter_context(kept_journal(plan.options, first.snapshot))
    return ModelStack(plan.options, reached, first.price, journal, watcher, allowance)


async def _nobody_is_asked(prompt: Prompt) -> Reply:
    raise AssertionError(f"{prompt.title} is asked")


def _refuse_within_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError("an event loop runs in this thread; give the run another: await asyncio.to_thread(run, options)")


class _Execution:
    """The runs of a plan, as they are made."""

    def __init__(self, plan: Plan, models: ModelStack, watcher: Watcher) -> None:
        self._plan = plan
        self._models = models
        self._journal = models.journal
        self._watcher = watcher
        self._places = Places(plan.runs[0].limits.concurrency)
        self._begun = [_Begun(run, self._carry_over(run)) for run in plan.runs]
        self.judged: list[RunRecord] = []
        """What there is of the records at any time."""

    async def judge(self) -> None:
        """Judge every run, and then its controls."""
        async with self._models.opened(self._retried) as model:
            if self._plan.options.replay is None:
                self._announce()
            for one in self._begun:
                self.judged.append(await self._judge(one, model))
            # When every claim has its ruling: a cap that controls come to is to cost no claim its own.
            for number, one in enumerate(self._begun):
                self.judged[number] = await self._controlled(one, self.judged[number], model)

    def expected(self) -> tuple[list[FirstRound], Estimate]:
        """What is known of the first rounds of the claims that are opened for it, and what all claims come to."""
        claims = sum(len(one.run.claims) for one in self._begun)
        every = -(-claims // MOST_OPENED_FIRST) or 1
        firsts = [self._first_round(one, opened) for one in self._begun for opened in one.open_some(every)]
        return firsts, estimate(self._plan, firsts, self._models.worst_case, of=claims if every > 1 else None)

    def _first_round(self, one: _Begun, opened: OpenedClaim) -> FirstRound:
        led = self._led(opened)
        answered = self._is_answered(led)
        carried = not answered and one.carry_over is not None and one.carry_over.knows(one.run.work, opened)
        return first_round(opened, led, answered=answered, carried=carried)

    def _led(self, opened: OpenedClaim) -> OpenedClaim:
        """The claim with the files that it is led to, where the journal knows that; else as it is."""
        where = opened.where
        kept = self._models.kept(where.prompt) if where is not None else None
        if where is not None and kept is not None:
            with suppress(Exception):  # the claim says why, when it is its turn
                return where.opened(parse_leads(kept, opened.claim.id))
        return opened

    def _is_answered(self, opened: OpenedClaim) -> bool:
        """Whether the journal answers all that is asked in the claim's first round."""
        led = self._led(opened)
        return led.where is None and self._models.kept(led.prompt) is not None

    def _announce(self) -> None:
        """Say what the runs are going to take, before the first call.

        Raises:
            UsageError: The first rounds alone would pass a cap.
        """
        options = self._plan.options
        firsts, expected = self.expected()
        for line in expected.lines:
            self._watcher.say(line)
        if (caps := _caps_of_all(options)) is not None:
            self._watcher.say(caps)
        if options.controls is not None:
            self._watcher.say(estimate_of_controls(self._plan, firsts, self._models.worst_case))
        expected.refuse_beyond(max_cost=options.max_cost, max_tokens=options.max_tokens)

    def _carry_over(self, run: Run) -> CarryOver | None:
        """What earlier runs said of the same claims."""
        options, asked = self._plan.options, (run.settings.model, run.reader.model)
        if self._journal is None:
            return None
        return CarryOver(
            self._journal,
            judged_by(run, self._models.kept_under),
            fresh=options.fresh,
            answered=self._is_answered,
            takes=lambda answered: options.allow_other_model or any(same_model(one, answered) for one in asked),
        )

    def _retried(self, retry: Retry) -> None:
        self._watcher.retried(retry)
        # While it pauses, another claim is asked about.
        self._places.leave(retry.prompt.claim_id)

    async def _judge(self, one: _Begun, model: Model) -> RunRecord:
        """Judge one run; with a journal, carry over what earlier ones said, and keep its rulings there."""
        run, carry_over, watcher = one.run, one.carry_over, self._watcher
        hooks = Hooks(watcher.started, watcher.done, opener=one.opener, places=self._places)
        if self._journal is None or carry_over is None:
            return await judge(run, model, hooks)
        with carry_over, Books(self._journal, run, carry_over.carried_from) as books:
            one.number = books.number

            def done(outcome: Outcome) -> None:
                books.ruled(outcome)
                carry_over.remember(outcome, run.snapshot)
                watcher.done(outcome)
                self._models.claim_ends()

            def started(claim: Claim) -> None:
                watcher.started(claim)
                self._models.claim_begins()

            record = await judge(run, model, replace(hooks, started=started, done=done, carry=carry_over.carry))
            return carry_over.marked(books.with_other_verdicts(record))

    async def _controlled(self, one: _Begun, record: RunRecord, model: Model) -> RunRecord:
        """The record with what became of its controls, which the journal is told of for `verifier history`."""
        options, watcher = self._plan.options, self._watcher
        begins, ends = self._models.claim_begins, self._models.claim_ends
        record = await with_controls(one.run, record, options, model, self._places, watcher, started=begins, done=ends)
        if self._journal is not None and record.controls is not None:
            try:
                self._journal.runs.keep_controls(one.number, record.controls.figures)
            except JournalError as error:
                watcher.insist(f"verifier: {error}")
        return record


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


def _caps_of_all(options: RunOptions) -> str | None:
    """What all shards may take together, each of which has its own caps. None where nothing is capped or shared."""
    of = options.shard.of if options.shard is not None else 0
    caps = [
        *([f"${options.max_cost * of:g}"] if options.max_cost is not None else []),
        *([f"{options.max_tokens * of:,} tokens"] if options.max_tokens is not None else []),
    ]
    return f"caps are those of shard {options.shard}; all {of} may take {' and '.join(caps)}" if of and caps else None
