"""`verifier recheck`: derive a report's rulings again, without model or key."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import click

from verifier.safety.terminal import escape_terminal


@click.command()
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="The repository.  [default: .]")
@click.option("--ref", help="Ask the same of another commit.  [default: the commit that was judged]")
@click.option("--cassette", type=click.Path(path_type=Path, dir_okay=False), help="Attest the replies too.")
@click.option("--prompts", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Own prompt templates.")
def recheck(record: Path, repo: Path, ref: str | None, cassette: Path | None, prompts: Path | None) -> int:
    """Derive every standing, state and ruling of RECORD, a run's .json, again.

    Needs the record and the commit, no model and no key. Exit code 1 where anything differs.
    """
    from verifier.model.cassettes.files import read_cassette
    from verifier.prompting.rendering import Prompts
    from verifier.report.files import read_record
    from verifier.report.words import counted
    from verifier.repository.branches import open_branch
    from verifier.repository.own_paths import own_paths
    from verifier.repository.snapshot import Snapshot
    from verifier.runs.recheck import recheck as derive
    from verifier.setup.shipped_files import shipped

    given = read_record(record)
    tape = read_cassette(cassette) if cassette else None
    path = Path(given.claim_set.path)
    # The record names the claim file from where the run was made, which was most likely the repository's root.
    own = (
        *own_paths(repo, [path], record.parent.parent, cassette),
        *own_paths(repo, [repo / path], repo / "reports", cassette),
    )
    base = given.settings.get("base")
    with ExitStack() as stack:
        snapshot = stack.enter_context(Snapshot.open(repo, ref or given.repository.commit, own=own))
        branch = stack.enter_context(open_branch(repo, base, snapshot)) if isinstance(base, str) else None
        found = asyncio.run(derive(given, snapshot, Prompts(prompts or shipped("prompts")), tape, branch))
        commit = snapshot.commit
    for difference in found.differences:
        click.echo(escape_terminal(str(difference)))
    if found.rendered_otherwise:
        names = ", ".join(found.rendered_otherwise)
        click.echo(f"note: these prompts render otherwise now than when they were sent: {escape_terminal(names)}")
    attested = (
        f"attested by {escape_terminal(str(cassette))}"
        if found.attested
        else "unattested: give --cassette to compare them"
    )
    verdict = "stands" if found.still_stands else f"{len(found.differences)} differences"
    click.echo(
        f"{counted(len(found.derived), 'ruling')} derived again at {commit}: {verdict}; the replies are {attested}"
    )
    return 0 if found.still_stands else 1
