"""A comparison of two runs for readers: as plain text, as Markdown, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from verifier.records.comparing import Change, ClaimChange, Comparison
from verifier.report.markdown_text import cell, code_span, inline
from verifier.report.notices import agreement
from verifier.report.words import counted, ruling_line
from verifier.safety.invisible import visible
from verifier.values.record import RunRecord

_SIGNS = {
    Change.BROKEN: "✗",
    Change.NEWLY_UNPROVEN: "?",
    Change.NEWLY_ERROR: "!",
    Change.REMOVED: "-",
    Change.ADDED: "+",
    Change.FIXED: "✓",
    Change.IMPROVED: "↑",
    Change.SETTLED: "·",
    Change.SAME: "=",
}


def as_text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    lines = [visible(line) for line in _head(comparison, str)]
    for claim in comparison.changed:
        lines.append(visible(f"{_SIGNS[claim.change]} {claim.change}: {claim.claim_id}: {_rulings(claim)}"))
        lines += [visible(f"    {detail}") for detail in _details(claim, str)]
    return "\n".join([*lines, _sum(comparison)]) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """The comparison as a section of Markdown, for a comment or a summary."""
    title = inline(comparison.after.claim_set.title)
    lines = [f"# What changed: {title}", "", *(f"- {line}" for line in _head(comparison, code_span)), ""]
    if comparison.changed:
        lines += ["| | Claim | Rulings | More |", "| --- | --- | --- | --- |"]
        for claim in comparison.changed:
            more = "; ".join(_details(claim, cell))
            lines.append(f"| {claim.change} | {cell(claim.claim_id)} | {cell(_rulings(claim))} | {more or '-'} |")
        lines.append("")
    return "\n".join([*lines, _sum(comparison)]) + "\n"


def as_document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as data; every claim of either run is in it."""
    return {
        "before": _run(comparison.before),
        "after": _run(comparison.after),
        "counts": {change.value: _count(comparison)[change] for change in Change},
        "claims": [
            {
                "claim_id": claim.claim_id,
                "change": claim.change,
                "before": claim.before.ruling if claim.before else None,
                "after": claim.after.ruling if claim.after else None,
                "moved": list(map(vars, claim.moves)),
                "reworded": list(claim.reworded),
                "answered_by": list(claim.answered_by) if claim.answered_by else None,
            }
            for claim in comparison.claims
        ],
    }


def _run(record: RunRecord) -> dict[str, Any]:
    return {
        "commit": record.repository.commit,
        "ref": record.repository.ref,
        "claim_file": record.claim_set.path,
        "claim_set_digest": record.claim_set.digest,
        "model": record.model.requested,
        "reader_model": record.reader_model,
        "answered": list(record.model.answered),
        "tool": record.tool,
    }


def _head(comparison: Comparison, code: Callable[[str], str]) -> Iterator[str]:
    """What the runs themselves have not in common."""
    before, after = comparison.before, comparison.after
    commits = (before.repository.commit, after.repository.commit)
    said = "the same commit" if commits[0] == commits[1] else " → ".join(code(commit[:12]) for commit in commits)
    yield f"commit: {said}"
    if before.claim_set.path != after.claim_set.path:
        yield f"claim file: {code(before.claim_set.path)} → {code(after.claim_set.path)}"
    if before.model.requested != after.model.requested:
        yield f"model asked: {code(before.model.requested)} → {code(after.model.requested)}"
    if before.reader_model != after.reader_model:
        yield f"second reader asked: {code(before.reader_model)} → {code(after.reader_model)}"
    agreed = (agreement(before), agreement(after))
    if agreed[0] != agreed[1]:
        yield f"readings: {agreed[0]}, now {agreed[1]}"
    for which, record in (("older", before), ("newer", after)):
        if record.subset is not None:
            yield f"the {which} run judged some claims only: {code(record.subset)}"
        if not record.complete:
            yield f"the {which} run is incomplete"


def _rulings(claim: ClaimChange) -> str:
    if claim.before is None or claim.after is None:
        only = claim.after or claim.before
        return ruling_line(only) if only is not None else ""
    lines = [ruling_line(claim.before), ruling_line(claim.after)]
    return lines[0] if lines[0] == lines[1] else " → ".join(lines)


def _details(claim: ClaimChange, text: Callable[[str], str]) -> Iterator[str]:
    if claim.reworded:
        yield f"the claim changed: {', '.join(claim.reworded)}"
    if claim.answered_by is not None:
        yield f"answered by {text(claim.answered_by[0])}, now by {text(claim.answered_by[1])}"
    for move in claim.moves:
        yield f"evidence moved: {text(move.before)} → {text(move.after)}"


def _count(comparison: Comparison) -> Counter[Change]:
    return Counter(claim.change for claim in comparison.claims)


def _sum(comparison: Comparison) -> str:
    numbers = _count(comparison)
    said = [f"{numbers[change]} {change}" for change in Change if numbers[change]]
    return f"{counted(len(comparison.claims), 'claim')}: {', '.join(said)}"
