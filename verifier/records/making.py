"""Records: what became of a run's claims, as the one document that readers and programs share.

Pure, and the last door: every text that enters a record is redacted here once more, since statements and model text
did not come through a snapshot. Of a reply nothing else is changed.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from verifier.cost.prices import Bill
from verifier.safety.redacting import holds_a_secret, redact_claim, redact_reply
from verifier.safety.secrets import redact
from verifier.values.changes import Changes
from verifier.values.claim import Claim, Word
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.outcome import Exchange, Outcome
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Source, Usage
from verifier.values.record import (
    ChangedRecord,
    ChangesRecord,
    ClaimSetRecord,
    ContextRecord,
    ModelRecord,
    RepositoryRecord,
    RulingRecord,
    RunRecord,
    TotalsRecord,
)
from verifier.values.ruling import RuledPart

Choice = TypeVar("Choice", bound=enum.Enum)


def run_record(
    rulings: Sequence[RulingRecord],
    *,
    complete: bool,
    repository: RepositoryRecord,
    claim_set: ClaimSetRecord,
    requested: str,
    settings: Mapping[str, str | int | float | bool | None],
    generated: str,
    tool: str,
    subset: str | None,
) -> RunRecord:
    """The record of a run: its rulings, in the same order, and totals over all of them.

    `requested` is the model that was asked for, and `subset` says by what the claims were chosen. A run that a fatal
    error ended is not complete.
    """
    answered = sorted({r.model for ruling in rulings for r in ruling.rounds})
    return RunRecord(
        tool=tool,
        generated=generated,
        repository=_clean(repository),
        claim_set=replace(_clean(claim_set), digest=claim_set.digest),
        model=ModelRecord(requested=requested, answered=tuple(answered)),
        settings=dict(settings),
        complete=complete,
        subset=_clean(subset),
        rulings=tuple(rulings),
        totals=_totals(rulings),
    )


def ruling_record(outcome: Outcome, bill: Bill) -> RulingRecord:
    """The record of one claim. Without a ruling it is an ERROR: what came before it is kept, but proves nothing."""
    ruling, verdict, claim = outcome.ruling, outcome.verdict, outcome.claim
    error = outcome.error if ruling is not None else outcome.error or "the work could not be done"
    record = RulingRecord(
        claim_id=claim.id,
        statement=claim.statement,
        claim=claim,
        ruling=ruling.word if ruling else Word.ERROR,
        range=ruling.range if ruling else (),
        because=ruling.because if ruling else "",
        verdict=verdict.word if verdict else None,
        parts=tuple(map(_stated, ruling.parts)) if ruling else (),
        answers=verdict.answers if verdict else (),
        facts=outcome.facts,
        context=_context(outcome.manifest, outcome.changes),
        rounds=outcome.rounds,
        usage=outcome.usage,
        cost=bill.cost,
        priced_by=bill.priced_by,
        error=error,
        kept=outcome.kept,
    )
    return record if _is_clean(record) else replace(_clean(record), claim_id=claim.id)


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


def _totals(rulings: Sequence[RulingRecord]) -> TotalsRecord:
    parts = [part.evidence for ruling in rulings for part in ruling.parts]
    costs = [ruling.cost for ruling in rulings]
    known = [cost for cost in costs if cost is not None]
    return TotalsRecord(
        claims=len(rulings),
        rulings=_every(Word, Counter(ruling.ruling for ruling in rulings)),
        citations=_every(Standing, Counter(g.standing for part in parts for g in part.groundings)),
        absences=_every(AbsenceStanding, Counter(a.standing for part in parts for a in part.absences)),
        usage=sum((ruling.usage for ruling in rulings), Usage()),
        cost=math.fsum(known) if len(known) == len(costs) else None,
        sources=_every(Source, Counter(r.source for ruling in rulings for r in ruling.rounds)),
    )


def _every(kind: type[Choice], counts: Mapping[Choice, int]) -> dict[Choice, int]:
    """The counts in the order in which the choices are defined, with 0 for those that did not occur."""
    return {choice: counts.get(choice, 0) for choice in kind}


def _is_clean(record: RulingRecord) -> bool:
    """Whether nothing of it has to be changed."""
    texts = list(_texts(record))
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not holds_a_secret(texts) and all(redact_reply(r.reply) == r.reply for r in record.rounds)


def _texts(value: Any) -> Iterator[str]:
    """Every text in the value."""
    match value:
        case str():
            yield value
        case None | int() | float():
            pass
        case tuple() | list():
            for item in value:
                yield from _texts(item)
        case Mapping():
            yield from _texts(list(value.values()))
        case BaseModel():
            yield from _texts(value.model_dump())
        case _:
            for name in value.__dataclass_fields__:
                yield from _texts(getattr(value, name))


def _clean(value: Any) -> Any:
    """The value with every text in it free of secrets, and writable as UTF-8."""
    match value:
        case enum.Enum():
            return value
        case str():
            # A reply may hold half a surrogate pair as a JSON escape; no file can.
            return redact(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))[0]
        case tuple() | list():
            return tuple(_clean(item) for item in value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case Claim():
            # The id stays: it has a shape of its own and rulings are found by it.
            return Claim.model_validate({**_clean(redact_claim(value).model_dump()), "id": value.id})
        case BaseModel():
            return type(value).model_validate(_clean(value.model_dump()))
        case Exchange():
            value = replace(value, reply=redact_reply(value.reply))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _clean(getattr(value, f.name)) for f in fields(value)})
    return value
