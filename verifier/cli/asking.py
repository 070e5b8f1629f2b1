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
    from verifier.journal import Journal
    from verifier.model import Model
    from verifier.model.options import ModelOptions
    from verifier.runs import Run
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
        model = door.outside(opened) if options.replay is None else opened
        return [await judge(run, model, shown.done, shown.started) for run in runs]


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

    def outside(self, model: Model) -> Model:
        """The journal, which answers what was answered before, and an end at Ctrl-C."""
        if self._journal is None:
            return self._interruption.outside(model)
        from verifier.journal import Door
        from verifier.model.journalled import Journalled

        options = self._options
        host = options.endpoint.host if options.endpoint else ""
        journalled = Journalled(
            model,
            self._journal,
            Door(host, options.settings, options.schema),
            fresh=self._given["fresh"],
            allow_other_model=options.allow_other_model,
        )
        return self._interruption.outside(journalled)
