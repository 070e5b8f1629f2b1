"""Replies read as verdicts or second readings, or refused with the reply kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evidence.replies import absence, citation, part, reading, verdict
from verifier.errors import ReplyError
from verifier.evidence.parsing import MOST_EVIDENCE, MOST_PARTS, can_be_read, parse_leads, parse_reading, parse_verdict
from verifier.values.prompt import Prompt, Reply, Source
from verifier.values.reading import About, PartReading, Reading, Settles, Unfaithful
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation, Holds, Need, Part, Role, Syntax, VerdictWord


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
        pytest.param(
            verdict(part("x", "no", absence("x", *["src/"] * MOST_EVIDENCE))), "1001 pieces of evidence", id="endless"
        ),
    ],
)
def test_a_reply_that_is_no_verdict_is_refused_and_kept(text: str, what: str) -> None:
    with pytest.raises(ReplyError, match="pool-drains") as caught:
        parse_verdict(reply(text), "pool-drains")

    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.kept == text


def test_unknown_keys_in_a_reply_are_passed_over() -> None:
    text = json.dumps(json.loads(verdict(HOLDS)) | {"confidence": 0.99})

    assert parse_verdict(reply(text), "pool-drains").parts[0].holds is Holds.YES


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("```json\n%s\n```", id="a fence"),
        pytest.param("Here is the verdict:\n\n%s\n\nThat is all.", id="a word before and after"),
        pytest.param("\ufeff%s\n", id="a byte order mark"),
    ],
)
def test_what_stands_round_the_json_is_passed_over(around: str) -> None:
    assert parse_verdict(reply(around % verdict(HOLDS)), "pool-drains").parts[0].holds is Holds.YES


def test_ids_are_read_whatever_their_capitals() -> None:
    made = verdict(part("the pool drains", "yes", part_id="P1"), part("it logs", "no", part_id=" p2 "))

    assert [p.id for p in parse_verdict(reply(made), "pool-drains").parts] == ["p1", "p2"]


@pytest.mark.parametrize(
    ("asked", "need"),
    [
        pytest.param({"path": " a.py "}, Need("a.py", "it decides"), id="a file"),
        pytest.param(
            {"path": "a.py", "first_line": 3, "last_line": 9}, Need("a.py", "it decides", Lines(3, 9)), id="its lines"
        ),
        pytest.param({"path": "a.py", "first_line": 3}, Need("a.py", "it decides", Lines(3, 3)), id="one line"),
        pytest.param(
            {"path": "a.py", "first_line": 9, "last_line": 3}, Need("a.py", "it decides", Lines(9, 9)), id="reversed"
        ),
        pytest.param({"path": "a.py", "first_line": -4, "last_line": 3}, Need("a.py", "it decides"), id="below one"),
        pytest.param(
            {"path": "", "definition": " serverCron "},
            Need("", "it decides", definition="serverCron"),
            id="a definition",
        ),
    ],
)
def test_a_need_is_a_file_its_lines_or_a_definition(asked: dict[str, Any], need: Need) -> None:
    made = json.loads(verdict(HOLDS)) | {"needs": [{"why": "it decides", **asked}]}

    assert parse_verdict(reply(json.dumps(made)), "pool-drains").needs == (need,)


def test_a_package_outside_the_commit_is_read() -> None:
    made = part("requests retries", "cannot_tell") | {"outside": " requests "}

    assert parse_verdict(reply(verdict(made)), "pool-drains").parts[0].outside == "requests"


# Second readings.


def test_a_reading_is_read_whole() -> None:
    text = reading(
        {"p1": "shows", "P2": "silent"},
        uncovered=["within 30 s"],
        not_judged=["robust"],
        unfaithful=[{"id": " P2 ", "why": "it says some"}],
    )

    assert parse_reading(reply(text), "pool-drains", ["p1", "p2"]) == Reading(
        (
            PartReading("p1", Settles.SHOWS, "so the lines say", "", About.CODE),
            PartReading("p2", Settles.SILENT, "so the lines say", "", About.CODE),
        ),
        uncovered=("within 30 s",),
        not_judged=("robust",),
        unfaithful=(Unfaithful("p2", "it says some"),),
    )


def test_what_a_reading_says_of_parts_that_nobody_asked_for_is_passed_over() -> None:
    read = parse_reading(reply(reading({"p1": "shows", "p9": "refutes"})), "pool-drains", ["p1"])

    assert [one.id for one in read.parts] == ["p1"]
    assert read.of("p9") is None


SHOWS = reading({"p1": "shows"})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("The lines show it.", "not JSON", id="prose"),
        pytest.param(SHOWS[:-30], "not JSON", id="truncated"),
        pytest.param("null", "the whole", id="null"),
        pytest.param(verdict(HOLDS), "missing", id="a verdict"),
        pytest.param(reading({}), "it says nothing of p1", id="no parts"),
        pytest.param(reading({"p2": "shows"}), "it says nothing of p1", id="another part"),
        pytest.param(reading({"p1": "perhaps"}), "answer", id="an unknown answer"),
        pytest.param(reading({"p1": "shows", "P1": "refutes"}), "it answers one part twice", id="a part twice"),
        pytest.param(json.dumps(json.loads(SHOWS) | {"uncovered": "none"}), "uncovered", id="a word for a list"),
        pytest.param(
            json.dumps({k: v for k, v in json.loads(SHOWS).items() if k != "unfaithful"}), "unfaithful", id="a gap"
        ),
    ],
)
def test_a_reply_that_is_no_reading_is_refused_and_kept(text: str, what: str) -> None:
    with pytest.raises(ReplyError, match=r"pool-drains.*a second reading") as caught:
        parse_reading(reply(text), "pool-drains", ["p1"])

    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.kept == text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("src/pool.py", "not JSON", id="a path alone"),
        pytest.param('["src/pool.py"]', "the whole", id="a list"),
        pytest.param(SHOWS, "paths", id="a reading"),
    ],
)
def test_a_reply_that_is_no_leads_is_refused_and_kept(text: str, what: str) -> None:
    with pytest.raises(ReplyError, match=r"pool-drains.*as leads: ") as caught:
        parse_leads(reply(text), "pool-drains")

    assert what in str(caught.value)
    assert caught.value.kept == text


@pytest.mark.parametrize("given", ["a.py", ["a.py", 1, None, ["b.py"]], ["x" * 5000, "a.py"]])
def test_what_is_no_path_leads_nowhere(given: Any) -> None:
    assert parse_leads(reply(json.dumps({"paths": given})), "x") == ("a.py",)


def test_leads_are_read_in_their_order_each_once_and_no_more_than_are_followed() -> None:
    given = [" b.py ", "a.py", "b.py", "", *(f"{n}.py" for n in range(20))]

    assert parse_leads(reply(json.dumps({"paths": given})), "x") == ("b.py", "a.py", *(f"{n}.py" for n in range(6)))


ASKS_FOR_LEADS = Prompt("pool-drains", 1, "system", leads="# The files")
ASKS_A_VERDICT = Prompt("pool-drains", 1, "system", claim="# The claim")
ASKS_A_READING = Prompt("pool-drains", 1, "system", evidence="# Evidence for p1\n", parts=("p1",))


@pytest.mark.parametrize(
    ("prompt", "text", "usable"),
    [
        pytest.param(ASKS_A_VERDICT, verdict(HOLDS), True, id="a verdict"),
        pytest.param(ASKS_A_VERDICT, verdict(), False, id="a verdict without parts"),
        pytest.param(ASKS_A_VERDICT, SHOWS, False, id="a reading for a verdict"),
        pytest.param(ASKS_A_VERDICT, "yes", False, id="prose for a verdict"),
        pytest.param(ASKS_A_READING, SHOWS, True, id="a reading"),
        pytest.param(ASKS_A_READING, reading({"p1": "perhaps"}), False, id="a reading with an unknown answer"),
        pytest.param(ASKS_A_READING, reading({"p2": "shows"}), False, id="a reading of another part"),
        pytest.param(ASKS_A_READING, reading({"p1": "shows", "P1": "shows"}), False, id="a reading of a part twice"),
        pytest.param(ASKS_A_READING, verdict(HOLDS), False, id="a verdict for a reading"),
        pytest.param(ASKS_A_READING, "yes", False, id="prose for a reading"),
        pytest.param(ASKS_FOR_LEADS, '{"paths": []}', True, id="leads"),
        pytest.param(ASKS_FOR_LEADS, verdict(HOLDS), False, id="a verdict for leads"),
        pytest.param(ASKS_A_VERDICT, '{"paths": []}', False, id="leads for a verdict"),
    ],
)
def test_a_kept_reply_answers_only_what_it_can_be_read_as(prompt: Prompt, text: str, usable: bool) -> None:
    assert can_be_read(prompt, text) is usable


def test_words_of_a_reading_are_compared_in_one_normal_form() -> None:
    decomposed = "la cle\u0301"

    read = parse_reading(reply(reading({"p1": "shows"}, uncovered=[decomposed])), "pool", ["p1"])

    assert read.uncovered == ("la cl\u00e9",)
