"""Several ways to judge side by side: by how much one differs from another over the same claims. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.cost.prices import Prices
from verifier.evaluation.scoring import LABELS, Runs, Score
from verifier.measures.intervals import Difference
from verifier.report.controls import title
from verifier.values.claim import Word
from verifier.values.prompt import Source


@dataclass(frozen=True)
class Compared:
    """Two ways to judge, over the claims that both have, the second less the first. Positive: the second has more."""

    first: str
    second: str
    claims: int
    only_first: int
    """Claims that the first alone ruled as labelled."""
    only_second: int
    right: Difference
    """Of the shares that were ruled as labelled."""
    wrong: Difference
    """Of the shares that were ruled otherwise than labelled."""
    dollars: Difference | None
    """Of the costs of a claim, over those of which both are known. None where there is none."""

    @classmethod
    def of(cls, first: Score, second: Score) -> Compared | None:
        """The differences. None where the two have no claim in common."""
        others = {one.key: one for one in second.cases}
        pairs = [(one, others[one.key]) for one in first.cases if one.key in others]
        if not pairs:
            return None
        costs = [(a.dollars, b.dollars) for a, b in pairs if a.dollars is not None and b.dollars is not None]
        return cls(
            first.name,
            second.name,
            len(pairs),
            sum(a.is_right and not b.is_right for a, b in pairs),
            sum(b.is_right and not a.is_right for a, b in pairs),
            Difference.of([(a.is_right, b.is_right) for a, b in pairs]),
            Difference.of([(a.is_wrong, b.is_wrong) for a, b in pairs]),
            Difference.of(costs) if costs else None,
        )


@dataclass(frozen=True)
class Evaluation:
    """One way to judge, or several side by side."""

    commits: tuple[str, ...]
    claim_sets: tuple[str, ...]
    labels: Mapping[Word, int]
    """How many claims have which label."""
    scores: tuple[Score, ...]
    unmeasured: tuple[str, ...]
    """Ways of which no ruling has a label, so that nothing was measured."""
    compared: tuple[Compared, ...]
    """Each but the first with the first."""
    authored: int
    """Replies that are an author's and no model's."""
    complete: bool
    """Whether every claim was carried to its end, in every run."""

    @classmethod
    def of(cls, runs: Mapping[str, Runs], prices: Prices) -> Evaluation:
        """The figures of several ways to judge, by name."""
        found = [Score.of(name, one, prices) for name, one in runs.items()]
        scores = tuple(score for score in found if score is not None)
        records = [record for one in runs.values() for run in one for record in run]
        cases = {case.key: case.expect for score in scores for case in score.cases}
        compared = (Compared.of(scores[0], score) for score in scores[1:])
        return cls(
            commits=tuple(dict.fromkeys(record.repository.commit for record in records)),
            claim_sets=tuple(dict.fromkeys(record.claim_set.path for record in records)),
            labels={label: list(cases.values()).count(label) for label in LABELS},
            scores=scores,
            unmeasured=tuple(name for name in runs if name not in {score.name for score in scores}),
            compared=tuple(one for one in compared if one is not None),
            authored=sum(record.totals.sources.get(Source.AUTHORED, 0) for record in records),
            complete=all(record.complete for record in records)
            and not any(word is Word.ERROR for s in scores for c in s.cases for word in (c.ruling, *c.again)),
        )

    def misses(self, min_kappa: float | None, max_wrong: int | None, *, on_controls: bool = False) -> list[str]:
        """In how far less is reached than asked for, a line each; `on_controls`: that every control came out right."""
        if self.authored and (min_kappa is not None or max_wrong is not None or on_controls):
            return ["replies are authored, not a model's; such replies pass no gate"]
        found = [f"{name}: no ruling has a label, so that nothing was measured" for name in self.unmeasured]
        for one in self.scores:
            value = one.kappa.value
            if min_kappa is not None and (value is None or value < min_kappa):
                known = "not defined, for every label and every ruling is the same" if value is None else f"{value:.2f}"
                found.append(f"{one.name}: kappa is {known}; --min-kappa asks for {min_kappa:g}")
            if max_wrong is not None and one.total.wrong > max_wrong:
                found.append(f"{one.name}: {one.total.wrong} wrong; --max-wrong allows {max_wrong}")
            if on_controls and (not one.controls or one.telling):
                failed = ", ".join(map(title, one.telling)) or "no control was judged"
                found.append(f"{one.name}: {failed}; --fail-on-controls")
        return found
