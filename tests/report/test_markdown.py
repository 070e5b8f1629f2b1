"""The Markdown report, whole: compared with expected files, and with hostile text in every field.

`UPDATE_EXPECTED=1 pytest tests/report/test_markdown.py` writes the expected files anew; read the difference.
"""

from __future__ import annotations

import enum
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.report.markdown_reader import blocks, inlines, text_of
from tests.report.run_records import (
    COMMIT,
    ERROR,
    EVERYTHING,
    FULLY,
    MODEL,
    NO,
    NOT,
    PARTIALLY,
    PLAIN,
    READER,
    RECORDS,
    SILENT,
    UNPROVEN,
    YES,
    YES_ALONE,
    absent,
    asked,
    cited,
    lines,
    part,
    read_again,
    ruled,
    run,
    settled,
)
from tests.report.test_markdown_text import HOSTILE
from verifier.records.document import as_json, from_json
from verifier.report.markdown import render
from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Hit, Standing, TextKind
from verifier.values.prompt import Source, Usage
from verifier.values.reading import Settles
from verifier.values.record import ClaimSetRecord, RepositoryRecord
from verifier.values.ruling import RuledPart, State
from verifier.values.verdict import Holds, Role

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
        (0, "**Ruling**: ✅ FULLY RESOLVED (2 proven); every part is proven."),
        (
            1,
            "**Ruling**: ⚠️ PARTIALLY RESOLVED (1 proven, 1 partly, 1 refuted); a proven part stands beside a refuted "
            "one. **The model's verdict differs: FULLY RESOLVED.**",
        ),
        (2, "**Ruling**: ❌ NOT RESOLVED (1 refuted); every part is refuted."),
        (
            3,
            "**Ruling**: ❔ UNPROVEN (1 proven, 5 unproven): could be FULLY RESOLVED or PARTIALLY RESOLVED; a part is "
            "unproven.",
        ),
        (
            4,
            '**Ruling**: ⛔ ERROR: "shutdown": the reply cannot be read as a verdict: not JSON; it is kept in the run '
            "record. The model's verdict before the error: PARTIALLY RESOLVED.",
        ),
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

    head, first, second = re.split(r"^### [ab]$", render(run(authored, live)), flags=re.MULTILINE)

    assert "> **1 authored reply** of 2: written for a recording; no model gave it." in head
    assert "<summary>1 round with the model, 1 authored reply</summary>" in first
    assert "authored" not in second


@pytest.mark.parametrize(
    ("could_be", "said"),
    [
        pytest.param((Word.FULLY, Word.PARTIALLY, Word.NOT), "could be anything", id="all three"),
        pytest.param((Word.PARTIALLY, Word.NOT), "could be PARTIALLY RESOLVED or NOT RESOLVED", id="two"),
        pytest.param((Word.PARTIALLY,), "could be PARTIALLY RESOLVED", id="one"),
    ],
)
def test_what_an_unproven_claim_could_be_is_said_in_plain_words(could_be: tuple[Word, ...], said: str) -> None:
    assert f"**Ruling**: ❔ UNPROVEN: {said}; y.\n" in render(run(ruled("a", "x", Word.UNPROVEN, "y", range=could_be)))


def one_part(given: RuledPart) -> str:
    """What a report says of one part, its folds included."""
    return render(run(ruled("a", "x", Word.UNPROVEN, "y", given))).split("**Ruling**: ")[1]


def test_what_stands_is_shown_and_what_does_not_is_folded_with_the_reason() -> None:
    page = one_part(
        part(
            1,
            "x",
            Holds.YES,
            State.PROVEN,
            YES,
            citations=(
                cited("a.py", 1, 1, "weak = 1", stub="it is empty", why_not=("a stub: it is empty",)),
                cited("a.py", 2, 2, "dead = 1", dead="after return", why_not=("it never runs: after return",)),
                cited("a.py", 3, 3, "strong = 1"),
            ),
            absences=(absent("x(", standing=AbsenceStanding.BAD_PATTERN, problem="missing )"), absent("z")),
        )
    )

    shown, fold = page.split("<summary>Evidence in full: 1 citation, 1 search, 3 pieces that do not stand</summary>")
    assert "| `a.py:3` `strong = 1`<br>no hit for `z` in the whole commit |" in unlinked(shown)
    assert [block.content for block in blocks(fold) if block.type == "fence"] == ["strong = 1\n"]
    assert "Searched: `z` in the whole commit: no hit in 124 files searched" in fold
    assert "Does not stand: supports `a.py:1`, `weak = 1`: a stub: it is empty" in unlinked(fold)
    assert "it never runs: after return" in fold
    assert "Does not stand: search for `x(` in the whole commit: it cannot be searched for: missing )" in fold


def unlinked(page: str) -> str:
    return re.sub(r"\[(`.*?`)\]\(.*?\)", r"\1", page)


def test_a_part_tells_what_both_readers_say() -> None:
    page = one_part(
        part(
            1,
            "x",
            Holds.YES,
            State.UNPROVEN,
            f"{SILENT}: It calls `go`.; missing: the body of `go`",
            why="It goes.",
            reading=settled(Settles.SILENT, "It calls `go`.", "the body of `go`"),
        )
    )

    assert f"❔ **1 unproven**: {SILENT}\n\n| Part | Second reading | What would settle it |\n" in page
    assert "| **p1**: x | It calls `go`. | the body of `go` |\n" in page
    assert "  - The model: **yes**. It goes.\n" in page
    assert page.count("It calls") == 1


def test_parts_of_a_state_share_a_table_and_what_they_have_in_common_stands_above_it() -> None:
    own = {"a": cited("../a.py", 1, 1, "a"), "b": cited("../b.py", 1, 1, "b")}
    both = cited("../c.py", 1, 1, "c")
    parts = [
        part(n, name, Holds.YES, State.PROVEN, YES, citations=(one, both)) for n, (name, one) in enumerate(own.items())
    ]

    page = render(run(ruled("x", "x", Word.FULLY, "y", *parts)))

    assert f"✅ **2 proven**: {YES}; all of them by `../c.py:1` `c`\n" in page
    assert "| **p0**: a | `../a.py:1` `a` |\n| **p1**: b | `../b.py:1` `b` |\n" in page
    assert page.count("Supports: `../c.py:1`: as above") == 1


def test_a_citation_is_the_same_for_parts_that_other_lines_of_it_tell_of() -> None:
    shared = cited("../pool.py", 1, 2, "opens = 1\ncloses = 2")
    words = ("it opens", "it closes", "it closes twice")
    parts = [part(n, said, Holds.YES, State.PROVEN, YES, citations=(shared,)) for n, said in enumerate(words)]

    page = render(run(ruled("x", "x", Word.FULLY, "y", *parts)))

    assert f"✅ **3 proven**: {YES}; all of them by `../pool.py:1-2` `closes = 2`\n" in page
    assert "`opens = 1`" not in page


def test_reasons_that_differ_stand_with_their_parts() -> None:
    parts = [part(n, "x", Holds.YES, State.UNPROVEN, why) for n, why in enumerate((YES_ALONE, "no part says it"))]

    page = render(run(ruled("x", "x", Word.UNPROVEN, "y", *parts)))

    assert "❔ **2 unproven**\n\n| Part | Why | What would settle it |" in page
    assert "| **p1**: x | no part says it | name in the claim the file and the definition that it speaks of |" in page


def test_the_two_strongest_citations_are_shown_from_their_most_telling_line_on() -> None:
    quotes = ("import os", "def drain(self):\n    self.items.clear()", "    limit = 3  # items", "x = 1")
    citations = tuple(cited(f"../{n}.py", 1, 1 + quote.count("\n"), quote) for n, quote in enumerate(quotes))
    reading = settled(Settles.SHOWS, "It clears the items, at the limit.")
    one = part(1, "the pool drains its items", Holds.YES, State.PROVEN, YES, citations=citations, reading=reading)

    page = one_part(one)

    assert "| `../2.py:1` `limit = 3  # items`<br>`../1.py:1-2` `self.items.clear()` |" in page


def test_of_a_part_about_code_a_line_of_code_is_shown_rather_than_the_docstring_that_has_its_words() -> None:
    quote = (
        '    def take(self, n=1):\n        """Take n tokens; False if there are not enough."""\n        # Take them.\n'
    )
    quote += "        if n > self.tokens:\n            return False"
    citation = cited("../bucket.py", 15, 19, quote)
    one = part(
        1, "take returns False if there are not enough tokens", Holds.YES, State.PROVEN, YES, citations=(citation,)
    )

    assert "| `../bucket.py:15-19` `def take(self, n=1):" in one_part(one)


def test_what_needs_a_person_stands_first_and_the_worst_before_the_rest() -> None:
    worse = replace(FULLY, claim_id="worse", worsened="was FULLY RESOLVED, is NOT RESOLVED")

    page = render(run(FULLY, PARTIALLY, NOT, UNPROVEN, ERROR, worse))

    assert re.findall(r"^##+ (.*)$", page, re.MULTILINE) == [
        *("Rulings", "What needs a person", "shutdown", "limits", "worse"),
        *("What is settled", "audit-log", "retries", "pool-drains"),
    ]
    assert "3 of 6 claims need a person." in page
    assert "\n- **Worse than the baseline**: was FULLY RESOLVED, is NOT RESOLVED\n" in page


def test_a_part_that_the_model_said_nothing_of_has_no_answer_of_his() -> None:
    page = one_part(part(1, "not addressed: x", Holds.CANNOT_TELL, State.UNPROVEN, "no part says it"))

    assert "The model: " not in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param(TextKind.CODE, "", id="code"),
        pytest.param(TextKind.PROSE, " (a comment, docstring or documentation)", id="prose"),
        pytest.param(TextKind.TEST, " (a test)", id="test"),
        pytest.param(TextKind.GENERATED, " (a generated file)", id="generated"),
        pytest.param(TextKind.VENDORED, " (vendored)", id="vendored"),
        pytest.param(TextKind.MINIFIED, " (minified)", id="minified"),
        pytest.param(TextKind.EXAMPLE, " (an example)", id="example"),
    ],
)
def test_a_citation_says_what_kind_of_text_it_is(kind: TextKind, said: str) -> None:
    one = part(1, "x", Holds.YES, State.PROVEN, YES, citations=(cited("../a.py", 3, 3, "x", kind=kind),))

    assert f"  - Supports: `../a.py:3`{said}\n" in one_part(one)
    assert f"| `../a.py:3` `x`{said} |\n" in one_part(one)


def test_a_stub_that_speaks_against_a_part_is_called_one() -> None:
    stub = cited("../a.py", 3, 3, "pass", role=Role.CONTRADICTS, stub="its body is only pass")

    page = one_part(part(1, "x", Holds.NO, State.REFUTED, NO, citations=(stub,)))

    assert "  - Contradicts: `../a.py:3` (a stub: its body is only pass)\n" in page


def test_what_could_not_be_searched_is_named_and_escaped() -> None:
    search = absent("z", standing=AbsenceStanding.UNDECIDED, unread=("*a*.bin: too large", "the rest: <LFS>"))

    page = one_part(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, absences=(search,)))

    assert "| no hit (not all could be searched) for `z` in the whole commit |" in page
    assert (
        "  - Searched: `z` in the whole commit: no hit in 124 files searched, which settles nothing; "
        r"not searched: \*a\*.bin: too large; the rest: &lt;LFS&gt;"
    ) in page


def test_each_found_line_says_what_it_is_and_lines_that_come_near_are_folded() -> None:
    hits = (Hit("../a.py", 3, "go()"), Hit("../b.md", 4, "go", "documentation"), Hit("../go", 0, "../go", "path"))
    search = absent("go", standing=AbsenceStanding.HITS, total=7, hits=hits)
    near = (Hit("../c.py", 5, "gone()"), Hit("../k.py", 6, "", excluded=True))

    page = one_part(part(1, "x", Holds.YES, State.UNPROVEN, "z", absences=(search,), near=near, near_total=9))

    searched, nearest = page.split("  - Nearest to its words:\n")
    for said in ("`../a.py:3` `go()` (code)", "`../b.md:4` `go` (documentation)", "`../go` (path)", "and 4 more hits"):
        assert f"    - {said}\n" in searched
    for said in ("`../c.py:5` `gone()` (code)", "`../k.py:6` (code, kept from the model)", "and 7 more"):
        assert f"    - {said}" in nearest


@pytest.mark.parametrize(
    ("because", "said"),
    [
        pytest.param("both readings find that the evidence shows it", "It rests on `requests`, a", id="named once"),
        pytest.param("the model cannot tell: it rests on requests, outside the commit", None, id="in the rule already"),
    ],
)
def test_a_package_outside_the_commit_is_named(because: str, said: str | None) -> None:
    page = one_part(part(1, "x", Holds.YES, State.PROVEN, because, outside="requests"))

    assert page.count("rests on requests") + page.count("rests on `requests`") == 1
    assert said is None or f"  - {said} package outside the commit.\n" in page


def test_words_that_nobody_judged_stand_with_the_statement() -> None:
    page = render(run(ruled("a", "A robust pool", Word.FULLY, "y", not_judged=("robust", "*so*"))))

    assert '\n> A robust pool\n>\n> **Not judged**: "robust", "\\*so\\*".\n' in page


# Who read.


@pytest.mark.parametrize(
    ("settings", "reading", "said"),
    [
        pytest.param({}, None, f"`{MODEL}` was asked for; no reply came; no part was read", id="no reading at all"),
        pytest.param({"reader_model": READER}, READER, f"`{READER}`; the two readings agree", id="a model of its own"),
        pytest.param({"reader_model": None}, MODEL, f"`{MODEL}`; the two readings agree", id="the same model"),
        pytest.param({"reader_model": READER}, "x", f"`{READER}` was asked for; the replies say `x`", id="another"),
    ],
)
def test_the_first_page_says_who_read_a_second_time(settings: dict[str, Any], reading: str | None, said: str) -> None:
    second = None if reading is None else read_again(1, model=reading)
    one = part(1, "x", Holds.YES, State.PROVEN, YES, reading=settled(Settles.SHOWS) if second else None)
    claim = ruled("a", "x", Word.FULLY, "y", one, rounds=(asked(1, reading=second),))

    page = render(run(claim, settings=settings))

    assert f"- **Verdicts by**: `{MODEL}`\n" in page
    assert f"- **Second readings by**: {said}" in page


def test_how_often_the_two_readings_agree_is_on_the_first_page() -> None:
    answers = [(Holds.YES, Settles.SHOWS), (Holds.YES, Settles.SILENT), (Holds.NO, Settles.REFUTES)]
    parts = [part(n, "x", holds, State.UNPROVEN, "z", reading=settled(said)) for n, (holds, said) in enumerate(answers)]

    page = render(run(ruled("a", "x", Word.UNPROVEN, "y", *parts, part(9, "x", Holds.YES, State.UNPROVEN, "z"))))

    assert "; the two readings agree over 2 of 3 parts\n" in page


def test_each_round_says_what_its_second_reading_took() -> None:
    page = render(run(FULLY))

    assert "; 1 round with the model, 1 second reading: 6,030 in (1,024 cached), 950 out" in page
    assert (
        f"\n  - Second reading: live reply of `{READER}`; about 900 tokens sent by our count; 910 in, 120 out, "
        "60 thoughts; prompt digests: system `525252525252`, evidence `e7e7e7e7e7e7`\n"
    ) in page


def test_authored_second_readings_are_said_on_top_too() -> None:
    rounds = (asked(1, reading=read_again(1, Source.AUTHORED, model="authored")),)

    assert "> **1 authored reply** of 2: " in render(run(ruled("a", "x", Word.UNPROVEN, "y", rounds=rounds)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({}, "`a.py:3-4`\n", id="exact says nothing more"),
        pytest.param(
            {"standing": Standing.MOVED, "found": (lines(9, 10),)},
            "`a.py:9-10` (found at lines 9-10 instead of lines 3-4)\n",
            id="elsewhere",
        ),
        pytest.param(
            {"standing": Standing.MOVED, "found": (lines(9, 10), lines(30, 31))},
            "`a.py:9-10` (found at lines 9-10 instead of lines 3-4, and also at 30-31)\n",
            id="elsewhere, at several places",
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
    claim = ruled("a", "x", Word.UNPROVEN, "y", rounds=(asked(1, model="gemini-3.8-flash-001"),))

    assert "`gemini-3.8-flash` was asked for; the replies say `gemini-3.8-flash-001`\n" in render(run(claim))


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
