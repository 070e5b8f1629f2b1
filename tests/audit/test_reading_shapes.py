"""The shapes in which models write claims and verdicts, a small report for each, and what only looks like them."""

from __future__ import annotations

import pytest

from verifier.audit.reading.reports import read_report
from verifier.audit.values import ForeignReport, ReportVerdict, Unread
from verifier.errors import AuditError

FULLY, PARTIALLY, NOT, UNPROVEN = ReportVerdict
STATEMENT = "Pool drains idle connections"


def verdicts(report: ForeignReport) -> list[tuple[str, str, ReportVerdict | None]]:
    return [(claim.id, claim.word, claim.verdict) for claim in report.claims]


@pytest.mark.parametrize(
    ("line", "word", "verdict"),
    [
        pytest.param("**Verdict**: ⚠️ PARTIALLY RESOLVED", "PARTIALLY RESOLVED", PARTIALLY, id="bold label"),
        pytest.param("**Verdict:** ✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="colon inside the bold"),
        pytest.param("*   **Verdict**: ✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="bullet"),
        pytest.param("    *   **Verdict**: ✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="nested bullet"),
        pytest.param(
            "**Verdict: ❌ NOT VALIDATED - pool.py was not provided**", "NOT VALIDATED", UNPROVEN, id="all bold, reason"
        ),
        pytest.param("1.  **STATUS**: ✅ FULLY VALID", "FULLY VALID", FULLY, id="numbered status"),
        pytest.param(
            "**VERDICT FOR CLAIM_1**: ⚠️ **PARTIALLY RESOLVED**", "PARTIALLY RESOLVED", PARTIALLY, id="names its claim"
        ),
        pytest.param("**CLAIM_1 VERDICT**: ❌ NOT RESOLVED", "NOT RESOLVED", NOT, id="claim before the label"),
        pytest.param("*   ❌ NOT RESOLVED: The file has none.", "NOT RESOLVED", NOT, id="token leads the bullet"),
        pytest.param("✅ **FULLY RESOLVED**", "FULLY RESOLVED", FULLY, id="token alone"),
        pytest.param("*   **FULLY IMPLEMENTED**: Yes", "FULLY IMPLEMENTED", FULLY, id="token as a question, yes"),
        pytest.param("VERDICT: ✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="plain capitals"),
        pytest.param("*   **VALIDATION**: **⚠️ PARTIALLY RESOLVED**", "PARTIALLY RESOLVED", PARTIALLY, id="bold twice"),
        pytest.param("#### Verdict: ❌ NOT RESOLVED", "NOT RESOLVED", NOT, id="heading"),
        pytest.param("**Verdict:**\n\n✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="label on a line of its own"),
        pytest.param("### Verdict\n\n**❌ NOT RESOLVED**", "NOT RESOLVED", NOT, id="heading of its own"),
        pytest.param("**Verdict**: `PARTIALLY_RESOLVED`", "PARTIALLY_RESOLVED", PARTIALLY, id="backticks, underscore"),
        pytest.param("> **Verdict**: ✅ FULLY RESOLVED", "FULLY RESOLVED", FULLY, id="block quote"),
        pytest.param('Verdict: "Partially resolved."', "Partially resolved", PARTIALLY, id="quoted, small letters"),
        pytest.param("**Verdict** - ✅ VERIFIED", "VERIFIED", FULLY, id="dash after the label"),
        pytest.param("**Final Verdict**: ❌ MISSING", "MISSING", NOT, id="final"),
        pytest.param("- [x] FULLY RESOLVED\n- [ ] NOT RESOLVED", "FULLY RESOLVED", FULLY, id="ticked box"),
        pytest.param("**Verdict**: ✅", "✅", FULLY, id="mark alone"),
        pytest.param("**Result**: Unverifiable", "Unverifiable", UNPROVEN, id="unverifiable"),
        pytest.param("**Verdict**: Cannot be verified.", "Cannot be verified", UNPROVEN, id="cannot be verified"),
        pytest.param("**Verdict**: ❌ NOT VALIDATED", "NOT VALIDATED", NOT, id="not validated, nothing said missing"),
        pytest.param(
            "**Verdict**: ⚠️ PARTIALLY RESOLVED / ⚠️ PARTIALLY IMPLEMENTED",
            "PARTIALLY RESOLVED",
            PARTIALLY,
            id="the same twice",
        ),
    ],
)
def test_a_verdict_is_read_in_every_shape(line: str, word: str, verdict: ReportVerdict | None) -> None:
    report = read_report(f"# Review\n\n### CLAIM 1: {STATEMENT}\n\n{line}\n")

    assert verdicts(report) == [("CLAIM_1", word, verdict)]
    assert report.unread == ()


@pytest.mark.parametrize(
    ("heading", "id_", "statement"),
    [
        pytest.param("**CLAIM_1_POOL**: {}", "CLAIM_1_POOL", STATEMENT, id="bold id"),
        pytest.param("**CLAIM_1_POOL: {}**", "CLAIM_1_POOL", STATEMENT, id="all bold"),
        pytest.param("### CLAIM 1: {}", "CLAIM_1", STATEMENT, id="heading, counted"),
        pytest.param("### **CLAIM 1: {}**", "CLAIM_1", STATEMENT, id="bold heading"),
        pytest.param("### **1. {} (Claim 1)**", "CLAIM_1", STATEMENT, id="counted twice"),
        pytest.param("### Requirement 1: {}", "REQUIREMENT_1", STATEMENT, id="requirement"),
        pytest.param("1. **`POOL_DRAINS`**: {}", "POOL_DRAINS", STATEMENT, id="numbered id in backticks"),
        pytest.param("## `CLAIM_1_POOL`\n\n{}", "CLAIM_1_POOL", STATEMENT, id="statement on its own line"),
        pytest.param('**Claim 1**: "{}"', "CLAIM_1", STATEMENT, id="quotes round the statement"),
        pytest.param("*   **CLAIM_1_POOL**: {}", "CLAIM_1_POOL", STATEMENT, id="bullet"),
        pytest.param("1.  **CLAIM_1_POOL**: {}", "CLAIM_1_POOL", STATEMENT, id="numbered"),
        pytest.param("CLAIM_1_POOL: {}", "CLAIM_1_POOL", STATEMENT, id="plain"),
        pytest.param("#### Claim #1 - {}", "CLAIM_1", STATEMENT, id="hash and dash"),
        pytest.param("**Claim:** {}", "CLAIM_1", STATEMENT, id="no id"),
        pytest.param("### 1. {}", "CLAIM_1", STATEMENT, id="numbered heading"),
        pytest.param("**1. {}**", "CLAIM_1", STATEMENT, id="numbered bold"),
        pytest.param("### ✅ Claim 1: {}", "CLAIM_1", STATEMENT, id="mark before the id"),
        pytest.param("### Claim 1 (Pool): {}", "CLAIM_1", STATEMENT, id="name in brackets"),
        pytest.param("## Analysis of CLAIM_1_POOL\n\n> {}", "CLAIM_1_POOL", STATEMENT, id="analysis of, block quote"),
        pytest.param("### POOL_DRAINS\n\n**Statement**: {}", "POOL_DRAINS", STATEMENT, id="labelled statement"),
        pytest.param("**Claim 1**: {}\\n", "CLAIM_1", STATEMENT, id="line end written out"),
    ],
)
def test_a_claim_is_read_under_every_kind_of_heading(heading: str, id_: str, statement: str) -> None:
    report = read_report(f"# Review\n\n{heading.format(STATEMENT)}\n\n**Verdict**: ✅ FULLY RESOLVED\n")

    assert [(claim.id, claim.statement) for claim in report.claims] == [(id_, statement)]
    assert verdicts(report) == [(id_, "FULLY RESOLVED", FULLY)]
    assert report.unread == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "1. **Drains:** ✅ FULLY RESOLVED\n2. **Retries:** ❌ NOT RESOLVED - none in `pool.py`\n",
            [("CLAIM_1", "Drains", FULLY), ("CLAIM_2", "Retries", NOT)],
            id="numbered names",
        ),
        pytest.param(
            "- **CLAIM_1**: ✅ FULLY RESOLVED\n- **CLAIM_2**: ❌ NOT RESOLVED\n",
            [("CLAIM_1", "", FULLY), ("CLAIM_2", "", NOT)],
            id="ids and verdicts",
        ),
        pytest.param(
            "### CLAIM 1: Drains - ✅ FULLY RESOLVED\n\n### CLAIM 2: Retries: ❌ NOT RESOLVED (none)\n",
            [("CLAIM_1", "Drains", FULLY), ("CLAIM_2", "Retries", NOT)],
            id="verdict closes the heading",
        ),
        pytest.param(
            "**CLAIM_1**: Drains **Verdict**: ✅ FULLY RESOLVED\n",
            [("CLAIM_1", "Drains", FULLY)],
            id="label inside the line",
        ),
        pytest.param(
            "| Claim | Text | Verdict |\n|---|---|---|\n| CLAIM_1 | pool drains idle ones | ✅ FULLY RESOLVED |\n",
            [("CLAIM_1", "pool drains idle ones", FULLY)],
            id="table",
        ),
        pytest.param(
            "| Claim | Text | Verdict |\n|---|---|---|\n| CLAIM_1 | drains \\| refills the pool | ✅ |\n",
            [("CLAIM_1", "drains \\| refills the pool", FULLY)],
            id="table with a bar in a cell",
        ),
        pytest.param(
            "<details>\n### CLAIM 1: Drains\nVerdict: ✅ FULLY RESOLVED\n</details>\n",
            [("CLAIM_1", "Drains", FULLY)],
            id="in HTML",
        ),
        pytest.param(
            "### CLAIM 1: Drains\nVerdict: ✅ FULLY RESOLVED\n---\n"
            "### CLAIM 2: Retries\nVerdict: ❌ NOT RESOLVED\n===\n",
            [("CLAIM_1", "Drains", FULLY), ("CLAIM_2", "Retries", NOT)],
            id="a rule right below",
        ),
        pytest.param(
            "```md\n### CLAIM 1: Drains\n```py\nx = 1\n```\nVerdict: ✅ FULLY RESOLVED\n```\n",
            [("CLAIM_1", "Drains", FULLY)],
            id="wrapped in a fence with a fence inside",
        ),
        pytest.param(
            "CLAIM_1: Drains\\n**Verdict**: ✅ FULLY RESOLVED\\n\\nCLAIM_2: Retries\\nVerdict: ❌ NOT RESOLVED",
            [("CLAIM_1", "Drains", FULLY), ("CLAIM_2", "Retries", NOT)],
            id="a whole report in one line",
        ),
        pytest.param(
            "```markdown\n### CLAIM 1: Drains\nVerdict: ✅ FULLY RESOLVED\n```\n",
            [("CLAIM_1", "Drains", FULLY)],
            id="wrapped in a fence",
        ),
        pytest.param(
            "# Validation - Claim 1: Drains\n\nVERDICT: ✅ FULLY RESOLVED\n\n1. **Line 3: `a()`:**\n\n2. **Line 9:**\n",
            [("CLAIM_1", "Drains", FULLY)],
            id="once per report, id in the title",
        ),
        pytest.param(
            "# Pool drains\n\nVERDICT: ❌ NOT RESOLVED\n", [("CLAIM_1", "Pool drains", NOT)], id="no id at all"
        ),
        pytest.param(
            "VERDICT FOR CLAIM_1: ✅ FULLY RESOLVED\n\nVERDICT FOR CLAIM_2: ❌ NOT RESOLVED\n",
            [("CLAIM_1", "", FULLY), ("CLAIM_2", "", NOT)],
            id="verdicts that name claims",
        ),
        pytest.param(
            "### CLAIM 1: Drains\r\n\r\n**Verdict**: ✅ FULLY RESOLVED\r\n", [("CLAIM_1", "Drains", FULLY)], id="CRLF"
        ),
        pytest.param(
            "### CLAIM 1: A\n### CLAIM 2: B\n\n**Final Verdict:** All claims are **❌ NOT RESOLVED**.\n",
            [("CLAIM_1", "A", NOT), ("CLAIM_2", "B", NOT)],
            id="one verdict on all",
        ),
    ],
)
def test_claim_and_verdict_are_read_from_one_line_or_one_report(
    text: str, expected: list[tuple[str, str, ReportVerdict]]
) -> None:
    report = read_report(text)

    assert [(claim.id, claim.statement, claim.verdict) for claim in report.claims] == expected
    assert report.unread == ()


NO_IDS = [("CLAIM_1", "Pool drains", FULLY), ("CLAIM_2", "Retries", NOT)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "| Requirement | Status |\n|---|---|\n| Pool drains | ✅ |\n| Retries | ❌ |\n", NO_IDS, id="marks"
        ),
        pytest.param(
            "| Requirement | Status |\n|---|---|\n| Pool drains | ✅ Done |\n| Retries | ❌ Missing |\n",
            NO_IDS,
            id="words",
        ),
        pytest.param("| Claim | Met? |\n|---|---|\n| Pool drains | Yes |\n| Retries | No |\n", NO_IDS, id="answers"),
        pytest.param(
            "| Item | Result |\n|---|---|\n| Pool drains | Pass |\n| Retries | Fail |\n", NO_IDS, id="pass or fail"
        ),
        pytest.param("| ✅ | Pool drains |\n|---|---|\n| ❌ | Retries |\n", NO_IDS, id="no header"),
        pytest.param("| ✅ | Pool drains |\n| ❌ | Retries |\n", NO_IDS, id="no rule"),
        pytest.param(
            "| # | What | Status |\n|---|---|---|\n| 1 | Pool drains | ✅ |\n| 4 | Retries | ❌ |\n",
            [("CLAIM_1", "Pool drains", FULLY), ("CLAIM_4", "Retries", NOT)],
            id="numbers",
        ),
        pytest.param(
            "| Claim | FULLY | PARTIALLY | NOT |\n|---|---|---|---|\n| CLAIM_1 | ✅ | | |\n| CLAIM_2 | | | ✅ |\n",
            [("CLAIM_1", "", FULLY), ("CLAIM_2", "", NOT)],
            id="the column is the verdict",
        ),
        pytest.param(
            "Verdict: ⚠️ PARTIALLY RESOLVED\n\n| Claim | Status |\n|---|---|\n| Pool drains | ✅ |\n| Retries | ❌ |\n",
            NO_IDS,
            id="a verdict on the whole",
        ),
        pytest.param("- ✅ Pool drains\n- ❌ Retries\n", NO_IDS, id="marked bullets"),
        pytest.param(
            "Fully compliant requirements:\n\n- Pool drains\n- [x] Refills\n\n"
            "Not compliant requirements:\n\n- Retries\n\n"
            "Requires further human verification:\n\n- Looks well\n\nPartially compliant requirements:\n\n- None\n",
            [
                ("CLAIM_1", "Pool drains", FULLY),
                ("CLAIM_2", "Refills", FULLY),
                ("CLAIM_3", "Retries", NOT),
                ("CLAIM_4", "Looks well", UNPROVEN),
            ],
            id="compliance with a ticket",
        ),
        pytest.param(
            "**[12](https://x.org/12) - Partially compliant**\n\n"
            "**Compliant requirements:**\n- Pool drains\n  - in `a.py`\n\n"
            "**Non-compliant requirements:**\n- Retries\n",
            NO_IDS,
            id="compliance with a ticket, bold",
        ),
    ],
)
def test_claims_are_read_from_tables_and_lists_of_requirements(
    text: str, expected: list[tuple[str, str, ReportVerdict]]
) -> None:
    report = read_report(text)

    assert [(claim.id, claim.statement, claim.verdict) for claim in report.claims] == expected


def test_a_row_brings_its_evidence_and_takes_none_from_below() -> None:
    report = read_report(
        "| Claim | Status | Where |\n|---|---|---|\n| Drains | ✅ | `drain` in `a.py:3` |\n| Retries | ? | |\n\n"
        "`close` is in `b.py:4`.\n"
    )

    assert [(c.statement, [one.path for one in c.citations]) for c in report.claims] == [
        ("Drains", ["a.py"]),
        ("Retries", []),
    ]
    assert [one.path for one in report.citations] == ["b.py"]
    assert [unread.line for unread in report.unread] == [4]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("| Package | Status |\n|---|---|\n| pool | ✅ |\n", id="a table of something else"),
        pytest.param("- ✅ `drain` is there\n- ❌ no `fill`\n", id="marked bullets"),
        pytest.param("Compliant requirements:\n", id="a label without bullets"),
    ],
)
def test_what_stands_under_a_claim_makes_no_other_claims(text: str) -> None:
    report = read_report(f"### CLAIM 1: {STATEMENT}\n\n**Verdict**: ✅ FULLY RESOLVED\n\n{text}")

    assert verdicts(report) == [("CLAIM_1", "FULLY RESOLVED", FULLY)]


def test_a_table_beside_the_one_verdict_of_a_report_is_no_list_of_claims() -> None:
    report = read_report(
        "# Pool drains\n\nVERDICT: ❌ NOT RESOLVED\n\n| Package | Status |\n|---|---|\n| pool | ✅ |\n"
    )

    assert verdicts(report) == [("CLAIM_1", "NOT RESOLVED", NOT)]


def test_a_summary_that_repeats_verdicts_adds_nothing() -> None:
    report = read_report(
        "### CLAIM 1: Drains\n**Verdict**: ✅ FULLY RESOLVED\n\n### CLAIM 2: Retries\n**Verdict**: ❌ NOT RESOLVED\n\n"
        "### Summary\n\n*   **CLAIM 1: Drains**: **✅ FULLY RESOLVED** (as said)\n*   **CLAIM 2**: ❌ NOT RESOLVED\n"
    )

    assert [(claim.id, claim.line, claim.verdict_line) for claim in report.claims] == [
        ("CLAIM_1", 1, 2),
        ("CLAIM_2", 4, 5),
    ]
    assert report.unread == ()


def test_a_summary_before_the_claims_gives_way_to_them() -> None:
    report = read_report(
        "## Summary\n\n- CLAIM_1: ✅ FULLY RESOLVED\n\n## CLAIM_1: Drains\n\n**Verdict**: ✅ FULLY RESOLVED\n"
    )

    assert [(claim.statement, claim.line, claim.verdict_line) for claim in report.claims] == [("Drains", 5, 7)]


def test_a_summary_that_contradicts_a_verdict_is_listed() -> None:
    report = read_report(
        "### CLAIM 1: Drains\n**Verdict**: ✅ FULLY RESOLVED\n\n### Summary\n\n- CLAIM_1: ❌ NOT RESOLVED\n"
    )

    assert verdicts(report) == [("CLAIM_1", "FULLY RESOLVED", FULLY)]
    assert report.unread == (Unread(6, "CLAIM_1: ❌ NOT RESOLVED", "another verdict on CLAIM_1 than in line 2"),)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(
            "**Verdict**: ✅ FULLY RESOLVED / ⚠️ PARTIALLY RESOLVED / ❌ NOT RESOLVED",
            "offers several verdicts to choose from",
            id="a template with all three",
        ),
        pytest.param(
            "**Verdict**: [✅ FULLY RESOLVED | ❌ NOT RESOLVED]",
            "offers several verdicts to choose from",
            id="brackets",
        ),
        pytest.param("**Verdict**: ✅/❌", "offers several verdicts to choose from", id="marks to choose from"),
        pytest.param("**Verdict**: [verdict]", "no verdict word that is known leads the line", id="a placeholder"),
        pytest.param("**Verdict**: <FULLY RESOLVED>", "is a placeholder", id="angle brackets"),
        pytest.param(
            "**Verdict**: would be ✅ FULLY RESOLVED", "no verdict word that is known leads the line", id="would be"
        ),
        pytest.param(
            "**Verdict**: ✅ FULLY RESOLVED if the file were there",
            "says what the verdict would be, not what it is",
            id="on a condition",
        ),
        pytest.param("**Verdict**: NOT FULLY RESOLVED", "leaves open which verdict it is", id="not fully"),
        pytest.param("**Verdict**: Splendid", "no verdict word that is known leads the line", id="an unknown word"),
        pytest.param("**Verdict**:\n\nThe pool is fine.", "no verdict follows this label", id="a label, then prose"),
    ],
)
def test_what_cannot_be_read_as_a_verdict_is_listed_with_its_line(line: str, why: str) -> None:
    report = read_report(f"# Review\n\n### CLAIM 1: {STATEMENT}\n\n{line}\n")

    assert [(claim.verdict, claim.verdict_line) for claim in report.claims] == [(None, None)]
    assert [(unread.line, unread.why) for unread in report.unread] == [(5, why)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("To be ✅ FULLY RESOLVED it needs a test.", id="inside a sentence"),
        pytest.param('It would then reach a "FULLY VALIDATED" status.', id="quoted in a sentence"),
        pytest.param("The issues are far from fully resolved.", id="small letters in a sentence"),
        pytest.param("Missing tests make this hard.", id="a sentence that begins with such a word"),
        pytest.param("```\nVERDICT: ❌ NOT RESOLVED\n```", id="in a code block"),
        pytest.param("> ```\n> VERDICT: ❌ NOT RESOLVED\n> ```", id="in a code block of a quotation"),
        pytest.param("- ```\n  VERDICT: ❌ NOT RESOLVED\n  ```", id="in a code block of a list"),
        pytest.param("<!--\nVERDICT: ❌ NOT RESOLVED\n-->", id="in a comment"),
        pytest.param("*   **Multi-stage build**: **Not implemented**.", id="an aspect"),
        pytest.param("*   **VALIDATION**: Verified by 132 passing tests", id="a line of the claim itself"),
        pytest.param("*   **Hypothetical Verdict**: ❌ NOT RESOLVED", id="a label that supposes"),
        pytest.param("*   **NOT IMPLEMENTED**: No", id="a question answered no"),
        pytest.param("- [ ] ❌ NOT RESOLVED", id="a box not ticked"),
        pytest.param("**Output format:**\n- ❌ NOT RESOLVED: nothing found", id="in a section on the format"),
        pytest.param("    *   **Status**: ❌ MISSING", id="a weaker label further in"),
    ],
)
def test_what_only_looks_like_a_verdict_is_none(line: str) -> None:
    report = read_report(f"### CLAIM 1: {STATEMENT}\n\n{line}\n\n**Verdict**: ✅ FULLY RESOLVED\n")

    assert verdicts(report) == [("CLAIM_1", "FULLY RESOLVED", FULLY)]
    assert report.unread == ()


def test_two_verdicts_of_one_standing_that_differ_are_no_verdict() -> None:
    report = read_report("### CLAIM 1: Drains\n\nVerdict: ✅ FULLY RESOLVED\n\nVerdict: ❌ NOT RESOLVED\n")

    assert verdicts(report) == [("CLAIM_1", "", None)]
    assert [unread.line for unread in report.unread] == [3, 5]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Claim 2 is about the same file.", id="a sentence"),
        pytest.param("    *   CLAIM_1: see above", id="a nested mention"),
        pytest.param("*   **MAX_IDLE**: 30 seconds", id="a constant"),
        pytest.param("1. **Line 3: `drain()`**", id="numbered evidence"),
        pytest.param("#### 1. Evidence", id="numbered heading"),
        pytest.param("Claims 2-4 are not judged here.", id="several claims"),
    ],
)
def test_what_only_looks_like_a_claim_is_none(line: str) -> None:
    report = read_report(f"### CLAIM 1: {STATEMENT}\n\n{line}\n\n**Verdict**: ✅ FULLY RESOLVED\n")

    assert verdicts(report) == [("CLAIM_1", "FULLY RESOLVED", FULLY)]


def test_a_claim_without_a_verdict_is_listed() -> None:
    report = read_report("### CLAIM 1: Drains\n**Verdict**: ✅ FULLY RESOLVED\n\n### CLAIM 2: Retries\nNothing said.\n")

    assert [claim.verdict for claim in report.claims] == [FULLY, None]
    assert report.unread == (Unread(4, "CLAIM_2", "no verdict on this claim was found"),)


def test_a_verdict_on_the_whole_is_no_claims_verdict() -> None:
    report = read_report(
        "### CLAIM 1: A\nVerdict: ✅ FULLY RESOLVED\n\n### CLAIM 2: B\nVerdict: ✅ FULLY RESOLVED\n\n"
        "## Overall\n\n**Overall Verdict**: ⚠️ PARTIALLY RESOLVED\n"
    )

    assert [claim.verdict for claim in report.claims] == [FULLY, FULLY]
    assert [(unread.line, unread.why) for unread in report.unread] == [(9, "a verdict on the whole, on no one claim")]


def test_header_location_and_expectation_are_read() -> None:
    report = read_report(
        "# Review\n\n**Generated**: 2031-02-03\n**Model**: some-model-1\n\n### CLAIM 1: Drains\n\n"
        "*   **LOCATION**: `src/pool.py`, `drain.py`\n*   **EXPECTED**: no leaks\n"
        "\n**Verdict**: ❌ NOT RESOLVED\n"
    )

    claim = report.claims[0]
    assert (report.title, report.generated, report.model) == ("Review", "2031-02-03", "some-model-1")
    assert (claim.locations, claim.expected) == (("src/pool.py", "drain.py"), "no leaks")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# A readme\n\nPool is a library. Install it with pip.\n", id="a readme"),
        pytest.param("version: 1\nclaims:\n  - id: pool\n    claim: It drains\n", id="a claim set"),
        pytest.param("# Claims\n\n- CLAIM_1: Pool drains\n- CLAIM_2: Pool retries\n", id="claims that nobody judged"),
        pytest.param("def f():\n    return 1\n", id="code"),
    ],
)
def test_what_is_no_report_gets_one_clear_line(text: str) -> None:
    with pytest.raises(AuditError) as error:
        read_report(text)

    assert "\n" not in str(error.value)
    assert "name" in str(error.value)
