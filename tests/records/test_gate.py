"""What passes the gate, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.report.run_records import asked, part, ruled, run
from verifier.records.gate import Exit, Failure, Rules, examine
from verifier.values.claim import Claim, Waiver, Word
from verifier.values.passing import FailOn, Require
from verifier.values.prompt import Source
from verifier.values.record import ClaimSetRecord, PolicyChangeRecord, RulingRecord, RunRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds

TODAY = date(2026, 3, 1)
WAIVER = Waiver(reason="the pool is replaced in April", owner="the pool's team", expires="2026-03-01")
EXPIRED = Waiver(reason="the pool is replaced in April", owner="the pool's team", expires="2026-02-28")


def one(word: Word, *states: State, claim_id: str = "pool", source: Source = Source.LIVE, **given: Any) -> RulingRecord:
    """A ruling with fixed parts in these states."""
    parts = tuple(part(n, f"part {n}", Holds.YES, state, "so") for n, state in enumerate(states, start=1))
    fixed = {"parts": tuple(f"part {n + 1}" for n in range(len(states)))} if states else {}
    claim = Claim(id=claim_id, statement="The pool drains", **{**fixed, **given})
    return ruled(claim_id, claim.statement, word, "so", *parts, claim=claim, rounds=(asked(1, source),))


def gated(*rulings: RulingRecord, **rules: Any) -> tuple[Exit, list[str]]:
    found = examine([run(*rulings)], Rules(**{"today": TODAY, **rules}))
    return found.exit, [failure.why for failure in found.failures]


BASELINES: list[Any] = [
    pytest.param(Word.FULLY, Word.FULLY, Exit.PASSED, id="as good"),
    pytest.param(Word.FULLY, Word.PARTIALLY, Exit.FAILED, id="worse"),
    pytest.param(Word.FULLY, Word.UNPROVEN, Exit.FAILED, id="no longer proven"),
    pytest.param(Word.NOT, Word.NOT, Exit.PASSED, id="as bad"),
    pytest.param(Word.NOT, Word.PARTIALLY, Exit.PASSED, id="better, but not all"),
    pytest.param(Word.NOT, Word.UNPROVEN, Exit.FAILED, id="unproven satisfies no baseline"),
    pytest.param(Word.PARTIALLY, Word.NOT, Exit.FAILED, id="partially, and now not"),
    pytest.param(Word.UNPROVEN, Word.UNPROVEN, Exit.UNPROVEN, id="unproven as before is still unproven"),
    pytest.param(Word.UNPROVEN, Word.NOT, Exit.FAILED, id="an unproven baseline excuses nothing"),
    pytest.param(Word.ERROR, Word.PARTIALLY, Exit.FAILED, id="an error in the baseline excuses nothing"),
    pytest.param(Word.NOT, Word.ERROR, Exit.INCOMPLETE, id="an error satisfies no baseline"),
]


@pytest.mark.parametrize(("before", "after", "code"), BASELINES)
def test_a_baseline_fails_only_what_got_worse(before: Word, after: Word, code: Exit) -> None:
    assert gated(one(after), baseline=(run(one(before)),))[0] is code


def test_a_claim_that_is_missing_satisfies_no_baseline() -> None:
    baseline = (run(one(Word.NOT), one(Word.FULLY, claim_id="drain")),)

    assert gated(one(Word.NOT), baseline=baseline) == (
        Exit.FAILED,
        ["is missing, and was FULLY RESOLVED in the baseline"],
    )


def test_a_whole_claim_file_that_is_missing_satisfies_no_baseline() -> None:
    other = ClaimSetRecord(path="claims/other.yaml", title="Other", digest="d", questions=())
    baseline = (run(one(Word.FULLY)), run(one(Word.FULLY), claim_set=other))

    assert gated(one(Word.FULLY), baseline=baseline)[0] is Exit.FAILED


def test_claims_that_were_not_asked_for_are_not_missing() -> None:
    record = run(one(Word.NOT), subset="claim pool")
    rules = Rules(baseline=(run(one(Word.NOT), one(Word.FULLY, claim_id="drain")),))

    assert examine([record], rules).exit is Exit.PASSED


NO_BASELINE: list[Any] = [
    pytest.param({"parts": ("another part",)}, id="other parts"),
    pytest.param({"files": ("pool.py",)}, id="other files"),
    pytest.param({"essential": ("p1",)}, id="another essential part"),
]


@pytest.mark.parametrize("given", NO_BASELINE)
def test_a_claim_that_says_something_else_is_not_excused_by_what_it_said_before(given: dict[str, Any]) -> None:
    baseline = (run(one(Word.NOT)),)

    assert gated(one(Word.NOT, **given), baseline=baseline)[0] is Exit.FAILED
    assert gated(one(Word.NOT, tags=("slow",)), baseline=baseline)[0] is Exit.PASSED


def test_the_baseline_of_another_claim_file_excuses_nothing() -> None:
    other = ClaimSetRecord(path="claims/other.yaml", title="Other", digest="d", questions=())

    code, whys = gated(one(Word.NOT), baseline=(run(one(Word.NOT), claim_set=other),))

    assert code is Exit.FAILED
    assert "NOT RESOLVED" in whys


def test_a_part_that_got_worse_is_worse_though_the_ruling_is_the_same() -> None:
    proven, refuted = State.PROVEN, State.REFUTED
    before = one(Word.PARTIALLY, proven, proven, refuted)

    assert gated(one(Word.PARTIALLY, proven, refuted, refuted), baseline=(run(before),)) == (
        Exit.FAILED,
        ["p2 was proven, is refuted, by the baseline"],
    )
    assert gated(one(Word.PARTIALLY, proven, proven, refuted), baseline=(run(before),))[0] is Exit.PASSED


def test_parts_that_the_model_split_are_not_compared() -> None:
    before = one(Word.PARTIALLY, State.PROVEN, State.REFUTED, parts=None)
    after = one(Word.PARTIALLY, State.REFUTED, State.PROVEN, parts=None)

    assert gated(after, baseline=(run(before),))[0] is Exit.PASSED


REQUIRED: list[Any] = [
    pytest.param(word, code, id=word)
    for word, code in [
        (Word.FULLY, Exit.PASSED),
        (Word.PARTIALLY, Exit.FAILED),
        (Word.UNPROVEN, Exit.FAILED),
        (Word.ERROR, Exit.INCOMPLETE),
    ]
]


@pytest.mark.parametrize(("word", "code"), REQUIRED)
def test_only_what_is_fully_resolved_satisfies_required(word: Word, code: Exit) -> None:
    required = one(word, required=True)

    assert gated(required, fail_on=FailOn.NEVER)[0] is code
    assert gated(required, baseline=(run(required),))[0] is code


WAIVERS: list[Any] = [
    pytest.param(Word.NOT, WAIVER, TODAY, Exit.PASSED, id="it holds on its last day"),
    pytest.param(Word.NOT, EXPIRED, TODAY, Exit.FAILED, id="it expired yesterday"),
    pytest.param(Word.NOT, WAIVER, None, Exit.FAILED, id="nobody knows the day"),
    pytest.param(Word.UNPROVEN, WAIVER, TODAY, Exit.PASSED, id="unproven"),
    pytest.param(Word.UNPROVEN, EXPIRED, TODAY, Exit.UNPROVEN, id="unproven and expired"),
    pytest.param(Word.ERROR, WAIVER, TODAY, Exit.INCOMPLETE, id="an error is never waived"),
]


@pytest.mark.parametrize(("word", "waiver", "today", "code"), WAIVERS)
def test_a_waiver_lets_a_claim_pass_until_it_expires(
    word: Word, waiver: Waiver, today: date | None, code: Exit
) -> None:
    assert gated(one(word, waiver=waiver), today=today)[0] is code


def test_a_waiver_excuses_one_claim_and_no_other() -> None:
    code, whys = gated(one(Word.NOT, waiver=WAIVER), one(Word.NOT, claim_id="drain"))

    assert (code, whys) == (Exit.FAILED, ["NOT RESOLVED"])


SOURCES: list[Any] = [
    pytest.param(require, source, passes, id=f"{source}, {require} is required")
    for require, good in [
        (Require.LIVE, {Source.LIVE}),
        (Require.JOURNAL, {Source.LIVE, Source.JOURNAL}),
        (Require.RECORDED, {Source.LIVE, Source.JOURNAL, Source.RECORDED}),
    ]
    for source in Source
    for passes in [source in good]
]


@pytest.mark.parametrize(("require", "source", "passes"), SOURCES)
def test_replies_must_come_from_where_they_are_required_to(require: Require, source: Source, passes: bool) -> None:
    code, _ = gated(one(Word.FULLY, source=source), require=require, fail_on=FailOn.NEVER)

    assert code is (Exit.PASSED if passes else Exit.FAILED)


def test_neither_waiver_nor_baseline_excuses_where_replies_came_from() -> None:
    authored = one(Word.FULLY, source=Source.AUTHORED, waiver=WAIVER)

    code, whys = gated(authored, require=Require.RECORDED, baseline=(run(authored),))

    assert code is Exit.FAILED
    assert whys == ["a reply is authored, not a model's; such replies pass no gate"]


def test_one_poor_reply_among_good_ones_is_enough() -> None:
    mixed = replace(one(Word.FULLY), rounds=(asked(1), asked(2, Source.JOURNAL)))

    assert gated(mixed, require=Require.LIVE)[0] is Exit.FAILED
    assert gated(mixed, require=Require.JOURNAL)[0] is Exit.PASSED


def test_what_a_branch_does_to_its_claims_fails_whatever_they_are_ruled() -> None:
    changes = [PolicyChangeRecord(claim_id="pool", what="is removed by the branch")]
    record: RunRecord = run(one(Word.FULLY))

    found = examine([record], Rules(fail_on=FailOn.NEVER), changes)

    assert found.exit is Exit.FAILED
    assert found.failures == (Failure("pool", "is removed by the branch"),)
