"""`verifier eval`: labelled claims judged, and what that says of the judge."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from verifier.cli.options import (
    FILE,
    PROMPTS,
    fail_on_controls,
    how_much_to_ask,
    judge_of_the_judge,
    what_to_judge,
    where_to_ask,
    with_run_options,
)
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions


@click.command(cls=WithSettings)
@what_to_judge
@click.option(
    "--model",
    "models",
    multiple=True,
    envvar="VERIFIER_MODEL",
    help=f"The model to ask; may be repeated.  [default: {RunOptions.model}]",
)
@click.option(
    "--prompts",
    "folders",
    multiple=True,
    envvar="VERIFIER_PROMPTS",
    type=PROMPTS,
    help="Own prompt templates; may be repeated.",
)
@click.option(
    "--run",
    "finished",
    multiple=True,
    metavar="RUN.json",
    type=FILE,
    help="Measure this finished run as it is; may be repeated.",
)
@click.option("--repeat", type=click.IntRange(1), default=1, show_default=True, help="Runs of each, all but one anew.")
@click.option(
    "--replay",
    "cassettes",
    multiple=True,
    type=FILE,
    help="Answer from a cassette, offline; one for each model and prompts.",
)
@how_much_to_ask
@where_to_ask
@judge_of_the_judge
@click.option("--min-kappa", type=click.FloatRange(-1, 1), help="Fail where kappa is less.")
@click.option("--max-wrong", type=click.IntRange(0), help="Fail where more rulings are wrong.")
@fail_on_controls("Fail where a control came out wrong, or none was judged.")
@click.option(
    "--format",
    "name",
    type=click.Choice(["markdown", "json", "html"]),
    default="markdown",
    show_default=True,
    help="How to say it.",
)
@click.option("--out", type=FILE, help="Write to a file.  [default: stdout]")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@with_run_options
def eval(  # noqa: A001  # the command's name
    options: RunOptions,
    models: tuple[str, ...],
    folders: tuple[Path, ...],
    finished: tuple[Path, ...],
    repeat: int,
    cassettes: tuple[Path, ...],
    min_kappa: float | None,
    max_wrong: int | None,
    name: str,
    out: Path | None,
    quiet: bool,
) -> int:
    """Judge the claims that have a label, their `expect`, and say how good the judge is.

    CLAIMS are claim files or folders of them; claims/*.yaml where none is given. Several models or folders of prompts
    are each judged with, and stand side by side, with the paired difference from the first. With --run and neither a
    model nor prompts, nobody is asked.

    What was answered is taken from the journal, and --max-cost and --max-tokens hold for all runs together. With
    --repeat, each further run has a journal of its own and shows how often a ruling changes.

    With --controls each way to judge is held to controls of its own rulings, too.

    Exit codes: 0, or 1 below --min-kappa, above --max-wrong or by --fail-on-controls, 2 usage, 4 some claims could not
    be judged.
    """
    from verifier.cli.output import deliver, say
    from verifier.cli.progress import progress
    from verifier.evaluation.evaluating import evaluate
    from verifier.evaluation.rendering import RENDERINGS
    from verifier.evaluation.variants import finished_runs, variants
    from verifier.records.gate import Exit
    from verifier.runs.planning import prices_of

    records = finished_runs(options, finished)
    asking = variants(options, models, folders, cassettes, repeat, by_default=not records)
    evaluation = evaluate(asking, records, prices_of(options), partial(progress, quiet=quiet))
    deliver(RENDERINGS[name](evaluation), out)
    misses = evaluation.misses(min_kappa, max_wrong, on_controls=options.fail_on_controls)
    for line in misses:
        say(f"fails: {line}")
    if not evaluation.complete:
        return int(Exit.INCOMPLETE)
    return int(Exit.FAILED if misses else Exit.PASSED)
