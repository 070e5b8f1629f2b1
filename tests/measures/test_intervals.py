"""Intervals, each by hand and by scipy."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import pytest

from verifier.measures.intervals import Difference, Interval, Share, bootstrap, most_likely_missed, wilson


@pytest.fixture(scope="module")
def stats() -> Any:
    """Imported here, for it takes seconds, and only one of the processes that share the tests needs it."""
    from scipy import stats

    return stats


def test_a_wilson_interval_by_hand() -> None:
    # 9 of 10, z = 1.96: centre (0.9 + 3.8416/20) / 1.38416 = 0.788983,
    # half 1.96 / 1.38416 * sqrt(0.9 * 0.1 / 10 + 3.8416 / 400) = 0.193137.
    interval = wilson(9, 10)

    assert (interval.low, interval.high) == pytest.approx((0.59585, 0.98212), abs=2e-5)
    assert 0.9 in interval
    assert 0.5 not in interval


@pytest.mark.parametrize(
    ("hits", "total"), [(0, 1), (1, 1), (0, 9), (9, 9), (1, 3), (9, 10), (58, 120), (119, 120), (3, 5000)]
)
def test_a_wilson_interval_is_that_of_scipy(stats: Any, hits: int, total: int) -> None:
    theirs = stats.binomtest(hits, total).proportion_ci(0.95, method="wilson")
    ours = wilson(hits, total)

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_a_share_of_nothing_has_no_rate() -> None:
    assert Share.of(0, 0) == Share(0, 0, None, None)
    assert Share.of(1, 4).rate == 0.25


@pytest.mark.parametrize("total", [1, 10, 120])
def test_what_was_never_met_may_still_be_there(stats: Any, total: int) -> None:
    # By hand: none of 10, and 0.7411 ** 10 = 0.05.
    theirs = stats.binomtest(0, total, alternative="less").proportion_ci(0.95, method="exact").high

    assert most_likely_missed(total) == pytest.approx(theirs)
    assert most_likely_missed(10) == pytest.approx(0.2589, abs=1e-4)


def mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)


def test_a_bootstrap_interval_by_hand() -> None:
    # Two cases give a mean of 0, 1/2 or 1 with chances of 1/4, 1/2 and 1/4, so both ends lie well within the outer two.
    assert bootstrap([0.0, 1.0], mean) == Interval(0.0, 1.0)


def test_a_bootstrap_is_the_same_every_time_and_silent_where_every_draw_is_the_same() -> None:
    assert bootstrap([1.0, 2.0, 4.0], mean) == bootstrap([1.0, 2.0, 4.0], mean)
    assert bootstrap([1.0] * 9, mean) is None
    assert bootstrap([], mean) is None
    assert bootstrap([1.0, 2.0], lambda _: None) is None


def test_a_bootstrap_interval_is_near_that_of_scipy(stats: Any) -> None:
    import numpy

    cases = [float(n % 7) for n in range(80)]
    theirs = stats.bootstrap(
        (numpy.array(cases),), numpy.mean, method="percentile", n_resamples=20_000, rng=numpy.random.default_rng(1)
    ).confidence_interval

    assert_near(bootstrap(cases, mean), theirs)


def test_a_paired_difference_is_near_that_of_scipy(stats: Any) -> None:
    import numpy

    # 12 cases that the second alone has, 5 that the first alone has: 7 more of 80.
    first, second = [0] * 12 + [1] * 40 + [0] * 23 + [1] * 5, [1] * 12 + [1] * 40 + [0] * 23 + [0] * 5
    theirs = stats.bootstrap(
        (numpy.array(first), numpy.array(second)),
        lambda one, other, axis: numpy.mean(other, axis=axis) - numpy.mean(one, axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        rng=numpy.random.default_rng(1),
    ).confidence_interval
    ours = Difference.of(list(zip(first, second, strict=True)))

    assert ours.value == pytest.approx(7 / 80)
    assert_near(ours.interval, theirs)
    assert Difference.of([(1, 1), (0, 0)]) == Difference(0.0, None)


def assert_near(ours: Interval | None, theirs: Any) -> None:
    assert ours is not None
    width = theirs.high - theirs.low
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.05 * width)
