"""What the page is filtered by, how its claims are found, and what was ruled of them over commits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.report.reading_order import grouped
from verifier.report.words import counted, tokens
from verifier.values.claim import Word
from verifier.values.history import History, JudgedCommit, Strip
from verifier.values.record import RulingRecord, RunRecord

_AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class Entry:
    """A claim in the list."""

    ruling: RulingRecord
    anchor: str
    tags: tuple[int, ...]
    """Positions of its tags among those of the run."""


def shares(record: RunRecord) -> list[tuple[Word, int]]:
    """How many claims have which ruling, the best first."""
    numbers = Counter(ruling.ruling for ruling in record.rulings)
    return [(word, numbers[word]) for word in Word if numbers[word]]


def in_title(spread: Iterable[tuple[Word, int]]) -> str:
    """How many claims have which ruling, in words: "2 FULLY RESOLVED, 1 UNPROVEN"."""
    return ", ".join(f"{number} {word}" for word, number in spread)


def tags_of(record: RunRecord) -> dict[str, int]:
    """Every tag with the number of its claims, in the order in which they are met."""
    return Counter(tag for ruling in record.rulings for tag in dict.fromkeys(ruling.claim.tags))


def entries(record: RunRecord) -> list[tuple[str, list[Entry]]]:
    """The claims that need a person, and the others, each under its heading."""
    positions = {tag: position for position, tag in enumerate(tags_of(record))}
    made = [
        Entry(ruling, anchor, tuple(positions[tag] for tag in dict.fromkeys(ruling.claim.tags)))
        for ruling, anchor in zip(record.rulings, _anchors(record), strict=True)
    ]
    return grouped(made, lambda entry: entry.ruling)


def _anchors(record: RunRecord) -> Iterator[str]:
    """The claim's own id where it is one and is met for the first time, else its number."""
    met: set[str] = set()
    for number, ruling in enumerate(record.rulings, start=1):
        own = ruling.claim_id
        fits = _AN_ID.fullmatch(own) is not None and own not in met
        met.add(own)
        yield f"claim-{own}" if fits else f"claim--{number}"


def spent(record: RunRecord) -> str:
    """Tokens of the run, where any were reported."""
    reported = any(one.usage for ruling in record.rulings for one in ruling.exchanges)
    return tokens(record.totals.usage) if reported else "none reported"


def strip_of(claim_id: str, history: History) -> Strip | None:
    """The claim's strip, where it was judged on more than one commit: of one alone there is nothing to see."""
    strip = history.strip(claim_id)
    return strip if strip is not None and len(judged(strip, history)) > 1 else None


def judged(strip: Strip, history: History) -> list[tuple[Word, JudgedCommit]]:
    """What was ruled on which commit, the latest first."""
    both = zip(strip.words, history.commits, strict=True)
    return [(word, commit) for word, commit in both if word is not None][::-1]


def in_words(strip: Strip) -> str:
    """The rulings one after the other: "NOT RESOLVED on 3 commits, then FULLY RESOLVED on 1 commit"."""
    return ", then ".join(f"{spell.word} on {counted(spell.number, 'commit')}" for spell in strip.spells)


def since(strip: Strip, history: History) -> JudgedCommit:
    """The commit from which on the claim has been ruled as it was ruled last."""
    return history.commits[strip.spells[-1].first]
