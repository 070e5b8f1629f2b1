"""`verifier check` as people call it: one statement, through the real client against the emulator."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit, git
from tests.evidence.replies import citation, part, verdict
from tests.model.emulator import Emulator, says
from tests.preloaded import python
from verifier.cli import cli
from verifier.cli.completing import refs

POOL = "class Pool:\n    def drain(self):\n        while self.items:\n            self.items.pop().close()\n"
STATEMENT = "`Pool.drain` closes every item, in `pool.py`"
DRAINS = part(
    STATEMENT, "yes", citation("pool.py", 3, 4, "        while self.items:\n            self.items.pop().close()")
)
KEY = "AIza" + "x" * 35

Check = Callable[..., Result]


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator(says(verdict(DRAINS, word="FULLY RESOLVED"))) as emulator:
        yield emulator


@pytest.fixture
def check(commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch, gemini: Emulator) -> Check:
    """Calls the command in a repository whose commit drains the pool."""
    commit({"pool.py": POOL, "secrets/pool.txt": "Pool.drain\n"})
    monkeypatch.chdir(repository)

    def call(*arguments: str, stdin: str | None = None) -> Result:
        environment = {"GOOGLE_GEMINI_BASE_URL": gemini.url, "GEMINI_API_KEY": KEY}
        given = ["check", *arguments]
        return CliRunner().invoke(cli, given, input=stdin, env=environment, catch_exceptions=False)

    return call


def test_one_statement_is_judged_reported_and_can_be_rechecked(check: Check, repository: Path) -> None:
    result = check(STATEMENT)

    sha = git(repository, "rev-parse", "HEAD")
    assert result.exit_code == 0
    ruling, report = result.stdout.splitlines()
    assert ruling == "✅ FULLY RESOLVED (1 proven)  pool-drain-closes-every-item-pool"
    path = Path(report.removeprefix("report: "))
    assert path.name == f"{sha[:12]}.md"
    assert "# One statement\n\n" in path.read_text("utf-8")
    record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert record["rulings"][0]["statement"] == STATEMENT
    assert record["claim_set"]["path"] == f"check/{path.parent.name}"

    again = CliRunner().invoke(cli, ["recheck", str(path.with_suffix(".json"))], catch_exceptions=False)
    assert again.exit_code == 0
    assert f"1 ruling derived again at {sha}: stands" in again.stdout


def test_a_statement_comes_from_standard_input_and_is_not_asked_twice(check: Check, gemini: Emulator) -> None:
    check(STATEMENT)
    asked = len(gemini.asked)

    result = check("-", stdin=f"{STATEMENT}\n")

    assert result.exit_code == 0
    assert len(gemini.asked) == asked
    assert len(list(Path("reports").iterdir())) == 1


def test_a_secret_in_a_statement_is_in_no_name_and_no_file(check: Check, tmp_path: Path) -> None:
    secret = "q8w7e6r5" + "t4y3u2i1"

    result = check(f"password = '{secret}' is removed from `src/pool.py`")

    written = [path for path in Path().rglob("*") if path.is_file()]
    assert any(path.suffix == ".json" for path in written)
    assert secret not in result.output + "".join(map(str, written))
    assert not [path for path in written if secret.encode() in path.read_bytes()]


def test_two_statements_that_begin_alike_have_reports_of_their_own(check: Check) -> None:
    other = [check(f"Pool drains items by six different workers, {number} at a time") for number in ("two", "three")]

    assert [result.exit_code for result in other] == [3, 3]
    assert len({result.stdout.splitlines()[-1] for result in other}) == 2


def test_files_are_shown_but_not_those_that_a_claim_set_never_sends(check: Check, gemini: Emulator) -> None:
    Path("claims").mkdir()
    claims = 'title: t\nnever_send: ["secrets/**"]\nclaims: [{id: a, statement: b c}]\n'
    Path("claims/a.yaml").write_text(claims, encoding="utf-8")

    check("The pool drains", "--file", "pool.py", "--file", "secrets/pool.txt")

    (request,) = gemini.asked
    assert "1\tclass Pool:" in request.prompt
    assert "1\tPool.drain" not in request.prompt


@pytest.mark.parametrize(
    ("arguments", "says_so"),
    [
        pytest.param(("  ",), "the statement, or a path of --file, is empty", id="nothing said"),
        pytest.param((STATEMENT, "--file", "../x"), 'the path "../x" leaves the repository', id="a path outside"),
        pytest.param((STATEMENT, "--ref", "none"), 'no commit "none"', id="no such commit"),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_nothing_is_asked(
    check: Check, gemini: Emulator, arguments: tuple[str, ...], says_so: str
) -> None:
    result = check(*arguments)

    assert result.exit_code == 2
    assert says_so in result.stderr
    assert not gemini.asked


def test_the_report_is_opened_in_a_browser(check: Check, gemini: Emulator, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{seen}"\n', encoding="utf-8")
    browser.chmod(0o755)

    def verifier(*arguments: str) -> subprocess.CompletedProcess[str]:
        called = [*python(), "-c", "from verifier.cli import main; main()", *arguments]
        keyed = {"GOOGLE_GEMINI_BASE_URL": gemini.url, "GEMINI_API_KEY": KEY, "BROWSER": f"{browser} %s"}
        return subprocess.run(called, env=os.environ | keyed, capture_output=True, text=True, check=True)

    verifier("check", STATEMENT, "--open")
    (page,) = Path("reports").resolve().rglob("*.html")
    verifier("report", str(page.with_suffix(".json")), "--open", "--out", "elsewhere.html")

    assert seen.read_text("utf-8").splitlines() == [page.as_uri(), Path("elsewhere.html").resolve().as_uri()]
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_a_shell_completes_branches_and_tags(check: Check, repository: Path) -> None:
    git(repository, "branch", "feature/pool")
    git(repository, "tag", "v1")
    context = click.Context(cli)

    assert refs(context, click.Option(["--ref"]), "feature") == ["feature/pool"]
    assert "v1" in refs(context, click.Option(["--ref"]), "")
    context.params["repo"] = repository.parent / "nowhere"
    assert refs(context, click.Option(["--ref"]), "") == []
