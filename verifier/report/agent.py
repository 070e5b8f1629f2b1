"""For the coding agent that made the claims: per open part, in few words, what would prove it.

Plain text with a line for each thing to do. What is fully resolved is only counted: there is nothing to do about it.
What a person has waived is named with the reason, and nothing is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from verifier.report.asides import asides, day_of, held_waiver, policy_changes
from verifier.report.evidence_words import carries
from verifier.report.format import Format
from verifier.report.plain_evidence import aside_line, beginning, part_line, plain, quoted, search, weak, where
from verifier.report.words import counted, ruling_line
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Standing
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import PartEvidence, RuledPart, State
from verifier.values.verdict import Role

_MOST = 3
"""Pieces of evidence of one kind that are named of a part."""


def render(record: RunRecord) -> str:
    """The list of what is open; one line where nothing is."""
    still_open = [ruling for ruling in record.rulings if ruling.ruling is not Word.FULLY]
    day = day_of(record)
    waived = sum(held_waiver(ruling, day) is not None for ruling in still_open)
    lines = [
        f"{len(still_open)} of {counted(len(record.rulings), 'claim')} of {plain(record.claim_set.path)} open "
        f"at commit {record.repository.commit[:12]}{f', {waived} of them waived' if waived else ''}"
    ]
    lines.extend(_policy(record))
    if not record.complete:
        lines.append("The run ended before every claim was judged; run it again.")
    for ruling in still_open:
        lines.extend(["", *_claim(ruling, day, may_reword=record.policy is None or ruling.new)])
    return "\n".join(lines) + "\n"


FORMAT = Format("agent", ".agent.txt", render)


def _policy(record: RunRecord) -> Iterator[str]:
    if record.policy is None:
        return
    yield f"To change the claims of {plain(record.policy.ref)} on this branch has no effect, and fails."
    for change in policy_changes(record):
        yield f"Undo this: {plain(change.claim_id)} {plain(change.what)}."


def _claim(ruling: RulingRecord, day: date, *, may_reword: bool) -> Iterator[str]:
    yield f"{plain(ruling.claim_id)}: {ruling_line(ruling)}"
    yield from (f"  {aside_line(aside)}" for aside in asides(ruling, day) if aside.at_a_glance)
    yield f"  claimed: {plain(ruling.statement, 600)}"
    if held_waiver(ruling, day) is not None:
        return
    if ruling.ruling is Word.ERROR:
        yield f"  not judged, which says nothing of the code: {plain(ruling.error or '', 600)}"
        return
    checks = [fact for fact in ruling.facts if _refutes(fact)]
    for ruled in ruling.parts:
        if ruled.state is not State.PROVEN:
            part = ruled.part
            yield f"  {part_line(ruled)}"
            steps = list(_steps(ruled, [fact for fact in checks if fact.part == part.id]))
            if ruled.state is State.REFUTED and may_reword and part.span.strip():
                steps.append(f"or take these words out of the claim: {quoted(part.span, 200)}")
            yield from (f"    - {step}" for step in dict.fromkeys(steps))
    for fact in checks:
        if fact.part is None:
            yield f"  make the claim's check hold: {plain(fact.says)}"


def _refutes(fact: Fact) -> bool:
    return fact.kind is FactKind.CHECK and fact.required and not fact.holds


def _steps(ruled: RuledPart, checks: list[Fact]) -> Iterator[str]:
    """What to do, in the order in which it matters for the part's state."""
    for fact in checks:
        yield f"make the claim's check hold: {plain(fact.says)}"
    match ruled.state:
        case State.REFUTED:
            yield from _against(ruled.evidence)
        case State.PARTLY:
            yield from _missing(ruled.evidence)
        case State.UNPROVEN | State.PROVEN:
            yield from _unproven(ruled.evidence)


def _against(evidence: PartEvidence) -> Iterator[str]:
    for one in _counting(evidence, Role.CONTRADICTS):
        yield f"change {where(one)}, which contradicts it: {beginning(one.citation.quote)}"
    absent = [search(one.absence) for one in evidence.absences if carries(one)][:_MOST]
    if absent:
        yield f"add it and commit it: nothing matches {', nor '.join(absent)}"


def _missing(evidence: PartEvidence) -> Iterator[str]:
    for one in _counting(evidence, Role.SUPPORTS):
        yield f"complete what is begun at {where(one)}: {beginning(one.citation.quote)}"
    for one in _counting(evidence, Role.CONTRADICTS):
        yield f"change {where(one)}, which contradicts it: {beginning(one.citation.quote)}"
    if evidence.part.why.strip():
        yield f"missing, as the model says: {plain(evidence.part.why)}"


def _unproven(evidence: PartEvidence) -> Iterator[str]:
    contested = [one for one in evidence.absences if one.standing is AbsenceStanding.CONTESTED][:_MOST]
    for finding in contested:
        yield _contested(finding)
    fail = [one for one in evidence.groundings if not one.counts and one.citation.role is Role.SUPPORTS]
    steps = [step for one in fail for step in _strengthen(one)]
    yield from steps[:_MOST]
    if not contested:
        yield (
            "it is proven by lines of code (no comment, docstring or README) that do this and are not a stub; "
            "name the file and the identifier in the claim"
        )


def _contested(finding: AbsenceFinding) -> str:
    contesting = [hit for hit in finding.hits if not hit.excused][:_MOST]
    places = ", ".join(f"{plain(hit.path)}:{hit.line}" for hit in contesting)
    hits = counted(finding.contesting, "line")
    more = ", ..." if finding.contesting > len(contesting) > 0 else ""
    return f"remove what matches {search(finding.absence)}, or let the claim allow it: {hits}: {places}{more}"


def _strengthen(grounding: Grounding) -> Iterator[str]:
    if grounding.standing in (Standing.EXACT, Standing.MOVED):
        if grounding.stub is not None:
            yield f"fill in the stub at {where(grounding)}: {plain(grounding.stub)}"
        else:
            yield f"{where(grounding)} alone does not prove it: {weak(grounding)}"
    elif grounding.standing is Standing.NO_SUCH_FILE:
        yield f"{plain(grounding.citation.path)} is not in the commit; commit it, or name the right file"


def _counting(evidence: PartEvidence, role: Role) -> list[Grounding]:
    return [one for one in evidence.groundings if one.counts and one.citation.role is role][:_MOST]
