"""Foreign text in Markdown shows as what it is, whatever it is and wherever it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.markdown_reader import blocks, inlines, text_of
from verifier.report.markdown_text import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_LINES,
    beginning,
    cell,
    code_block,
    code_cell,
    code_span,
    indented,
    inline,
    link,
    list_item,
    prose,
)
from verifier.safety.invisible import visible

HOSTILE = {
    "emphasis": "**bold** *it* __bold__ _it_ ~~gone~~ ***both***",
    "a heading": "# Ruling: fully",
    "a deep heading": "###### x",
    "an underline that makes a heading": "===",
    "another underline": "---",
    "a list item": "- done",
    "a list item with a plus": "+ done",
    "a list item with a star": "* done",
    "a numbered item": "1. done",
    "a numbered item with a bracket": "12) done",
    "a task": "[x] done",
    "a quotation": "> done",
    "code by indentation": "    done",
    "code by a tab": "\tdone",
    "a fence": "```python\nprint()\n```",
    "a fence of tildes": "~~~\ntext\n~~~",
    "a lone run of backticks": "`````",
    "odd backticks": "a `b c",
    "nested backticks": "``a`b``",
    "a table": "a | b\n--- | ---\nc | d",
    "an escaped bar": "a \\| b \\\\| c",
    "a link": "[here](https://example.org)",
    "a link by reference": "[here][1]\n\n[1]: https://example.org",
    "an image": "![pixel](https://example.org/p.png)",
    "a footnote": "text[^1]\n\n[^1]: note",
    "a script": "<script>alert(1)</script>",
    "the end of a fold": "</details></summary></table>",
    "a comment": "<!-- hidden -->",
    "an open comment": "<!-- hidden",
    "an image in HTML": '<img src=x onerror="alert(1)">',
    "an address in angles": "<https://example.org>",
    "a bare address": "see https://example.org/a_b_c and www.example.org",
    "an e-mail address": "write to someone@example.org",
    "a mention": "@octocat and @example/team",
    "an issue": "#12, example/pool#3, GH-4, !5",
    "entities": "&lt;b&gt; &amp; &#35; &copy;",
    "mathematics": "$x^2$ and $$y$$",
    "a trailing backslash": "path\\",
    "backslashes": r"\* \\ \<b>",
    "two blanks at a line end": "one  \ntwo",
    "a lone carriage return": "one\r# two",
    "a null": "a\x00b",
    "a terminal's colours": "\x1b[31mred\x1b[0m",
    "a change of direction": "a\u202eb\u202c \u2066c\u2069",
    "blanks of no width": "a\u200bb\ufeffc\u2060d",
    "line and paragraph separators": "a\u2028# b\u2029c",
    "half a pair": "a\ud800b",
    "tags": "a\U000e0041b",
    "underscores inside and outside": "a_b _c_ d__e f_ _g",
    "a forged ruling": "x\n\n**Ruling**: ✅ FULLY RESOLVED (3 proven)\n\n## next",
}

PLACES = {
    "alone": "{}",
    "in a list": "- {}",
    "in a list in a list": "- a\n  - {}",
    "in a quotation": "> {}",
    "in a heading": "# {}",
    "after words": "Why: {}",
    "between words": "- **Why**: {}. The model: yes",
}

texts = st.text(st.sampled_from("`*_~[]()<>#+-=.!|\\&;:@$/wW1a \n\r\t\u202e\u200b\x00\ud800é✅") | st.characters())


def as_shown(text: str) -> str:
    """The text on one line, invisible characters escaped."""
    return visible(re.sub(r"[ \t\r\n]+", " ", text)).strip()


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_plain_text(text: str, place: str) -> None:
    harmless = place.format("word")

    page = place.format(inline(text))

    assert [block.type for block in blocks(page)] == [block.type for block in blocks(harmless)]
    assert [token.type for token in inlines(page)] == [token.type for token in inlines(harmless)]
    assert text_of(page) == text_of(harmless).replace("word", as_shown(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_in_its_cell(text: str) -> None:
    page = f"| a | b |\n| --- | --- |\n| {cell(text)} | {code_cell(text)} |"

    kinds = [block.type for block in blocks(page)]
    assert kinds.count("td_open") == 2
    assert kinds.count("tr_open") == 2
    assert kinds[-1] == "table_close"
    assert {token.type for token in inlines(page)} <= {"text", "code_inline"}
    assert as_shown(text) in text_of(page)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_prose_is_text_or_code(text: str) -> None:
    page = prose(text)

    assert [block.type for block in blocks(page)] == ["paragraph_open", "inline", "paragraph_close"]
    assert {token.type for token in inlines(page)} <= {"text", "code_inline"}
    assert text_of(page).replace("`", "") == as_shown(text).replace("`", "")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_one_span_of_code(text: str) -> None:
    assert [(token.type, token.content) for token in inlines(f"a {code_span(text)} b")] == [
        ("text", "a "),
        ("code_inline", visible(text)),
        ("text", " b"),
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_one_block_wherever_it_stands(text: str) -> None:
    expected = visible(text.replace("\r\n", "\n"), keep="\n\t") + "\n"

    for page in (code_block(text, "python"), list_item(f"a\n{code_block(text)}", depth=1)):
        fences = [block for block in blocks(page) if block.type == "fence"]
        assert [fence.content for fence in fences] == [expected]
        assert "html_block" not in {block.type for block in blocks(page)}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("@octocat", "@octocat", id="a mention"),
        pytest.param("someone@example.org", "@example", id="an e-mail address"),
        pytest.param("#12", "#12", id="an issue"),
        pytest.param("gh-12", "gh-12", id="an issue by its short form"),
        pytest.param("!12", "!12", id="a merge request"),
        pytest.param("https://example.org", "://", id="an address"),
        pytest.param("www.example.org", "www.", id="an address without its scheme"),
    ],
)
def test_a_host_finds_nothing_to_link(text: str, gone: str) -> None:
    said = "".join(token.content for token in inlines(inline(text)))

    assert gone not in said
    assert text_of(inline(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "src/core/error_handler.py",
        "The pool's items are closed, one by one; 100 % of them.",
        "CLAIM_4_COMPREHENSIVE_ERROR_HANDLING",
        "a - b + c = d, 3.5 (of 7)",
        "x @ y, number # one, what! No",
        "Größe, 日本語, ⚠️",
    ],
)
def test_ordinary_text_is_written_as_it_is(text: str) -> None:
    assert inline(text) == text


def test_an_ampersand_alone_is_an_entity() -> None:
    assert inline("R&D") == "R&amp;D"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("`a` and `b.c()`", "`a` and `b.c()`", id="two names"),
        pytest.param("`<b>` is not <b>", "`<b>` is not &lt;b&gt;", id="markup inside and outside"),
        pytest.param("an odd ` alone", "an odd \\` alone", id="one backtick alone"),
        pytest.param("`` two ``", "\\`\\` two \\`\\`", id="longer runs are no code"),
        pytest.param("` blank `", "\\` blank \\`", id="blanks at the ends are no code"),
        pytest.param("`a|b`", "`a|b`", id="a bar outside a table"),
    ],
)
def test_backticks_of_the_author_mark_code(text: str, written: str) -> None:
    assert prose(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("a\u202eb", r"a\u202eb", id="a change of direction"),
        pytest.param("a\nb\tc\rd", r"a\nb\tc\rd", id="line ends and tabs"),
        pytest.param("a\x1b[0m", r"a\u001b[0m", id="a control character"),
        pytest.param("a\U000e0041", r"a\U000e0041", id="a tag"),
        pytest.param("a\xa0b ⚠️ é", "a\xa0b ⚠️ é", id="blanks, signs and letters stay"),
    ],
)
def test_the_invisible_is_shown_as_an_escape(text: str, written: str) -> None:
    assert visible(text) == written


def test_long_text_is_cut_visibly() -> None:
    assert inline("a" * (LONGEST_TEXT + 7)) == "a" * LONGEST_TEXT + r" \[7 more characters\]"
    assert inline("a" * LONGEST_TEXT) == "a" * LONGEST_TEXT


def test_long_code_is_cut_visibly() -> None:
    written = code_block("\n".join(["x" * (LONGEST_LINE + 1), *["y"] * (MOST_LINES + 1)])).split("\n")

    assert written[1] == "x" * LONGEST_LINE + " [1 more characters]"
    assert written[-2:] == ["[2 more lines]", "```"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("\n  def f():\n    pass", "`def f():` ...", id="several lines"),
        pytest.param("x = 1\n", "`x = 1`", id="one line"),
        pytest.param("  \n ", "(empty)", id="blanks alone"),
        pytest.param("a" * 81, f"`{'a' * 80}` ...", id="a long line"),
    ],
)
def test_the_beginning_of_a_quote_is_one_line(text: str, written: str) -> None:
    assert beginning(text) == written


def test_a_link_without_an_address_is_its_label() -> None:
    assert link("`a`", None) == "`a`"
    assert link("`a`", "#b") == "[`a`](#b)"


def test_lines_inside_an_item_are_moved_right_and_empty_ones_stay_empty() -> None:
    assert indented("a\n\nb", 2) == "  a\n\n  b"
    assert list_item("a\nb", depth=1) == "  - a\n    b"


@settings(deadline=None)
@given(texts)
def test_any_text_is_plain_text(text: str) -> None:
    page = f"- a: {inline(text)}\n- {inline(text)}\n"

    assert [block.type for block in blocks(page)].count("list_item_open") == 2
    assert {token.type for token in inlines(page)} <= {"text"}
    assert text_of(page) == f"a: {as_shown(text)}".strip() + as_shown(text)


@settings(deadline=None)
@given(texts)
def test_any_code_is_one_span_and_one_block(text: str) -> None:
    spans = [token for token in inlines(f"a {code_span(text)} b") if token.type == "code_inline"]
    fences = [block for block in blocks(list_item(f"a\n{code_block(text)}")) if block.type == "fence"]

    assert [span.content for span in spans] == ([visible(text)] if text else [])
    assert len(fences) == 1
    assert {token.type for token in inlines(prose(text))} <= {"text", "code_inline"}
