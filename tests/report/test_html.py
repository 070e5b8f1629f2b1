"""The HTML report: one file that asks for nothing, seen and used in a real browser, whatever the texts are.

Screenshots for review are kept in build/screenshots.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import ROOT
from tests.report.browsing import Visit, open_browser, visit
from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING, hostile
from tests.report.run_records import (
    BESIDES,
    COMMIT,
    ERROR,
    EVERYTHING,
    FULLY,
    MODEL,
    NOT,
    PARTIALLY,
    PLAIN,
    READER,
    SILENT,
    UNPROVEN,
    YES,
    absent,
    cited,
    lines,
    part,
    ruled,
    run,
    settled,
)
from verifier.records.document import as_json, from_json
from verifier.report.html import render
from verifier.report.html.text import code
from verifier.report.markdown_text import LONGEST_LINE, LONGEST_TEXT, MOST_LINES
from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Hit, TextKind
from verifier.values.reading import Settles
from verifier.values.record import RepositoryRecord, RulingRecord
from verifier.values.ruling import State
from verifier.values.source import Lines
from verifier.values.verdict import Holds

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCREENSHOTS = ROOT / "build" / "screenshots"

DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def tagged(ruling: RulingRecord, *tags: str) -> RulingRecord:
    return replace(ruling, claim=ruling.claim.model_copy(update={"tags": tags}))


TAGGED = run(
    tagged(FULLY, "core", "net"),
    tagged(PARTIALLY, "net"),
    tagged(NOT, "core"),
    UNPROVEN,
    tagged(ERROR, "<b>odd</b>"),
)


class Page(HTMLParser):
    """A page taken apart by a reader of HTML that knows nothing of ours."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.within: dict[str, list[str]] = {"style": [], "script": [], "title": []}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.within:
            self.within[self._open].append(data)
        else:
            self.text += data

    @property
    def shapes(self) -> set[tuple[str, tuple[str, ...]]]:
        """Every kind of tag with the names of its attributes."""
        return {(tag, tuple(sorted(attributes))) for tag, attributes in self.tags}

    @property
    def addresses(self) -> set[str]:
        return {value or "" for _, given in self.tags for name, value in given.items() if name in ("href", "src")}

    def number_of(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@cache
def page_of(text: str) -> Page:
    return Page(render(hostile(text)))


# The page as text.


@pytest.mark.parametrize("name", ["everything", "plain"])
def test_a_page_is_as_expected(name: str) -> None:
    assert_as_expected(f"{name}.html", render({"everything": EVERYTHING, "plain": PLAIN}[name]))


def test_the_same_record_gives_the_same_bytes_after_a_journey_through_json() -> None:
    assert render(from_json(as_json(EVERYTHING))) == render(EVERYTHING)


def test_the_policy_allows_the_one_style_and_the_one_script_and_no_request() -> None:
    page = Page(render(EVERYTHING))

    (policy,) = [given["content"] for tag, given in page.tags if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'{digest(page.within['style'])}'",
        "script-src": f"'{digest(page.within['script'])}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def digest(texts: list[str]) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(''.join(texts).encode()).digest()).decode()}"


def test_no_element_brings_a_script_a_style_or_a_handler_of_its_own() -> None:
    names = {name for _, given in Page(render(EVERYTHING)).tags for name in given}

    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "ping")}


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_in_every_field_brings_no_markup(text: str) -> None:
    harmless, page = page_of("word"), page_of(text)

    assert page.shapes <= harmless.shapes | page_of("`code` and `x = 1 # y`").shapes | {
        ("span", ("class",)),
        ("wbr", ()),
    }
    for tag in ("details", "section", "li", "svg", "button", "script", "style", "h3", "tr", "meta", "dd"):
        assert page.number_of(tag) == harmless.number_of(tag)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066]", page.text)
    assert page.within["script"] == harmless.within["script"]


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_leads_nowhere_else(text: str) -> None:
    for address in page_of(text).addresses:
        assert re.fullmatch(r"#[\w.-]+|data:,|https://github\.com/example/pool(/[\w.%~/-]*(#L\d+(-L\d+)?)?)?", address)


def test_text_is_shown_as_it_is() -> None:
    page = page_of("<b>&amp; \"quoted\" 'text'</b>")

    assert "<b>&amp; \"quoted\" 'text'</b>" in page.text
    assert page.within["title"][0].startswith("<b>&amp;")


def test_backticks_of_the_author_mark_code_and_nothing_else() -> None:
    written = render(run(ruled("a", "Call `a<b>` or ` c ` or ``d``", Word.UNPROVEN, "y")))

    assert "Call <code>a&lt;b&gt;</code> or ` c ` or ``d``" in written


def test_long_text_and_long_code_are_cut_visibly() -> None:
    long = cited("a.py", 1, 99, "\n".join(["x" * (LONGEST_LINE + 1), *["y"] * 98]))
    claim = ruled(
        "a", "z" * (LONGEST_TEXT + 7), Word.FULLY, "y", part(1, "x", Holds.YES, State.PROVEN, YES, citations=(long,))
    )

    text = Page(render(run(claim))).text

    assert "z" * LONGEST_TEXT + " [7 more characters]" in text
    assert "x" * LONGEST_LINE + " [1 more characters]" in text
    assert f"{99 - MOST_LINES} more lines" in text


def test_claims_of_the_same_id_or_of_an_odd_one_have_anchors_of_their_own() -> None:
    one = ruled("a", "x", Word.UNPROVEN, "y")
    claims = [replace(one, claim_id=name) for name in ("a", "a", "b c", "", "-1")]

    anchors = [
        given["id"] for tag, given in Page(render(run(*claims))).tags if given.get("class") == "claim is-unproven"
    ]

    assert anchors == ["claim-a", "claim--2", "claim--3", "claim--4", "claim--5"]


def test_a_repository_without_a_known_host_is_not_linked() -> None:
    page = Page(render(run(FULLY, PARTIALLY, repository=RepositoryRecord(commit=COMMIT, ref="main"))))

    assert not [address for address in page.addresses if address.startswith("http")]


def test_a_waiver_and_where_a_claim_and_its_replies_come_from_are_shown() -> None:
    text = " ".join(Page(render(BESIDES)).text.split())

    assert "NOT RESOLVED waived until 2025-07-18 new on this branch audit-" in text
    assert "PARTIALLY RESOLVED the model: FULLY RESOLVED its waiver expired on 2025-07-17 retries" in text
    assert "FULLY RESOLVED required pool-" in text
    assert "Waived until 2025-07-18: the <core> team: Comes with v2." in text
    assert f"Carried over: the replies were given on commit {'1' * 40}" in text
    assert "Earlier verdicts on this code differ: 2 FULLY RESOLVED, 1 NOT RESOLVED" in text


def text_of_part(**given: Any) -> str:
    """What the page says of one part, on one line."""
    claim = ruled("a", "x", Word.UNPROVEN, "y", part(1, "x", Holds.YES, State.UNPROVEN, SILENT, **given))
    text = " ".join(Page(re.sub(r"(</b>|</span>|</td>)", r"\1 ", render(run(claim)))).text.split())
    return text.split("1 unproven ")[-1].split("1 round with the model")[0]


def test_both_readings_of_a_part_are_shown_and_what_would_settle_it() -> None:
    said = text_of_part(why="It goes.", outside="requests", reading=settled(Settles.SILENT, "It calls `go`.", "`go`"))

    assert f"{SILENT} p1 x Second reading It calls go. Would settle it go The model: yes It goes." in said
    assert "Rests on requests, a package outside the commit" in said


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        pytest.param({}, True, id="nothing stands"),
        pytest.param({"citations": (cited("a.py", 1, 1, "x"),)}, False, id="a citation stands"),
        pytest.param({"absences": (absent("x"),)}, False, id="a search was made"),
    ],
)
def test_what_does_not_stand_is_unfolded_only_where_nothing_stands(given: dict[str, Any], opened: bool) -> None:
    weak = cited("b.py", 1, 1, "y", why_not=("a stub",))
    given = {**given, "citations": (*given.get("citations", ()), weak), "near": (Hit("c.py", 1, "z"),), "near_total": 4}
    page = Page(render(run(ruled("a", "x", Word.NOT, "y", part(1, "x", Holds.YES, State.UNPROVEN, "z", **given)))))

    fold = next(given for tag, given in page.tags if given.get("class") == "fold")
    assert ("open" in fold) is opened
    assert "and 1 piece that does not stand, 1 line or path nearest to its words" in page.text
    assert "and 3 more that come less near" in page.text


def test_what_could_not_be_searched_is_named() -> None:
    search = absent("x", standing=AbsenceStanding.UNDECIDED, unread=("a.bin: too large", "b: <LFS>"))

    assert (
        "Searched x in the whole commit no hit in 124 files searched, which settles nothing; "
        "not searched: a.bin: too large; b: <LFS>"
    ) in text_of_part(absences=(search,))


def test_each_found_line_says_what_it_is() -> None:
    hits = (Hit("a.py", 3, "go()"), Hit("b.md", 4, "go", "documentation"), Hit("k", 5, "", "code", excluded=True))
    search = absent("x", standing=AbsenceStanding.HITS, total=7, hits=(*hits, Hit("go", 0, "go", "path")))

    said = text_of_part(absences=(search,))
    assert "a.py:3 code go() b.md:4 documentation go k:5 code kept from the model go path and 3 more hits" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"kind": TextKind.VENDORED}, "a.py:1 vendored", id="vendored"),
        pytest.param({"kind": TextKind.PROSE}, "a.py:1 a comment, docstring or documentation", id="prose"),
        pytest.param({"kind": TextKind.CODE, "stub": "it is empty"}, "a.py:1 a stub: it is empty", id="a stub"),
        pytest.param({"dead": "after return"}, "a.py:1 it never runs: after return", id="dead"),
    ],
)
def test_what_is_cited_says_what_it_is(given: dict[str, Any], said: str) -> None:
    assert f"Supports {said}" in text_of_part(citations=(cited("a.py", 1, 1, "x", **given),))


def test_words_that_nobody_judged_stand_with_the_statement() -> None:
    page = Page(render(run(ruled("a", "A robust pool", Word.FULLY, "y", not_judged=("robust", "<b>")))))

    assert "A robust pool not judged: “robust”, “<b>”" in " ".join(page.text.split())


def test_the_head_says_who_read_and_each_round_what_that_took() -> None:
    text = " ".join(Page(render(run(FULLY))).text.split())

    assert f"Verdicts asked of {MODEL}, second readings of {READER}: the two readings agree over 2 of 2 parts" in text
    assert "1 round with the model, 1 second reading: 6,030 in" in text
    assert f"Second reading: live reply of {READER}; about 900 tokens sent by our count; 910 in, 120 out" in text


def test_a_run_without_claims_is_a_page() -> None:
    assert "No claim was judged." in Page(render(run())).text


# Code.


def numbers(text: str, where: Lines | None) -> list[int | None]:
    return [line.number for line in code(text, "a.py", where).lines]


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        pytest.param("a\nb\nc", lines(5, 7), [5, 6, 7], id="whole lines"),
        pytest.param("a\r\nb\r\n", lines(5, 6), [5, 6], id="a line end at the end"),
        pytest.param("a\nb\n...\nc", lines(5, 30), [5, 6, None, 30], id="an elision is counted from both ends"),
        pytest.param("a\n...\nb\n...\nc", lines(5, 30), [5, None, None, None, 30], id="between two nothing is known"),
        pytest.param("a\n...\nb", lines(5, 7), [5, 6, 7], id="an ellipsis that is text of the file"),
        pytest.param("a\nb", lines(5, 9), [None, None], id="other lines than were quoted"),
        pytest.param("a", None, [None], id="what stands nowhere"),
    ],
)
def test_lines_have_their_numbers_in_the_commit_or_none(
    text: str, where: Lines | None, expected: list[int | None]
) -> None:
    assert numbers(text, where) == expected


@pytest.mark.parametrize(
    ("path", "text", "markup"),
    [
        pytest.param("a.py", "def f(): ...", '<span class="k">def</span> <span class="d">f</span>(): ...', id="Python"),
        pytest.param("a.go", "\treturn nil", '\t<span class="k">return</span> <span class="m">nil</span>', id="Go"),
        pytest.param("a.unknown", "def f()", "def f()", id="an unknown language"),
        pytest.param("a.py", "x = '<b>'", 'x = <span class="s">&#39;&lt;b&gt;&#39;</span>', id="markup in a string"),
        pytest.param("a.py", "x\u202e", "x\\u202e", id="what cannot be seen"),
    ],
)
def test_code_is_coloured_by_its_language(path: str, text: str, markup: str) -> None:
    (line,) = code(text, path).lines

    assert line.markup == markup


@pytest.mark.parametrize(
    "suffix", ["py", "go", "js", "tsx", "rs", "html", "md", "yaml", "sh", "css", "json", "rb", "php"]
)
@pytest.mark.parametrize("text", ["\n\nx\n\n", "'''a\nb", "\ufeffx", "  x\t\ty  ", "<?php\n<b>", "```\n\n"])
def test_colouring_changes_no_character(suffix: str, text: str) -> None:
    coloured = [re.sub(r"</?span[^>]*>", "", line.markup) for line in code(text, f"a.{suffix}").lines]

    assert coloured == [line.markup for line in code(text, "a").lines]


# In a browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(render(TAGGED), encoding="utf-8")
    return path


def shown(seen: Visit) -> list[str]:
    """The names of the claims that can be seen."""
    return [name.inner_text() for name in seen.page.locator(".claim .name").all() if name.is_visible()]


ALL = ["shutdown", "limits", "audit-log", "retries", "pool-drains"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_quiet_and_fits(browser: Browser, tmp_path: Path, device: dict[str, Any], scheme: Any) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(EVERYTHING), encoding="utf-8")
    name = f"{'phone' if device is PHONE else 'desk'}-{scheme}"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    with visit(browser, path, color_scheme=scheme, **device) as seen:
        seen.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        seen.page.click("#unfold")
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        seen.page.screenshot(path=SCREENSHOTS / f"{name}-unfolded.png", full_page=True)

        assert seen.page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]
        assert seen.requests == [path.as_uri()]
        assert seen.complaints == []


CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.querySelector("body"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("svg")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) weak.push(`${element.className || element.tagName}: ${node.data.trim()}`);
  }
  return weak;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser: Browser, report: Path, scheme: Any) -> None:
    with visit(browser, report, color_scheme=scheme, **DESK) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

        assert seen.page.evaluate(CONTRAST) == []


def test_rulings_filter_the_claims_and_several_widen(browser: Browser, report: Path) -> None:
    with visit(browser, report, **DESK) as seen:
        assert shown(seen) == ALL

        seen.page.click("button[data-ruling=not]")
        assert shown(seen) == ["audit-log"]
        assert seen.page.inner_text("#shown") == "1 of 5 shown"
        assert seen.page.get_attribute("button[data-ruling=not]", "aria-pressed") == "true"

        seen.page.click("button[data-ruling=error]")
        assert shown(seen) == ["shutdown", "audit-log"]

        seen.page.click("button[data-ruling=not]")
        assert shown(seen) == ["shutdown"]

        seen.page.click("#all")
        assert shown(seen) == ALL
        assert seen.page.inner_text("#shown") == ""
        assert not seen.page.is_visible("#all")


def test_paper_says_what_a_filter_left_out(browser: Browser, report: Path) -> None:
    with visit(browser, report, **DESK) as seen:
        seen.page.click("button[data-ruling=not]")
        seen.page.emulate_media(media="print")

        assert shown(seen) == ["audit-log"]
        assert seen.page.is_visible("#shown")


def test_tags_filter_the_claims_and_narrow_what_rulings_leave(browser: Browser, report: Path) -> None:
    with visit(browser, report, **DESK) as seen:
        tags = seen.page.locator("button[data-tag]")
        assert [" ".join(text.split()) for text in tags.all_text_contents()] == ["core 2", "net 2", "<b>odd</b> 1"]

        tags.nth(0).click()
        assert shown(seen) == ["audit-log", "pool-drains"]

        tags.nth(1).click()
        assert shown(seen) == ["audit-log", "retries", "pool-drains"]

        seen.page.click("button[data-ruling=partially]")
        assert shown(seen) == ["retries"]

        tags.nth(1).click()
        assert shown(seen) == []
        assert seen.page.is_visible("#none")


def test_a_claim_unfolds_to_its_parts_and_code(browser: Browser, report: Path) -> None:
    with visit(browser, report, **DESK) as seen:
        claim = seen.page.locator("#claim-retries")
        assert not claim.locator(".part").first.is_visible()

        claim.locator("summary").first.click()

        assert [one.inner_text() for one in claim.locator(".state").all()] == ["1 refuted", "1 partly", "1 proven"]
        assert claim.locator(".elsewhere").first.inner_text() == (
            "found at line 3 instead of lines 8-9, and also at 44, 90"
        )
        line = claim.locator(".is-fully .code.marked .line").first
        assert (line.get_attribute("data-line"), line.inner_text().rstrip("\n")) == ("3", "        pause(2**attempt)")
        against = claim.locator(".contradicts .code.marked .line")
        assert len({one.evaluate("e => getComputedStyle(e).backgroundColor") for one in (line, against)}) == 2


def test_all_is_done_by_keyboard(browser: Browser, report: Path) -> None:
    def press(*keys: str) -> None:
        for key in keys:
            seen.page.keyboard.press(key)

    def focused() -> str:
        return " ".join(str(seen.page.evaluate("document.activeElement.textContent")).split())

    with visit(browser, report, **DESK) as seen:
        press("Tab")
        assert focused() == "To the claims"
        press("Enter", "Tab")
        assert focused() == "1 FULLY RESOLVED"
        press("Tab", "Space")
        assert shown(seen) == ["retries"]
        for _ in range(20):
            press("Tab")
            if focused().startswith("PARTIALLY RESOLVED"):
                break
        press("Enter")
        assert seen.page.locator("#claim-retries .part").first.is_visible()
        for _ in range(20):
            press("Tab")
            if seen.page.evaluate("document.activeElement.classList.contains('code')"):
                break
        assert seen.page.evaluate("document.activeElement.getAttribute('aria-label')") == "line 2 of src/net/retry.py"


def test_an_address_unfolds_its_claim_though_a_filter_hides_it(browser: Browser, report: Path) -> None:
    with visit(browser, report, "#claim-limits", **DESK) as seen:
        assert seen.page.evaluate("[...document.querySelectorAll('.claim[open]')].map((one) => one.id)") == [
            "claim-limits"
        ]

        seen.page.click("button[data-ruling=not]")
        seen.page.evaluate("location.hash = '#claim-shutdown'")
        seen.page.wait_for_selector("#claim-shutdown[open]")
        assert shown(seen) == ALL


@pytest.mark.parametrize("anchor", ["#", "#claims", "#claim-none", "#%E0%A4%A", "#'\"]<x>"])
def test_an_address_of_nothing_unfolds_nothing(browser: Browser, report: Path, anchor: str) -> None:
    with visit(browser, report, anchor, **DESK) as seen:
        assert seen.page.locator(".claim[open]").count() == 0
        assert seen.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_paper_shows_all_that_is_folded_and_no_buttons(browser: Browser, report: Path, scripts: bool) -> None:
    with visit(browser, report, java_script_enabled=scripts, **DESK) as seen:
        before = seen.page.locator("details[open]").count()
        pdf = seen.page.pdf(format="A4")
        assert seen.page.locator("details[open]").count() == before

        seen.page.emulate_media(media="print")
        boxes = [one.bounding_box() for one in seen.page.locator("#claim-retries .part").all()]
        assert all(box is not None and box["height"] > 20 for box in boxes)
        assert not seen.page.is_visible(".tools")
        assert seen.page.is_visible(".spread")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4


def test_without_scripts_the_claims_still_unfold(browser: Browser, report: Path) -> None:
    with visit(browser, report, java_script_enabled=False, **DESK) as seen:
        assert not seen.page.is_visible(".tools")
        assert seen.page.is_visible(".spread")

        seen.page.locator("#claim-retries > summary").click()

        assert seen.page.locator("#claim-retries .part").first.is_visible()


def test_hostile_text_does_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    rulings = [ruling for text in SPEAKING.values() for ruling in hostile(text).rulings]
    path = tmp_path / "report.html"
    path.write_text(render(run(*rulings)), encoding="utf-8")

    with visit(browser, path, **PHONE) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

        assert seen.page.evaluate("window.broken") is None
        assert seen.page.locator("script").count() == 1
        assert seen.page.locator(".claim").count() == len(rulings)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
        assert seen.requests == [path.as_uri()]
        assert seen.complaints == []


def test_were_markup_to_get_in_the_policy_would_stop_it(browser: Browser, report: Path) -> None:
    broken = report.read_text(encoding="utf-8").replace(
        "</main>",
        "<script>window.broken = 1</script><img src='http://127.0.0.1:9/x.png' onerror='window.broken = 1'>"
        "<p style='color: red' onclick='window.broken = 1' id=here>x</p></main>",
    )
    report.write_text(broken, encoding="utf-8")

    with visit(browser, report, **DESK) as seen:
        seen.page.click("#here")

        assert seen.page.evaluate("window.broken") is None
        assert seen.page.evaluate("getComputedStyle(document.getElementById('here')).color") != "rgb(255, 0, 0)"
        assert all("Content Security Policy" in complaint for complaint in seen.complaints)
        assert len(seen.complaints) >= 4
