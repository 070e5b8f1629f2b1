"""Rule on a claim: what follows where two readings agree on evidence that was looked up.

Pure functions over values; the table is in docs and README, so that a reader can do the same by hand. No ruling rests
on one model's word: what the first reader says counts only where the second, shown the evidence alone, says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from verifier.repository.globbing import any_matches
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.reading import Settles
from verifier.values.ruling import PartEvidence, RuledPart, Ruling, State
from verifier.values.verdict import Absence, Holds
from verifier.wording.meaning import places_in

_MILDEST_FIRST = (Word.FULLY, Word.PARTIALLY, Word.NOT)

_AGREED = {
    Holds.YES: (State.PROVEN, "both readings find that the evidence shows it"),
    Holds.PARTLY: (State.PARTLY, "both readings find that the evidence shows some of it"),
    Holds.NO: (State.REFUTED, "both readings find that the evidence refutes it"),
}

_IN_FAVOUR = (Settles.SHOWS, Settles.SHOWS_PARTLY)

_SAYS = {
    Holds.YES: "yes",
    Holds.PARTLY: "partly",
    Holds.NO: "no",
    Settles.SHOWS: "shows it",
    Settles.SHOWS_PARTLY: "shows it only in part",
    Settles.REFUTES: "refutes it",
    Settles.SILENT: "does not settle it",
}


def rule(parts: Sequence[PartEvidence], essential: Collection[str] = (), not_judged: Sequence[str] = ()) -> Ruling:
    """Give each part its state and the claim its ruling; the first row of the table that matches decides.

    An essential part that is still unproven keeps the claim UNPROVEN, since its refutation would refute all of it.

    Raises:
        ValueError: There are no parts to rule on.
    """
    if not parts:
        raise ValueError("a ruling needs at least one part")
    ruled = tuple(rule_part(part) for part in parts)
    word, because, span = _table([(part.state, part.id in essential) for part in ruled])
    return Ruling(word, ruled, because, span, tuple(not_judged))


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
    """Say what a part is found to be, and why."""
    state, because = _by_check(evidence.facts) or _by_place(evidence) or _by_readings(evidence)
    return RuledPart(evidence, state, because)


def _by_check(facts: Iterable[Fact]) -> tuple[State, str] | None:
    failed = [f for f in facts if f.kind is FactKind.CHECK and f.required and not f.holds]
    if any(not f.undecided for f in failed):
        return State.REFUTED, f"a check of the claim failed: {next(f.says for f in failed if not f.undecided)}"
    return (State.UNPROVEN, f"a check of the claim is open: {failed[0].says}") if failed else None


def _by_place(evidence: PartEvidence) -> tuple[State, str] | None:
    """What follows where the model says no, and the place that the statement gives is not in the commit."""
    part, reading = evidence.part, evidence.reading
    if part.holds is not Holds.NO or evidence.open_because or (reading and reading.answer in _IN_FAVOUR):
        return None
    places = places_in(part.span)
    missing = (f for f in evidence.facts if f.kind is FactKind.PATH and not f.holds and f.subject in places)
    found = next(missing, None)
    return None if found is None else (State.REFUTED, f"its place is not there: {found.says}")


def _by_readings(evidence: PartEvidence) -> tuple[State, str]:
    holds, reading = evidence.part.holds, evidence.reading
    if evidence.open_because is not None:
        return State.UNPROVEN, evidence.open_because
    if holds is Holds.CANNOT_TELL:
        outside = evidence.part.outside
        because = f"the model cannot tell: it rests on {outside}, outside the commit" if outside else ""
        return State.UNPROVEN, because or "the model cannot tell from what it was shown"
    if reading is None:
        lacks = "its evidence is too long to be shown" if evidence.stands else "none of its evidence stands"
        return State.UNPROVEN, f"the model says {_SAYS[holds]}, but {lacks}"
    if not evidence.agree:
        lacks = f"; missing: {reading.missing}" if reading.missing else ""
        says = f"the model says {_SAYS[holds]}, but a second reader finds that the evidence {_SAYS[reading.answer]}"
        return State.UNPROVEN, f"{says}: {reading.why}{lacks}"
    agreed = _AGREED[holds]
    there = _stands_in_the_way(evidence) if agreed[0] is State.REFUTED else None
    return agreed if there is None else (State.UNPROVEN, f"both readings say that it is not so, but {there.says}")


def _stands_in_the_way(evidence: PartEvidence) -> Fact | None:
    """A fact that a refutation has against it: a check of the part that holds, or what was searched for is there.

    The latter where nothing but searches speaks against the part: no pattern confirms away what the commit defines.
    """
    held = (fact for fact in evidence.facts if fact.holds)
    if any(grounding.stands for grounding in evidence.groundings):
        return next((fact for fact in held if fact.kind is FactKind.CHECK), None)
    searches = [finding.absence for finding in evidence.absences if finding.stands]
    return next((fact for fact in held if fact.kind is FactKind.CHECK or _is_sought(fact, searches)), None)


def _is_sought(fact: Fact, searches: Iterable[Absence]) -> bool:
    """Whether one of the searches looks for what the fact says is there, where it is."""
    name = fact.subject.rsplit("/", 1)[-1].rsplit("::", 1)[-1]
    bare = (name.rsplit(".", 1)[0] if fact.kind is FactKind.PATH else name.rsplit(".", 1)[-1]).casefold()
    return bool(bare) and any(
        bare in search.pattern.casefold()
        and (not search.paths or not fact.places or any(any_matches(search.paths, place) for place in fact.places))
        for search in searches
    )
