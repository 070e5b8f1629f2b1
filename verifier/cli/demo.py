"""`verifier demo`: the whole pipeline on a bundled sample, offline, without a key."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import click

from verifier.cli.options import FILE, FOLDER, where_to_ask, with_run_options
from verifier.runs.options import RunOptions

CONTROLS, SEED = 3, 3
"""Of how many claims controls are judged, and by which seed these are drawn; the cassette has the replies to them."""


@click.command()
@click.option(
    "--into", type=FOLDER, default=Path("verifier-demo"), show_default=True, help="Where the sample and its report go."
)
@click.option("--record", type=FILE, help="Ask the model, and record the cassette.")
@click.option("--authored", is_flag=True, hidden=True)
@where_to_ask
@with_run_options
def demo(options: RunOptions, into: Path) -> int:
    """Run the whole pipeline on a bundled sample, offline.

    The sample's branch phase4 claims to be ready for production; ten claims are judged. The replies that are replayed
    are authored: written from the rendered prompts alone, not by Gemini. Claims and cassette are left there too.
    """
    from verifier.cli.output import say
    from verifier.cli.progress import progress
    from verifier.cli.run import print_summaries, write_reports
    from verifier.demo.sample import JUDGED, place_copies, place_sample
    from verifier.records.gate import Exit, Rules, examine
    from verifier.runs import run
    from verifier.setup.shipped_files import shipped

    claims, cassette = shipped("claims/phase4.yaml"), shipped("cassettes/phase4.yaml")
    repository = place_sample(into)
    say(f"sample: {repository}, branch {JUDGED}")
    options = replace(
        options,
        claims=(claims,),
        repo=repository,
        ref=JUDGED,
        replay=None if options.record else cassette,
        reports=into / "reports",
        controls=CONTROLS,
        controls_seed=SEED,
    )
    records = run(options, progress())
    print_summaries(write_reports(records, options))
    place_copies(into, claims, cassette, shipped("cassettes/readme.yaml"))
    again = f"verifier run --repo {repository.name} --ref {JUDGED} --replay cassettes/{cassette.name}"
    again += f" --controls {CONTROLS} --controls-seed {SEED}"
    say(f"claims and cassette are there to play with: cd {shlex.quote(str(into))} && {again}")
    return int(Exit.INCOMPLETE if examine(records, Rules()).exit is Exit.INCOMPLETE else Exit.PASSED)
