"""`verifier pack`: exactly what would be sent, per claim. Sends nothing and needs no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from verifier.cli.options import how_to_ask, option, what_to_judge, with_run_options
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions
from verifier.safety.terminal import escape_terminal

if TYPE_CHECKING:
    from verifier.cost.prices import Price
    from verifier.pipeline.opening import OpenedClaim


@click.command(cls=WithSettings)
@what_to_judge
@option("--base", metavar="REF", help="Show what the branch changed since it left REF, as `verifier run` does.")
@how_to_ask
@click.option("--show", "whole", is_flag=True, help="Print the prompts whole.")
@with_run_options
def pack(options: RunOptions, whole: bool) -> None:
    """Show what would be sent, per claim: files, tokens, price. Nothing is sent."""
    from verifier.pipeline.opening import open_claim
    from verifier.runs.planning import plan_runs

    tokens, dollars = 0, 0.0
    with plan_runs(options) as plan:
        first, price = plan.runs[0], plan.runs[0].price
        click.echo(f"commit {first.snapshot.commit}")
        if first.branch is not None:
            click.echo(f"its branch began at {first.branch.before.commit}")
        for run in plan.runs:
            for claim in run.claims:
                opened = open_claim(run.work, claim)
                tokens += opened.prompt.tokens
                sent = _cost(opened.prompt.tokens, 0, price)
                dollars += sent
                _print_claim(opened, _dollars(sent, options, price), whole=whole)
    by = f" ({price})" if price is not None else ""
    click.echo(f"\nall claims, first round: {tokens} tokens, {_dollars(dollars, options, price)}{by}")


def _print_claim(opened: OpenedClaim, dollars: str, *, whole: bool) -> None:
    prompt = opened.prompt
    click.echo(f"\n{opened.claim.id}: {prompt.tokens} tokens, {dollars}")
    for entry in opened.context.manifest:
        lines = f" {', '.join(str(r) for r in entry.lines)} of {entry.total_lines}" if entry.lines else ""
        secrets = f", {entry.redactions} redacted" if entry.redactions else ""
        size = f", {entry.tokens} tokens{secrets}" if entry.tokens else ""
        click.echo(escape_terminal(f"  {entry.supply.value}{lines}: {entry.path}{size} ({entry.why})"))
    for path, how in opened.changes.told if opened.changes is not None else ():
        click.echo(escape_terminal(f"  changed by the branch: {path} ({how})"))
    for directory, count in opened.context.others:
        click.echo(escape_terminal(f"  not selected: {count} in {directory}"))
    if whole:
        for name in ("system", "shared", "claim"):
            click.echo(f"\n----- {name} -----\n{_visible(getattr(prompt, name))}")


def _cost(sent: int, written: int, price: Price | None) -> float:
    from verifier.values.prompt import Usage

    return price.of(Usage(prompt=sent, output=written)) if price is not None else 0.0


def _dollars(sent: float, options: RunOptions, price: Price | None) -> str:
    if price is None:
        return f"price of {options.model} unknown"
    return f"about ${sent:.4f} to send, and up to ${_cost(0, options.max_output_tokens, price):.4f} for the reply"


def _visible(text: str) -> str:
    return escape_terminal(text, keep="\n\t")
