"""`verifier check`: verify one statement, without a claim file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from verifier.cli.options import how_to_ask, where_to_ask, where_to_look, with_run_options
from verifier.cli.run import judge_and_report, recording_options, what_fails, what_is_shown, where_reports_go
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions


@click.command(cls=WithSettings)
@click.argument("statement")
@click.option("--file", "files", multiple=True, metavar="PATH", help="A path or glob to show; may be repeated.")
@where_to_look
@how_to_ask
@where_to_ask
@recording_options
@where_reports_go
@what_fails
@what_is_shown
@with_run_options
def check(options: RunOptions, statement: str, files: tuple[str, ...], **shown: Any) -> int:
    """Verify one statement on a branch or commit, without a claim file.

    STATEMENT is what is claimed, in one sentence; - reads it from standard input. It is judged as a claim of a file is,
    with the same report and the same exit codes.
    """
    from verifier.claim_files.stating import stated_claims

    return judge_and_report(replace(options, claim_set=stated_claims(statement, files)), **shown)
