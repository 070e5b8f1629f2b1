"""Hold rulings to labels: how often they are right, wrong or open, and what they cost.

Pure: records in, figures out. An UNPROVEN and an ERROR agree with no label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.cost.prices import Prices
from verifier.measures.agreement import Kappa, precision, recall
from verifier.measures.intervals import Share
from verifier.records.comparing import SETTLED
from verifier.values.claim import Word
from verifier.values.control import ControlKind
from verifier.values.prompt import Source, by_what_is_asked
from verifier.values.record import ControlRecord, RulingRecord, RunRecord, figures_of

LABELS = tuple(word for word in Word if word in SETTLED)
"""What a claim may be expected to be, best first."""

SHARP = (Word.FULLY, Word.NOT)
"""The rulings that somebody acts upon."""

Runs = Sequence[Sequence[RunRecord]]
"""The records of a way to judge: of its first run, which is measured, and of each repetition."""


@dataclass(frozen=True)
class Case:
    """A labelled claim and what was ruled of it."""

    claim_set: str
    claim_id: str
    tags: tuple[str, ...]
    expect: Word
    expect_why: str | None
    ruling: Word
    range: tuple[Word, ...]
    because: str
    """The row of the ruling table that decided, or the error."""
    again: tuple[Word, ...]
    """What the repetitions ruled, in their order."""
    requests: int
    sent_tokens: int
    """Of the prompts, by verifier's own count."""
    billed_tokens: int | None
    """None where not every reply says what it took, now or when it came; so it is with `dollars`."""
    dollars: float | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others."""
        return self.claim_set, self.claim_id

    @property
    def is_right(self) -> bool:
        """Whether it was ruled as labelled."""
        return self.ruling is self.expect

    @property
    def is_wrong(self) -> bool:
        """Whether it was ruled on, and otherwise than labelled."""
        return self.ruling in SETTLED and not self.is_right

    @property
    def is_open(self) -> bool:
        """Whether it was not ruled on."""
        return self.ruling not in SETTLED

    @property
    def changed(self) -> bool:
        """Whether the runs ruled differently."""
        return len({self.ruling, *self.again}) > 1


@dataclass(frozen=True)
class Group:
    """Some of the claims."""

    claims: int
    agreement: Share
    wrong: int
    unproven: int
    errors: int

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Group:
        """The figures of these claims."""
        return cls(
            len(cases),
            Share.of(sum(one.is_right for one in cases), len(cases)),
            sum(one.is_wrong for one in cases),
            sum(one.ruling is Word.UNPROVEN for one in cases),
            sum(one.ruling is Word.ERROR for one in cases),
        )


@dataclass(frozen=True)
class Costs:
    """What a claim takes, on average."""

    claims: int
    requests: float
    sent_tokens: float
    billed_tokens: float | None
    billed_of: int
    """The claims of which it is known, and averaged over."""
    dollars: float | None
    priced_of: int

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Costs:
        """The averages over these claims, of which there is one at least."""
        billed = [one.billed_tokens for one in cases if one.billed_tokens is not None]
        dollars = [one.dollars for one in cases if one.dollars is not None]
        return cls(
            len(cases),
            sum(one.requests for one in cases) / len(cases),
            sum(one.sent_tokens for one in cases) / len(cases),
            sum(billed) / len(billed) if billed else None,
            len(billed),
            sum(dollars) / len(dollars) if dollars else None,
            len(dollars),
        )


@dataclass(frozen=True)
class Score:
    """One way to judge, held to the labels."""

    name: str
    total: Group
    decided: Share
    """Of the claims that were ruled on at all, those that were ruled as labelled."""
    kappa: Kappa
    matrix: Mapping[Word, Mapping[Word, int]]
    """By label, then by ruling."""
    precision: Mapping[Word, Share]
    recall: Mapping[Word, Share]
    tags: Mapping[str, Group]
    readings: Share
    """Of the parts that were read a second time, those over which both readings agree."""
    costs: Costs
    steady: Share | None
    """Of the claims, those that every run ruled alike. None where there was one run."""
    controls: Mapping[ControlKind, Share]
    """Of the controls of a kind that were judged, those that came out right. Empty where none were asked for."""
    telling: tuple[ControlRecord, ...]
    """The controls that came out wrong, or that could not be judged."""
    cases: tuple[Case, ...]

    @classmethod
    def of(cls, name: str, runs: Runs, prices: Prices) -> Score | None:
        """The figures of these runs. None where no claim of theirs has a label."""
        cases = tuple(_cases(runs, prices))
        if not cases:
            return None
        pairs = [(one.expect, one.ruling) for one in cases]
        total = Group.of(cases)
        tags = dict.fromkeys(tag for one in cases for tag in one.tags)
        controls = [one for record in runs[0] if record.controls for one in record.controls.controls]
        return cls(
            name=name,
            total=total,
            decided=Share.of(total.agreement.hits, total.agreement.hits + total.wrong),
            kappa=Kappa.of(pairs),
            matrix={label: {word: pairs.count((label, word)) for word in Word} for label in LABELS},
            precision={word: precision(pairs, word) for word in SHARP},
            recall={word: recall(pairs, word) for word in SHARP},
            tags={tag: Group.of([one for one in cases if tag in one.tags]) for tag in tags},
            readings=_readings(runs[0]),
            costs=Costs.of(cases),
            steady=Share.of(sum(not one.changed for one in cases), len(cases)) if len(runs) > 1 else None,
            controls={kind: Share.of(figure.right, figure.of) for kind, figure in figures_of(controls).items()},
            telling=tuple(one for one in controls if not one.holds),
            cases=cases,
        )


def _cases(runs: Runs, prices: Prices) -> Iterable[Case]:
    words = [{(r.claim_set.path, one.claim_id): one.ruling for r in run for one in r.rulings} for run in runs[1:]]
    for record in runs[0]:
        for one in record.rulings:
            label = one.claim.expect
            if label in LABELS:
                key = record.claim_set.path, one.claim_id
                yield _case(record, one, label, tuple(other[key] for other in words if key in other), prices)


def _case(record: RunRecord, one: RulingRecord, label: Word, again: tuple[Word, ...], prices: Prices) -> Case:
    taken = [exchange.taken for exchange in one.exchanges]
    return Case(
        claim_set=record.claim_set.path,
        claim_id=one.claim_id,
        tags=tuple(dict.fromkeys(one.claim.tags)),
        expect=label,
        expect_why=one.claim.expect_why,
        ruling=one.ruling,
        range=one.range,
        because=one.error or one.because,
        again=again,
        requests=len(taken),
        sent_tokens=sum(exchange.tokens_estimated for exchange in one.exchanges),
        billed_tokens=None if None in taken else sum(usage.total for usage in taken if usage is not None),
        dollars=_dollars(record, one, prices),
    )


def _dollars(record: RunRecord, one: RulingRecord, prices: Prices) -> float | None:
    """What the claim's requests cost, those too that the journal answered: as if they were made on the run's day."""
    if record.made is None:
        return None
    models = by_what_is_asked(record.model.requested, record.reader_model)
    asked = (replace(e, source=Source.LIVE, usage=e.taken) for e in one.exchanges)
    return prices.bill(models, asked, record.made.date()).cost


def _readings(records: Sequence[RunRecord]) -> Share:
    agreed = sum(record.totals.readings.agreed for record in records)
    return Share.of(agreed, agreed + sum(record.totals.readings.differed for record in records))
