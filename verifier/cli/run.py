"""`verifier run`: verify claim sets on a commit and write the reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.completing import formats
from verifier.cli.options import (
    endpoint,
    how_to_ask,
    model_settings,
    option,
    options,
    what_to_judge,
    where_to_ask,
)
from verifier.cli.output import escape_terminal, is_github_step, say, show
from verifier.cli.settings import WithSettings

if TYPE_CHECKING:
    from verifier.model.options import ModelOptions
    from verifier.records.gate import Gated, Rules
    from verifier.report import Format
    from verifier.runs.run import Run
    from verifier.values.history import History
    from verifier.values.record import PolicyChangeRecord, RunRecord

recording_options = options(
    click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="Write a cassette of this run."),
    click.option("--replay", type=click.Path(path_type=Path, dir_okay=False), help="Answer from a cassette, offline."),
    click.option("--authored", is_flag=True, help="With --record: the replies are authored, not a model's."),
)


how_to_gate = options(
    option(
        "--fail-on",
        type=click.Choice(["partially", "not", "never"]),
        default="partially",
        show_default=True,
        help="The mildest ruling that fails.",
    ),
    option(
        "--require",
        type=click.Choice(["live", "journal", "recorded"]),
        help="The mildest source of replies that passes.  [default: journal; recorded with --replay]",
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        metavar="RUN.json",
        help="Fail only on what is worse than in that run; may be repeated.",
    ),
    option("--policy-ref", metavar="REF", help="Take claims, settings, prompts, prices and cassette from there."),
)

which_first = options(
    option(
        "--base",
        metavar="REF",
        help="Judge the claims first whose files the branch touches since it left REF, and show what it changed to "
        "those that speak of a change.",
    ),
    click.option(
        "--changed", is_flag=True, help="With --base: judge those only, and the claims of files that it touches."
    ),
    click.option(
        "--failed", metavar="RUN.json", help='Repeat what did not pass in that run; "last" for the last ones.'
    ),
)


@click.command(cls=WithSettings)
@what_to_judge
@which_first
@how_to_ask
@where_to_ask
@recording_options
@option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports"),
    show_default=True,
    help="Where reports go.",
)
@option(
    "--also",
    multiple=True,
    metavar="FORMAT",
    shell_complete=formats,
    help="Write the report in this format too; may be repeated.",
)
@how_to_gate
@click.option("--json", "as_json", is_flag=True, help="Print the run record, nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def run(**given: Any) -> int:
    """Verify a claim set on a branch or commit.

    CLAIMS are claim files or folders of them; claims/*.yaml where none is given. Exit codes: 0 every claim passes,
    1 one fails, 2 usage, 3 none fails but some are unproven, 4 some could not be judged.
    """
    from verifier.records.gate import examine

    rules = gate_rules(given)
    judged = judge_all(given, progress=not given["quiet"])
    if given["as_json"]:
        from verifier.cli.output import print_records

        print_records(judged.written)
    if not judged.records and not judged.changes:
        return 0
    gated = examine(judged.records, rules, judged.changes)
    _print_failures(gated, judged.records)
    _tell_github(judged.records, gated, as_json=given["as_json"])
    return int(gated.exit)


def gate_rules(given: dict[str, Any]) -> Rules:
    """By what the run is let pass.

    Raises:
        RecordError: A baseline cannot be read.
        UsageError: A baseline is the branch's own, and the branch is judged by a policy.
    """
    from verifier.records.gate import Rules
    from verifier.report.files import read_record
    from verifier.values.passing import FailOn, Require

    wanted = given["require"] or ("recorded" if given["replay"] else "journal")
    with ExitStack() as stack:
        paths: Sequence[Path] = given["baseline"]
        if given["policy_ref"] is not None and paths:
            from verifier.repository.snapshot import Snapshot
            from verifier.runs.policy import open_policy

            policy = stack.enter_context(open_policy(given["repo"], given["policy_ref"]))
            branch = stack.enter_context(Snapshot.open(given["repo"], given["ref"]))
            paths = [policy.baseline(path, branch) for path in paths]
        baseline = tuple(map(read_record, paths))
    return Rules(FailOn(given["fail_on"]), Require(wanted), baseline, datetime.now(UTC).date())


@dataclass(frozen=True)
class Judged:
    """What came of all runs."""

    written: list[tuple[RunRecord, Path]]
    """Each with its Markdown report."""
    changes: tuple[PolicyChangeRecord, ...] = ()
    """What the branch does to the claims that judge it."""

    @property
    def records(self) -> list[RunRecord]:
        """The records of the runs."""
        return [record for record, _ in self.written]


def judge_all(given: dict[str, Any], progress: bool) -> Judged:
    """Judge every claim set that was asked for, and write the reports."""
    from verifier.cost.tokens import counts_kept
    from verifier.records.waivers import waiver_notes
    from verifier.report import find_format
    from verifier.report.files import write_report
    from verifier.runs.asking import ask_all
    from verifier.runs.planning import choose_claims
    from verifier.runs.run import with_notes

    also = [find_format(name) for name in given["also"]]
    with ExitStack() as stack:
        stack.enter_context(counts_kept())
        chosen = choose_claims(given, stack)
        if not chosen.runs:
            say(chosen.why_none)
            return Judged([], chosen.changes)
        records = ask_all(chosen.runs, model_options(chosen.given, chosen.runs), chosen.given, quiet=not progress)
        records = [chosen.marked(with_notes(record, waiver_notes(record))) for record in records]
        written = [(one, write_report(one, given["reports"], also, _history(one, also, given))) for one in records]
    if not given["as_json"]:
        for record, path in written:
            _print_summary(record, path)
    return Judged(written, chosen.changes)


def _history(record: RunRecord, also: Sequence[Format], given: dict[str, Any]) -> History | None:
    """What the journal knows of the run's claims, where a format shows it and the run is kept in one."""
    if given["record"] or given["replay"] or not any(one.with_history for one in also):
        return None
    from verifier.journal import DEFAULT_PLACE
    from verifier.journal.past_rulings import kept_history

    return kept_history(given["journal"] or DEFAULT_PLACE, record)


def model_options(given: dict[str, Any], runs: Sequence[Run]) -> ModelOptions:
    """How to reach the model, live, recorded or replayed."""
    from verifier.errors import UsageError
    from verifier.model.cassettes.files import Provenance
    from verifier.model.options import ModelOptions, Record
    from verifier.runs.run import TOOL
    from verifier.values.verdict import reply_schema

    record = None
    base = next((run.branch.before.commit for run in runs if run.branch is not None), None)
    if given["authored"] and given["record"] is None:
        raise UsageError("--authored says where recorded replies come from; give --record too")
    if given["record"] is not None:
        if given["record"].exists() and any(run.subset for run in runs):
            raise UsageError(
                f"{given['record']}: recording some of the claims would replace the whole cassette; name a new file"
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        order = [claim.id for run in runs for claim in run.claims]
        provenance = Provenance(
            replies="authored" if given["authored"] else "recorded",
            recorded_at=now,
            tool=TOOL,
            model=given["model"],
            base=base,
        )
        record = Record(given["record"], provenance, order)
    return ModelOptions(
        settings=model_settings(given),
        schema=reply_schema(),
        endpoint=None if given["replay"] else endpoint(given),
        allow_other_model=given["allow_other_model"],
        attempts=given["attempts"],
        connections=given["concurrency"],
        record=record,
        replay=given["replay"],
        base=base,
    )


def _print_summary(record: RunRecord, path: Path) -> None:
    """One line a claim, then where the report is."""
    from verifier.records.waivers import waiver_line
    from verifier.report.words import ruling_line

    today = datetime.now(UTC).date()
    for ruling in record.rulings:
        asides = [
            *(["new"] if ruling.new else []),
            *([f"carried over from {ruling.carried_from[:12]}"] if ruling.carried_from else []),
            *filter(None, [waiver_line(ruling, today)]),
        ]
        aside = f" ({'; '.join(asides)})" if asides else ""
        aside += f": {ruling.error}" if ruling.error else ""
        click.echo(escape_terminal(f"{ruling_line(ruling)}  {ruling.claim_id}{aside}"))
    click.echo(f"report: {escape_terminal(str(path))}")


def _tell_github(records: Sequence[RunRecord], gated: Gated, *, as_json: bool) -> None:
    """In a step of GitHub Actions, print annotations; where a step's summary is wanted, write it."""
    if is_github_step():
        from verifier.report.github.annotations import annotate

        # The runner obeys both streams; with --json the one holds the document alone.
        tell = say if as_json else show
        for line in annotate(records, [(one.claim_id, one.why) for one in gated.failures]).splitlines():
            tell(line)
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        from verifier.report.github.summary import write_step_summary

        write_step_summary(records, os.environ)


def _print_failures(gated: Gated, records: Sequence[RunRecord]) -> None:
    """Why claims fail whose ruling alone does not say it."""
    plain = {(r.claim_id, str(r.ruling)) for record in records for r in record.rulings}
    for failure in gated.failures:
        if (failure.claim_id, failure.why) not in plain:
            say(f"fails: {failure.claim_id}: {failure.why}")
