"""One run over one claim set: what is judged with what, and what its record says beside the rulings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from verifier.claim_files import LoadedClaims
from verifier.cost.prices import Bill, Price, Prices
from verifier.evidence.checks import facts_of_ci
from verifier.pipeline.opening import Limits, Work
from verifier.prompting.rendering import Prompts
from verifier.report.words import counted
from verifier.repository.branches import Branch
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import Claim
from verifier.values.prompt import ModelSettings, by_what_is_asked

if TYPE_CHECKING:
    from verifier.values.ci import CiReport
    from verifier.values.outcome import Outcome
    from verifier.values.record import RepositoryRecord, RunRecord, ShardRecord


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

    def price(self, model: str) -> Price | None:
        """Of a model, on the run's day. None where it is not known."""
        return self.prices.of(model, self.day)

    def bill(self, outcome: Outcome) -> Bill:
        """What a claim's requests cost: today's by today's price, recorded ones by that of their own day."""
        models = by_what_is_asked(self.settings.model, self.reader.model)
        return self.prices.bill(models, outcome.exchanges, self.day)

    @cached_property
    def work(self) -> Work:
        """What the pipeline judges each claim with."""
        of_ci = facts_of_ci(self.claims, self.index, self.ci)
        return Work(self.loaded.claims, self.index, self.prompts, self.limits, branch=self.branch, of_ci=of_ci)

    @cached_property
    def repository(self) -> RepositoryRecord:
        """What the record says of the commit."""
        from verifier.values.record import RepositoryRecord

        snapshot = self.snapshot
        return RepositoryRecord(
            commit=snapshot.commit,
            ref=snapshot.ref,
            remote=snapshot.repository.remote,
            committed_at=snapshot.committed_at or None,
            uncommitted=snapshot.uncommitted or 0,
            notes=_notes(snapshot),
        )


def _notes(snapshot: Snapshot) -> tuple[str, ...]:
    notes = []
    if snapshot.truncated:
        notes.append(f"the commit has more than {snapshot.path_limit} paths; only the first were read")
    if snapshot.repository.shallow:
        notes.append("the clone is shallow")
    if snapshot.repository.alternates:
        others = counted(len(snapshot.repository.alternates), "other repository", "other repositories")
        notes.append(f"objects are borrowed from {others} (alternates)")
    if snapshot.repository.remote_problem:
        notes.append(f"the address of the remote cannot be read ({snapshot.repository.remote_problem})")
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
