"""From what was asked for to the runs that are to be made: which claims, of which claim sets, by whose policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli.options import limits, model_settings, prompts_folder
from verifier.cli.output import say

if TYPE_CHECKING:
    from verifier.claim_files import LoadedClaims
    from verifier.repository.snapshot import Snapshot
    from verifier.runs.run import Run
    from verifier.values.claim import Claim
    from verifier.values.record import PolicyChangeRecord, RunRecord


@dataclass(frozen=True)
class ChosenRuns:
    """The runs to make."""

    runs: tuple[Run, ...]
    given: dict[str, Any]
    """The options; with a policy, its prompts, prices and cassette in place of the branch's."""
    changes: tuple[PolicyChangeRecord, ...] = ()
    """What the branch does to claims and may not do, in sets of which nothing is judged too."""
    why_none: str = ""
    """Why there is nothing to judge, where there is no run."""
    marked: Callable[[RunRecord], RunRecord] = lambda record: record
    """Adds to a record what the branch did to the claims it is judged by."""


def choose_claims(given: dict[str, Any], stack: ExitStack) -> ChosenRuns:
    """What is to be judged. The snapshots stay open as long as `stack` does.

    Raises:
        UsageError: Options contradict each other, or name what is not there.
        VerifierError: Claims, repository or policy cannot be read.
    """
    from verifier.errors import UsageError

    if given["changed"] and given["base"] is None:
        raise UsageError("--changed needs to know since when; give --base too")
    return _by_policy(given, stack) if given["policy_ref"] is not None else _by_working_tree(given, stack)


def _by_working_tree(given: dict[str, Any], stack: ExitStack) -> ChosenRuns:
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.report.files import refuse_one_name_twice
    from verifier.repository.own_paths import own_paths
    from verifier.repository.snapshot import Snapshot

    files = find_claim_files(given["claims"], Path())
    refuse_one_name_twice(files)
    loaded = [load_claims(path) for path in files]
    _refuse_unknown(loaded, given)
    own = own_paths(given["repo"], files, given["reports"], given["replay"] or given["record"])
    snapshot = stack.enter_context(Snapshot.open(given["repo"], given["ref"], own=own))
    return _runs(loaded, snapshot, given, stack)


def _by_policy(given: dict[str, Any], stack: ExitStack) -> ChosenRuns:
    from verifier.claim_files.names import shown_path
    from verifier.report.files import refuse_one_name_twice
    from verifier.repository.own_paths import own_paths
    from verifier.repository.snapshot import Snapshot
    from verifier.runs.policy import open_policy

    policy = stack.enter_context(open_policy(given["repo"], given["policy_ref"]))
    with Snapshot.open(given["repo"], given["ref"]) as branch:
        judged = policy.claim_sets(given["claims"], branch)
        commit = branch.commit
    loaded = [one.loaded for one in judged]
    refuse_one_name_twice([one.path for one in loaded])
    _refuse_unknown(loaded, given)
    own = own_paths(given["repo"], [one.path for one in loaded], given["reports"], given["replay"] or given["record"])
    # The commit that the claims were read from, even where the branch has moved on since.
    snapshot = stack.enter_context(Snapshot.open(given["repo"], commit, own=own))
    snapshot.ref = given["ref"]
    taken = {name: policy.taken(given[name]) for name in ("prompts", "prices", "replay")}
    by_path = {shown_path(one.loaded.path): one for one in judged}
    chosen = _runs(loaded, snapshot, given | taken, stack)
    changes = tuple(change for one in judged for change in one.changes)

    def marked(record: RunRecord) -> RunRecord:
        return policy.marked(record, by_path[record.claim_set.path], given["policy_ref"])

    return replace(chosen, marked=marked, changes=changes)


def _refuse_unknown(loaded: Sequence[LoadedClaims], given: dict[str, Any]) -> None:
    from verifier.runs.claim_filter import Chosen, choose

    choose(loaded, Chosen(given["ids"], given["tags"]))


def _runs(loaded: Sequence[LoadedClaims], snapshot: Snapshot, given: dict[str, Any], stack: ExitStack) -> ChosenRuns:
    from verifier.cost.prices import read_prices
    from verifier.prompting.rendering import Prompts
    from verifier.repository.branches import open_branch
    from verifier.runs.claim_filter import Chosen, choose, narrowed
    from verifier.runs.rerun import to_repeat
    from verifier.runs.run import Run
    from verifier.runs.touched import touched_claims
    from verifier.values.passing import FailOn

    chosen = Chosen(given["ids"], given["tags"])
    pairs = choose(loaded, chosen)
    subset = [chosen.subset] if chosen.subset else []
    if given["failed"] is not None:
        repeated = to_repeat(given["failed"], loaded, given["reports"], FailOn(given["fail_on"]))
        for claim_id in repeated.gone(loaded):
            say(f"{claim_id} did not pass, but is no claim any more; it is not repeated")
        pairs = narrowed(pairs, repeated.of)
        subset.append("did not pass: " + ", ".join(claim.id for _, claims in pairs for claim in claims))
    if not pairs:
        return ChosenRuns((), given, why_none="nothing to repeat: every claim passed")
    prices, prompts = read_prices(given["prices"]), Prompts(prompts_folder(given))
    runs = [
        Run(one, claims, snapshot, prompts, model_settings(given), limits(given), prices, ", ".join(subset) or None)
        for one, claims in pairs
    ]
    if given["base"] is None:
        return ChosenRuns(tuple(runs), given)
    branch = stack.enter_context(open_branch(given["repo"], given["base"], snapshot))
    runs = [replace(run, branch=branch) for run in runs]
    first = [touched_claims(run.work, run.claims, branch.touched) for run in runs]
    if given["changed"]:
        first = [_with_its_file(run, claims, branch.touched) for run, claims in zip(runs, first, strict=True)]
        name = ", ".join([*subset, f"touched since {given['base']}"])
        only = [replace(run, claims=claims, subset=name) for run, claims in zip(runs, first, strict=True) if claims]
        return ChosenRuns(
            tuple(only), given, why_none=f"nothing to judge: no claim is about a file touched since {given['base']}"
        )
    ordered = (
        replace(run, claims=(*claims, *(claim for claim in run.claims if claim not in claims)))
        for run, claims in zip(runs, first, strict=True)
    )
    return ChosenRuns(tuple(ordered), given)


def _with_its_file(run: Run, claims: tuple[Claim, ...], touched: Collection[str]) -> tuple[Claim, ...]:
    """All claims of a file that the branch touches: who asks for something new is not to get away without an answer."""
    from verifier.claim_files.names import shown_path

    return run.claims if shown_path(run.loaded.path) in touched else claims
