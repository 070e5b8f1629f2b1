"""`verifier init`: claims, settings and a workflow in a repository of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.options import FOLDER


@click.command()
@click.option(
    "--dir", "folder", type=FOLDER, default=Path(), help="The folder to set up, in a git repository.  [default: .]"
)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "none"]),
    help="Whose job to write: a GitHub workflow, a GitLab job with its reports, or none.  [default: the remote's]",
)
def init(folder: Path, ci: str | None) -> None:
    """Set a repository up: claims/, verifier.toml, .gitignore, a job for CI.

    Asks nothing and overwrites nothing: what is there already is left as it is, and said.
    """
    from verifier.cli.output import say, show
    from verifier.runs.settings import read_settings
    from verifier.setup.initialising import Ci, initialise

    values, settings = read_settings(folder)
    whose = Ci(ci) if ci is not None else None
    for step in initialise(folder, settings, Path(str(values.get("reports", "reports"))), whose):
        show(str(step))
    say("next: say in claims/ what the repository does, then `verifier claims lint`, `verifier pack`, `verifier run`")
