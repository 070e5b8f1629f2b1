"""`verifier run --facts` and `recheck --facts`: what CI made of the commit decides checks, and both readers see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ci_files.ci_made import OTHER, case, junit
from tests.conftest import Commit, git
from tests.evidence.replies import part, verdict
from tests.model.emulator import Emulator, says
from verifier.cli import cli

CLAIMS = """\
title: The pool
claims:
  - id: tested
    statement: The tests of the pool pass
    checks: [{tests_pass: tests/test_pool.py, part: p1}]
"""
PASSES = verdict(part("The tests of the pool pass", "yes"), word="FULLY RESOLVED")
SAYS = "tests_pass: tests/test_pool.py: 1 test run, none failed, by junit.xml, which CI made of this commit"


@pytest.fixture
def call(tmp_path: Path, commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls the command line where there are claims, a commit, and what CI made of that."""
    sha = commit({"tests/test_pool.py": "", "pool.py": ""}).commit
    monkeypatch.chdir(tmp_path)
    Path("claims").mkdir()
    Path("claims/pool.yaml").write_text(CLAIMS, encoding="utf-8")
    Path("ci").mkdir()
    Path("ci/junit.xml").write_text(junit(case("tests.test_pool", "test_drain"), commit=sha), encoding="utf-8")

    def call(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--repo", str(repository)], catch_exceptions=False)

    return call


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """A model that says that the tests pass, and gives no evidence of its own."""
    emulator = Emulator(says(PASSES))
    monkeypatch.setenv("GEMINI_API_KEY", "k" * 20)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
    return emulator


def run_of(folder: Path) -> Path:
    (found,) = folder.rglob("reports/**/*.json")
    return found


def test_both_readers_see_what_ci_says_and_the_claim_is_proven_by_it(
    call: Callable[..., Result], gemini: Emulator, tmp_path: Path
) -> None:
    with gemini:
        result = call("run", "--facts", "ci")

    record = json.loads(run_of(tmp_path).read_text("utf-8"))
    assert result.exit_code == 0, result.output
    assert [f"- {SAYS}" in one.request.prompt for one in gemini.exchanges] == [True, True]
    assert [(one["path"], one["format"], one["attested"]) for one in record["ci"]] == [("junit.xml", "JUnit", True)]
    assert SAYS in run_of(tmp_path).with_suffix(".md").read_text("utf-8")


def test_without_files_the_check_is_open_and_with_a_failure_it_refutes(
    call: Callable[..., Result], gemini: Emulator
) -> None:
    with gemini:
        without = call("run")
        failing = Path("ci/junit.xml").read_text("utf-8").replace("></testcase>", "><failure/></testcase>")
        Path("ci/junit.xml").write_text(failing, encoding="utf-8")
        failed = call("run", "--facts", "ci")

    assert (without.exit_code, failed.exit_code) == (3, 1)
    assert "UNPROVEN" in without.output
    assert "NOT RESOLVED" in failed.output


def test_files_of_another_commit_end_a_run_before_it_begins(call: Callable[..., Result]) -> None:
    Path("ci/junit.xml").write_text(junit(commit=OTHER), encoding="utf-8")

    result = call("pack", "--facts", "ci")

    assert result.exit_code == 2
    assert f"verifier: ci/junit.xml: it is of commit {OTHER}" in result.output


def test_a_recheck_reads_the_files_again_or_says_that_it_does_not(
    call: Callable[..., Result], gemini: Emulator, tmp_path: Path, repository: Path
) -> None:
    with gemini:
        call("run", "--facts", "ci")
    record = str(run_of(tmp_path))
    sha = git(repository, "rev-parse", "HEAD")

    recorded = call("recheck", record)
    again = call("recheck", record, "--facts", "ci")
    Path("ci/junit.xml").write_text(junit(case("tests.test_pool", "test_x"), commit=sha), encoding="utf-8")
    other = call("recheck", record, "--facts", "ci")

    assert (recorded.exit_code, again.exit_code, other.exit_code) == (0, 0, 1), recorded.output + again.output
    assert "note: what CI says was taken from the record" in recorded.output
    assert "note" not in again.output
    assert '"files of CI", junit.xml: the record says digest' in other.output


def test_another_commit_has_no_facts_of_this_one(
    call: Callable[..., Result], gemini: Emulator, tmp_path: Path, commit: Commit
) -> None:
    with gemini:
        call("run", "--facts", "ci")
    commit({"pool.py": "x = 1\n"})

    result = call("recheck", str(run_of(tmp_path)), "--ref", "HEAD")

    assert result.exit_code == 1
    assert "undecided, for no files of CI were given" in result.output
