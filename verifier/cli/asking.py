"""Put the doors together: who answers a run's prompts, and what stands between.

A live run asks through journal, retries, pace and purse, and stops at Ctrl-C; a recording asks without the journal; a
replay asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from verifier.cli.progress import Progress, progress

if TYPE_CHECKING:
    from verifier.interruption import Interruption
    from verifier.journal import Door, Journal
    from verifier.model import Model
    from verifier.model.batching import Batched
    from verifier.model.gemini import Gemini
    from verifier.model.journalled import Journalled
    from verifier.model.options import ModelOptions
    from verifier.model.spending import WorstCase
    from verifier.reuse import Reuse
    from verifier.runs import Run
    from verifier.unchanged import Unchanged
    from verifier.values.claim import Claim
    from verifier.values.outcome import Outcome
    from verifier.values.prompt import Prompt
    from verifier.values.record import RunRecord


MOST_OPENED_CHARS = 100_000_000
"""How much text of prompts is kept between the estimate and the claims' turn."""


def ask_all(runs: Sequence[Run], options: ModelOptions, given: dict[str, Any], *, quiet: bool) -> list[RunRecord]:
    """Judge every run, one after the other, and give the records.

    Raises:
        UsageError: A cap is set that the price of the model, which is not known, cannot keep.
        VerifierError: The journal, the cassette or the commit cannot be read.
    """
    from verifier.interruption import Interruption, stopping_line
    from verifier.prices import batch_prices, price_of

    _refuse_together(options, given)
    if given["batch"]:
        runs = [replace(run, prices=batch_prices(run.prices)) for run in runs]
    price = price_of(options.settings.model, runs[0].prices)
    total = sum(len(run.claims) for run in runs)
    with ExitStack() as stack:
        interruption = Interruption(on_stop=lambda on_the_way: shown.insist(stopping_line(on_the_way)))
        shown = stack.enter_context(progress(total, price, quiet=quiet, waiting=lambda: interruption.waiting))
        if options.replay is not None:
            return interruption.run(_judge(runs, options, interruption, shown, None, given))
        journal = None if options.record else stack.enter_context(_journal(runs[0], given))
        return interruption.run(_judge(runs, options, interruption, shown, journal, given))


def _first_prompts(run: Run, known: Collection[str]) -> list[Prompt]:
    """The prompts of round 1, of claims that are not known. A claim that cannot be opened has none; the run says why.

    The first claims stay opened for the run, as many as memory has room for.
    """
    from verifier.errors import VerifierError
    from verifier.pipeline.opening import open_claim

    prompts = []
    chars = 0
    for claim in run.claims:
        if claim.id in known:
            continue
        with suppress(VerifierError):
            opened = open_claim(run.work, claim)
            prompts.append(opened.prompt)
            chars += len(opened.prompt.claim)
            if chars <= MOST_OPENED_CHARS:
                run.work.opened[claim.id] = opened
    return prompts


def _refuse_together(options: ModelOptions, given: dict[str, Any]) -> None:
    """Refuse what does not go together.

    Raises:
        UsageError: It does not.
    """
    from verifier.errors import UsageError

    named = [name for name in ("batch", "context_cache") if given[name]]
    if len(named) > 1:
        raise UsageError("a batch outlives every context cache; give --batch or --context-cache")
    if named and (options.record or options.replay):
        raise UsageError(f"--{named[0].replace('_', '-')} can be neither recorded nor replayed; leave it out")
    if given["batch"] and given["vertex"]:
        raise UsageError("--batch asks the Gemini API; leave --vertex out")


def _journal(run: Run, given: dict[str, Any]) -> Journal:
    from verifier.journal import DEFAULT_PLACE, Journal, refuse_tracked
    from verifier.repository import find_repository

    place: Path = given["journal"] or DEFAULT_PLACE
    refuse_tracked(place, run.snapshot, find_repository(given["repo"]).worktree)
    return Journal(place)


async def _judge(
    runs: Sequence[Run],
    options: ModelOptions,
    interruption: Interruption,
    shown: Progress,
    journal: Journal | None,
    given: dict[str, Any],
) -> list[RunRecord]:
    from verifier.model.options import open_model
    from verifier.runs import judge

    door = _Door(runs[0], options, interruption, journal, given, shown)
    async with open_model(options, on_retry=shown.retried, inside=door.inside) as opened, door:
        if journal is None:
            model = interruption.outside(opened) if options.replay is None else opened
            return [await judge(run, model, shown.done, shown.started) for run in runs]
        model = door.outside(opened, journal)
        return [await _judge_and_keep(run, model, door, shown, journal) for run in runs]


async def _judge_and_keep(run: Run, model: Model, door: _Door, shown: Progress, journal: Journal) -> RunRecord:
    """Judge one run, carrying over what earlier ones said, and keep its rulings in the journal."""
    from verifier.bookkeeping import Books
    from verifier.prices import price_of
    from verifier.runs import judge

    with door.reuse(run, journal) as reuse, Books(journal, run, reuse.carried_from) as books:
        unchanged = door.unchanged(run, journal)
        known = unchanged.rulings(run.claims, price_of(run.settings.model, run.prices))
        for ruling in known.values():
            books.repeated(ruling)
            shown.repeated(ruling)

        def done(outcome: Outcome) -> None:
            books.ruled(outcome)
            reuse.remember(outcome, run.snapshot)
            shown.done(outcome)
            door.claim_ends()

        def started(claim: Claim) -> None:
            shown.started(claim)
            door.claim_begins()

        async with door.shared_part(run, door.announce(run, known)):
            record = await judge(run, model, done, started, carry=reuse.carry, known=known)
        record = reuse.marked(books.with_other_verdicts(record))
        unchanged.keep(record.rulings)
        return record


class _Door:
    """What stands between the pipeline and a live model, on either side of the retries."""

    def __init__(
        self,
        run: Run,
        options: ModelOptions,
        interruption: Interruption,
        journal: Journal | None,
        given: dict[str, Any],
        shown: Progress,
    ) -> None:
        self._shown = shown
        self._batched: Batched | None = None
        self._gemini: Gemini | None = None
        self._options = options
        self._interruption = interruption
        self._journal = journal
        self._given = given
        self._prices = run.prices
        self._journalled: Journalled | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: Any) -> None:
        """End what waits for a batch."""
        if self._batched is not None:
            await self._batched.__aexit__(*error)

    def claim_begins(self) -> None:
        """Tell a batch that one more claim may ask."""
        if self._batched is not None:
            self._batched.claim_begins()

    def claim_ends(self) -> None:
        """Tell a batch that a claim asks no more."""
        if self._batched is not None:
            self._batched.claim_ends()

    def announce(self, run: Run, known: Collection[str]) -> Sequence[Prompt]:
        """Say what the run is going to take, before its first call; the prompts that the journal does not answer.

        Raises:
            UsageError: The first rounds alone would pass a cap.
        """
        from verifier.model.spending import estimate_run
        from verifier.prices import price_of

        assert self._journalled is not None
        model, given = self._options.settings.model, self._given
        prompts = _first_prompts(run, known)
        estimate = estimate_run(
            prompts,
            self._worst_case,
            model=model,
            price=price_of(model, run.prices),
            budget_tokens=given["budget_tokens"],
            max_rounds=given["max_rounds"],
            answered=self._journalled.holds,
            known=len(known),
        )
        self._shown.say(str(estimate))
        estimate.refuse_beyond(max_cost=given["max_cost"], max_tokens=given["max_tokens"])
        return [prompt for prompt in prompts if not self._journalled.holds(prompt)]

    @asynccontextmanager
    async def shared_part(self, run: Run, prompts: Sequence[Prompt]) -> AsyncIterator[None]:
        """Let the service keep what the prompts share while the context lasts, where that is wanted and cheaper."""
        from verifier.model.context_cache import context_cache, plan_cache
        from verifier.prices import price_of

        if not self._given["context_cache"] or self._gemini is None or self._journal is None:
            yield
            return
        model = self._options.settings.model
        plan = plan_cache(
            prompts,
            price_of(model, run.prices),
            model=model,
            concurrency=self._given["concurrency"],
            calibration=self._journal.replies.calibration(model),
        )
        async with context_cache(self._gemini, plan, model=model, say=self._shown.say):
            yield

    @property
    def _worst_case(self) -> WorstCase:
        from verifier.journal import Calibration
        from verifier.model.spending import WorstCase
        from verifier.tokens import count_tokens

        settings = self._options.settings
        calibration = self._journal.replies.calibration(settings.model) if self._journal else Calibration()
        return WorstCase(settings.max_output_tokens, count_tokens(json.dumps(self._options.schema)), calibration)

    def inside(self, model: Model) -> Model:
        """Pace and purse, which must see every attempt."""
        from verifier.model.gemini import Gemini
        from verifier.model.pacing import Pace, Paced
        from verifier.model.spending import Purse, Spending
        from verifier.prices import price_of

        settings, given, worst = self._options.settings, self._given, self._worst_case
        price = price_of(settings.model, self._prices)
        purse = Purse(settings.model, price, max_cost=given["max_cost"], max_tokens=given["max_tokens"])
        if isinstance(model, Gemini):
            self._gemini = model
            if given["batch"] and self._journal is not None:
                return Spending(self._batch(model, self._journal), purse, worst)
        spending = Spending(self._interruption.inside(model), purse, worst)
        pace = Pace(given["concurrency"], given["rpm"], given["tpm"], worst.of(given["budget_tokens"]).prompt)
        return Paced(spending, pace, ratio=worst.calibration.ratio)

    def _batch(self, gemini: Gemini, journal: Journal) -> Model:
        from verifier.model.batching import Batched

        self._batched = Batched(gemini, self._kept_under, journal.batches, say=self._shown.say)
        return self._batched

    def outside(self, model: Model, journal: Journal) -> Model:
        """The journal, which answers what was answered before, and an end at Ctrl-C."""
        from verifier.model.journalled import Journalled
        from verifier.model.redacting import Redacting

        self._journalled = Journalled(
            Redacting(model),
            journal,
            self._kept_under,
            fresh=self._given["fresh"],
            allow_other_model=self._options.allow_other_model,
            say=self._shown.say,
        )
        return self._interruption.outside(self._journalled)

    def unchanged(self, run: Run, journal: Journal) -> Unchanged:
        """What earlier runs ruled on the same commit."""
        from verifier.unchanged import Unchanged

        judged_by = f"{self._judged_by(run)}, any model: {self._options.allow_other_model}"
        if run.branch is not None:
            judged_by += f", beside {run.branch.before.commit}"
        return Unchanged(journal, judged_by, run.snapshot, fresh=self._given["fresh"])

    def _judged_by(self, run: Run) -> str:
        from verifier.cli.options import prompts_folder
        from verifier.reuse import judged_by

        return judged_by(run, self._kept_under, prompts_folder(self._given))

    def reuse(self, run: Run, journal: Journal) -> Reuse:
        """What earlier runs said of the same claims; after `outside`."""
        from verifier.model.envelopes import same_model
        from verifier.reuse import Reuse

        asked, any_model = self._options.settings.model, self._options.allow_other_model
        return Reuse(
            journal,
            self._judged_by(run),
            fresh=self._given["fresh"],
            answered=lambda prompt: self._journalled is not None and self._journalled.holds(prompt),
            takes=lambda answered: any_model or same_model(asked, answered),
        )

    @property
    def _kept_under(self) -> Door:
        from verifier.journal import Door

        options = self._options
        return Door(options.endpoint.host if options.endpoint else "", options.settings, options.schema)
