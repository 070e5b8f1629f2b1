"""Rulings carried over from one commit to the next, and what must be asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.evidence.replies import absence, citation, part, verdict
from tests.model.emulator import Emulator, says
from tests.runs.workers import NO_RETRIES, asked, at, call, claim, document, files, rulings, worker, write_claims


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "--json", "-q", *arguments, **at(gemini))


def carried(result: Result) -> set[str]:
    return {ruling["claim_id"] for ruling in document(result)["rulings"] if ruling["carried_from"]}


def test_on_a_branch_only_the_claims_that_saw_changed_files_cost_a_call(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, *map(claim, range(20)))
    before = commit(files(*range(20))).commit
    run(repository, gemini)
    # A new path changes the list of paths that every prompt begins with.
    commit({"worker3.py": worker(3, 33), "worker7.py": "# tidied\n" + worker(7), "notes.py": "LATER = 1\n"})

    result = run(repository, gemini)

    assert asked(gemini, since=20) == ["Worker3", "Worker7"]
    assert [word for word in rulings(result).values() if word != "FULLY RESOLVED"] == ["NOT RESOLVED"]
    assert rulings(result)["adds-3"] == "NOT RESOLVED"
    assert carried(result) == {f"adds-{number}" for number in range(20) if number not in (3, 7)}
    assert {r["carried_from"] for r in document(result)["rulings"]} == {None, before}


def test_what_is_likely_to_be_carried_over_is_no_reason_to_refuse_a_run(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, *map(claim, range(20)))
    commit(files(*range(20)))
    small = ("--repo", str(repository), "--json", "--max-output-tokens", "1000")
    call("run", *small, **at(gemini))
    commit({"worker3.py": worker(3, 33), "notes.py": "LATER = 1\n"})

    result = call("run", *small, "--max-tokens", "15000", **at(gemini))

    said = result.stderr.splitlines()[1]
    assert said.startswith("first rounds: 19 carried over from another commit if they stand, 1 to ask; about ")
    assert asked(gemini, since=20) == ["Worker3"]
    assert rulings(result)["adds-3"] == "NOT RESOLVED"


def test_the_summary_and_the_report_say_what_was_carried_over_and_from_where(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    before = commit(files(1, 2)).commit
    run(repository, gemini)
    after = commit({"worker2.py": "# tidied\n" + worker(2), "notes.py": "LATER = 1\n"}).commit

    result = call("run", "--repo", str(repository), "-q", **at(gemini))

    assert result.stdout.splitlines()[:2] == [
        f"✅ FULLY RESOLVED (1 proven)  adds-1 (carried over from {before[:12]})",
        "✅ FULLY RESOLVED (1 proven)  adds-2",
    ]
    report = folder / "reports" / "workers" / f"{after[:12]}.md"
    assert call("recheck", str(report.with_suffix(".json")), "--repo", str(repository)).exit_code == 0
    page = report.read_text("utf-8")
    assert f"1 ruling was carried over from commit {before}" in page


def test_what_was_carried_over_is_carried_on_from_where_it_was_said(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    first = commit(files(1)).commit
    run(repository, gemini)
    for number in (2, 3):
        commit(files(number))
        result = run(repository, gemini)

    assert len(gemini.asked) == 1
    assert document(result)["rulings"][0]["carried_from"] == first


def test_the_very_same_prompt_is_answered_by_the_journal_and_not_carried_over(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1), claim(2))
    commit(files(1, 2))
    run(repository, gemini)
    commit({"worker2.py": worker(2, 22)})

    result = run(repository, gemini)

    assert asked(gemini, since=2) == ["Worker2"]
    assert carried(result) == set()
    assert document(result)["rulings"][0]["rounds"][0]["source"] == "journal"


CHANGES: list[Any] = [
    pytest.param({}, [], claim(1), id="nothing but the list of paths"),
    pytest.param({"README.md": "`Worker1` adds 1.\n"}, [], claim(1), id="a file that speaks of it, but is not shown"),
    pytest.param({"README.md": "No `RetryPolicy`.\n"}, ["RetryPolicy"], NO_RETRIES, id="a file more to show"),
    pytest.param({"retry.py": "class RetryPolicy: ...\n"}, ["RetryPolicy"], NO_RETRIES, id="a hit in code"),
    pytest.param({"worker1.py": worker(1) + "\n"}, ["Worker1"], claim(1), id="a line at the end of a file shown"),
    pytest.param({"worker1.py": None, "a/worker1.py": worker(1)}, ["Worker1"], claim(1), id="a file that moved"),
    pytest.param(
        {"other.py": worker(1)}, ["Worker1"], claim(1, "checks: [{symbol: Worker1}]"), id="a fact that reads otherwise"
    ),
]


@pytest.mark.parametrize(("change", "asks", "statement"), CHANGES)
def test_what_stands_otherwise_is_asked_again(
    folder: Path,
    repository: Path,
    commit: Commit,
    gemini: Emulator,
    change: dict[str, str | bytes | None],
    asks: list[str],
    statement: str,
) -> None:
    write_claims(folder, statement)
    commit(files(1))
    run(repository, gemini)
    before = len(gemini.asked)
    commit({"notes.txt": "later\n"} | change)

    result = run(repository, gemini)

    assert sorted(set(asked(gemini, since=before))) == asks
    assert bool(carried(result)) is not bool(asks)


SETTINGS: list[Any] = [
    pytest.param(["--model", "gemini-3.5-flash"], id="another model"),
    pytest.param(["--reader-model", "gemini-3.5-flash"], id="another reader"),
    pytest.param(["--max-rounds", "2"], id="other limits"),
    pytest.param(["--thinking-level", "HIGH"], id="another setting"),
    pytest.param(["--fresh"], id="fresh"),
]


@pytest.mark.parametrize("arguments", SETTINGS)
def test_another_way_of_judging_carries_nothing_over(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator, arguments: list[str]
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini)
    commit(files(2))

    result = run(repository, gemini, *arguments)

    assert len(gemini.asked) == 2
    assert carried(result) == set()


def test_another_wording_or_template_carries_nothing_over(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    from verifier.setup.shipped_files import shipped

    own = folder / "prompts"
    own.mkdir()
    for template in shipped("prompts").glob("*.j2"):
        (own / template.name).write_text(template.read_text("utf-8"), encoding="utf-8")
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini, "--prompts", str(own))
    commit(files(2))
    assert len(carried(run(repository, gemini, "--prompts", str(own)))) == 1

    system = own / "system.md.j2"
    system.write_text(system.read_text("utf-8") + "\nBe strict.\n", encoding="utf-8")
    assert carried(run(repository, gemini, "--prompts", str(own))) == set()

    write_claims(folder, claim(1).replace("adds 1", "adds 1 at once"))
    result = run(repository, gemini, "--prompts", str(own), "--max-rounds", "1")
    assert carried(result) == set()


def test_a_waiver_or_a_tag_does_not_make_it_another_claim(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini)
    commit(files(2))
    write_claims(folder, claim(1, "tags: [core]", "waiver: {reason: r, owner: o, expires: 2099-12-31}"))

    result = run(repository, gemini)

    assert carried(result) == {"adds-1"}


@pytest.mark.parametrize(
    ("change", "reads"),
    [
        pytest.param("class Helper2: ...\n", 2, id="it is gone"),
        pytest.param("# tidied\n" + worker(2), 2, id="it stands on another line"),
        pytest.param(worker(2).replace("class Worker2:", "class Worker2:  # the second"), 2, id="it reads otherwise"),
    ],
)
def test_a_citation_of_a_file_that_was_not_shown_must_still_be_there_to_be_read(
    folder: Path, repository: Path, commit: Commit, change: str, reads: int
) -> None:
    reply = part(
        "`Worker1.run` adds 1, in `worker1.py`",
        "yes",
        citation("worker1.py", 2, 3, "    def run(self, value):\n        return value + 1"),
        citation("worker2.py", 1, 1, "class Worker2:"),
    )
    write_claims(folder, claim(1))
    with Emulator(lambda _: says(verdict(reply, word="FULLY RESOLVED"))) as gemini:
        commit(files(1, 2))
        run(repository, gemini)
        commit({"worker2.py": worker(2) + "\n\nLATER = 1\n", "notes.txt": "later\n"})
        assert carried(run(repository, gemini)) == {"adds-1"}

        commit({"worker2.py": change})
        assert carried(run(repository, gemini)) == set()
        assert (len(gemini.asked), len(gemini.read)) == (2, reads)


def test_a_second_round_is_carried_over_too_and_its_files_must_be_the_same(
    folder: Path, repository: Path, commit: Commit
) -> None:
    text = "`Worker1.run` adds 1, in `worker1.py`"
    cited = citation("worker1.py", 2, 3, "    def run(self, value):\n        return value + 1")

    def asks_first(request: Any) -> Any:
        second = "worker2.py" in request.prompt.split("# The claim")[1].split("=== end")[-2]
        made = part(text, "yes", cited) if second else part(text, "cannot_tell")
        return says(verdict(made, needs=[] if second else ["worker2.py"]))

    write_claims(folder, claim(1))
    with Emulator(asks_first) as gemini:
        commit(files(1, 2))
        first = run(repository, gemini)
        rounds = len(gemini.asked)
        assert rounds == 2, document(first)
        commit({"notes.txt": "later\n"})
        assert carried(run(repository, gemini)) == {"adds-1"}
        assert len(gemini.asked) == rounds

        commit({"worker2.py": worker(2, 5)})
        assert carried(run(repository, gemini)) == set()


def test_a_replay_carries_nothing_over_and_keeps_nothing(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini, "--record", "one.yaml")
    call("run", "--repo", str(repository), "--replay", "one.yaml", "-q")

    assert not (folder / ".verifier").exists()


ABSENCES: list[Any] = [
    pytest.param({"README.md": "Later.\n"}, True, id="a file that has nothing of it"),
    pytest.param({"README.md": "There was a worker_pool once.\n"}, False, id="a hit in prose is read"),
    pytest.param({"other.py": "WORKER_POOL = 1\n"}, False, id="a near line is read"),
    pytest.param({"other.py": "worker_pool = 1\n"}, False, id="a hit in code is read"),
    pytest.param({"worker_pool/notes.txt": "later\n"}, False, id="a path that is called so is read"),
    pytest.param({"data.bin": b"\x00\x01"}, False, id="a file that cannot be searched"),
]


@pytest.mark.parametrize(("change", "is_carried"), ABSENCES)
@pytest.mark.parametrize("max_rounds", ["1", "3"])
def test_absences_are_searched_again(
    folder: Path,
    repository: Path,
    commit: Commit,
    change: dict[str, str | bytes | None],
    is_carried: bool,
    max_rounds: str,
) -> None:
    cited = citation("worker1.py", 2, 3, "    def run(self, value):\n        return value + 1")
    reply = verdict(part("`Worker1.run` adds 1, in `worker1.py`", "yes", cited, absence("worker_pool")))
    write_claims(folder, claim(1))
    with Emulator(lambda _: says(reply)) as gemini:
        commit(files(1))
        run(repository, gemini, "--max-rounds", max_rounds)
        asked_before = len(gemini.asked)
        commit(change)

        result = run(repository, gemini, "--max-rounds", max_rounds)

    assert bool(carried(result)) is is_carried
    assert (len(gemini.asked) == asked_before) is is_carried


def test_a_search_that_finds_what_it_found_is_carried_over(folder: Path, repository: Path, commit: Commit) -> None:
    reply = verdict(part("`Worker1.run` adds 1, in `worker1.py`", "no", absence("worker_pool")))
    write_claims(folder, claim(1))
    with Emulator(lambda _: says(reply)) as gemini:
        commit({**files(1), "README.md": "There was a worker_pool once.\n"})
        run(repository, gemini)
        commit({"notes.txt": "later\n"})

        result = run(repository, gemini)

    assert rulings(result) == {"adds-1": "NOT RESOLVED"}
    assert carried(result) == {"adds-1"}
    assert (len(gemini.asked), len(gemini.read)) == (1, 1)


def test_a_reading_of_another_reader_is_not_carried_over(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    write_claims(folder, claim(1))
    commit(files(1))
    run(repository, gemini, "--reader-model", "gemini-3.5-flash")
    commit(files(2))
    assert carried(run(repository, gemini, "--reader-model", "gemini-3.5-flash")) == {"adds-1"}

    assert carried(run(repository, gemini)) == set()
