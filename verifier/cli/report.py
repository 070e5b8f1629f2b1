"""`verifier report`: render a finished run again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from verifier.errors import UsageError


@click.command()
@click.argument("run", metavar="RUN.json", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "name",
    default="markdown",
    show_default=True,
    metavar="NAME",
    help="markdown, json, jsonl, html, sarif, junit, agent, github-annotations, github-comment, github-summary, or one "
    "that a package brings.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.  [default: stdout]")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the run record instead.")
def report(run: Path | None, name: str, out: Path | None, schema: bool) -> int:
    """Render a finished run again, in any format, without a model or a repository.

    RUN.json is the run record that `verifier run` writes beside each Markdown report.
    """
    from verifier.report import find_format
    from verifier.report_files import read_record, write_text

    text = _schema() if schema else find_format(name).render(read_record(_given(run)))
    if out is None:
        from verifier.cli.output import escape_json

        click.echo((escape_json(text) if text.startswith("{") else text).encode("utf-8"), nl=False)
        return 0
    if run is not None and out.exists() and out.samefile(run):
        raise UsageError(f"--out {out} is the run record itself; name another file")
    write_text(out, text)
    return 0


def _given(run: Path | None) -> Path:
    if run is None:
        raise UsageError("no run record was named; give the .json that `verifier run` wrote")
    return run


def _schema() -> str:
    from verifier.values.record import RunRecord

    return json.dumps(RunRecord.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"
