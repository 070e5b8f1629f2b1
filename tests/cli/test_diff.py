"""What changed between two runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.report.run_records import EVERYTHING, asked, cited, lines, part, ruled, run
from tests.runs.workers import call, document
from verifier.records.comparing import Change, Move, compare
from verifier.records.document import as_json
from verifier.report.comparison import as_text
from verifier.values.claim import Claim, Word
from verifier.values.grounding import Standing
from verifier.values.record import ModelRecord, RepositoryRecord, RulingRecord, RunRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds

WHY = "the model says yes, and a supporting citation counts"


def one(
    word: Word, claim_id: str = "pool", *citations: Any, model: str = "gemini-3.8-flash", **given: Any
) -> RulingRecord:
    claim = Claim(id=claim_id, **{"statement": "The pool drains", **given})
    parts = (part(1, "the pool drains", Holds.YES, State.PROVEN, WHY, citations=citations),)
    return ruled(claim_id, claim.statement, word, "so", *parts, claim=claim, rounds=(asked(1, model=model),))


CHANGES: list[Any] = [
    pytest.param(Word.FULLY, Word.FULLY, Change.SAME, id="the same"),
    pytest.param(Word.NOT, Word.FULLY, Change.FIXED, id="fixed"),
    pytest.param(Word.UNPROVEN, Word.FULLY, Change.FIXED, id="proven at last"),
    pytest.param(Word.NOT, Word.PARTIALLY, Change.IMPROVED, id="improved"),
    pytest.param(Word.FULLY, Word.PARTIALLY, Change.BROKEN, id="broken in part"),
    pytest.param(Word.PARTIALLY, Word.NOT, Change.BROKEN, id="broken wholly"),
    pytest.param(Word.FULLY, Word.UNPROVEN, Change.NEWLY_UNPROVEN, id="no longer proven"),
    pytest.param(Word.NOT, Word.UNPROVEN, Change.NEWLY_UNPROVEN, id="no longer refuted"),
    pytest.param(Word.FULLY, Word.ERROR, Change.NEWLY_ERROR, id="an error now"),
    pytest.param(Word.UNPROVEN, Word.NOT, Change.SETTLED, id="refuted at last"),
    pytest.param(Word.ERROR, Word.PARTIALLY, Change.SETTLED, id="judged at last"),
]


@pytest.mark.parametrize(("before", "after", "change"), CHANGES)
def test_each_claim_is_of_one_kind(before: Word, after: Word, change: Change) -> None:
    (claim,) = compare(run(one(before)), run(one(after))).claims

    assert claim.change is change


def test_claims_that_only_one_run_has_are_added_or_removed() -> None:
    found = compare(run(one(Word.FULLY, "old")), run(one(Word.FULLY, "new")))

    assert [(claim.claim_id, claim.change) for claim in found.claims] == [
        ("old", Change.REMOVED),
        ("new", Change.ADDED),
    ]


def test_what_got_worse_comes_first() -> None:
    before = run(one(Word.FULLY, "a"), one(Word.NOT, "b"), one(Word.FULLY, "c"))
    after = run(one(Word.FULLY, "a"), one(Word.FULLY, "b"), one(Word.NOT, "c"))

    assert [claim.claim_id for claim in compare(before, after).claims] == ["c", "b", "a"]


DRAIN = "    def drain(self):\n        self.items.clear()"


def test_evidence_that_stands_elsewhere_now_has_moved() -> None:
    before = run(one(Word.FULLY, "pool", cited("pool.py", 3, 4, DRAIN)))
    after = run(one(Word.FULLY, "pool", cited("core/pool.py", 7, 8, DRAIN)))

    (claim,) = compare(before, after).changed
    assert claim.moves == (Move("def drain(self):", "pool.py:3-4", "core/pool.py:7-8"),)


STILL: list[Any] = [
    pytest.param([cited("pool.py", 3, 4, DRAIN)], [cited("pool.py", 3, 4, DRAIN)], id="the same place"),
    pytest.param(
        [cited("pool.py", 3, 4, DRAIN)],
        [cited("pool.py", 1, 2, DRAIN, standing=Standing.MOVED, found=(lines(3, 4),))],
        id="cited elsewhere, but found at the same place",
    ),
    pytest.param([cited("pool.py", 3, 4, DRAIN)], [cited("pool.py", 9, 9, "x = 1")], id="another quote"),
    pytest.param(
        [cited("pool.py", 3, 4, DRAIN), cited("b.py", 3, 4, DRAIN)],
        [cited("pool.py", 3, 4, DRAIN), cited("b.py", 9, 10, DRAIN)],
        id="a quote that stands twice",
    ),
]


@pytest.mark.parametrize(("before", "after"), STILL)
def test_evidence_that_did_not_move_is_not_said_to(before: list[Any], after: list[Any]) -> None:
    found = compare(run(one(Word.FULLY, "pool", *before)), run(one(Word.FULLY, "pool", *after)))

    assert found.changed == ()


def test_another_wording_is_named_by_its_keys_and_tags_are_none() -> None:
    before = run(one(Word.FULLY, tags=("a",), required=True))
    after = run(one(Word.FULLY, tags=("b",), statement="The pool drains fast", files=("pool.py",)))

    (claim,) = compare(before, after).changed
    assert claim.reworded == ("statement", "files")


def test_another_model_is_said_of_the_run_and_of_each_claim() -> None:
    before = run(one(Word.FULLY, model="gemini-2.5-pro-001"), model=ModelRecord(requested="gemini-2.5-pro"))
    after = run(one(Word.FULLY, model="gemini-3.8-flash"))

    found = compare(before, after)
    assert "model asked: gemini-2.5-pro → gemini-3.8-flash\n" in as_text(found)
    assert found.changed[0].answered_by == ("gemini-2.5-pro-001", "gemini-3.8-flash")


OLD = run(
    one(Word.FULLY, "drains", cited("pool.py", 3, 4, DRAIN)),
    one(Word.NOT, "retries"),
    one(Word.FULLY, "logs"),
    replace(one(Word.FULLY, "gone"), claim_id="gone@team"),
    repository=RepositoryRecord(commit="a" * 40, ref="main"),
)
NEW = run(
    one(Word.FULLY, "drains", cited("pool.py", 9, 10, DRAIN)),
    one(Word.FULLY, "retries", statement="Calls are retried"),
    one(Word.UNPROVEN, "logs", model="gemini-3.8-flash-002"),
    one(Word.FULLY, "starts"),
    repository=RepositoryRecord(commit="b" * 40, ref="topic"),
    model=ModelRecord(requested="gemini-3.5-flash"),
)


@pytest.fixture
def records(tmp_path: Path) -> list[str]:
    def write(name: str, record: RunRecord) -> str:
        path = tmp_path / name
        path.write_text(as_json(record), encoding="utf-8")
        return str(path)

    return [write("old.json", OLD), write("new.json", NEW)]


def test_a_difference_in_a_terminal(records: list[str]) -> None:
    result = call("diff", *records)

    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
commit: aaaaaaaaaaaa → bbbbbbbbbbbb
model asked: gemini-3.8-flash → gemini-3.5-flash
? newly unproven: logs: ✅ FULLY RESOLVED (1 proven) → ❔ UNPROVEN (1 proven)
    answered by gemini-3.8-flash, now by gemini-3.8-flash-002
- removed: gone@team: ✅ FULLY RESOLVED (1 proven)
+ added: starts: ✅ FULLY RESOLVED (1 proven)
✓ fixed: retries: ❌ NOT RESOLVED (1 proven) → ✅ FULLY RESOLVED (1 proven)
    the claim changed: statement
= same ruling: drains: ✅ FULLY RESOLVED (1 proven)
    evidence moved: pool.py:3-4 → pool.py:9-10
5 claims: 1 newly unproven, 1 removed, 1 added, 1 fixed, 1 same ruling
"""
    )


def test_a_difference_in_markdown_is_a_table_that_mentions_nobody(records: list[str]) -> None:
    page = call("diff", *records, "--format", "markdown").stdout

    assert "# What changed: Connection pool" in page
    assert "| fixed | retries | ❌ NOT RESOLVED (1 proven) → ✅ FULLY RESOLVED (1 proven) |" in page
    assert "@team" not in page


def test_a_difference_as_data_has_every_claim(records: list[str]) -> None:
    found = document(call("diff", *records, "--json"))

    assert found == document(call("diff", *records, "--format", "json"))
    assert found["before"]["commit"] == "a" * 40
    assert found["counts"]["fixed"] == 1
    assert {claim["claim_id"]: (claim["before"], claim["after"]) for claim in found["claims"]} == {
        "drains": ("FULLY RESOLVED", "FULLY RESOLVED"),
        "retries": ("NOT RESOLVED", "FULLY RESOLVED"),
        "logs": ("FULLY RESOLVED", "UNPROVEN"),
        "gone@team": ("FULLY RESOLVED", None),
        "starts": (None, "FULLY RESOLVED"),
    }
    assert found["claims"][-1]["moved"] == [
        {"quote": "def drain(self):", "before": "pool.py:3-4", "after": "pool.py:9-10"}
    ]


def test_a_run_does_not_differ_from_itself(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(as_json(EVERYTHING), encoding="utf-8")

    result = call("diff", str(path), str(path), "--json")

    assert {claim["change"] for claim in document(result)["claims"]} == {"same ruling"}
    assert "commit: the same commit" in call("diff", str(path), str(path)).stdout


def test_what_is_no_record_is_one_line(records: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps({"rulings": []}), encoding="utf-8")

    result = call("diff", records[0], str(tmp_path / "bad.json"))

    assert result.exit_code == 2
    assert "no run record" in result.stderr
