"""Whatever text it is given, the reader answers: with a report or with one clear line, and soon."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from tests.report.foreign_text import MARKDOWN
from verifier.audit.reading.reports import read_report
from verifier.audit.values import ForeignReport
from verifier.errors import AuditError


def read(text: str) -> ForeignReport | None:
    try:
        return read_report(text)
    except AuditError as error:
        if "\n" in str(error):
            raise AssertionError("more than one line") from error
        return None


@settings(max_examples=250, deadline=None)
@given(MARKDOWN)
@example("### CLAIM 1: a\n**Verdict**: ✅ FULLY RESOLVED\n\n`x` (`pool.py`, lines 9-3), `y.yml` is missing.")
def test_any_text_is_a_report_or_one_clear_line(text: str) -> None:
    report = read(text)

    if report is None:
        return
    count = len(text.split("\n"))
    lines = [claim.line for claim in report.claims] + [unread.line for unread in report.unread]
    for claim in report.claims:
        lines += [citation.line for citation in claim.citations] + [absence.line for absence in claim.absences]
        lines += [block.line for block in claim.code_blocks]
        lines += [claim.verdict_line] if claim.verdict_line is not None else []
        assert claim.verdict is None or claim.word
    assert report.claims
    assert all(1 <= line <= count for line in lines)
    assert len({claim.id for claim in report.claims}) == len(report.claims)


@settings(max_examples=60, deadline=None)
@given(MARKDOWN)
def test_the_same_text_is_always_read_alike(text: str) -> None:
    assert read(text) == read(text)


@settings(max_examples=60, deadline=None)
@given(MARKDOWN)
def test_a_claim_without_a_verdict_is_never_passed_over(text: str) -> None:
    report = read(text)

    for claim in report.claims if report else ():
        assert claim.verdict is not None or report is None or report.unread


REPEATED = [
    *(
        "*",
        "**",
        "`",
        "``",
        "(",
        ")",
        "()",
        "[",
        "#",
        "- ",
        "> ",
        "1",
        "1.",
        "12 ",
        "|",
        "_",
        "a",
        "a.",
        "a/",
        "./",
        "\n",
        "\\n",
        "\t",
        "<",
        "<!-- a\n",
        "- a\n",
        "  - a\n",
        "> a\n",
        "| a | ✅ |\n",
        "[a]: b\n",
    ),
    *(
        "lines 1",
        "lines 1, ",
        "line 1-",
        "L1",
        "`a` ",
        "`a.py` ",
        "`a.py`, ",
        "a.py:1,",
        "a.py ",
        "not ",
        "missing ",
        "is missing, and ",
    ),
    *(
        "`a` is missing ",
        "no `a` ",
        "absence of ",
        "the file ",
        "a(((( ",
        "e.g., ",
        ", which ",
        "without ",
        "✅",
        "✅ FULLY RESOLVED / ",
    ),
    *(
        "FULLY ",
        "not yet ",
        "NOT RESOLVED ",
        "Verdict: ",
        "CLAIM_1",
        "CLAIM_1 ",
        "CLAIM_1: a\n",
        "### Claim 1: a\n",
        "(Claim 1) ",
        "```\n",
    ),
    *(
        "A_A",
        "A_",
        "1. **a:**\n",
        "**",
        "* `a.py`:\n",
        "   * a\n",
        "Verdict: ✅ FULLY RESOLVED\n",
        "a. A",
        "if ",
        "does not use ",
    ),
]
START = "### CLAIM 1: a\n\nVerdict: FULLY RESOLVED\n\n"
OPENED = [
    pytest.param("`", "\\nA", id="line ends written out in open code"),
    pytest.param("", "```markdown\n", id="wrappers"),
    pytest.param("```markdown\n", "```a\n", id="fences in a wrapper"),
    pytest.param("", "~~~\n```\n", id="fences of two kinds"),
    pytest.param("### CLAIM 1: ", ": ", id="a heading of separators"),
    pytest.param("### CLAIM 1: ", "✅ ", id="a heading of marks"),
    pytest.param("Verdict: ", "FULLY RESOLVED / ", id="a verdict of verdicts"),
    pytest.param(START + "no ", "a(((( ", id="brackets behind articles"),
    pytest.param(START + "`a` ", "and (e.g., ", id="a list that goes on"),
]


@pytest.mark.parametrize(("start", "piece"), [pytest.param(START, piece) for piece in REPEATED] + OPENED)
def test_a_piece_repeated_without_end_is_read_in_time_that_grows_with_it(start: str, piece: str) -> None:
    text = start + piece * (40_000 // len(piece))

    read(text)


def test_many_claims_with_as_many_verdicts_on_all_are_read_in_time() -> None:
    claims = "".join(f"### CLAIM {n}: a\n" for n in range(2000))
    text = claims + "# End\n" + "Final Verdict: All claims are ✅ FULLY RESOLVED\n" * 2000

    report = read(text)

    assert report is not None
    assert len(report.claims) == 2000
