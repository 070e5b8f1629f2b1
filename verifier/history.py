"""Rulings over commits as a picture: one strip a claim, one column a commit."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from verifier.journal import PastRuling
from verifier.values.claim import Word


class Shown(enum.Enum):
    """What stands in a column: a bar as high as the ruling is good, or why there is none."""

    FULLY = "█"
    PARTIALLY = "▄"
    NOT = "▁"
    UNPROVEN = "?"
    ERROR = "!"
    NONE = "·"

    @property
    def word(self) -> str:
        """The word for a legend."""
        return "not judged" if self is Shown.NONE else self.name.lower()


@dataclass(frozen=True)
class Strip:
    """One claim over the commits."""

    claim_id: str
    shown: tuple[Shown, ...]
    """One a commit, in the order of `History.commits`."""
    latest: Word


@dataclass(frozen=True)
class History:
    """What became of claims over commits."""

    commits: tuple[str, ...]
    """Those judged last stand last."""
    strips: tuple[Strip, ...]

    @property
    def kinds(self) -> tuple[Shown, ...]:
        """What stands anywhere in the picture, best first."""
        met = {kind for strip in self.strips for kind in strip.shown}
        return tuple(kind for kind in Shown if kind in met)


def history_of(past: Iterable[PastRuling], most: int) -> History:
    """The picture of rulings that come newest first, over at most so many commits.

    A commit stands where it was judged last, and a claim shows what was ruled last on it.
    """
    latest: dict[tuple[str, str], Word] = {}
    newest: dict[str, Word] = {}
    commits: dict[str, None] = {}
    for one in past:
        commits.setdefault(one.commit)
        newest.setdefault(one.ruling.claim_id, one.ruling.word)
        latest.setdefault((one.ruling.claim_id, one.commit), one.ruling.word)
    shown = tuple(reversed(list(commits)[:most]))
    strips = (
        Strip(claim_id, tuple(_shown(latest.get((claim_id, commit))) for commit in shown), word)
        for claim_id, word in sorted(newest.items())
    )
    return History(shown, tuple(strips))


def _shown(word: Word | None) -> Shown:
    return Shown.NONE if word is None else Shown[word.name]
