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
from verifier.values.grounding import ANSWERED, AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing
from verifier.values.ruling import PartEvidence, State
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation, Holds, Part, Role

CITED = Citation("pool.py", 1, 1, "def drain():", Role.SUPPORTS)
SUPPORTS = Grounding(CITED, Standing.EXACT, (Lines(1, 1),))
CONTRADICTS = Grounding(replace(CITED, role=Role.CONTRADICTS), Standing.MOVED, (Lines(4, 4),))
WEAK = replace(SUPPORTS, why_not=("a stub: body is only pass",))
NOT_FOUND = Grounding(CITED, Standing.NOT_FOUND)
CONFIRMED = AbsenceFinding(Absence("drain"), AbsenceStanding.CONFIRMED)
CONTESTED = AbsenceFinding(Absence("drain"), AbsenceStanding.CONTESTED, contesting=1)
BESIDE = AbsenceFinding(Absence("zebra"), AbsenceStanding.CONFIRMED, pertinent=False)
MISSING = Fact(FactKind.PATH, "pool.py", False, '"pool.py" is not in the commit')
PRESENT = Fact(FactKind.PATH, "pool.py", True, '"pool.py" is in the commit: 3 lines')
FAILED = Fact(FactKind.CHECK, "symbol: drain", False, "symbol drain: not defined", "p1", required=True)
HELD = Fact(FactKind.CHECK, "symbol: drain", True, "symbol drain: defined", "p1", required=True)
OPTIONAL = Fact(FactKind.CHECK, "symbol: drain", False, "symbol drain: not defined", "p1", required=False)

FOUND = replace(CONTESTED, hits=(Hit("pool.py", 3, "drain()"),))
EXPLAINED = replace(CONFIRMED, answered=1, hits=(Hit("pool.py", 3, "drain()", excused=ANSWERED),))

REMOVED = "`pool.py` is removed"
DRAINS = "the pool drains on shutdown"
GONE = "`drain` is no longer used"
EXISTS = "`pool.py` exists"


def evidence(
    holds: Holds,
    *groundings: Grounding,
    absences: tuple[AbsenceFinding, ...] = (),
    facts: tuple[Fact, ...] = (),
    text: str = DRAINS,
    part: str = "p1",
) -> PartEvidence:
    return PartEvidence(Part(part, text, text, holds), groundings, absences, facts)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param(evidence(Holds.YES, SUPPORTS), State.PROVEN, id="yes with a supporting citation"),
        pytest.param(evidence(Holds.YES, NOT_FOUND, SUPPORTS), State.PROVEN, id="yes, one citation of two counts"),
        pytest.param(evidence(Holds.YES, WEAK), State.UNPROVEN, id="yes with a stub"),
        pytest.param(evidence(Holds.YES, NOT_FOUND), State.UNPROVEN, id="yes with an invented quote"),
        pytest.param(evidence(Holds.YES), State.UNPROVEN, id="yes without evidence"),
        pytest.param(evidence(Holds.YES, CONTRADICTS), State.UNPROVEN, id="yes with what contradicts it"),
        pytest.param(evidence(Holds.YES, absences=(CONFIRMED,)), State.UNPROVEN, id="yes with an absence"),
        pytest.param(evidence(Holds.YES, absences=(CONFIRMED,), text=GONE), State.PROVEN, id="gone, and it is"),
        pytest.param(evidence(Holds.YES, absences=(CONTESTED,), text=GONE), State.UNPROVEN, id="gone, with a hit"),
        pytest.param(evidence(Holds.YES, absences=(BESIDE,), text=GONE), State.UNPROVEN, id="gone, beside the point"),
        pytest.param(evidence(Holds.YES, facts=(PRESENT,), text=EXISTS), State.PROVEN, id="existence, and it is there"),
        pytest.param(evidence(Holds.YES, facts=(PRESENT,)), State.UNPROVEN, id="a fact about more than existence"),
        pytest.param(evidence(Holds.YES, facts=(MISSING,), text=EXISTS), State.UNPROVEN, id="yes against a fact"),
        pytest.param(evidence(Holds.NO, CONTRADICTS), State.REFUTED, id="no with a contradicting citation"),
        pytest.param(evidence(Holds.NO, SUPPORTS), State.UNPROVEN, id="no with what supports it"),
        pytest.param(evidence(Holds.NO, absences=(CONFIRMED,)), State.REFUTED, id="no with a confirmed absence"),
        pytest.param(evidence(Holds.NO, absences=(CONTESTED,)), State.UNPROVEN, id="no with a contested absence"),
        pytest.param(evidence(Holds.NO, absences=(CONFIRMED,), text=GONE), State.UNPROVEN, id="not gone, but nowhere"),
        pytest.param(evidence(Holds.NO, facts=(MISSING,), text=GONE), State.UNPROVEN, id="not gone, but no such file"),
        pytest.param(evidence(Holds.NO, CONTRADICTS, text=GONE), State.REFUTED, id="not gone, with a hit"),
        pytest.param(evidence(Holds.NO, absences=(BESIDE,)), State.UNPROVEN, id="no, pattern beside the point"),
        pytest.param(
            evidence(Holds.NO, absences=(BESIDE, CONFIRMED)), State.REFUTED, id="no, one pattern of two counts"
        ),
        pytest.param(
            evidence(Holds.NO, facts=(MISSING,), text="The pool drains, in `pool.py`"),
            State.REFUTED,
            id="no, and its place is not there",
        ),
        pytest.param(
            evidence(Holds.NO, facts=(MISSING,), text="Results go to `pool.py`"),
            State.UNPROVEN,
            id="no, and a path that is no place",
        ),
        pytest.param(
            evidence(Holds.NO, facts=(PRESENT,), absences=(CONFIRMED,), text=EXISTS),
            State.UNPROVEN,
            id="no to a path that is there",
        ),
        pytest.param(
            evidence(Holds.YES, facts=(PRESENT,), text="`pool.py` and `old.py` exist"),
            State.UNPROVEN,
            id="a path nobody looked up",
        ),
        pytest.param(
            evidence(Holds.YES, SUPPORTS, absences=(CONFIRMED,), facts=(PRESENT,), text=REMOVED),
            State.UNPROVEN,
            id="gone, but there",
        ),
        pytest.param(evidence(Holds.YES, facts=(MISSING,), text=REMOVED), State.PROVEN, id="gone, and not there"),
        pytest.param(
            evidence(Holds.YES, SUPPORTS, text=REMOVED), State.UNPROVEN, id="gone, by a citation of what is there"
        ),
        pytest.param(evidence(Holds.NO, facts=(PRESENT,), text=REMOVED), State.REFUTED, id="not gone, and there"),
        pytest.param(evidence(Holds.NO, facts=(MISSING,), text=REMOVED), State.UNPROVEN, id="not gone, but not there"),
        pytest.param(
            evidence(Holds.NO, absences=(FOUND,), text=GONE), State.REFUTED, id="not gone, and the search finds it"
        ),
        pytest.param(
            evidence(Holds.YES, absences=(EXPLAINED,), text=GONE), State.UNPROVEN, id="gone, the hits explained away"
        ),
        pytest.param(evidence(Holds.NO, facts=(PRESENT,), text=EXISTS), State.UNPROVEN, id="no against a fact"),
        pytest.param(evidence(Holds.NO), State.UNPROVEN, id="an accusation without evidence"),
        pytest.param(evidence(Holds.PARTLY, SUPPORTS), State.PARTLY, id="partly with a citation"),
        pytest.param(evidence(Holds.PARTLY, CONTRADICTS), State.PARTLY, id="partly with a contradicting citation"),
        pytest.param(evidence(Holds.PARTLY, WEAK), State.UNPROVEN, id="partly with a stub"),
        pytest.param(evidence(Holds.PARTLY, absences=(CONFIRMED,)), State.UNPROVEN, id="partly with an absence alone"),
        pytest.param(evidence(Holds.CANNOT_TELL, SUPPORTS), State.UNPROVEN, id="cannot tell, whatever it cites"),
        pytest.param(evidence(Holds.YES, SUPPORTS, facts=(FAILED,)), State.REFUTED, id="a failed check goes first"),
        pytest.param(evidence(Holds.YES, facts=(HELD,)), State.UNPROVEN, id="a check that holds proves nothing"),
        pytest.param(evidence(Holds.YES, SUPPORTS, facts=(OPTIONAL,)), State.PROVEN, id="a check that is not required"),
    ],
)
def test_a_part_is_what_its_evidence_makes_it(given: PartEvidence, state: State) -> None:
    assert rule_part(given).state is state


def part_in(state: State, number: int) -> PartEvidence:
    made = {
        State.PROVEN: evidence(Holds.YES, SUPPORTS, part=f"p{number}"),
        State.PARTLY: evidence(Holds.PARTLY, SUPPORTS, part=f"p{number}"),
        State.REFUTED: evidence(Holds.NO, CONTRADICTS, part=f"p{number}"),
        State.UNPROVEN: evidence(Holds.CANNOT_TELL, part=f"p{number}"),
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


groundings = st.lists(st.sampled_from([SUPPORTS, CONTRADICTS, WEAK, NOT_FOUND]), max_size=3)
findings = st.lists(st.sampled_from([CONFIRMED, CONTESTED, BESIDE]), max_size=2)
parts = st.lists(
    st.tuples(st.sampled_from(Holds), groundings, findings, st.sampled_from([DRAINS, GONE])), min_size=1, max_size=5
)


@given(parts, st.integers(0, 4), st.integers(0, 4), st.sets(st.sampled_from(["p1", "p2", "p3", "p4", "p5"])))
def test_taking_evidence_away_leaves_the_ruling_or_makes_it_unproven(
    drawn: list[tuple[Holds, list[Grounding], list[AbsenceFinding], str]], which: int, piece: int, essential: set[str]
) -> None:
    whole = [
        evidence(holds, *cited, absences=tuple(absent), text=text, part=f"p{n}")
        for n, (holds, cited, absent, text) in enumerate(drawn, start=1)
    ]
    at = which % len(whole)
    pieces = [*whole[at].groundings, *whole[at].absences]
    kept = [e for n, e in enumerate(pieces) if not pieces or n != piece % len(pieces)]
    less = list(whole)
    less[at] = replace(
        whole[at],
        groundings=tuple(e for e in kept if isinstance(e, Grounding)),
        absences=tuple(e for e in kept if isinstance(e, AbsenceFinding)),
    )

    before, after = rule(whole, essential), rule(less, essential)

    if after.word is Word.UNPROVEN:
        could_be = before.range if before.word is Word.UNPROVEN else (before.word,)
        assert set(could_be) <= set(after.range)
    else:
        assert after.word is before.word


@given(parts)
def test_no_ruling_rests_on_evidence_that_does_not_count(
    drawn: list[tuple[Holds, list[Grounding], list[AbsenceFinding], str]],
) -> None:
    def ruled(only_counting: bool) -> tuple[Word, tuple[Word, ...]]:
        ruling = rule(
            [
                evidence(
                    holds,
                    *(g for g in cited if g.counts or not only_counting),
                    absences=tuple(
                        f
                        for f in absent
                        if (f.standing is AbsenceStanding.CONFIRMED and f.pertinent) or not only_counting
                    ),
                    text=text,
                    part=f"p{n}",
                )
                for n, (holds, cited, absent, text) in enumerate(drawn, start=1)
            ]
        )
        return ruling.word, ruling.range

    assert ruled(only_counting=True) == ruled(only_counting=False)
