"""Claims, settings, journal and reports are found from any folder of a repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from tests.model.emulator import Emulator
from tests.runs.workers import at, call, claim, worker, write_claims
from verifier.repository.folders import upwards


@pytest.fixture
def below(repository: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, two below the root of a repository that has claims and settings."""
    write_claims(repository, claim(1))
    (repository / "verifier.toml").write_text('max_rounds = 2\nprices = "prices.toml"\n', encoding="utf-8")
    (repository / "prices.toml").write_text("[models]\n", encoding="utf-8")
    commit({"worker1.py": worker(1), "src/net/retry.py": "x = 1\n"})
    monkeypatch.chdir(repository / "src/net")
    return repository


def setting(name: str) -> tuple[object, str]:
    found = json.loads(call("config", "--json").stdout)["settings"]
    return next((one["value"], one["source"]) for one in found if one["setting"] == name)


def test_a_run_from_below_is_the_run_from_the_root(below: Path, gemini: Emulator) -> None:
    first = call("run", **at(gemini))

    sha = git(below, "rev-parse", "HEAD")[:12]
    assert first.stdout.splitlines()[-1] == f"report: ../../reports/workers/{sha}.md"
    asked = len(gemini.asked)
    assert (below / ".verifier/journal.sqlite").is_file()
    assert setting("max_rounds") == (2, "../../verifier.toml")
    assert setting("prices") == ("../../prices.toml", "../../verifier.toml")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(below)
        again = call("run", **at(gemini))
        assert setting("prices") == ("prices.toml", "verifier.toml")
    assert again.exit_code == first.exit_code == 0
    assert len(gemini.asked) == asked


def test_what_lies_nearer_holds(below: Path) -> None:
    write_claims(Path("..").resolve(), claim(2))
    Path("verifier.toml").write_text("max_rounds = 4\n", encoding="utf-8")

    assert "adds-2" in call("claims", "list").stdout
    assert setting("max_rounds") == (4, "verifier.toml")


def test_nothing_is_looked_for_above_the_repository(below: Path) -> None:
    other = below / "vendor/other"
    other.mkdir(parents=True)
    git(other, "init", "--quiet")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(other)
        refused = call("claims", "list")
        assert setting("max_rounds") == (3, "default")

    assert refused.exit_code == 2
    assert "no claims/*.yaml here or above" in refused.stderr
    assert list(upwards(below.parent)) == [below.parent]


def test_a_branch_cannot_put_claims_before_those_of_its_policy(below: Path, commit: Commit, gemini: Emulator) -> None:
    commit({"src/net/claims/own.yaml": "title: t\nclaims: [{id: own, statement: x is 1}]\n"}, branch="feature")

    result = call("run", "--policy-ref", "main", "--ref", "feature", **at(gemini))

    assert "adds-1" in result.stdout
    assert "own" not in result.stdout
    assert call("config", VERIFIER_POLICY_REF="main").exit_code == 0
