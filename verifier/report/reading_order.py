"""In what order a reader needs things: claims that want a person, parts of a kind together, strong evidence first."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from verifier.languages import LineKind, read_source
from verifier.report.evidence_words import Weighed, because, weighed
from verifier.report.words import counted
from verifier.values.claim import Word
from verifier.values.grounding import Grounding, TextKind
from verifier.values.reading import About, Settles
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import RuledPart, State
from verifier.values.verdict import Role

T = TypeVar("T")

MOST = 2
"""Pieces of a part's evidence that are shown without being asked for."""

_WORST_FIRST = (Word.ERROR, Word.NOT, Word.PARTIALLY, Word.UNPROVEN, Word.FULLY)
_OPEN_FIRST = (State.UNPROVEN, State.REFUTED, State.PARTLY, State.PROVEN)
_TEXTS = {About.CODE: TextKind.CODE, About.PROSE: TextKind.PROSE, About.TESTS: TextKind.TEST}


def needs_a_person(ruling: RulingRecord) -> bool:
    """Whether the claim waits for somebody: no ruling, a part that is open, or less borne out than in the baseline."""
    is_unsettled = ruling.ruling in (Word.ERROR, Word.UNPROVEN) or ruling.worsened is not None
    return is_unsettled or any(map(is_open, ruling.parts))


def is_open(ruled: RuledPart) -> bool:
    """Whether a part is unproven, or its two readings differ."""
    return ruled.state is State.UNPROVEN or (ruled.evidence.reading is not None and not ruled.evidence.agree)


def grouped(items: Iterable[T], ruling_of: Callable[[T], RulingRecord]) -> list[tuple[str, list[T]]]:
    """What stands for claims under its heading: what wants a person, then the rest; in each the worst first."""
    places = [(_place(ruling_of(one)), one) for one in items]
    ordered = sorted(places, key=lambda placed: placed[0])
    first, rest = ([one for (is_settled, _), one in ordered if is_settled is settled] for settled in (False, True))
    return [(heading, group) for heading, group in (("What needs a person", first), ("What is settled", rest)) if group]


def _place(ruling: RulingRecord) -> tuple[bool, int]:
    """What stands before what: what wants a person, then what is worse."""
    return not needs_a_person(ruling), _WORST_FIRST.index(ruling.ruling)


def worst_first(records: Iterable[RunRecord]) -> list[RunRecord]:
    """Runs in the order of their first claims: those with one that wants a person, then the rest; the worst first."""

    def first(record: RunRecord) -> tuple[bool, int]:
        return min(map(_place, record.rulings))

    return sorted(records, key=lambda record: first(record) if record.rulings else (True, len(_WORST_FIRST)))


def waiting(record: RunRecord) -> str:
    """How many claims want a person: "1 of 9 claims needs a person."."""
    number = sum(map(needs_a_person, record.rulings))
    every = counted(len(record.rulings), "claim")
    return f"{number or 'None'} of {every} {'need' if number > 1 else 'needs'} a person."


@dataclass(frozen=True)
class Kind:
    """Parts of one state."""

    state: State
    because: str
    """Why they are so; empty where each has a reason of its own."""
    parts: tuple[RuledPart, ...]


def kinds(parts: Iterable[RuledPart]) -> Iterator[Kind]:
    """The parts by state, those that are open first."""
    every = list(parts)
    for state in _OPEN_FIRST:
        alike = tuple(ruled for ruled in every if ruled.state is state)
        reasons = {because(ruled) for ruled in alike}
        if alike:
            yield Kind(state, reasons.pop() if len(reasons) == 1 else "", alike)


def strongest(ruled: RuledPart) -> tuple[Weighed, Weighed]:
    """The few pieces of a part's evidence that a reader should see first, and all the others."""
    pieces = weighed(ruled.evidence)
    facts = tuple(fact for fact in pieces.facts if not fact.holds or not pieces.standing)[:MOST]
    cited = sorted(pieces.standing, key=lambda one: _weakness(one, ruled))[: MOST - len(facts)]
    searches = pieces.searches[: MOST - len(facts) - len(cited)]
    rest = replace(
        pieces,
        facts=tuple(one for one in pieces.facts if one not in facts),
        standing=tuple(one for one in pieces.standing if one not in cited),
        searches=pieces.searches[len(searches) :],
    )
    return Weighed(facts, tuple(cited), searches, (), ()), rest


def telling(grounding: Grounding, ruled: RuledPart) -> str:
    """The quote from the line on that has the most words of the part and of what the second reader says of it.

    Of a part about code a line of code, where the quote has one: a comment or docstring beside it bears nothing out.
    """
    quote = grounding.citation.quote
    kinds = read_source(grounding.citation.path, textwrap.dedent(quote)).kinds
    lines, wanted = quote.split("\n"), _about(ruled) is not About.PROSE
    told = [(wanted and kind is LineKind.CODE, _shared(line, ruled)) for line, kind in zip(lines, kinds, strict=False)]
    return "\n".join(lines[told.index(max(told)) :]) if told else quote


def _about(ruled: RuledPart) -> About:
    """What the second reader takes the part to be about; code where there is none."""
    reading = ruled.evidence.reading
    return reading.about if reading is not None else About.CODE


def _weakness(grounding: Grounding, ruled: RuledPart) -> tuple[int, ...]:
    """What makes a citation tell less: it says the opposite, never runs, is another kind of text, shares few words."""
    reading = ruled.evidence.reading
    is_against = ruled.state is State.REFUTED or (reading is not None and reading.answer is Settles.REFUTES)
    return (
        (grounding.citation.role is Role.CONTRADICTS) is not is_against,
        grounding.stub is not None or grounding.dead is not None,
        grounding.kind is not _TEXTS[_about(ruled)],
        -_shared(grounding.citation.quote, ruled),
    )


def _shared(text: str, ruled: RuledPart) -> int:
    reading = ruled.evidence.reading
    said = f"{ruled.part.text} {reading.why if reading is not None else ''}"
    return len(_words(text) & _words(said))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}|[0-9]+", text.lower()))
