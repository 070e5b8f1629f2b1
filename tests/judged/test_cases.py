"""Careless replies settle nothing wrongly, and careful ones are not lost: counted over all cases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.judged.cases import CAREFUL, Readings, Repositories, cases
from verifier.values.claim import Word

MOST_WRONG = 0.02
"""Of the careless replies; each that settles its claim wrongly is in WRONG, with the reason."""

MOST_LOST = 0.05
"""Of the careful ones; each that is not ruled as it should be is in LOST, with the reason."""

WRONG = {
    "sql-dead-credit": "what stands behind RETURN in a PL/pgSQL function is not told as dead: a string to us",
}

LOST = {
    "cpp-careful-limits": "the reader finds words of the claim in no part",
    "kotlin-careful-password": "the part says less than the claim: eight characters are enough, not the least",
    "python-careful-partial": "what calls main() is not cited; another round could mend it",
    "ruby-careful-partial": "the body of the method that counts is not cited; another round could mend it",
}

SETTLED = (Word.FULLY, Word.PARTIALLY, Word.NOT)


@pytest.fixture(scope="module")
def rulings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Word]:
    readings, repositories = Readings.recorded(), Repositories(tmp_path_factory.mktemp("judged"))
    ruled: dict[str, Word] = {}
    for case in cases():
        outcome = repositories.judge(case, readings)
        assert outcome.ruling is not None, f"{case.id}: {outcome.error}"
        ruled[case.id] = outcome.ruling.word
    assert not readings.unanswered, f"{len(readings.unanswered)} requests were never read; see tests/judged/cases.py"
    return ruled


def test_there_are_cases_enough_of_every_kind() -> None:
    kinds = Counter(case.kind for case in cases())

    assert len({case.language for case in cases()}) == 20
    assert sum(kinds.values()) - kinds[CAREFUL] >= 200
    assert kinds[CAREFUL] >= 80
    assert len(kinds) == 16
    assert min(kinds.values()) >= 12
    assert len({case.id for case in cases()}) == len(cases())


def test_a_careless_reply_settles_a_claim_wrongly_only_where_it_is_listed(rulings: dict[str, Word]) -> None:
    careless = [case for case in cases() if not case.is_careful]
    wrong = {case.id for case in careless if rulings[case.id] in SETTLED and rulings[case.id] is not case.truth}

    assert wrong == set(WRONG)
    assert len(wrong) <= MOST_WRONG * len(careless)


def test_a_careful_reply_is_lost_only_where_it_is_listed(rulings: dict[str, Word]) -> None:
    careful = [case for case in cases() if case.is_careful]
    lost = {case.id for case in careful if rulings[case.id] is not case.truth}

    assert lost == set(LOST)
    assert len(lost) <= MOST_LOST * len(careful)


def test_readings_say_that_they_are_authored() -> None:
    said = (Path(__file__).parent / "readings" / "README.md").read_text("utf-8")

    assert "**authored**" in said
