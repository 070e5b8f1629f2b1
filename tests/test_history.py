"""Rulings over commits, as the journal of earlier runs has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Commit
from emulator import Emulator, Request, says
from replies import part, verdict
from workers import at, call, claim, document, files, judge, worker, write_claims

from verifier.history import History, Shown, Strip, history_of
from verifier.journal import KeptRuling, PastRuling
from verifier.values.claim import Word


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator(judge) as emulator:
        yield emulator


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two claims."""
    folder = tmp_path / "work"
    write_claims(folder, claim(1), claim(2))
    monkeypatch.chdir(folder)
    return folder


def past(claim_id: str, commit: str, word: Word) -> PastRuling:
    return PastRuling(1, commit, "main", "12:00", "12:01", KeptRuling(claim_id, "d", word))


def test_a_picture_has_a_column_a_commit_and_what_was_ruled_last_on_it() -> None:
    newest_first = [
        past("pool", "c3", Word.FULLY),
        past("drain", "c2", Word.UNPROVEN),
        past("pool", "c1", Word.FULLY),
        past("pool", "c1", Word.NOT),
    ]

    assert history_of(newest_first, 40) == History(
        ("c1", "c2", "c3"),
        (
            Strip("drain", (Shown.NONE, Shown.UNPROVEN, Shown.NONE), Word.UNPROVEN),
            Strip("pool", (Shown.FULLY, Shown.NONE, Shown.FULLY), Word.FULLY),
        ),
    )
    assert history_of(newest_first, 2).commits == ("c2", "c3")


def test_every_live_run_is_in_the_history(folder: Path, repository: Path, commit: Commit, gemini: Emulator) -> None:
    first = commit(files(1, 2)).commit
    call("run", "--repo", str(repository), "-q", **at(gemini))
    second = commit({"worker2.py": worker(2, 22)}).commit
    call("run", "--repo", str(repository), "-q", **at(gemini))

    shown = call("history").stdout.splitlines()
    assert shown[:3] == [
        "adds-1  ██  FULLY RESOLVED",
        "adds-2  █▁  NOT RESOLVED",
        f"        2 commits, {first[:12]} to {second[:12]}",
    ]
    one = call("history", "adds-2", "--json")
    assert [(r["commit"], r["ruling"], r["source"], r["counts"]) for r in document(one)] == [
        (second, "NOT RESOLVED", "live", {"refuted": 1}),
        (first, "FULLY RESOLVED", "live", {"proven": 1}),
    ]
    assert all(r["finished"] for r in document(one))


def test_history_of_one_claim_says_how_each_ruling_came_about(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    first = commit(files(1, 2)).commit
    call("run", "--repo", str(repository), "-q", **at(gemini))
    call("run", "--repo", str(repository), "-q", **at(gemini))
    commit({"notes.txt": "later\n"})
    call("run", "--repo", str(repository), "-q", **at(gemini))

    rows = call("history", "adds-1").stdout.splitlines()[-3:]

    assert [row.split("  ")[-1] for row in rows] == [f"carried over from {first[:12]}", "journal", "live"]
    assert all("FULLY RESOLVED (1 proven)" in row for row in rows)


@pytest.mark.parametrize("arguments", [["--record", "one.yaml"], ["--replay", "one.yaml"]], ids=["record", "replay"])
def test_what_is_recorded_or_replayed_is_not_in_the_history(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator, arguments: list[str]
) -> None:
    commit(files(1, 2))
    call("run", "--repo", str(repository), "-q", "--record", "one.yaml", **at(gemini))
    call("run", "--repo", str(repository), "-q", *arguments, **at(gemini))

    result = call("history")

    assert result.exit_code == 2
    assert "there is no journal" in result.stderr


def test_a_claim_that_nobody_ruled_on_is_one_line(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    commit(files(1, 2))
    call("run", "--repo", str(repository), "-q", **at(gemini))

    result = call("history", "adds-9")

    assert result.exit_code == 2
    assert 'no run has ruled on "adds-9"' in result.stderr


def test_differing_verdicts_over_the_same_code_are_counted_in_the_report(
    folder: Path, repository: Path, commit: Commit
) -> None:
    commit(files(1, 2))
    turns = iter(["NOT RESOLVED", "NOT RESOLVED"])

    def wavers(request: Request) -> object:
        if "Worker2" in request.prompt.split("# The claim")[1].split("=== end")[0]:
            return judge(request)
        made = part("`Worker1.run` adds 1, in `worker1.py`", "cannot_tell")
        return says(verdict(made, word=next(turns, "FULLY RESOLVED")))

    with Emulator(wavers) as gemini:  # type: ignore[arg-type]
        for _ in range(3):
            result = call("run", "--repo", str(repository), "-q", "--json", "--fresh", **at(gemini))

    assert [r["verdicts"] for r in document(result)["rulings"]] == [{"NOT RESOLVED": 2, "FULLY RESOLVED": 1}, {}]
    assert 'on "adds-1" the model has given differing verdicts' in document(result)["repository"]["notes"][0]
