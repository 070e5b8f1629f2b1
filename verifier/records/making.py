"""Records: what became of a run's claims, as the one document that readers and programs share.

Pure. What a record says is redacted as it leaves a run: each ruling when it is made, and the rest at the end.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from verifier.cost.prices import Bill
from verifier.values.changes import Changes
from verifier.values.claim import Word
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.outcome import Outcome
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Source, Usage
from verifier.values.record import (
    ChangedRecord,
    ChangesRecord,
    ContextRecord,
    ReadingsRecord,
    RulingRecord,
    TotalsRecord,
)
from verifier.values.ruling import RuledPart

Choice = TypeVar("Choice", bound=enum.Enum)


def ruling_record(outcome: Outcome, bill: Bill) -> RulingRecord:
    """The record of one claim. Without a ruling it is an ERROR: what came before it is kept, but proves nothing."""
    ruling, verdict, claim = outcome.ruling, outcome.verdict, outcome.claim
    error = outcome.error if ruling is not None else outcome.error or "the work could not be done"
    return RulingRecord(
        claim_id=claim.id,
        statement=claim.statement,
        claim=claim,
        ruling=ruling.word if ruling else Word.ERROR,
        range=ruling.range if ruling else (),
        because=ruling.because if ruling else "",
        verdict=verdict.word if verdict else None,
        parts=tuple(map(_stated, ruling.parts)) if ruling else (),
        not_judged=ruling.not_judged if ruling else (),
        answers=verdict.answers if verdict else (),
        facts=outcome.facts,
        context=_context(outcome.manifest, outcome.changes),
        leads=outcome.leads,
        rounds=outcome.rounds,
        usage=outcome.usage,
        cost=bill.cost,
        priced_by=bill.priced_by,
        error=error,
        kept=outcome.kept,
        traceback=outcome.traceback,
    )


def _stated(ruled: RuledPart) -> RuledPart:
    """The part without what it rests on, which stands beside it with what was found."""
    evidence = ruled.evidence
    return replace(ruled, evidence=replace(evidence, part=replace(evidence.part, citations=(), absences=())))


def _context(manifest: Sequence[ManifestEntry], changes: Changes | None) -> ContextRecord:
    supplied = {supply: tuple(e for e in manifest if e.supply is supply) for supply in Supply}
    return ContextRecord(
        whole=supplied[Supply.WHOLE],
        in_part=supplied[Supply.IN_PART],
        left_out=supplied[Supply.LEFT_OUT],
        not_in_commit=supplied[Supply.NOT_IN_COMMIT],
        redactions=sum(entry.redactions for entry in manifest),
        changes=_changes(changes) if changes is not None else None,
    )


def _changes(changes: Changes) -> ChangesRecord:
    return ChangesRecord(
        base=changes.base,
        shown=tuple(ChangedRecord(file.path, file.note) for file in changes.files),
        named=tuple(ChangedRecord(one.path, one.why) for one in changes.named),
    )


def totals_of(rulings: Iterable[RulingRecord]) -> tuple[TotalsRecord, tuple[str, ...]]:
    """Counts over the rulings, each of which is looked at once; and the models that answered."""
    words: Counter[Word] = Counter()
    citations: Counter[Standing] = Counter()
    absences: Counter[AbsenceStanding] = Counter()
    sources: Counter[Source] = Counter()
    models: set[str] = set()
    costs: list[float | None] = []
    usage, read, agreed = Usage(), 0, 0
    for ruling in rulings:
        words[ruling.ruling] += 1
        for part in ruling.parts:
            citations.update(one.standing for one in part.evidence.groundings)
            absences.update(one.standing for one in part.evidence.absences)
            read += part.evidence.reading is not None
            agreed += part.evidence.reading is not None and part.evidence.agree
        sources.update(one.source for one in ruling.exchanges)
        models.update(one.model for one in ruling.exchanges)
        costs.append(ruling.cost)
        usage += ruling.usage
    known = [cost for cost in costs if cost is not None]
    totals = TotalsRecord(
        claims=len(costs),
        rulings=_every(Word, words),
        citations=_every(Standing, citations),
        absences=_every(AbsenceStanding, absences),
        readings=ReadingsRecord(agreed=agreed, differed=read - agreed),
        usage=usage,
        cost=math.fsum(known) if len(known) == len(costs) else None,
        sources=_every(Source, sources),
    )
    return totals, tuple(sorted(models))


def _every(kind: type[Choice], counts: Mapping[Choice, int]) -> dict[Choice, int]:
    """The counts in the order in which the choices are defined, with 0 for those that did not occur."""
    return {choice: counts.get(choice, 0) for choice in kind}
