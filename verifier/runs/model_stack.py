"""What stands between the pipeline and a live model: journal, retries, pace, caps, batches, and a stop at Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from verifier.claim_files.finding import journal_place
from verifier.cost.calibration import Calibration
from verifier.cost.prices import Price
from verifier.errors import UsageError
from verifier.journal import Addressee, Journal, refuse_tracked
from verifier.model import Model
from verifier.model.batching import Batched
from verifier.model.cassettes.files import Controlled, Provenance
from verifier.model.gemini import Gemini
from verifier.model.journalled import Journalled
from verifier.model.options import ModelOptions, Record, open_model
from verifier.model.pacing import Pace, Paced
from verifier.model.retrying import Retry
from verifier.model.spending import Purse, Spending, WorstCase
from verifier.repository.snapshot import Snapshot
from verifier.runs.allowance import Allowance
from verifier.runs.controls import seed_of
from verifier.runs.estimating import worst_case_of
from verifier.runs.interruption import Interruption, stopping_line
from verifier.runs.options import RunOptions
from verifier.runs.planning import Plan
from verifier.runs.watching import Watcher
from verifier.values.draft import AskedDraft
from verifier.values.leads import AskedLeads
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply
from verifier.values.reading import AskedReading
from verifier.values.tool import TOOL
from verifier.values.verdict import AskedVerdict

T = TypeVar("T")


def model_options(plan: Plan) -> ModelOptions:
    """How to reach the model, live, recorded or replayed.

    Raises:
        UsageError: Options contradict each other, or there is no key.
    """
    options = plan.options
    _refuse_unfit(options)
    base = next((run.branch.before.commit for run in plan.runs if run.branch is not None), None)
    controls = _controlled(plan)
    return ModelOptions(
        settings=plan.runs[0].settings,
        schema=AskedVerdict.as_schema(),
        others={
            Asks.LEADS: Form(plan.runs[0].settings, AskedLeads.as_schema()),
            Asks.READING: Form(plan.runs[0].reader, AskedReading.as_schema()),
        },
        endpoint=None if options.replay else options.endpoint(os.environ),
        allow_other_model=options.allow_other_model,
        attempts=options.attempts,
        connections=options.concurrency,
        record=_recording(plan, base, controls),
        replay=options.replay,
        base=base,
        controls=controls,
    )


def draft_options(options: RunOptions, settings: ModelSettings) -> ModelOptions:
    """How to reach the model for a draft of claims, live, recorded or replayed.

    Raises:
        UsageError: Options contradict each other, or there is no key.
    """
    _refuse_unfit(options)
    if options.batch:
        raise UsageError("a draft is one request, and no batch; leave --batch out")
    return ModelOptions(
        settings=settings,
        schema=AskedDraft.as_schema(),
        endpoint=None if options.replay else options.endpoint(os.environ),
        allow_other_model=options.allow_other_model,
        attempts=options.attempts,
        record=Record(options.record, _provenance(options)) if options.record is not None else None,
        replay=options.replay,
    )


def _refuse_unfit(options: RunOptions) -> None:
    if options.authored and options.record is None:
        raise UsageError("--authored says where recorded replies come from; give --record too")
    if options.batch and (options.record or options.replay):
        raise UsageError("--batch can be neither recorded nor replayed; leave it out")
    if options.batch and options.vertex:
        raise UsageError(
            "Vertex AI takes a batch from Cloud Storage or BigQuery alone, where google-genai puts none; "
            "leave --vertex out to ask the Gemini API, or --batch"
        )


def _recording(plan: Plan, base: str | None, controls: Controlled | None) -> Record | None:
    place = plan.options.record
    if place is None:
        return None
    if place.exists() and any(run.subset for run in plan.runs):
        raise UsageError(f"{place}: recording some of the claims would replace the whole cassette; name a new file")
    provenance = _provenance(plan.options, base, controls)
    return Record(place, provenance, [claim.id for run in plan.runs for claim in run.claims])


def _controlled(plan: Plan) -> Controlled | None:
    """The controls that are judged of each run; all are of one commit."""
    options = plan.options
    if options.controls is None:
        return None
    return Controlled(claims=options.controls, seed=seed_of(options, plan.runs[0].snapshot.commit))


def _provenance(options: RunOptions, base: str | None = None, controls: Controlled | None = None) -> Provenance:
    return Provenance(
        replies="authored" if options.authored else "recorded",
        recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        tool=TOOL,
        model=options.model,
        base=base,
        controls=controls,
    )


@contextmanager
def kept_journal(options: RunOptions, snapshot: Snapshot | None) -> Iterator[Journal | None]:
    """The journal of such a run while the context lasts. None where none is kept, as in a recording or a replay.

    Raises:
        JournalError: It cannot be read, or the commit brings it along.
    """
    if not options.keeps_journal:
        yield None
        return
    place = options.journal or journal_place()
    if snapshot is not None:
        refuse_tracked(place, snapshot)
    with Journal(place) as journal:
        yield journal


class ModelStack:
    """Whoever answers, and what stands around a live model on either side of its retries."""

    def __init__(
        self,
        options: RunOptions,
        reached: ModelOptions,
        price: Callable[[str], Price | None],
        journal: Journal | None,
        watcher: Watcher,
        allowance: Allowance | None = None,
    ) -> None:
        """Prepare to ask. `price` gives a model's; `journal` is None where none is kept.

        `allowance` is told what is spent.
        """
        self.options = options
        self._reached = reached
        self.price = price
        self.journal = journal
        self._interruption = Interruption(on_stop=lambda on_the_way: watcher.insist(stopping_line(on_the_way)))
        self._watcher = watcher
        self._allowance = allowance
        self._purse: Purse | None = None
        self._batched: Batched | None = None
        self._journalled: Journalled | None = None
        if reached.endpoint is not None and reached.endpoint.warning is not None:
            self._warn(reached.endpoint.warning)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run to the end; where a live model is asked, Ctrl-C and SIGTERM end it in good order.

        Raises:
            KeyboardInterrupt: There was a second Ctrl-C, or a first one in a replay.
        """
        if self._reached.replay is None:
            return self._interruption.run(main)
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            return runner.run(main)

    @property
    def waiting(self) -> int:
        """How many requests wait to be sent."""
        return self._interruption.waiting

    @asynccontextmanager
    async def opened(self, retried: Callable[[Retry], None]) -> AsyncIterator[Model]:
        """Whoever answers, for as long as the context lasts; `retried` is told of what is asked again after a pause.

        Raises:
            CassetteError: The cassette to replay is missing or malformed, or the recording cannot be written.
        """
        if self._reached.replay is not None:
            async with open_model(self._reached) as replayed:
                yield replayed
            return

        opening = open_model(
            self._reached, on_retry=retried, say=self._watcher.say, warn=self._warn, inside=self._inside
        )
        async with opening as live, AsyncExitStack() as stack:
            if self._batched is not None:
                await stack.enter_async_context(self._batched)
            yield self.outside(live)

    def _warn(self, line: str) -> None:
        self._watcher.insist(f"verifier: {line}")

    def _inside(self, model: Model) -> Model:
        """Pace and caps, which must see every attempt."""
        options, worst = self.options, self.worst_case
        # What costs are not held to needs no prices, which take a while to look up.
        tells_cost = options.max_cost is not None or self._allowance is not None
        price, reader_price = map(self.price, self._models) if tells_cost else (None, None)
        purse = self._purse = Purse(
            options.model,
            price,
            reader=(self._models[1], reader_price),
            max_cost=options.max_cost,
            max_tokens=options.max_tokens,
        )
        if options.batch and isinstance(model, Gemini) and self.journal is not None:
            self._batched = Batched(model, self.kept_under, self.journal.batches, say=self._watcher.say)
            return Spending(self._batched, purse, worst)
        spending = Spending(self._interruption.inside(model), purse, worst)
        pace = Pace(options.concurrency, options.rpm, options.tpm, worst.of(options.budget_tokens).prompt)
        return Paced(spending, pace, ratio=worst.calibration.ratio)

    def outside(self, model: Model) -> Model:
        """The journal, which answers what was answered before, and an end at Ctrl-C."""
        if self.journal is not None:
            model = self._journalled = Journalled(
                model,
                self.journal,
                self.kept_under,
                fresh=self.options.fresh,
                allow_other_model=self.options.allow_other_model,
                say=self._watcher.say,
            )
        return self._interruption.outside(model)

    def settle(self) -> None:
        """Count what the run took, once none of its calls is on its way any more."""
        if self._allowance is not None and self._purse is not None:
            self._allowance.settle(self._purse)

    def kept(self, prompt: Prompt) -> Reply | None:
        """What the journal answers to the very same prompt, after `outside`. None: nothing."""
        return self._journalled.kept(prompt) if self._journalled is not None else None

    def claim_begins(self) -> None:
        """Tell a batch that one more claim may ask."""
        if self._batched is not None:
            self._batched.claim_begins()

    def claim_ends(self) -> None:
        """Tell a batch that a claim asks no more."""
        if self._batched is not None:
            self._batched.claim_ends()

    @property
    def worst_case(self) -> WorstCase:
        """What a call may take at most, by the replies that the journal has of both models."""
        calibrations = [self._calibration(model) for model in self._models]
        largest = max(one.largest for one in calibrations)
        return worst_case_of(self.options, replace(calibrations[0], largest=largest), self._reached.schema)

    @property
    def _models(self) -> tuple[str, str]:
        """Who is asked first, and who for second readings."""
        first, reader = map(self.kept_under.form, (Asks.VERDICT, Asks.READING))
        return first.settings.model, reader.settings.model

    def _calibration(self, model: str) -> Calibration:
        return self.journal.replies.calibration(model) if self.journal else Calibration()

    @property
    def kept_under(self) -> Addressee:
        """What the journal keeps replies under, beside their prompts."""
        endpoint = self._reached.endpoint
        return Addressee(
            endpoint.host if endpoint else "", self._reached.settings, self._reached.schema, self._reached.others
        )
