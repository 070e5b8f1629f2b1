"""`verifier run`: verify claim sets on a commit and write the reports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.options import (
    endpoint,
    how_to_ask,
    limits,
    model_settings,
    option,
    options,
    prompts_folder,
    what_to_judge,
    where_to_ask,
)
from verifier.cli.output import escape_terminal
from verifier.cli.settings import WithSettings

if TYPE_CHECKING:
    from verifier.model.options import ModelOptions
    from verifier.runs import Run
    from verifier.values.record import RunRecord

recording_options = options(
    click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="Write a cassette of this run."),
    click.option("--replay", type=click.Path(path_type=Path, dir_okay=False), help="Answer from a cassette, offline."),
    click.option("--authored", is_flag=True, help="With --record: the replies are authored, not a model's."),
)


@click.command(cls=WithSettings)
@what_to_judge
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
    "--fail-on",
    type=click.Choice(["partially", "not", "never"]),
    default="partially",
    show_default=True,
    help="The mildest ruling that fails.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run record, nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def run(**given: Any) -> int:
    """Verify a claim set on a branch or commit.

    CLAIMS are claim files or folders of them; claims/*.yaml where none is given. Exit codes: 0 every claim passes,
    1 one fails, 2 usage, 3 none fails but some are unproven, 4 some could not be judged.
    """
    from verifier.gate import FailOn, gate

    records = judge_all(given, progress=not given["quiet"])
    if given["as_json"]:
        from verifier.cli.output import print_records

        print_records(records)
    return int(gate([record for record, _ in records], FailOn(given["fail_on"])))


def judge_all(given: dict[str, Any], progress: bool) -> list[tuple[RunRecord, Path]]:
    """Judge every claim set that was asked for; the records with the Markdown reports they were written to."""
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.cli.asking import ask_all
    from verifier.prices import read_prices
    from verifier.prompting import Prompts
    from verifier.report_files import refuse_one_name_twice, write_report
    from verifier.runs import Chosen, Run, choose, own_paths
    from verifier.snapshot import Snapshot

    files = find_claim_files(given["claims"], Path())
    refuse_one_name_twice(files)
    chosen = Chosen(given["ids"], given["tags"])
    loaded = choose([load_claims(path) for path in files], chosen)
    prices = read_prices(given["prices"])
    own = own_paths(given["repo"], files, given["reports"], given["replay"] or given["record"])
    with Snapshot.open(given["repo"], given["ref"], own=own) as snapshot:
        runs = [
            Run(
                one,
                claims,
                snapshot,
                Prompts(prompts_folder(given)),
                model_settings(given),
                limits(given),
                prices,
                chosen.subset,
            )
            for one, claims in loaded
        ]
        records = ask_all(runs, model_options(given, runs), given, quiet=not progress)
        written = [(record, write_report(record, given["reports"])) for record in records]
    if not given["as_json"]:
        for record, path in written:
            _print_summary(record, path)
    return written


def model_options(given: dict[str, Any], runs: list[Run]) -> ModelOptions:
    """How to reach the model, live, recorded or replayed."""
    from verifier.errors import UsageError
    from verifier.model.cassette_files import Provenance
    from verifier.model.options import ModelOptions, Record
    from verifier.runs import TOOL
    from verifier.values.verdict import reply_schema

    record = None
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
            replies="authored" if given["authored"] else "recorded", recorded_at=now, tool=TOOL, model=given["model"]
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
    )


def _print_summary(record: RunRecord, path: Path) -> None:
    """One line a claim, then where the report is."""
    from verifier.report.words import ruling_line

    for ruling in record.rulings:
        click.echo(escape_terminal(f"{ruling_line(ruling)}  {ruling.claim_id}"))
    click.echo(f"report: {escape_terminal(str(path))}")
