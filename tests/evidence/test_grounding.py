"""Citations looked up in a commit: how they stand, what they quote, and whether a ruling may rest on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import Commit
from verifier.evidence.grounding import SMALL_FILE_LINES, ground
from verifier.repository.index import Index
from verifier.values.grounding import Standing, TextKind
from verifier.values.source import Lines
from verifier.values.verdict import Citation, Holds, Part, Role

POOL = '''"""A pool that drains itself and logs it."""

import logging


class Pool:
    """Drains on shutdown."""

    def __init__(self):
        self.items = []

    def drain(self):
        # drain retries three times
        while self.items:
            self.close_one(self.items.pop())

    def close_one(self, item):
        item.shutdown(timeout=30)

    def refill(self):
        raise NotImplementedError


MAX_IDLE = 30
'''
MAIN = "from pool import Pool\n\n\ndef stop(pool: Pool):\n    pool.drain()\n"
TEST = "from pool import Pool\n\n\ndef test_drain():\n    assert Pool().drain() is None\n"
README = "# Pool\n\nThe pool drains on shutdown.\n"
FILES = {"pool.py": POOL, "main.py": MAIN, "tests/test_pool.py": TEST, "README.md": README}

DRAINS = Part("p1", "the pool closes every item on shutdown", "", Holds.YES)


def cite(path: str, first: int, quote: str, last: int | None = None, role: Role = Role.SUPPORTS) -> Citation:
    lines = quote.count("\n") + 1
    return Citation(path, first, first + lines - 1 if last is None else last, quote, role)


LOOP = "        while self.items:\n            self.close_one(self.items.pop())"


@pytest.mark.parametrize(
    ("citation", "standing", "found"),
    [
        pytest.param(cite("pool.py", 14, LOOP), Standing.EXACT, (Lines(14, 15),), id="exact"),
        pytest.param(cite("pool.py", 2, LOOP), Standing.MOVED, (Lines(14, 15),), id="moved"),
        pytest.param(cite("pool.py", 900, LOOP), Standing.MOVED, (Lines(14, 15),), id="moved from outside the file"),
        pytest.param(cite("pool.py", 14, LOOP, last=20), Standing.MOVED, (Lines(14, 15),), id="a wider range"),
        pytest.param(cite("pool.py", 14, LOOP.strip()), Standing.NOT_FOUND, (), id="tidied"),
        pytest.param(cite("main.py", 4, LOOP), Standing.NOT_FOUND, (), id="from another file"),
        pytest.param(cite("pool.py", 60, "x = 1"), Standing.OUTSIDE_FILE, (), id="outside the file"),
        pytest.param(cite("pools.py", 14, LOOP), Standing.NO_SUCH_FILE, (), id="no such file"),
        pytest.param(cite("../pool.py", 14, LOOP), Standing.NO_SUCH_FILE, (), id="a path out of the commit"),
        pytest.param(cite("/etc/passwd", 1, "root"), Standing.NO_SUCH_FILE, (), id="a path of the machine"),
        pytest.param(
            replace(cite("pool.py", 3, ""), malformed="the quote is empty"), Standing.MALFORMED, (), id="malformed"
        ),
    ],
)
def test_a_citation_stands_as_the_commit_has_it(
    commit: Commit, citation: Citation, standing: Standing, found: tuple[Lines, ...]
) -> None:
    grounding = ground(citation, DRAINS, Index(commit(FILES)))

    assert (grounding.standing, grounding.found) == (standing, found)
    assert grounding.counts == (standing in (Standing.EXACT, Standing.MOVED))


def test_a_wrong_path_is_shown_the_near_one(commit: Commit) -> None:
    assert ground(cite("src/pool.py", 14, LOOP), DRAINS, Index(commit(FILES))).near_path == "pool.py"


def test_a_quote_that_is_not_there_is_shown_what_is(commit: Commit) -> None:
    grounding = ground(cite("pool.py", 24, "MAX_IDLE = 60"), DRAINS, Index(commit(FILES)))

    assert grounding.true_text == "MAX_IDLE = 30"


@pytest.mark.parametrize(
    ("citation", "part", "kind", "why_not"),
    [
        pytest.param(cite("pool.py", 14, LOOP), "the pool closes items", TextKind.CODE, None, id="code"),
        pytest.param(
            cite("pool.py", 13, "        # drain retries three times"), "drain retries", TextKind.PROSE,
            "only comment", id="a comment",
        ),
        pytest.param(
            cite("pool.py", 7, '    """Drains on shutdown."""'), "the pool drains", TextKind.PROSE, "only comment",
            id="a docstring",
        ),
        pytest.param(
            cite("README.md", 3, "The pool drains on shutdown."), "the pool drains", TextKind.PROSE, "only comment",
            id="a README",
        ),
        pytest.param(
            cite("README.md", 3, "The pool drains on shutdown."), "the README documents draining", TextKind.PROSE, None,
            id="a README for a part about it",
        ),
        pytest.param(
            cite("pool.py", 7, '    """Drains on shutdown."""'), "the docstring of Pool says that it drains",
            TextKind.PROSE, None, id="a docstring for a part about it",
        ),
        pytest.param(
            cite("tests/test_pool.py", 5, "    assert Pool().drain() is None"), "the pool drains", TextKind.TEST,
            "only a test", id="a test",
        ),
        pytest.param(
            cite("tests/test_pool.py", 5, "    assert Pool().drain() is None"), "a unit test covers draining",
            TextKind.TEST, None, id="a test for a part about it",
        ),
        pytest.param(
            cite("pool.py", 13, "        # drain retries three times\n        while self.items:"), "the pool drains",
            TextKind.CODE, None, id="code with a comment",
        ),
        pytest.param(
            cite("pool.py", 20, "    def refill(self):\n        raise NotImplementedError"), "the pool refills",
            TextKind.CODE, "a stub", id="a stub",
        ),
        pytest.param(
            cite("pool.py", 20, "    def refill(self):\n        raise NotImplementedError", role=Role.CONTRADICTS),
            "the pool refills", TextKind.CODE, None, id="a stub that contradicts",
        ),
        pytest.param(
            cite("pool.py", 6, "class Pool:"), "`Pool` is a class", TextKind.CODE, None, id="a class with a stub in it"
        ),
        pytest.param(
            cite("pool.py", 1, POOL.rstrip("\n")), "the pool drains", TextKind.CODE, "the whole file",
            id="the whole file",
        ),
        pytest.param(
            cite("pool.py", 14, LOOP), "`ConnectionBroker` closes items", TextKind.CODE, "beside the point",
            id="none of the names",
        ),
        pytest.param(
            cite("pool.py", 14, LOOP), "`Pool.drain` closes items", TextKind.CODE, None, id="the definition around"
        ),
        pytest.param(
            cite("pool.py", 14, LOOP), "items get a shutdown with `timeout=30`", TextKind.CODE, None,
            id="in a definition that is called",
        ),
        pytest.param(
            cite("main.py", 5, "    pool.drain()"), "`MAX_IDLE` bounds the pool", TextKind.CODE, "beside the point",
            id="named in the file that is called, but not in the definition",
        ),
        pytest.param(
            cite("pool.py", 24, "MAX_IDLE = 30"), "at most 30 connections idle", TextKind.CODE, None, id="the number"
        ),
        pytest.param(
            cite("pool.py", 24, "MAX_IDLE = 30"), "at most 300 connections idle", TextKind.CODE, "beside the point",
            id="another number",
        ),
        pytest.param(
            cite("pool.py", 14, LOOP), "`drain` retries with `drains_all`", TextKind.CODE, None, id="one name of two"
        ),
        pytest.param(
            cite("pool.py", 24, "MAX_IDLE = 30"), "`IDLE` is bounded", TextKind.CODE, "beside the point",
            id="a name inside another",
        ),
    ],
)  # fmt: skip
def test_a_citation_counts_when_it_shows_what_the_part_is_about(
    commit: Commit, citation: Citation, part: str, kind: TextKind, why_not: str | None
) -> None:
    grounding = ground(citation, Part("p1", part, "", Holds.YES), Index(commit(FILES)))

    assert grounding.kind is kind
    assert grounding.standing is Standing.EXACT
    if why_not is None:
        assert grounding.why_not == ()
    else:
        assert why_not in "; ".join(grounding.why_not)


@pytest.mark.parametrize("quote", ["}", "    )", "else:", "        pass", "{"])
def test_a_quote_that_says_nothing_is_no_evidence(commit: Commit, quote: str) -> None:
    index = Index(commit({"a.js": f"function drain() {{\n{quote}\nreturn items.close()\n}}\n"}))

    grounding = ground(cite("a.js", 2, quote), DRAINS, index)

    assert grounding.standing is Standing.EXACT
    assert "quotes nothing but punctuation" in grounding.why_not


def test_a_small_file_may_be_cited_whole(commit: Commit) -> None:
    text = "\n".join(f"ITEM_{n} = close({n})" for n in range(SMALL_FILE_LINES))
    index = Index(commit({"items.py": text + "\n"}))

    assert ground(cite("items.py", 1, text), DRAINS, index).counts


def test_an_elision_over_half_the_file_points_at_nothing(commit: Commit) -> None:
    body = "\n".join(f"    close({n})" for n in range(90))
    index = Index(commit({"items.py": f"def drain():\n{body}\n    return done\n\n\n" + "LAST = 1\n" * 30}))

    grounding = ground(Citation("items.py", 1, 92, "def drain():\n...\n    return done"), DRAINS, index)

    assert grounding.standing is Standing.EXACT
    assert grounding.why_not == ("spans 92 lines for a quote of 3",)


def test_a_definition_that_nothing_refers_to_is_warned_of_but_counts(commit: Commit) -> None:
    lonely = "def drain_everything(pool):\n    pool.close()\n"
    index = Index(commit({"lonely.py": lonely, "tests/test_lonely.py": "from lonely import drain_everything\n"}))

    grounding = ground(cite("lonely.py", 2, "    pool.close()"), DRAINS, index)

    assert grounding.unreferenced == "drain_everything"
    assert grounding.counts


def test_a_definition_that_is_called_is_not_warned_of(commit: Commit) -> None:
    assert ground(cite("pool.py", 14, LOOP), DRAINS, Index(commit(FILES))).unreferenced is None


def test_verifiers_own_files_cannot_be_cited(commit: Commit) -> None:
    index = Index(commit({**FILES, "claims/pool.yaml": "x: the pool drains\n"}, own=("claims/pool.yaml",)))

    assert ground(cite("claims/pool.yaml", 1, "x: the pool drains"), DRAINS, index).standing is Standing.NO_SUCH_FILE
