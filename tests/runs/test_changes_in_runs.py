"""Runs that show what a branch changed: record, report, recheck, replay, journal, and `verifier pack`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.runs.workers import asked, at, call, claim, document, files, rulings, worker, write_claims

CHANGE = '  - id: change\n    statement: "Changed: `Worker1.run` adds 1, in `worker1.py`"\n'


@pytest.fixture
def branch(folder: Path, repository: Path, commit: Commit) -> Path:
    """A branch on which the first worker came to add 1 by way of adding 5; main went on meanwhile."""
    write_claims(folder, CHANGE, claim(2))
    commit({"worker1.py": worker(1, 9), "worker2.py": worker(2)})
    commit({"worker1.py": worker(1, 5)}, branch="topic")
    commit({"notes.txt": "later\n"}, branch="main")
    commit({"worker1.py": worker(1), "worker2.py": "# tidied\n" + worker(2)}, branch="topic")
    return repository


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "-q", *arguments, **at(gemini))


def record_of(result: Result) -> dict[str, Any]:
    line = next(line for line in result.stdout.splitlines() if line.startswith("report: "))
    loaded: dict[str, Any] = json.loads(Path(line.removeprefix("report: ")).with_suffix(".json").read_text("utf-8"))
    return loaded


def commits(repository: Path) -> dict[str, str]:
    from verifier.repository.repository import find_repository

    found = find_repository(repository)
    return {ref: found.resolve(ref) for ref in ("main~1", "topic~1", "topic")}


def test_a_run_shows_the_change_to_the_claim_that_speaks_of_it_and_the_record_says_so(
    branch: Path, gemini: Emulator
) -> None:
    result = run(branch, gemini, "--base", "main", "--json")

    record = document(result)
    prompts = {name: r.prompt for r in gemini.asked for name in ("Worker1", "Worker2") if asked_about(r.prompt, name)}
    assert "-        return value + 9\n+        return value + 1\n" in prompts["Worker1"]
    assert "What the branch changed" not in prompts["Worker2"]
    assert not any("What the branch changed" in r.prompt for r in gemini.read)
    assert record["settings"]["base"] == commits(branch)["main~1"]
    contexts = {ruling["claim_id"]: ruling["context"] for ruling in record["rulings"]}
    assert contexts["change"]["changes"] == {
        "base": commits(branch)["main~1"],
        "shown": [{"path": "worker1.py", "how": "changed; 1 hunk"}],
        "named": [],
    }
    assert "changes" not in contexts["adds-2"]
    assert rulings(result) == {"change": "FULLY RESOLVED", "adds-2": "FULLY RESOLVED"}


def asked_about(prompt: str, name: str) -> bool:
    return name in prompt.split("# The claim")[1].split("=== end")[0]


def test_the_reports_of_a_run_without_a_base_say_nothing_of_changes(branch: Path, gemini: Emulator) -> None:
    result = run(branch, gemini, "--also", "html")

    record = record_of(result)
    assert "base" not in record["settings"]
    assert all("changes" not in ruling["context"] for ruling in record["rulings"])
    for report in Path("reports").rglob("*.*"):
        assert "Diff" not in report.read_text("utf-8")


def test_the_reports_say_that_a_diff_was_shown_and_against_what(branch: Path, gemini: Emulator) -> None:
    run(branch, gemini, "--base", "main", "--also", "html")

    base = commits(branch)["main~1"]
    page, html = (next(Path("reports").rglob(name)).read_text("utf-8") for name in ("*.md", "*.html"))
    assert f"- Diff against `{base[:12]}` shown: `worker1.py`: changed; 1 hunk" in page
    assert page.count("Diff against") == 1
    assert "shown to it: 1 whole; and the diff of 1 file" in page
    assert f"base {base}" in page
    assert f"Changed by the branch since <code>{base[:12]}</code>" in html
    assert html.count("Diff shown: <code>worker1.py</code>, changed; 1 hunk") == 1


def test_a_recheck_renders_the_prompts_as_they_were_sent(branch: Path, gemini: Emulator, commit: Commit) -> None:
    run(branch, gemini, "--base", "main", "--record", "tape.yaml")
    record = next(Path("reports").rglob("*.json"))
    commit({"worker1.py": worker(1, 7)}, branch="main")

    result = call("recheck", str(record), "--repo", str(branch), "--cassette", "tape.yaml")

    assert result.exit_code == 0, result.output
    assert "stands" in result.output
    assert "render otherwise" not in result.output


def test_a_recheck_without_the_base_says_what_to_fetch(branch: Path, gemini: Emulator) -> None:
    run(branch, gemini, "--base", "main")
    record = next(Path("reports").rglob("*.json"))
    record.write_text(record.read_text("utf-8").replace(commits(branch)["main~1"], "f" * 40), encoding="utf-8")

    result = call("recheck", str(record), "--repo", str(branch))

    assert result.exit_code == 2
    assert f'no commit "{"f" * 40}"' in result.stderr
    assert "fetch it" in result.stderr


def digests(record: dict[str, Any]) -> list[dict[str, str]]:
    rounds = [one for ruling in record["rulings"] for one in ruling["rounds"]]
    return [one["digests"] for done in rounds for one in (done, done["reading"])]


def test_a_replay_with_the_same_base_gives_the_same_report(branch: Path, gemini: Emulator) -> None:
    run(branch, gemini, "--base", "main", "--record", "tape.yaml")
    before = next(Path("reports").rglob("*.json")).read_text("utf-8")
    tape = ("--base", "main", "--replay", "tape.yaml")

    replayed = [document(call("run", "--repo", str(branch), "--json", "-q", *tape)) for _ in range(2)]

    assert replayed[0] == replayed[1]
    assert call("cassettes", "check", "tape.yaml").exit_code == 0
    recorded = json.loads(before)
    assert digests(recorded) == digests(replayed[0])
    assert recorded["settings"] == replayed[0]["settings"]


def test_a_replay_with_another_base_says_which_one_was_recorded(branch: Path, gemini: Emulator) -> None:
    run(branch, gemini, "--base", "main", "--record", "tape.yaml")
    base = commits(branch)["main~1"]

    for arguments in ((), ("--base", "topic~1")):
        result = call("run", "--repo", str(branch), "--json", "-q", "--replay", "tape.yaml", *arguments)

        assert result.exit_code == 4
        assert rulings(result) == {"change": "ERROR", "adds-2": "FULLY RESOLVED"}
        error = next(r["error"] for r in document(result)["rulings"] if r["claim_id"] == "change")
        assert f'differs in its section "claim"; it was recorded with --base {base}: give the same, or' in error


def test_a_replay_with_a_base_of_what_was_recorded_without_says_so(branch: Path, gemini: Emulator) -> None:
    run(branch, gemini, "--record", "tape.yaml")

    result = call("run", "--repo", str(branch), "--json", "-q", "--replay", "tape.yaml", "--base", "main")

    error = next(r["error"] for r in document(result)["rulings"] if r["claim_id"] == "change")
    assert 'differs in its section "claim"; it was recorded without --base: leave that out, or' in error
    assert "base" not in Path("tape.yaml").read_text("utf-8").split("interactions:")[0]


def test_the_journal_answers_the_same_base_and_no_other(branch: Path, gemini: Emulator) -> None:
    asks = []
    for base in (("--base", "main"), ("--base", "main"), ("--base", "topic~1"), ()):
        before = len(gemini.asked)
        run(branch, gemini, *base)
        asks.append(asked(gemini, since=before))

    assert asks == [["Worker1", "Worker2"], [], ["Worker1"], ["Worker1"]]


def test_a_verdict_is_carried_over_where_the_diff_is_the_same_and_nowhere_else(
    branch: Path, gemini: Emulator, commit: Commit
) -> None:
    run(branch, gemini, "--base", "main")
    # A new path changes the list of paths that every prompt begins with, so that no prompt is the one of before.
    commit({"more.py": "MORE = 1\n"})
    same = run(branch, gemini, "--base", "main", "--json")
    commit({"still_more.py": "MORE = 2\n"})
    before = len(gemini.asked)

    other = run(branch, gemini, "--base", "topic~3", "--json")
    none = run(branch, gemini, "--json")

    assert {r["claim_id"] for r in document(same)["rulings"] if r["carried_from"]} == {"change", "adds-2"}
    for result in (other, none):
        assert {r["claim_id"] for r in document(result)["rulings"] if r["carried_from"]} <= {"adds-2"}
    assert asked(gemini, since=before) == ["Worker1", "Worker1"]


def test_pack_shows_what_would_be_sent_with_a_base(branch: Path) -> None:
    plain = call("pack", "--repo", str(branch), "--show").stdout
    with_base = call("pack", "--repo", str(branch), "--show", "--base", "main").stdout

    assert f"its branch began at {commits(branch)['main~1']}\n" in with_base
    assert "  changed by the branch: worker1.py (changed; 1 hunk)\n" in with_base
    assert with_base.count("# What the branch changed") == 1
    assert "-        return value + 9\n+        return value + 1\n" in with_base
    assert "changed by the branch" not in plain
    assert "What the branch changed" not in plain


def test_pack_refuses_a_base_that_is_not_there(branch: Path) -> None:
    result = call("pack", "--repo", str(branch), "--base", "nowhere")

    assert result.exit_code == 2
    assert 'no commit "nowhere"' in result.stderr


def test_a_policy_and_a_base_go_together(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    claims = f"title: Workers\nclaims:\n{CHANGE}"
    commit({"claims/workers.yaml": claims, "worker1.py": worker(1, 9), **files(2)})
    commit({"worker1.py": worker(1)}, branch="topic")

    result = call("run", "-q", "--json", "--policy-ref", "main", "--base", "main", **at(gemini))

    assert rulings(result) == {"change": "FULLY RESOLVED"}
    assert "# What the branch changed" in gemini.asked[0].prompt
