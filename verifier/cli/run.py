"""`verifier run`: verify claim sets on a commit and write the reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.completing import formats, refs
from verifier.cli.options import (
    FILE,
    FOLDER,
    fail_on_controls,
    how_to_ask,
    judge_of_the_judge,
    option,
    options,
    what_to_judge,
    where_to_ask,
    with_run_options,
)
from verifier.cli.output import open_page, print_records, say, show
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions
from verifier.safety.terminal import is_github_step
from verifier.values.passing import FailOn, Require

if TYPE_CHECKING:
    from verifier.records.gate import Gated, Rules
    from verifier.report import Format
    from verifier.values.history import History
    from verifier.values.record import PolicyChangeRecord, RunRecord

replay = click.option("--replay", type=FILE, help="Answer from a cassette, offline.")

recording_options = options(
    click.option("--record", type=FILE, help="Write a cassette of this run."),
    replay,
    click.option("--authored", is_flag=True, help="With --record: the replies are authored, not a model's."),
)


what_fails = options(
    option(
        "--fail-on",
        type=click.Choice(list(map(str, FailOn))),
        default=str(RunOptions.fail_on),
        show_default=True,
        help="What fails: PARTIALLY RESOLVED and NOT RESOLVED, NOT RESOLVED alone, or nothing.",
    ),
    option(
        "--require",
        type=click.Choice(list(map(str, Require))),
        help="Which replies pass: live ones, those of earlier runs too, or recorded ones too.  "
        "[default: journal; recorded with --replay]",
    ),
)

how_to_gate = options(
    what_fails,
    click.option(
        "--baseline",
        type=FILE,
        multiple=True,
        metavar="RUN.json",
        help="Fail only on what is worse than in that run; may be repeated.",
    ),
    fail_on_controls("Fail on controls whose outcome is wrong; with --baseline, on figures that are worse than there."),
    option(
        "--policy-ref",
        metavar="REF",
        shell_complete=refs,
        help="Take claims, settings, prompts, prices and cassette from there.",
    ),
)

which_first = options(
    option(
        "--base",
        metavar="REF",
        shell_complete=refs,
        help="Judge the claims first whose files the branch touches since it left REF, and show what it changed to "
        "those that speak of a change.",
    ),
    click.option(
        "--changed", is_flag=True, help="With --base: judge those only, and the claims of files that it touches."
    ),
    click.option(
        "--failed", metavar="RUN.json", help='Repeat what did not pass in that run; "last" for the last ones.'
    ),
    option("--shard", metavar="I/N", help="Judge one of N shares; verifier report merge puts them together."),
)


def _default_reports() -> Path:
    from verifier.claim_files.finding import home_folder

    return home_folder() / RunOptions.reports


reports = option(
    "--reports", type=FOLDER, default=_default_reports, help="Where reports go.  [default: reports, beside claims]"
)

where_reports_go = options(
    reports,
    option(
        "--also",
        multiple=True,
        metavar="FORMAT",
        shell_complete=formats,
        help="Write the report in this format too; may be repeated.",
    ),
)

what_is_shown = options(
    click.option("--json", "as_json", is_flag=True, help="Print the run record, nothing else."),
    click.option("--open", "opens", is_flag=True, help="Write the report as HTML too, and open it."),
    click.option("-q", "--quiet", is_flag=True, help="No progress."),
)


@click.command(cls=WithSettings)
@what_to_judge
@which_first
@how_to_ask
@where_to_ask
@recording_options
@judge_of_the_judge
@where_reports_go
@how_to_gate
@what_is_shown
@with_run_options
def run(options: RunOptions, **shown: Any) -> int:
    """Verify a claim set on a branch or commit.

    CLAIMS are claim files or folders of them; claims/*.yaml where none is given. Exit codes: 0 every claim passes,
    1 one fails, 2 usage, 3 none fails but some are unproven, 4 some could not be judged.
    """
    return judge_and_report(options, **shown)


def judge_and_report(options: RunOptions, also: tuple[str, ...], as_json: bool, opens: bool, quiet: bool) -> int:
    """Judge claims, write and show the reports, and give the exit code."""
    from verifier.cli.progress import progress
    from verifier.errors import VerifierError
    from verifier.records.gate import Exit, beside_baseline
    from verifier.report import find_format
    from verifier.runs.execution import execute
    from verifier.runs.planning import plan_runs
    from verifier.runs.policy import gate_rules

    formats = [find_format(name) for name in dict.fromkeys((*also, "html") if opens else also)]
    rules, watcher = gate_rules(options), progress(quiet=quiet)
    with plan_runs(options, watcher) as plan:
        records = [beside_baseline(record, rules) for record in execute(plan, watcher)]
    if not plan.runs:
        say(plan.why_none)
    try:
        written = write_reports(records, options, formats)
    except VerifierError as error:
        # The claims were judged, so that this is no run that did not begin.
        say(f"verifier: {error}")
        return int(Exit.INCOMPLETE)
    if as_json:
        print_records(records)
    else:
        print_summaries(written)
    if opens:
        for _, path in written:
            open_page(path.with_suffix(".html"))
    if not records and not plan.changes:
        return 0
    return gated_exit(records, rules, plan.changes, as_json=as_json)


def gated_exit(
    records: Sequence[RunRecord], rules: Rules, changes: Sequence[PolicyChangeRecord] = (), *, as_json: bool
) -> int:
    """The exit code, once it is told what fails: the reader of the terminal, and GitHub in one of its steps."""
    from verifier.records.gate import examine, worse_controls

    gated = examine(records, rules, changes)
    for record in records:
        for worse in worse_controls(record, rules.baseline):
            say(f"controls: {worse}")
    _print_failures(gated, records)
    _tell_github(records, gated, as_json=as_json)
    return int(gated.exit)


def write_reports(
    records: Sequence[RunRecord], options: RunOptions, also: Sequence[Format] = ()
) -> list[tuple[RunRecord, Path]]:
    """Write the reports of the runs; each record with its Markdown report. Says where one had to go beside another."""
    from verifier.report.files import report_place, write_report

    written = [(one, write_report(one, options.reports, also, _history(one, also, options))) for one in records]
    for record, path in written:
        stays = report_place(record, options.reports)
        if path.name != f"{stays.name}.md":
            say(
                f"verifier: an earlier run knows more of these claims, and its report stays: {stays}.md; "
                f"the report of this run is {path}"
            )
    return written


def _history(record: RunRecord, also: Sequence[Format], options: RunOptions) -> History | None:
    """What the journal knows of the run's claims, where a format shows it and the run is kept in one."""
    if not options.keeps_journal or not any(one.with_history for one in also):
        return None
    from verifier.claim_files.finding import journal_place
    from verifier.journal.past_rulings import kept_history

    return kept_history(options.journal or journal_place(), record)


def print_summaries(written: Sequence[tuple[RunRecord, Path]]) -> None:
    """For each run one line a claim, then where its report is."""
    from verifier.records.gate import waiver_line
    from verifier.report.controls import controls_line, telling, title
    from verifier.report.words import ruling_line

    today = datetime.now(UTC).date()
    for record, path in written:
        for ruling in record.rulings:
            asides = [
                *(["new"] if ruling.new else []),
                *([f"carried over from {ruling.carried_from[:12]}"] if ruling.carried_from else []),
                *filter(None, [waiver_line(ruling, today)]),
            ]
            aside = f" ({'; '.join(asides)})" if asides else ""
            aside += f": {ruling.error}" if ruling.error else ""
            show(f"{ruling_line(ruling)}  {ruling.claim_id}{aside}")
        if record.controls is not None:
            show(f"controls: {controls_line(record.controls)}")
            for one in telling(record.controls):
                why = f": {one.outcome.error}" if one.outcome.error else ""
                show(f"  {title(one)}{why}")
        show(f"report: {path}")


def _tell_github(records: Sequence[RunRecord], gated: Gated, *, as_json: bool) -> None:
    """In a step of GitHub Actions, print annotations; where a step's summary is wanted, write it."""
    if is_github_step():
        from verifier.report.github.annotations import annotate

        # The runner obeys both streams; with --json the one holds the document alone.
        tell = say if as_json else show
        for line in annotate(records, [(one.claim_id, one.why) for one in gated.failures]).splitlines():
            tell(line, ready=True)
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        from verifier.report.github.summary import write_step_summary

        write_step_summary(records, os.environ)


def _print_failures(gated: Gated, records: Sequence[RunRecord]) -> None:
    """Why claims fail whose ruling alone does not say it."""
    if not gated.failures:
        return
    plain = {(r.claim_id, str(r.ruling)) for record in records for r in record.rulings}
    for failure in gated.failures:
        if (failure.claim_id, failure.why) not in plain:
            say(f"fails: {failure.claim_id}: {failure.why}")
