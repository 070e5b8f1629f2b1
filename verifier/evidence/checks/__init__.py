"""Checks: facts that a claim's author asks for. One file a kind; a new kind is one new file with an entry here."""

from __future__ import annotations

from collections.abc import Callable

from verifier.evidence.checks.matches import matches
from verifier.evidence.checks.path_exists import path_exists
from verifier.evidence.checks.symbol import symbol
from verifier.repository.index import Index
from verifier.values.claim import Check
from verifier.values.fact import Fact, FactKind

_KINDS: dict[str, Callable[[Check, Index], tuple[bool | None, str]]] = {
    "path_exists": path_exists,
    "symbol": symbol,
    "matches": matches,
}


def run_check(check: Check, index: Index) -> Fact:
    """Look the check up in the commit. A check that holds proves nothing by itself; one that fails refutes."""
    holds, says = _KINDS[check.kind](check, index)
    undecided = holds is None
    return Fact(FactKind.CHECK, _as_written(check), bool(holds), says, check.part, check.required, undecided=undecided)


def _as_written(check: Check) -> str:
    within = f" in {check.within}" if check.within else ""
    at_least = f", at least {check.at_least}" if check.at_least > 1 else ""
    return f"{check.kind}: {getattr(check, check.kind)}{within}{at_least}"
