"""What the two readings of a claim say, and what they rest on, in every format that a person or a program reads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.report.run_records import (
    ERROR,
    EVERYTHING,
    FULLY,
    NOT,
    READER,
    SILENT,
    UNPROVEN,
    absent,
    asked,
    part,
    read_again,
    ruled,
    run,
    settled,
)
from verifier.evidence.ruling import rule_part
from verifier.report import Format, find_format, format_names
from verifier.report.evidence_words import because
from verifier.report.notices import agreement, readers
from verifier.report.words import could_be, ruling_line
from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Hit
from verifier.values.reading import About, PartReading, Settles
from verifier.values.record import ModelRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds

FORMATS = [find_format(name) for name in format_names()]
WHOLE = [one for one in FORMATS if one.name not in ("agent", "github-annotations", "gitlab-code-quality")]
"""Those that show all evidence of a claim that is open."""

OPEN = run(NOT, replace(UNPROVEN, not_judged=("robustly",)), ERROR)


def words_of(one: Format) -> str:
    """What the format says, without its markup and escapes."""
    text = re.sub(r"</?[a-z][^>]*>", "", one.render(OPEN))
    text = text.replace("&quot;", '"').replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("`", "")
    return " ".join(text.replace('\\"', '"').replace("\\_", "_").split())


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param("the body of start", id="what the second reader missed"),
        pytest.param("evidence refutes it", id="that the second reader finds otherwise"),
        pytest.param("data/dump.bin: too large", id="what could not be searched"),
        pytest.param("sub/module: a submodule", id="all that could not be searched"),
        pytest.param("prometheus_client", id="the package outside the commit"),
        pytest.param("robustly", id="words that nobody judged"),
    ],
)
def test_no_format_keeps_from_the_reader(one: Format, said: str) -> None:
    if one.name in ("json", "jsonl") and said == "evidence refutes it":
        said = '"answer": "refutes"'

    assert said in words_of(one)


@pytest.mark.parametrize("one", WHOLE, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param("An exporter is started.", id="the first reader's reason"),
        pytest.param("It starts something", id="the second reader's reason"),
        pytest.param("its body is empty", id="a stub"),
        pytest.param("after return", id="dead code"),
        pytest.param("the quote is empty", id="what is malformed"),
        pytest.param("missing closing )", id="a pattern that cannot be searched for"),
        pytest.param("src/hashing", id="a path that comes near"),
        pytest.param("src/admin.go", id="a file with lines that come near"),
        *(
            pytest.param(kind, id=f"a found line that is {kind}")
            for kind in ("documentation", "comment", "test", "path", "vendored")
        ),
    ],
)
def test_every_whole_report_shows(one: Format, said: str) -> None:
    assert said in words_of(one)


@pytest.mark.parametrize("one", [one for one in WHOLE if one.name not in ("json", "jsonl")], ids=lambda one: one.name)
def test_a_reason_of_the_second_reader_stands_once(one: Format) -> None:
    assert words_of(one).count("Line 31 bypasses it.") == 1


@pytest.mark.parametrize(
    ("name", "agreed"),
    [
        *(
            (name, "the two readings agree over 2 of 4 parts")
            for name in ("markdown", "html", "github-comment", "junit")
        ),
        ("json", '"agreed": 2'),
        ("jsonl", f'"reader_model": "{READER}"'),
    ],
)
def test_who_read_a_second_time_and_how_often_both_agree_is_on_the_first_page(name: str, agreed: str) -> None:
    text = find_format(name).render(OPEN)

    assert READER in text
    assert agreed in text


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        pytest.param(settled(Settles.SHOWS), "the evidence shows it", id="shows"),
        pytest.param(settled(Settles.SHOWS_PARTLY), "the evidence shows it in part", id="shows in part"),
        pytest.param(settled(Settles.REFUTES), "the evidence refutes it", id="refutes"),
        pytest.param(settled(Settles.SILENT), "the evidence does not settle it", id="silent"),
        pytest.param(
            settled(Settles.SHOWS, about=About.PROSE),
            "the evidence shows it, as a part about comments or documentation",
            id="of documentation",
        ),
        pytest.param(
            settled(Settles.SHOWS, about=About.TESTS), "the evidence shows it, as a part about tests", id="of tests"
        ),
    ],
)
def test_an_answer_is_told_in_words(reading: PartReading, said: str) -> None:
    one = part(1, "x", Holds.YES, State.REFUTED, "z", reading=reading)
    text = find_format("junit").render(run(ruled("a", "x", Word.NOT, "y", one)))

    assert f"\n  second reading: {said}</failure>" in text


def test_a_search_names_the_first_places_and_counts_the_rest() -> None:
    hits = (Hit("a.py", 3, "go()"), Hit("k.py", 4, "", excluded=True), Hit("go.jar", 0, "go.jar", "path"))
    search = absent("go", standing=AbsenceStanding.HITS, total=7, hits=hits)
    one = part(1, "x", Holds.NO, State.REFUTED, "z", absences=(search,))

    text = find_format("junit").render(run(ruled("a", "x", Word.NOT, "y", one)))

    assert (
        '  searched: "go" in the whole commit: 7 hits in 124 files searched: a.py:3 (code), '
        "k.py:4 (code, kept from the model), go.jar (path) and 4 more"
    ) in text


@pytest.mark.parametrize(
    ("rule", "why", "missing", "shown"),
    [
        pytest.param("it is silent: It calls.; missing: x", "It calls.", "x", "it is silent", id="both"),
        pytest.param("it is silent: It calls.", "It calls.", "", "it is silent", id="nothing missing"),
        pytest.param("it is silent: ", "", "", "it is silent", id="no reason"),
        pytest.param("a check failed: no f", "", "", "a check failed: no f", id="a check that failed"),
        pytest.param("both readings agree", "It calls.", "", "both readings agree", id="both agree"),
    ],
)
def test_a_rule_is_shown_without_the_words_that_stand_beside_it(rule: str, why: str, missing: str, shown: str) -> None:
    one = part(1, "x", Holds.YES, State.UNPROVEN, rule, reading=settled(Settles.SILENT, why, missing))

    assert because(one) == shown


@pytest.mark.parametrize("missing", ["", "the body of `go`"])
def test_what_the_rule_itself_says_of_readings_that_differ_ends_in_those_words(missing: str) -> None:
    evidence = part(
        1, "x", Holds.YES, State.UNPROVEN, "", reading=settled(Settles.SILENT, "It calls.", missing)
    ).evidence

    assert because(rule_part(evidence)) == SILENT


def test_without_a_second_reading_a_rule_is_shown_whole() -> None:
    assert because(part(1, "x", Holds.YES, State.UNPROVEN, "it is so: ")) == "it is so: "


# Who read.


def test_each_reader_is_told_by_what_it_was_asked_for_and_by_what_answered() -> None:
    rounds = (asked(1, model="a"), asked(2, model="b", reading=read_again(2, model="c")))
    record = run(ruled("x", "x", Word.UNPROVEN, "y", rounds=rounds))

    first, second = readers(record)

    assert first == ModelRecord(requested="gemini-3.8-flash", answered=("a", "b"))
    assert second == ModelRecord(requested=READER, answered=("c",))
    assert not first.is_as_asked


def test_where_no_reader_was_asked_for_the_model_itself_read_again() -> None:
    record = replace(run(FULLY), settings={})

    _, second = readers(record)

    assert second.requested == "gemini-3.8-flash"


def test_how_often_both_agree_is_said_of_what_was_read_twice() -> None:
    assert agreement(EVERYTHING) == "the two readings agree over 7 of 9 parts"
    assert agreement(run(FULLY)) == "the two readings agree over 2 of 2 parts"
    assert agreement(run(ERROR)) == "no part was read a second time"


# What could still be.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((Word.FULLY, Word.PARTIALLY, Word.NOT), "anything", id="all three"),
        pytest.param((Word.FULLY, Word.PARTIALLY), "FULLY RESOLVED or PARTIALLY RESOLVED", id="two"),
        pytest.param((Word.NOT,), "NOT RESOLVED", id="one"),
    ],
)
def test_what_a_claim_could_still_be_is_told_in_words(words: tuple[Word, ...], said: str) -> None:
    ruling = ruled("a", "x", Word.UNPROVEN, "y", range=words)

    assert could_be(ruling) == said
    assert ruling_line(ruling) == f"❔ UNPROVEN: could be {said}"
