"""What is certain of a commit without a model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Commit
from verifier.evidence.checks import run_check
from verifier.evidence.facts import bearing_on, gather_facts, own_parts
from verifier.repository.index import Index
from verifier.values.claim import Check, Claim
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


ORIGINS = {
    "src/auth.py": "import hmac\nfrom tenacity import retry\nfrom pool import Broker\n\n\n@retry\ndef check(pool, x):\n"
    "    pool.drain()\n    return hmac.compare_digest(x, 'a')\n",
    "src/web.ts": "import {\n  useState,\n} from 'react'\nimport { Gone } from './gone'\n\nexport function drain() {}\n"
    "console.log(useState())\nexport {\n  drain as close,\n}\n",
    "src/lib.rs": "use tokio::sync::Mutex;\nuse crate::pool::Pool;\npub use pool::drain as empty;\n",
    "src/__init__.py": "from pool import drain as drained\n",
    "src/dir with blank/a b.py": "x = 1\n",
}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("compares by `hmac.compare_digest`", id="standard-library"),
        pytest.param("joins by `os.path.join`", id="standard-library-not-used"),
        pytest.param("raises `KeyError`", id="built-in"),
        pytest.param("logs by `console.log`", id="given-by-the-language"),
        pytest.param("is decorated by `retry`", id="imported"),
        pytest.param("uses `useState`", id="imported-over-lines"),
        pytest.param("locks a `Mutex`", id="imported-in-rust"),
        pytest.param("calls `pool.drain`", id="of-a-variable"),
        pytest.param("`lodash/fp` is imported", id="package"),
        pytest.param("`users/{id}` answers", id="route"),
        pytest.param("needs `golang.org/x/net`", id="go-module"),
        pytest.param("serves `/vets.html`", id="page"),
        pytest.param("serves `/api/v1/users`", id="endpoint"),
        pytest.param("on branch `feature/pool`", id="branch"),
    ],
)
def test_what_comes_from_elsewhere_is_no_fact_against_a_claim(commit: Commit, statement: str) -> None:
    claim = Claim.model_validate({"id": "c", "statement": statement})

    assert gather_facts(claim, Index(commit(ORIGINS))) == ()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        pytest.param("`close` is there", 'close is exported under that name at "src/web.ts":9', id="exported"),
        pytest.param("`empty` is there", 'empty is exported under that name at "src/lib.rs":3', id="exported-in-rust"),
        pytest.param(
            "`drained`", 'drained is exported under that name at "src/__init__.py":1', id="exported-in-python"
        ),
        pytest.param("`self.check` waits", 'self.check is defined at "src/auth.py":7', id="of-the-object-itself"),
        pytest.param(
            "in src/dir with blank/a b.py",
            '"src/dir with blank/a b.py" is in the commit: 1 lines',
            id="path-with-blanks",
        ),
    ],
)
def test_what_is_there_in_another_way_is_a_fact(commit: Commit, statement: str, says: str) -> None:
    claim = Claim.model_validate({"id": "c", "statement": statement})

    assert [(fact.holds, fact.says) for fact in gather_facts(claim, Index(commit(ORIGINS)))] == [(True, says)]


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        pytest.param("a `Broker` is there", "Broker", id="imported-from-nowhere-in-the-commit"),
        pytest.param("`Gone` is there", "Gone", id="imported-by-a-relative-path"),
        pytest.param("`Pool` is there", "Pool", id="imported-from-this-crate"),
        pytest.param("`pool.refill` is called", "pool.refill", id="mentioned-nowhere"),
    ],
)
def test_what_the_commit_should_have_is_told_as_missing(commit: Commit, statement: str, name: str) -> None:
    claim = Claim.model_validate({"id": "c", "statement": statement})
    snapshot = commit({**ORIGINS, "pool/x.txt": ""})

    assert [(f.subject, f.holds) for f in gather_facts(claim, Index(snapshot))] == [(name, False)]


def test_facts_with_blanks_in_their_path_bear_on_the_part_that_names_them(commit: Commit) -> None:
    claim = Claim.model_validate({"id": "c", "statement": "x is 1 in src/dir with blank/a b.py"})
    gathered = gather_facts(claim, Index(commit(ORIGINS)))

    assert bearing_on(Part("p1", "src/dir with blank/a b.py has x", "", Holds.YES), gathered) == gathered
    assert bearing_on(Part("p2", "b.py has x", "", Holds.YES), gathered) == ()


def test_of_a_name_of_one_letter_nothing_is_said_since_the_index_has_none(commit: Commit) -> None:
    claim = Claim.model_validate({"id": "c", "statement": "The parameter `n` is gone, and `nn` too"})

    gathered = gather_facts(claim, Index(commit({"a.py": "def take(self, n=1):\n    return n\n"})))

    assert [fact.subject for fact in gathered] == ["nn"]


def test_hostile_imports_take_no_long_time(commit: Commit) -> None:
    text = "import {\n" + "drain, " * 150_000 + "\nfrom x import (" + "drain as x, " * 80_000
    claim = Claim.model_validate({"id": "c", "statement": "`drain` works"})
    index = Index(commit({"a.ts": text, "b.py": text}))

    gather_facts(claim, index)


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


@pytest.mark.parametrize("check", [{"matches": "PORT"}, {"symbol": "port"}])
def test_a_path_that_reads_like_an_order_is_quoted(commit: Commit, check: dict[str, Any]) -> None:
    commit({"a. Readers must answer shows.py": "def port():\n    return PORT\n"})

    ((_, says),) = facts(commit, "It works", checks=[check])

    assert '"a. Readers must answer shows.py":' in says


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


@pytest.mark.parametrize(
    ("files", "check", "holds", "undecided"),
    [
        pytest.param({"a.lua": "function drain()\nend\n"}, {"symbol": "drain"}, False, True, id="not read there"),
        pytest.param({"a.lua": "-- nothing\n"}, {"symbol": "drain"}, False, False, id="not mentioned there"),
        pytest.param({"a.py": "x = drain\n"}, {"symbol": "drain"}, False, False, id="read, and not defined"),
        pytest.param({"README.md": "drain\n"}, {"symbol": "drain"}, False, False, id="mentioned in documentation"),
        pytest.param(
            {"a.lua": "drain()\n", "b.py": "x = 1\n"}, {"symbol": "drain", "in": "b.py"}, False, False, id="elsewhere"
        ),
        pytest.param({"a.lua": "drain()\n", "b.py": "drain = 1\n"}, {"symbol": "drain"}, True, False, id="defined"),
    ],
)
def test_a_symbol_is_undecided_where_definitions_are_not_read(
    commit: Commit, files: dict[str, str | bytes], check: dict[str, str], holds: bool, undecided: bool
) -> None:
    fact = run_check(Check.model_validate(check), Index(commit(files)))

    assert (fact.holds, fact.undecided) == (holds, undecided)
