"""Citations, absences and code blocks in the shapes in which models write them, and what only looks like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.audit.reading.mentions import Kind, read_sentences
from verifier.audit.reading.reports import LARGEST_REPORT_BYTES, read_report, read_report_file
from verifier.audit.values import CodeBlock, ReportAbsence, ReportCitation, ReportClaim
from verifier.errors import AuditError


def claim_with(evidence: str) -> ReportClaim:
    """A claim that no path stands in; its evidence begins in line 3."""
    return read_report(f"### CLAIM 1: Pool drains\n\n{evidence}\n\n**Verdict**: ✅ FULLY RESOLVED\n").claims[0]


def cited(path: str | None, first: int | None, last: int | None, *names: str) -> ReportCitation:
    return ReportCitation(3, path, first, last, names)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("`drain` is there (`a/pool.py`, lines 3-9).", [cited("a/pool.py", 3, 9, "drain")], id="brackets"),
        pytest.param("`drain` is there (`pool.py:3-9`).", [cited("pool.py", 3, 9, "drain")], id="colon in backticks"),
        pytest.param("`drain` is at `pool.py:3`.", [cited("pool.py", 3, 3, "drain")], id="one line"),
        pytest.param("`drain` is at a/pool.py:3-9.", [cited("a/pool.py", 3, 9, "drain")], id="no backticks"),
        pytest.param("`drain`: a/pool.py#L3-L9", [cited("a/pool.py", 3, 9, "drain")], id="anchor"),
        pytest.param(
            "`drain` is [here](https://example.org/x) [pool](a/pool.py#L3).",
            [cited("a/pool.py", 3, 3, "drain")],
            id="link",
        ),
        pytest.param("Line 42 of `pool.py` defines `drain`.", [cited("pool.py", 42, 42, "drain")], id="line of path"),
        pytest.param("`drain` starts on line 42 in `pool.py`.", [cited("pool.py", 42, 42, "drain")], id="line in path"),
        pytest.param("`drain` (lines 3–9 in `pool.py`)", [cited("pool.py", 3, 9, "drain")], id="long dash"),
        pytest.param("`pool.py`, line 3 to 9: `drain`", [cited("pool.py", 3, 9, "drain")], id="to, names behind"),
        pytest.param("`drain` (`pool.py, lines 3-9`)", [cited("pool.py", 3, 9, "drain")], id="all in backticks"),
        pytest.param("In `pool.py` `drain` is at `L3-L9`.", [cited("pool.py", 3, 9, "drain")], id="lines in backticks"),
        pytest.param(
            "`drain` (`pool.py`, lines 3-9, 12 and 20-22)",
            [cited("pool.py", 3, 9, "drain"), cited("pool.py", 12, 12, "drain"), cited("pool.py", 20, 22, "drain")],
            id="several ranges",
        ),
        pytest.param(
            "`drain` (`pool.py:3-9,20-22`)",
            [cited("pool.py", 3, 9, "drain"), cited("pool.py", 20, 22, "drain")],
            id="several ranges behind a colon",
        ),
        pytest.param(
            "`drain` (`pool.py`, line 3) calls `close` (`conn.py`, line 8).",
            [cited("pool.py", 3, 3, "drain"), cited("conn.py", 8, 8, "close")],
            id="each with its own names",
        ),
        pytest.param(
            "Line 3 defines `drain`, line 8 defines `close`, both in `pool.py`.",
            [cited(None, 3, 3, "drain"), cited(None, 8, 8, "close")],
            id="names behind each, path too far",
        ),
        pytest.param(
            "`drain` is set up (`pool.py`, line 3) and used (`pool.py`, line 8).",
            [cited("pool.py", 3, 3, "drain"), cited("pool.py", 8, 8, "drain")],
            id="the same name again",
        ),
        pytest.param(
            "`drain` is set up (`pool.py`, line 3), see also `conn.py:8`.",
            [cited("pool.py", 3, 3, "drain"), cited("conn.py", 8, 8)],
            id="not the same name in another file",
        ),
        pytest.param(
            "`Pool.drain()` (`pool.py`, line 3)", [cited("pool.py", 3, 3, "Pool.drain")], id="call, attribute"
        ),
        pytest.param(
            "`tests/test_x.py::test_y` passes.", [cited("tests/test_x.py", None, None, "test_y")], id="node id"
        ),
        pytest.param("`pool.py` defines `drain`.", [cited("pool.py", None, None, "drain")], id="a file without lines"),
        pytest.param("It ends (lines 9-3 in `pool.py`).", [cited("pool.py", 9, 3)], id="reversed, as written"),
        pytest.param("The file `pool.py` (line 3) is short.", [cited("pool.py", 3, 3)], id="nothing named"),
        pytest.param("A `for` loop (`pool.py`, line 3).", [cited("pool.py", 3, 3)], id="a keyword names nothing"),
        pytest.param(
            "It does not use `sleep` (`pool.py`, line 3).", [cited("pool.py", 3, 3)], id="what is denied is not sought"
        ),
        pytest.param("It is on line 3.", [cited(None, 3, 3)], id="no path at all"),
    ],
)
def test_a_citation_is_read_in_every_shape(sentence: str, expected: list[ReportCitation]) -> None:
    assert list(claim_with(sentence).citations) == expected


def test_code_in_backticks_is_kept_apart_from_names() -> None:
    claim = claim_with("It runs as this user (`Dockerfile`, line 23: `USER app`), see `x = f(1)` at line 9 in `a.py`.")

    assert claim.citations == (
        cited("Dockerfile", 23, 23, "USER app"),
        cited("a.py", 9, 9, "x = f(1)"),
    )


@pytest.mark.parametrize(
    ("evidence", "path"),
    [
        pytest.param("`pool.py` is short. `drain` is on line 3.", "pool.py", id="the sentence before"),
        pytest.param("*   **`pool.py`**:\n    *   `drain` (line 3)", "pool.py", id="the bullet above"),
        pytest.param("*   `pool.py`:\n    *   Good:\n        *   `drain` (line 3)", "pool.py", id="two bullets above"),
        pytest.param("#### `pool.py`\n\n*   `drain` (line 3)", "pool.py", id="the heading above"),
        pytest.param("In `pool.py`:\n\n- `drain` (line 3)", "pool.py", id="the paragraph above"),
        pytest.param("- `open` (`pool.py`, line 1)\n- `drain` (line 3)", "pool.py", id="the bullet before"),
        pytest.param("- **LOCATION**: `pool.py`\n- `drain` (line 3)", "pool.py", id="the only one of the claim"),
        pytest.param("- **LOCATION**: `pool.py`, `a.py`\n- `drain` (line 3)", None, id="not one of two of the claim"),
        pytest.param("*   `pool.py`, `a.py`:\n    *   `drain` (line 3)", None, id="not one of two above"),
        pytest.param("*   `pool.py`:\n    *   fine\n*   `drain` (line 3)", None, id="not that of a bullet beside"),
        pytest.param("Similar to `a.py`, it is short. `drain` is on line 3.", None, id="not one it is likened to"),
    ],
)
def test_a_path_is_taken_from_before_or_from_nowhere(evidence: str, path: str | None) -> None:
    citation = claim_with(evidence).citations[-1]

    assert (citation.path, citation.first_line, citation.names) == (path, 3, ("drain",))


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("The file has 80 lines and 3.5 lines per call.", id="counts of lines"),
        pytest.param("Run `make` on the command line.", id="no number"),
        pytest.param("Coverage rose by lines 10-20%.", id="percent"),
        pytest.param("It targets `Node.js` and Next.js, not `/health` or application/json.", id="products and routes"),
        pytest.param("It returns `response.json` for the deadline 5.", id="attributes"),
        pytest.param("`pool.py` should define `drain`.", id="what should be"),
        pytest.param("`pool.py` does not define it.", id="what is denied"),
        pytest.param("`a.py`, `b.py` and `drain` are named.", id="two files without lines"),
        pytest.param("```python\n# see pool.py, line 3\n```", id="code"),
        pytest.param("**Potential red flags (if code was present):**\n- `drain` (`pool.py`, line 3)", id="supposed"),
        pytest.param("**EXPECTED**: `drain` (`pool.py`, line 3)", id="words of the claim"),
    ],
)
def test_what_only_looks_like_a_citation_is_none(sentence: str) -> None:
    assert claim_with(sentence).citations == ()


@pytest.mark.parametrize(
    ("word", "name"),
    [
        pytest.param("drain", "drain", id="word"),
        pytest.param("Pool.drain()", "Pool.drain", id="call"),
        pytest.param("drain(", "drain", id="open-call"),
        pytest.param("@cache", "@cache", id="decorator"),
        pytest.param("$refs", None, id="sign"),
        pytest.param("async", None, id="keyword"),
        pytest.param("None", None, id="value"),
        pytest.param("CLAIM_1_POOL", None, id="label-of-a-claim"),
        pytest.param("drain all", None, id="several-words"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_word_between_backticks_is_a_name_or_none(word: str, name: str | None) -> None:
    (sentence,) = read_sentences(f"There is `{word}`")

    assert [one.text for one in sentence.mentions if one.kind is Kind.NAME] == ([name] if name else [])


def test_the_address_of_a_link_names_no_file() -> None:
    (citation,) = claim_with("[src/pool.py:9](https://example.org/blob/4b825dc/src/pool.py#L9) has `drain`.").citations

    assert citation == cited("src/pool.py", 9, 9, "drain")


def test_the_statement_is_no_evidence() -> None:
    report = read_report("### CLAIM 1: `drain` stands in `pool.py`, lines 3-9\n\n**Verdict**: ✅ FULLY RESOLVED\n")

    assert report.claims[0].citations == ()


def test_a_citation_says_in_which_line_of_a_wrapped_paragraph_it_stands() -> None:
    claim = claim_with("The pool is short and\nclean, and `drain` (`pool.py`, line 3)\ncloses it (`pool.py`, line 9).")

    assert [(citation.line, citation.first_line) for citation in claim.citations] == [(4, 3), (5, 9)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("`a/x.yml`: **Not present** in the codebase.", ["a/x.yml"], id="label"),
        pytest.param("The `x.yml` file is entirely missing from the repository.", ["x.yml"], id="file is missing"),
        pytest.param("`x.yml` and `y.yml` do not exist.", ["x.yml", "y.yml"], id="two"),
        pytest.param(
            "The `k8s/` directory and all files (e.g., `a.yaml`, `b.yaml`) are absent.",
            ["k8s/", "a.yaml", "b.yaml"],
            id="a list in brackets",
        ),
        pytest.param("The `Pool` class could not be found.", ["Pool"], id="symbol"),
        pytest.param("There is no `Pool` class anywhere.", ["Pool"], id="there is no"),
        pytest.param("The absence of `x.yml` means work.", ["x.yml"], id="the absence of"),
        pytest.param("Missing: `x.yml`, `y.yml`", ["x.yml", "y.yml"], id="missing, colon"),
        pytest.param("The missing file `x.yml` blocks it.", ["x.yml"], id="the missing"),
        pytest.param("- `x.yml` - MISSING", ["x.yml"], id="dash"),
        pytest.param("`x.yml`, which is meant to hold it, is missing.", ["x.yml"], id="a clause between"),
        pytest.param("Without access to `x.yml`, it is impossible to verify.", ["x.yml"], id="had to do without"),
        pytest.param("*   **`x.yml`**:\n    *   This file is **not present**.", ["x.yml"], id="this file"),
        pytest.param("The tests run, but `x.yml` is missing.", ["x.yml"], id="its own clause"),
        pytest.param("I could not find `Pool`.", ["Pool"], id="could not find"),
        pytest.param("We couldn't locate the `Pool` class.", ["Pool"], id="could not locate"),
        pytest.param("Unable to find `x.yml` and `y.yml`.", ["x.yml", "y.yml"], id="unable to find"),
        pytest.param("Failed to locate `x.yml`.", ["x.yml"], id="failed to locate"),
        pytest.param("`x.yml` is nowhere to be found.", ["x.yml"], id="nowhere to be found"),
        pytest.param("`Pool` does not appear anywhere.", ["Pool"], id="does not appear"),
    ],
)
def test_an_absence_is_read_in_every_shape(sentence: str, expected: list[str]) -> None:
    assert [absence.subject for absence in claim_with(sentence).absences] == expected


@pytest.mark.parametrize(
    ("sentence", "within"),
    [
        pytest.param("`sleep` is missing from `pool.py`.", "pool.py", id="missing from"),
        pytest.param("`sleep` in `pool.py` is missing.", "pool.py", id="in, is missing"),
        pytest.param("In `pool.py`, `sleep` is not defined.", "pool.py", id="in front"),
        pytest.param("`pool.py` is missing `sleep`.", "pool.py", id="is missing it"),
        pytest.param("`pool.py` does not define `sleep`.", "pool.py", id="does not define"),
        pytest.param("The codebase does not contain `sleep`.", None, id="the codebase"),
    ],
)
def test_a_symbol_can_be_missing_from_one_file_alone(sentence: str, within: str | None) -> None:
    assert claim_with(sentence).absences == (ReportAbsence("sleep", "symbol", 3, within),)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("`pool.py` does not use `sleep`.", id="does not use"),
        pytest.param("`pool.py` no longer uses `sleep`.", id="no longer uses"),
        pytest.param("`pool.py` doesn't actually import `sleep`.", id="does not import"),
        pytest.param("`pool.py` does not call `sleep()`.", id="does not call"),
        pytest.param("No use of `sleep` found in `pool.py`.", id="no use found"),
        pytest.param("No usages of `sleep` were found in `pool.py`.", id="no usages were found"),
        pytest.param("There are no calls to `sleep` in `pool.py`.", id="there are no calls"),
        pytest.param("I could not find any use of `sleep` in `pool.py`.", id="could not find any use"),
        pytest.param("In `pool.py` I did not see any reference to `sleep`.", id="did not see, place in front"),
        pytest.param("`sleep` is not used in `pool.py`.", id="is not used"),
        pytest.param("`sleep` is never called in `pool.py`.", id="is never called"),
    ],
)
def test_a_symbol_that_is_not_used_need_not_be_missing(sentence: str) -> None:
    assert claim_with(sentence).absences == (ReportAbsence("sleep", "symbol", 3, "pool.py", unused=True),)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Tests for `Pool` are missing.", id="something about it is"),
        pytest.param("`close()` error handling is missing.", id="something of it is"),
        pytest.param("`Pool` is missing tests.", id="it lacks something"),
        pytest.param("If `x.yml` is missing, it fails.", id="a condition"),
        pytest.param("It would fail when `x.yml` is missing.", id="what would be"),
        pytest.param("`x.py` checks whether `y.yml` is missing.", id="a check"),
        pytest.param("The multi-stage build is missing.", id="nothing to look up"),
        pytest.param("The key missing part is the check for `drain` in it.", id="a missing part"),
        pytest.param("`drain` does not call `close`.", id="one symbol in another"),
        pytest.param("`drain` is not present in `close`.", id="present elsewhere"),
        pytest.param("`drain` is not implemented correctly.", id="badly, but there"),
        pytest.param("`psutil` is not available.", id="not installed"),
        pytest.param("There are no tests for `Pool`.", id="no tests for it"),
        pytest.param("**Hypothetical steps:**\n- `x.yml` is missing", id="supposed"),
        pytest.param("`load` could not find `x.yml`.", id="what code does not find while it runs"),
        pytest.param("It should not find `drain`.", id="what it should not find"),
        pytest.param("If no use of `drain` is found, it fails.", id="a use on a condition"),
        pytest.param("I could not find tests for `Pool`.", id="could not find something about it"),
        pytest.param("`drain` is never called with `None`.", id="called otherwise"),
        pytest.param("`drain` is not used in tests.", id="used elsewhere"),
        pytest.param("`drain` is not used here.", id="not used where one reads"),
        pytest.param("The unused `drain` method stays.", id="unused, in passing"),
        pytest.param("`pool.py` is never imported.", id="a file that is not used"),
        pytest.param("No calls to `close()` are made in `drain`.", id="no calls in another symbol"),
    ],
)
def test_what_only_looks_like_an_absence_is_none(sentence: str) -> None:
    assert claim_with(sentence).absences == ()


def test_a_file_called_missing_twice_is_listed_once() -> None:
    claim = claim_with("`docker/x.yml` is missing.\n\nThe `x.yml` file is absent, `docker/x.yml` is not found.")

    assert claim.absences == (ReportAbsence("docker/x.yml", "path", 3),)


@pytest.mark.parametrize(
    ("block", "path", "language"),
    [
        pytest.param("```python\nx = 1\n```", None, "python", id="no path"),
        pytest.param("In `pool.py`:\n\n```python\nx = 1\n```", "pool.py", "python", id="the text before"),
        pytest.param("See `pool.py:3`.\n```python\nx = 1\n```", "pool.py", "python", id="a citation before"),
        pytest.param("```python src/pool.py\nx = 1\n```", "src/pool.py", "python", id="behind the language"),
        pytest.param("```src/pool.py\nx = 1\n```", "src/pool.py", "", id="in place of the language"),
        pytest.param("```\n# src/pool.py\nx = 1\n```", "src/pool.py", "", id="a comment"),
        pytest.param("   ```python\n   x = 1\n   ```", None, "python", id="indented"),
        pytest.param("~~~\nx = 1\n~~~", None, "", id="tildes"),
    ],
)
def test_a_code_block_is_kept_with_the_file_that_it_quotes(block: str, path: str | None, language: str) -> None:
    (read,) = claim_with(block).code_blocks

    assert (read.path, read.language, read.lines[-1]) == (path, language, "x = 1")


def test_a_code_block_that_nothing_closes_is_listed() -> None:
    report = read_report("### CLAIM 1: A\nVerdict: ✅ FULLY RESOLVED\n\n```\nx = 1\n")

    assert report.claims[0].code_blocks == (CodeBlock(None, ("x = 1", ""), 4),)
    assert [unread.line for unread in report.unread] == [4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"# A\0B", "binary, not a Markdown report; name the report itself", id="binary"),
        pytest.param(b"# A \xff", "byte 4 is not UTF-8; convert the report to UTF-8", id="no UTF-8"),
        pytest.param(
            b"hello", "no claim with a verdict stands in it; name a Markdown report that judges claims", id="no report"
        ),
        pytest.param(None, "cannot be read (No such file or directory); name a report that is there", id="no file"),
    ],
)
def test_a_file_that_is_no_report_gets_one_line_that_names_it(tmp_path: Path, data: bytes | None, message: str) -> None:
    path = tmp_path / "report.md"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(AuditError) as error:
        read_report_file(path)

    assert str(error.value) == f"{path}: {message}"


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    with path.open("wb") as file:
        file.truncate(LARGEST_REPORT_BYTES + 48_000_000)

    with pytest.raises(AuditError, match="50 MB, more than the 2 MB that a report may have; split it"):
        read_report_file(path)


def test_a_byte_order_mark_is_no_part_of_the_title(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_bytes(b"\xef\xbb\xbf# Review\n\nCLAIM_1: Drains\nVERDICT: FULLY RESOLVED\n")

    assert read_report_file(path).title == "Review"
