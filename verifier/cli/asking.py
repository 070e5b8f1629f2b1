"""Put the doors together: who answers a run's prompts, and what stands between.

A live run asks through journal, retries, pace and purse, and stops at Ctrl-C; a recording asks without the journal; a
replay asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.progress import Progress, progress

if TYPE_CHECKING:
    from verifier.interruption import Interruption
    from verifier.journal import Door, Journal
    from verifier.model import Model
    from verifier.model.journalled import Journalled
    from verifier.model.options import ModelOptions
    from verifier.reuse import Reuse
    from verifier.runs import Run
    from verifier.values.outcome import Outcome
    from verifier.values.record import RunRecord


def ask_all(runs: Sequence[Run], options: ModelOptions, given: dict[str, Any], *, quiet: bool) -> list[RunRecord]:
    """Judge every run, one after the other, and give the records.

    Raises:
        UsageError: A cap is set that the price of the model, which is not known, cannot keep.
        VerifierError: The journal, the cassette or the commit cannot be read.
    """
    from verifier.interruption import Interruption, stopping_line
    from verifier.prices import price_of

    price = price_of(options.settings.model, runs[0].prices)
    total = sum(len(run.claims) for run in runs)
    with ExitStack() as stack:
        shown = stack.enter_context(progress(total, price, quiet=quiet))
        interruption = Interruption(on_stop=lambda waiting: click.echo(stopping_line(waiting), err=True))
        if options.replay is not None:
            return interruption.run(_judge(runs, options, interruption, shown, None, given))
        journal = None if options.record else stack.enter_context(_journal(runs[0], given))
        return interruption.run(_judge(runs, options, interruption, shown, journal, given))


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

    door = _Door(runs[0], options, interruption, journal, given)
    async with open_model(options, on_retry=shown.retried, inside=door.inside) as opened:
        if journal is None:
            model = interruption.outside(opened) if options.replay is None else opened
            return [await judge(run, model, shown.done, shown.started) for run in runs]
        model = door.outside(opened, journal)
        return [await _judge_and_keep(run, model, door, shown, journal) for run in runs]


async def _judge_and_keep(run: Run, model: Model, door: _Door, shown: Progress, journal: Journal) -> RunRecord:
    """Judge one run, carrying over what earlier ones said, and keep its rulings in the journal."""
    from verifier.bookkeeping import Books
    from verifier.runs import judge

    with door.reuse(run, journal) as reuse, Books(journal, run, reuse.carried_from) as books:

        def done(outcome: Outcome) -> None:
            books.ruled(outcome)
            reuse.remember(outcome, run.snapshot)
            shown.done(outcome)

        record = await judge(run, model, done, shown.started, carry=reuse.carry)
        return reuse.marked(books.with_other_verdicts(record))


class _Door:
    """What stands between the pipeline and a live model, on either side of the retries."""

    def __init__(
        self,
        run: Run,
        options: ModelOptions,
        interruption: Interruption,
        journal: Journal | None,
        given: dict[str, Any],
    ) -> None:
        self._options = options
        self._interruption = interruption
        self._journal = journal
        self._given = given
        self._prices = run.prices
        self._journalled: Journalled | None = None

    def inside(self, model: Model) -> Model:
        """Pace and purse, which must see every attempt."""
        from verifier.journal import Calibration
        from verifier.model.pacing import Pace, Paced
        from verifier.model.spending import Purse, Spending, WorstCase
        from verifier.prices import price_of
        from verifier.tokens import count_tokens

        settings, given = self._options.settings, self._given
        calibration = self._journal.replies.calibration(settings.model) if self._journal else Calibration()
        schema_tokens = count_tokens(json.dumps(self._options.schema))
        worst = WorstCase(settings.max_output_tokens, schema_tokens, calibration)
        price = price_of(settings.model, self._prices)
        purse = Purse(settings.model, price, max_cost=given["max_cost"], max_tokens=given["max_tokens"])
        spending = Spending(self._interruption.inside(model), purse, worst)
        pace = Pace(given["concurrency"], given["rpm"], given["tpm"], worst.of(given["budget_tokens"]).prompt)
        return Paced(spending, pace, ratio=calibration.ratio)

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
        )
        return self._interruption.outside(self._journalled)

    def reuse(self, run: Run, journal: Journal) -> Reuse:
        """What earlier runs said of the same claims; after `outside`."""
        from verifier.cli.options import prompts_folder
        from verifier.model.envelopes import same_model
        from verifier.reuse import Reuse, judged_by

        asked, any_model = self._options.settings.model, self._options.allow_other_model
        return Reuse(
            journal,
            judged_by(run, self._kept_under, prompts_folder(self._given)),
            fresh=self._given["fresh"],
            answered=lambda prompt: self._journalled is not None and self._journalled.holds(prompt),
            takes=lambda answered: any_model or same_model(asked, answered),
        )

    @property
    def _kept_under(self) -> Door:
        from verifier.journal import Door

        options = self._options
        return Door(options.endpoint.host if options.endpoint else "", options.settings, options.schema)
