"""Rule on a claim: what follows from its parts and from what was looked up.

Pure functions over values; the table is in docs and README, so that a reader can do the same by hand. No ruling rests
on the model's word alone: a `yes` or `no` without evidence that counts leaves its part unproven.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import ANSWERED, AbsenceFinding, AbsenceStanding
from verifier.values.ruling import PartEvidence, RuledPart, Ruling, State
from verifier.values.verdict import Holds, Role
from verifier.wording import is_about_existence, is_about_removal, paths_in, places_in, speaks_of_absence

_MILDEST_FIRST = (Word.FULLY, Word.PARTIALLY, Word.NOT)


def rule(parts: Sequence[PartEvidence], essential: Collection[str] = ()) -> Ruling:
    """Give each part its state and the claim its ruling; the first row of the table that matches decides.

    An essential part that is still unproven keeps the claim UNPROVEN, since its refutation would refute all of it.

    Raises:
        ValueError: There are no parts to rule on.
    """
    if not parts:
        raise ValueError("a ruling needs at least one part")
    ruled = tuple(rule_part(part) for part in parts)
    word, because, span = _table([(part.state, part.id in essential) for part in ruled])
    return Ruling(word, ruled, because, span)


def _table(states: Sequence[tuple[State, bool]]) -> tuple[Word, str, tuple[Word, ...]]:
    present = {state for state, _ in states}
    essential = {state for state, is_essential in states if is_essential}
    mixed = State.PARTLY in present or {State.PROVEN, State.REFUTED} <= present
    if State.REFUTED in essential:
        return Word.NOT, "a refuted part is marked essential", ()
    if mixed and State.UNPROVEN not in essential:
        because = "a part holds partly" if State.PARTLY in present else "a proven part stands beside a refuted one"
        return Word.PARTIALLY, because, ()
    if State.UNPROVEN in present:
        return Word.UNPROVEN, "a part is unproven", _range(present, State.UNPROVEN in essential, mixed)
    if present == {State.PROVEN}:
        return Word.FULLY, "every part is proven", ()
    return Word.NOT, "every part is refuted", ()


def _range(present: set[State], essential_open: bool, mixed: bool) -> tuple[Word, ...]:
    """What the claim could still be, once its unproven parts are settled either way."""
    could: set[Word] = set(_MILDEST_FIRST)
    if mixed:
        could = {Word.PARTIALLY}
    elif State.PROVEN in present:
        could = {Word.FULLY, Word.PARTIALLY}
    elif State.REFUTED in present:
        could = {Word.PARTIALLY, Word.NOT}
    if essential_open:
        could.add(Word.NOT)
    return tuple(word for word in _MILDEST_FIRST if word in could)


def rule_part(evidence: PartEvidence) -> RuledPart:
    """Say what a part is found to be, and by which rule."""
    if evidence.open_because is not None:
        return RuledPart(evidence, State.UNPROVEN, evidence.open_because)
    state, because = _by_check(evidence.facts) or _by_answer(evidence)
    return RuledPart(evidence, state, because)


def _by_check(facts: Iterable[Fact]) -> tuple[State, str] | None:
    failed = next((f for f in facts if f.kind is FactKind.CHECK and f.required and not f.holds), None)
    return None if failed is None else (State.REFUTED, f"a check of the claim failed: {failed.says}")


def _by_answer(evidence: PartEvidence) -> tuple[State, str]:
    match evidence.part.holds:
        case Holds.YES:
            return _for_yes(evidence)
        case Holds.PARTLY:
            if _counts(evidence, Role.SUPPORTS) or _counts(evidence, Role.CONTRADICTS):
                return State.PARTLY, "the model says partly, and a citation counts"
            return State.UNPROVEN, "the model says partly, but no citation counts"
        case Holds.NO:
            return _for_no(evidence)
        case Holds.CANNOT_TELL:
            return State.UNPROVEN, "the model cannot tell"


def _for_yes(evidence: PartEvidence) -> tuple[State, str]:
    if is_about_removal(evidence.part.text):
        return _for_gone(evidence)
    if _counts(evidence, Role.SUPPORTS):
        return State.PROVEN, "the model says yes, and a supporting citation counts"
    if is_about_existence(evidence.part.text) and _paths_exist(evidence):
        return State.PROVEN, "the model says yes, and the paths it is about are in the commit"
    if speaks_of_absence(evidence.part.text) and _nowhere(evidence.absences):
        return State.PROVEN, "the part says that something is gone, and a search of the commit confirms it"
    return State.UNPROVEN, "the model says yes, but nothing that was looked up bears it out"


def _for_gone(evidence: PartEvidence) -> tuple[State, str]:
    """A yes to a part that says of named things that they are gone, and nothing else."""
    there = _still_there(evidence.facts)
    if there is not None:
        return State.UNPROVEN, f"the model says that something is gone, but {there.says}"
    if _nowhere(evidence.absences):
        return State.PROVEN, "the part says that something is gone, and a search of the commit confirms it"
    if any(f.kind is FactKind.PATH for f in evidence.facts):
        return State.PROVEN, "the part says that a path is gone, and it is not in the commit"
    return State.UNPROVEN, "the model says that something is gone, but nothing that was looked up bears it out"


def _for_no(evidence: PartEvidence) -> tuple[State, str]:
    if _counts(evidence, Role.CONTRADICTS):
        return State.REFUTED, "the model says no, and a contradicting citation counts"
    if speaks_of_absence(evidence.part.text):
        # That something is not there bears out such a part; only what is there can refute it.
        there = _still_there(evidence.facts) if is_about_removal(evidence.part.text) else None
        if there is not None:
            return State.REFUTED, f"the model says that something is not gone, and {there.says}"
        if any(_stands_there(f) for f in evidence.absences):
            return State.REFUTED, "the model says that something is not gone, and a search of the commit finds it"
        return State.UNPROVEN, "the model says that something is not gone, but nothing that counts shows it"
    if is_about_existence(evidence.part.text) and _paths_exist(evidence):
        return State.UNPROVEN, "the model says no, but the paths it is about are in the commit"
    if _confirmed(evidence.absences):
        return State.REFUTED, "the model says no, and a search of the commit confirms the absence"
    places = places_in(f"{evidence.part.text}\n{evidence.part.span}")
    missing = next((f for f in evidence.facts if f.kind is FactKind.PATH and not f.holds and f.subject in places), None)
    if missing is not None:
        return State.REFUTED, f"the model says no, and {missing.says}"
    return State.UNPROVEN, "the model says no, but nothing that was looked up bears it out"


def _counts(evidence: PartEvidence, role: Role) -> bool:
    return any(g.counts and g.citation.role is role for g in evidence.groundings)


def _confirmed(findings: Iterable[AbsenceFinding]) -> bool:
    """Whether a confirmed absence counts: one whose pattern has a word of the part or the statement."""
    return any(f.standing is AbsenceStanding.CONFIRMED and f.pertinent for f in findings)


def _nowhere(findings: Iterable[AbsenceFinding]) -> bool:
    """Whether a search that counts found nothing: not even a line that the model has explained away."""
    return _confirmed(f for f in findings if not any(hit.excused == ANSWERED and not hit.near for hit in f.hits))


def _stands_there(finding: AbsenceFinding) -> bool:
    """Whether a search found, in code and as it was put, what the part says is gone."""
    return finding.pertinent and any(hit.excused is None and not hit.near for hit in finding.hits)


def _still_there(facts: Iterable[Fact]) -> Fact | None:
    """A path or name of the part that is in the commit."""
    return next((f for f in facts if f.kind in (FactKind.PATH, FactKind.SYMBOL) and f.holds), None)


def _paths_exist(evidence: PartEvidence) -> bool:
    """Whether every path that the part names was looked up and is in the commit."""
    there = {fact.subject for fact in evidence.facts if fact.kind is FactKind.PATH and fact.holds}
    named = set(paths_in(evidence.part.text))
    return bool(named) and named <= there
