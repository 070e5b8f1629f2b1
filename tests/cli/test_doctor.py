"""`verifier doctor`: the set-up, and with a key the calls that settle what could not be tried."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit
from tests.model.emulator import Answer, Emulator, Request, refuses, says
from verifier.cli import cli

REPLY = '{"evidence": "The sea is wet.", "answer": "yes"}'


def doctor(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments], env=environment, catch_exceptions=False)


def at(emulator: Emulator) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": "k" * 20}


def test_without_a_key_the_set_up_is_checked_and_nothing_is_sent() -> None:
    result = doctor()

    assert result.exit_code == 0
    assert "ok   git: git version" in result.stdout
    assert "ok   repository: HEAD is commit " in result.stdout
    assert "ok   key: none given" in result.stdout


def test_the_claims_are_those_that_a_run_would_find_not_the_demo_s(folder: Path) -> None:
    assert "ok   claims: none here or above; `verifier init` begins some" in doctor().stdout
    (folder / "claims").mkdir()
    (folder / "claims/pool.yaml").write_text("title: The pool\nclaims: []\n", encoding="utf-8")

    said = doctor().stdout

    assert "ok   claims: 1 file in claims\n" in said
    assert "phase4" not in said


def test_with_a_key_live_calls_settle_what_is_open() -> None:
    with Emulator(lambda _: says(REPLY)) as emulator:
        result = doctor(**at(emulator))

    assert result.exit_code == 0
    assert "properties come in the schema's order" in result.stdout
    assert "tokens of prompt where we count" in result.stdout
    assert "ok   thinking level MINIMAL: refused; leave it unset" in result.stdout
    assert 3 <= len(emulator.asked) <= 5


def test_another_model_that_reads_is_asked_too() -> None:
    with Emulator(lambda _: says(REPLY)) as emulator:
        doctor("--model", "gemini-2.5-pro", "--reader-model", "gemini-3.5-flash", **at(emulator))

    assert {request.model for request in emulator.asked} == {"gemini-2.5-pro", "gemini-3.5-flash"}


def test_a_reply_in_another_order_is_said() -> None:
    with Emulator(lambda _: says('{"answer": "yes", "evidence": "x"}')) as emulator:
        result = doctor(**at(emulator))

    assert result.exit_code == 1
    assert "FAIL structured reply" in result.stdout


def answers_nobody(_: Request) -> Answer:
    return refuses(403, "PERMISSION_DENIED", "no")


def test_a_key_that_is_refused_ends_the_calls() -> None:
    with Emulator(answers_nobody) as emulator:
        result = doctor(**at(emulator))

    assert result.exit_code == 1
    assert len(emulator.requests) == 1
    assert "FAIL structured reply" in result.stdout
    assert "k" * 20 not in result.output


def test_offline_sends_nothing_also_with_a_key() -> None:
    with Emulator(answers_nobody) as emulator:
        result = doctor("--offline", **at(emulator))

    assert result.exit_code == 0
    assert emulator.requests == ()


def test_a_broken_settings_file_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verifier.toml").write_text("model =", encoding="utf-8")

    result = doctor()

    assert result.exit_code == 2
    assert "not TOML" in result.stderr


def test_outside_of_a_repository_not_all_is_well(folder: Path) -> None:
    result = doctor()

    assert result.exit_code == 1
    assert f"FAIL repository: no git repository at {folder} or above it; name one with --repo\n" in result.stdout


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_that_git_does_not_trust_is_said(
    commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({"a.py": "a\n"})
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    monkeypatch.chdir(repository)

    result = doctor()

    assert result.exit_code == 1
    assert f"git config --global --add safe.directory {repository}\n" in result.stdout
