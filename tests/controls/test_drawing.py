"""Which claims are drawn, and what is made of them."""

from __future__ import annotations

from dataclasses import replace

from tests.conftest import Commit
from tests.controls.proven import proven
from verifier.controls.drawing import draw
from verifier.repository.index import Index
from verifier.values.claim import Check, Claim, Word
from verifier.values.control import ControlKind
from verifier.values.record import RulingRecord
from verifier.values.ruling import State

POOL = "class Pool:\n    def drain(self):\n        self.close(3)\n"


def ruled(index: Index, claim_id: str, word: Word, *states: State, checks: tuple[Check, ...] = ()) -> RulingRecord:
    """A claim whose parts rest on the same lines and came out so."""
    statement = "`Pool.drain` in `pool.py` closes 3"
    given = Claim(id=claim_id, statement=statement, checks=checks)
    parts = [replace(proven(index, "it closes 3", "pool.py", 2, 3), state=state) for state in states]
    return RulingRecord(claim_id=claim_id, statement=statement, claim=given, ruling=word, parts=tuple(parts))


def test_claims_are_drawn_by_the_seed_alone(commit: Commit) -> None:
    index = Index(commit({"pool.py": POOL}))
    rulings = [ruled(index, f"claim-{number}", Word.FULLY, State.PROVEN) for number in range(8)]

    drawn = {seed: {one.claim_id for one in draw(rulings, index, 3, seed)} for seed in range(5)}

    assert draw(rulings, index, 3, 1) == draw(rulings[::-1], index, 3, 1)
    assert {len(ids) for ids in drawn.values()} == {3}
    assert len(set(map(frozenset, drawn.values()))) > 1
    # Who is there beside them moves nobody out but by a better lot.
    assert {one.claim_id for one in draw(rulings[:4], index, 4, 1)} == {f"claim-{number}" for number in range(4)}


def test_proven_parts_stand_in_where_too_few_claims_are_borne_out(commit: Commit) -> None:
    index = Index(commit({"pool.py": POOL}))
    rulings = [
        ruled(index, "no", Word.NOT, State.REFUTED),
        ruled(index, "half", Word.PARTIALLY, State.REFUTED, State.PROVEN),
        ruled(index, "whole", Word.FULLY, State.PROVEN),
    ]

    one, two = draw(rulings, index, 1, 1), draw(rulings, index, 3, 1)

    assert {control.claim_id for control in one} == {"whole"}
    assert [(control.claim_id, control.part) for control in two if control.kind is ControlKind.CUT] == [
        ("whole", None),
        ("half", "p1"),
    ]
    of_part = [control for control in two if control.claim_id == "half"]
    assert of_part[0].claim == Claim(id="half", statement="it closes 3", parts=("it closes 3",))
    assert ControlKind.TRUE_TWIN not in {control.kind for control in of_part}


def test_checks_which_need_no_judge_do_not_help_him(commit: Commit) -> None:
    index = Index(commit({"pool.py": POOL}))
    checked = ruled(index, "whole", Word.FULLY, State.PROVEN, checks=(Check(matches=r"close\(3\)"),))

    made = {control.kind: control.claim.checks for control in draw([checked], index, 1, 1)}

    assert (made[ControlKind.CUT], made[ControlKind.FALSE_TWIN]) == ((), ())
    assert made[ControlKind.TRUE_TWIN] == checked.claim.checks
