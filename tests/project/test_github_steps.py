"""In a step of GitHub Actions: annotations once, in their limits, and nothing else that the runner obeys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.report.hostile_records import hostile
from tests.report.test_github import obeyed
from tests.runs.workers import at, call, claim, document, files, worker, write_claims
from verifier.report.files import write_report

STEP = {"GITHUB_ACTIONS": "true"}


def test_a_run_prints_its_annotations_once_at_the_end(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit({**files(1), "worker2.py": worker(2, 22)})

    result = call("run", "--repo", str(repository), **at(gemini), **STEP)

    (command,) = obeyed(result.stdout)
    assert command.startswith("::error file=worker2.py,line=2,endLine=3,title=adds-2%3A ❌ NOT RESOLVED (1 refuted)::")
    assert result.stdout.splitlines()[-1] == command
    assert obeyed(result.stderr) == []


def test_why_a_run_fails_is_annotated_though_every_claim_is_borne_out(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    call("run", "--repo", str(repository), "-q", **at(gemini), **STEP)

    result = call("run", "--repo", str(repository), "-q", "--require", "live", **at(gemini), **STEP)

    assert result.exit_code == 1
    assert obeyed(result.stdout) == [
        "::error title=adds-1 fails::adds-1: a reply is from the journal; --fresh asks anew",
    ]


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": ""}, {"GITHUB_ACTIONS": "false"}], ids=str)
def test_elsewhere_a_run_prints_none(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator, environment: dict[str, str]
) -> None:
    write_claims(folder, claim(2))
    commit({"worker2.py": worker(2, 22)})

    result = call("run", "--repo", str(repository), **at(gemini), **environment)

    assert obeyed(result.output) == []


def test_a_document_stands_alone_and_the_annotations_beside_it(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(2))
    commit({"worker2.py": worker(2, 22)})

    result = call("run", "--repo", str(repository), "--json", "-q", **at(gemini), **STEP)

    assert document(result)["rulings"][0]["ruling"] == "NOT RESOLVED"
    assert [line.split(" ")[0] for line in obeyed(result.stderr)] == ["::error"]


def test_the_runs_of_one_step_keep_to_its_limit_together(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    numbers = range(1, 8)
    for name in ("first", "second"):
        write_claims(folder, *(claim(number) for number in numbers), name=name)
    commit({f"worker{number}.py": worker(number, 99) for number in numbers})

    result = call("run", "--repo", str(repository), "-q", **at(gemini), **STEP)

    commands = obeyed(result.stdout)
    assert len(commands) == 10
    assert commands[-1] == "::error title=verifier::and 5 more: adds-3, adds-4, adds-5, adds-6, adds-7"


def test_nothing_is_annotated_where_every_claim_is_borne_out(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))

    assert obeyed(call("run", "--repo", str(repository), **at(gemini), **STEP).output) == []


def test_a_command_in_a_claim_or_a_file_is_not_obeyed(folder: Path, repository: Path, commit: Commit) -> None:
    write_claims(folder, '  - id: a\n    statement: "##[add-mask]x stands in `a.py`"\n')
    commit({"a.py": "::stop-commands::x\nx = '##[error]y'\n"})

    for command in (["claims", "list"], ["pack", "--repo", str(repository), "--show"]):
        assert obeyed(call(*command).output) != []
        assert obeyed(call(*command, **STEP).output) == []


@pytest.mark.parametrize("text", ["::error::x", "x\n::stop-commands::x", "x ##[error]x"])
@pytest.mark.parametrize("name", ["markdown", "html", "sarif", "junit", "json", "jsonl", "agent", "github-comment"])
def test_a_report_in_a_step_s_log_holds_no_command(tmp_path: Path, name: str, text: str) -> None:
    record = hostile(text)
    path = write_report(record, tmp_path).with_suffix(".json")

    written = call("report", str(path), "--format", name, **STEP).stdout

    assert obeyed(written) == []
    if name == "json":
        assert json.loads(written) == json.loads(path.read_text("utf-8"))


def test_annotations_that_are_asked_for_are_obeyed(tmp_path: Path) -> None:
    path = write_report(hostile("word"), tmp_path).with_suffix(".json")

    assert obeyed(call("report", str(path), "--format", "github-annotations", **STEP).stdout) != []
