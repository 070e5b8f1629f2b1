"""`verifier pack`: exactly what would be sent, per claim. Sends nothing and needs no key."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.options import how_to_ask, limits, option, prompts_folder, what_to_judge
from verifier.cli.output import escape_terminal
from verifier.cli.settings import WithSettings

if TYPE_CHECKING:
    from verifier.cost.prices import Price
    from verifier.pipeline.opening import OpenedClaim


@click.command(cls=WithSettings)
@what_to_judge
@option("--base", metavar="REF", help="Show what the branch changed since it left REF, as `verifier run` does.")
@how_to_ask
@click.option("--show", is_flag=True, help="Print the prompts whole.")
def pack(**given: Any) -> None:
    """Show what would be sent, per claim: files, tokens, price. Nothing is sent."""
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.cost.prices import price_of, read_prices
    from verifier.cost.tokens import counts_kept
    from verifier.pipeline.opening import Work, open_claim
    from verifier.prompting.rendering import Prompts
    from verifier.repository.branches import open_branch
    from verifier.repository.index import Index
    from verifier.repository.own_paths import own_paths
    from verifier.repository.snapshot import Snapshot
    from verifier.runs.claim_filter import Chosen, choose

    files = find_claim_files(given["claims"], Path())
    loaded = choose([load_claims(path) for path in files], Chosen(given["ids"], given["tags"]))
    price = price_of(given["model"], read_prices(given["prices"]))
    own = own_paths(given["repo"], files, Path("reports"), None)
    tokens = 0
    with ExitStack() as stack:
        stack.enter_context(counts_kept())
        snapshot = stack.enter_context(Snapshot.open(given["repo"], given["ref"], own=own))
        click.echo(f"commit {snapshot.commit}")
        branch = None
        if given["base"] is not None:
            branch = stack.enter_context(open_branch(given["repo"], given["base"], snapshot))
            click.echo(f"its branch began at {branch.before.commit}")
        index = Index(snapshot)
        for one, claims in loaded:
            work = Work(one.claims, index, Prompts(prompts_folder(given)), limits(given), branch=branch)
            for claim in claims:
                opened = open_claim(work, claim)
                tokens += opened.prompt.tokens
                _print_claim(opened, price, given)
    click.echo(f"\nall claims, first round: {tokens} tokens, {_dollars(tokens, given, price)}")


def _print_claim(opened: OpenedClaim, price: Price | None, given: dict[str, Any]) -> None:
    prompt = opened.prompt
    click.echo(f"\n{opened.claim.id}: {prompt.tokens} tokens, {_dollars(prompt.tokens, given, price)}")
    for entry in opened.context.manifest:
        lines = f" {', '.join(str(r) for r in entry.lines)} of {entry.total_lines}" if entry.lines else ""
        secrets = f", {entry.redactions} redacted" if entry.redactions else ""
        size = f", {entry.tokens} tokens{secrets}" if entry.tokens else ""
        click.echo(escape_terminal(f"  {entry.supply.value}{lines}: {entry.path}{size} ({entry.why})"))
    for path, how in opened.changes.told if opened.changes is not None else ():
        click.echo(escape_terminal(f"  changed by the branch: {path} ({how})"))
    for directory, count in opened.context.others:
        click.echo(escape_terminal(f"  not selected: {count} in {directory}"))
    if given["show"]:
        for name in ("system", "shared", "claim"):
            click.echo(f"\n----- {name} -----\n{_visible(getattr(prompt, name))}")


def _dollars(tokens: int, given: dict[str, Any], price: Price | None) -> str:
    from verifier.cost.prices import estimate

    cost = estimate(tokens, 0, price)
    if cost is None:
        return f"price of {given['model']} unknown"
    return f"about ${cost:.4f} to send, and up to ${estimate(0, given['max_output_tokens'], price):.4f} for the reply"


def _visible(text: str) -> str:
    return escape_terminal(text, keep="\n\t")
