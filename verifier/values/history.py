"""History: what the journal of earlier runs knows of claims over commits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from verifier.values.claim import Word
from verifier.values.control import Figures


@dataclass(frozen=True)
class JudgedCommit:
    """A commit with the last run over it."""

    commit: str
    ref: str
    judged: str
    """When that run began, an ISO time in UTC."""
    controls: Figures = field(default_factory=dict)
    """What became of the controls of the last runs over it that had any, one run a claim file; empty where none had."""

    @property
    def day(self) -> str:
        """The day of it: "2025-07-18"."""
        return self.judged[:10]


@dataclass(frozen=True)
class Spell:
    """One ruling that a claim kept over commits that follow one another."""

    word: Word
    first: int
    """Position of its first commit among those of the history."""
    number: int
    """On how many commits the claim was ruled so; those on which it was not judged do not interrupt it."""


@dataclass(frozen=True)
class Strip:
    """One claim over the commits."""

    claims_path: str
    claim_id: str
    words: tuple[Word | None, ...]
    """One a commit, in the order of `History.commits`; None where the claim was not judged."""
    latest: Word

    @property
    def spells(self) -> tuple[Spell, ...]:
        """The rulings one after the other, the latest last."""
        judged = [(position, word) for position, word in enumerate(self.words) if word is not None]
        return tuple(_spells(judged))


@dataclass(frozen=True)
class History:
    """What became of claims over commits."""

    commits: tuple[JudgedCommit, ...]
    """Those judged last stand last."""
    strips: tuple[Strip, ...]

    @property
    def controlled(self) -> tuple[JudgedCommit, ...]:
        """The commits on which controls were judged."""
        return tuple(one for one in self.commits if one.controls)

    def name(self, strip: Strip) -> str:
        """The claim's id, with its claim file where another one has a claim of that id too."""
        same = sum(one.claim_id == strip.claim_id for one in self.strips)
        return strip.claim_id if same == 1 else f"{strip.claim_id} ({strip.claims_path})"

    def strip(self, claim_id: str) -> Strip | None:
        """The first strip of a claim of that id, if it has one."""
        return next((strip for strip in self.strips if strip.claim_id == claim_id), None)


def _spells(judged: list[tuple[int, Word]]) -> Iterator[Spell]:
    for word, same in groupby(judged, key=lambda one: one[1]):
        positions = [position for position, _ in same]
        yield Spell(word, positions[0], len(positions))
