"""The demo's report, whose faults are known: the audit finds exactly those, and shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.audit.auditing import Auditor
from verifier.audit.reading.reports import read_report_file
from verifier.audit.record import Audit, CitationStanding, MissingStanding
from verifier.audit.report import render
from verifier.demo import sample
from verifier.demo.sample import build_sample
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot

REPORT = Path(sample.__file__).with_name("legacy_report.md")
EXPECTED = Path(__file__).parent / "expected" / "legacy_report_audit.md"

HANDLER, OPTIMIZER = "src/core/error_handler.py", "src/core/performance_optimizer.py"


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    folder = tmp_path_factory.mktemp("demo") / "sample"
    build_sample(folder)
    with Snapshot.open(folder, "phase4") as snapshot:
        return Auditor(Index(snapshot)).audit(read_report_file(REPORT), "legacy_report.md")


def test_every_citation_has_the_fault_that_was_put_in(audit: Audit) -> None:
    found = [
        (claim.id, one.path, one.first_line, one.standing.value, [(p.first_line, p.last_line) for p in one.found])
        for claim in audit.claims
        for one in claim.citations
    ]

    assert found == [
        ("CLAIM_1_ERROR_HANDLING", HANDLER, 155, "exact", [(155, 155)]),
        ("CLAIM_1_ERROR_HANDLING", HANDLER, 90, "near", [(88, 88)]),
        ("CLAIM_1_ERROR_HANDLING", HANDLER, 31, "moved", [(140, 152)]),
        ("CLAIM_1_ERROR_HANDLING", HANDLER, 120, "wrong", []),
        ("CLAIM_2_DOCKER", "docker/Dockerfile", 19, "exact", [(19, 19)]),
        ("CLAIM_2_DOCKER", "docker/Dockerfile", 15, "exact", [(15, 15)]),
        ("CLAIM_4_SECURITY", "src/core/security_manager.py", 12, "no_such_file", []),
        ("CLAIM_4_SECURITY", "src/core/security_manager.py", 22, "no_such_file", []),
        ("CLAIM_5_PERFORMANCE", OPTIMIZER, 1, "exact", [(3, 3)]),
        ("CLAIM_6_PAGES", "main.py", 147, "exact", [(147, 147)]),
        ("CLAIM_6_PAGES", "main.py", 74, "cannot_be_checked", []),
        ("CLAIM_6_PAGES", "main.py", 300, "wrong", []),
    ]


def test_every_absence_and_block_has_the_fault_that_was_put_in(audit: Audit) -> None:
    absences = [(one.subject, one.standing.value) for claim in audit.claims for one in claim.absences]
    blocks = [(one.file, one.occurring, one.lines) for claim in audit.claims for one in claim.code_blocks]

    assert absences == [
        ("docker/docker-compose.production.yml", "false"),
        ("k8s/", "confirmed"),
        ("may_read", "false"),
    ]
    assert blocks == [(OPTIMIZER, 4, 8)]


def test_every_verdict_rests_on_what_it_was_made_to_rest_on(audit: Audit) -> None:
    assert {claim.id: (claim.verdict, claim.rests_on.value) for claim in audit.claims} == {
        "CLAIM_1_ERROR_HANDLING": ("fully", "evidence"),
        "CLAIM_2_DOCKER": ("partially", "false_absence"),
        "CLAIM_3_KUBERNETES": ("not", "evidence"),
        "CLAIM_4_SECURITY": ("fully", "nothing"),
        "CLAIM_5_PERFORMANCE": ("fully", "words"),
        "CLAIM_6_PAGES": ("partially", "false_absence"),
    }


def test_the_totals_add_up(audit: Audit) -> None:
    totals = audit.totals

    assert {key.value: number for key, number in totals.citations.items()} == {
        "exact": 5,
        "near": 1,
        "moved": 1,
        "wrong": 2,
        "no_such_file": 2,
        "cannot_be_checked": 1,
    }
    assert {key.value: number for key, number in totals.absences.items()} == {
        "confirmed": 1,
        "false": 2,
        "undecided": 0,
    }
    assert (totals.grounded, totals.evidence, totals.grounded_percent) == (7, 14, 50.0)
    checked = sum(totals.citations.values()) - totals.citations[CitationStanding.CANNOT_BE_CHECKED]
    assert totals.evidence == checked + sum(totals.absences.values()) - totals.absences[MissingStanding.UNDECIDED]


def test_the_audit_is_shown_as_expected(audit: Audit) -> None:
    assert render(audit) == EXPECTED.read_text(encoding="utf-8")


def test_the_json_has_every_field_that_programs_rely_on(audit: Audit) -> None:
    document = audit.model_dump(mode="json")

    assert {"claims", "totals"} <= document.keys()
    for claim in document["claims"]:
        assert {"id", "statement", "verdict", "word", "line", "citations", "absences"} <= claim.keys()
        for citation in claim["citations"]:
            assert {"path", "first_line", "last_line", "names", "standing", "found"} <= citation.keys()
        for absence in claim["absences"]:
            assert {"subject", "standing"} <= absence.keys()
    assert Audit.model_validate(document) == audit
