"""The Markdown report, whole: compared with expected files, and with hostile text in every field.

`UPDATE_EXPECTED=1 pytest tests/report/test_markdown.py` writes the expected files anew; read the difference.
"""

from __future__ import annotations

import enum
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.report.markdown_reader import blocks, inlines, text_of
from tests.report.run_records import (
    COMMIT,
    EVERYTHING,
    FULLY,
    PLAIN,
    RECORDS,
    YES,
    absent,
    asked,
    cited,
    lines,
    part,
    ruled,
    run,
)
from tests.report.test_markdown_text import HOSTILE
from verifier.records.document import as_json, from_json
from verifier.report.markdown import render
from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Hit, Standing
from verifier.values.prompt import Source, Usage
from verifier.values.record import ClaimSetRecord, ModelRecord, RepositoryRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds, VerdictWord

EXPECTED = Path(__file__).parent / "expected"


@pytest.mark.parametrize("name", ["everything", "plain"])
def test_a_report_is_as_expected(name: str) -> None:
    written = render({"everything": EVERYTHING, "plain": PLAIN}[name])
    expected = EXPECTED / f"{name}.md"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_bytes(written.encode("utf-8"))

    assert written == expected.read_bytes().decode("utf-8")


def test_the_same_record_gives_the_same_bytes_after_a_journey_through_json() -> None:
    again = from_json(as_json(EVERYTHING))

    assert render(again) == render(EVERYTHING)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (0, "**Ruling**: ✅ FULLY RESOLVED (2 proven)"),
        (1, "**Ruling**: ⚠️ PARTIALLY RESOLVED (1 proven, 1 partly, 1 refuted)"),
        (2, "**Ruling**: ❌ NOT RESOLVED (1 refuted)"),
        (3, "**Ruling**: ❔ UNPROVEN (1 proven, 2 unproven): FULLY RESOLVED to PARTIALLY RESOLVED"),
        (4, "**Ruling**: ⛔ ERROR"),
    ],
    ids=["fully", "partially", "not", "unproven", "error"],
)
def test_a_ruling_stands_on_a_line_of_its_own(number: int, line: str) -> None:
    assert line in render(run(EVERYTHING.rulings[number])).split("\n")


def test_a_live_and_complete_run_warns_of_nothing() -> None:
    page = render(PLAIN)

    assert "authored" not in page
    assert "recorded" not in page
    assert [block.type for block in blocks(page)].count("blockquote_open") == len(PLAIN.rulings)


def test_authored_replies_are_said_on_top_and_at_their_claim_alone() -> None:
    authored = ruled("a", "x", Word.UNPROVEN, "y", rounds=(asked(1, Source.AUTHORED, model="authored"),))
    live = ruled("b", "x", Word.UNPROVEN, "y")

    head, first, second = re.split(r"^## [ab]$", render(run(authored, live)), flags=re.MULTILINE)

    assert "> **1 authored reply** of 2: written for a recording; no model gave it." in head
    assert "**1 authored reply**: written for a recording; no model gave it." in first
    assert "authored" not in second


def test_a_verdict_that_agrees_is_not_called_different() -> None:
    page = render(run(FULLY))

    assert "The model's verdict agrees: FULLY RESOLVED." in page
    assert "differs" not in page


def test_a_verdict_that_differs_is_shown_with_the_rule_and_the_parts() -> None:
    claimed = part(1, "x", Holds.YES, State.UNPROVEN, "the model says yes, but nothing bears it out")
    page = render(run(ruled("a", "x", Word.UNPROVEN, "a part is unproven", claimed, verdict=VerdictWord.FULLY)))

    assert (
        "Why: a part is unproven. **The model's verdict differs: FULLY RESOLVED**; the rule just named decided, not "
        "the model. Parts that differ: p1 is unproven (the model: yes)." in page
    )


def test_an_error_shows_its_line_and_no_ruling() -> None:
    page = render(run(EVERYTHING.rulings[4]))

    assert '**No ruling**: "shutdown": the reply cannot be read' in page
    assert "The model's verdict before the error: PARTIALLY RESOLVED. No ruling rests on it." in page
    assert "Why: " not in page


def test_what_counts_stands_before_what_does_not() -> None:
    weak = cited("a.py", 1, 1, "weak = 1", why_not=("only a test",))
    strong = cited("a.py", 2, 2, "strong = 1")
    contested = absent("x", standing=AbsenceStanding.CONTESTED, contesting=1, hits=(Hit("b.py", 1, ""),))
    page = render(
        run(
            ruled(
                "a",
                "x",
                Word.FULLY,
                "y",
                part(1, "x", Holds.YES, State.PROVEN, YES, citations=(weak, strong), absences=(contested, absent("z"))),
            )
        )
    )

    order = [page.index(said) for said in ("strong = 1", "Absent: `z`", "weak = 1", "absence of `x`")]
    assert order == sorted(order)
    assert [block.content for block in blocks(page) if block.type == "fence"] == ["strong = 1\n"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, "`a.py:3-4`\n", id="exact says nothing more"),
        pytest.param(
            {"standing": Standing.MOVED, "found": (lines(9, 10),)},
            "`a.py:9-10` (moved: cited as 3-4, it stands at 9-10)\n",
            id="moved",
        ),
        pytest.param(
            {"standing": Standing.MOVED, "found": (lines(9, 10), lines(30, 31))},
            "`a.py:9-10` (moved: cited as 3-4, it stands at 9-10, the nearest of 2 places: 9-10, 30-31)\n",
            id="moved, with several places",
        ),
        pytest.param({"found": (lines(3, 4), lines(30, 31))}, "`a.py:3-4`\n", id="exact, and elsewhere too"),
    ],
)
def test_a_citation_is_shown_at_its_true_lines(given: dict[str, Any], said: str) -> None:
    one = part(1, "x", Holds.YES, State.PROVEN, YES, citations=(cited("a.py", 3, 4, "a\nb", **given),))
    page = render(run(ruled("a", "x", Word.FULLY, "y", one), repository=RepositoryRecord(commit=COMMIT, ref="main")))

    assert f"  - Supports: {said}" in page


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        pytest.param(None, "200 thoughts; price unknown", id="no price"),
        pytest.param(0.0, "200 thoughts; $0.0000", id="free"),
        pytest.param(0.00001, "200 thoughts; less than $0.0001", id="hardly anything"),
        pytest.param(1234.5, "200 thoughts; $1,234.5000", id="much"),
    ],
)
def test_an_unknown_price_is_never_zero(cost: float | None, said: str) -> None:
    assert f"- **Tokens**: 5,120 in (1,024 cached), 830 out, {said}" in render(
        run(ruled("a", "x", Word.UNPROVEN, "y", cost=cost))
    )


def test_replies_without_usage_are_not_said_to_be_free() -> None:
    unpaid = ruled("a", "x", Word.UNPROVEN, "y", rounds=(asked(1),), usage=Usage(), cost=0.0)

    assert "- **Tokens**: none reported" in render(run(unpaid))


def test_every_row_of_the_table_leads_to_its_section() -> None:
    ids = ["rulings", "Rulings", "a.b", "ab", "AB", "title", "pool"]
    claims = [ruled(claim_id, "x", Word.UNPROVEN, "y") for claim_id in ids]
    claim_set = ClaimSetRecord(path="c.yaml", title="Pool", digest="", questions=())

    page = render(run(*claims, claim_set=claim_set))

    anchors = re.findall(r"^\| \[.*?\]\(#(.*?)\)", page, flags=re.MULTILINE)
    assert anchors == ["rulings-1", "rulings-2", "ab", "ab-1", "ab-2", "title", "pool-1"]


def test_another_model_than_the_one_asked_is_said() -> None:
    model = ModelRecord(requested="gemini-3.8-flash", answered=("gemini-3.8-flash-001",))

    assert "`gemini-3.8-flash` was asked for; the replies say `gemini-3.8-flash-001`" in render(run(FULLY, model=model))


# Hostile text.

FIXED = {"claim", "claim_id", "commit", "remote", "schema_version", "digest", "digests", "response_id", "settings"}


def with_text(value: Any, text: str, key: str = "") -> Any:
    """The record's values with one text in every field that holds foreign text."""
    if isinstance(value, enum.Enum) or key in FIXED or value == "":
        return value
    match value:
        case str():
            return text
        case tuple() | list():
            return [with_text(item, text) for item in value]
        case dict():
            return {name: with_text(item, text, name) for name, item in value.items()}
    return value


@cache
def page_with(text: str) -> str:
    given = with_text(RECORDS.dump_python(EVERYTHING), text)
    return render(RECORDS.validate_python(given))


def structure(page: str) -> list[tuple[str, int, str]]:
    return [(block.type, block.level, block.content if block.type == "html_block" else "") for block in blocks(page)]


def markup(page: str) -> list[str]:
    """The markup inside lines but for code and links, which depend on a text's backticks and on what a path can be."""
    apart = {"text", "code_inline", "link_open", "link_close"}
    return [token.type for token in inlines(page) if token.type not in apart]


def addresses(page: str) -> set[str]:
    return {str(token.attrs["href"]) for token in inlines(page) if token.type == "link_open"}


# A record is JSON in UTF-8, which has no half of a pair.
SPEAKING = {name: text for name, text in HOSTILE.items() if "\ud800" not in text}


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_in_every_field_leaves_the_page_as_it_is(text: str) -> None:
    harmless, page = page_with("word"), page_with(text)

    assert structure(page) == structure(harmless)
    assert markup(page) == markup(harmless)
    assert all(re.match(r"#[\w-]+$|https://github\.com/example/pool(/|$)", address) for address in addresses(page))


def test_a_path_that_leads_upwards_is_text_and_no_link() -> None:
    page = page_with("../../evil?x#y z)")

    assert "evil" in text_of(page)
    assert not any("evil" in address for address in addresses(page))
