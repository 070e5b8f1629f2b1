"""Whatever a report says, its audit is made soon, adds up, and breaks no page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests import ROOT
from tests.audit.audited import audited
from tests.conftest import git
from tests.report.foreign_text import PIECES
from verifier.audit.auditing import Auditor
from verifier.audit.reading.reports import read_report, read_report_file
from verifier.audit.record import Audit, CitationStanding, MissingStanding
from verifier.audit.report import MOST_SHOWN, render
from verifier.errors import AuditError
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot

CORPUS = ROOT.parent / "shared" / "corpus" / "reports"

FILES = {
    "pool.py": "class Pool:\n    def drain(self):\n        return 1\n" * 20,
    "src/a/b.py": "def a(): ...\n",
    "src/a/b/pool.py": "x = 1\n",
    "a/x.yml": "a: 1\n",
    "odd`name|[x](y).py": "Pool = 1\n",
}
HEAD = "### CLAIM 1: a\n\nVerdict: FULLY RESOLVED\n\n"
THERE = [
    "`Pool`",
    "`drain`",
    "`a`",
    "`src/a/b.py`",
    "src/a/b.py:1",
    "`Pool.drain`",
    "`x = 1`",
    "`...`",
    "`a(...)`",
    "`a/`",
    "\n\n```python\nclass Pool:\n    evict = 1\n```\n\n",
    "\n- `Pool` (`pool.py`, lines 1-3).\n",
    "\nThe file `a/x.yml` is missing.\n",
    "\nThe `drain` method is missing.\n",
]


def jumbled(seed: int, oddity: str) -> str:
    """A report of a hundred pieces, most of which are evidence or nearly so."""
    chosen = Random(seed).choices(PIECES + 4 * THERE, k=100)
    return HEAD + "".join([*chosen[:50], oddity, *chosen[50:]])


TEXT = st.builds(jumbled, st.integers(0, 2**32), st.text(max_size=10))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    folder = tmp_path_factory.mktemp("properties")
    git(folder, "init", "--quiet")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Begin")
    with Snapshot.open(folder) as opened:
        yield opened


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_any_report_is_audited_and_the_figures_add_up(snapshot: Snapshot, text: str) -> None:
    try:
        report = read_report(text)
    except AuditError:
        return
    audit = Auditor(Index(snapshot)).audit(report, "report.md")

    assert audited(text, snapshot) == audit
    totals = audit.totals
    of_lines = sum(citation.first_line is not None for claim in audit.claims for citation in claim.citations)
    assert sum(totals.citations.values()) == of_lines
    assert sum(totals.rests_on.values()) == sum(totals.verdicts.values()) == totals.claims == len(audit.claims)
    assert 0 <= totals.grounded <= totals.evidence
    assert 0 <= totals.code_lines_occurring <= totals.code_lines
    for claim in audit.claims:
        for citation in claim.citations:
            _check(citation.standing, citation.found, snapshot)
        for absence in claim.absences:
            assert absence.standing is not MissingStanding.FALSE or absence.found
    assert json.dumps(audit.model_dump(mode="json"))


def _check(standing: CitationStanding, found: tuple[object, ...], snapshot: Snapshot) -> None:
    if standing in (CitationStanding.EXACT, CitationStanding.NEAR, CitationStanding.MOVED, CitationStanding.IN_FILE):
        assert found


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_nothing_in_a_report_changes_the_page_that_shows_its_audit(snapshot: Snapshot, text: str) -> None:
    try:
        audit = audited(text, snapshot)
    except AuditError:
        return

    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(render(audit))

    headings = [tokens[n + 1] for n, token in enumerate(tokens) if token.type == "heading_open"]
    outside = bool(audit.outside.citations or audit.outside.absences)
    assert len(headings) == 3 + len(audit.claims) + outside + bool(audit.unread)
    assert next(token.content for token in tokens if token.type == "html_block").startswith("<details>")
    assert sum(token.type == "html_block" for token in tokens) == 2
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(audit.claims) + 7
    inside = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inside} <= {
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
        "softbreak",
        "text_special",
    }
    assert not any(c in render(audit) for c in "\x00\x1b\u202e\u2028")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("`Pool` is there (`pool.py`, line {n}).", id="one name, many lines"),
        pytest.param("`name{n}` is there (`pool.py`, line {n}).", id="many names"),
        pytest.param("`Pool` is there (`src/{n}/pool.py`, line 3).", id="many files that are not there"),
        pytest.param("`f{n}(a, ..., b)` is there (`pool.py:3`).", id="many pieces of code"),
        pytest.param("`pool{n}.py` is missing.", id="many files called missing"),
        pytest.param("The `Pool{n}` class is missing.", id="many names called missing"),
        pytest.param("`pool.py` does not use `x{n}`.", id="many names called unused"),
        pytest.param("`../{n}/pool.py` is missing, and `Pool` is at `../{n}.py:3`.", id="many paths out of the commit"),
        pytest.param("The `*{{a,b}}*{n}.py` files are missing.", id="many globs"),
        pytest.param("```\nreturn {n}\n```", id="many blocks of code"),
    ],
)
def test_every_piece_of_evidence_is_looked_up_and_few_are_shown(snapshot: Snapshot, line: str) -> None:
    text = HEAD + "\n\n".join(line.format(n=n) for n in range(500))

    audit = audited(text, snapshot)

    (claim,) = audit.claims
    assert len(claim.citations) + len(claim.absences) + len(claim.code_blocks) >= 500
    assert render(audit).count("\n- ") <= MOST_SHOWN + 10


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the reports are data outside the project: ../shared/corpus")
def test_reports_that_models_wrote_are_audited_against_any_commit(snapshot: Snapshot) -> None:
    audits: list[Audit] = []
    auditor = Auditor(Index(snapshot))
    for path in sorted(CORPUS.glob("*.md")):
        audits.append(auditor.audit(read_report_file(path), path.name))
        assert render(audits[-1])

    assert [sum(audit.totals.citations.values()) for audit in audits] == [38, 0, 14, 8]
    assert [sum(audit.totals.absences.values()) for audit in audits] == [10, 7, 7, 0]
    assert [audit.totals.grounded - audit.totals.absences[MissingStanding.CONFIRMED] for audit in audits] == [0] * 4
    assert [len(audit.notes) for audit in audits] == [1, 0, 1, 0]
