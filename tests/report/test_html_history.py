"""Rulings over commits in HTML: a strip for each claim of a report, and a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.browsing import open_browser, visit
from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING
from tests.report.run_records import EVERYTHING, FULLY, HISTORY, NOT, ruled, run
from tests.report.test_html import CONTRAST, DESK, PHONE, SCREENSHOTS, Page
from verifier.report.html import FORMAT, render
from verifier.report.html import render_history as picture
from verifier.values.claim import Word
from verifier.values.history import History, JudgedCommit, Strip

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ONE_PAGE = {"report": lambda: render(EVERYTHING, HISTORY), "picture": lambda: picture(HISTORY)}


def labels(page: str) -> list[str | None]:
    """What is said of each strip to those who cannot see it."""
    return [given["aria-label"] for tag, given in Page(page).tags if given.get("class") == "strip" and "role" in given]


def test_pages_are_as_expected() -> None:
    assert_as_expected("past.html", render(run(FULLY, NOT), HISTORY))
    assert_as_expected("history.html", picture(HISTORY))


def test_a_claim_that_was_judged_on_other_commits_too_has_a_strip_in_words() -> None:
    assert labels(render(EVERYTHING, HISTORY)) == [
        "Over 5 commits: NOT RESOLVED on 1 commit, then ERROR on 1 commit, then UNPROVEN on 1 commit",
        "Over 5 commits: FULLY RESOLVED on 1 commit, then PARTIALLY RESOLVED on 2 commits",
        "Over 5 commits: NOT RESOLVED on 2 commits, then PARTIALLY RESOLVED on 1 commit, "
        "then FULLY RESOLVED on 2 commits",
    ]


def test_a_strip_is_unfolded_to_the_commits_the_latest_first() -> None:
    text = " ".join(Page(render(run(FULLY), HISTORY)).text.split())

    assert "Ruled on 5 commits: last FULLY RESOLVED, since 555555555555, judged 2025-07-15" in text
    assert (
        "FULLY RESOLVED 4b825dc642cb phase4 judged 2025-07-18 FULLY RESOLVED 555555555555 phase4 judged 2025-07-15 "
        "PARTIALLY RESOLVED 333333333333 phase3 judged 2025-07-11 NOT RESOLVED 222222222222 judged 2025-07-08"
    ) in text


def test_without_a_history_the_page_is_the_record_s_alone() -> None:
    assert FORMAT.written(EVERYTHING) == FORMAT.written(EVERYTHING, History((), ())) == render(EVERYTHING)
    assert labels(render(EVERYTHING)) == []


def test_the_picture_is_a_table_that_can_be_read_aloud() -> None:
    page = Page(picture(HISTORY))

    assert [given.get("scope") for tag, given in page.tags if tag == "th"].count("row") == len(HISTORY.strips)
    assert "audit-log NOT RESOLVED not judged not judged not judged not judged NOT RESOLVED" in " ".join(
        page.text.split()
    )


@cache
def named(name: str) -> tuple[Page, Page]:
    """Both pages, with that name for a claim, its claim file and every ref."""
    commits = tuple(JudgedCommit(one.commit, name, one.judged) for one in HISTORY.commits)
    history = History(commits, (Strip(name, name, (Word.NOT,) * 5, Word.NOT),))
    claim = replace(ruled("a", "x", Word.NOT, "y"), claim_id=name)
    return Page(picture(history)), Page(render(run(claim), history))


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_names_bring_no_markup(text: str) -> None:
    for plain, page in zip(named("word"), named(text), strict=True):
        assert page.shapes <= plain.shapes | {("wbr", ())}
        assert page.number_of("script") == plain.number_of("script")


# In a browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ONE_PAGE)
def test_the_page_is_quiet_fits_and_can_be_read(
    browser: Browser, tmp_path: Path, name: str, device: dict[str, Any], scheme: Any
) -> None:
    path = tmp_path / "page.html"
    path.write_text(ONE_PAGE[name](), encoding="utf-8")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    with visit(browser, path, color_scheme=scheme, **device) as seen:
        shot = f"history-{name}-{'phone' if device is PHONE else 'desk'}-{scheme}.png"
        seen.page.screenshot(path=SCREENSHOTS / shot, full_page=True)
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

        assert seen.page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]
        assert seen.page.evaluate(CONTRAST) == []
        assert seen.requests == [path.as_uri()]
        assert seen.complaints == []


def test_the_commits_are_unfolded_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(run(FULLY), HISTORY), encoding="utf-8")

    with visit(browser, path, "#claim-pool-drains", **DESK) as seen:
        commits = seen.page.locator(".past")
        assert not commits.is_visible()

        for _ in range(40):
            seen.page.keyboard.press("Tab")
            if str(seen.page.evaluate("document.activeElement.textContent")).startswith("Ruled on 5 commits"):
                break
        seen.page.keyboard.press("Enter")

        assert commits.is_visible()
        assert commits.locator("li").count() == 5


def test_each_ruling_of_a_strip_differs_in_more_than_its_colour(browser: Browser, tmp_path: Path) -> None:
    words = tuple(Word)
    commits = tuple(JudgedCommit(f"{n}" * 40, "main", "2025-07-01") for n in range(len(words) + 1))
    path = tmp_path / "page.html"
    path.write_text(picture(History(commits, (Strip("c.yaml", "a", (*words, None), Word.NOT),))), encoding="utf-8")

    with visit(browser, path, **DESK) as seen:
        looks = seen.page.evaluate(
            """[...document.querySelectorAll('.mark i')].map((one) => {
              const style = getComputedStyle(one);
              return [style.height, style.boxShadow === 'none', style.backgroundImage === 'none'].join();
            })"""
        )

    assert len(set(looks)) == len(words) + 1


def test_forty_commits_fit_a_phone(browser: Browser, tmp_path: Path) -> None:
    commits = tuple(JudgedCommit(f"{n:040x}", "main", "2025-07-01") for n in range(40))
    strip = Strip("claims/pool.yaml", "pool-drains", (Word.FULLY, Word.NOT) * 20, Word.NOT)
    path = tmp_path / "page.html"

    for page in (picture(History(commits, (strip,))), render(run(FULLY), History(commits, (strip,)))):
        path.write_text(page, encoding="utf-8")
        with visit(browser, path, **PHONE) as seen:
            marks = seen.page.locator(".mark i, .claim .strip i")
            tops = {round(box["y"] + box["height"]) for one in marks.all() if (box := one.bounding_box())}

            assert marks.count() == 40
            assert len(tops) == 1
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
