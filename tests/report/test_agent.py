"""For a coding agent and for programs: what would prove each open part, and one ruling a line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING, hostile
from tests.report.run_records import (
    ERROR,
    EVERYTHING,
    FULLY,
    NO_ABSENT,
    PLAIN,
    YES_ALONE,
    absent,
    cited,
    lost,
    part,
    ruled,
    run,
)
from verifier.records.document import as_document
from verifier.report import json_lines
from verifier.report.agent import render
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceStanding, Hit, Standing
from verifier.values.ruling import RuledPart, State
from verifier.values.verdict import Holds, Role


def steps(one: RuledPart, **given: Any) -> list[str]:
    """What the agent is told to do about one part."""
    page = render(run(ruled("a", "x", Word.UNPROVEN, "y", one, **given)))
    return [line.removeprefix("    - ") for line in page.split("\n") if line.startswith("    - ")]


def test_a_list_is_as_expected() -> None:
    assert_as_expected("everything.agent.txt", render(EVERYTHING))


def test_where_nothing_is_open_one_line_says_so() -> None:
    assert render(PLAIN) == "0 of 1 claim of claims/pool.yaml open at commit 4b825dc642cb\n"


def test_what_is_resolved_is_not_spoken_of() -> None:
    assert "pool-drains" not in render(run(FULLY, ERROR))


def test_an_error_is_not_said_of_the_code() -> None:
    page = render(run(ERROR))

    assert 'not judged, which says nothing of the code: "shutdown": the reply cannot be read' in page
    assert "    - " not in page


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            part(
                1,
                "x",
                Holds.NO,
                State.REFUTED,
                "z",
                citations=(cited("a.py", 2, 2, "    while True:\n        go()", role=Role.CONTRADICTS),),
            ),
            [
                'change a.py:2, which contradicts it: "while True:" ...',
                'or take these words out of the claim: "x"',
            ],
            id="contradicted",
        ),
        pytest.param(
            part(1, "x", Holds.NO, State.REFUTED, NO_ABSENT, absences=(absent("bcrypt"), absent("z", pertinent=False))),
            [
                'add it and commit it: nothing matches "bcrypt" in the whole commit',
                'or take these words out of the claim: "x"',
            ],
            id="absent",
        ),
        pytest.param(
            part(1, "x", Holds.PARTLY, State.PARTLY, "z", why="No limit.", citations=(cited("a.py", 3, 3, "go()"),)),
            ['complete what is begun at a.py:3: "go()"', "missing, as the model says: No limit."],
            id="begun",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.NO,
                State.UNPROVEN,
                "z",
                absences=(
                    absent(
                        "bypass",
                        standing=AbsenceStanding.CONTESTED,
                        contesting=1,
                        hits=(Hit("a.go", 3, ""), Hit("b.md", 1, "", excused="prose")),
                    ),
                ),
            ),
            ['remove what matches "bypass" in the whole commit, or let the claim allow it: 1 line: a.go:3'],
            id="contested",
        ),
    ],
)
def test_each_open_part_is_told_what_would_prove_it(given: RuledPart, told: list[str]) -> None:
    assert steps(given) == told


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        pytest.param(
            cited("a.py", 7, 7, "def f(): ...", stub="its body is empty", why_not=("a stub",)),
            "fill in the stub at a.py:7: its body is empty",
            id="a stub",
        ),
        pytest.param(
            cited("README.md", 7, 7, "It does.", why_not=("only documentation",)),
            "README.md:7 alone does not prove it: only documentation",
            id="words alone",
        ),
        pytest.param(
            lost("gone.py", 1, 1, "x", Standing.NO_SUCH_FILE),
            "gone.py is not in the commit; commit it, or name the right file",
            id="a file that was not committed",
        ),
    ],
)
def test_what_does_not_count_is_told_with_what_is_always_told(citation: Any, told: str) -> None:
    found = steps(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, citations=(citation,)))

    assert found[0] == told
    assert found[1].startswith("it is proven by lines of code")


def test_a_quote_that_the_model_invented_is_no_matter_of_the_agent() -> None:
    invented = lost("a.py", 1, 1, "x", Standing.NOT_FOUND)

    (told,) = steps(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, citations=(invented,)))

    assert told.startswith("it is proven by lines of code")


@pytest.mark.parametrize(
    ("required", "holds", "about", "said"),
    [
        pytest.param(True, False, "p1", True, id="failed and about the part"),
        pytest.param(True, False, None, True, id="failed and a part of its own"),
        pytest.param(True, True, "p1", False, id="one that holds"),
        pytest.param(False, False, "p1", False, id="an optional one"),
    ],
)
def test_a_failed_check_is_to_be_made_to_hold(required: bool, holds: bool, about: str | None, said: bool) -> None:
    check = Fact(
        kind=FactKind.CHECK, subject="x", holds=holds, says="symbol f: undefined", part=about, required=required
    )
    ruling = ruled("a", "x", Word.NOT, "y", part(1, "x", Holds.NO, State.REFUTED, "z"), facts=(check,))

    assert ("make the claim's check hold: symbol f: undefined" in render(run(ruling))) is said


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_adds_no_line(text: str) -> None:
    plain, page = (render(hostile(given)).split("\n") for given in ("word", text))

    def indents(lines: list[str]) -> list[int]:
        return [len(line) - len(line.lstrip(" ")) for line in lines]

    assert indents(page) == indents(plain)


# JSON Lines.


def test_lines_are_as_expected() -> None:
    assert_as_expected("everything.jsonl", json_lines.render(EVERYTHING))


def test_each_line_is_one_ruling_with_its_run() -> None:
    lines = [json.loads(line) for line in json_lines.render(EVERYTHING).splitlines()]

    assert [line.pop("run")["commit"] for line in lines] == [EVERYTHING.repository.commit] * 5
    assert lines == as_document(EVERYTHING)["rulings"]


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_no_text_ends_a_line(text: str) -> None:
    record = hostile(text)
    lines = json_lines.render(record).splitlines()

    assert [json.loads(line)["statement"] for line in lines] == [ruling.statement for ruling in record.rulings]


def test_a_run_without_claims_has_no_line() -> None:
    assert json_lines.render(run()) == ""
