"""For the coding agent that made the claims: per open part, in few words, what would settle it.

Plain text with a line for each thing to do. What is fully resolved is only counted: there is nothing to do about it.
What a person has waived is named with the reason, and nothing is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from verifier.report import Format
from verifier.report.asides import asides, day_of, held_waiver
from verifier.report.evidence_words import because, settles
from verifier.report.plain_evidence import (
    aside_line,
    beginning,
    part_head,
    place_of,
    plain,
    quoted,
    search,
    weak,
    where,
    words_not_judged,
)
from verifier.report.reading_order import is_open
from verifier.report.words import counted, ruling_line
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, Grounding, Hit, Standing
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import PartEvidence, RuledPart, State
from verifier.values.verdict import Holds, Role
from verifier.wording.changing import says_gone

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
    for change in record.policy_changes:
        yield f"Undo this: {plain(change.claim_id)} {plain(change.what)}."


def _claim(ruling: RulingRecord, day: date, *, may_reword: bool) -> Iterator[str]:
    yield f"{plain(ruling.claim_id)}: {ruling_line(ruling)}"
    yield from (f"  {aside_line(aside)}" for aside in asides(ruling, day) if aside.at_a_glance)
    yield f"  claimed: {plain(ruling.statement, 600)}"
    if ruling.not_judged:
        yield f"  not judged: {words_not_judged(ruling)}"
    if held_waiver(ruling, day) is not None:
        return
    if ruling.ruling is Word.ERROR:
        yield f"  without a ruling, which says nothing of the code: {plain(ruling.error or '', 600)}"
        return
    for ruled in ruling.parts:
        if ruled.state is not State.PROVEN:
            yield f"  {part_head(ruled)}"
            yield from (f"    - {step}" for step in steps(ruled, ruling.facts, may_reword=may_reword))
    for fact in filter(_refutes, ruling.facts):
        if fact.part is None:
            yield f"  make the claim's check hold: {plain(fact.says)}"


def _refutes(fact: Fact) -> bool:
    return fact.kind is FactKind.CHECK and fact.required and not fact.holds


def steps(ruled: RuledPart, facts: Sequence[Fact], *, may_reword: bool = True) -> list[str]:
    """What to do about an open part, in the order in which it matters; `facts` are those of its claim."""
    return list(dict.fromkeys(_steps(ruled, facts, may_reword=may_reword)))


def what_settles(ruled: RuledPart, facts: Sequence[Fact]) -> str:
    """What somebody would have to see or do, of a part that is not settled; empty for one that is."""
    reading = ruled.evidence.reading
    if reading is not None and reading.missing.strip():
        return reading.missing
    if not is_open(ruled):
        return ""
    said = (because(ruled), reading.why if reading is not None and reading.why else because(ruled))
    return "; ".join(step for step in steps(ruled, facts) if not any(words in step for words in said))


def _steps(ruled: RuledPart, facts: Sequence[Fact], *, may_reword: bool) -> Iterator[str]:
    for fact in filter(_refutes, facts):
        if fact.part == ruled.id:
            yield f"make the claim's check hold: {plain(fact.says)}"
    match ruled.state:
        case State.REFUTED:
            yield from _against(ruled.evidence)
            if may_reword and ruled.part.span.strip():
                yield f"or take these words out of the claim: {quoted(ruled.part.span, 200)}"
        case State.PARTLY:
            yield from _incomplete(ruled.evidence)
        case State.UNPROVEN | State.PROVEN:
            yield from list(_unproven(ruled, may_reword=may_reword)) or _in_general(ruled, may_reword=may_reword)


def _against(evidence: PartEvidence) -> Iterator[str]:
    yield from _contradicting(evidence)
    for fact in evidence.facts:
        if fact.kind is FactKind.PATH and not fact.holds:
            yield f"commit it, or name the right path: {plain(fact.says)}"
    searches = [finding for finding in evidence.absences if finding.stands]
    there = [finding for finding in searches if _hits(finding)]
    if says_gone(evidence.part.text):
        yield from map(_delete, there[:_MOST])
        return
    yield from (f"if it is to be gone, {_delete(finding)}" for finding in there[:_MOST])
    lacking = [search(one.absence) for one in searches if not any(hit.kind == "code" for hit in one.hits)][:_MOST]
    if lacking:
        said = "if it is to be there, add it" if there else "add it"
        yield f"{said} and commit it: no code matches {', nor '.join(lacking)}"


def _incomplete(evidence: PartEvidence) -> Iterator[str]:
    for one in _standing(evidence, Role.SUPPORTS):
        yield f"complete what is begun at {where(one)}: {beginning(one.citation.quote)}"
    yield from _contradicting(evidence)
    if evidence.part.why.strip():
        yield f"what lacks, as the model says: {plain(evidence.part.why)}"
    yield from _missing(evidence)


def _unproven(ruled: RuledPart, *, may_reword: bool) -> Iterator[str]:
    """What stands in the way, and what a reader would have to see."""
    evidence, part = ruled.evidence, ruled.part
    searches = [finding for finding in evidence.absences if finding.stands]
    gone = says_gone(part.text)
    if part.holds is Holds.NO and not gone:
        yield from _perhaps(searches, evidence, may_reword=may_reword)
    else:
        yield from map(_delete, [finding for finding in searches if _hits(finding)][:_MOST])
    if gone:
        yield from _left(evidence)
    yield from _missing(evidence)
    if part.outside.strip():
        yield f"it rests on {plain(part.outside)}, which is no part of this commit and cannot be judged in it"
    for finding in evidence.absences:
        if finding.unread:
            yield (
                f"what could not be searched for {quoted(finding.absence.pattern)} leaves it open: "
                f"{'; '.join(map(plain, finding.unread))}"
            )
    supporting = [one for one in evidence.groundings if not one.stands and one.citation.role is Role.SUPPORTS]
    yield from [step for one in supporting for step in _mend(one)][:_MOST]


def _in_general(ruled: RuledPart, *, may_reword: bool) -> Iterator[str]:
    """Where nothing that was found says what to do: why it is open, and what makes both readers see more."""
    yield f"it is open because {plain(because(ruled))}"
    if may_reword and ruled.evidence.open_because is None:
        yield "name in the claim the file and the definition that it speaks of"
    elif may_reword:
        yield "say in the claim's `parts:` what is to be judged"


def _missing(evidence: PartEvidence) -> Iterator[str]:
    """What the second reader would have to see; where he does not say so, what he sees."""
    reading = evidence.reading
    if reading is None:
        return
    if reading.missing.strip():
        yield f"show what a second reader would have to see: {plain(reading.missing)}"
    elif not evidence.agree:
        yield f"a second reader finds that {settles(reading)}{f': {plain(reading.why)}' if reading.why.strip() else ''}"


def _contradicting(evidence: PartEvidence) -> Iterator[str]:
    for one in _standing(evidence, Role.CONTRADICTS):
        what = f"change or delete {where(one)}, which speaks against it"
        if says_gone(evidence.part.text):
            what = f"delete {_lines_of(one.citation.path, str(one.place))}, which is still there"
        yield f"{what}: {beginning(one.citation.quote)}"


def _perhaps(searches: Sequence[AbsenceFinding], evidence: PartEvidence, *, may_reword: bool) -> Iterator[str]:
    """Where the thing is said to be lacking, and yet lines were found that may be it."""
    hits = [*(hit for finding in searches for hit in _hits(finding)), *evidence.near]
    if hits:
        said = "say so in the claim" if may_reword else "let it be found by the name that the claim gives it"
        places = ", ".join(dict.fromkeys(map(place_of, hits[:_MOST])))
        yield f"if one of these is it, {said}; if none is, add it and commit it: {places}"


def _left(evidence: PartEvidence) -> Iterator[str]:
    """Where the thing is said to be gone, and lines were found that may be what is left of it."""
    near = [hit for hit in evidence.near if hit.kind in ("code", "path")][:_MOST]
    if near and not evidence.agree:
        yield f"if one of these is what is left of it, delete {', '.join(map(_place, near))}"


def _place(hit: Hit) -> str:
    return _lines_of(hit.path, str(hit.line)) if hit.line else plain(hit.path)


def _lines_of(path: str, lines: str) -> str:
    """Lines of a file as somebody is told to delete them: "line 109 of a.go"."""
    return f"line{'s' if '-' in lines else ''} {lines} of {plain(path)}"


def _delete(finding: AbsenceFinding) -> str:
    """What to delete for a thing to be gone, the first few places by name."""
    hits = _hits(finding)[:_MOST]
    every = f", of {counted(finding.total, 'hit')} in all" if finding.total > len(hits) else ""
    return f"delete {', '.join(map(_place, hits))}: it matches {search(finding.absence)}{every}"


def _hits(finding: AbsenceFinding) -> list[Hit]:
    """Hits that make a thing be there: no comment, no test, nothing that others wrote."""
    return [hit for hit in finding.hits if hit.kind in ("code", "path")]


def _mend(grounding: Grounding) -> Iterator[str]:
    if grounding.standing is Standing.NO_SUCH_FILE:
        yield f"{plain(grounding.citation.path)} is not in the commit; commit it, or name the right file"
    elif grounding.standing not in (Standing.EXACT, Standing.MOVED):
        return  # a quote that the model made up is no matter of whoever wrote the code
    elif grounding.stub is not None:
        yield f"fill in the stub at {where(grounding)}: {plain(grounding.stub)}"
    elif grounding.dead is not None:
        yield f"let {where(grounding)} run, which never does: {plain(grounding.dead)}"
    else:
        yield f"{where(grounding)} is no evidence: {weak(grounding)}"


def _standing(evidence: PartEvidence, role: Role) -> list[Grounding]:
    return [one for one in evidence.groundings if one.stands and one.citation.role is role][:_MOST]
