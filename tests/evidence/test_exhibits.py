"""Exhibits: what of a part's evidence a second reader is shown, how much of it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import Commit
from verifier.evidence.exhibits import exhibits
from verifier.evidence.grounding import ground
from verifier.evidence.searching import search
from verifier.repository.index import Index
from verifier.values.exhibit import MOST_LINES, Excerpt, Exhibit
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing
from verifier.values.ruling import PartEvidence
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation, Holds, Part, Role

POOL = '''"""A pool."""

MAX_IDLE = 30


class Pool:
    def drain(self):
        while self.items:
            self.close_one(self.items.pop())

    def close_one(self, item):
        item.shutdown(timeout=MAX_IDLE)
'''
FILES = {"src/pool.py": POOL, "tests/test_pool.py": "def test_drain():\n    assert Pool().drain() is None\n"}
LOOP = "        while self.items:\n            self.close_one(self.items.pop())"
CLOSE = "        item.shutdown(timeout=MAX_IDLE)"

DRAINS = Part("p1", "the pool drains", "the pool drains", Holds.YES)
LOGS = Part("p2", "it logs", "it logs", Holds.NO)


def nothing_withheld(_: str) -> bool:
    return False


def cited(index: Index, path: str, first: int, quote: str, role: Role = Role.SUPPORTS) -> Grounding:
    return ground(Citation(path, first, first + quote.count("\n"), quote, role), index)


def evidence(*groundings: Grounding, part: Part = DRAINS, absences: tuple[AbsenceFinding, ...] = ()) -> PartEvidence:
    return PartEvidence(part, groundings, absences)


def numbers(exhibit: Exhibit) -> list[int]:
    return [number for excerpt in exhibit.excerpts for number, _ in excerpt.lines]


def test_cited_lines_are_shown_inside_the_headers_that_they_stand_in(commit: Commit) -> None:
    index = Index(commit(FILES))

    (exhibit,) = exhibits([evidence(cited(index, "src/pool.py", 8, LOOP))], index, nothing_withheld)

    (excerpt,) = exhibit.excerpts
    assert (excerpt.path, excerpt.label, excerpt.cited) == ("src/pool.py", "code", (Lines(8, 9),))
    assert {(6, "class Pool:"), (7, "    def drain(self):")} <= set(excerpt.lines)
    assert excerpt.lines[-2:] == tuple(zip((8, 9), LOOP.split("\n"), strict=True))
    assert not {3, 11, 12} & {number for number, _ in excerpt.lines}


def test_lines_are_shown_where_they_stand_and_not_where_they_were_cited(commit: Commit) -> None:
    index = Index(commit(FILES))

    (exhibit,) = exhibits([evidence(cited(index, "src/pool.py", 2, LOOP))], index, nothing_withheld)

    assert exhibit.excerpts[0].cited == (Lines(8, 9),)


def test_what_is_cited_of_one_file_is_one_excerpt_in_its_order(commit: Commit) -> None:
    index = Index(commit(FILES))
    loop, close = cited(index, "src/pool.py", 8, LOOP), cited(index, "src/pool.py", 12, CLOSE, Role.CONTRADICTS)
    test = cited(index, "tests/test_pool.py", 2, "    assert Pool().drain() is None")

    (exhibit,) = exhibits([evidence(close, test, loop, loop)], index, nothing_withheld)

    assert [(e.path, e.label, e.cited) for e in exhibit.excerpts] == [
        ("src/pool.py", "code", (Lines(8, 9), Lines(12, 12))),
        ("tests/test_pool.py", "test", (Lines(2, 2),)),
    ]
    assert numbers(exhibit) == [*sorted(numbers(exhibit)[:-2]), 1, 2]


def test_the_role_of_a_citation_is_not_told(commit: Commit) -> None:
    index = Index(commit(FILES))

    supports, contradicts = (
        exhibits([evidence(cited(index, "src/pool.py", 8, LOOP, role))], index, nothing_withheld)[0] for role in Role
    )

    assert (supports, supports.digest) == (contradicts, contradicts.digest)


@pytest.mark.parametrize(
    ("path", "first", "quote", "label"),
    [
        pytest.param("README.md", 1, "The pool drains.", "comment, docstring or documentation", id="documentation"),
        pytest.param("a.py", 1, "# It drains.", "comment, docstring or documentation", id="a comment"),
        pytest.param("tests/test_a.py", 1, "assert drain()", "test", id="a test"),
        pytest.param("a.py", 2, "x = drain()", "code", id="code"),
    ],
)
def test_an_excerpt_says_what_kind_of_text_it_is(commit: Commit, path: str, first: int, quote: str, label: str) -> None:
    files = {
        "README.md": "The pool drains.\n",
        "a.py": "# It drains.\nx = drain()\n",
        "tests/test_a.py": "assert drain()\n",
    }
    index = Index(commit(files))

    (exhibit,) = exhibits([evidence(cited(index, path, first, quote))], index, nothing_withheld)

    assert [excerpt.label for excerpt in exhibit.excerpts] == [label]


def test_a_stub_that_speaks_against_the_part_is_called_one(commit: Commit) -> None:
    stub = "    def drain(self):\n        raise NotImplementedError"
    index = Index(commit({"pool.py": f"class Pool:\n{stub}\n\n    def close(self):\n        self.items.clear()\n"}))

    (exhibit,) = exhibits([evidence(cited(index, "pool.py", 2, stub, Role.CONTRADICTS))], index, nothing_withheld)

    assert exhibit.excerpts[0].label == "code, a stub: only says that it is not implemented"


def test_what_does_not_stand_is_not_shown(commit: Commit) -> None:
    index = Index(commit(FILES))
    invented = cited(index, "src/pool.py", 8, "        self.items.clear()")
    elsewhere = cited(index, "src/other.py", 8, LOOP)
    bad = AbsenceFinding(Absence(""), AbsenceStanding.BAD_PATTERN, problem="the pattern is empty")

    (exhibit,) = exhibits([evidence(invented, elsewhere, absences=(bad,))], index, nothing_withheld)

    assert exhibit == Exhibit(DRAINS)


def test_a_search_is_shown_with_what_it_found_and_what_it_could_not_read(commit: Commit) -> None:
    index = Index(commit({**FILES, "data.bin": b"\x00\x01\x02"}))
    searches = [search(Absence(p), index, withheld=nothing_withheld) for p in ("shutdown", "log_to", "")]
    assert [s.standing for s in searches] == ["hits", "undecided", "bad_pattern"]
    near = (Hit("src/pool.py", 7, "    def drain(self):"),)

    (exhibit,) = exhibits(
        [PartEvidence(LOGS, absences=tuple(searches), near=near, near_total=4)], index, nothing_withheld
    )

    assert exhibit == Exhibit(LOGS, absences=tuple(searches[:2]), near=near, near_total=4)


# What the names in it stand for.


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({}, [("src/pool.py", ((3, "MAX_IDLE = 30"),))], id="in the same file"),
        pytest.param(
            {"src/pool.py": POOL.replace("MAX_IDLE = 30\n", ""), "src/limits.py": "MAX_IDLE = 40\n"},
            [("src/limits.py", ((1, "MAX_IDLE = 40"),))],
            id="in the only other file",
        ),
        pytest.param(
            {"src/pool.py": POOL.replace("MAX_IDLE = 30\n", ""), "a.py": "MAX_IDLE = 1\n", "b.py": "MAX_IDLE = 2\n"},
            [],
            id="in two others, and nobody knows which",
        ),
        pytest.param(
            {"src/pool.py": POOL.replace("MAX_IDLE = 30\n", ""), "secret/limits.py": "MAX_IDLE = 40\n"},
            [],
            id="in a file that is kept back",
        ),
        pytest.param({"src/pool.py": POOL.replace("MAX_IDLE = 30\n", "")}, [], id="nowhere"),
    ],
)
def test_constants_that_the_cited_lines_use_are_shown(
    commit: Commit, files: dict[str, str], found: list[tuple[str, tuple[tuple[int, str], ...]]]
) -> None:
    given = FILES | files
    index = Index(commit(given))
    line = given["src/pool.py"].split("\n").index(CLOSE) + 1

    (exhibit,) = exhibits(
        [evidence(cited(index, "src/pool.py", line, CLOSE))], index, lambda path: path.startswith("secret/")
    )

    assert [(e.path, e.lines) for e in exhibit.definitions] == found
    assert {e.label for e in exhibit.definitions} <= {"definition of MAX_IDLE"}
    assert all(e.cited == () for e in exhibit.definitions)


def test_a_constant_that_only_tests_have_is_labelled_so(commit: Commit) -> None:
    pool = POOL.replace("MAX_IDLE = 30\n", "")
    index = Index(commit(FILES | {"src/pool.py": pool, "tests/test_pool.py": "MAX_IDLE = 40\n"}))
    line = pool.split("\n").index(CLOSE) + 1

    (exhibit,) = exhibits([evidence(cited(index, "src/pool.py", line, CLOSE))], index, lambda _: False)

    assert [e.label for e in exhibit.definitions] == ["test; definition of MAX_IDLE"]


def test_of_many_places_of_a_name_the_nearest_are_shown(commit: Commit) -> None:
    text = "".join(
        f"class C{n}:\n    limit = {n}\n\n    def most(self):\n        return self.limit\n\n\n" for n in range(5)
    )
    index = Index(commit({"a.py": text}))
    last = len(text.rstrip().split("\n"))

    (exhibit,) = exhibits([evidence(cited(index, "a.py", last, "        return self.limit"))], index, nothing_withheld)

    shown = [line for e in (*exhibit.excerpts, *exhibit.definitions) for _, line in e.lines]
    assert "    limit = 4" in shown
    assert "    limit = 0" not in shown


def test_a_constant_that_is_cited_too_is_shown_once(commit: Commit) -> None:
    index = Index(commit(FILES))
    both = cited(index, "src/pool.py", 12, CLOSE), cited(index, "src/pool.py", 3, "MAX_IDLE = 30")

    (exhibit,) = exhibits([evidence(*both)], index, nothing_withheld)

    assert exhibit.definitions == ()


def test_comments_among_cited_code_are_named(commit: Commit) -> None:
    text = "def drain(pool):\n    # closes every item\n    # and logs it\n    pool.close()\n"
    index = Index(commit({"a.py": text}))

    (exhibit,) = exhibits(
        [evidence(cited(index, "a.py", 2, "\n".join(text.split("\n")[1:4])))], index, nothing_withheld
    )

    assert [e.label for e in exhibit.excerpts] == ["code; lines 2-3 comment"]


# How much of it.


def test_lines_of_all_parts_are_bounded_and_what_is_left_out_is_said(commit: Commit) -> None:
    body = "\n".join(f"    step({n})" for n in range(1, 700))
    index = Index(commit({"long.py": f"def run():\n{body}\n"}))
    lines = body.split("\n")
    groundings = [cited(index, "long.py", 2 + at, "\n".join(lines[at : at + 12])) for at in range(0, 660, 12)]
    assert all(g.standing is Standing.EXACT for g in groundings)

    first, second = exhibits(
        [evidence(*groundings[:30]), evidence(*groundings[30:], part=LOGS)], index, nothing_withheld
    )

    assert len(numbers(first)) + len(numbers(second)) <= MOST_LINES
    assert [len(one.left_out) for one in (first, second)] == [18, 13]
    assert first.left_out[0] == "long.py, lines 146-157"


def test_lines_of_many_parts_are_bounded_too(commit: Commit) -> None:
    index = Index(commit({"a.py": "".join(f"x{n} = {n}\n" for n in range(480))}))
    quotes = {12 * n + 1: "\n".join(f"x{12 * n + at} = {12 * n + at}" for at in range(12)) for n in range(40)}
    parts = [evidence(cited(index, "a.py", first, quote)) for first, quote in quotes.items()]

    made = exhibits(parts, index, nothing_withheld)

    assert sum(len(numbers(exhibit)) for exhibit in made) <= MOST_LINES
    assert any(exhibit.left_out for exhibit in made)


def test_room_that_one_part_does_not_need_goes_to_the_next(commit: Commit) -> None:
    body = "\n".join(f"    step({n})" for n in range(1, 700))
    index = Index(commit({**FILES, "long.py": f"def run():\n{body}\n"}))
    lines = body.split("\n")
    groundings = [cited(index, "long.py", 2 + at, "\n".join(lines[at : at + 12])) for at in range(0, 264, 12)]

    _, second = exhibits(
        [evidence(cited(index, "src/pool.py", 8, LOOP)), evidence(*groundings, part=LOGS)], index, nothing_withheld
    )

    assert second.left_out == ()


def test_a_citation_that_does_not_fit_bars_no_later_one(commit: Commit) -> None:
    body = "\n".join(f"    step({n})" for n in range(1, 700))
    index = Index(commit({**FILES, "long.py": f"def run():\n{body}\n"}))
    lines = body.split("\n")
    wide = cited(index, "long.py", 2, "\n".join(lines[:400]))

    (exhibit,) = exhibits([evidence(wide, cited(index, "src/pool.py", 8, LOOP))], index, nothing_withheld)

    assert [e.path for e in exhibit.excerpts] == ["src/pool.py"]
    assert exhibit.left_out == ("long.py, lines 2-401",)


def test_a_line_without_end_takes_the_room_of_many(commit: Commit) -> None:
    lines = [f"x{n} = '{'a' * 1990}'" for n in range(40)]
    index = Index(commit({"long.py": "\n".join([*lines, *["y = 1"] * 40]) + "\n"}))
    groundings = [cited(index, "long.py", n + 1, line) for n, line in enumerate(lines)]

    (exhibit,) = exhibits([evidence(*groundings)], index, nothing_withheld)

    assert len(numbers(exhibit)) == 17
    assert len(exhibit.left_out) == 23


def test_searches_without_end_are_bounded_too(commit: Commit) -> None:
    index = Index(commit({"a.py": "retry()\n" * 50}))
    found = search(Absence("retry"), index, withheld=nothing_withheld)
    absences = tuple(replace(found, absence=Absence(f"retry {n}")) for n in range(60))

    (exhibit,) = exhibits([evidence(absences=absences)], index, nothing_withheld)

    assert len(exhibit.absences) == MOST_LINES // 9
    assert exhibit.left_out[0] == "the search for retry 33"


# When it is the same.


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"part": replace(DRAINS, text="the pool drains in time")}, id="other words"),
        pytest.param({"excerpts": (Excerpt("pool.py", "code", ((9, "drain()"),), (Lines(9, 9),)),)}, id="other lines"),
        pytest.param({"excerpts": (Excerpt("pool.py", "test", ((8, "drain()"),), (Lines(8, 8),)),)}, id="other label"),
        pytest.param({"definitions": (Excerpt("pool.py", "definition of X", ((1, "X = 1"),)),)}, id="a definition"),
        pytest.param({"absences": (AbsenceFinding(Absence("log"), AbsenceStanding.CONFIRMED),)}, id="a search"),
        pytest.param({"near": (Hit("a.py", 1, "log()"),)}, id="a near line"),
        pytest.param({"left_out": ("long.py, lines 2-401",)}, id="something left out"),
    ],
)
def test_other_evidence_has_another_digest(other: dict[str, object]) -> None:
    given = Exhibit(DRAINS, (Excerpt("pool.py", "code", ((8, "drain()"),), (Lines(8, 8),)),))

    assert replace(given, **other).digest != given.digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(replace(DRAINS, holds=Holds.NO), id="the first reader's answer"),
        pytest.param(replace(DRAINS, why="since I say so"), id="its reason"),
        pytest.param(replace(DRAINS, citations=(Citation("a.py", 1, 1, "x"),)), id="what it cited in vain"),
    ],
)
def test_what_is_not_shown_makes_no_other_evidence(part: Part) -> None:
    assert Exhibit(part).digest == Exhibit(DRAINS).digest
