"""The rounds of one claim: ask, parse, ground and search, rule; and again where the model lacked something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.errors import ReplyError
from verifier.evidence.facts import bearing_on, own_parts
from verifier.evidence.grounding import ground
from verifier.evidence.parsing import parse_verdict
from verifier.evidence.ruling import rule
from verifier.evidence.searching import search
from verifier.evidence.verdict_texts import holds_a_verdict
from verifier.model import Model
from verifier.pipeline.budget import MOST_PACKINGS, less_room, refuse_over
from verifier.pipeline.opening import OpenedClaim, Work
from verifier.prompting.packing import pack
from verifier.repository.globbing import matching
from verifier.safety.quoting import clipped
from verifier.selection.selecting import grant
from verifier.values.claim import Claim
from verifier.values.followup import BadPattern, ContestedAbsence, FollowUp, WeakCitation
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding
from verifier.values.outcome import Outcome, Round
from verifier.values.pack import ContextPack, ManifestEntry, Selected, Selection, Supply
from verifier.values.prompt import Prompt, Reply
from verifier.values.ruling import PartEvidence, RuledPart, Ruling, State
from verifier.values.verdict import Absence, Citation, Holds, Part, Role, Verdict
from verifier.wording import is_about_prose, is_about_tests, paths_in, uncovered

_SMALLEST_FOLLOWUP_TOKENS = 500

MOST_EVIDENCE = 1000
"""Citations, absences and the places of these that one reply may give; each is looked up in the whole commit."""

_MOST_TOLD = (60, 20, 5, 1)
"""How many findings of a kind one round tells; the lower numbers where more would pass the budget."""


class Rounds:
    """The rounds of one claim: what was asked, answered, shown and told so far."""

    def __init__(self, work: Work, opened: OpenedClaim, model: Model) -> None:
        self._work = work
        self._opened = opened
        self._model = model
        self._rounds: list[Round] = []
        self._manifest = {entry.path: entry for entry in opened.context.manifest}
        self._shown: dict[str, frozenset[tuple[str, int]]] = {}
        self._told: set[tuple[str, str]] = set()
        self._verdicts: dict[str, bool] = {}
        self._verdict: Verdict | None = None

    async def run(self) -> Outcome:
        """Ask until the model lacks nothing more or the rounds are used up. What fails is raised, as it is."""
        followup: FollowUp | None = None
        while True:
            verdict, ruling = await self._ask(followup)
            if len(self._rounds) >= self._work.limits.max_rounds:
                return self.outcome(ruling)
            followup = self._next(verdict, ruling)
            if not followup.tells_something:
                return self.outcome(ruling)

    async def _ask(self, followup: FollowUp | None) -> tuple[Verdict, Ruling]:
        prompt = self._opened.prompt
        if followup is not None:
            prompt = self._followup_prompt(followup)
        reply = await self._model.reply(prompt)
        self._rounds.append(Round.of(prompt, reply, followup))
        verdict = self._read(reply)
        self._verdict = verdict
        return verdict, rule(self._evidence(verdict), self._opened.claim.essential)

    def _read(self, reply: Reply) -> Verdict:
        """The verdict, its parts in the words in which they were fixed."""
        claim = self._opened.claim
        fixed = self._verdict.parts if self._verdict else _given_parts(claim)
        verdict = parse_verdict(reply, claim.id, fixed)
        _refuse_endless(verdict, claim, reply)
        if fixed is None:
            return verdict
        words = {part.id: part for part in fixed}
        parts = (replace(p, text=words[p.id].text, span=words[p.id].span or p.span) for p in verdict.parts)
        return replace(verdict, parts=tuple(parts))

    def _evidence(self, verdict: Verdict) -> tuple[PartEvidence, ...]:
        """Every part with what was looked up for it, and the parts that follow from the claim itself."""
        parts = tuple(self._look_up(part) for part in verdict.parts)
        return (*parts, *_parts_of_our_own(self._opened, verdict.parts))

    def _look_up(self, part: Part) -> PartEvidence:
        return PartEvidence(
            part,
            tuple(self._ground(citation, part) for citation in part.citations),
            tuple(self._search(absence, part) for absence in part.absences),
            bearing_on(part, self._opened.facts),
        )

    def _ground(self, citation: Citation, part: Part) -> Grounding:
        found = _within_bounds(ground(citation, part, self._work.index))
        if self._work.withheld(citation.path):
            found = replace(found, true_text=None)
        if found.counts and self._stands_in_a_verdict(citation.path):
            return replace(found, why_not=("it stands in somebody's verdict, which is no evidence",))
        return found

    def _stands_in_a_verdict(self, path: str) -> bool:
        """Whether a file of data is a verdict. Code that makes verdicts is code."""
        if path not in self._verdicts:
            file, source = self._work.index.text_file(path), self._work.index.source(path)
            is_data = (
                not any(d.kind in ("class", "function", "method") for d in source.definitions) if source else False
            )
            self._verdicts[path] = file is not None and is_data and holds_a_verdict(file.text)
        return self._verdicts[path]

    def _search(self, absence: Absence, part: Part) -> AbsenceFinding:
        if absence.malformed is not None:
            return AbsenceFinding(absence, AbsenceStanding.BAD_PATTERN, problem=absence.malformed)
        about = f"{part.text} {part.span}"
        if not _is_within(absence.paths, paths_in(about), self._work.index.snapshot.paths):
            absence = replace(absence, paths=())
        return search(
            absence,
            self._work.index.snapshot,
            about_prose=is_about_prose(about),
            about_tests=is_about_tests(about),
            words=frozenset(f"{about} {self._opened.claim.statement}".split()),
            excluded=self._work.withheld,
            shown=self._shown.get(part.id, frozenset()) if absence.why.strip() else frozenset(),
        )

    def _followup_prompt(self, followup: FollowUp) -> Prompt:
        return self._work.prompts.followup(self._opened.prompt, len(self._rounds) + 1, followup)

    def _over(self, followup: FollowUp) -> int:
        """By how many tokens a round that tells this would pass the budget; 0 where it keeps within."""
        if not followup.tells_something:
            return 0
        return max(0, self._followup_prompt(followup).tokens - self._work.limits.budget_tokens)

    def _next(self, verdict: Verdict, ruling: Ruling) -> FollowUp:
        """What another round would tell the model; remembers what is about to be shown.

        Raises:
            BudgetError: The parts alone, as the model worded them, pass the budget.
        """
        shown, told = dict(self._shown), set(self._told)
        for most in _MOST_TOLD:
            self._shown, self._told = dict(shown), set(told)
            followup = self._tell(verdict, ruling, most)
            if not self._over(followup):
                return self._with_files(followup, verdict)
        refuse_over(self._work.limits.budget_tokens, self._followup_prompt(followup), "another round needs")
        raise AssertionError("a round that keeps within the budget was returned")

    def _tell(self, verdict: Verdict, ruling: Ruling, most: int) -> FollowUp:
        """What became of the evidence, at most so many findings of a kind; what is left is told in a later round."""
        contested: list[ContestedAbsence] = []
        bad: list[BadPattern] = []
        weak: list[WeakCitation] = []
        for ruled in ruling.parts:
            part = ruled.evidence.part
            for finding in () if _rests_on_a_citation(ruled) else ruled.evidence.absences:
                if len(contested) < most and (found := self._contested(part.id, finding)) is not None:
                    contested.append(found)
            if ruled.state is not State.UNPROVEN:
                continue
            for f in ruled.evidence.absences:
                is_bad = f.standing is AbsenceStanding.BAD_PATTERN
                if len(bad) < most and is_bad and self._news(part.id, repr(f.absence)):
                    bad.append(BadPattern(part.id, f.absence.pattern, f.problem or ""))
            for g in ruled.evidence.groundings:
                if len(weak) < most and not g.counts and self._news(part.id, repr(g.citation)):
                    weak.append(WeakCitation(part.id, g))
        return FollowUp(verdict.parts, (), (), tuple(contested), tuple(bad), tuple(weak), _unreferenced(ruling)[:most])

    def _contested(self, part: str, finding: AbsenceFinding) -> ContestedAbsence | None:
        """The hits that the model has not been shown for this part, where their text may be shown."""
        if finding.standing is not AbsenceStanding.CONTESTED:
            return None
        shown = self._shown.get(part, frozenset())
        new = tuple(
            hit
            for hit in finding.hits
            if hit.excused is None and not hit.excluded and (hit.path, hit.line) not in shown
        )
        if not new:
            return None
        self._shown[part] = shown | {(hit.path, hit.line) for hit in new}
        return ContestedAbsence(part, finding.absence.pattern, new, finding.contesting)

    def _news(self, part: str, what: str) -> bool:
        """Whether the model has not been told this before; it counts as told from now on."""
        if (part, what) in self._told:
            return False
        self._told.add((part, what))
        return True

    def _with_files(self, followup: FollowUp, verdict: Verdict) -> FollowUp:
        """The same with the files that the model asked for, as many as the budget has room for."""
        whole = {path for path, entry in self._manifest.items() if entry.supply is Supply.WHOLE}
        selection = grant(verdict.needs, self._work.claims, self._work.index, whole)
        allowed = self._work.limits.budget_tokens - self._opened.prompt.tokens
        room = allowed - _SMALLEST_FOLLOWUP_TOKENS
        for _ in range(MOST_PACKINGS):
            context = pack(Selection(selection.files), self._work.index, max(0, room))
            supplied = _supplied(followup, selection, context)
            over = self._over(supplied)
            if not over:
                self._note(selection, context)
                return supplied
            room = less_room(room, allowed, allowed + over)
        self._note(selection, pack(Selection(selection.files), self._work.index, 0))
        return followup

    def _note(self, selection: Selection, context: ContextPack) -> None:
        """Enter into the manifest what a round grants and refuses."""
        for entry in context.manifest:
            before = self._manifest.get(entry.path)
            if before is None or entry.supply in (Supply.WHOLE, Supply.IN_PART):
                self._manifest[entry.path] = entry
        for selected, supply in _not_granted(selection):
            self._manifest.setdefault(selected.path, ManifestEntry(selected.path, supply, selected.why))

    def outcome(self, ruling: Ruling | None = None) -> Outcome:
        """What was asked, shown and answered so far, and what follows from it."""
        return Outcome(
            self._opened.claim,
            self._opened.facts,
            tuple(self._manifest.values()),
            tuple(self._rounds),
            self._verdict,
            ruling,
            changes=self._opened.changes,
        )


def _within_bounds(grounding: Grounding) -> Grounding:
    """The grounding, with the text at a citation that failed cut where a line has no end: it is told and kept."""
    if grounding.true_text is None:
        return grounding
    return replace(grounding, true_text="\n".join(map(clipped, grounding.true_text.split("\n"))))


def _refuse_endless(verdict: Verdict, claim: Claim, reply: Reply) -> None:
    pieces = sum(
        len(part.citations) + sum(1 + len(absence.paths) for absence in part.absences) for part in verdict.parts
    )
    if pieces > MOST_EVIDENCE:
        said = f"it gives {pieces} pieces of evidence, more than {MOST_EVIDENCE}"
        raise ReplyError(
            f'"{claim.id}": the reply cannot be read as a verdict: {said}; it is kept in the run record',
            kept=reply.text,
        )


def _given_parts(claim: Claim) -> tuple[Part, ...] | None:
    """The parts that the claim's author spelled out. None where the model is to split the statement."""
    if claim.parts is None:
        return None
    return tuple(Part(f"p{n}", text, "", Holds.CANNOT_TELL) for n, text in enumerate(claim.parts, start=1))


def _parts_of_our_own(opened: OpenedClaim, parts: Sequence[Part]) -> tuple[PartEvidence, ...]:
    """Failed checks that name no part, and what of the statement no part addresses."""
    number = 1 + max(int(part.id.removeprefix("p")) for part in parts)
    found: list[PartEvidence] = []
    for part_id in sorted(set(opened.claim.essential) - {part.id for part in parts}):
        part = Part(part_id, f"the essential part {part_id}", "", Holds.CANNOT_TELL)
        found.append(
            PartEvidence(part, open_because="the claim marks this part essential, and the reply has no such part")
        )
        number = max(number, 1 + int(part_id.removeprefix("p")))
    for fact in own_parts(opened.facts, parts):
        part = Part(f"p{number}", f"the claim's own check: {fact.subject}", "", Holds.CANNOT_TELL)
        found.append(PartEvidence(part, facts=(fact,)))
        number += 1
    spans = [part.span for part in parts]
    if opened.claim.parts is not None:
        spans += opened.claim.parts
    open_names = uncovered(opened.claim.statement, spans)
    if open_names:
        text = f"not addressed: {', '.join(open_names)}"
        part = Part(f"p{number}", text, "", Holds.CANNOT_TELL)
        found.append(PartEvidence(part, open_because="no part of the reply covers these words of the statement"))
    return tuple(found)


def _unreferenced(ruling: Ruling) -> tuple[WeakCitation, ...]:
    """Citations that count, of definitions that nothing outside tests refers to."""
    return tuple(
        WeakCitation(ruled.id, g)
        for ruled in ruling.parts
        for g in ruled.evidence.groundings
        if g.counts and g.unreferenced
    )


def _rests_on_a_citation(ruled: RuledPart) -> bool:
    """Whether the part is settled by what was cited, so that its absences decide nothing."""
    counting = {g.citation.role for g in ruled.evidence.groundings if g.counts}
    match ruled.state:
        case State.PROVEN:
            return Role.SUPPORTS in counting
        case State.REFUTED:
            return Role.CONTRADICTS in counting
        case State.PARTLY:
            return True
        case State.UNPROVEN:
            return False


def _is_within(scope: Sequence[str], named: Sequence[str], paths: Sequence[str]) -> bool:
    """Whether an absence's scope is what the part names, or below it; elsewhere nothing is absent for the part."""
    places = {path for name in named for path in matching(name, paths)}
    found = [(one, set(matching(one, paths))) for one in scope]
    return all(below <= places and (below or one in named) for one, below in found)


def _supplied(followup: FollowUp, selection: Selection, context: ContextPack) -> FollowUp:
    refused = (*selection.refused, *selection.missing, *_did_not_fit(context))
    return replace(followup, files=context.files, refused=refused)


def _did_not_fit(context: ContextPack) -> tuple[Selected, ...]:
    return tuple(Selected(e.path, e.why) for e in context.manifest if e.supply is Supply.LEFT_OUT)


def _not_granted(selection: Selection) -> tuple[tuple[Selected, Supply], ...]:
    return (
        *((s, Supply.LEFT_OUT) for s in selection.refused),
        *((s, Supply.NOT_IN_COMMIT) for s in selection.missing),
    )
