"""Checks: facts that a claim's author asks for. One function a kind, with an entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from verifier.evidence.checks.of_ci import covered, no_findings, tests_pass
from verifier.evidence.checks.of_commit import matches, path_exists, symbol
from verifier.repository.index import Index
from verifier.safety.quoting import plain_path
from verifier.values.ci import CiReport
from verifier.values.claim import Check, Claim
from verifier.values.fact import Fact, FactKind

_OF_THE_COMMIT: Mapping[str, Callable[[Check, Index], tuple[bool | None, str]]] = {
    "path_exists": path_exists,
    "symbol": symbol,
    "matches": matches,
}
_OF_CI: Mapping[str, Callable[[Check, Index, Sequence[CiReport]], tuple[bool | None, str, list[CiReport]]]] = {
    "tests_pass": tests_pass,
    "covered": covered,
    "no_findings": no_findings,
}


def run_check(check: Check, index: Index) -> Fact:
    """Look the check up in the commit. A check that holds proves nothing by itself; one that fails refutes."""
    return _fact(check, *_OF_THE_COMMIT[check.kind](check, index))


def facts_of_ci(claims: Iterable[Claim], index: Index, reports: Sequence[CiReport]) -> Mapping[Check, Fact]:
    """What CI answers to the claims' checks that ask it."""
    return {c: _ask_ci(c, index, reports) for claim in claims for c in claim.checks if c.asks_ci}


def recorded_facts_of_ci(claim: Claim, facts: Iterable[Fact]) -> Mapping[Check, Fact]:
    """The same where the files are not at hand, from what was found when they were."""
    found = {(fact.subject, fact.part): fact for fact in facts if fact.kind is FactKind.CHECK}
    asked = [check for check in claim.checks if check.asks_ci]
    return {c: found[_as_written(c), c.part] for c in asked if (_as_written(c), c.part) in found}


def not_asked(check: Check) -> Fact:
    """The fact that nothing of CI was given that could answer the check."""
    return _fact(check, None, f"{_as_written(check)}: undecided, for no files of CI were given")


def _ask_ci(check: Check, index: Index, reports: Sequence[CiReport]) -> Fact:
    if not reports:
        return not_asked(check)
    ask = _OF_CI[check.kind]
    written = _as_written(check)
    holds, says, speaking = ask(check, index, [report for report in reports if report.file.attested])
    if holds is not None:
        by = f"by {_named(speaking)}, which CI made of this commit"
        return _fact(check, holds, f"{written}: {says}, {by}")
    without, said, others = ask(check, index, [report for report in reports if not report.file.attested])
    if without is None:
        return _fact(check, None, f"{written}: undecided, for {says} by what CI made of this commit")
    by = f"by {_named(others)}, which does not say of which commit it is"
    return _fact(check, None, f"{written}: undecided, for it is unattested that {said}, {by}")


def _named(reports: Sequence[CiReport], most: int = 3) -> str:
    names = ", ".join(plain_path(report.file.path) for report in reports[:most])
    return f"{names} and {len(reports) - most} more" if len(reports) > most else names


def _fact(check: Check, holds: bool | None, says: str) -> Fact:
    return Fact(
        FactKind.CHECK,
        _as_written(check),
        bool(holds),
        says,
        check.part,
        check.required,
        undecided=holds is None,
        # What CI says stands in no line of the commit.
        can_be_cited=not check.asks_ci or holds is None,
    )


def _as_written(check: Check) -> str:
    within = f" in {check.within}" if check.within else ""
    at_least = f", at least {check.at_least}" if check.at_least > 1 else ""
    match check:
        case Check(covered=asked) if asked is not None:
            return f"covered: {asked.path}, at least {asked.at_least:g}"
        case Check(no_findings=asked) if asked is not None:
            return f"no_findings: {asked.tool}, {asked.level} or worse"
    return f"{check.kind}: {getattr(check, check.kind)}{within}{at_least}"
