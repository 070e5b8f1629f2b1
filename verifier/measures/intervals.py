"""Shares of a whole with Wilson intervals, and bootstrap intervals for everything else. All of them are at 95 %."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Case = TypeVar("Case")

CONFIDENCE = 0.95

RESAMPLES = 2_000
SEED = 20_130
"""Fixed, so that the same cases always give the same interval."""


@dataclass(frozen=True)
class Interval:
    """From where to where."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    hits: int
    total: int
    rate: float | None
    """None of nothing, and so is the interval."""
    interval: Interval | None
    """Wilson's score interval."""

    @classmethod
    def of(cls, hits: int, total: int) -> Share:
        """The share, with the interval in which the true one is likely to lie."""
        return cls(hits, total, hits / total, wilson(hits, total)) if total else cls(0, 0, None, None)


@dataclass(frozen=True)
class Difference:
    """How much more of something one way has than another, case by case, on average."""

    value: float
    interval: Interval | None
    """By bootstrap over the pairs. None where the two differ by the same over every case."""

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Difference:
        """The second less the first, over pairs of which there is one at least."""
        gains = [second - first for first, second in pairs]
        return cls(statistics.fmean(gains), bootstrap(gains, statistics.fmean))


def wilson(hits: int, total: int) -> Interval:
    """Wilson's score interval of a share; it holds for few cases, too, and for none or all of them.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
    """
    z = statistics.NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    rate, scale = hits / total, 1 + z * z / total
    centre = (rate + z * z / (2 * total)) / scale
    half = z / scale * (rate * (1 - rate) / total + z * z / (4 * total * total)) ** 0.5
    return Interval(0.0 if hits == 0 else centre - half, 1.0 if hits == total else centre + half)


def most_likely_missed(total: int) -> float:
    """The largest share that is still likely where none was met among so many cases: about three by their number.

    Source: J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", 1983.
    """
    return float(1 - (1 - CONFIDENCE) ** (1 / total))


def bootstrap(cases: Sequence[Case], statistic: Callable[[Sequence[Case]], float | None]) -> Interval | None:
    """The percentile interval of a statistic over cases that are drawn again, with replacement.

    None where every draw gives the same, so that drawing
    again tells nothing; draws of which the statistic is not defined are passed over.

    Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993.
    """
    random = Random(SEED)  # noqa: S311  # reproducible on purpose
    draws = (statistic(random.choices(cases, k=len(cases))) for _ in range(RESAMPLES if cases else 0))
    values = [value for value in draws if value is not None]
    if len(set(values)) < 2:
        return None
    # 40 pieces of a fortieth each: the first and the last cut leave 2.5 % outside.
    cuts = statistics.quantiles(values, n=round(2 / (1 - CONFIDENCE)), method="inclusive")
    return Interval(cuts[0], cuts[-1])
