"""Put the doors together: who answers a run's prompts, and what stands between.

A live run asks through journal, retries, pace and purse, and stops at Ctrl-C; a recording asks without the journal; a
replay asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from verifier.cli.progress import Progress, progress

if TYPE_CHECKING:
    from verifier.journal import Door, Journal
    from verifier.model import Model
    from verifier.model.batching import Batched
    from verifier.model.gemini import Gemini
    from verifier.model.journalled import Journalled
    from verifier.model.options import ModelOptions
    from verifier.model.retrying import Retry
    from verifier.model.spending import FirstRound, WorstCase
    from verifier.pipeline.opening import OpenedClaim
    from verifier.pipeline.places import Places
    from verifier.runs.interruption import Interruption
    from verifier.runs.reuse import Reuse
    from verifier.runs.run import Run
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
    from verifier.cost.prices import batch_prices, price_of
    from verifier.runs.interruption import Interruption, stopping_line

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


def _open_all(run: Run) -> Iterator[OpenedClaim]:
    """The run's claims, opened, one after the other. One that cannot be opened is left out.

    The first claims stay opened for the run, as many as memory has room for.
    """
    from verifier.errors import VerifierError
    from verifier.pipeline.opening import open_claim

    chars = 0
    for claim in run.claims:
        with suppress(VerifierError):  # the run says why
            opened = open_claim(run.work, claim)
            chars += len(opened.prompt.claim)
            if chars <= MOST_OPENED_CHARS:
                run.work.opened[claim.id] = opened
            yield opened


def _refuse_together(options: ModelOptions, given: dict[str, Any]) -> None:
    """Refuse what does not go together.

    Raises:
        UsageError: It does not.
    """
    from verifier.errors import UsageError

    if given["batch"] and (options.record or options.replay):
        raise UsageError("--batch can be neither recorded nor replayed; leave it out")
    if given["batch"] and given["vertex"]:
        raise UsageError("--batch asks the Gemini API; leave --vertex out")


def _journal(run: Run, given: dict[str, Any]) -> Journal:
    from verifier.journal import DEFAULT_PLACE, Journal, refuse_tracked
    from verifier.repository.repository import find_repository

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
    from verifier.pipeline.places import Places
    from verifier.runs.run import judge

    door = _Door(runs[0], options, interruption, journal, given, shown)
    places = Places(runs[0].limits.concurrency)

    def retried(retry: Retry) -> None:
        shown.retried(retry)
        # While it pauses, another claim is asked about.
        places.leave(retry.prompt.claim_id)

    async with open_model(options, on_retry=retried, say=shown.say, inside=door.inside) as opened, door:
        if journal is None:
            model = interruption.outside(opened) if options.replay is None else opened
            if options.replay is None:
                door.announce([_Ahead(run) for run in runs])
            return [await judge(run, model, shown.done, shown.started, places=places) for run in runs]
        model = door.outside(opened, journal)
        ahead = [door.look_ahead(run, journal) for run in runs]
        door.announce(ahead)
        return [await _judge_and_keep(one, model, door, shown, journal, places) for one in ahead]


async def _judge_and_keep(
    ahead: _Ahead, model: Model, door: _Door, shown: Progress, journal: Journal, places: Places
) -> RunRecord:
    """Judge one run, carrying over what earlier ones said, and keep its rulings in the journal."""
    from verifier.runs.bookkeeping import Books
    from verifier.runs.run import judge

    run, reuse = ahead.run, ahead.reuse
    assert reuse is not None
    with reuse, Books(journal, run, reuse.carried_from) as books:

        def done(outcome: Outcome) -> None:
            books.ruled(outcome)
            reuse.remember(outcome, run.snapshot)
            shown.done(outcome)
            door.claim_ends()

        def started(claim: Claim) -> None:
            shown.started(claim)
            door.claim_begins()

        record = await judge(run, model, done, started, carry=reuse.carry, places=places)
        return reuse.marked(books.with_other_verdicts(record))


@dataclass(frozen=True)
class _Ahead:
    """A run before its first call, with what the journal knows of it; a recording has no journal."""

    run: Run
    reuse: Reuse | None = None


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

    def look_ahead(self, run: Run, journal: Journal) -> _Ahead:
        """What the journal knows of the run; after `outside`."""
        return _Ahead(run, self._reuse(journal, self._judged_by(run)))

    def announce(self, runs: Sequence[_Ahead]) -> None:
        """Say what the runs are going to take, before the first call.

        Raises:
            UsageError: The first rounds alone would pass a cap.
        """
        from verifier.cost.prices import price_of
        from verifier.model.spending import estimate_run

        model, given = self._options.settings.model, self._given
        estimate = estimate_run(
            [self._first_round(ahead, opened) for ahead in runs for opened in _open_all(ahead.run)],
            self._worst_case,
            model=model,
            price=price_of(model, self._prices),
            budget_tokens=given["budget_tokens"],
            max_rounds=given["max_rounds"],
        )
        self._shown.say(str(estimate))
        estimate.refuse_beyond(max_cost=given["max_cost"], max_tokens=given["max_tokens"])

    def _first_round(self, ahead: _Ahead, opened: OpenedClaim) -> FirstRound:
        """What is known of the claim's first round."""
        from verifier.model.spending import FirstRound

        run, prompt = ahead.run, opened.prompt
        answered = self._is_answered(prompt)
        carried = not answered and ahead.reuse is not None and ahead.reuse.knows(run.work, opened)
        return FirstRound(prompt.tokens, answered, carried)

    def _is_answered(self, prompt: Prompt) -> bool:
        return self._journalled is not None and self._journalled.holds(prompt)

    @property
    def _worst_case(self) -> WorstCase:
        from verifier.cost.tokens import count_tokens
        from verifier.journal import Calibration
        from verifier.model.spending import WorstCase

        settings = self._options.settings
        calibration = self._journal.replies.calibration(settings.model) if self._journal else Calibration()
        return WorstCase(settings.max_output_tokens, count_tokens(json.dumps(self._options.schema)), calibration)

    def inside(self, model: Model) -> Model:
        """Pace and purse, which must see every attempt."""
        from verifier.cost.prices import price_of
        from verifier.model.gemini import Gemini
        from verifier.model.pacing import Pace, Paced
        from verifier.model.spending import Purse, Spending

        settings, given, worst = self._options.settings, self._given, self._worst_case
        price = price_of(settings.model, self._prices)
        purse = Purse(settings.model, price, max_cost=given["max_cost"], max_tokens=given["max_tokens"])
        if given["batch"] and isinstance(model, Gemini) and self._journal is not None:
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

    def _judged_by(self, run: Run) -> str:
        from verifier.cli.options import prompts_folder
        from verifier.runs.reuse import judged_by

        return judged_by(run, self._kept_under, prompts_folder(self._given))

    def _reuse(self, journal: Journal, judged_by: str) -> Reuse:
        """What earlier runs said of the same claims."""
        from verifier.model.envelopes import same_model
        from verifier.runs.reuse import Reuse

        asked, any_model = self._options.settings.model, self._options.allow_other_model
        return Reuse(
            journal,
            judged_by,
            fresh=self._given["fresh"],
            answered=self._is_answered,
            takes=lambda answered: any_model or same_model(asked, answered),
        )

    @property
    def _kept_under(self) -> Door:
        from verifier.journal import Door

        options = self._options
        return Door(options.endpoint.host if options.endpoint else "", options.settings, options.schema)
