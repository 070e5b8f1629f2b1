"""What the page shows at a glance and is filtered by: the spread of the rulings, the tags, an anchor for each claim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.report.notices import notices
from verifier.report.reading_order import grouped
from verifier.report.words import evidence_of, tokens
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord

_AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class Share:
    """How many claims have one ruling, and where its piece of the bar stands."""

    word: Word
    number: int
    before: int
    """Claims whose pieces stand to the left."""


@dataclass(frozen=True)
class Entry:
    """A claim in the list."""

    ruling: RulingRecord
    anchor: str
    tags: tuple[int, ...]
    """Positions of its tags among those of the run."""


@dataclass(frozen=True)
class Overview:
    """The head of the page."""

    total: int
    shares: tuple[Share, ...]
    tags: tuple[tuple[str, int], ...]
    """Every tag with the number of its claims, in the order in which they are met."""
    groups: list[tuple[str, list[Entry]]]
    """The claims that need a person, and the others, each under its heading."""
    evidence: str
    notices: tuple[tuple[str, str], ...]
    """What a reader must know first: a few words, then what follows from them."""

    @staticmethod
    def of(record: RunRecord) -> Overview:
        """The overview of a run."""
        tags = Counter(tag for ruling in record.rulings for tag in dict.fromkeys(ruling.claim.tags))
        positions = {tag: position for position, tag in enumerate(tags)}
        entries = [
            Entry(ruling, anchor, tuple(positions[tag] for tag in dict.fromkeys(ruling.claim.tags)))
            for ruling, anchor in zip(record.rulings, _anchors(record), strict=True)
        ]
        return Overview(
            len(record.rulings),
            tuple(_shares(record)),
            tuple(tags.items()),
            grouped(entries, lambda entry: entry.ruling),
            evidence_of(record),
            tuple(_notices(record)),
        )

    @property
    def title(self) -> str:
        """The spread in words: "2 FULLY RESOLVED, 1 UNPROVEN"."""
        return ", ".join(f"{share.number} {share.word}" for share in self.shares)


def _shares(record: RunRecord) -> Iterator[Share]:
    numbers = Counter(ruling.ruling for ruling in record.rulings)
    before = 0
    for word in Word:
        if numbers[word]:
            yield Share(word, numbers[word], before)
            before += numbers[word]


def _anchors(record: RunRecord) -> Iterator[str]:
    """The claim's own id where it is one and is met for the first time, else its number."""
    met: set[str] = set()
    for number, ruling in enumerate(record.rulings, start=1):
        own = ruling.claim_id
        fits = _AN_ID.fullmatch(own) is not None and own not in met
        met.add(own)
        yield f"claim-{own}" if fits else f"claim--{number}"


def _notices(record: RunRecord) -> Iterator[tuple[str, str]]:
    for one in notices(record, f"chosen by {record.subset}; others of the set were not judged in this run"):
        yield f"{one.what}{one.of}", one.follows
    for note in record.repository.notes:
        yield "Note", note


def spent(record: RunRecord) -> str:
    """Tokens of the run, where any were reported."""
    reported = any(one.usage for ruling in record.rulings for one in ruling.exchanges)
    return tokens(record.totals.usage) if reported else "none reported"
