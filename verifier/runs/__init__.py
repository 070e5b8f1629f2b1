"""Runs, from typed options to records, for the command line, the pytest plugin and programs of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.runs.options import RunOptions
from verifier.runs.watching import Watcher

if TYPE_CHECKING:
    from verifier.model.spending import Estimate
    from verifier.runs.allowance import Allowance
    from verifier.values.record import RunRecord

__all__ = ["RunOptions", "Watcher", "foresee", "run"]


def run(options: RunOptions, watcher: Watcher | None = None, allowance: Allowance | None = None) -> list[RunRecord]:
    """Judge claims at a commit; give a record for each claim set of which anything was judged, in their files' order.

    Nothing is printed and no report is written; replies are kept in the journal, or recorded where that is asked for.
    Blocks until the last claim is judged. It may not be called where an event loop runs: give it a thread there. In the
    main thread Ctrl-C and SIGTERM stop a live run as they stop the command line's: the record says so.

    Args:
        options: What is judged, by whom, and what it may take.
        watcher: Told how it goes, in the thread of the run.
        allowance: Told what the calls took, whatever becomes of the run; `left` of it caps the next one.

    Raises:
        UsageError: Options contradict each other, or name what is not there; a cap cannot be kept.
        ClaimError: A claim file is missing, or is no claim set.
        SnapshotError: There is no repository or no such commit.
        CassetteError: The cassette to replay is missing or malformed.
        VerifierError: All of the above are such, and so is what else cannot be done before the first claim. What fails
            later is its claim's ruling: ERROR, and why.
    """
    from verifier.runs.execution import execute
    from verifier.runs.planning import plan_runs

    with plan_runs(options, watcher) as plan:
        return execute(plan, watcher, allowance)


def foresee(options: RunOptions) -> Estimate:
    """What such a live run would take, as `run` itself says before its first call. Nothing is asked.

    Raises:
        VerifierError: As by `run`, of what cannot be done before the first claim.
    """
    from verifier.runs import execution
    from verifier.runs.planning import plan_runs

    with plan_runs(options) as plan:
        return execution.foresee(plan)
