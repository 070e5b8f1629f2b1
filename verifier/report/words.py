"""The words that every format says alike: a ruling with its counts, tokens, money, numbers of things."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.prompt import Usage
from verifier.values.ruling import State
from verifier.values.verdict import VerdictWord

if TYPE_CHECKING:
    from verifier.values.record import RulingRecord, RunRecord

SIGNS = {
    State.PROVEN: Word.FULLY.sign,
    State.PARTLY: Word.PARTIALLY.sign,
    State.REFUTED: Word.NOT.sign,
    State.UNPROVEN: Word.UNPROVEN.sign,
}
"""The one character that stands before a part's state."""

_SAME = {
    VerdictWord.FULLY: Word.FULLY,
    VerdictWord.PARTIALLY: Word.PARTIALLY,
    VerdictWord.NOT: Word.NOT,
    VerdictWord.CANNOT_TELL: Word.UNPROVEN,
}


def ruling_line(ruling: RulingRecord) -> str:
    """Sign, word and counts: "⚠️ PARTIALLY RESOLVED (5 proven, 1 refuted)"; with its range where it is UNPROVEN."""
    counted = ", ".join(f"{number} {state}" for state, number in ruling.counts.items())
    line = f"{ruling.ruling.sign} {ruling.ruling}"
    if counted:
        line += f" ({counted})"
    if ruling.range:
        line += f": could be {could_be(ruling)}"
    return line


def could_be(ruling: RulingRecord) -> str:
    """What an UNPROVEN claim could still be: "FULLY RESOLVED or PARTIALLY RESOLVED", or "anything"."""
    return "anything" if set(_SAME.values()) - {Word.UNPROVEN} <= set(ruling.range) else " or ".join(ruling.range)


def differs(ruling: RulingRecord) -> bool:
    """Whether the model's own word is another than the ruling."""
    return ruling.verdict is not None and _SAME[ruling.verdict] is not ruling.ruling


_STANDINGS = {
    Standing.EXACT: "as cited",
    Standing.MOVED: "at other lines than cited",
    Standing.NOT_FOUND: "not found",
    Standing.NO_SUCH_FILE: "in a file that is not there",
    Standing.OUTSIDE_FILE: "outside the file",
    Standing.MALFORMED: "malformed",
}

_SEARCHES = {
    AbsenceStanding.CONFIRMED: "found nothing",
    AbsenceStanding.HITS: "found something",
    AbsenceStanding.UNDECIDED: "could not look everywhere",
    AbsenceStanding.BAD_PATTERN: "could not be made",
}


def evidence_of(record: RunRecord) -> str:
    """The evidence of a run in numbers: "3 citations (2 as cited, 1 not found), of which 2 stand; 1 search (...)"."""
    citations, absences = record.totals.citations, record.totals.absences
    standing = sum(g.stands for ruling in record.rulings for part in ruling.parts for g in part.evidence.groundings)
    cited = ", ".join(f"{citations[s]:,} {said}" for s, said in _STANDINGS.items() if citations.get(s))
    searched = ", ".join(f"{absences[s]:,} {said}" for s, said in _SEARCHES.items() if absences.get(s))
    said = counted(sum(citations.values()), "citation")
    if cited:
        said += f" ({cited}), of which {standing:,} {'stands' if standing == 1 else 'stand'}"
    said += f"; {counted(sum(absences.values()), 'search', 'searches')}"
    return f"{said} ({searched})" if searched else said


def spread(record: RunRecord) -> str:
    """How many claims have which ruling: "✅ 2 FULLY RESOLVED · ❔ 1 UNPROVEN"."""
    numbers = record.totals.rulings
    return " · ".join(f"{word.sign} {numbers[word]} {word}" for word in Word if numbers.get(word))


def fingerprint(record: RunRecord, *identity: str) -> str:
    """What a claim, or something of it, is known by from run to run: of the claim file only the name counts."""
    whole = "\0".join((PurePosixPath(record.claim_set.path).name, *identity))
    return hashlib.sha256(whole.encode()).hexdigest()


def spoken(word: str) -> str:
    """A value of ours as words: "not found"."""
    return word.replace("_", " ")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 file", "1,204 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def tokens(usage: Usage) -> str:
    """Tokens as the API reported them: "5,120 in (1,024 cached), 830 out, 200 thoughts"."""
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    thoughts = f", {usage.thoughts:,} thoughts" if usage.thoughts else ""
    return f"{usage.prompt:,} in{cached}, {usage.output:,} out{thoughts}"


def money(cost: float | None, priced_by: Iterable[str] = ()) -> str:
    """US dollars, and by whose prices; what is not known is not zero."""
    if cost is None:
        return "price unknown"
    by = "; ".join(sorted(set(priced_by)))
    return ("less than $0.0001" if 0 < cost < 0.0001 else f"${cost:,.4f}") + (f" ({by})" if by else "")
