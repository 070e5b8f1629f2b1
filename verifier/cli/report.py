"""`verifier report`: render a finished run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.completing import formats
from verifier.cli.options import option
from verifier.cli.output import open_page
from verifier.errors import UsageError

if TYPE_CHECKING:
    from verifier.report import Format
    from verifier.values.history import History
    from verifier.values.record import RunRecord


@click.command()
@click.argument("run", metavar="RUN.json", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "name",
    metavar="NAME",
    shell_complete=formats,
    help="markdown, json, jsonl, html, sarif, junit, agent, github-annotations, github-comment, github-summary, or one "
    "that a package brings.  [default: markdown; html with --open]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.  [default: stdout]")
@click.option("--open", "opens", is_flag=True, help="Open it in a browser; without --out it lies beside RUN.json.")
@option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where html finds what was ruled before.  [default: .verifier/journal.sqlite]",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the run record instead.")
def report(
    run: Path | None, name: str | None, out: Path | None, opens: bool, journal: Path | None, schema: bool
) -> int:
    """Render a finished run again, in any format, without a model or a repository.

    RUN.json is the run record that `verifier run` writes beside each Markdown report.
    """
    from verifier.report.files import write_text

    name = name or ("html" if opens else "markdown")
    if opens:
        if name != "html" or schema:
            raise UsageError("--open shows html; leave --format and --schema out")
        out = out or _given(run).with_suffix(".html")
    text = _schema() if schema else _text(_given(run), name, journal)
    if out is None:
        click.echo(_for_stdout(text, name).encode("utf-8"), nl=False)
        return 0
    if run is not None and out.exists() and out.samefile(run):
        raise UsageError(f"--out {out} is the run record itself; name another file")
    write_text(out, text)
    if opens:
        open_page(out)
    return 0


def _for_stdout(text: str, name: str) -> str:
    """The text as a terminal or a runner may be given it; annotations are commands, and are to be obeyed."""
    from verifier.cli.output import escape_json
    from verifier.safety.terminal import unobeyed

    if text.startswith("{"):
        return escape_json(text)
    return text if name == "github-annotations" else unobeyed(text)


def _text(run: Path, name: str, journal: Path | None) -> str:
    from verifier.report import find_format
    from verifier.report.files import read_record

    one, record = find_format(name), read_record(run)
    return one.written(record, _history(one, record, journal))


def _history(one: Format, record: RunRecord, journal: Path | None) -> History | None:
    """What was ruled of the claims before, where the format shows it."""
    if one.with_history is None:
        return None
    from verifier.cli.output import say
    from verifier.journal import DEFAULT_PLACE, JournalError
    from verifier.journal.past_rulings import kept_history

    if journal is not None:
        if not journal.exists():
            raise UsageError(f"there is no journal {journal}; leave --journal out, or name one that is there")
        return kept_history(journal, record)
    try:
        return kept_history(DEFAULT_PLACE, record)
    except JournalError as error:
        # Nobody asked for it, and the report is whole without.
        say(f"no history is shown: {error}")
        return None


def _given(run: Path | None) -> Path:
    if run is None:
        raise UsageError("no run record was named; give the .json that `verifier run` wrote")
    return run


def _schema() -> str:
    from verifier.records.document import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
