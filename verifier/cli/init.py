"""`verifier init`: claims, settings and a workflow in a repository of one's own."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder to set up, in a git repository.  [default: .]",
)
def init(folder: Path) -> None:
    """Set a repository up: claims/, verifier.toml, .gitignore, a GitHub workflow.

    Asks nothing and overwrites nothing: what is there already is left as it is, and said.
    """
    from verifier.cli.output import say, show
    from verifier.runs.settings import read_settings
    from verifier.safety.terminal import escape_terminal
    from verifier.setup.initialising import initialise

    values, settings = read_settings(folder)
    for step in initialise(folder, settings, Path(str(values.get("reports", "reports")))):
        show(escape_terminal(str(step)))
    say("next: say in claims/ what the repository does, then `verifier claims lint`, `verifier pack`, `verifier run`")
