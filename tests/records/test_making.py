"""The record of a run says what became of every claim, and nothing that is a secret."""

from __future__ import annotations

import dataclasses
import enum
import json
from dataclasses import replace
from typing import Any

import pytest

from verifier.cost.prices import Bill
from verifier.records.document import as_json, from_json
from verifier.records.making import ruling_record, totals_of
from verifier.safety.redacting import redact_output
from verifier.values.changes import ChangedFile, Changes
from verifier.values.claim import Check, Claim, Word
from verifier.values.fact import Fact, FactKind
from verifier.values.followup import FollowUp
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing, TextKind
from verifier.values.outcome import Exchange, Outcome, Round
from verifier.values.pack import ManifestEntry, PackedFile, Selected, Supply
from verifier.values.prompt import Prompt, Reply, Source, Usage
from verifier.values.reading import About, PartReading, Settles
from verifier.values.record import (
    ClaimSetRecord,
    ContextRecord,
    ModelRecord,
    ReadingsRecord,
    RepositoryRecord,
    RulingRecord,
    RunRecord,
    TotalsRecord,
)
from verifier.values.ruling import PartEvidence, RuledPart, Ruling, State
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Answer, Citation, Holds, Part, Role, Syntax, Verdict, VerdictWord

# Put together here, so that nothing that looks for secrets finds one in this file.
SECRET = "ghp" + "_" + "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"

CLAIM = Claim(id="pool-drains", statement="The pool drains", files=("src/pool.py",))
CITATION = Citation("src/pool.py", 3, 4, "def drain():\n    pass", Role.CONTRADICTS)
GROUNDING = Grounding(
    CITATION,
    Standing.MOVED,
    (Lines(7, 8), Lines(20, 21)),
    TextKind.CODE,
    stub="its body is only pass",
    dead="after return",
    unreferenced="drain",
)
FINDING = AbsenceFinding(
    Absence("drain_all", Syntax.ERE, ("src/**",), "it would be called so"),
    AbsenceStanding.HITS,
    files_searched=12,
    hits=(Hit("src/a.py", 4, "drain_all()", "test", excluded=True),),
    total=3,
    unread=("data.bin: too large",),
)
PART = Part(
    "p1", "the pool drains", "pool drains", Holds.NO, "it does nothing", (CITATION,), (FINDING.absence,), "requests"
)
RULED = RuledPart(
    PartEvidence(
        PART,
        (GROUNDING,),
        (FINDING,),
        (Fact(FactKind.SYMBOL, "drain", True, "drain is defined"),),
        (Hit("src/b.py", 2, "drained"),),
        14,
        PartReading("p1", Settles.REFUTES, "it is empty", "nothing", About.TESTS),
    ),
    State.REFUTED,
    "both readings find that the evidence refutes it",
)
VERDICT = Verdict((PART,), (), (Answer("production ready", "no", "a stub"),), VerdictWord.NOT)
PROMPT = Prompt("pool-drains", 1, "system", "shared", "claim", tokens=120)
READING = Exchange.of(
    Prompt("pool-drains", 1, "system", evidence="pool.py:7", tokens=30),
    Reply('{"parts": []}', Source.LIVE, "gemini-3.1-pro-preview", usage=Usage(40, 0, 6, 1)),
)
REPLY = Reply(
    '{"verdict": "NOT RESOLVED"}', Source.LIVE, "gemini-3.8-flash", "r-1", Usage(100, 10, 20, 5), "2025-07-18T00:00:00Z"
)
OUTCOME = Outcome(
    claim=CLAIM,
    facts=(Fact(FactKind.CHECK, "symbol: drain", False, "symbol drain: not defined", "p1", required=True),),
    manifest=(
        ManifestEntry("src/pool.py", Supply.WHOLE, "named", total_lines=30, tokens=90, redactions=2),
        ManifestEntry("src/big.py", Supply.IN_PART, "mentions drain", (Lines(1, 5),), 900, 40, redactions=1),
        ManifestEntry("data.bin", Supply.LEFT_OUT, "binary"),
        ManifestEntry("gone.py", Supply.NOT_IN_COMMIT, "named"),
    ),
    rounds=(
        replace(Round.of(PROMPT, REPLY), reading=READING),
        Round.of(
            replace(PROMPT, round=2, followup="more", tokens=150),
            replace(REPLY, model="gemini-3.8-flash-001", usage=Usage(200, 0, 30, 0)),
            FollowUp(
                (PART,),
                files=(PackedFile("src/big.py", "1\tx", "whole", "f"),),
                refused=(Selected("../etc/passwd", "outside the commit"),),
            ),
        ),
    ),
    verdict=VERDICT,
    ruling=Ruling(Word.NOT, (RULED,), "every part is refuted", not_judged=("robust",)),
)
NO_REPLY = Outcome(CLAIM, (), (), (), None, None, "no reply came")

STATED = replace(PART, citations=(), absences=())

RECORD = RulingRecord(
    claim_id="pool-drains",
    statement="The pool drains",
    claim=CLAIM,
    ruling=Word.NOT,
    because="every part is refuted",
    verdict=VerdictWord.NOT,
    parts=(replace(RULED, evidence=replace(RULED.evidence, part=STATED)),),
    not_judged=("robust",),
    answers=VERDICT.answers,
    facts=OUTCOME.facts,
    context=ContextRecord(
        whole=OUTCOME.manifest[:1],
        in_part=OUTCOME.manifest[1:2],
        left_out=OUTCOME.manifest[2:3],
        not_in_commit=OUTCOME.manifest[3:],
        redactions=3,
    ),
    rounds=OUTCOME.rounds,
    usage=Usage(prompt=340, cached=10, output=56, thoughts=6),
    cost=0.25,
    priced_by=("a test",),
)


def record(*outcomes: Outcome, costs: tuple[float | None, ...] = (), title: str = "Pool") -> RunRecord:
    given = iter(costs or (0.25,) * len(outcomes))
    rulings = tuple(ruling_record(outcome, Bill(next(given))) for outcome in outcomes)
    totals, answered = totals_of(rulings)
    return RunRecord(
        complete=not any(outcome.fatal for outcome in outcomes),
        repository=RepositoryRecord(commit="4b825dc642cb6eb9a060e54bf8d69288fbee4904", ref="main"),
        claim_set=ClaimSetRecord(path="claims/pool.yaml", title=title, digest="d1" * 32, questions=()),
        model=ModelRecord(requested="gemini-3.8-flash", answered=answered),
        settings={"max_rounds": 3},
        generated="2025-07-18T13:42:42+00:00",
        tool="verifier 0.1.0",
        rulings=rulings,
        totals=totals,
    )


def test_everything_of_an_outcome_is_in_its_record() -> None:
    assert ruling_record(OUTCOME, Bill(0.25, ("a test",))) == RECORD


def test_a_run_counts_rulings_evidence_tokens_and_sources() -> None:
    assert record(OUTCOME, OUTCOME, NO_REPLY).totals == TotalsRecord(
        claims=3,
        rulings={Word.FULLY: 0, Word.PARTIALLY: 0, Word.NOT: 2, Word.UNPROVEN: 0, Word.ERROR: 1},
        citations={standing: 2 if standing is Standing.MOVED else 0 for standing in Standing},
        absences={standing: 2 if standing is AbsenceStanding.HITS else 0 for standing in AbsenceStanding},
        readings=ReadingsRecord(agreed=2, differed=0),
        usage=Usage(prompt=680, cached=20, output=112, thoughts=12),
        cost=0.75,
        sources={Source.LIVE: 6, Source.JOURNAL: 0, Source.RECORDED: 0, Source.AUTHORED: 0},
    )


def test_the_models_that_answered_are_named_once_and_sorted() -> None:
    assert record(OUTCOME, OUTCOME).model == ModelRecord(
        requested="gemini-3.8-flash",
        answered=("gemini-3.1-pro-preview", "gemini-3.8-flash", "gemini-3.8-flash-001"),
    )


@pytest.mark.parametrize(
    ("holds", "answer", "counted"),
    [
        pytest.param(Holds.YES, Settles.SHOWS, ReadingsRecord(agreed=1), id="yes, and it shows"),
        pytest.param(Holds.PARTLY, Settles.SHOWS_PARTLY, ReadingsRecord(agreed=1), id="partly, and it shows some"),
        pytest.param(Holds.NO, Settles.REFUTES, ReadingsRecord(agreed=1), id="no, and it refutes"),
        pytest.param(Holds.YES, Settles.SHOWS_PARTLY, ReadingsRecord(differed=1), id="yes, and it shows some"),
        pytest.param(Holds.NO, Settles.SILENT, ReadingsRecord(differed=1), id="no, and it is silent"),
        pytest.param(Holds.CANNOT_TELL, Settles.SILENT, ReadingsRecord(differed=1), id="neither can tell"),
        pytest.param(Holds.YES, None, ReadingsRecord(), id="read once alone"),
    ],
)
def test_how_often_two_readings_agree_is_counted_over_what_was_read_twice(
    holds: Holds, answer: Settles | None, counted: ReadingsRecord
) -> None:
    reading = PartReading("p1", answer) if answer is not None else None
    read = RuledPart(PartEvidence(replace(PART, holds=holds), reading=reading), State.UNPROVEN, "x")

    made = record(replace(OUTCOME, ruling=Ruling(Word.UNPROVEN, (read,), "x")))

    assert made.totals.readings == counted


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        pytest.param((0.1, 0.2), 0.3, id="both known"),
        pytest.param((0.1, None), None, id="one unknown"),
        pytest.param((0.0, 0.0), 0.0, id="both free"),
    ],
)
def test_a_cost_that_is_not_known_makes_the_sum_unknown(costs: tuple[float | None, ...], total: float | None) -> None:
    assert record(OUTCOME, OUTCOME, costs=costs).totals.cost == (pytest.approx(total) if total else total)


def test_a_claim_without_a_reply_is_an_error_with_its_line() -> None:
    made = ruling_record(NO_REPLY, Bill(0.0))

    assert (made.ruling, made.error, made.verdict, made.parts, made.counts) == (
        Word.ERROR,
        "no reply came",
        None,
        (),
        {},
    )


def test_an_error_in_a_later_round_keeps_the_earlier_verdict_and_rules_nothing() -> None:
    made = ruling_record(
        replace(OUTCOME, ruling=None, error="the second reply was cut", kept='{"parts": ['), Bill(0.25, ("a test",))
    )

    assert made == replace(
        RECORD,
        ruling=Word.ERROR,
        because="",
        parts=(),
        not_judged=(),
        error="the second reply was cut",
        kept='{"parts": [',
    )


def test_an_unproven_ruling_keeps_its_range() -> None:
    unproven = Ruling(Word.UNPROVEN, (RULED,), "a part is unproven", (Word.PARTIALLY, Word.NOT))

    assert ruling_record(replace(OUTCOME, ruling=unproven), Bill()).range == (Word.PARTIALLY, Word.NOT)


def test_a_run_that_a_fatal_error_ended_is_not_complete() -> None:
    assert record(OUTCOME, NO_REPLY).complete
    assert not record(OUTCOME, replace(NO_REPLY, fatal=True)).complete


def test_a_run_of_no_claims_has_empty_totals() -> None:
    assert record().totals.claims == 0
    assert record().totals.cost == 0.0


def saying(value: Any, text: str) -> Any:
    """The value with a text in every field of every dataclass that holds one."""
    match value:
        case enum.Enum():
            return value
        case str():
            return text
        case tuple():
            return tuple(saying(one, text) for one in value)
        case dict():
            return {key: saying(one, text) for key, one in value.items()}
        case Claim():
            check = Check(matches=text, within=text)
            return Claim(id="a", statement=text, parts=(text,), files=(text,), tags=(text,), checks=(check,))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: saying(getattr(value, f.name), text) for f in dataclasses.fields(value)})
    return value


def with_secret_everywhere() -> Outcome:
    """Every text of an outcome that has one in every field that may have one."""
    grounding = replace(GROUNDING, why_not=("x",), near_path="x", true_text="x")
    finding = replace(FINDING, problem="x")
    evidence = replace(RULED.evidence, groundings=(grounding,), absences=(finding,), open_because="x")
    changes = Changes("x", (ChangedFile("x", "x", "x", "x"),), (Selected("x", "x"),))
    ruling = Ruling(Word.NOT, (RuledPart(evidence, State.REFUTED, "x"),), "x", not_judged=("x",))
    whole = replace(OUTCOME, ruling=ruling, error="x", kept="x", changes=changes)
    said: Outcome = saying(whole, f"it says {SECRET} here")
    return replace(said, rounds=tuple(map(_in_json, said.rounds)))


def _in_json(one: Round) -> Round:
    """The round with replies that are JSON."""
    reading = replace(one.reading, reply=json.dumps({"why": one.reading.reply})) if one.reading else None
    return replace(one, reply=json.dumps({"why": one.reply}), reading=reading)


def test_no_secret_is_in_any_field_of_a_record() -> None:
    made = redact_output(record(with_secret_everywhere(), title=f"Pool {SECRET}"))

    written = as_json(made)
    assert SECRET not in written
    assert made.rulings[0].statement == "it says [redacted: GitHub token] here"
    assert {one.reply for one in made.rulings[0].exchanges} == {'{"why": "it says [redacted: GitHub token] here"}'}
    assert made.claim_set.title == "Pool [redacted: GitHub token]"


def test_a_key_that_was_cut_off_is_found_whatever_text_stands_behind_it() -> None:
    lines = [f"{n}{'Ab1/' * 15}" for n in range(4)]
    cut_off = "\n".join(["-----BEGIN " + "PRIVATE KEY-----", *lines])
    # Forty letters and digits, as the key's own next line might begin with, and prose behind them.
    commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904 is the commit. " + "So it says. " * 99
    part = replace(PART, text=cut_off, span=commit, citations=(), absences=())
    ruling = Ruling(Word.NOT, (RuledPart(PartEvidence(part), State.REFUTED, "x"),), "x")

    assert lines[0] not in as_json(redact_output(record(replace(OUTCOME, ruling=ruling, verdict=None))))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":  1,\n\t"b": "\\u00e9\\ud83d\\ude00é"}\r\n ', id="blanks, escapes and line ends"),
        pytest.param("not JSON at all \x00\u202e", id="control characters"),
        pytest.param('{"token": "the name of a field"}', id="a word that secrets stand beside"),
        pytest.param("4b825dc642cb6eb9a060e54bf8d69288fbee4904", id="a commit's id"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_reply_without_a_secret_is_kept_verbatim(text: str) -> None:
    outcome = replace(OUTCOME, rounds=(Round.of(PROMPT, replace(REPLY, text=text)),))

    assert redact_output(ruling_record(outcome, Bill())).rounds[0].reply == text


def test_half_a_pair_of_surrogates_does_not_keep_a_record_from_being_written() -> None:
    citation = Citation("a\ud800.py", 0, 0, "b\udfff", malformed="path: not UTF-8")
    part = replace(PART, citations=(citation,), absences=())
    ruled = RuledPart(PartEvidence(part, (Grounding(citation, Standing.MALFORMED),)), State.UNPROVEN, "x")
    made = redact_output(ruling_record(replace(OUTCOME, ruling=Ruling(Word.UNPROVEN, (ruled,), "x")), Bill()))

    assert made.parts[0].evidence.groundings[0].citation.path == "a\ufffd.py"
    whole = record(OUTCOME)
    assert from_json(as_json(replace(whole, rulings=(made,)))).rulings == (made,)


def test_a_record_comes_back_from_json_as_it_was() -> None:
    made = record(OUTCOME, NO_REPLY)

    assert from_json(as_json(made)) == made
