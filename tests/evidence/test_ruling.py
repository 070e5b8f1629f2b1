"""The ruling table, whole, and the laws that it must keep."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.evidence.ruling import rule, rule_part
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Standing
from verifier.values.reading import PartReading, Settles
from verifier.values.ruling import PartEvidence, State
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation, Holds, Part, Role

CITED = Citation("pool.py", 1, 1, "def drain():", Role.SUPPORTS)
SUPPORTS = Grounding(CITED, Standing.EXACT, (Lines(1, 1),))
CONTRADICTS = Grounding(replace(CITED, role=Role.CONTRADICTS), Standing.MOVED, (Lines(4, 4),))
NOT_FOUND = Grounding(CITED, Standing.NOT_FOUND)
CONFIRMED = AbsenceFinding(Absence("drain"), AbsenceStanding.CONFIRMED)
ELSEWHERE = AbsenceFinding(Absence("drain", paths=("web/",)), AbsenceStanding.CONFIRMED)
OTHER = AbsenceFinding(Absence("flush"), AbsenceStanding.CONFIRMED)
UNDECIDED = AbsenceFinding(Absence("drain"), AbsenceStanding.UNDECIDED, unread=("a.bin: too large",))
DEFINED = Fact(FactKind.SYMBOL, "Pool.drain", True, "Pool.drain is defined at src/pool.py:3", places=("src/pool.py",))
THERE = Fact(FactKind.PATH, "src/drain.py", True, "src/drain.py is in the commit", places=("src/drain.py",))
FAILED = Fact(FactKind.CHECK, "symbol: drain", False, "symbol drain: not defined", "p1", required=True)
HELD = Fact(FactKind.CHECK, "symbol: drain", True, "symbol drain: defined", "p1", required=True)
OPTIONAL = Fact(FactKind.CHECK, "symbol: drain", False, "symbol drain: not defined", "p1", required=False)

DRAINS = "the pool drains on shutdown"
READ = {said: PartReading("p1", said, "so it says", "the caller") for said in Settles}


def evidence(
    holds: Holds,
    answer: Settles | None,
    *groundings: Grounding,
    absences: tuple[AbsenceFinding, ...] = (),
    facts: tuple[Fact, ...] = (),
    part: str = "p1",
    outside: str = "",
) -> PartEvidence:
    given = Part(part, DRAINS, DRAINS, holds, outside=outside)
    return PartEvidence(given, groundings, absences, facts, reading=READ[answer] if answer else None)


@pytest.mark.parametrize("answer", [*Settles, None])
@pytest.mark.parametrize("holds", list(Holds))
def test_a_part_is_settled_only_where_two_readings_agree(holds: Holds, answer: Settles | None) -> None:
    agreed: dict[tuple[Holds, Settles | None], State] = {
        (Holds.YES, Settles.SHOWS): State.PROVEN,
        (Holds.PARTLY, Settles.SHOWS_PARTLY): State.PARTLY,
        (Holds.NO, Settles.REFUTES): State.REFUTED,
    }

    assert rule_part(evidence(holds, answer, SUPPORTS)).state is agreed.get((holds, answer), State.UNPROVEN)


MISSING = Fact(FactKind.PATH, "net/retry.py", False, "net/retry.py is not in the commit", can_be_cited=False)


@pytest.mark.parametrize(
    ("span", "holds", "answer", "state"),
    [
        ("retries stand in `net/retry.py`", Holds.NO, Settles.SILENT, State.REFUTED),
        ("retries stand in `net/retry.py`", Holds.NO, None, State.REFUTED),
        ("retries stand in `net/retry.py`", Holds.NO, Settles.SHOWS, State.UNPROVEN),
        ("retries stand in `net/retry.py`", Holds.YES, Settles.SILENT, State.UNPROVEN),
        ("retries stand in `net/retry.py`", Holds.YES, Settles.SHOWS, State.PROVEN),
        ("retries stand in `other.py`", Holds.NO, Settles.SILENT, State.UNPROVEN),
        ("retries are gone from `net/retry.py`", Holds.NO, Settles.SILENT, State.UNPROVEN),
        ("retries no longer stand in `net/retry.py`", Holds.NO, Settles.SILENT, State.UNPROVEN),
        ("retries were removed in `net/retry.py`", Holds.NO, Settles.SILENT, State.UNPROVEN),
    ],
)
def test_a_place_that_is_not_there_refutes_where_the_model_says_no(
    span: str, holds: Holds, answer: Settles | None, state: State
) -> None:
    reading = READ[answer] if answer else None
    given = PartEvidence(Part("p1", span, span, holds), (SUPPORTS,), facts=(MISSING,), reading=reading)

    assert rule_part(given).state is state


YES, SHOWS, NO, REFUTES = Holds.YES, Settles.SHOWS, Holds.NO, Settles.REFUTES


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param(evidence(YES, SHOWS, SUPPORTS, facts=(FAILED,)), State.REFUTED, id="a failed check goes first"),
        pytest.param(evidence(YES, None, facts=(HELD,)), State.UNPROVEN, id="a check that holds proves nothing"),
        pytest.param(
            evidence(YES, SHOWS, SUPPORTS, facts=(replace(FAILED, undecided=True),)), State.UNPROVEN, id="undecided"
        ),
        pytest.param(evidence(YES, SHOWS, SUPPORTS, facts=(OPTIONAL,)), State.PROVEN, id="a check not required"),
        pytest.param(evidence(NO, REFUTES, CONTRADICTS, facts=(HELD,)), State.UNPROVEN, id="no, but its check holds"),
        pytest.param(evidence(NO, REFUTES, absences=(CONFIRMED,)), State.REFUTED, id="no by a search"),
        pytest.param(
            evidence(NO, REFUTES, absences=(CONFIRMED,), facts=(DEFINED,)), State.UNPROVEN, id="no, yet it is defined"
        ),
        pytest.param(
            evidence(NO, REFUTES, absences=(ELSEWHERE,), facts=(DEFINED,)), State.REFUTED, id="defined elsewhere"
        ),
        pytest.param(
            evidence(NO, REFUTES, absences=(OTHER,), facts=(DEFINED,)), State.REFUTED, id="what is sought is another"
        ),
        pytest.param(
            evidence(NO, REFUTES, absences=(CONFIRMED,), facts=(THERE,)), State.UNPROVEN, id="no, yet its file is there"
        ),
        pytest.param(
            evidence(NO, REFUTES, CONTRADICTS, absences=(CONFIRMED,), facts=(DEFINED,)),
            State.REFUTED,
            id="no by what it does instead",
        ),
        pytest.param(evidence(YES, SHOWS, absences=(CONFIRMED,), facts=(DEFINED,)), State.PROVEN, id="yes by a search"),
        pytest.param(
            replace(evidence(YES, SHOWS, SUPPORTS), open_because="it is not of the claim"), State.UNPROVEN, id="open"
        ),
    ],
)
def test_facts_bind_the_readings(given: PartEvidence, state: State) -> None:
    assert rule_part(given).state is state


def test_facts_are_read_alone_only_where_the_reply_gives_nothing_else() -> None:
    folder = replace(THERE, holds=True, can_be_cited=False)

    assert evidence(YES, None, facts=(folder,)).stands
    assert not evidence(YES, None, NOT_FOUND, facts=(folder,)).stands
    assert not evidence(YES, None, facts=(THERE,)).stands


@pytest.mark.parametrize(
    ("given", "because"),
    [
        pytest.param(evidence(YES, None, NOT_FOUND), "the model says yes, but none of its evidence stands", id="none"),
        pytest.param(
            evidence(YES, Settles.SILENT, SUPPORTS),
            "the model says yes, but a second reader finds that the evidence does not settle it: so it says; "
            "missing: the caller",
            id="silent",
        ),
        pytest.param(
            evidence(Holds.CANNOT_TELL, None, outside="requests"),
            "the model cannot tell: it rests on requests, outside the commit",
            id="a package outside",
        ),
        pytest.param(
            evidence(NO, REFUTES, absences=(CONFIRMED,), facts=(DEFINED,)),
            "both readings say that it is not so, but Pool.drain is defined at src/pool.py:3",
            id="a fact in the way",
        ),
    ],
)
def test_an_open_part_says_what_a_reader_can_act_on(given: PartEvidence, because: str) -> None:
    assert rule_part(given).because == because


def part_in(state: State, number: int) -> PartEvidence:
    made = {
        State.PROVEN: evidence(YES, SHOWS, SUPPORTS, part=f"p{number}"),
        State.PARTLY: evidence(Holds.PARTLY, Settles.SHOWS_PARTLY, SUPPORTS, part=f"p{number}"),
        State.REFUTED: evidence(NO, REFUTES, CONTRADICTS, part=f"p{number}"),
        State.UNPROVEN: evidence(Holds.CANNOT_TELL, None, part=f"p{number}"),
    }
    return made[state]


P, A, R, U = State.PROVEN, State.PARTLY, State.REFUTED, State.UNPROVEN
FULLY_OR_PARTIALLY = (Word.FULLY, Word.PARTIALLY)
PARTIALLY_OR_NOT = (Word.PARTIALLY, Word.NOT)
ANY = (Word.FULLY, Word.PARTIALLY, Word.NOT)


@pytest.mark.parametrize(
    ("states", "essential", "word", "span"),
    [
        pytest.param([P], [], Word.FULLY, (), id="one proven"),
        pytest.param([P, P], [], Word.FULLY, (), id="all proven"),
        pytest.param([R], [], Word.NOT, (), id="one refuted"),
        pytest.param([R, R], [], Word.NOT, (), id="all refuted"),
        pytest.param([A], [], Word.PARTIALLY, (), id="one partly"),
        pytest.param([P, A], [], Word.PARTIALLY, (), id="partly beside proven"),
        pytest.param([R, A], [], Word.PARTIALLY, (), id="partly beside refuted"),
        pytest.param([P, R], [], Word.PARTIALLY, (), id="proven beside refuted"),
        pytest.param([P, R, U], [], Word.PARTIALLY, (), id="proven beside refuted settles it"),
        pytest.param([A, U], [], Word.PARTIALLY, (), id="partly settles it"),
        pytest.param([P, U], [], Word.UNPROVEN, FULLY_OR_PARTIALLY, id="unproven beside proven"),
        pytest.param([R, U], [], Word.UNPROVEN, PARTIALLY_OR_NOT, id="unproven beside refuted"),
        pytest.param([U], [], Word.UNPROVEN, ANY, id="unproven alone"),
        pytest.param([P, R], ["p2"], Word.NOT, (), id="an essential part is refuted"),
        pytest.param([A, R, U], ["p2"], Word.NOT, (), id="an essential part is refuted, whatever else"),
        pytest.param([P, R], ["p1"], Word.PARTIALLY, (), id="the essential part is proven"),
        pytest.param([P, U], ["p2"], Word.UNPROVEN, ANY, id="an open essential part could refute all"),
        pytest.param([A, U], ["p2"], Word.UNPROVEN, PARTIALLY_OR_NOT, id="an open essential part beside partly"),
    ],
)
def test_the_first_row_that_matches_rules(
    states: list[State], essential: list[str], word: Word, span: tuple[Word, ...]
) -> None:
    ruling = rule([part_in(state, n) for n, state in enumerate(states, start=1)], essential)

    assert (ruling.word, ruling.range) == (word, span)


def test_a_claim_without_parts_is_not_ruled_on() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        rule([])


@pytest.mark.parametrize("states", list(product(State, repeat=3)), ids=lambda states: "-".join(states))
def test_order_of_parts_does_not_matter(states: tuple[State, ...]) -> None:
    forward = rule([part_in(state, n) for n, state in enumerate(states, start=1)])
    backward = rule([part_in(state, n) for n, state in enumerate(reversed(states), start=1)])

    assert (forward.word, forward.range) == (backward.word, backward.range)


groundings = st.lists(st.sampled_from([SUPPORTS, CONTRADICTS, NOT_FOUND]), max_size=3)
findings = st.lists(st.sampled_from([CONFIRMED, UNDECIDED, OTHER]), max_size=2)
facts = st.lists(st.sampled_from([DEFINED, HELD, OPTIONAL]), max_size=2)
parts = st.lists(
    st.tuples(st.sampled_from(Holds), st.sampled_from(Settles), groundings, findings, facts), min_size=1, max_size=5
)
Drawn = list[tuple[Holds, Settles, list[Grounding], list[AbsenceFinding], list[Fact]]]


def drawn_part(
    number: int, drawn: tuple[Holds, Settles, list[Grounding], list[AbsenceFinding], list[Fact]]
) -> PartEvidence:
    """A part as the pipeline makes it: nobody reads evidence that does not stand."""
    holds, answer, cited, absent, certain = drawn
    read = any(g.stands for g in cited) or any(a.stands for a in absent)
    return evidence(
        holds, answer if read else None, *cited, absences=tuple(absent), facts=tuple(certain), part=f"p{number}"
    )


@given(parts, st.integers(0, 4), st.integers(0, 4), st.sets(st.sampled_from(["p1", "p2", "p3", "p4", "p5"])))
def test_taking_evidence_away_leaves_the_ruling_or_makes_it_unproven(
    drawn: Drawn, which: int, piece: int, essential: set[str]
) -> None:
    """Where less is read as it was, or as silent; that a reader is not wrong of less, no rule can see to."""
    whole = [drawn_part(n, one) for n, one in enumerate(drawn, start=1)]
    at = which % len(whole)
    holds, answer, cited, absent, certain = drawn[at]
    pieces = [*cited, *absent]
    kept = [e for n, e in enumerate(pieces) if n != piece % len(pieces)]
    fewer = [e for e in kept if isinstance(e, Grounding)], [e for e in kept if isinstance(e, AbsenceFinding)]
    less = list(whole)
    less[at] = drawn_part(at + 1, (holds, answer, *fewer, certain))

    before, after = rule(whole, essential), rule(less, essential)

    if after.word is Word.UNPROVEN:
        could_be = before.range if before.word is Word.UNPROVEN else (before.word,)
        assert set(could_be) <= set(after.range)
    else:
        assert after.word is before.word


@given(parts)
def test_no_ruling_rests_on_evidence_that_does_not_stand(drawn: Drawn) -> None:
    def ruled(only_standing: bool) -> tuple[Word, tuple[Word, ...]]:
        shown = [
            (
                holds,
                answer,
                [g for g in cited if g.stands or not only_standing],
                [f for f in absent if f.stands or not only_standing],
                certain,
            )
            for holds, answer, cited, absent, certain in drawn
        ]
        ruling = rule([drawn_part(n, one) for n, one in enumerate(shown, start=1)])
        return ruling.word, ruling.range

    assert ruled(only_standing=True) == ruled(only_standing=False)
