"""Replies read as verdicts, or refused with the reply kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evidence.replies import absence, citation, part, verdict
from verifier.errors import ReplyError
from verifier.evidence.parsing import MOST_PARTS, parse_verdict
from verifier.values.prompt import Reply, Source
from verifier.values.verdict import Absence, Citation, Holds, Part, Role, Syntax, VerdictWord


def reply(text: str) -> Reply:
    return Reply(text, Source.LIVE, "gemini-3.8-flash")


def test_a_reply_is_read_to_the_last_citation() -> None:
    text = verdict(
        part(
            "the pool drains",
            "partly",
            citation("pool.py", 3, 4, "def drain():\n    pass", "contradicts"),
            absence("drain|empty", "src/**", syntax="ere"),
        ),
        word="PARTIALLY RESOLVED",
        needs=["src/queue.py"],
    )

    read = parse_verdict(reply(text), "pool-drains")

    assert read.parts == (
        Part(
            "p1",
            "the pool drains",
            "the pool drains",
            Holds.PARTLY,
            "so the code says",
            (Citation("pool.py", 3, 4, "def drain():\n    pass", Role.CONTRADICTS),),
            (Absence("drain|empty", Syntax.ERE, ("src/**",), "it would be named so"),),
        ),
    )
    assert [need.path for need in read.needs] == ["src/queue.py"]
    assert read.word is VerdictWord.PARTIALLY


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        pytest.param(citation("pool.py", 3, 3, "  "), "the quote is empty", id="empty quote"),
        pytest.param(citation("", 3, 3, "x"), "the path is empty", id="empty path"),
        pytest.param(citation("pool.py", 0, 3, "x"), "lines are counted from 1", id="line nought"),
        pytest.param(citation("pool.py", 9, 3, "x"), "the range is reversed", id="reversed range"),
        pytest.param({"path": "pool.py", "quote": "x"}, "first_line", id="no lines"),
        pytest.param(citation("pool.py", 1, 1, "x") | {"first_line": "eight"}, "first_line", id="a word for a line"),
        pytest.param(citation("pool.py", 1, 1, "x", "proves"), "role", id="an unknown role"),
        pytest.param("pool.py:3", "valid dictionary", id="a string for a citation"),
    ],
)
def test_a_malformed_citation_costs_itself_alone(raw: Any, what: str) -> None:
    good = citation("pool.py", 3, 3, "def drain():")
    made = part("the pool drains", "yes")
    made["citations"] = [raw, good]

    bad, kept = parse_verdict(reply(verdict(made)), "pool-drains").parts[0].citations

    assert bad.malformed is not None
    assert what in bad.malformed
    assert kept == Citation("pool.py", 3, 3, "def drain():")


def test_a_malformed_absence_costs_itself_alone() -> None:
    made = part("the pool drains", "no", absence("drain"))
    made["absences"].append({"pattern": "empty", "syntax": "perl", "paths": [], "why": ""})

    good, bad = parse_verdict(reply(verdict(made)), "pool-drains").parts[0].absences

    assert good.malformed is None
    assert bad.malformed is not None
    assert "syntax" in bad.malformed


HOLDS = part("the pool drains", "yes")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("The claim is true.", "not JSON", id="prose"),
        pytest.param(f"```json\n{verdict(HOLDS)}\n```", "not JSON", id="fenced"),
        pytest.param(verdict(HOLDS)[:-30], "not JSON", id="truncated"),
        pytest.param("[" * 100_000, "nested too deeply", id="nested without end"),
        pytest.param("[]", "the whole", id="a list"),
        pytest.param("null", "the whole", id="null"),
        pytest.param(verdict(), "it has no parts", id="no parts"),
        pytest.param(verdict(part("x", "perhaps")), "holds", id="an unknown answer"),
        pytest.param(verdict(HOLDS, word="DONE"), "verdict", id="an unknown verdict"),
        pytest.param(verdict(HOLDS, HOLDS), "two parts have one id", id="an id twice"),
        pytest.param(verdict(part("x", "yes", part_id="1")), "is not p1, p2", id="an id of another kind"),
        pytest.param(verdict(part(" ", "yes")), "has no text", id="a part without words"),
        pytest.param(
            verdict(*(part("x", "yes", part_id=f"p{n}") for n in range(1, MOST_PARTS + 2))),
            "parts, more",
            id="shredded",
        ),
    ],
)
def test_a_reply_that_is_no_verdict_is_refused_and_kept(text: str, what: str) -> None:
    with pytest.raises(ReplyError, match="pool-drains") as caught:
        parse_verdict(reply(text), "pool-drains")

    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.kept == text


FIXED = (Part("p1", "the `pool` drains", "", Holds.CANNOT_TELL), Part("p2", "it logs", "", Holds.CANNOT_TELL))


def test_fixed_parts_may_be_spelled_with_other_marks_but_not_in_other_words() -> None:
    same = verdict(part("The pool drains.", "yes"), part("it logs", "no", part_id="p2"))

    assert [p.id for p in parse_verdict(reply(same), "pool-drains", FIXED).parts] == ["p1", "p2"]


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        pytest.param([part("the pool drains", "yes")], "the parts are p1, p2", id="one is missing"),
        pytest.param(
            [HOLDS, part("it logs", "no", part_id="p2"), part("new", "no", part_id="p3")], "p3", id="one is new"
        ),
        pytest.param(
            [part("it logs", "yes"), part("the pool drains", "no", part_id="p2")], "words part p1", id="swapped"
        ),
        pytest.param(
            [part("the pool never drains", "yes"), part("it logs", "no", part_id="p2")], "words part p1", id="reworded"
        ),
    ],
)
def test_a_reply_about_other_parts_than_the_fixed_ones_is_refused(parts: list[dict[str, Any]], what: str) -> None:
    with pytest.raises(ReplyError) as caught:
        parse_verdict(reply(verdict(*parts)), "pool-drains", FIXED)

    assert what in str(caught.value)


def test_unknown_keys_in_a_reply_are_passed_over() -> None:
    text = json.dumps(json.loads(verdict(HOLDS)) | {"confidence": 0.99})

    assert parse_verdict(reply(text), "pool-drains").parts[0].holds is Holds.YES
