"""`verifier stress`: corrupt recorded replies, and see whether any ruling becomes wrong."""

from __future__ import annotations

import os
from pathlib import Path

import click

from verifier.cli.completing import refs
from verifier.cli.options import FILE, PATH, option, where_to_ask, with_run_options
from verifier.cli.output import show
from verifier.runs.options import RunOptions


@click.command()
@click.argument("cassette", type=FILE)
@click.option("--claims", "claim_file", type=FILE, help="The claim file.  [default: of the demo]")
@click.option("--repo", "repository", type=PATH, help="The repository.  [default: the demo's sample]")
@click.option(
    "--ref",
    "commit",
    default="phase4",
    show_default=True,
    shell_complete=refs,
    help="Branch, tag or id of the commit.",
)
@click.option("--only", default="", metavar="WORDS", help="Only corruptions whose names have these words.")
@click.option("--live", is_flag=True, help="Let the model itself read a second time, too.")
@option("--model", default=RunOptions.model, show_default=True, help="The model to ask, with --live.")
@where_to_ask
@with_run_options
def stress(
    options: RunOptions,
    cassette: Path,
    claim_file: Path | None,
    repository: Path | None,
    commit: str,
    only: str,
    live: bool,
) -> int:
    """Corrupt the verdicts of CASSETTE in many ways, and count rulings that become wrong rather than unproven.

    A second reader who agrees with anything shows what a program alone catches; one who says what was recorded of the
    very same evidence says nothing of any other; with --live the model itself reads, in one request for each claim and
    corruption.

    Exit code 1 where a ruling became wrong although a program could have told.
    """
    from verifier.runs.stress import live_reader
    from verifier.runs.stress import stress as corrupt

    reader = live_reader(options, options.endpoint(os.environ)) if live else None
    stressed = corrupt(cassette, claims=claim_file, repo=repository, ref=commit, live=reader, only=only)
    for one in stressed:
        show(f"second reader: {one.reader}")
        show("wrong  same  unproven  error  corruption")
        for tally in one.tallies:
            mark = "" if tally.corruption.program_can_tell else "  (for the second reader to tell)"
            counts = f"{len(tally.wrong):5}  {tally.same:4}  {tally.unproven:8}  {tally.errors:5}"
            wrong = f"  wrong: {', '.join(tally.wrong)}" if tally.wrong else ""
            show(f"{counts}  {tally.corruption.name}{mark}{wrong}")
    return 1 if any(t.wrong and t.corruption.program_can_tell for one in stressed for t in one.tallies) else 0
