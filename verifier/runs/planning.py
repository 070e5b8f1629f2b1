"""Plan runs: which claims of which claim sets are judged at which commit, and by whose policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.claim_files import LoadedClaims, find_claim_files, load_claims, made_claims
from verifier.cost.prices import Prices, read_prices
from verifier.cost.tokens import counts_kept
from verifier.errors import UsageError
from verifier.pipeline.opening import Limits
from verifier.prompting.rendering import Prompts
from verifier.report.folders import refuse_one_name_twice
from verifier.repository.branches import Branch, open_branch
from verifier.repository.index import Index
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot
from verifier.runs.claim_filter import ClaimFilter, choose, touched_claims
from verifier.runs.claim_set_run import Run
from verifier.runs.options import RunOptions
from verifier.runs.watching import Watcher
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim
from verifier.values.prompt import ModelSettings, digest
from verifier.values.shard import Shard
from verifier.values.source import nfc

if TYPE_CHECKING:
    from verifier.runs.policy import JudgedClaims, Policy
    from verifier.values.ci import CiReport
    from verifier.values.record import PolicyChangeRecord, RunRecord

MOST_AT_ONCE_IN_A_BATCH = 1000
"""Claims that are worked on at a time where each waits for a batch that all of them fill."""

_Pairs = Sequence[tuple[LoadedClaims, tuple[Claim, ...]]]


@dataclass(frozen=True)
class Plan:
    """The runs to make, one for each claim set of which anything is judged."""

    options: RunOptions
    """With a policy, its prompts, prices and cassette in place of the branch's."""
    runs: tuple[Run, ...]
    why_none: str = ""
    """Why there is nothing to judge, where there is no run."""
    policy: Policy | None = None
    judged: Mapping[str, JudgedClaims] = field(default_factory=dict)
    """With a policy, what the branch does to each claim set, by the set's path as records have it."""

    @property
    def changes(self) -> tuple[PolicyChangeRecord, ...]:
        """What the branch does to claims and may not do, in sets of which nothing is judged too."""
        return tuple(change for one in self.judged.values() for change in one.changes)

    def only(self, claim_id: str) -> Plan:
        """The same for one claim."""
        wanted = ClaimFilter((claim_id,))
        runs = (replace(run, claims=wanted.of(run.loaded), subset=wanted.subset) for run in self.runs)
        return replace(self, runs=tuple(run for run in runs if run.claims))

    def marked(self, record: RunRecord) -> RunRecord:
        """The record with what the branch did to the claims it is judged by."""
        if self.policy is None:
            return record
        return self.policy.marked(record, self.judged[record.claim_set.path])


@contextmanager
def plan_runs(options: RunOptions, watcher: Watcher | None = None) -> Iterator[Plan]:
    """What is to be judged. The commits stay open while the context lasts.

    Raises:
        UsageError: Options contradict each other, or name what is not there.
        VerifierError: Claims, repository or policy cannot be read.
    """
    if options.claim_set is not None and (options.claims or options.policy_ref is not None):
        raise UsageError("claims that lie in no file are judged alone and by no policy; leave files and policy out")
    if options.changed and options.base is None:
        raise UsageError("--changed needs to know since when; give --base too")
    plan = _by_files if options.policy_ref is None else _by_policy
    with counts_kept(), ExitStack() as stack:
        yield plan(options, watcher or Watcher(), stack)


def prices_of(options: RunOptions) -> Prices:
    """The prices that the options' requests have.

    Raises:
        UsageError: The file of prices is missing or not of the right shape.
    """
    return replace(read_prices(options.prices), in_batches=options.batch)


def prompts_folder(options: RunOptions) -> Path:
    """The templates asked for, or those that travel with verifier."""
    return options.prompts or shipped("prompts")


def model_settings(options: RunOptions) -> ModelSettings:
    """What each request says beside its prompt."""
    return ModelSettings(
        model=options.model, max_output_tokens=options.max_output_tokens, thinking_level=options.thinking_level
    )


def _by_files(options: RunOptions, watcher: Watcher, stack: ExitStack) -> Plan:
    files = find_claim_files(options.claims, Path()) if options.claim_set is None else ()
    refuse_one_name_twice(files)
    made = [made_claims(options.claim_set)] if options.claim_set is not None else []
    loaded = [*made, *map(load_claims, files)]
    pairs = choose(loaded, _filter(options))
    snapshot = stack.enter_context(Snapshot.open(options.repo, options.ref, own=_own_paths(options, files)))
    return _plan(pairs, loaded, snapshot, options, watcher, stack)


def _by_policy(options: RunOptions, watcher: Watcher, stack: ExitStack) -> Plan:
    from verifier.runs.policy import open_policy

    policy = stack.enter_context(open_policy(options.repo, options.policy_ref or ""))
    with Snapshot.open(options.repo, options.ref) as branch:
        judged = policy.claim_sets(options.claims, branch)
        commit = branch.commit
    loaded = [one.loaded for one in judged]
    files = [one.path for one in loaded]
    refuse_one_name_twice(files)
    pairs = choose(loaded, _filter(options))
    # The commit that the claims were read from, even where the branch has moved on since.
    opened = Snapshot.open(options.repo, commit, own=_own_paths(options, files), called=options.ref)
    snapshot = stack.enter_context(opened)
    taken = replace(
        options,
        prompts=policy.taken(options.prompts),
        prices=policy.taken(options.prices),
        replay=policy.taken(options.replay),
    )
    plan = _plan(pairs, loaded, snapshot, taken, watcher, stack)
    return replace(plan, policy=policy, judged={one.loaded.named: one for one in judged})


def _filter(options: RunOptions) -> ClaimFilter:
    return ClaimFilter(options.ids, tuple(map(nfc, options.tags)))


def _own_paths(options: RunOptions, claim_files: Sequence[Path]) -> tuple[str, ...]:
    return own_paths(options.repo, claim_files, options.reports, options.replay or options.record)


def _plan(
    pairs: _Pairs,
    loaded: Sequence[LoadedClaims],
    snapshot: Snapshot,
    options: RunOptions,
    watcher: Watcher,
    stack: ExitStack,
) -> Plan:
    subset = _filter(options).subset
    if options.failed is not None:
        from verifier.runs.failed_claims import failed_claims

        failed = failed_claims(options.failed, loaded, options.reports, options.fail_on)
        for claim_id in failed.gone(loaded):
            watcher.insist(f"{claim_id} did not pass, but is no claim any more; it is not repeated")
        pairs = [(one, left) for one, claims in pairs if (left := failed.of(one, claims))]
        ids = ", ".join(claim.id for _, claims in pairs for claim in claims)
        subset = _and(subset, f"did not pass: {ids}")
    if not pairs:
        return Plan(options, (), why_none="nothing to repeat: every claim passed")
    plan = _chosen(Plan(options, _runs(pairs, Index(snapshot), options, subset)), snapshot, stack)
    return plan if options.shard is None else replace(plan, runs=tuple(_share(one, options.shard) for one in plan.runs))


def _share(run: Run, shard: Shard) -> Run:
    """The run of a share of its claims, which may be none: the share is judged all the same, and so not missed."""
    from verifier.values.record import ShardRecord

    ids = tuple(claim.id for claim in run.claims)
    claims = tuple(claim for claim in run.claims if shard.has(run.loaded.path.name, claim.id))
    prompts = digest(json.dumps(run.prompts.digests, sort_keys=True))
    record = ShardRecord(number=shard.number, of=shard.of, claims=ids, chosen=run.subset, prompts=prompts)
    return replace(run, claims=claims, subset=_and(run.subset, f"shard {shard}"), shard=record)


def _chosen(plan: Plan, snapshot: Snapshot, stack: ExitStack) -> Plan:
    """The plan with the claims first that the branch touches, or with those alone."""
    options, runs = plan.options, plan.runs
    if options.base is None:
        return plan
    branch = stack.enter_context(open_branch(options.repo, options.base, snapshot))
    runs = tuple(replace(run, branch=branch) for run in runs)
    if not options.changed:
        return Plan(options, tuple(replace(run, claims=_touched_first(run, branch)) for run in runs))
    since = f"touched since {options.base}"
    only = (replace(run, claims=_touched_or_new(run, branch), subset=_and(run.subset, since)) for run in runs)
    return Plan(
        options, tuple(run for run in only if run.claims), f"nothing to judge: no claim is about a file {since}"
    )


def _runs(pairs: _Pairs, index: Index, options: RunOptions, subset: str | None) -> tuple[Run, ...]:
    prices = prices_of(options)
    prompts = Prompts(prompts_folder(options))
    settings = model_settings(options)
    reader = replace(settings, model=options.reader_model or options.model)
    at_once = MOST_AT_ONCE_IN_A_BATCH if options.batch else options.concurrency
    limits = Limits(options.budget_tokens, options.max_rounds, at_once)
    ci = _of_ci(options.facts, index.snapshot.commit) if options.facts is not None else ()
    run = partial(Run, index=index, prompts=prompts, settings=settings, reader=reader, limits=limits, prices=prices)
    return tuple(run(one, claims, subset=subset, ci=ci) for one, claims in pairs)


def _of_ci(files: Path, commit: str) -> tuple[CiReport, ...]:
    from verifier.ci_files import read_ci_files

    return read_ci_files(files, commit)


def _and(subset: str | None, more: str) -> str:
    """A choice among the claims in words, narrowed once more."""
    return f"{subset}, {more}" if subset else more


def _touched_first(run: Run, branch: Branch) -> tuple[Claim, ...]:
    touched = touched_claims(run.work, run.claims, branch.touched)
    ids = {claim.id for claim in touched}
    return (*touched, *(claim for claim in run.claims if claim.id not in ids))


def _touched_or_new(run: Run, branch: Branch) -> tuple[Claim, ...]:
    """The claims that the branch touches; all of a claim file that it touches itself.

    Who asks for something new is not to get away without an answer.
    """
    if run.loaded.named in branch.touched:
        return run.claims
    return touched_claims(run.work, run.claims, branch.touched)
