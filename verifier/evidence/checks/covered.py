"""The check `covered`: of the lines that can run, tests ran through enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from verifier.evidence.checks.ci_paths import files_named
from verifier.languages import FileKind
from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.safety.quoting import plain_path
from verifier.values.ci import CiReport
from verifier.values.claim import Check


def covered(check: Check, index: Index, reports: Sequence[CiReport]) -> tuple[bool | None, str, list[CiReport]]:
    """Whether enough lines were run, the finding as a sentence, and the reports that speak of them.

    Several reports add up: a line was run where one of them says so. None where a file of code was not measured.
    """
    assert check.covered is not None
    wanted = matching(check.covered.path, index.snapshot.paths)
    hits: dict[str, dict[int, bool]] = defaultdict(dict)
    speaking: dict[str, CiReport] = {}
    for report in reports:
        paths = files_named([measured.names for measured in report.measured], index)
        for measured, path in zip(report.measured, paths, strict=True):
            if path is not None and path in wanted:
                speaking[report.file.path] = report
                lines = hits[path]
                for line, count in measured.hits.items():
                    lines[line] = lines.get(line, False) or count > 0
    unmeasured = [path for path in wanted if path not in hits and index.kind(path) is FileKind.CODE]
    total = sum(map(len, hits.values()))
    if not total or unmeasured:
        of = f" of {plain_path(unmeasured[0])}" if unmeasured else ""
        more = f" and {len(unmeasured) - 1} other files" if len(unmeasured) > 1 else ""
        return None, f"no line{of}{more} was measured", list(speaking.values())
    run = sum(sum(lines.values()) for lines in hits.values())
    enough = run >= check.covered.at_least * total
    says = f"tests ran {run} of {total} lines that can run{'' if enough else ', fewer than wanted'}"
    return enough, says, list(speaking.values())
