"""How the citations of somebody else's report stand in a commit."""

from __future__ import annotations

import pytest

from tests.audit.audited import audited, audited_claim
from tests.conftest import Commit
from verifier.audit.record import AuditedCitation, CitationStanding, Place
from verifier.audit.report import render
from verifier.repository.snapshot import Snapshot

POOL = """\
import queue

LIMIT = 30


class Pool:
    \"\"\"Hands out connections; `release` takes one back.\"\"\"

    def drain(self, timeout_s):
        while self.idle:
            self.idle.pop()
        return timeout_s

    def refill(
        self,
        size=LIMIT,
    ):
        self.idle = queue.Queue(size)


# To do: a `Monitor` that watches the pool.
def connect(address):
    return address
"""
FILES: dict[str, str | bytes | None] = {
    "src/core/pool.py": POOL,
    "src/core/clock.py": "def tick():\n    return 1\n",
    "src/api/clock.py": "def tock():\n    return 2\n",
    "src/a/turn.py": "def turn():\n    return 1\n",
    "src/b/turn.py": "def turn():\n    return 2\n",
    "docs/guide.md": "# Guide\n\nThe `Monitor` comes later.\n",
    "pool.db": b"drain\0\0",
}


@pytest.fixture
def snapshot(commit: Commit) -> Snapshot:
    return commit(FILES)


def cited(evidence: str, snapshot: Snapshot) -> AuditedCitation:
    (only,) = audited_claim(evidence, snapshot).citations
    return only


def places(citation: AuditedCitation) -> list[tuple[str, int | None, int | None]]:
    return [(place.path, place.first_line, place.last_line) for place in citation.found]


@pytest.mark.parametrize(
    ("evidence", "standing", "found"),
    [
        pytest.param("`drain` is there (`src/core/pool.py`, lines 9-12).", "exact", [(9, 9)], id="its definition"),
        pytest.param("`drain` is there (`src/core/pool.py`, line 9).", "exact", [(9, 9)], id="one line"),
        pytest.param("`Pool.drain` is there (`src/core/pool.py:9`).", "exact", [(9, 9)], id="a qualified name"),
        pytest.param("`self.idle.pop()` is called (`src/core/pool.py:11`).", "exact", [(11, 11)], id="quoted code"),
        pytest.param(
            "`def refill(self, size=LIMIT,):` (`src/core/pool.py`, lines 13-18)", "exact", [(14, 17)], id="lines joined"
        ),
        pytest.param("`queue.Queue(...)` is made (`src/core/pool.py:18`).", "exact", [(18, 18)], id="an elision"),
        pytest.param("`drain` is there (`src/core/pool.py`, lines 12-14).", "near", [(9, 9)], id="3 lines above"),
        pytest.param("`drain` is there (`src/core/pool.py`, lines 3-6).", "near", [(9, 9)], id="3 lines below"),
        pytest.param("`drain` is there (`src/core/pool.py`, lines 13-14).", "moved", [(9, 12)], id="4 lines above"),
        pytest.param("`drain` is there (`src/core/pool.py`, line 5).", "moved", [(9, 9)], id="4 lines below"),
        pytest.param(
            "`connect` is there (`src/core/pool.py`, line 2).", "moved", [(22, 22)], id="its definition, moved"
        ),
        pytest.param("`LIMIT` is set (`src/core/pool.py`, line 9).", "moved", [(3, 3)], id="the nearest place"),
        pytest.param("`drain` is there (`src/core/pool.py`, lines 40-50).", "moved", [(9, 12)], id="outside the file"),
        pytest.param("`connect` ends it (`src/core/pool.py`, lines 20-25).", "near", [(22, 22)], id="2 lines too many"),
        pytest.param("`Drain` is there (`src/core/pool.py`, lines 9-12).", "wrong", [], id="other case"),
        pytest.param("`drai` is there (`src/core/pool.py`, lines 9-12).", "wrong", [], id="half a name"),
        pytest.param("`while self.busy` (`src/core/pool.py`, lines 9-12)", "wrong", [], id="invented code"),
    ],
)
def test_what_a_sentence_names_is_looked_for_in_the_cited_lines(
    snapshot: Snapshot, evidence: str, standing: str, found: list[tuple[int, int]]
) -> None:
    citation = cited(evidence, snapshot)

    assert citation.standing.value == standing
    assert places(citation) == [("src/core/pool.py", first, last) for first, last in found]


def test_a_name_that_another_file_has_is_wrong_and_its_true_place_is_given(snapshot: Snapshot) -> None:
    citation = cited("`tick` is there (`src/core/pool.py`, lines 9-12).", snapshot)

    assert citation.standing is CitationStanding.WRONG
    assert citation.missing == ("tick",)
    assert places(citation) == [("src/core/clock.py", 1, 2)]
    assert citation.why == ""


def test_a_name_that_no_file_has_is_wrong_and_that_is_said(snapshot: Snapshot) -> None:
    citation = cited("`evict` is there (`src/core/pool.py`, lines 9-12).", snapshot)

    assert (citation.standing, citation.found) == (CitationStanding.WRONG, ())
    assert citation.why == "named nowhere else in the commit"


@pytest.mark.parametrize(
    ("evidence", "standing", "missing"),
    [
        pytest.param("`Pool` has `drain` (`src/core/pool.py:9`).", "exact", (), id="one of two, the other elsewhere"),
        pytest.param("`evict` calls `drain` (`src/core/pool.py:9`).", "exact", ("evict",), id="one of two invented"),
        pytest.param(
            "`evict`, `purge`, `drain` (`src/core/pool.py:9`)", "wrong", ("evict", "purge"), id="two of three"
        ),
        pytest.param("`LIMIT`, `connect`, `drain` (`src/core/pool.py:9`)", "moved", (), id="one of three is too few"),
    ],
)
def test_of_several_names_at_least_half_must_stand_there(
    snapshot: Snapshot, evidence: str, standing: str, missing: tuple[str, ...]
) -> None:
    citation = cited(evidence, snapshot)

    assert (citation.standing.value, citation.missing) == (standing, missing)


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        pytest.param("It is robust (`src/core/pool.py`, lines 9-12).", "nothing is named", id="no name"),
        pytest.param("It has `()` (`src/core/pool.py`, lines 9-12).", "nothing is named", id="only signs"),
        pytest.param("`Pool` is there (`src/core/pool.py`, lines 1-23).", "all lines of the file", id="the whole file"),
        pytest.param("`drain` is there (`src/core/pool.py`, lines 12-9).", "comes after the last", id="reversed"),
        pytest.param("`tick` is there (`clock.py`, line 1).", "2 files have that name", id="two files of that name"),
        pytest.param("`src/core/` has `tick` in it.", "a folder or several files", id="a folder"),
        pytest.param("`core/` has `tick` in it.", "a folder or several files", id="the end of a folder"),
        pytest.param("`src/*/clock.py` has `tick` in it.", "a folder or several files", id="a glob"),
        pytest.param("`vent` is on line 9.", "no file is named", id="no file, defined nowhere"),
        pytest.param("`turn` is on line 1.", "no file is named", id="no file, defined in two"),
        pytest.param("`drain` and `tick` are on line 9.", "no file is named", id="no file, one each in two"),
        pytest.param(
            "`drain`, `x1` and `x2` are on line 9.", "no file is named", id="no file, most not in the only one"
        ),
        pytest.param("`Guide` is on line 1.", "no file is named", id="no file, a heading of prose"),
        pytest.param("`drain` is on lines 9-2.", "comes after the last", id="no file, reversed"),
        pytest.param("`drain` is there (`pool.db`, line 9).", "no text", id="no text"),
    ],
)
def test_what_cannot_be_checked_is_not_called_wrong(snapshot: Snapshot, evidence: str, why: str) -> None:
    claim = audited_claim(evidence, snapshot)

    (citation,) = claim.citations
    assert citation.standing is CitationStanding.CANNOT_BE_CHECKED
    assert why in citation.why
    assert claim.rests_on.value == "unchecked"


@pytest.mark.parametrize(
    ("evidence", "standing", "found"),
    [
        pytest.param("`drain` is on line 9.", "exact", [("src/core/pool.py", 9, 9)], id="exact"),
        pytest.param(
            "`Pool.drain` is on lines 30-40.", "moved", [("src/core/pool.py", 9, 12)], id="moved, lines not there"
        ),
        pytest.param("`drain` calls `turn` (line 11).", "near", [("src/core/pool.py", 9, 9)], id="one of two names"),
    ],
)
def test_a_citation_without_a_file_means_the_only_one_that_defines_what_it_names(
    snapshot: Snapshot, evidence: str, standing: str, found: list[tuple[str, int, int]]
) -> None:
    citation = cited(evidence, snapshot)

    assert (citation.standing.value, citation.path, citation.file) == (standing, None, "src/core/pool.py")
    assert places(citation) == found
    assert citation.why.startswith("no file is named, and only this one defines it")


def test_the_page_says_which_file_was_taken(snapshot: Snapshot) -> None:
    page = render(audited("### CLAIM 1: a\n\n`drain` is on line 9.\n\nVerdict: FULLY RESOLVED\n", snapshot))

    assert (
        "- ✅ **exact** `src/core/pool.py:9`, `drain` (report, line 3): no file is named, and only this one defines it"
        in page
    )


def test_lines_that_the_file_does_not_have_are_wrong_even_where_nothing_is_named(snapshot: Snapshot) -> None:
    citation = cited("It is robust (`src/core/pool.py`, lines 20-60).", snapshot)

    assert (citation.standing, citation.why) == (CitationStanding.WRONG, "the file has 23 lines")


def test_a_small_file_may_be_cited_whole(snapshot: Snapshot) -> None:
    assert cited("`tick` is there (`src/core/clock.py`, lines 1-2).", snapshot).standing is CitationStanding.EXACT


@pytest.mark.parametrize(
    ("path", "file"),
    [
        pytest.param("src/core/pool.py", None, id="itself"),
        pytest.param("pool.py", "src/core/pool.py", id="a bare name that one file has"),
        pytest.param("core/pool.py", "src/core/pool.py", id="the end of a path"),
        pytest.param("/app/src/core/pool.py", "src/core/pool.py", id="an absolute path"),
        pytest.param("repository/src/core/pool.py", "src/core/pool.py", id="with the repository's folder"),
    ],
)
def test_a_path_may_be_written_in_several_ways(snapshot: Snapshot, path: str, file: str | None) -> None:
    citation = cited(f"`drain` is there (`{path}`, line 9).", snapshot)

    assert (citation.path, citation.standing, citation.file) == (path, CitationStanding.EXACT, file)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("src/api/pool.py", [("src/core/pool.py", 9, 9)], id="the name is elsewhere"),
        pytest.param("src/core/Pool.py", [("src/core/pool.py", 9, 9)], id="other case"),
        pytest.param("src/core/reservoir.py", [], id="nothing like it"),
        pytest.param("../src/core/pool.py", [("src/core/pool.py", 9, 9)], id="out of the commit"),
        pytest.param("src/../../etc/pool.cfg", [], id="two folders up"),
        pytest.param("/pool.cfg", [], id="absolute"),
    ],
)
def test_a_file_that_is_not_there_is_named_with_what_is(
    snapshot: Snapshot, path: str, found: list[tuple[str, int, int]]
) -> None:
    citation = cited(f"`drain` is there (`{path}`, line 9).", snapshot)

    assert citation.standing is CitationStanding.NO_SUCH_FILE
    assert places(citation) == found


def test_a_bare_name_means_the_file_that_the_report_names_in_full(snapshot: Snapshot) -> None:
    claim = audited_claim("`tick`: `src/core/clock.py:1`.\n\n`tick` again: `clock.py:1`.", snapshot)

    assert [(one.standing.value, one.file) for one in claim.citations] == [
        ("exact", None),
        ("exact", "src/core/clock.py"),
    ]


@pytest.mark.parametrize(
    ("evidence", "standing"),
    [
        pytest.param("`src/core/pool.py` defines `drain`.", "in_file", id="there"),
        pytest.param("`src/core/pool.py` defines `evict`.", "wrong", id="not there"),
        pytest.param("`src/core/lake.py` defines `drain`.", "no_such_file", id="no such file"),
    ],
)
def test_a_file_cited_without_lines_is_in_no_figure_about_lines(
    snapshot: Snapshot, evidence: str, standing: str
) -> None:
    report = audited(f"### CLAIM 1: Pool drains\n\n{evidence}\n\n**Verdict**: ✅ FULLY RESOLVED\n", snapshot)

    assert [one.standing.value for one in report.claims[0].citations] == [standing]
    assert sum(report.totals.citations.values()) == 0
    assert {key.value: number for key, number in report.totals.whole_files.items() if number} == {standing: 1}
    assert report.totals.grounded_percent is None


@pytest.mark.parametrize(
    ("evidence", "only_words", "rests_on"),
    [
        pytest.param("`release` is there (`src/core/pool.py:7`).", True, "words", id="a docstring"),
        pytest.param("`Monitor` is there (`src/core/pool.py:21`).", True, "words", id="a comment"),
        pytest.param("`LIMIT` is there (`src/core/pool.py:3`).", False, "evidence", id="code"),
        pytest.param("`Monitor` is told of (`docs/guide.md:3`).", False, "evidence", id="prose is meant to be prose"),
    ],
)
def test_what_stands_in_comments_alone_is_marked(
    snapshot: Snapshot, evidence: str, only_words: bool, rests_on: str
) -> None:
    claim = audited_claim(evidence, snapshot)

    assert claim.citations[0].only_words is only_words
    assert claim.rests_on.value == rests_on


def test_evidence_outside_every_claim_is_listed_and_in_no_figure(snapshot: Snapshot) -> None:
    report = audited(
        "# Review\n\n`tick` is at `src/core/clock.py:1`, and `lake.py` is missing.\n\n"
        "### CLAIM 1: Pool drains\n\n`drain`: `src/core/pool.py:9`.\n\n**Verdict**: ✅ FULLY RESOLVED\n",
        snapshot,
    )

    assert [one.standing.value for one in report.outside.citations] == ["exact"]
    assert [one.subject for one in report.outside.absences] == ["lake.py"]
    assert (report.totals.evidence, report.totals.grounded) == (1, 1)


def test_a_report_about_another_repository_is_told_so(snapshot: Snapshot) -> None:
    about_lakes = "`a`: `lake/a.rs:1`, `b`: `lake/b.rs:2`, `c`: `lake/c.rs:3`."
    with_one_pool = f"{about_lakes} `drain`: `src/core/pool.py:9`."
    report = "### CLAIM 1: Lakes\n\n{}\n\n**Verdict**: ✅ FULLY RESOLVED\n"

    (note,) = audited(report.format(about_lakes), snapshot).notes

    assert note == (
        f"none of the 3 files that it cites is in commit {snapshot.commit[:12]}; "
        "is it about another repository or commit? name that with --repo and --ref"
    )
    assert audited(report.format(with_one_pool), snapshot).notes == ()


def test_the_place_of_a_citation_in_the_report_is_kept(snapshot: Snapshot) -> None:
    citation = cited("Some words.\n\n- `drain` (`src/core/pool.py:9`)", snapshot)

    assert citation == AuditedCitation(
        line=5,
        path="src/core/pool.py",
        first_line=9,
        last_line=9,
        names=("drain",),
        standing=CitationStanding.EXACT,
        found=(Place(path="src/core/pool.py", first_line=9, last_line=9),),
    )
