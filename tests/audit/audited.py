"""What the tests of the audit share: a report round some evidence, and its audit against a commit."""

from __future__ import annotations

from verifier.audit.auditing import Auditor
from verifier.audit.reading.reports import read_report
from verifier.audit.record import Audit, AuditedClaim
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot

EVIDENCE_LINE = 3
"""The line of the report in which the evidence begins."""


def audited(text: str, snapshot: Snapshot) -> Audit:
    """The audit of a whole report."""
    return Auditor(Index(snapshot)).audit(read_report(text), "report.md")


def audited_claim(evidence: str, snapshot: Snapshot) -> AuditedClaim:
    """The audit of one claim that rests on this evidence."""
    report = f"### CLAIM 1: Pool drains\n\n{evidence}\n\n**Verdict**: ✅ FULLY RESOLVED\n"
    return audited(report, snapshot).claims[0]
