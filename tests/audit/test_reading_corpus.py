"""Four reports that real models wrote are read to the last verdict, citation and absence.

The tables beside this file were written by hand from the reports, which are data outside the project.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests import ROOT
from verifier.audit.reading.reports import read_report_file
from verifier.audit.values import ForeignReport, ReportAbsence, ReportCitation

PROJECT = ROOT
REPORTS = PROJECT.parent / "shared" / "corpus" / "reports"
TABLES = sorted((Path(__file__).parent / "expected").glob("*.yaml"))

Pair = tuple[ForeignReport, dict[str, Any]]

pytestmark = pytest.mark.skipif(
    not REPORTS.is_dir(), reason="the reports are data outside the project: ../shared/corpus"
)


@pytest.fixture(scope="module", params=TABLES, ids=lambda table: table.stem)
def pair(request: pytest.FixtureRequest) -> Pair:
    expected = YAML(typ="safe").load(request.param.read_text(encoding="utf-8"))
    return read_report_file(REPORTS / f"{request.param.stem}.md"), expected


def test_the_header_is_read(pair: Pair) -> None:
    report, expected = pair

    assert [report.title, report.generated, report.model] == [expected[k] for k in ("title", "generated", "model")]


def test_every_claim_has_its_statement_and_verdict(pair: Pair) -> None:
    report, expected = pair

    read = [
        [c.id, c.line, " ".join(c.statement.split()[:2]), c.word, c.verdict.name if c.verdict else None, c.verdict_line]
        for c in report.claims
    ]
    assert read == expected["claims"]


def test_every_citation_is_read_with_what_it_is_about(pair: Pair) -> None:
    report, expected = pair

    read = [[n, *_citation(c)] for n, claim in enumerate(report.claims, 1) for c in claim.citations]
    assert read == expected["citations"]
    assert [_citation(c) for c in report.citations] == expected["general_citations"]


def test_every_absence_is_read_and_nothing_else_is_taken_for_one(pair: Pair) -> None:
    report, expected = pair

    read = [[n, *_absence(a)] for n, claim in enumerate(report.claims, 1) for a in claim.absences]
    assert read == expected["absences"]
    assert [_absence(a) for a in report.absences] == expected["general_absences"]


def test_code_blocks_and_locations_are_read(pair: Pair) -> None:
    report, expected = pair
    claims = list(enumerate(report.claims, 1))

    assert [[n, b.line, b.path, b.language, len(b.lines)] for n, c in claims for b in c.code_blocks] == expected[
        "code_blocks"
    ]
    assert {n: list(c.locations) for n, c in claims if c.locations} == expected["locations"]


def test_nothing_is_left_unread(pair: Pair) -> None:
    report, expected = pair

    assert list(report.unread) == expected["unread"]


def _citation(citation: ReportCitation) -> list[Any]:
    lines = [citation.first_line, citation.last_line]
    return [citation.line, citation.path, *lines, list(citation.names)]


def _absence(absence: ReportAbsence) -> list[Any]:
    return [absence.line, absence.kind, absence.subject, absence.within]
