"""Agreement, precision and recall, each by hand and by scikit-learn."""

from __future__ import annotations

from random import Random

import pytest

from verifier.measures.agreement import Kappa, cohens_kappa, precision, recall
from verifier.measures.intervals import Share

# Fifty cases, as in many textbooks: both say yes of 20, both no of 15, and they differ over 5 and 10.
FIFTY = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15


def test_kappa_precision_and_recall_by_hand() -> None:
    # 35 of 50 agree, 0.7; by chance 25/50 * 30/50 + 25/50 * 20/50 = 0.5; (0.7 - 0.5) / 0.5 = 0.4.
    assert cohens_kappa(FIFTY) == pytest.approx(0.4)
    assert precision(FIFTY, "yes") == Share.of(20, 30)
    assert recall(FIFTY, "yes") == Share.of(20, 25)


def test_kappa_has_an_interval_that_holds_it() -> None:
    kappa = Kappa.of(FIFTY)

    assert kappa.value is not None
    assert kappa.interval is not None
    assert kappa.value in kappa.interval
    assert 0.3 < kappa.interval.high - kappa.interval.low < 0.7


@pytest.mark.parametrize("pairs", [[], [("yes", "yes")] * 9])
def test_kappa_is_not_defined_where_chance_alone_agrees(pairs: list[tuple[str, str]]) -> None:
    assert Kappa.of(pairs) == Kappa(None, None)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_precision_and_recall_are_those_of_scikit_learn(seed: int) -> None:
    # Imported here, for it takes seconds, and only one of the processes that share the tests needs it.
    from sklearn.metrics import cohen_kappa_score, precision_score, recall_score

    random = Random(seed)
    labels = random.choices("FPN", k=120)
    # Abstentions and errors are said but are never a label.
    said = [label if random.random() < 0.7 else random.choice("FPNUE") for label in labels]
    pairs = list(zip(labels, said, strict=True))

    assert cohens_kappa(pairs) == pytest.approx(cohen_kappa_score(labels, said))
    for one in "FN":
        assert precision(pairs, one).rate == pytest.approx(precision_score(labels, said, labels=[one], average="macro"))
        assert recall(pairs, one).rate == pytest.approx(recall_score(labels, said, labels=[one], average="macro"))
