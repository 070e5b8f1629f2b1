"""What was ruled, over time; and what was said of a claim, for another commit with the same code."""

import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.journal import (
    Journal,
    KeptRuling,
    KeptRun,
    PastRuling,
    claim_digest,
    code_key,
)
from verifier.journal.memories import ClaimMemory, MemoryKey
from verifier.values.claim import Check, Claim, Waiver, Word
from verifier.values.outcome import Exchange
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Asks, Source, Usage
from verifier.values.ruling import State
from verifier.values.source import Lines
from verifier.values.verdict import VerdictWord

CLAIM = Claim(id="pool-drains", statement="The pool drains.")
CODE = {"pool.py": "b1", "drain.py": "b2"}
RUN = KeptRun("c0ffee", "main", "claims/pool.yaml", "d1", "verifier 0.1.0")
RULING = KeptRuling(
    "pool-drains",
    claim_digest(CLAIM),
    Word.UNPROVEN,
    (Word.FULLY, Word.PARTIALLY),
    {State.PROVEN: 2, State.UNPROVEN: 1},
    VerdictWord.FULLY,
    Source.LIVE,
    None,
    CODE,
    1234,
    0.0625,
)
KEY = MemoryKey(claim_digest(CLAIM), "rules 1", CODE)
MEMORY = ClaimMemory(
    "pool-drains",
    "c0ffee",
    (
        Exchange(
            round=1,
            digests={"system": "d-1", "claim": "d-2"},
            tokens_estimated=9,
            reply='{"parts": [1]}',
            model="gemini-3.8-flash",
            source=Source.LIVE,
            response_id="r-1",
            usage=Usage(10, 0, 5),
        ),
        Exchange(
            round=1,
            digests={"system": "d-3", "evidence": "d-4"},
            tokens_estimated=4,
            reply='{"parts": [2]}',
            model="gemini-3.5-flash",
            source=Source.JOURNAL,
        ),
    ),
    (
        ManifestEntry("pool.py", Supply.IN_PART, "named in the statement", (Lines(1, 20),), 90, 300, 1),
        ManifestEntry("gone.py", Supply.NOT_IN_COMMIT, "named in the statement"),
    ),
    CODE,
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    minutes = itertools.count()
    with Journal(tmp_path / "journal.sqlite", now=lambda: f"12:{next(minutes):02d}") as opened:
        yield opened


def rule(journal: Journal, *rulings: KeptRuling, commit: str = "c0ffee") -> int:
    run = journal.runs.begin(replace(RUN, commit=commit))
    journal.runs.add(run, rulings)
    journal.runs.finish(run)
    return run


def test_a_ruling_comes_back_whole_with_the_run_it_is_from(journal: Journal) -> None:
    run = rule(journal, RULING)

    assert journal.runs.history("pool-drains") == (
        PastRuling(run, "c0ffee", "main", "12:00", "12:01", RULING, "claims/pool.yaml"),
    )


def test_history_is_newest_first_and_of_one_claim_where_one_is_named(journal: Journal) -> None:
    other = replace(RULING, claim_id="pool-fills", word=Word.ERROR, verdict=None, source=None, cost=None)
    rule(journal, RULING, other)
    rule(journal, replace(RULING, word=Word.FULLY), commit="beef")

    assert [(past.commit, past.ruling.word) for past in journal.runs.history("pool-drains")] == [
        ("beef", Word.FULLY),
        ("c0ffee", Word.UNPROVEN),
    ]
    assert len(journal.runs.history()) == 3
    assert journal.runs.history("no-such-claim") == ()


def test_the_last_ruling_is_that_of_one_claim_on_one_commit(journal: Journal) -> None:
    said = RULING.claim_digest
    rule(journal, RULING)
    rule(journal, replace(RULING, word=Word.FULLY), replace(RULING, claim_digest="another statement"))
    rule(journal, replace(RULING, word=Word.NOT), commit="beef")

    assert journal.runs.last_ruling("pool-drains", said, "c0ffee") == replace(RULING, word=Word.FULLY)
    assert journal.runs.last_ruling("pool-drains", said, "dead") is None
    assert journal.runs.last_ruling("no-such-claim", said, "c0ffee") is None


def test_a_run_that_was_killed_has_no_end_but_keeps_its_rulings(journal: Journal) -> None:
    run = journal.runs.begin(RUN)
    journal.runs.add(run, [RULING])

    (past,) = journal.runs.history()
    assert (past.finished, past.ruling) == (None, RULING)


def test_differing_verdicts_on_one_claim_over_the_same_code_are_counted(journal: Journal) -> None:
    for word in (VerdictWord.FULLY, VerdictWord.NOT, VerdictWord.FULLY):
        rule(journal, replace(RULING, verdict=word))

    judged = (RULING.claim_digest, code_key(CODE))
    assert journal.runs.differing_verdicts({judged, ("other", "code")}) == {
        judged: Counter({VerdictWord.FULLY: 2, VerdictWord.NOT: 1})
    }


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(RULING, id="the same verdict"),
        pytest.param(replace(RULING, verdict=VerdictWord.NOT, source=Source.JOURNAL), id="the old reply read again"),
        pytest.param(replace(RULING, verdict=VerdictWord.NOT, source=Source.AUTHORED), id="a replay"),
        pytest.param(replace(RULING, verdict=None, word=Word.ERROR), id="an error"),
        pytest.param(replace(RULING, verdict=VerdictWord.NOT, supplied=CODE | {"pool.py": "b9"}), id="other code"),
        pytest.param(replace(RULING, verdict=VerdictWord.NOT, claim_digest="d9"), id="another claim"),
    ],
)
def test_verdicts_that_do_not_contradict_each_other_are_not_counted(second: KeptRuling, journal: Journal) -> None:
    rule(journal, RULING)
    rule(journal, second)

    assert journal.runs.differing_verdicts({(RULING.claim_digest, code_key(CODE))}) == {}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"id": "renamed"}, id="its id"),
        pytest.param({"expect": Word.FULLY, "expect_why": "I looked"}, id="its label"),
        pytest.param({"tags": ("phase4",)}, id="its tags"),
        pytest.param({"required": True}, id="what a gate makes of it"),
        pytest.param({"waiver": Waiver(reason="r", owner="o", expires="2099-12-31")}, id="its waiver"),
    ],
)
def test_what_never_bears_on_a_ruling_leaves_a_claim_the_same(other: dict[str, object]) -> None:
    assert claim_digest(CLAIM.model_copy(update=other)) == claim_digest(CLAIM)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"statement": "The pool drains slowly."}, id="statement"),
        pytest.param({"parts": ("It drains.",)}, id="parts"),
        pytest.param({"files": ("pool.py",)}, id="files"),
        pytest.param({"checks": (Check(path_exists="pool.py"),)}, id="checks"),
        pytest.param({"essential": ("p1",)}, id="essential"),
    ],
)
def test_what_bears_on_a_ruling_makes_another_claim(other: dict[str, object]) -> None:
    assert claim_digest(CLAIM.model_copy(update=other)) != claim_digest(CLAIM)


def test_code_is_the_same_in_whatever_order_it_is_supplied() -> None:
    assert code_key({"a": "1", "b": "2"}) == code_key({"b": "2", "a": "1"})
    assert code_key({"a": "1", "b": "2"}) != code_key({"a": "2", "b": "1"})
    assert code_key({"a": "1"}) != code_key({"a": "1", "b": "2"})


def test_what_was_said_is_recalled_verbatim_but_costs_nothing_again(journal: Journal) -> None:
    journal.memories.remember([(KEY, MEMORY)])

    paid = tuple(replace(one, source=Source.JOURNAL, usage=None, paid_before=one.usage) for one in MEMORY.exchanges)
    (recalled,) = journal.memories.recall(KEY)
    assert recalled == replace(MEMORY, exchanges=paid)
    assert [one.key for one in recalled.exchanges] == [(1, Asks.VERDICT), (1, Asks.READING)]


def test_what_another_verifier_kept_in_another_form_is_not_recalled(journal: Journal) -> None:
    journal.memories.remember([(KEY, MEMORY)])
    with sqlite3.connect(journal.path) as other:
        other.execute("UPDATE memories SET memory = '{\"replies\": []}'")
    other.close()

    assert list(journal.memories.recall(KEY)) == []


def test_of_several_memories_the_last_ones_are_recalled_newest_first(journal: Journal) -> None:
    for number in range(8):
        journal.memories.remember([(KEY, replace(MEMORY, commit=f"beef{number}"))])

    assert [one.commit for one in journal.memories.recall(KEY)] == [f"beef{number}" for number in range(7, 2, -1)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(KEY, claim="d9"), id="another claim"),
        pytest.param(replace(KEY, judged_by="rules 2"), id="other rules"),
        pytest.param(replace(KEY, supplied=CODE | {"pool.py": "b9"}), id="a file that changed"),
        pytest.param(replace(KEY, supplied=CODE | {"more.py": "b3"}), id="a file more"),
        pytest.param(replace(KEY, supplied={"pool.py": "b1"}), id="a file less"),
    ],
)
def test_nothing_is_recalled_under_another_key(other: MemoryKey, journal: Journal) -> None:
    journal.memories.remember([(KEY, MEMORY)])

    assert not list(journal.memories.recall(other))


@pytest.mark.parametrize("which", [pytest.param(0, id="verdict"), pytest.param(1, id="second reading")])
@pytest.mark.parametrize("source", [Source.RECORDED, Source.AUTHORED])
def test_what_was_replayed_is_not_remembered(source: Source, which: int, journal: Journal) -> None:
    exchanges = list(MEMORY.exchanges)
    exchanges[which] = replace(exchanges[which], source=source)

    journal.memories.remember([(KEY, replace(MEMORY, exchanges=tuple(exchanges)))])

    assert not list(journal.memories.recall(KEY))


def test_what_a_version_without_second_readings_remembered_is_passed_over(tmp_path: Path) -> None:
    place = tmp_path / "journal.sqlite"
    with Journal(place) as journal:
        journal.memories.remember([(KEY, MEMORY)])
    with closing(sqlite3.connect(place)) as file, file:
        ((memory,),) = file.execute("SELECT memory FROM memories").fetchall()
        old = {name: value for name, value in json.loads(memory).items() if name != "exchanges"}
        file.execute("UPDATE memories SET memory = ?", (json.dumps(old | {"replies": [{"text": "{}"}]}),))

    with Journal(place) as journal:
        assert not list(journal.memories.recall(KEY))


def test_what_was_ruled_of_one_claim_is_found_without_looking_at_the_others(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"

    def steps(others: int) -> int:
        """Of SQLite's machine, by the hundred, to find one ruling beside so many others."""
        taken = 0

        def step() -> int:
            nonlocal taken
            taken += 1
            return 0

        with Journal(path) as journal:
            number = journal.runs.begin(RUN)
            journal.runs.add(number, [replace(RULING, claim_id=f"other-{n}") for n in range(others)])
            journal._store._reader.set_progress_handler(step, 100)
            assert [past.ruling for past in journal.runs.history("pool-drains")] == [RULING]
        return taken

    with Journal(path) as journal:
        journal.runs.add(journal.runs.begin(RUN), [RULING])

    alone = steps(others=0)
    assert steps(others=3000) <= alone + 2
