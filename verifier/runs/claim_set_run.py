"""One run over one claim set: what is judged with what, and the record that comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property

from verifier.claim_files import LoadedClaims
from verifier.cost.prices import Bill, Price, Prices
from verifier.evidence.checks import facts_of_ci
from verifier.model import Model
from verifier.pipeline.opening import Limits, Work, open_claim
from verifier.pipeline.places import Places
from verifier.pipeline.verifying import Carry, Opener, not_carried, verify
from verifier.prompting.rendering import Prompts
from verifier.records.making import ruling_record, run_record
from verifier.records.rulings import Kept
from verifier.report.words import counted
from verifier.repository.branches import Branch
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.safety.redacting import redact_output
from verifier.values.ci import CiReport
from verifier.values.claim import Claim
from verifier.values.outcome import Outcome
from verifier.values.prompt import Asks, ModelSettings
from verifier.values.record import ClaimSetRecord, RepositoryRecord, RulingRecord, RunRecord, ShardRecord
from verifier.values.tool import TOOL


@dataclass(frozen=True)
class Run:
    """Everything that a run is made of but the model."""

    loaded: LoadedClaims
    claims: tuple[Claim, ...]
    index: Index
    """Of the commit that is judged."""
    prompts: Prompts
    settings: ModelSettings
    reader: ModelSettings
    """The same for second readings."""
    limits: Limits = field(default_factory=Limits)
    prices: Prices = field(default_factory=Prices)
    subset: str | None = None
    shard: ShardRecord | None = None
    """Which share of the claims these are, where they are one."""
    branch: Branch | None = None
    """The branch that the snapshot is the tip of, where what it changed is to be shown."""
    ci: tuple[CiReport, ...] = ()
    """What CI made of the commit, as far as it was given."""
    day: date = field(default_factory=lambda: datetime.now(UTC).date())
    """When it is made, in UTC: requests are priced by it."""

    @property
    def snapshot(self) -> Snapshot:
        """The commit that is judged."""
        return self.index.snapshot

    @property
    def price(self) -> Price | None:
        """Of the model that is asked for verdicts, today. None where it is not known."""
        return self.prices.of(self.settings.model, self.day)

    @property
    def reader_price(self) -> Price | None:
        """Of the model that is asked for second readings."""
        return self.prices.of(self.reader.model, self.day)

    def bill(self, outcome: Outcome) -> Bill:
        """What a claim's requests cost: today's by today's price, recorded ones by that of their own day."""
        models = {Asks.VERDICT: self.settings.model, Asks.READING: self.reader.model}
        return self.prices.bill(models, outcome.exchanges, self.day)

    @cached_property
    def work(self) -> Work:
        """What the pipeline judges each claim with."""
        of_ci = facts_of_ci(self.claims, self.index, self.ci)
        return Work(self.loaded.claims, self.index, self.prompts, self.limits, branch=self.branch, of_ci=of_ci)

    @cached_property
    def repository(self) -> RepositoryRecord:
        """What the record says of the commit."""
        snapshot = self.snapshot
        uncommitted = snapshot.uncommitted
        return RepositoryRecord(
            commit=snapshot.commit,
            ref=snapshot.ref,
            remote=snapshot.remote,
            committed_at=snapshot.committed_at or None,
            uncommitted=uncommitted.count if uncommitted else 0,
            notes=_notes(snapshot),
        )


async def judge(
    run: Run,
    model: Model,
    done: Callable[[Outcome], None] = lambda _: None,
    started: Callable[[Claim], None] = lambda _: None,
    *,
    carry: Carry = not_carried,
    places: Places | None = None,
    opener: Opener = open_claim,
    now: str | None = None,
) -> RunRecord:
    """Verify the run's claims and give the record.

    They are at work in `places`, as many as the limits say where none are given. `now` stands for the clock where it is
    given.

    Raises:
        SnapshotError: The repository cannot be described; nothing was asked then.
    """
    _ = run.repository
    rulings = Kept()
    complete = True

    def take_down(outcome: Outcome) -> None:
        nonlocal complete
        complete = complete and not outcome.fatal
        # What a run gives out leaves here, one ruling after the other; the rest of a record in `execute`.
        rulings.add(redact_output(ruling_record(outcome, run.bill(outcome))))
        done(outcome)

    await verify(run.work, run.claims, model, take_down, started, carry, places, opener)
    return _record(run, rulings, complete=complete, now=now or datetime.now(UTC).isoformat(timespec="seconds"))


def _record(run: Run, kept: Kept, *, complete: bool, now: str) -> RunRecord:
    """The record of a run, in the claim file's order, whatever was judged first.

    A replay carries the recording's date, so that it is the same, byte for byte.
    """
    places = {claim.id: place for place, claim in enumerate(run.loaded.claims.claims)}
    rulings = kept.in_order(places)
    record = run_record(
        rulings,
        complete=complete,
        repository=run.repository,
        claim_set=ClaimSetRecord(
            path=run.loaded.named,
            title=run.loaded.claims.title,
            digest=run.loaded.digest,
            questions=run.loaded.claims.questions,
            context=run.loaded.claims.context,
            never_send=run.loaded.claims.never_send,
        ),
        requested=run.settings.model,
        settings={
            **{key: value for key, value in run.settings.as_json().items() if key != "model"},
            "reader_model": run.reader.model,
            "budget_tokens": run.limits.budget_tokens,
            "max_rounds": run.limits.max_rounds,
            **({"base": run.branch.before.commit} if run.branch is not None else {}),
        },
        generated=_generated(rulings, now),
        tool=TOOL,
        subset=run.subset,
        ci=tuple(report.file for report in run.ci),
    )
    return replace(record, shard=run.shard)


def _generated(rulings: Sequence[RulingRecord], now: str) -> str:
    recorded = [r.recorded_at for ruling in rulings for r in ruling.exchanges]
    dates = [date for date in recorded if date is not None]
    return max(dates) if dates and len(dates) == len(recorded) else now


def _notes(snapshot: Snapshot) -> tuple[str, ...]:
    notes = []
    if snapshot.truncated:
        notes.append(f"the commit has more than {snapshot.path_limit} paths; only the first were read")
    if snapshot.shallow:
        notes.append("the clone is shallow")
    if snapshot.alternates:
        others = counted(len(snapshot.alternates), "other repository", "other repositories")
        notes.append(f"objects are borrowed from {others} (alternates)")
    if snapshot.remote_problem:
        notes.append(f"the address of the remote cannot be read ({snapshot.remote_problem})")
    return tuple(notes)


def ci_notes(record: RunRecord) -> Iterator[str]:
    """What a report says of the files of CI: which were read, and whether they are known to be of the commit."""
    if record.ci:
        files = [f"{f.path} ({f.format}{'' if f.attested else ', unattested'})" for f in record.ci]
        yield f"what CI made of the commit was read for checks that ask it: {listed(files)}"


def with_notes(record: RunRecord, notes: Iterable[str]) -> RunRecord:
    """The record with notes that every report shows before the rulings."""
    repository = record.repository
    return replace(record, repository=replace(repository, notes=(*repository.notes, *notes)))


def listed(ids: Sequence[str], most: int = 20) -> str:
    """Ids for a line, the first of them where they are many."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more
