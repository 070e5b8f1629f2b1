"""One run over one claim set: what is judged with what, and the record that comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from verifier import __version__
from verifier.claim_files import LoadedClaims
from verifier.comparing import is_same_file
from verifier.errors import UsageError
from verifier.indexing import Index
from verifier.model import Model
from verifier.pipeline import Carry, Limits, Work, not_carried, verify
from verifier.prices import Price, price_of
from verifier.prompting import Prompts
from verifier.records import run_record
from verifier.redacting import redact_claim_set
from verifier.repository import find_repository
from verifier.snapshot import Snapshot
from verifier.values.claim import Claim
from verifier.values.outcome import Outcome
from verifier.values.prompt import ModelSettings
from verifier.values.record import ClaimSetRecord, RepositoryRecord, RunRecord

TOOL = f"verifier {__version__}"


@dataclass(frozen=True)
class Chosen:
    """Which claims of a set are asked for; all where nothing is chosen."""

    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def subset(self) -> str | None:
        """The choice in words. None for the whole set."""
        words = [*(f"claim {i}" for i in self.ids), *(f"tag {tag}" for tag in self.tags)]
        return ", ".join(words) or None

    def of(self, loaded: LoadedClaims) -> tuple[Claim, ...]:
        """The claims that have one of the ids or one of the tags, in the file's order."""
        if self.subset is None:
            return loaded.claims.claims
        return tuple(c for c in loaded.claims.claims if c.id in self.ids or set(c.tags) & set(self.tags))


@dataclass(frozen=True)
class Repeated:
    """What earlier runs leave to be repeated: the claims that did not pass, by their claim file."""

    did_not_pass: Mapping[str, tuple[str, ...]]

    def of(self, loaded: LoadedClaims, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Those of the claims that did not pass."""
        wanted = set(self._ids(loaded))
        return tuple(claim for claim in claims if claim.id in wanted)

    def gone(self, loaded: Sequence[LoadedClaims]) -> list[str]:
        """The ids of those that their claim file does not have any more."""
        there = {(one.path, claim.id) for one in loaded for claim in one.claims.claims}
        return [claim_id for one in loaded for claim_id in self._ids(one) if (one.path, claim_id) not in there]

    def _ids(self, loaded: LoadedClaims) -> list[str]:
        ours = (ids for path, ids in self.did_not_pass.items() if is_same_file(path, shown_path(loaded.path)))
        return [claim_id for ids in ours for claim_id in ids]


@dataclass(frozen=True)
class Run:
    """Everything that a run is made of but the model."""

    loaded: LoadedClaims
    claims: tuple[Claim, ...]
    snapshot: Snapshot
    prompts: Prompts
    settings: ModelSettings
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=dict)
    subset: str | None = None

    @cached_property
    def work(self) -> Work:
        """What the pipeline judges each claim with."""
        return Work(self.loaded.claims, Index(self.snapshot), self.prompts, self.limits)


async def judge(
    run: Run,
    model: Model,
    done: Callable[[Outcome], None] = lambda _: None,
    started: Callable[[Claim], None] = lambda _: None,
    *,
    carry: Carry = not_carried,
    now: str | None = None,
) -> RunRecord:
    """Verify the run's claims and give the record. `now` stands for the clock where it is given."""
    outcomes = await verify(run.work, run.claims, model, done, started, carry)
    return record(run, outcomes, now=now or datetime.now(UTC).isoformat(timespec="seconds"))


def record(run: Run, outcomes: Sequence[Outcome], *, now: str) -> RunRecord:
    """The record of a run, in the claim file's order, whatever was judged first.

    A replay carries the recording's date, so that it is the same, byte for byte.
    """
    places = {claim.id: place for place, claim in enumerate(run.loaded.claims.claims)}
    outcomes = sorted(outcomes, key=lambda outcome: places.get(outcome.claim.id, len(places)))
    price = price_of(run.settings.model, run.prices)
    snapshot = run.snapshot
    uncommitted = snapshot.uncommitted
    return run_record(
        outcomes,
        repository=RepositoryRecord(
            commit=snapshot.commit,
            ref=snapshot.ref,
            remote=snapshot.remote,
            committed_at=snapshot.committed_at or None,
            uncommitted=uncommitted.count if uncommitted else 0,
            notes=_notes(snapshot),
        ),
        claim_set=ClaimSetRecord(
            path=shown_path(run.loaded.path),
            title=run.loaded.claims.title,
            digest=run.loaded.digest,
            questions=run.loaded.claims.questions,
            context=run.loaded.claims.context,
            never_send=run.loaded.claims.never_send,
        ),
        requested=run.settings.model,
        settings={
            **{key: value for key, value in run.settings.as_json().items() if key != "model"},
            "budget_tokens": run.limits.budget_tokens,
            "max_rounds": run.limits.max_rounds,
        },
        generated=_generated(outcomes, now),
        tool=TOOL,
        subset=run.subset,
        cost=lambda outcome: price.of(outcome.usage) if price else None,
    )


def _generated(outcomes: Sequence[Outcome], now: str) -> str:
    recorded = [r.reply.recorded_at for outcome in outcomes for r in outcome.rounds]
    dates = [date for date in recorded if date is not None]
    return max(dates) if dates and len(dates) == len(recorded) else now


def _notes(snapshot: Snapshot) -> tuple[str, ...]:
    notes = []
    if snapshot.truncated:
        notes.append(f"the commit has more than {snapshot.path_limit} paths; only the first were read")
    if snapshot.shallow:
        notes.append("the clone is shallow")
    if snapshot.alternates:
        notes.append(f"objects are borrowed from {len(snapshot.alternates)} other repositories (alternates)")
    return tuple(notes)


def with_notes(record: RunRecord, notes: Iterable[str]) -> RunRecord:
    """The record with notes that every report shows before the rulings."""
    repository = record.repository
    added = repository.model_copy(update={"notes": (*repository.notes, *notes)})
    return record.model_copy(update={"repository": added})


def listed(ids: Sequence[str], most: int = 20) -> str:
    """Ids for a line, the first of them where they are many."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more


def shown_path(path: Path) -> str:
    """The claim file as a reader elsewhere would name it: below its repository, else by its last two names.

    It does not depend on the current folder, so that a replay from elsewhere gives the same report.
    """
    resolved = path.resolve()
    root = next((folder for folder in resolved.parents if (folder / ".git").exists()), None)
    if root is None or "site-packages" in resolved.parts:
        return "/".join(resolved.parts[-2:])
    return resolved.relative_to(root).as_posix()


def own_paths(repo: Path, claim_files: Sequence[Path], reports: Path, cassette: Path | None) -> tuple[str, ...]:
    """The paths of the judged commit that are verifier's own: never selected, never cited, never counted as hits."""
    root = find_repository(repo).worktree
    # A claim file is known by its name too: the commit may hold it though this copy lies elsewhere.
    own = [".verifier/**", f"claims/{_SCHEMA}", *(f"claims/{path.name}" for path in claim_files)]
    if root is None:
        return tuple(dict.fromkeys(own))
    for path in claim_files:
        own += _below(root, path, "")
        folder = path.absolute().parent
        if folder.name == "claims":
            for beside in (folder, folder.parent / "cassettes"):
                own += _below(root, beside, "/*.yaml") + _below(root, beside, "/*.yml")
        own += _below(root, folder / _SCHEMA, "")
    own += _below(root, reports, f"/*/{_NAME_OF_A_REPORT}")
    if cassette is not None:
        own += _below(root, cassette, "")
    return tuple(dict.fromkeys(own))


_SCHEMA = ".claims.schema.json"
"""What `verifier claims new` and `verifier init` lay beside a claim file, for editors."""

_NAME_OF_A_REPORT = "[0-9a-f]" * 12 + ".*"
"""Reports of other claim sets lie beside those of this one; a project's own `reports/` may hold code as well."""


def _below(root: Path, path: Path, suffix: str) -> list[str]:
    resolved = path.resolve()
    if not resolved.is_relative_to(root.resolve()):
        return []
    return [f"{PurePosixPath(*resolved.relative_to(root.resolve()).parts)}{suffix}"]


def narrowed(
    pairs: Sequence[tuple[LoadedClaims, tuple[Claim, ...]]],
    of: Callable[[LoadedClaims, Sequence[Claim]], Sequence[Claim]],
) -> list[tuple[LoadedClaims, tuple[Claim, ...]]]:
    """The claims that a further choice leaves, by claim set; sets without any are left out."""
    chosen = [(loaded, tuple(of(loaded, claims))) for loaded, claims in pairs]
    return [(loaded, claims) for loaded, claims in chosen if claims]


def choose(loaded: Sequence[LoadedClaims], chosen: Chosen) -> list[tuple[LoadedClaims, tuple[Claim, ...]]]:
    """The claims that were asked for, by claim set and without secrets; sets without any are left out.

    Raises:
        UsageError: No claim has one of the ids, or none one of the tags.
    """
    loaded = [replace(one, claims=redact_claim_set(one.claims)) for one in loaded]
    every = [claim for one in loaded for claim in one.claims.claims]
    for wanted in chosen.ids:
        if not any(claim.id == wanted for claim in every):
            raise UsageError(f'there is no claim "{wanted}"; `verifier claims list` names those that are there')
    for tag in chosen.tags:
        if not any(tag in claim.tags for claim in every):
            raise UsageError(f'no claim has the tag "{tag}"; `verifier claims list` names those that are there')
    pairs = [(one, chosen.of(one)) for one in loaded]
    return [(one, claims) for one, claims in pairs if claims]
