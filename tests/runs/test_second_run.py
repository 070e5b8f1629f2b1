"""A second run over the same commit: its replies are the journal's, its rulings follow from them again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.evidence.replies import part, reading, verdict
from tests.model.emulator import Answer, Emulator, Request, in_turn, says
from tests.runs.workers import at, call, claim, document, files, judge, worker, write_claims


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "--json", "-q", *arguments, **at(gemini))


def test_a_second_run_gives_the_same_rulings_from_the_journal(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2))
    first = document(run(repository, gemini))

    second = document(run(repository, gemini))

    assert (len(gemini.asked), len(gemini.read)) == (2, 2)
    taken = [one["usage"] for ruling in first["rulings"] for one in exchanges(ruling)]
    assert [one.pop("paid_before") for ruling in second["rulings"] for one in exchanges(ruling)] == taken
    for before, after in zip(first["rulings"], second["rulings"], strict=True):
        for ruling in (before, after):
            ruling["usage"] = ruling["cost"] = None
            ruling.pop("priced_by", None)
            for one in exchanges(ruling):
                one["usage"] = None
        assert [one["source"] for one in exchanges(after)] == ["journal", "journal"]
        for one in exchanges(before):
            one["source"] = "journal"
        assert after == before
    assert second["totals"]["usage"] == {"prompt": 0, "cached": 0, "output": 0, "thoughts": 0}


def exchanges(ruling: Any) -> list[Any]:
    return [one for done in ruling["rounds"] for one in (done, done["reading"]) if one is not None]


def test_only_the_second_reading_is_asked_again_where_the_reader_is_another(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini)

    again = document(run(repository, gemini, "--reader-model", "gemini-3.5-flash"))

    assert len(gemini.asked) == 1
    assert [request.model for request in gemini.read] == ["gemini-3.8-flash", "gemini-3.5-flash"]
    assert [(one["source"], one["model"]) for one in exchanges(again["rulings"][0])] == [
        ("journal", "gemini-3.8-flash"),
        ("live", "gemini-3.5-flash"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("It shows that.", id="prose"),
        pytest.param('{"parts": [], "uncovered": [], "not_judged": [], "unfaithful": []}', id="no part"),
    ],
)
def test_a_reading_that_could_not_be_read_is_asked_again_and_the_verdict_is_not(
    folder: Path, repository: Path, commit: Commit, broken: str
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    with Emulator(judge, reader=in_turn(says(broken), then=says(reading({"p1": "shows"})))) as gemini:
        first = run(repository, gemini)
        second = run(repository, gemini)

    assert (first.exit_code, words(first)) == (4, ["ERROR"])
    assert "the reply cannot be read as a second reading" in document(first)["rulings"][0]["error"]
    assert (second.exit_code, words(second)) == (0, ["FULLY RESOLVED"])
    assert (len(gemini.asked), len(gemini.read)) == (1, 2)


RUNS_AGAIN = """
import sys
from verifier.cli import main
sys.argv = ["verifier", *sys.argv[1:]]
try:
    main()
finally:
    print(*sorted({"google.genai", "httpx2"} & set(sys.modules)), file=sys.stderr)
"""


def test_a_second_run_does_not_even_import_the_client(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2))
    run(repository, gemini)

    command = [sys.executable, "-c", RUNS_AGAIN, "run", "--repo", str(repository), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | at(gemini))

    assert (done.returncode, done.stderr) == (0, "\n")
    assert (len(gemini.asked), len(gemini.read)) == (2, 2)


def test_the_record_of_a_second_run_is_rechecked_like_any_other(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    made = commit(files(1))
    run(repository, gemini)
    run(repository, gemini)

    record = folder / "reports" / "workers" / f"{made.commit[:12]}.json"
    assert json.loads(record.read_text("utf-8"))["rulings"][0]["rounds"][0]["source"] == "journal"
    assert call("recheck", str(record), "--repo", str(repository)).exit_code == 0


def test_an_error_is_never_given_again(folder: Path, repository: Path, commit: Commit) -> None:
    from tests.model.emulator import refuses

    write_claims(folder, claim(1))
    commit(files(1))
    with Emulator(lambda _: refuses(500, "INTERNAL", "down")) as down:
        assert run(repository, down, "--attempts", "1").exit_code == 4
    with Emulator(judge) as gemini:
        result = run(repository, gemini)

    assert result.exit_code == 0
    assert len(gemini.asked) == 1


def test_a_gate_that_wants_live_replies_takes_none_of_the_journal(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    assert run(repository, gemini, "--require", "live").exit_code == 0

    assert run(repository, gemini, "--require", "live").exit_code == 1


def test_only_the_claims_that_changed_are_asked_about(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2, 3))
    run(repository, gemini)
    write_claims(folder, claim(1), claim(3))

    result = call("run", "--repo", str(repository), **at(gemini))

    assert len(gemini.asked) == 3
    assert "first rounds: 1 answered by the journal, 1 to ask" in result.stderr


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
def test_of_several_replies_the_last_one_is_ruled_on(
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
    asked = len(fickle.asked)

    result = run(repository, fickle)

    assert words(result) == ["UNPROVEN"]
    assert result.exit_code == 3
    assert len(fickle.asked) == asked


def test_a_reply_that_came_later_on_another_commit_is_the_one_that_is_ruled_on(
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


def test_what_was_carried_over_is_carried_over_again(
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
