"""Read Markdown reports in which somebody else's model judged claims about a repository.

Nothing is looked up here and nothing guessed: what looks like a verdict and cannot be read as one is listed, with
its line and the reason, in `ForeignReport.unread`.
"""

from __future__ import annotations

from pathlib import Path

from verifier.audit.reading.claim_drafts import finish
from verifier.audit.reading.claim_headings import claim_headings
from verifier.audit.reading.evidence import read_evidence
from verifier.audit.reading.header import read_header
from verifier.audit.reading.markdown_lines import markdown_lines
from verifier.audit.reading.overall_verdicts import apply_overall_verdicts
from verifier.audit.reading.walking import walk
from verifier.audit.values import ForeignReport
from verifier.errors import AuditError
from verifier.safety.redacting import redact_text

LARGEST_REPORT_BYTES = 20_000_000


def read_report_file(path: Path) -> ForeignReport:
    """Read a report from disk, secrets redacted as they are in the commit.

    Raises:
        AuditError: The file is not there, too large, no UTF-8 text, or no such report.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_REPORT_BYTES:
            limit = LARGEST_REPORT_BYTES // 1_000_000
            raise AuditError(f"{path}: {size / 1e6:.0f} MB, more than the {limit} MB that a report may have; split it")
        data = path.read_bytes()
    except OSError as error:
        raise AuditError(f"{path}: cannot be read ({error.strerror}); name a report that is there") from error
    if b"\0" in data:
        raise AuditError(f"{path}: binary, not a Markdown report; name the report itself")
    try:
        return read_report(redact_text(data.decode("utf-8-sig"))[0])
    except UnicodeDecodeError as error:
        raise AuditError(f"{path}: byte {error.start} is not UTF-8; convert the report to UTF-8") from error
    except AuditError as error:
        raise AuditError(f"{path}: {error}") from error


def read_report(text: str) -> ForeignReport:
    """Read a report.

    Raises:
        AuditError: No claim stands in the text, or nothing is said of those that do.
    """
    lines = markdown_lines(text)
    found = walk(lines, claim_headings(lines))
    header = read_header(lines, min((draft.line for draft in found.claims.values()), default=1))
    apply_overall_verdicts(found, header.title)
    if not found.claims:
        raise AuditError("no claim with a verdict stands in it; name a Markdown report that judges claims")
    finished = [finish(draft) for draft in found.claims.values()]
    claims = tuple(claim for claim, _ in finished)
    if not any(draft.is_judged() for draft in found.claims.values()) and not any(claim.citations for claim in claims):
        raise AuditError(f"{len(claims)} claims but no verdict and no citation in it; name the report, not the claims")
    unread = found.unread + [item for _, items in finished for item in items]
    general = read_evidence(found.general)
    return ForeignReport(
        title=header.title,
        generated=header.generated,
        model=header.model,
        claims=claims,
        unread=tuple(sorted(unread, key=lambda item: item.line)),
        citations=general.citations,
        absences=general.absences,
    )
