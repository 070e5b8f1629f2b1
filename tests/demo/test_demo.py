"""The demo: the whole pipeline on the bundled sample, replayed from the shipped cassette."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests import ROOT
from tests.conftest import git
from verifier.cli import cli
from verifier.setup.shipped_files import shipped

WHEEL = ROOT / ".venv-wheel" / "bin"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The demo's output and its folder."""
    into = tmp_path_factory.mktemp("demo")
    return CliRunner().invoke(cli, ["demo", "--into", str(into)], catch_exceptions=False), into


def record(into: Path) -> Path:
    (found,) = (into / "reports").rglob("*.json")
    return found


def test_the_demo_rules_on_ten_claims_each_as_its_label_says(demo: tuple[Result, Path]) -> None:
    result, into = demo

    assert result.exit_code == 0
    rulings = {r["claim_id"]: r["ruling"] for r in json.loads(record(into).read_text("utf-8"))["rulings"]}
    labels = yaml.safe_load(shipped("claims/phase4.yaml").read_text("utf-8"))["claims"]
    assert rulings == {claim["id"]: claim["expect"] for claim in labels}
    words = list(rulings.values())
    assert [words.count(w) for w in ("FULLY RESOLVED", "PARTIALLY RESOLVED", "NOT RESOLVED")] == [3, 2, 5]


def test_every_citation_of_the_demo_stands(demo: tuple[Result, Path]) -> None:
    _, into = demo

    standings = json.loads(record(into).read_text("utf-8"))["totals"]["citations"]
    assert standings["exact"] + standings["moved"] == sum(standings.values()) > 30


def test_the_demo_says_that_its_replies_are_authored(demo: tuple[Result, Path]) -> None:
    _, into = demo

    page = record(into).with_suffix(".md").read_text("utf-8")
    assert "authored" in page[:1500]
    assert {x["source"] for r in json.loads(record(into).read_text("utf-8"))["rulings"] for x in r["rounds"]} == {
        "authored"
    }
    assert "authored" in shipped("cassettes/phase4.yaml").read_text("utf-8")[:600]


def test_the_demo_can_be_rechecked_and_attested(demo: tuple[Result, Path]) -> None:
    _, into = demo
    cassette = str(shipped("cassettes/phase4.yaml"))

    arguments = ["recheck", str(record(into)), "--repo", str(into / "sample"), "--cassette", cassette]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)

    assert result.exit_code == 0, result.output


def test_the_shipped_cassette_holds_nothing_that_looks_like_a_key() -> None:
    result = CliRunner().invoke(cli, ["cassettes", "check", str(shipped("cassettes/phase4.yaml"))])

    assert result.exit_code == 0, result.output


def test_no_ruling_becomes_wrong_under_stress_where_a_program_can_tell() -> None:
    result = CliRunner().invoke(cli, ["stress", str(shipped("cassettes/phase4.yaml"))], catch_exceptions=False)

    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) > 12


def test_a_corruption_can_be_chosen_by_the_words_of_its_name() -> None:
    cassette = str(shipped("cassettes/phase4.yaml"))

    one, none = (CliRunner().invoke(cli, ["stress", cassette, "--only", words]) for words in ("invented", "no such"))

    assert [line.split("  ")[-1] for line in one.stdout.splitlines() if " invented" in line] == [
        "quotes invented", "paths invented", "quotes invented", "paths invented",
    ]  # fmt: skip
    assert len(one.stdout.splitlines()) == 8
    assert (none.exit_code, none.output.count("\n")) == (2, 1)


@pytest.mark.skipif(not WHEEL.is_dir(), reason="no wheel is installed in .venv-wheel; `make test` does that")
def test_the_demo_works_from_an_installed_wheel_in_an_empty_folder(tmp_path: Path) -> None:
    done = subprocess.run([WHEEL / "verifier", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("RESOLVED") == 10
    origin = subprocess.run(
        [WHEEL / "python", "-c", "import verifier; print(verifier.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ".venv-wheel" in origin.stdout


def test_the_demo_is_the_same_twice(demo: tuple[Result, Path], tmp_path: Path) -> None:
    _, into = demo

    CliRunner().invoke(cli, ["demo", "--into", str(tmp_path)], catch_exceptions=False)

    assert record(tmp_path).read_bytes() == record(into).read_bytes()


@pytest.mark.parametrize(
    ("path", "says_so"),
    [
        pytest.param("sample/notes.txt", "sample is not the demo's sample", id="a folder of that name"),
        pytest.param("sample/.git/HEAD", "sample is not the demo's sample", id="a repository of that name"),
        pytest.param("sample", "sample is not the demo's sample", id="a file of that name"),
        pytest.param("legacy_report.md", "legacy_report.md is not the demo's", id="a report of that name"),
    ],
)
def test_the_demo_takes_nothing_away_that_it_did_not_make(tmp_path: Path, path: str, says_so: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine\n", encoding="utf-8")

    result = CliRunner().invoke(cli, ["demo", "--into", str(tmp_path)])

    assert result.exit_code == 2
    assert f"{says_so}; name another folder with --into" in result.stderr
    assert (tmp_path / path).read_text("utf-8") == "mine\n"
    assert [one.name for one in tmp_path.iterdir()] == [Path(path).parts[0]]


def test_the_demo_leaves_claims_and_cassette_and_says_what_to_try(demo: tuple[Result, Path]) -> None:
    result, into = demo
    said = result.stderr.splitlines()[-1]
    changed = into / "claims" / "phase4.yaml"

    folder, _, command = said.removeprefix("claims and cassette are there to play with: ").partition(" && ")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.removeprefix("cd "))
        again = CliRunner().invoke(cli, command.split()[1:], catch_exceptions=False)
    assert again.exit_code == 1
    assert again.stdout.splitlines()[:-1] == result.stdout.splitlines()[:-1]

    changed.write_text("title: mine\n", encoding="utf-8")
    CliRunner().invoke(cli, ["demo", "--into", str(into)], catch_exceptions=False)
    assert changed.read_text("utf-8") == "title: mine\n"


def test_the_demo_leaves_a_draft_of_what_the_readme_of_its_branch_claims(
    demo: tuple[Result, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo[1] / "sample")
    readme = git(Path(), "show", "phase4:README.md") + "\n"

    result = CliRunner().invoke(cli, ["claims", "draft", "--replay", "../cassettes/readme.yaml"], input=readme)

    assert result.exit_code == 0
    assert "    statement: The old token table (`src/legacy/token_table.py`) is gone.\n" in result.stdout
    assert "by authored (authored); read it before anything is judged\n" in result.stdout
    assert result.stderr.endswith("19 claims, 4 left out\n")


def test_the_demo_once_more_leaves_what_was_added_to_its_sample(demo: tuple[Result, Path]) -> None:
    first, into = demo
    notes = into / "sample" / "notes.txt"
    notes.write_text("mine\n", encoding="utf-8")
    try:
        again = CliRunner().invoke(cli, ["demo", "--into", str(into)], catch_exceptions=False)

        assert (again.exit_code, again.stdout) == (0, first.stdout)
        assert notes.read_text("utf-8") == "mine\n"
    finally:
        notes.unlink()
