"""`verifier diff`: what changed between two runs."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.options import PATH


@click.command()
@click.argument("old", metavar="OLD.json", type=PATH)
@click.argument("new", metavar="NEW.json", type=PATH)
@click.option(
    "--format",
    "name",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to say it.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def diff(old: Path, new: Path, name: str, as_json: bool) -> int:
    """Say what changed between two runs: fixed, broken, newly unproven.

    OLD.json and NEW.json are run records. The exit code is 0 whatever changed; `verifier run --baseline` gates.
    """
    from verifier.cli.output import show, show_json
    from verifier.records.comparing import compare
    from verifier.report.comparison import as_document, as_markdown, as_text
    from verifier.report.files import read_record

    comparison = compare(read_record(old), read_record(new))
    if as_json or name == "json":
        show_json(as_document(comparison))
    else:
        show((as_markdown if name == "markdown" else as_text)(comparison).rstrip("\n"), ready=True)
    return 0
