"""`verifier pack`: exactly what would be sent, per claim. Sends nothing and needs no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from verifier.cli.completing import refs
from verifier.cli.options import how_to_ask, option, what_to_judge, with_run_options
from verifier.cli.output import show
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions
from verifier.safety.terminal import escape_terminal

if TYPE_CHECKING:
    from collections.abc import Collection

    from verifier.model.spending import Estimate
    from verifier.pipeline.opening import OpenedClaim
    from verifier.values.prompt import Asks


@click.command(cls=WithSettings)
@what_to_judge
@option(
    "--base",
    metavar="REF",
    shell_complete=refs,
    help="Show what the branch changed since it left REF, as `verifier run` does.",
)
@how_to_ask
@click.option("--show", "whole", is_flag=True, help="Print the prompts whole, and the schema of the reply.")
@with_run_options
def pack(options: RunOptions, whole: bool) -> None:
    """Show what would be sent, per claim: files, tokens, price. Nothing is sent.

    The tokens are those that `verifier run` says before it asks, where the journal answers nothing: of the first prompt
    and of a second reading of the evidence that it brings. For a claim that does not say where to look, the model is
    asked that first; the files that it names follow from its reply.
    """
    from verifier.pipeline.opening import open_claim
    from verifier.runs.estimating import estimate, explained, first_round, kept_calibration, worst_case_of
    from verifier.runs.planning import plan_runs
    from verifier.values.verdict import AskedVerdict

    firsts, asked = [], set()
    with plan_runs(options) as plan:
        first = plan.runs[0]
        worst_case = worst_case_of(options, kept_calibration(plan), AskedVerdict.as_schema())
        show(f"commit {first.snapshot.commit}")
        if first.branch is not None:
            show(f"its branch began at {first.branch.before.commit}")
        for run in plan.runs:
            for claim in run.claims:
                opened = open_claim(run.work, claim)
                firsts.append(first_round(opened))
                asked.add(opened.first.asks)
                size = _size(estimate(plan, firsts[-1:], worst_case))
                _print_claim(opened, size, worst_case.calibration.ratio, whole=whole)
    if whole:
        _print_schemas(asked)
    show("")
    show(explained(worst_case, options.model))
    for line in estimate(plan, firsts, worst_case).lines:
        show(line)


def _print_claim(opened: OpenedClaim, size: str, ratio: float, *, whole: bool) -> None:
    from verifier.runs.estimating import LIKELY_LED_TOKENS

    show("")
    show(f"{opened.claim.id}: {size}")
    if opened.where is not None:
        asking = round(opened.where.prompt.tokens * ratio)
        likely = f"the files follow from the reply, and take about {round(LIKELY_LED_TOKENS * ratio)}"
        show(f"  asked first where to look: {asking} tokens; {likely}")
    for entry in opened.context.manifest:
        lines = f" {', '.join(str(r) for r in entry.lines)} of {entry.total_lines}" if entry.lines else ""
        secrets = f", {entry.redactions} redacted" if entry.redactions else ""
        tokens = f", {round(entry.tokens * ratio)} tokens{secrets}" if entry.tokens else ""
        show(f"  {entry.supply.value}{lines}: {entry.path}{tokens} ({entry.why})")
    for path, how in opened.changes.told if opened.changes is not None else ():
        show(f"  changed by the branch: {path} ({how})")
    for directory, count in opened.context.others if opened.where is None else ():
        show(f"  not selected: {count} in {directory}")
    if whole:
        for name, text in opened.first.sections.items():
            show(escape_terminal(f"\n----- {name} -----\n{text}", keep="\n\t"), ready=True)


def _print_schemas(asked: Collection[Asks]) -> None:
    """The schemas of the replies, one of which goes with every prompt."""
    import json

    from verifier.values.leads import AskedLeads
    from verifier.values.prompt import Asks
    from verifier.values.verdict import AskedVerdict

    for asks, model in ((Asks.LEADS, AskedLeads), (Asks.VERDICT, AskedVerdict)):
        if asks in asked:
            schema = json.dumps(model.as_schema(), indent=2)
            show(f"\n----- schema of the reply: {asks}, sent with each such prompt -----\n{schema}", ready=True)


def _size(expected: Estimate) -> str:
    """What one claim's first round is going to take."""
    if expected.price is None:
        return f"{expected.likely.prompt} tokens, price of {expected.model} unknown"
    return f"{expected.likely.prompt} tokens, about ${expected.likely_cost:.4f}"
