"""Look up what a verdict gives as evidence: everything that needs no second reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.evidence.facts import bearing_on, own_parts
from verifier.evidence.grounding import ground
from verifier.evidence.near_lines import Near, near_lines
from verifier.evidence.searching import search
from verifier.evidence.verdict_texts import holds_a_verdict
from verifier.pipeline.opening import OpenedClaim, Work
from verifier.repository.globbing import any_matches
from verifier.safety.quoting import clipped
from verifier.values.grounding import Grounding
from verifier.values.reading import Reading
from verifier.values.ruling import PartEvidence
from verifier.values.verdict import Citation, Holds, Part
from verifier.wording.covering import stands_in
from verifier.wording.meaning import is_about_imports
from verifier.wording.naming import paths_in

_KEPT_BACK = "it stands in a file whose text is kept from the model, so no second reader can be shown it"


class Lookups:
    """What one claim's evidence is looked up in; the same evidence is looked up once over all rounds."""

    def __init__(self, work: Work, opened: OpenedClaim) -> None:
        self._work = work
        self._opened = opened
        self._index = work.index
        claim = opened.claim
        text = " ".join((claim.statement, *(claim.parts or ())))
        self._named = (*paths_in(text), *claim.files)
        self._about_imports = is_about_imports(text)
        self._verdict_files: dict[str, bool] = {}
        self._near: dict[str, tuple[Near, frozenset[tuple[str, int]]]] = {}
        """By the words that were looked for: what comes near, apart from these lines."""

    def part(self, part: Part) -> PartEvidence:
        """A part with its citations, its absences and the facts that bear on it."""
        groundings = tuple(map(self._ground, part.citations))
        absences = tuple(search(absence, self._index, withheld=self._work.withheld) for absence in part.absences)
        near = self._near_lines(part, groundings) if absences else Near()
        facts = bearing_on(part, self._opened.facts)
        return PartEvidence(part, groundings, absences, facts, near.hits, near.total)

    def _ground(self, citation: Citation) -> Grounding:
        named = any_matches(self._named, citation.path)
        found = _within_bounds(ground(citation, self._index, named=named, about_imports=self._about_imports))
        if self._work.withheld(citation.path):
            found = replace(found, true_text=None)
            return replace(found, why_not=(_KEPT_BACK,)) if found.stands else found
        if found.stands and self._is_a_verdict(citation.path):
            return replace(found, why_not=("it stands in somebody's verdict, which is no evidence",))
        return found

    def _is_a_verdict(self, path: str) -> bool:
        """Whether a file of data is a verdict. Code that makes verdicts is code."""
        if path not in self._verdict_files:
            file, source = self._index.text_file(path), self._index.source(path)
            is_data = (
                not any(d.kind in ("class", "function", "method") for d in source.definitions) if source else False
            )
            self._verdict_files[path] = file is not None and is_data and holds_a_verdict(file.text)
        return self._verdict_files[path]

    def _near_lines(self, part: Part, groundings: Sequence[Grounding]) -> Near:
        patterns = " ".join(absence.pattern for absence in part.absences)
        text = f"{part.text} {part.span} {patterns}"
        for path in paths_in(text):  # These were looked up as facts, and their words would outweigh all others.
            text = text.replace(path, " ")
        shown = frozenset(
            (g.citation.path, n) for g in groundings if g.stands for n in range(g.place.first, g.place.last + 1)
        )
        # Lines that are cited no more are near again; what is cited beside them need not be looked up anew.
        if text not in self._near or not self._near[text][1] <= shown:
            near = near_lines(text, self._index, withheld=self._work.withheld, apart_from=shown)
            self._near[text] = near, shown
        return self._near[text][0]


def _within_bounds(grounding: Grounding) -> Grounding:
    """The grounding, with the text at a citation that failed cut where a line has no end: it is told and kept."""
    if grounding.true_text is None:
        return grounding
    return replace(grounding, true_text="\n".join(map(clipped, grounding.true_text.split("\n"))))


def open_parts(
    opened: OpenedClaim, evidence: Sequence[PartEvidence], reading: Reading | None
) -> tuple[PartEvidence, ...]:
    """The parts, those that do not say what the claim says left open, with the parts that follow from the claim itself.

    These are failed checks that name no part, parts marked essential that the reply does not have, and the words of
    the claim that no part covers, in the second reader's opinion.
    """
    claim = opened.claim
    unfaithful = {one.id: one.why for one in reading.unfaithful} if reading and claim.parts is None else {}
    parts = tuple(
        _left_open(one, claim.statement, given=claim.parts is not None, unfaithful=unfaithful) for one in evidence
    )
    own: list[PartEvidence] = []
    number = 1 + max(int(one.part.id.removeprefix("p")) for one in evidence)
    for part_id in sorted(set(claim.essential) - {one.part.id for one in evidence}):
        part = Part(part_id, f"the essential part {part_id}", "", Holds.CANNOT_TELL)
        because = "the claim marks this part essential, and the reply has no such part"
        own.append(PartEvidence(part, open_because=because))
        number = max(number, 1 + int(part_id.removeprefix("p")))
    for fact in own_parts(opened.facts, [one.part for one in evidence]):
        part = Part(f"p{number}", f"the claim's own check: {fact.subject}", "", Holds.CANNOT_TELL)
        own.append(PartEvidence(part, facts=(fact,)))
        number += 1
    words = [w for w in reading.uncovered if stands_in(w, claim.statement)] if reading else []
    if words:
        part = Part(f"p{number}", f"not addressed: {', '.join(words)}", " ... ".join(words), Holds.CANNOT_TELL)
        own.append(PartEvidence(part, open_because="no part of the reply says what these words of the claim say"))
    return (*parts, *own)


def _left_open(one: PartEvidence, statement: str, *, given: bool, unfaithful: dict[str, str]) -> PartEvidence:
    if not given and not stands_in(one.part.span, statement):
        return replace(one, open_because="it covers no words of the claim: it says something that the claim does not")
    if one.part.id in unfaithful:
        return replace(one, open_because=f"it does not say what the claim says: {unfaithful[one.part.id]}")
    return one
