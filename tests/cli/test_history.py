"""Rulings over commits, as the journal of earlier runs has them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from tests.evidence.replies import part, verdict
from tests.model.emulator import Emulator, Request, says
from tests.report.run_records import COMMIT, PLAIN
from tests.runs.workers import at, call, claim, document, files, judge, worker, write_claims
from verifier.journal import KeptRuling, PastRuling
from verifier.journal.past_rulings import history_of, history_until
from verifier.values.claim import Word
from verifier.values.history import History, JudgedCommit, Spell, Strip
from verifier.values.prompt import Source
from verifier.values.record import RunRecord


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two claims."""
    folder = tmp_path / "work"
    write_claims(folder, claim(1), claim(2))
    monkeypatch.chdir(folder)
    return folder


POOL = "claims/pool.yaml"
NOON = "2025-07-18T12:00:00.400+00:00"


def past(claim_id: str, commit: str, word: Word, started: str = NOON, claims: str = POOL, run: int = 1) -> PastRuling:
    return PastRuling(run, commit, "main", started, started, KeptRuling(claim_id, "d", word), claims)


def judged(*commits: str) -> tuple[JudgedCommit, ...]:
    return tuple(JudgedCommit(commit, "main", NOON) for commit in commits)


def test_a_picture_has_a_column_a_commit_and_what_was_ruled_last_on_it() -> None:
    newest_first = [
        past("pool", "c3", Word.FULLY),
        past("drain", "c2", Word.UNPROVEN),
        past("pool", "c1", Word.FULLY),
        past("pool", "c1", Word.NOT),
    ]

    assert history_of(newest_first, 40) == History(
        judged("c1", "c2", "c3"),
        (
            Strip(POOL, "drain", (None, Word.UNPROVEN, None), Word.UNPROVEN),
            Strip(POOL, "pool", (Word.FULLY, None, Word.FULLY), Word.FULLY),
        ),
    )
    assert history_of(newest_first, 2).commits == judged("c2", "c3")


def test_claims_of_one_id_in_two_claim_files_are_two_claims() -> None:
    picture = history_of(
        [past("a", "c1", Word.NOT, claims="claims/new.yaml"), past("a", "c1", Word.FULLY), past("b", "c1", Word.NOT)],
        40,
    )

    assert [(picture.name(strip), strip.words) for strip in picture.strips] == [
        ("a (claims/new.yaml)", (Word.NOT,)),
        (f"a ({POOL})", (Word.FULLY,)),
        ("b", (Word.NOT,)),
    ]


@pytest.mark.parametrize(
    ("words", "spells"),
    [
        pytest.param((Word.NOT,), [(Word.NOT, 0, 1)], id="one"),
        pytest.param((Word.NOT, Word.NOT, Word.FULLY), [(Word.NOT, 0, 2), (Word.FULLY, 2, 1)], id="a change"),
        pytest.param((Word.NOT, None, Word.NOT), [(Word.NOT, 0, 2)], id="a commit it was not judged on"),
        pytest.param(
            (None, Word.NOT, Word.FULLY, Word.NOT),
            [(Word.NOT, 1, 1), (Word.FULLY, 2, 1), (Word.NOT, 3, 1)],
            id="to and fro",
        ),
        pytest.param((None,), [], id="never"),
    ],
)
def test_a_strip_is_a_row_of_spells(words: tuple[Word | None, ...], spells: list[tuple[Word, int, int]]) -> None:
    assert list(Strip(POOL, "a", words, Word.NOT).spells) == [Spell(*spell) for spell in spells]


# What a report is given.

LIVE = replace(PLAIN, generated="2025-07-18T12:00:00+00:00")
ITS_OWN = past("pool-drains", COMMIT, Word.FULLY)
BEFORE = past("pool-drains", "c1", Word.NOT, "2025-07-17T12:00:00.000+00:00")


def replayed(source: Source) -> RunRecord:
    (ruling,) = LIVE.rulings
    rounds = tuple(replace(one, source=source) for one in ruling.rounds)
    return replace(LIVE, rulings=(replace(ruling, rounds=rounds),))


def test_a_run_has_the_history_up_to_itself() -> None:
    a_day_later = past("pool-drains", COMMIT, Word.NOT, "2025-07-19T12:00:00.000+00:00", run=3)
    in_the_same_second = past("pool-drains", "c9", Word.NOT, run=2)

    assert history_until(LIVE, [a_day_later, in_the_same_second, ITS_OWN, BEFORE]) == history_of([ITS_OWN, BEFORE], 40)


@pytest.mark.parametrize(
    ("record", "others"),
    [
        pytest.param(LIVE, [BEFORE], id="a run that the journal does not know"),
        pytest.param(
            LIVE, [past("pool-drains", COMMIT, Word.NOT, claims="other.yaml"), BEFORE], id="another claim set"
        ),
        pytest.param(replayed(Source.RECORDED), [ITS_OWN, BEFORE], id="a replay"),
        pytest.param(replayed(Source.AUTHORED), [ITS_OWN, BEFORE], id="a replay of authored replies"),
        pytest.param(replace(LIVE, generated="some day"), [ITS_OWN, BEFORE], id="no time"),
        pytest.param(LIVE, [], id="an empty journal"),
    ],
)
def test_where_the_journal_does_not_know_the_run_there_is_no_history(
    record: RunRecord, others: list[PastRuling]
) -> None:
    assert history_until(record, others) is None


def test_claims_of_another_file_are_not_in_the_history_of_a_run() -> None:
    other = past("pool-drains", "c2", Word.NOT, "2025-07-17T13:00:00.000+00:00", "other.yaml")

    history = history_until(replayed(Source.JOURNAL), [ITS_OWN, other, BEFORE])

    assert history is not None
    assert [one.commit for one in history.commits] == ["c1", COMMIT]


# From run to run.


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
    assert result.stderr == (
        "verifier: no run has been kept in a journal, .verifier/journal.sqlite, so far; "
        "`verifier run` without --record and --replay keeps one, --journal names another\n"
    )


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


# In HTML.


def strips(page: str) -> list[str]:
    """What is said of each strip to those who cannot see it."""
    return re.findall(r'<span class="strip" role="img" aria-label="([^"]*)"', page)


def test_a_run_shows_what_was_ruled_before(folder: Path, repository: Path, commit: Commit, gemini: Emulator) -> None:
    commit(files(1, 2))
    call("run", "--repo", str(repository), "-q", "--also", "html", **at(gemini))
    (first,) = folder.glob("reports/workers/*.html")
    commit({"worker2.py": worker(2, 22)})
    call("run", "--repo", str(repository), "-q", "--also", "html", **at(gemini))
    (second,) = set(folder.glob("reports/workers/*.html")) - {first}

    assert strips(first.read_text("utf-8")) == []
    assert strips(second.read_text("utf-8")) == [
        "Over 2 commits: FULLY RESOLVED on 1 commit, then NOT RESOLVED on 1 commit",
        "Over 2 commits: FULLY RESOLVED on 2 commits",
    ]
    for page in (first, second):
        again = call("report", str(page.with_suffix(".json")), "--format", "html")
        assert again.stdout_bytes == page.read_bytes()


def test_a_report_finds_the_journal_where_it_is_said_to_be(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (2, 22):
        commit({**files(1), "worker2.py": worker(2, number)})
        call("run", "--repo", str(repository), "-q", **at(gemini))
    records = {str(path) for path in folder.glob("reports/workers/*.json")}
    monkeypatch.chdir(tmp_path)
    journal = str(folder / ".verifier" / "journal.sqlite")

    assert [len(strips(call("report", path, "--format", "html").stdout)) for path in records] == [0, 0]
    with_it = [len(strips(call("report", path, "--format", "html", "--journal", journal).stdout)) for path in records]
    assert sorted(with_it) == [0, 2]
    missing = call("report", records.pop(), "--format", "html", "--journal", "none.sqlite")
    assert missing.exit_code == 2
    assert "there is no journal none.sqlite; leave --journal out" in missing.stderr
    assert not (tmp_path / ".verifier").exists()


def test_a_journal_that_nobody_asked_for_does_not_keep_a_report_from_being_rendered(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    commit(files(1, 2))
    call("run", "--repo", str(repository), "-q", "--also", "html", **at(gemini))
    (page,) = folder.glob("reports/workers/*.html")
    journal = folder / ".verifier" / "journal.sqlite"
    for path in journal.parent.glob("journal.sqlite*"):
        path.unlink()
    journal.write_text("no journal")

    rendered = call("report", str(page.with_suffix(".json")), "--format", "html")
    asked_for = call("report", str(page.with_suffix(".json")), "--format", "html", "--journal", str(journal))

    assert (rendered.exit_code, rendered.stdout_bytes) == (0, page.read_bytes())
    assert rendered.stderr.startswith("no history is shown: ")
    assert asked_for.exit_code == 2
    assert asked_for.stdout == ""


def test_a_replay_is_the_same_whatever_the_journal_knows(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    def replay() -> bytes:
        call("run", "--repo", str(repository), "-q", "--also", "html", "--replay", "one.yaml", **at(gemini))
        (page,) = folder.glob("reports/workers/*.html")
        assert call("report", str(page.with_suffix(".json")), "--format", "html").stdout_bytes == page.read_bytes()
        return page.read_bytes()

    first = commit(files(1, 2)).commit
    call("run", "--repo", str(repository), "-q", "--record", "one.yaml", **at(gemini))
    before = replay()
    commit({"worker2.py": worker(2, 22)})
    call("run", "--repo", str(repository), "-q", **at(gemini))
    call("run", "--repo", str(repository), "-q", "--ref", first, **at(gemini))
    git(repository, "reset", "--quiet", "--hard", first)

    assert (folder / ".verifier" / "journal.sqlite").exists()
    assert replay() == before
    assert strips(before.decode("utf-8")) == []


def test_the_picture_is_written_as_a_page(folder: Path, repository: Path, commit: Commit, gemini: Emulator) -> None:
    commit(files(1, 2))
    call("run", "--repo", str(repository), "-q", **at(gemini))

    result = call("history", "--html", "pages/history.html")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "adds-<wbr>1" in (folder / "pages" / "history.html").read_text("utf-8")
    assert json.loads(call("history", "--html", "pages/history.html", "--json").stdout)
