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
    NO,
    PLAIN,
    SILENT,
    YES_ALONE,
    absent,
    cited,
    lost,
    part,
    ruled,
    run,
    settled,
)
from verifier.records.document import as_document
from verifier.report import json_lines
from verifier.report.agent import render
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Hit, Standing
from verifier.values.reading import Settles
from verifier.values.record import PolicyRecord
from verifier.values.ruling import RuledPart, State
from verifier.values.verdict import Holds, Role
from verifier.wording.changing import says_gone


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

    assert 'without a ruling, which says nothing of the code: "shutdown": the reply cannot be read' in page
    assert "    - " not in page


def found(*hits: Hit, total: int = 0, **given: Any) -> AbsenceFinding:
    """A search that found something."""
    return absent("bypass", standing=AbsenceStanding.HITS, hits=hits, total=total or len(hits), **given)


IN_CODE = Hit("a.go", 109, "\tbypass()")
IN_A_NAME = Hit("lib/bypass.jar", 0, "lib/bypass.jar", "path")
IN_A_COMMENT = Hit("a.go", 3, "// bypass", "comment")
IN_A_TEST = Hit("a_test.go", 3, "bypass()", "test")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            part(
                1,
                "x",
                Holds.NO,
                State.REFUTED,
                NO,
                citations=(cited("a.py", 2, 2, "    while True:\n        go()", role=Role.CONTRADICTS),),
                reading=settled(Settles.REFUTES, "It has no end."),
            ),
            [
                'change or delete a.py:2, which speaks against it: "while True:" ...',
                'or take these words out of the claim: "x"',
            ],
            id="contradicted",
        ),
        pytest.param(
            part(1, "x", Holds.NO, State.REFUTED, NO, absences=(absent("bcrypt"), found(IN_A_COMMENT, IN_A_TEST))),
            [
                'add it and commit it: no code matches "bcrypt" in the whole commit, nor "bypass" in the whole commit',
                'or take these words out of the claim: "x"',
            ],
            id="lacking, whatever comments and tests say",
        ),
        pytest.param(
            part(1, "x", Holds.NO, State.REFUTED, NO, absences=(found(IN_CODE, IN_A_COMMENT),)),
            [
                'if it is to be gone, delete line 109 of a.go: it matches "bypass" in the whole commit, '
                "of 2 hits in all",
                'or take these words out of the claim: "x"',
            ],
            id="said to be lacking, and found, in both readings",
        ),
        pytest.param(
            part(
                1,
                "`bypass` is gone",
                Holds.NO,
                State.REFUTED,
                NO,
                absences=(found(IN_CODE),),
                citations=(cited("a.go", 109, 110, "\tbypass()\n\tdone()", role=Role.CONTRADICTS),),
            ),
            [
                'delete lines 109-110 of a.go, which is still there: "bypass()" ...',
                'delete line 109 of a.go: it matches "bypass" in the whole commit',
                'or take these words out of the claim: "`bypass` is gone"',
            ],
            id="said to be gone, and still there, in both readings",
        ),
        pytest.param(
            part(
                1,
                "The bypass was removed",
                Holds.YES,
                State.UNPROVEN,
                "z",
                absences=(absent("bypass_v2"),),
                reading=settled(Settles.SILENT, "The pattern is too narrow."),
                near=(IN_CODE, IN_A_COMMENT),
            ),
            [
                "if one of these is what is left of it, delete line 109 of a.go",
                "a second reader finds that the evidence does not settle it: The pattern is too narrow.",
            ],
            id="said to be gone, and something comes near",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.NO,
                State.REFUTED,
                NO,
                facts=(Fact(FactKind.PATH, "b.py", holds=False, says='"b.py" is not there', can_be_cited=False),),
            ),
            ['commit it, or name the right path: "b.py" is not there', 'or take these words out of the claim: "x"'],
            id="a place that is not there",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.PARTLY,
                State.PARTLY,
                "z",
                why="No limit.",
                citations=(cited("a.py", 3, 3, "go()"),),
                reading=settled(Settles.SHOWS_PARTLY, missing="The limit."),
            ),
            [
                'complete what is begun at a.py:3: "go()"',
                "what lacks, as the model says: No limit.",
                "show what a second reader would have to see: The limit.",
            ],
            id="begun",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.YES,
                State.UNPROVEN,
                "z",
                absences=(found(IN_CODE, IN_A_NAME, IN_A_COMMENT),),
                reading=settled(Settles.REFUTES, "Line 109 is it."),
            ),
            [
                'delete line 109 of a.go, lib/bypass.jar: it matches "bypass" in the whole commit, of 3 hits in all',
                "a second reader finds that the evidence refutes it: Line 109 is it.",
            ],
            id="said to be gone, and found",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.NO,
                State.UNPROVEN,
                "z",
                absences=(found(IN_CODE, IN_A_COMMENT),),
                reading=settled(Settles.SILENT, "Line 7 may be it."),
                near=(Hit("b.go", 7, "func skip() {"),),
            ),
            [
                "if one of these is it, say so in the claim; if none is, add it and commit it: a.go:109, b.go:7",
                "a second reader finds that the evidence does not settle it: Line 7 may be it.",
            ],
            id="said to be lacking, and something comes near",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.YES,
                State.UNPROVEN,
                SILENT,
                citations=(cited("a.py", 3, 3, "go()"),),
                reading=settled(Settles.SILENT, "It calls `go`.", "the body of `go`"),
            ),
            ["show what a second reader would have to see: the body of `go`"],
            id="what a second reader misses",
        ),
        pytest.param(
            part(
                1,
                "x",
                Holds.YES,
                State.UNPROVEN,
                YES_ALONE,
                absences=(absent("z", standing=AbsenceStanding.UNDECIDED, unread=("a.bin: too large", "b: LFS")),),
            ),
            ['what could not be searched for "z" leaves it open: a.bin: too large; b: LFS'],
            id="what could not be searched",
        ),
        pytest.param(
            part(1, "x", Holds.CANNOT_TELL, State.UNPROVEN, "the model cannot tell", outside="requests"),
            ["it rests on requests, which is no part of this commit and cannot be judged in it"],
            id="what rests on a package outside",
        ),
        pytest.param(
            part(1, "x", Holds.CANNOT_TELL, State.UNPROVEN, "the model cannot tell"),
            [
                "it is open because the model cannot tell",
                "name in the claim the file and the definition that it speaks of",
            ],
            id="nothing to go by",
        ),
        pytest.param(
            part(1, "x", Holds.CANNOT_TELL, State.UNPROVEN, "no part says it", open_because="no part says it"),
            ["it is open because no part says it", "say in the claim's `parts:` what is to be judged"],
            id="words that no part says",
        ),
    ],
)
def test_each_open_part_is_told_what_would_settle_it(given: RuledPart, told: list[str]) -> None:
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
            cited("a.py", 7, 7, "go()", dead="after return", why_not=("it never runs",)),
            "let a.py:7 run, which never does: after return",
            id="code that never runs",
        ),
        pytest.param(
            cited("vendor/a.py", 7, 7, "go()", why_not=("the file is vendored",)),
            "vendor/a.py:7 is no evidence: the file is vendored",
            id="what others wrote",
        ),
        pytest.param(
            lost("gone.py", 1, 1, "x", Standing.NO_SUCH_FILE),
            "gone.py is not in the commit; commit it, or name the right file",
            id="a file that was not committed",
        ),
    ],
)
def test_what_does_not_stand_is_told_with_the_way_out(citation: Any, told: str) -> None:
    assert steps(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, citations=(citation,))) == [told]


def test_a_quote_that_the_model_invented_is_no_matter_of_the_agent() -> None:
    invented = lost("a.py", 1, 1, "x", Standing.NOT_FOUND)

    assert steps(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, citations=(invented,))) == [
        "it is open because the model says yes, but none of its evidence stands",
        "name in the claim the file and the definition that it speaks of",
    ]


def test_an_agent_that_may_not_reword_the_claim_is_not_told_to() -> None:
    perhaps = part(1, "x", Holds.NO, State.UNPROVEN, "z", absences=(found(IN_CODE),))
    cannot = part(2, "x", Holds.CANNOT_TELL, State.UNPROVEN, "z")
    refuted = part(3, "x", Holds.NO, State.REFUTED, "z", absences=(absent("y"),))
    policy = PolicyRecord(ref="main", commit="a" * 40)

    page = render(run(ruled("a", "x", Word.UNPROVEN, "y", perhaps, cannot, refuted), policy=policy))

    assert "in the claim" not in page
    assert "out of the claim" not in page


def test_words_that_nobody_judged_stand_with_what_is_claimed() -> None:
    page = render(run(ruled("a", "A robust pool", Word.UNPROVEN, "y", not_judged=("robust", "pool"))))

    assert '  claimed: A robust pool\n  not judged: "robust", "pool"\n' in page


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
    word = "gone" if says_gone(text) else "word"
    plain, page = (render(hostile(given)).split("\n") for given in (word, text))

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
