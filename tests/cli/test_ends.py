"""How the program ends where it cannot go on: never as if a claim had failed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import verifier.cli
from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.preloaded import python
from tests.runs.workers import at as reached
from tests.runs.workers import call, claim, files, write_claims
from verifier.setup.shipped_files import shipped


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of a program in which the error is met."""

    @click.command()
    def faulty() -> None:
        raise error

    monkeypatch.setattr(verifier.cli, "cli", faulty)
    monkeypatch.setattr(sys, "argv", ["verifier"])
    with pytest.raises(SystemExit) as exit_:
        verifier.cli.main()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


class PanicError(BaseException):
    """What a library in Rust raises is no Exception."""


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(KeyError("pool"), id="a key"),
        pytest.param(RecursionError("maximum recursion depth exceeded"), id="a recursion"),
        pytest.param(MemoryError(), id="no memory"),
        pytest.param(AssertionError("it cannot be"), id="an assertion"),
        pytest.param(UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"), id="half a pair"),
        pytest.param(FileNotFoundError(errno.ENOENT, "No such file or directory", "x"), id="a file that is gone"),
        pytest.param(PanicError("called unwrap on None"), id="a panic"),
    ],
)
def test_an_error_that_nobody_foresaw_ends_in_four_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: BaseException
) -> None:
    assert ended(monkeypatch, error) == 4

    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert stderr.startswith("Traceback (most recent call last):\n")
    assert f"{type(error).__name__}" in stderr
    assert stderr.endswith("verifier: this error is verifier's own, and says nothing about a claim; please report it\n")


def test_a_traceback_moves_no_terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended(monkeypatch, ValueError("\x1b[2J\u202e")) == 4

    stderr = capfd.readouterr().err
    assert "\\u001b[2J\\u202e" in stderr
    assert not {"\x1b", "\u202e"} & set(stderr)


def test_an_output_whose_reader_has_left_ends_as_quietly_as_other_tools_do(
    tmp_path: Path,
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*python(), "-c", "from verifier.cli import main; main()", "run", "--help"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path)
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, "")


def test_a_run_whose_progress_nobody_reads_any_more_goes_on_to_its_report(tmp_path: Path) -> None:
    program = """
from verifier.cli.output import say, show
from verifier.cli.progress import progress
progress().say("1/1 pool-drains: FULLY RESOLVED")
say("fails: pool-drains")
show("report: reports/pool.md")
"""
    reading, writing = os.pipe()
    os.close(reading)
    command = [*python(), "-c", program]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=writing, text=True, check=False, cwd=tmp_path)
    os.close(writing)

    assert (done.returncode, done.stdout) == (0, "report: reports/pool.md\n")


def test_a_template_that_fails_for_one_claim_is_that_claims_error_and_the_report_is_written(
    commit: Commit, repository: Path, folder: Path, gemini: Emulator
) -> None:
    commit(files(1, 2))
    write_claims(folder, claim(1), claim(2))
    shutil.copytree(shipped("prompts"), folder / "prompts")
    template = folder / "prompts" / "claim.md.j2"
    template.write_text("{% if 'Worker2' in statement %}{{ 1 // 0 }}{% endif %}" + template.read_text("utf-8"), "utf-8")

    result = call("run", "--repo", str(repository), "--prompts", "prompts", **reached(gemini))

    assert result.exit_code == 4
    first, second, *_ = result.stdout.splitlines()
    assert first == "✅ FULLY RESOLVED (1 proven)  adds-1"
    assert second.startswith("⛔ ERROR  adds-2: unexpected ZeroDivisionError at claim.md.j2:1: ")
    (written,) = Path("reports/workers").glob("*.json")
    record = json.loads(written.read_text("utf-8"))
    assert [ruling["ruling"] for ruling in record["rulings"]] == ["FULLY RESOLVED", "ERROR"]
    assert "traceback" not in record["rulings"][0]
    assert record["rulings"][1]["traceback"].endswith("ZeroDivisionError: integer division or modulo by zero\n")
    assert "Traceback" not in result.stdout + result.stderr
