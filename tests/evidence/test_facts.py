"""What is certain of a commit without a model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Commit
from verifier.evidence.facts import bearing_on, gather_facts, own_parts
from verifier.repository.index import Index
from verifier.values.claim import Claim
from verifier.values.verdict import Holds, Part

FILES = {
    "src/pool.py": "class Pool:\n    def drain(self):\n        self.close()\n\n\ndef helper():\n    Pool().drain()\n",
    "src/other.py": "from pool import Pool\n",
    "docker/Dockerfile": "FROM python:3 AS build\nRUN make\nFROM python:3-slim\nUSER app\n",
}


def facts(commit: Commit, statement: str, **claim: Any) -> list[tuple[bool, str]]:
    given = Claim.model_validate({"id": "c", "statement": statement, **claim})
    return [(fact.holds, fact.says) for fact in gather_facts(given, Index(commit(FILES)))]


@pytest.mark.parametrize(
    ("statement", "fact"),
    [
        pytest.param("The pool is in `src/pool.py`", (True, '"src/pool.py" is in the commit: 7 lines'), id="a file"),
        pytest.param("All is in `src/`", (True, '"src/" is a directory in the commit: 2 files'), id="a directory"),
        pytest.param("See `src/*.py`", (True, '"src/*.py" matches 2 files'), id="a glob"),
        pytest.param(
            "See `lib/pool.py`", (False, '"lib/pool.py" is not in the commit; there is "src/pool.py"'), id="moved"
        ),
        pytest.param("See `k8s/`", (False, '"k8s/" is not in the commit'), id="no such directory"),
        pytest.param("`Pool` drains", (True, 'Pool is defined at "src/pool.py":1'), id="a class"),
        pytest.param("`Pool.drain` works", (True, 'Pool.drain is defined at "src/pool.py":2'), id="a method"),
        pytest.param(
            "`Other.drain` works",
            (False, "no definition of Other.drain was found; it is mentioned in 1 file"),
            id="a method of another class",
        ),
        pytest.param(
            "`Broker` works", (False, "no definition of Broker was found; it is mentioned nowhere"), id="no such name"
        ),
    ],
)
def test_what_a_statement_names_is_looked_up(commit: Commit, statement: str, fact: tuple[bool, str]) -> None:
    assert fact in facts(commit, statement)


@pytest.mark.parametrize(
    ("check", "holds", "says"),
    [
        pytest.param({"path_exists": "src/pool.py"}, True, "path_exists src/pool.py: 1 in the commit", id="path"),
        pytest.param({"path_exists": "k8s/**"}, False, "path_exists k8s/**: not in the commit", id="no path"),
        pytest.param(
            {"symbol": "Pool", "in": "src/**"}, True, "symbol Pool in src/**: defined at src/pool.py:1", id="symbol"
        ),
        pytest.param(
            {"symbol": "Pool", "in": "src/other.py"}, False, "symbol Pool in src/other.py: not defined",
            id="imported, not defined",
        ),
        pytest.param(
            {"matches": "^FROM ", "in": "docker/Dockerfile", "at_least": 2}, True,
            "matches /^FROM / in docker/Dockerfile: 2 matching lines, the first at docker/Dockerfile:1", id="matches",
        ),
        pytest.param(
            {"matches": "^FROM ", "in": "docker/Dockerfile", "at_least": 3}, False,
            "matches /^FROM / in docker/Dockerfile: 2 matching lines, the first at docker/Dockerfile:1, "
            "wanted at least 3",
            id="too few matches",
        ),
        pytest.param(
            {"matches": "zebra"}, False, "matches /zebra/: 0 matching lines, wanted at least 1", id="nowhere"
        ),
    ],
)  # fmt: skip
def test_a_check_is_looked_up(commit: Commit, check: dict[str, Any], holds: bool, says: str) -> None:
    assert facts(commit, "It works", checks=[check]) == [(holds, says)]


def test_a_hostile_pattern_takes_no_time(commit: Commit) -> None:
    Index(commit({"a.txt": "a" * 200_000 + "!\n"}))
    claim = Claim.model_validate({"id": "c", "statement": "x", "checks": [{"matches": "(a+)+$"}]})

    assert gather_facts(claim, Index(commit({"b.txt": "a" * 200_000 + "!\n"})))[0].holds is False


def test_facts_bear_on_the_part_that_names_them(commit: Commit) -> None:
    claim = Claim.model_validate(
        {
            "id": "c",
            "statement": "`Pool` is in `src/pool.py` and `k8s/` is there",
            "checks": [{"symbol": "Broker", "part": "p2"}, {"symbol": "Broker"}],
        }
    )
    gathered = gather_facts(claim, Index(commit(FILES)))
    first = Part("p1", "`Pool` is in `src/pool.py`", "", Holds.YES)
    second = Part("p2", "the cluster is described", "`k8s/` is there", Holds.NO)

    assert [fact.subject for fact in bearing_on(first, gathered)] == ["src/pool.py", "Pool"]
    assert [fact.subject for fact in bearing_on(second, gathered)] == ["k8s/", "symbol: Broker"]
    assert [fact.part for fact in own_parts(gathered, [first, second])] == [None]


def test_a_check_that_names_a_part_which_is_not_there_makes_one_of_its_own(commit: Commit) -> None:
    claim = Claim.model_validate({"id": "c", "statement": "x", "checks": [{"symbol": "Broker", "part": "p9"}]})
    gathered = gather_facts(claim, Index(commit(FILES)))

    assert own_parts(gathered, [Part("p1", "x", "x", Holds.YES)]) == gathered
