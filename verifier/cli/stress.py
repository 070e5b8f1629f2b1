"""`verifier stress`: corrupt recorded replies, and see whether any ruling becomes wrong."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.safety.terminal import escape_terminal


@click.command()
@click.argument("cassette", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--claims", type=click.Path(path_type=Path, dir_okay=False), help="The claim file.  [default: of the demo]"
)
@click.option("--repo", type=click.Path(path_type=Path), help="The repository.  [default: the demo's sample]")
@click.option("--ref", default="phase4", show_default=True, help="Branch, tag or id of the commit.")
def stress(cassette: Path, claims: Path | None, repo: Path | None, ref: str) -> int:
    """Corrupt the replies of CASSETTE in many ways, and count rulings that become wrong rather than unproven.

    Exit code 1 where a ruling became wrong although a program could have told.
    """
    from verifier.runs.stress import stress as corrupt

    tallies = corrupt(cassette, claims=claims, repo=repo, ref=ref)
    click.echo("wrong  same  unproven  error  corruption")
    for tally in tallies:
        mark = "" if tally.corruption.program_can_tell else "  (a program cannot always tell)"
        counts = f"{len(tally.wrong):5}  {tally.same:4}  {tally.unproven:8}  {tally.errors:5}"
        wrong = f"  wrong: {', '.join(tally.wrong)}" if tally.wrong else ""
        click.echo(escape_terminal(f"{counts}  {tally.corruption.name}{mark}{wrong}"))
    return 1 if any(t.wrong and t.corruption.program_can_tell for t in tallies) else 0
