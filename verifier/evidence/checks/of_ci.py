"""Checks that CI answers: tests passed, lines were run, an analyser found nothing. One function a kind."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from verifier.evidence.checks.ci_paths import file_named, file_of_class, files_named
from verifier.languages import FileKind, is_test
from verifier.languages.table import language_of
from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.safety.quoting import clipped, plain_path, quoted_path
from verifier.values.ci import CaseOutcome, CiReport, Level, TriedCase
from verifier.values.claim import Check


def tests_pass(check: Check, index: Index, reports: Sequence[CiReport]) -> tuple[bool | None, str, list[CiReport]]:
    """Whether CI ran the tests and none failed, the finding as a sentence, and the reports that speak of them.

    None where no such test was run, one was skipped, or none of a file of tests was run.
    """
    wanted = _Wanted(check.tests_pass or "", index)
    by_report = [(report, [case for case in report.cases if wanted.has(case)]) for report in reports]
    cases = [case for _, of_report in by_report for case in of_report]
    speaking = [report for report, of_report in by_report if of_report]
    count = Counter(case.outcome for case in cases)
    failed = next((case for case in cases if case.outcome is CaseOutcome.FAILED), None)
    tests = "1 test" if len(cases) == 1 else f"{len(cases)} tests"
    if not cases:
        return None, "no such test was run", []
    if failed is not None:
        name = quoted_path(clipped(failed.name))
        return False, f"{count[CaseOutcome.FAILED]} of {tests} failed, the first {name}", speaking
    if count[CaseOutcome.SKIPPED]:
        return None, f"{count[CaseOutcome.SKIPPED]} of {tests} skipped", speaking
    left_out = wanted.left_out(cases)
    if left_out is not None:
        return None, f"no test of {plain_path(left_out)} was run", speaking
    return True, f"{tests} run, none failed", speaking


class _Wanted:
    """The tests that a check speaks of: those of files, those of a class as its runner names it, or one by name."""

    def __init__(self, given: str, index: Index) -> None:
        self._place, *self._names = given.split("::")
        self._index = index
        self._paths = frozenset(matching(self._place, index.snapshot.paths))
        self._all = len(self._paths) == len(index.snapshot.paths)
        self._files: dict[tuple[str | None, str], str | None] = {}

    def has(self, case: TriedCase) -> bool:
        """Whether the check speaks of the test."""
        of_place = self._all or case.classname == self._place or self._file(case) in self._paths
        return of_place and (not self._names or self._is_named(case))

    def left_out(self, cases: Sequence[TriedCase]) -> str | None:
        """A wanted file of tests that has none of the cases. None where all have, or where a case has no file."""
        ran = {self._file(case) for case in cases}
        if self._names or None in ran:
            return None
        return next((path for path in sorted(self._paths - ran) if self._is_of_tests(path)), None)

    def _is_of_tests(self, path: str) -> bool:
        """Whether a file is of tests, by its own name: not what they share, and not their data."""
        name = path.rpartition("/")[2]
        is_code = language_of(name).kind is FileKind.CODE and not _SHARED.search(name)
        return is_code and is_test(name) and self._index.kind(path) is FileKind.TEST

    def _file(self, case: TriedCase) -> str | None:
        key = case.file, case.classname
        if key not in self._files:
            named = file_named([case.file], self._index) if case.file else None
            self._files[key] = named or file_of_class(case.classname, self._index)
        return self._files[key]

    def _is_named(self, case: TriedCase) -> bool:
        *classes, name = self._names
        within = case.classname.replace("::", ".")
        # A test with parameters is run once for each of them.
        return name in (case.name, case.name.partition("[")[0]) and f".{within}".endswith(".".join(("", *classes)))


_SHARED = re.compile(r"^conftest\.|\.(?:config|setup)\.")
"""Names of what tests share, which are like names of tests."""


def covered(check: Check, index: Index, reports: Sequence[CiReport]) -> tuple[bool | None, str, list[CiReport]]:
    """Whether tests ran through enough lines, the finding as a sentence, and the reports that speak of them.

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


def no_findings(check: Check, _index: Index, reports: Sequence[CiReport]) -> tuple[bool | None, str, list[CiReport]]:
    """Whether an analyser found nothing, or nothing as bad, the finding as a sentence, and the analyser's reports.

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
