"""`verifier report`: render a finished run again, or the shards of one as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.completing import formats
from verifier.cli.options import FILE, PATH, option, with_run_options
from verifier.cli.output import deliver, open_page, print_records, say
from verifier.cli.run import how_to_gate, where_reports_go
from verifier.cli.settings import WithSettings
from verifier.errors import UsageError
from verifier.runs.options import RunOptions

if TYPE_CHECKING:
    from verifier.report import Format
    from verifier.values.history import History
    from verifier.values.record import RunRecord


class _RenderByDefault(click.Group):
    """A group whose first command is meant where none is named."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """What a name means that is no command's: the record to render."""
        return super().get_command(ctx, cmd_name) or self.commands["render"]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave all to the command but a call for help."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["render", *args])


@click.group(cls=_RenderByDefault)
def report() -> None:
    """Render a finished run again, or merge the shards of one.

    `verifier report RUN.json` is short for `verifier report render RUN.json`.
    """


@report.command()
@click.argument("run", metavar="RUN.json", required=False, type=PATH)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    shell_complete=formats,
    help="markdown, json, jsonl, html, sarif, junit, agent, github-annotations, github-comment, github-summary, "
    "gitlab-code-quality, or one that a package brings.  [default: markdown; html with --open]",
)
@click.option("--out", type=FILE, help="Write to a file.  [default: stdout]")
@click.option("--open", "opens", is_flag=True, help="Open it in a browser; without --out it lies beside RUN.json.")
@option("--journal", type=FILE, help="Where html finds what was ruled before.  [default: .verifier/journal.sqlite]")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the run record instead.")
def render(
    run: Path | None, name: str | None, out: Path | None, opens: bool, journal: Path | None, schema: bool
) -> int:
    """Render a finished run again, in any format, without a model or a repository.

    RUN.json is the run record that `verifier run` writes beside each Markdown report.
    """
    name = name or ("html" if opens else "markdown")
    if opens:
        if name != "html" or schema:
            raise UsageError("--open shows html; leave --format and --schema out")
        out = out or _given(run).with_suffix(".html")
    text = _schema() if schema else _text(_given(run), name, journal)
    if out is not None and run is not None and out.exists() and out.samefile(run):
        raise UsageError(f"--out {out} is the run record itself; name another file")
    # Annotations are commands, and are to be obeyed.
    deliver(text, out, obeyed=name == "github-annotations")
    if opens and out is not None:
        open_page(out)
    return 0


@report.command(cls=WithSettings)
@click.argument("shards", metavar="RUN.json...", nargs=-1, required=True, type=PATH)
@where_reports_go
@how_to_gate
@click.option("--json", "as_json", is_flag=True, help="Print the merged record, nothing else.")
@with_run_options
def merge(options: RunOptions, shards: tuple[Path, ...], also: tuple[str, ...], as_json: bool) -> int:
    """Merge the records of a run's shards into one, and gate on the whole.

    Each RUN.json is what `verifier run --shard` wrote. The report lies where that of an unsharded run would. Exit codes
    are those of `verifier run`; 4 where a shard or a claim is missing.
    """
    from verifier.cli.run import gated_exit, print_summaries, write_reports
    from verifier.records.gate import beside_baseline
    from verifier.report import find_format
    from verifier.report.files import read_record
    from verifier.runs.merging import merge as merged_of
    from verifier.runs.policy import gate_rules

    rules, formats = gate_rules(options), [find_format(name) for name in also]
    merged = merged_of((str(path), read_record(path)) for path in shards)
    for line in merged.missing:
        say(f"verifier: {line}")
    records = [beside_baseline(merged.record, rules)]
    written = write_reports(records, options, formats)
    if as_json:
        print_records(records)
    else:
        print_summaries(written)
    return gated_exit(records, rules, as_json=as_json)


@report.command()
@click.argument("runs", metavar="RUN.json...", nargs=-1, required=True, type=PATH)
@click.option("--name", default="claims", show_default=True, help="Of the comment: each name has one of its own.")
@click.option(
    "--before",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The comment that this takes the place of; rulings that are others now are marked.",
)
@click.option("--out", type=FILE, help="Write to a file.  [default: stdout]")
def comment(runs: tuple[Path, ...], name: str, before: Path | None, out: Path | None) -> None:
    """Write the body of the one comment on a pull request that is about all of these runs.

    Its first line, which readers do not see, is the same for each name: by it the comment is found again.
    """
    from verifier.report.files import read_record
    from verifier.report.github.comment import comment as body_of

    was = before.read_text(encoding="utf-8", errors="replace") if before is not None else ""
    deliver(body_of([read_record(run) for run in runs], name, was), out)


def _text(run: Path, name: str, journal: Path | None) -> str:
    from verifier.report import find_format
    from verifier.report.files import read_record

    one, record = find_format(name), read_record(run)
    return one.written(record, _history(one, record, journal))


def _history(one: Format, record: RunRecord, journal: Path | None) -> History | None:
    """What was ruled of the claims before, where the format shows it."""
    if one.with_history is None:
        return None
    from verifier.claim_files.finding import journal_place
    from verifier.journal import JournalError
    from verifier.journal.past_rulings import kept_history

    if journal is not None:
        if not journal.exists():
            raise UsageError(f"there is no journal {journal}; leave --journal out, or name one that is there")
        return kept_history(journal, record)
    try:
        return kept_history(journal_place(), record)
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
