"""What GitHub shows: annotations, pages that fit, and no text of others that a host or a runner acts on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING, hostile
from tests.report.markdown_reader import blocks, inlines, text_of
from tests.report.run_records import (
    ERROR,
    EVERYTHING,
    FULLY,
    NOT,
    PARTIALLY,
    PLAIN,
    UNPROVEN,
    YES,
    cited,
    part,
    ruled,
    run,
)
from verifier.errors import VerifierError
from verifier.report import markdown
from verifier.report.github import comment, summary
from verifier.report.github.annotations import command
from verifier.report.github.annotations import render as annotate
from verifier.report.github.comment import LONGEST_COMMENT, size
from verifier.report.github.summary import LONGEST_SUMMARY, VARIABLE, write_step_summary
from verifier.safety.terminal import disarmed
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds


def obeyed(output: str) -> list[str]:
    """The lines of an output that a runner takes for commands."""
    return [line for line in re.split(r"\r\n|\n|\r", output) if line.lstrip().startswith("::") or "##[" in line]


def claims(number: int, word: Word = Word.NOT, lines: int = 1) -> list[RulingRecord]:
    quote = "\n".join(f"x = {n} * 1000" for n in range(lines))
    one = part(1, "x", Holds.NO, State.REFUTED, YES, citations=(cited("a.py", 1, lines, quote),))
    return [ruled(f"claim-{n}", f"Statement {n}", word, "y", one) for n in range(number)]


# Workflow commands.


@pytest.mark.parametrize(
    ("properties", "message", "written"),
    [
        pytest.param({}, "all is well", "::error::all is well", id="plain"),
        pytest.param({"file": "a.py", "line": 3}, "x", "::error file=a.py,line=3::x", id="a place"),
        pytest.param({}, "50 %\r\ndone", "::error::50 %25%0D%0Adone", id="line ends"),
        pytest.param({}, "a: b, c::d", "::error::a: b, c::d", id="colons and commas of a message"),
        pytest.param({"file": "a,b:c%\n"}, "x", "::error file=a%2Cb%3Ac%25%0A::x", id="those of a property"),
    ],
)
def test_a_command_is_one_line(properties: dict[str, Any], message: str, written: str) -> None:
    assert command("error", message, **properties) == written


@pytest.mark.parametrize(
    "text",
    ["::error::x", "  ::error::x", "a\n\t::add-mask::x", "##[error]x", "a ##[group]x", "::", "####[error]x"],
)
def test_a_command_of_others_is_disarmed(text: str) -> None:
    assert obeyed(text) != []
    assert obeyed(disarmed(text)) == []
    assert disarmed(text).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["std::vector", "a ::b", "## [x]", "# Ruling", ":x:", "a::b\nc::d"])
def test_what_is_no_command_is_left_alone(text: str) -> None:
    assert disarmed(text) == text


# Annotations.


def test_annotations_are_as_expected() -> None:
    assert_as_expected("everything.annotations.txt", annotate(EVERYTHING))


def test_a_run_without_open_claims_has_no_annotation() -> None:
    assert annotate(PLAIN) == ""


@pytest.mark.parametrize(
    ("ruling", "start"),
    [
        pytest.param(NOT, "::error file=claims/pool.yaml,title=audit-log%3A ❌ NOT RESOLVED", id="not"),
        pytest.param(PARTIALLY, "::warning file=src/net/retry.py,line=2,endLine=2,title=retries%3A", id="partially"),
        pytest.param(UNPROVEN, "::notice file=src/main.go,line=20,endLine=20,title=limits%3A", id="unproven"),
        pytest.param(ERROR, "::error file=claims/pool.yaml,title=shutdown%3A ⛔ ERROR::", id="error"),
    ],
)
def test_an_open_claim_is_annotated_at_its_place(ruling: RulingRecord, start: str) -> None:
    (line,) = annotate(run(FULLY, ruling)).splitlines()

    assert line.startswith(start)


@pytest.mark.parametrize(
    ("number", "complete", "lines", "last"),
    [
        pytest.param(10, True, 10, "claim-9%3A", id="as many as are shown"),
        pytest.param(11, True, 10, "and 2 more: claim-9, claim-10", id="one more"),
        pytest.param(10, False, 10, "and 2 more: claim-8, claim-9", id="an ended run takes the first place"),
    ],
)
def test_what_github_would_not_show_is_counted(number: int, complete: bool, lines: int, last: str) -> None:
    written = annotate(run(*claims(number), complete=complete)).splitlines()

    assert len(written) == lines
    assert last in written[-1]


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_gives_as_many_commands_as_harmless_text(text: str) -> None:
    plain, written = (annotate(hostile(given)) for given in ("word", text))

    assert [line.split()[0] for line in obeyed(written)] == [line.split()[0] for line in obeyed(plain)]
    assert len(written.split("\n")) == len(plain.split("\n"))
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", written)


# The comment and the summary.


def test_a_comment_is_as_expected() -> None:
    assert_as_expected("everything.comment.md", comment.render(EVERYTHING))


def test_a_comment_is_found_again_by_its_first_line() -> None:
    first = [
        comment.comment(records, name).split("\n")[0]
        for records, name in (([EVERYTHING], "claims"), ([run(FULLY), PLAIN], "claims"), ([EVERYTHING], "others"))
    ]

    assert re.fullmatch(r"<!-- verifier [0-9a-f]{16} -->", first[0])
    assert first[0] == first[1] != first[2]


def test_what_needs_a_person_stands_first_and_open_and_what_is_resolved_is_not_folded_out() -> None:
    page = comment.render(EVERYTHING)

    assert re.findall(r"^\| ([\w-]+) \| \S+ [A-Z]", page, flags=re.MULTILINE) == [
        "shutdown",
        "limits",
        "audit-log",
        "retries",
        "pool-drains",
    ]
    assert "<details open>\n<summary>limits: " in page
    assert "<details>\n<summary>retries: " in page
    assert "<summary>pool-drains: " not in page


def test_rulings_that_changed_since_the_last_push_are_marked() -> None:
    before = comment.comment([run(FULLY, PARTIALLY), run(NOT)])

    page = comment.comment([run(replace(FULLY, ruling=Word.NOT), PARTIALLY), run(NOT, ERROR)], before=before)

    assert "| pool-drains | ❌ NOT RESOLVED (2 proven); **was ✅ FULLY RESOLVED** |" in page
    assert page.count("**was ") == page.count("1 ruling changed since the last push.") == 1
    assert "since the last push" not in comment.comment([run(FULLY)])


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="nothing"),
        pytest.param("{mark}", id="the first line alone"),
        pytest.param("{mark}\n<!-- ruled {key}=BANANA -->", id="no ruling"),
        pytest.param("{mark}\n\n<!-- ruled {key}=NOT -->", id="at another line"),
        pytest.param("<!-- verifier 0000000000000000 -->\n<!-- ruled {key}=NOT -->", id="another comment"),
    ],
)
def test_what_is_no_comment_of_ours_marks_nothing(before: str) -> None:
    mark, ruled_before, *_ = comment.comment([run(FULLY)]).split("\n")
    key = ruled_before.split()[2].split("=")[0]

    page = comment.comment([run(FULLY)], before=before.format(mark=mark, key=key))

    assert "since the last push" not in page


def test_one_comment_holds_several_runs_and_fits() -> None:
    page = comment.comment([run(*claims(300, lines=40)), EVERYTHING, run(*claims(2_000))])

    assert len(page.encode("utf-8")) <= LONGEST_COMMENT
    assert len(re.findall("^## Connection pool$", page, re.MULTILINE)) == 3
    assert len(re.findall("^<!-- verifier ", page, re.MULTILINE)) == 1


@pytest.mark.parametrize("number", [100, 200])
def test_one_comment_over_many_runs_fits_and_names_what_it_leaves_out(number: int) -> None:
    page = comment.comment([run(*claims(10))] * number)

    shown = len(re.findall("^## Connection pool$", page, re.MULTILINE))
    left_out = re.search(
        r"^_Left out here, .* room: (Connection pool \(.*?)(?: and (\d+) more claim sets)?;", page, re.MULTILINE
    )
    assert size(page) <= LONGEST_COMMENT
    assert left_out is not None
    assert shown + left_out[1].count("Connection pool") + int(left_out[2] or 0) == number


@pytest.mark.parametrize(
    ("number", "lines"),
    [(3, 10), (100, 40), (200, 40), (1_000, 1), (5_000, 1)],
    ids=["few", "many", "more", "very many", "far too many"],
)
def test_a_comment_fits_whatever_the_run(number: int, lines: int) -> None:
    record = run(*claims(number, lines=lines))
    page = comment.render(record)

    assert len(page.encode("utf-8")) <= LONGEST_COMMENT
    assert page.count("<details") == page.count("</details>")
    assert ("Left out here" in page) == (number > 3)
    assert page.endswith("\n")


def test_what_is_left_out_is_named() -> None:
    rulings = [
        ruled(f"claim-{n}", "x" * 1_900, Word.NOT, "y" * 1_900, part(1, "p" * 1_900, Holds.NO, State.REFUTED, "z"))
        for n in range(20)
    ]

    page = comment.render(run(*rulings))

    shown = re.findall(r"<summary>(claim-\d+): ", page)
    left_out = re.search(
        r"^_Left out here, where there is no more room: (.*); the whole report has them\._$", page, re.MULTILINE
    )
    assert left_out is not None
    assert shown + left_out[1].split(", ") == [f"claim-{n}" for n in range(20)]


def test_notes_leave_room_for_rulings() -> None:
    notes = tuple(f"note {number}: {'x' * 1_800}" for number in range(200))
    repository = replace(EVERYTHING.repository, notes=notes)
    record = replace(EVERYTHING, repository=repository)

    page = comment.render(record)

    assert len(page.encode("utf-8")) <= LONGEST_COMMENT
    assert "**Note**: note 0: x" in page
    assert re.search(r"^_19\d more notes in the whole report\._$", page, re.MULTILINE)
    assert page.count("<details") > len(EVERYTHING.rulings)


@pytest.mark.parametrize("room", [12_000, LONGEST_COMMENT])
def test_a_page_fits_though_every_text_is_as_long_as_can_be(room: int) -> None:
    long = "\U0001d4d0" * 3_000
    record = hostile(long)

    assert len(comment.page(record, room).encode("utf-8")) <= room


def test_a_small_claim_is_shown_though_a_large_one_before_it_is_not() -> None:
    large = [part(n, "p" * 1_900, Holds.NO, State.REFUTED, "z" * 1_900, why="w" * 1_900) for n in range(1, 30)]

    page = comment.render(run(ruled("large", "x", Word.NOT, "y", *large), *claims(1)))

    assert re.findall(r"<summary>(.*?): ", page)[0] == "claim-0"
    assert "no more room: large; the whole report has them" in page


def tags(page: str) -> list[str]:
    """The tags of the page's own markup, in order."""
    html = "".join(block.content for block in blocks(page) if block.type == "html_block")
    return re.findall(r"</?[a-z][^>]*>", html)


def structure(page: str) -> list[tuple[str, int]]:
    return [(block.type, block.level) for block in blocks(page) if block.type != "html_block"]


@lru_cache(maxsize=8)
def page_of(render: Callable[[RunRecord], str], text: str) -> str:
    return render(hostile(text))


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
@pytest.mark.parametrize("render", [comment.render, summary.render], ids=["comment", "summary"])
def test_hostile_text_leaves_the_page_as_it_is(render: Any, text: str) -> None:
    plain, page = page_of(render, "word"), page_of(render, text)

    assert structure(page) == structure(plain)
    assert obeyed(page) == []
    assert not [token for token in inlines(page) if token.type == "image"]
    assert {token.content for token in inlines(page) if token.type == "html_inline"} <= {"<br>"}
    assert "\n::" not in page
    assert tags(page) == tags(plain)


@pytest.mark.parametrize(
    "text", ["@octocat", "#12", "GH-12", "https://example.org", "www.example.org", "o/r#3", "a@b.org"]
)
def test_a_host_finds_nothing_to_link_in_a_comment(text: str) -> None:
    page = comment.render(hostile(text))
    said = [token.content for token in inlines(page) if token.type == "text"]
    said += [block.content for block in blocks(page) if block.type == "html_block"]

    assert not re.search(
        r"@[a-z]|#\d|GH-\d|https?://|www\.", "".join(said).replace("&#8203;", "\u200b").replace("://github.com", "")
    )
    assert text in text_of(page)


def test_a_summary_is_the_whole_report_where_that_fits() -> None:
    assert summary.render(EVERYTHING) == markdown.render(EVERYTHING)


def test_a_summary_that_would_be_too_long_is_shortened_and_says_so() -> None:
    record = run(*claims(700, lines=40))
    page = summary.render(record)

    assert len(markdown.render(record).encode("utf-8")) > LONGEST_SUMMARY
    assert LONGEST_SUMMARY * 0.9 < len(page.encode("utf-8")) <= LONGEST_SUMMARY
    assert "_Left out here, where there is no more room: " in page


# The file of the step.


def test_the_summary_is_written_where_the_environment_says(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n")

    assert write_step_summary([PLAIN, EVERYTHING], {VARIABLE: str(file)}) == file

    assert file.read_text(encoding="utf-8") == f"before\n{markdown.render(PLAIN)}\n{markdown.render(EVERYTHING)}\n"


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}], ids=["not named", "empty"])
def test_outside_of_a_step_nothing_is_written(environment: dict[str, str]) -> None:
    assert write_step_summary([PLAIN], environment) is None


def test_what_is_there_already_counts_towards_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * (LONGEST_SUMMARY - 50_000))
    long: RunRecord = run(*claims(300, lines=40))

    write_step_summary([long, long, long], {VARIABLE: str(file)})

    assert LONGEST_SUMMARY - 12_000 < file.stat().st_size <= LONGEST_SUMMARY


def test_a_summary_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(VerifierError, match=r": cannot be written \(.*\); GITHUB_STEP_SUMMARY names it: "):
        write_step_summary([PLAIN], {VARIABLE: str(tmp_path)})
