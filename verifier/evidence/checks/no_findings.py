"""The check `no_findings`: an analyser was run to its end and found nothing, or nothing as bad."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.repository.index import Index
from verifier.safety.quoting import clipped, quoted_path
from verifier.values.ci import CiReport, Level
from verifier.values.claim import Check


def no_findings(check: Check, _index: Index, reports: Sequence[CiReport]) -> tuple[bool | None, str, list[CiReport]]:
    """Whether nothing was found, the finding as a sentence, and the reports of the analyser.

    None where it was not run, or not to its end.
    """
    assert check.no_findings is not None
    tool, mildest = check.no_findings.tool.casefold(), check.no_findings.level
    runs = [(report, one) for report in reports for one in report.analyses if one.tool.casefold() == tool]
    speaking = list({report.file.path: report for report, _ in runs}.values())
    counts = list(Level)[list(Level).index(mildest) :]
    found = [finding for _, one in runs for finding in one.findings if finding.level in counts]
    if found:
        return False, f"{len(found)} found, the first {quoted_path(clipped(found[0].what))}", speaking
    if not runs or not all(one.completed for _, one in runs):
        return None, "it did not run to its end" if runs else "it was not run", speaking
    return True, "nothing was found", speaking
