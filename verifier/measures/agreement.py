"""How well two judges agree: shares of agreement, precision and recall, and Cohen's kappa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from verifier.measures.intervals import Interval, Share, bootstrap

Class = TypeVar("Class", bound=Hashable)


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement beyond what chance gives: 1 is perfect, 0 no better than chance. None where chance alone is perfect.

    Source: J. Cohen, "A Coefficient of Agreement for Nominal Scales", 1960.
    """
    if not pairs:
        return None
    total = len(pairs)
    firsts, seconds = (Counter(side) for side in zip(*pairs, strict=True))
    by_chance = sum(firsts[one] * seconds[one] for one in firsts) / total**2
    observed = sum(first == second for first, second in pairs) / total
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa."""

    value: float | None
    """None where it is not defined: both judges say one and the same of everything."""
    interval: Interval | None
    """By bootstrap over the cases. None where that tells nothing."""

    @classmethod
    def of(cls, pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa:
        """Kappa of the pairs, a label and what was said."""
        return cls(cohens_kappa(pairs), bootstrap(pairs, cohens_kappa))


def precision(pairs: Sequence[tuple[Class, Class]], said: Class) -> Share:
    """Of the cases of which it was said, those whose label it is."""
    return Share.of(pairs.count((said, said)), sum(one == said for _, one in pairs))


def recall(pairs: Sequence[tuple[Class, Class]], label: Class) -> Share:
    """Of the cases whose label it is, those of which it was said."""
    return Share.of(pairs.count((label, label)), sum(one == label for one, _ in pairs))
