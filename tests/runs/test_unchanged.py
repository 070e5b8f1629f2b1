"""Rulings that a second run over the same commit gives again, and what makes it work them out anew."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import verifier.runs.unchanged as unchanged
from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import part, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from tests.runs.workers import at, call, claim, document, files, judge, worker, write_claims


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "--json", "-q", *arguments, **at(gemini))


def given_again(folder: Path) -> int:
    """How many rulings of the last run were given again: those that it did not keep anew."""
    with sqlite3.connect(folder / ".verifier" / "journal.sqlite") as journal:
        (rulings,) = journal.execute("SELECT count(*) FROM rulings WHERE run = (SELECT max(id) FROM runs)").fetchone()
        (kept,) = journal.execute(
            "SELECT count(*) FROM records WHERE made_at >= (SELECT max(started) FROM runs)"
        ).fetchone()
    return int(rulings) - int(kept)


def without_dates(result: Result) -> dict[str, Any]:
    record = document(result)
    return {**record, "generated": ""}


def test_a_second_run_gives_the_same_rulings_from_the_journal(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2))
    first = document(run(repository, gemini))

    second = document(run(repository, gemini))

    assert len(gemini.requests) == 2
    assert given_again(folder) == 2
    for before, after in zip(first["rulings"], second["rulings"], strict=True):
        for ruling in (before, after):
            ruling["usage"] = ruling["cost"] = None
            for one in ruling["rounds"]:
                one["usage"] = None
        assert {r["source"] for r in after["rounds"]} == {"journal"}
        assert after == before | {"rounds": [r | {"source": "journal"} for r in before["rounds"]]}
    assert second["totals"]["usage"] == {"prompt": 0, "cached": 0, "output": 0, "thoughts": 0}


def test_a_ruling_given_again_is_what_working_it_out_anew_gives(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2))
    run(repository, gemini)
    again = without_dates(run(repository, gemini))
    with sqlite3.connect(folder / ".verifier" / "journal.sqlite") as journal:
        journal.execute("DELETE FROM records")
    journal.close()

    anew = without_dates(run(repository, gemini))

    assert len(gemini.requests) == 2
    assert again == anew


def test_a_record_with_rulings_given_again_is_rechecked_like_any_other(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    made = commit(files(1))
    run(repository, gemini)
    run(repository, gemini)

    record = folder / "reports" / "workers" / f"{made.commit[:12]}.json"
    assert json.loads(record.read_text("utf-8"))["rulings"][0]["rounds"][0]["source"] == "journal"
    assert call("recheck", str(record), "--repo", str(repository)).exit_code == 0


def _another_commit(folder: Path, commit: Commit) -> None:
    commit({"worker1.py": worker(1) + "# tidied\n"})


def _another_tag(folder: Path, commit: Commit) -> None:
    write_claims(folder, claim(1, "tags: [new]"))


def _another_exclude(folder: Path, commit: Commit) -> None:
    path = folder / "claims" / "workers.yaml"
    path.write_text(path.read_text("utf-8") + "never_send: ['secret/**']\n", encoding="utf-8")


def _another_template(folder: Path, commit: Commit) -> None:
    templates = folder / "prompts"
    for template in (ROOT / "prompts").glob("*.j2"):
        templates.mkdir(exist_ok=True)
        (templates / template.name).write_text(template.read_text("utf-8") + "\n", encoding="utf-8")
    (folder / "verifier.toml").write_text('prompts = "prompts"\n', encoding="utf-8")


CHANGES: list[Any] = [
    pytest.param(_another_commit, [], id="another commit"),
    pytest.param(_another_tag, [], id="a claim that says something else, though nothing that is sent"),
    pytest.param(_another_exclude, [], id="a file more that may not be sent"),
    pytest.param(_another_template, [], id="another template"),
    pytest.param(lambda *_: None, ["--max-rounds", "2"], id="fewer rounds"),
    pytest.param(lambda *_: None, ["--budget-tokens", "50000"], id="a smaller budget"),
    pytest.param(lambda *_: None, ["--thinking-level", "LOW"], id="another setting of the model"),
    pytest.param(lambda *_: None, ["--fresh"], id="asked anew"),
]


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
def test_what_a_ruling_follows_from_makes_it_worked_out_anew(
    change: Callable[[Path, Commit], None],
    arguments: list[str],
    folder: Path,
    repository: Path,
    commit: Commit,
    gemini: Emulator,
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini)
    change(folder, commit)

    run(repository, gemini, *arguments)

    assert given_again(folder) == 0


def test_an_edited_rule_makes_it_worked_out_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stamp = unchanged.program_stamp.__wrapped__
    (tmp_path / "rules.py").write_text("A = 1\n")
    monkeypatch.setattr(unchanged, "__file__", str(tmp_path / "unchanged.py"))
    before = stamp()
    assert stamp() == before

    os.utime(tmp_path / "rules.py", ns=(1, 1))

    assert stamp() != before


def test_every_grammar_that_verifier_asks_for_decides() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split("[<>=]", name)[0].replace("-", "_") for name in project["dependencies"]}

    assert {name for name in wanted if name.startswith("tree_sitter")} <= set(unchanged.DECIDING)
    assert all(importlib.util.find_spec(name) for name in unchanged.DECIDING)


def test_an_error_is_never_given_again(folder: Path, repository: Path, commit: Commit) -> None:
    from tests.model.emulator import refuses

    write_claims(folder, claim(1))
    commit(files(1))
    with Emulator(lambda _: refuses(500, "INTERNAL", "down")) as down:
        assert run(repository, down, "--attempts", "1").exit_code == 4
    with Emulator(judge) as gemini:
        result = run(repository, gemini)

    assert result.exit_code == 0
    assert len(gemini.requests) == 1


def test_a_gate_that_wants_live_replies_takes_no_ruling_that_is_given_again(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    assert run(repository, gemini, "--require", "live").exit_code == 0

    assert run(repository, gemini, "--require", "live").exit_code == 1


def test_only_the_claims_that_changed_are_opened(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2, 3))
    run(repository, gemini)
    write_claims(folder, claim(1), claim(3))

    result = call("run", "--repo", str(repository), **at(gemini))

    assert given_again(folder) == 1
    assert len(gemini.requests) == 3
    assert "2 claims, 1 answered by the journal, 1 to ask" in result.stderr


UNSURE = verdict(part("`Worker1` adds 1", "cannot_tell"), word="CANNOT TELL")


class ChangesItsMind:
    """A model that says something else whenever it is asked after `changed`; the same address all the while."""

    def __init__(self) -> None:
        self.changed = False

    def __call__(self, request: Request) -> Answer:
        return says(UNSURE) if self.changed else judge(request)


@pytest.fixture
def model() -> ChangesItsMind:
    return ChangesItsMind()


@pytest.fixture
def fickle(model: ChangesItsMind) -> Iterator[Emulator]:
    with Emulator(model) as emulator:
        yield emulator


def words(result: Result) -> list[str]:
    return [ruling["ruling"] for ruling in document(result)["rulings"]]


OTHERWISE: list[Any] = [
    pytest.param(["--fresh"], id="asked anew"),
    pytest.param(["--fresh", "--budget-tokens", "50000"], id="asked anew with another budget"),
    pytest.param(["--fresh", "--claim", "adds-1"], id="asked anew of one claim"),
]


@pytest.mark.parametrize("asked_anew", OTHERWISE)
def test_a_reply_that_came_later_is_the_one_that_is_given_again(
    asked_anew: list[str],
    folder: Path,
    repository: Path,
    commit: Commit,
    fickle: Emulator,
    model: ChangesItsMind,
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    assert words(run(repository, fickle)) == ["FULLY RESOLVED"]
    model.changed = True
    assert words(run(repository, fickle, *asked_anew)) == ["UNPROVEN"]
    asked = len(fickle.requests)

    result = run(repository, fickle)

    assert words(result) == ["UNPROVEN"]
    assert result.exit_code == 3
    assert len(fickle.requests) == asked


def test_a_reply_that_came_later_on_another_commit_is_the_one_that_is_given_again(
    folder: Path, repository: Path, commit: Commit, fickle: Emulator, model: ChangesItsMind
) -> None:
    write_claims(folder, claim(1))
    one = commit(files(1)).commit
    commit({"worker1.py": worker(1) + "\n"})
    two = commit(files(1)).commit
    for ref in (one, two):
        assert words(run(repository, fickle, "--ref", ref)) == ["FULLY RESOLVED"]
    model.changed = True
    assert words(run(repository, fickle, "--ref", one, "--fresh")) == ["UNPROVEN"]

    assert words(run(repository, fickle, "--ref", two)) == ["UNPROVEN"]


def test_what_was_carried_over_is_not_given_again_but_carried_over_again(
    folder: Path, repository: Path, commit: Commit, fickle: Emulator, model: ChangesItsMind
) -> None:
    write_claims(folder, claim(1))
    one = commit(files(1)).commit
    two = commit({"notes.py": "LATER = 1\n"}).commit
    for ref in (one, two):
        assert words(run(repository, fickle, "--ref", ref)) == ["FULLY RESOLVED"]
    model.changed = True
    assert words(run(repository, fickle, "--ref", one, "--fresh")) == ["UNPROVEN"]

    assert words(run(repository, fickle, "--ref", two)) == ["UNPROVEN"]


def test_a_record_that_cannot_be_read_is_judged_anew(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini)
    with sqlite3.connect(folder / ".verifier" / "journal.sqlite") as journal:
        journal.execute("UPDATE records SET record = '{}'")
    journal.close()

    assert words(run(repository, gemini)) == ["FULLY RESOLVED"]
    assert len(gemini.requests) == 1
