"""Records: what became of a run's claims, as the one document that readers and programs share.

Pure, and the last door: every text that enters a record is redacted here once more, since statements and model text
did not come through a snapshot. Of a reply nothing else is changed.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from verifier.safety.redacting import holds_a_secret, redact_claim, redact_reply
from verifier.safety.secrets import redact
from verifier.values.changes import Changes
from verifier.values.claim import Claim, Word
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Standing
from verifier.values.outcome import Outcome, Round
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Prompt, Reply, Source, Usage
from verifier.values.record import (
    AbsenceRecord,
    AnswerRecord,
    ChangedRecord,
    ChangesRecord,
    CitationRecord,
    ClaimSetRecord,
    ContextRecord,
    FactRecord,
    HitRecord,
    LinesRecord,
    ModelRecord,
    PartRecord,
    RepositoryRecord,
    RoundRecord,
    RulingRecord,
    RunRecord,
    SuppliedRecord,
    TotalsRecord,
    UsageRecord,
)
from verifier.values.ruling import RuledPart, State
from verifier.values.source import Lines

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
        repository=RepositoryRecord.model_validate(_clean(repository.model_dump())),
        claim_set=ClaimSetRecord.model_validate({**_clean(claim_set.model_dump()), "digest": claim_set.digest}),
        model=ModelRecord(requested=requested, answered=tuple(answered)),
        settings=dict(settings),
        complete=complete,
        subset=_clean(subset),
        rulings=tuple(rulings),
        totals=_totals(rulings),
    )


def ruling_record(outcome: Outcome, cost: float | None) -> RulingRecord:
    """The record of one claim. Without a ruling it is an ERROR: what came before it is kept, but proves nothing.

    `cost` is in US dollars, None where the price is not known.
    """
    outcome = outcome if _is_clean(outcome) else _clean(outcome)
    ruling, verdict, claim = outcome.ruling, outcome.verdict, outcome.claim
    error = outcome.error if ruling is not None else outcome.error or "the work could not be done"
    return RulingRecord(
        claim_id=claim.id,
        statement=claim.statement,
        claim=claim,
        ruling=ruling.word if ruling else Word.ERROR,
        range=ruling.range if ruling else (),
        because=ruling.because if ruling else "",
        counts={state: n for state, n in _every(State, ruling.counts).items() if n} if ruling else {},
        verdict=verdict.word if verdict else None,
        parts=tuple(_part(part) for part in ruling.parts) if ruling else (),
        answers=tuple(AnswerRecord(**dataclasses.asdict(a)) for a in verdict.answers) if verdict else (),
        facts=tuple(FactRecord(**dataclasses.asdict(fact)) for fact in outcome.facts),
        context=_context(outcome.manifest, outcome.changes),
        rounds=tuple(_round(r) for r in outcome.rounds),
        usage=_usage(outcome.usage),
        cost=cost,
        error=error,
        kept=outcome.kept,
    )


def _part(ruled: RuledPart) -> PartRecord:
    part = ruled.evidence.part
    return PartRecord(
        id=part.id,
        text=part.text,
        span=part.span,
        holds=part.holds,
        why=part.why,
        state=ruled.state,
        because=ruled.because,
        citations=tuple(_citation(grounding) for grounding in ruled.evidence.groundings),
        absences=tuple(_absence(finding) for finding in ruled.evidence.absences),
    )


def _citation(grounding: Grounding) -> CitationRecord:
    cited = grounding.citation
    return CitationRecord(
        path=cited.path,
        first_line=cited.first_line,
        last_line=cited.last_line,
        quote=cited.quote,
        role=cited.role,
        standing=grounding.standing,
        found=_lines(grounding.found),
        kind=grounding.kind,
        counts=grounding.counts,
        why_not=grounding.why_not,
        stub=grounding.stub,
        unreferenced=grounding.unreferenced,
        near_path=grounding.near_path,
        true_text=grounding.true_text,
    )


def _absence(finding: AbsenceFinding) -> AbsenceRecord:
    absence = finding.absence
    return AbsenceRecord(
        pattern=absence.pattern,
        syntax=absence.syntax,
        paths=absence.paths,
        why=absence.why,
        standing=finding.standing,
        files_searched=finding.files_searched,
        hits=tuple(HitRecord(**dataclasses.asdict(hit)) for hit in finding.hits),
        contesting=finding.contesting,
        answered=finding.answered,
        excused=finding.excused,
        pertinent=finding.pertinent,
        problem=finding.problem,
    )


def _context(manifest: Sequence[ManifestEntry], changes: Changes | None) -> ContextRecord:
    supplied = {supply: tuple(_supplied(e) for e in manifest if e.supply is supply) for supply in Supply}
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
        shown=tuple(ChangedRecord(path=file.path, how=file.note) for file in changes.files),
        named=tuple(ChangedRecord(path=one.path, how=one.why) for one in changes.named),
    )


def _supplied(entry: ManifestEntry) -> SuppliedRecord:
    return SuppliedRecord(
        path=entry.path,
        why=entry.why,
        lines=_lines(entry.lines),
        total_lines=entry.total_lines,
        tokens=entry.tokens,
    )


def _round(one: Round) -> RoundRecord:
    reply, followup = one.reply, one.followup
    return RoundRecord(
        round=one.prompt.round,
        digests=one.prompt.digests,
        tokens_estimated=one.prompt.tokens,
        reply=reply.text,
        model=reply.model,
        source=reply.source,
        response_id=reply.response_id,
        recorded_at=reply.recorded_at,
        usage=_usage(reply.usage) if reply.usage is not None else None,
        granted=tuple(file.path for file in followup.files) if followup else (),
        refused=tuple(refused.path for refused in followup.refused) if followup else (),
    )


def _totals(rulings: Sequence[RulingRecord]) -> TotalsRecord:
    parts = [part for ruling in rulings for part in ruling.parts]
    costs = [ruling.cost for ruling in rulings]
    known = [cost for cost in costs if cost is not None]
    return TotalsRecord(
        claims=len(rulings),
        rulings=_every(Word, Counter(ruling.ruling for ruling in rulings)),
        citations=_every(Standing, Counter(c.standing for part in parts for c in part.citations)),
        absences=_every(AbsenceStanding, Counter(a.standing for part in parts for a in part.absences)),
        usage=UsageRecord(
            prompt=sum(ruling.usage.prompt for ruling in rulings),
            cached=sum(ruling.usage.cached for ruling in rulings),
            output=sum(ruling.usage.output for ruling in rulings),
            thoughts=sum(ruling.usage.thoughts for ruling in rulings),
        ),
        cost=math.fsum(known) if len(known) == len(costs) else None,
        sources=_every(Source, Counter(r.source for ruling in rulings for r in ruling.rounds)),
    )


def _every(kind: type[Choice], counts: Mapping[Choice, int]) -> dict[Choice, int]:
    """The counts in the order in which the choices are defined, with 0 for those that did not occur."""
    return {choice: counts.get(choice, 0) for choice in kind}


def _usage(usage: Usage) -> UsageRecord:
    return UsageRecord(**dataclasses.asdict(usage))


def _lines(ranges: Iterable[Lines]) -> tuple[LinesRecord, ...]:
    return tuple(LinesRecord(first_line=lines.first, last_line=lines.last) for lines in ranges)


def _is_clean(outcome: Outcome) -> bool:
    """Whether nothing of it has to be changed."""
    texts = list(_texts(outcome))
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not holds_a_secret(texts) and all(redact_reply(r.reply.text) == r.reply.text for r in outcome.rounds)


def _texts(value: Any) -> Iterator[str]:
    """Every text in the value; those of prompts, of which a record holds digests, are left out."""
    match value:
        case str():
            yield value
        case None | int() | float() | Prompt():
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
        case enum.Enum() | Prompt():
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
        case Reply():
            value = dataclasses.replace(value, text=redact_reply(value.text))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        own = {f.name: _clean(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **own)
    return value
