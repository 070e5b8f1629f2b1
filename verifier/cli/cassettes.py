"""`verifier cassettes`: list, check and scrub recorded exchanges."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.options import FILE
from verifier.cli.output import show

_files = click.argument("files", nargs=-1, required=True, type=FILE)


@click.group()
def cassettes() -> None:
    """List, check and scrub recorded exchanges."""


@cassettes.command("list")
@_files
def list_command(files: tuple[Path, ...]) -> None:
    """Say what each cassette holds: claim, round, status, size, where the reply comes from."""
    from verifier.model.cassettes.files import read_cassette

    for path in files:
        cassette = read_cassette(path)
        origin = f"{cassette.metadata.replies} {cassette.metadata.recorded_at}"
        for one in cassette.interactions:
            size = f"{len(one.response.body.content):,} bytes"
            said = f"HTTP {one.response.status.code}, {size}, {origin}"
            show(f"{path}: {one.claim_id}, {one.title}: {said}")


@cassettes.command()
@_files
def check(files: tuple[Path, ...]) -> int:
    """Fail on anything that looks like a key, and on a cassette that does not say where its replies come from."""
    from verifier.model.cassettes.checks import check_cassette

    problems = [problem for path in files for problem in check_cassette(path)]
    for problem in problems:
        show(str(problem))
    return 1 if problems else 0


@cassettes.command()
@_files
def scrub(files: tuple[Path, ...]) -> None:
    """Rewrite cassettes without what `check` finds."""
    from verifier.model.cassettes.checks import scrub_cassette

    for path in files:
        show(f"{path}: {scrub_cassette(path)} removed")
