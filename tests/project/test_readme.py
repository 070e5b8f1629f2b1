"""The README says what the program does."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests import ROOT
from verifier.claim_files import load_claims
from verifier.cli import cli
from verifier.records.gate import Exit

PLACE = ROOT / "README.md"
README = PLACE.read_text("utf-8")


def check_block(name: str, true: str, place: Path = PLACE) -> None:
    """The block of that name holds the true output; UPDATE_EXPECTED=1 writes it anew."""
    text = place.read_text("utf-8")
    found = re.search(rf"(?<=<!-- {name} -->\n```text\n).*?(?=```\n<!-- end of {name} -->)", text, re.DOTALL)
    assert found is not None, f"{place.name} has no block {name}"
    if os.environ.get("UPDATE_EXPECTED"):
        place.write_text(text[: found.start()] + true + text[found.end() :], encoding="utf-8")
    else:
        assert found[0] == true


def commands() -> list[str]:
    return cli.list_commands(click.Context(cli))


def test_the_readme_shows_the_help() -> None:
    check_block("help", CliRunner().invoke(cli, ["-h"], prog_name="verifier", terminal_width=100).output)


def test_the_readme_shows_the_true_output_of_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(cli, ["demo", "--into", "demo"], catch_exceptions=False)

    check_block("demo output", result.stdout)


def test_the_page_on_audits_shows_the_true_beginning_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli, ["demo", "--into", "demo"], catch_exceptions=False)

    arguments = ["audit", "demo/legacy_report.md", "--repo", "demo/sample", "--ref", "phase4"]
    page = CliRunner().invoke(cli, arguments, catch_exceptions=False).stdout

    check_block("audit output", page.split("\n## Figures")[0], ROOT / "docs" / "audit.md")


def test_the_claim_set_of_the_readme_loads(tmp_path: Path) -> None:
    text = re.search(r"```yaml\n(title:.*?)```", README, re.DOTALL)
    assert text is not None
    (tmp_path / "pool.yaml").write_text(text[1], encoding="utf-8")

    assert [claim.id for claim in load_claims(tmp_path / "pool.yaml").claims.claims] == [
        "pool-drains",
        "retries",
        "no-globals",
    ]


def test_every_exit_code_is_in_the_readme() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)}

    assert listed == set(Exit)


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len(README.splitlines()) < 200


def test_every_page_is_in_the_table_of_contents() -> None:
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    index = set(re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs" / "index.md").read_text("utf-8")))
    site = set(re.findall(r'"([\w-]+\.md)"', (ROOT / "zensical.toml").read_text("utf-8")))

    assert pages == index | {"index.md"} == site


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_the_report_is_there_and_small(scheme: str) -> None:
    assert f"docs/pictures/report-{scheme}.png" in README
    assert (ROOT / "docs" / "pictures" / f"report-{scheme}.png").stat().st_size < 300_000


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "-h"])

    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Usage: cli {command}")


@pytest.mark.parametrize("option", sorted(set(re.findall(r"--[a-z][a-z-]+", README))))
def test_every_option_that_the_readme_names_exists(option: str) -> None:
    every = "".join(CliRunner().invoke(cli, [*command, "-h"]).output for command in ([], *([c] for c in commands())))

    assert option in every
