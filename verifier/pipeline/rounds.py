"""The rounds of one claim: verdict, look-ups, second reading, ruling; and again where something lacked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from verifier.evidence.exhibits import exhibits
from verifier.evidence.parsing import parse_leads, parse_reading, parse_verdict
from verifier.evidence.ruling import rule
from verifier.model import Model
from verifier.pipeline.granting import Granted
from verifier.pipeline.lookups import Lookups, open_parts
from verifier.pipeline.opening import OpenedClaim, Where, Work, refuse_over
from verifier.pipeline.telling import Told
from verifier.values.claim import Claim
from verifier.values.exhibit import MOST_TOKENS, Exhibit
from verifier.values.followup import FollowUp
from verifier.values.outcome import Exchange, Outcome, Round
from verifier.values.prompt import Prompt, Reply
from verifier.values.reading import PartReading, Reading
from verifier.values.ruling import PartEvidence, Ruling
from verifier.values.verdict import Holds, Part, Verdict
from verifier.wording.covering import left_over, stands_in


@dataclass(frozen=True)
class _Asked:
    """A request for a verdict, with what a later round tells."""

    prompt: Prompt
    followup: FollowUp | None = None


@dataclass(frozen=True)
class _Shown:
    """A verdict with its evidence, and what a second reader is shown of it."""

    verdict: Verdict
    evidence: tuple[PartEvidence, ...]
    exhibits: Mapping[str, Exhibit]
    """By part."""
    new: tuple[Exhibit, ...] = ()
    """Those that were not read before."""
    prompt: Prompt | None = None
    """What asks for a reading of these. None: there is nothing to be read."""


class Rounds:
    """The rounds of one claim: what was asked, answered, read and told so far."""

    def __init__(self, work: Work, opened: OpenedClaim, model: Model) -> None:
        self._work = work
        self._model = model
        self._begin_with(opened)
        self._leads: Exchange | None = None
        self._told = Told()
        self._rounds: list[Round] = []
        self._verdict: Verdict | None = None
        self._readings: dict[str, PartReading] = {}
        """What was read of a part's evidence, by the digest of what was shown."""
        self._first_reading: Reading | None = None
        """What the first of the second readings says of the claim as a whole; the parts' words stay the same."""

    def _begin_with(self, opened: OpenedClaim) -> None:
        self._opened = opened
        self._lookups = Lookups(self._work, opened)
        self._granted = Granted(self._work, opened)

    async def run(self) -> Outcome:
        """Ask until the model lacks nothing more or the rounds are used up. What fails is raised, as it is."""
        if self._opened.where is not None:
            await self._look_where(self._opened.where)
        asked: _Asked | None = _Asked(self._opened.prompt)
        while asked is not None:
            reply = await self._model.reply(asked.prompt)
            self._rounds.append(Round.of(asked.prompt, reply, asked.followup))
            shown = await self._work.aside(partial(self._look_up, reply))
            if shown.prompt is not None:
                self._take_reading(shown, shown.prompt, await self._model.reply(shown.prompt))
            ruling, asked = await self._work.aside(partial(self._settle, shown))
        return self.outcome(ruling)

    async def _look_where(self, where: Where) -> None:
        """Ask in which files to look, and open the claim with these."""
        reply = await self._model.reply(where.prompt)
        self._leads = Exchange.of(where.prompt, reply)
        leads = parse_leads(reply, self._opened.claim.id)
        self._begin_with(await self._work.aside(partial(where.opened, leads)))

    def _look_up(self, reply: Reply) -> _Shown:
        """What there is of the verdict's evidence, and what a second reader is to be shown of it."""
        verdict = self._parts_settled(parse_verdict(reply, self._opened.claim.id))
        self._verdict = verdict
        return self._shown(verdict, tuple(map(self._lookups.part, verdict.parts)))

    def _settle(self, shown: _Shown) -> tuple[Ruling, _Asked | None]:
        """What is ruled on the evidence as it was read, and what is asked next; None where nothing is."""
        verdict, readings = shown.verdict, self._readings
        digests = {part_id: exhibit.digest for part_id, exhibit in shown.exhibits.items()}
        evidence = [replace(one, reading=readings.get(digests.get(one.part.id, ""))) for one in shown.evidence]
        parts = open_parts(self._opened, evidence, self._first_reading)
        ruling = rule(parts, self._opened.claim.essential, self._not_judged(verdict))
        if len(self._rounds) >= self._work.limits.max_rounds:
            return ruling, None
        followup = self._next(verdict, ruling)
        return ruling, None if followup is None else _Asked(self._followup_prompt(followup), followup)

    def _parts_settled(self, verdict: Verdict) -> Verdict:
        """The verdict with the parts that the claim or round 1 has fixed, in the words in which they were fixed.

        A part that the reply leaves out keeps what was said of it before; one that it adds is passed over.
        """
        fixed = self._verdict.parts if self._verdict else _given_parts(self._opened.claim)
        if fixed is None:
            return verdict
        answered = {part.id: part for part in verdict.parts}
        return replace(verdict, parts=tuple(_in_words_of(part, answered.get(part.id)) for part in fixed))

    def _shown(self, verdict: Verdict, evidence: tuple[PartEvidence, ...]) -> _Shown:
        """What a second reader is shown of each part; evidence that was read before is not read again."""
        readable = [one for one in evidence if one.stands and one.part.holds is not Holds.CANNOT_TELL]
        gathered = exhibits(readable, self._work.index, self._work.withheld)
        shown = {exhibit.part.id: exhibit for exhibit in gathered if exhibit.shows}
        new = tuple(exhibit for exhibit in shown.values() if exhibit.digest not in self._readings)
        if not new:
            return _Shown(verdict, evidence, shown)
        parts = [one.part for one in evidence]
        prompt = self._work.prompts.reading(self._opened.claim, len(self._rounds), parts, self._opened.facts, new)
        refuse_over(MOST_TOKENS, prompt, "the evidence to be read a second time needs", "split the claim")
        return _Shown(verdict, evidence, shown, new, prompt)

    def _take_reading(self, shown: _Shown, prompt: Prompt, reply: Reply) -> None:
        """Take down what the second reader says."""
        self._rounds[-1] = replace(self._rounds[-1], reading=Exchange.of(prompt, reply))
        reading = parse_reading(reply, self._opened.claim.id, prompt.parts)
        self._readings |= {e.digest: said for e in shown.new if (said := reading.of(e.part.id)) is not None}
        self._first_reading = self._first_reading or reading

    def _not_judged(self, verdict: Verdict) -> tuple[str, ...]:
        """Words of the claim that no part covers and that nobody can look up: said with the ruling, never dropped."""
        reading = self._first_reading
        claim = self._opened.claim
        said = [words for words in reading.not_judged if stands_in(words, claim.statement)] if reading else []
        open_words = reading.uncovered if reading else ()
        spans = [part.span for part in verdict.parts]
        left = left_over(claim.statement, [*spans, *(claim.parts or ()), *open_words, *said])
        return tuple(dict.fromkeys((*said, *left)))

    def _followup_prompt(self, followup: FollowUp) -> Prompt:
        return self._work.prompts.followup(self._opened.prompt, len(self._rounds) + 1, followup)

    def _next(self, verdict: Verdict, ruling: Ruling) -> FollowUp | None:
        """What another round would tell the model. None where it would learn nothing new.

        Raises:
            BudgetError: The parts alone, as the model worded them, pass the budget.
        """
        budget = self._work.limits.budget_tokens

        def room_left(followup: FollowUp) -> int:
            return budget - self._followup_prompt(followup).tokens

        for followup in self._told.followups(verdict, ruling):
            if not (followup.news or verdict.needs):
                return None
            if room_left(followup) >= 0:
                told = self._granted.with_files(followup, verdict.needs, room_left)
                self._told.remember(told)
                return told if told.news else None
            last = followup
        refuse_over(budget, self._followup_prompt(last), "another round needs")
        raise AssertionError("a round that keeps within the budget was returned")

    def outcome(self, ruling: Ruling | None = None) -> Outcome:
        """What was asked, shown and answered so far, and what follows from it."""
        return Outcome(
            self._opened.claim,
            self._opened.facts,
            self._granted.manifest,
            tuple(self._rounds),
            self._verdict,
            ruling,
            changes=self._opened.changes,
            leads=self._leads,
        )


def _in_words_of(fixed: Part, answered: Part | None) -> Part:
    if answered is None:
        return fixed
    return replace(answered, text=fixed.text, span=fixed.span or answered.span)


def _given_parts(claim: Claim) -> tuple[Part, ...] | None:
    """The parts that the claim's author spelled out. None where the model is to split the statement."""
    if claim.parts is None:
        return None
    return tuple(Part(f"p{n}", text, "", Holds.CANNOT_TELL) for n, text in enumerate(claim.parts, start=1))
