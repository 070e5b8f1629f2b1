"""`verifier claims draft`: claims of what somebody wrote, for a person to read before anything is judged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.options import FILE, PATH, model, prompts, what_it_may_take, where_to_ask, with_run_options
from verifier.cli.run import recording_options
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions

if TYPE_CHECKING:
    from verifier.claim_files import LoadedClaims
    from verifier.runs.drafting import Drafted


@click.command(cls=WithSettings)
@click.argument("text", metavar="[FILE]", default="-", type=PATH)
@click.option("--into", type=FILE, help="Add to this claim file, or begin it.")
@click.option("--title", help="Of a new claim file.")
@model
@prompts
@what_it_may_take
@where_to_ask
@recording_options
@with_run_options
def draft(options: RunOptions, text: Path, into: Path | None, title: str | None) -> int:
    """Draft claims of a pull request's text, a closing message, release notes or a roadmap, by a model.

    FILE is the text; - or nothing reads standard input. The claims are written as YAML to --into, or printed, for you
    to read: each with the words it comes from, and below them, as comments, what became no claim and why. Claims of
    claims/ and of --into are not made again. Nothing is judged. Exit code 4 where the model gives no draft.
    """
    from verifier.claim_files.written_text import STANDARD_INPUT, name_of, read_written
    from verifier.cli.output import say
    from verifier.cli.progress import PlainLines
    from verifier.errors import ModelError
    from verifier.records.gate import Exit
    from verifier.runs.drafting import draft_claims

    if text == STANDARD_INPUT and sys.stdin.isatty():
        say("write the text, and end it with Ctrl-D")
    known = [claim for loaded in _there(into) for claim in loaded.claims.claims]
    try:
        drafted = draft_claims(options, read_written(text), known, PlainLines(sys.stderr))
    except ModelError as error:
        say(f"verifier: {error}")
        return int(Exit.INCOMPLETE)
    _write(drafted, name_of(text), into, title)
    return 0


def _there(into: Path | None) -> list[LoadedClaims]:
    """The claim sets that there are already."""
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.claim_files.finding import default_claim_files

    more = find_claim_files([into], Path()) if into is not None and into.exists() else ()
    paths = {path.resolve(): path for path in (*default_claim_files(Path()), *more)}
    return [load_claims(path) for path in paths.values()]


def _write(drafted: Drafted, name: str, into: Path | None, title: str | None) -> None:
    from verifier.claim_files.writing import add_claims, claim_file_text
    from verifier.cli.output import say, show
    from verifier.report.words import counted, money, tokens

    made, exchange = drafted.draft, drafted.exchange
    claims = [{"id": one.id, "statement": one.statement, "source": one.source} for one in made.claims]
    by = f"drafted from {name} by {exchange.model} ({exchange.source}); read it before anything is judged"
    remarks = [by, *map(str, made.left_out)]
    if not claims:
        for remark in remarks[1:]:
            say(remark)
    elif into is None:
        document = {"title": title or f"Claims of {Path(name).name}", "claims": claims}
        show(claim_file_text(document, remarks).rstrip("\n"), ready=True)
    else:
        added = add_claims(into, claims, title=title, remarks=remarks)
        say(f"{added.path}:{added.lines[made.claims[0].id]}: {counted(len(claims), 'claim')} to read")
    took = ""
    if exchange.usage is not None:
        took = f"; {tokens(exchange.usage)}; {money(drafted.bill.cost, drafted.bill.priced_by)}"
    say(f"{counted(len(claims), 'claim')}, {len(made.left_out)} left out{took}")
