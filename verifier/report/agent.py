"""For the coding agent that made the claims: per open part, in few words, what would prove it.

Plain text with a line for each thing to do. What is fully resolved is only counted: there is nothing to do about it.
What a person has waived is named with the reason, and nothing is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from verifier.report.asides import asides, day_of, held_waiver, policy_changes
from verifier.report.format import Format
from verifier.report.plain_evidence import aside_line, beginning, carries, plain, quoted, search, weakness, where
from verifier.report.words import counted, ruling_line
from verifier.values.claim import Word
from verifier.values.fact import FactKind
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.record import AbsenceRecord, CitationRecord, FactRecord, PartRecord, RulingRecord, RunRecord
from verifier.values.ruling import State
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
    for part in ruling.parts:
        if part.state is not State.PROVEN:
            yield f"  {plain(part.id)} {part.state}: {plain(part.text)}"
            steps = list(_steps(part, [fact for fact in checks if fact.part == part.id]))
            if part.state is State.REFUTED and may_reword and part.span.strip():
                steps.append(f"or take these words out of the claim: {quoted(part.span, 200)}")
            yield from (f"    - {step}" for step in dict.fromkeys(steps))
    for fact in checks:
        if fact.part is None:
            yield f"  make the claim's check hold: {plain(fact.says)}"


def _refutes(fact: FactRecord) -> bool:
    return fact.kind is FactKind.CHECK and fact.required and not fact.holds


def _steps(part: PartRecord, checks: list[FactRecord]) -> Iterator[str]:
    """What to do, in the order in which it matters for the part's state."""
    for fact in checks:
        yield f"make the claim's check hold: {plain(fact.says)}"
    match part.state:
        case State.REFUTED:
            yield from _against(part)
        case State.PARTLY:
            yield from _missing(part)
        case State.UNPROVEN | State.PROVEN:
            yield from _unproven(part)


def _against(part: PartRecord) -> Iterator[str]:
    for citation in _counting(part, Role.CONTRADICTS):
        yield f"change {where(citation)}, which contradicts it: {beginning(citation.quote)}"
    absent = [search(one) for one in part.absences if carries(one)][:_MOST]
    if absent:
        yield f"add it and commit it: nothing matches {', nor '.join(absent)}"


def _missing(part: PartRecord) -> Iterator[str]:
    for citation in _counting(part, Role.SUPPORTS):
        yield f"complete what is begun at {where(citation)}: {beginning(citation.quote)}"
    for citation in _counting(part, Role.CONTRADICTS):
        yield f"change {where(citation)}, which contradicts it: {beginning(citation.quote)}"
    if part.why.strip():
        yield f"missing, as the model says: {plain(part.why)}"


def _unproven(part: PartRecord) -> Iterator[str]:
    contested = [one for one in part.absences if one.standing is AbsenceStanding.CONTESTED][:_MOST]
    for absence in contested:
        yield _contested(absence)
    weak = [one for one in part.citations if not one.counts and one.role is Role.SUPPORTS]
    steps = [step for citation in weak for step in _strengthen(citation)]
    yield from steps[:_MOST]
    if not contested:
        yield (
            "it is proven by lines of code (no comment, docstring or README) that do this and are not a stub; "
            "name the file and the identifier in the claim"
        )


def _contested(absence: AbsenceRecord) -> str:
    contesting = [hit for hit in absence.hits if not hit.excused][:_MOST]
    places = ", ".join(f"{plain(hit.path)}:{hit.line}" for hit in contesting)
    hits = counted(absence.contesting, "line")
    more = ", ..." if absence.contesting > len(contesting) > 0 else ""
    return f"remove what matches {search(absence)}, or let the claim allow it: {hits}: {places}{more}"


def _strengthen(citation: CitationRecord) -> Iterator[str]:
    if citation.standing in (Standing.EXACT, Standing.MOVED):
        if citation.stub is not None:
            yield f"fill in the stub at {where(citation)}: {plain(citation.stub)}"
        else:
            yield f"{where(citation)} alone does not prove it: {weakness(citation)}"
    elif citation.standing is Standing.NO_SUCH_FILE:
        yield f"{plain(citation.path)} is not in the commit; commit it, or name the right file"


def _counting(part: PartRecord, role: Role) -> list[CitationRecord]:
    return [one for one in part.citations if one.counts and one.role is role][:_MOST]
