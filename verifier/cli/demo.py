"""`verifier demo`: the whole pipeline on a bundled sample, offline, without a key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click

from verifier.cli.options import where_to_ask


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("verifier-demo"),
    show_default=True,
    help="Where the sample and its report go.",
)
@click.option(
    "--record", type=click.Path(path_type=Path, dir_okay=False), help="Ask the model, and record the cassette."
)
@click.option("--authored", is_flag=True, hidden=True)
@where_to_ask
def demo(into: Path, **given: Any) -> int:
    """Run the whole pipeline on a bundled sample, offline.

    The sample's branch phase4 claims to be ready for production; ten claims are judged. The replies that are replayed
    are authored: written from the rendered prompts alone, not by Gemini.
    """
    from verifier.cli.run import judge_all
    from verifier.demo import sample
    from verifier.demo.sample import build_sample
    from verifier.records.gate import Exit, gate
    from verifier.setup.shipped_files import shipped

    repository = into / "sample"
    if repository.exists():
        shutil.rmtree(repository)
    build_sample(repository)
    shutil.copyfile(Path(sample.__file__).parent / "legacy_report.md", into / "legacy_report.md")
    click.echo(f"sample: {repository}, branch phase4", err=True)
    record: Path | None = given.pop("record")
    cassette = None if record else shipped("cassettes/phase4.yaml")
    judged = judge_all(
        given
        | {
            "claims": (shipped("claims/phase4.yaml"),),
            "repo": repository,
            "ref": "phase4",
            "ids": (),
            "tags": (),
            "model": "gemini-3.8-flash",
            "budget_tokens": 60_000,
            "max_rounds": 3,
            "max_cost": None,
            "max_tokens": None,
            "max_output_tokens": 16_384,
            "thinking_level": None,
            "prompts": None,
            "prices": None,
            "record": record,
            "replay": cassette,
            "reports": into / "reports",
            "also": (),
            "base": None,
            "changed": False,
            "failed": None,
            "policy_ref": None,
            "as_json": False,
        },
        progress=True,
    )
    return int(Exit.INCOMPLETE if gate(judged.records) is Exit.INCOMPLETE else Exit.PASSED)
