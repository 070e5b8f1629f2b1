"""Read Markdown reports in which somebody else's model judged claims about a repository.

Nothing is looked up here and nothing guessed: what looks like a verdict and cannot be read as one is listed, with
its line and the reason, in `ForeignReport.unread`.
"""

from __future__ import annotations

import re
from pathlib import Path

from verifier.audit.reading.claim_headings import HEADER_LINES, Form, claim_headings
from verifier.audit.reading.evidence import read_evidence
from verifier.audit.reading.markdown_lines import Line, Shape, markdown_lines, plain
from verifier.audit.reading.tables import verdict_rows
from verifier.audit.reading.walking import ClaimDraft, Walked, finish, unread_line, walk
from verifier.audit.values import ForeignReport, ReportVerdict
from verifier.errors import AuditError
from verifier.safety.redacting import redact_text

LARGEST_REPORT_BYTES = 2_000_000
"""Reports have a hundredth of it; a line of two letters costs a kilobyte while it is read."""


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
    rows = verdict_rows(lines)
    found = walk(lines, claim_headings(lines, rows), rows)
    head = _head(lines, min((draft.line for draft in found.claims.values()), default=1))
    title = next(filter(None, head), "")
    _apply_overall_verdicts(found, title)
    if not found.claims:
        raise AuditError("no claim with a verdict stands in it; name a Markdown report that judges claims")
    finished = [finish(draft) for draft in found.claims.values()]
    claims = tuple(claim for claim, _ in finished)
    if not any(draft.is_judged() for draft in found.claims.values()) and not any(claim.citations for claim in claims):
        raise AuditError(f"{len(claims)} claims but no verdict and no citation in it; name the report, not the claims")
    unread = found.unread + [item for _, items in finished for item in items]
    general = read_evidence(found.general)
    return ForeignReport(
        title=title,
        generated=_said(_GENERATED, head),
        model=_said(_MODEL, head),
        claims=claims,
        unread=tuple(sorted(unread, key=lambda item: item.line)),
        citations=general.citations,
        absences=general.absences,
        unnamed=general.unnamed,
    )


def _head(lines: list[Line], first_claim: int) -> list[str]:
    """The lines before the first claim; where the title itself is the claim, those after it too."""
    last = min(first_claim, HEADER_LINES) if first_claim > 1 else HEADER_LINES
    return [plain(line.text) for line in lines if line.number <= last and line.shape is not Shape.FENCE]


def _said(pattern: re.Pattern[str], head: list[str]) -> str | None:
    return next((match[1].strip(" `") for text in head if (match := pattern.match(text))), None)


def _apply_overall_verdicts(found: Walked, title: str) -> None:
    """Give each such verdict to the claims that it is on, or list it as unread.

    A report that heads no claim and gives one verdict is about one claim, which its title states.
    """
    given = [met for met in found.overall if met.words.verdict]
    if not found.claims and len(given) == 1:
        items, found.general = found.general, []
        found.claims["CLAIM_1"] = ClaimDraft("CLAIM_1", title, 1, Form.TITLE, items=items)
    if not found.claims:
        return
    only = next(iter(found.claims.values())) if len(found.claims) == 1 else None
    said: set[ReportVerdict | None] = {met.words.verdict for met in only.verdicts} if only else set()
    for met in found.overall:
        if met.words.verdict and met.read.on_all_claims:
            for draft in found.claims.values() if met.words.verdict not in said else ():
                draft.inline.append(met)
        elif only is not None and met.words.verdict and not met.read.overall:
            only.verdicts.append(met)
        elif met.words.verdict is None or met.words.verdict not in said:
            why = met.words.problem or "a verdict on the whole, on no one claim"
            found.unread.append(unread_line(met.line, why))
            continue
        said.add(met.words.verdict)


_GENERATED = re.compile(
    r"(?:generated(?:\s(?:at|on))?|date|timestamp|created|validation date)\s{0,2}:\s{0,4}(\S.{0,80})", re.IGNORECASE
)
_MODEL = re.compile(r"(?:model|llm|validated by|reviewer)\s{0,2}:\s{0,4}(\S.{0,80})", re.IGNORECASE)
