"""`verifier recheck`: derive a report's rulings again, without model or key."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.completing import refs
from verifier.cli.options import FILE, FOLDER, PATH, PROMPTS
from verifier.cli.output import show


@click.command()
@click.argument("record", type=FILE)
@click.option("--repo", type=PATH, default=Path(), help="The repository.  [default: .]")
@click.option(
    "--ref", shell_complete=refs, help="Ask the same of another commit.  [default: the commit that was judged]"
)
@click.option("--cassette", type=FILE, help="Attest the replies too.")
@click.option("--prompts", type=PROMPTS, help="Own prompt templates.")
@click.option(
    "--facts",
    type=FOLDER,
    metavar="DIR",
    help="The files of CI that the run was given.  [default: what they say is taken from the record]",
)
def recheck(
    record: Path, repo: Path, ref: str | None, cassette: Path | None, prompts: Path | None, facts: Path | None
) -> int:
    """Derive every standing, state and ruling of RECORD, a run's .json, again.

    Needs the record and the commit, no model and no key. Exit code 1 where anything differs.
    """
    from verifier.report.words import counted
    from verifier.runs.recheck import recheck as derive

    found = derive(record, repo, ref=ref, cassette=cassette, prompts=prompts, facts=facts)
    for difference in found.differences:
        show(str(difference))
    if found.rendered_otherwise:
        names = ", ".join(found.rendered_otherwise)
        show(f"note: these prompts render otherwise now than when they were sent: {names}")
    if found.ci_recorded:
        show("note: what CI says was taken from the record; give --facts to derive it from its files")
    attested = f"attested by {cassette}" if found.attested else "unattested: give --cassette to compare them"
    verdict = "stands" if found.still_stands else counted(len(found.differences), "difference")
    controls = f" and {counted(found.controls, 'control')}" if found.controls else ""
    again = f"{counted(len(found.derived), 'ruling')}{controls} derived again at {found.commit}"
    show(f"{again}: {verdict}; the replies are {attested}")
    return 0 if found.still_stands else 1
