"""Evaluate a judge: make the runs of every variant through the public door, and hold their rulings to the labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from verifier.cost.prices import Prices
from verifier.errors import UsageError
from verifier.evaluation.side_by_side import Evaluation
from verifier.evaluation.variants import Variant
from verifier.runs import RunOptions, Watcher, foresee, run
from verifier.runs.allowance import Allowance
from verifier.values.record import RunRecord


def evaluate(
    variants: Sequence[Variant], finished: Mapping[str, RunRecord], prices: Prices, watch: Callable[[], Watcher]
) -> Evaluation:
    """Make the runs, one after the other, and give the figures. What they take in all is told before the first call.

    The caps hold for all of them together. A run that is stopped ends the evaluation, which says that it is incomplete;
    so does one that cannot begin after others were made, for want of what they took.
    The records of `finished`, by name, are measured as they are. `watch` gives each run a watcher of its own.

    Raises:
        UsageError: Options contradict each other, there is no key, or a cap cannot be kept, before a run is made.
        VerifierError: Whatever else cannot be done before the first claim of a run.
    """
    _tell_and_refuse([one for variant in variants for one in variant.runs], watch())
    allowance = Allowance()
    made: dict[str, list[list[RunRecord]]] = {name: [[record]] for name, record in finished.items()}
    stopped = False
    for variant, number, options in ((one, n, each) for one in variants for n, each in enumerate(one.runs, start=1)):
        watcher = watch()
        watcher.say(variant.name + (f", run {number} of {len(variant.runs)}" if len(variant.runs) > 1 else ""))
        try:
            records = run(allowance.left(options), watcher, allowance)
        except UsageError as error:
            if len(made) == len(finished):
                raise
            watcher.insist(str(error))
            stopped = True
            break
        made.setdefault(variant.name, []).append(records)
        if not all(record.complete for record in records):
            break
    evaluation = Evaluation.of(made, prices)
    return replace(evaluation, complete=False) if stopped else evaluation


def _tell_and_refuse(runs: Sequence[RunOptions], watcher: Watcher) -> None:
    """Say what all runs take together, where there are several that ask."""
    asking = [one for one in runs if one.replay is None]
    if len(asking) < 2:
        return
    total = sum((foresee(one) for one in asking[1:]), foresee(asking[0]))
    watcher.say(f"{len(asking)} runs in all:")
    for line in total.lines:
        watcher.say(line)
    total.refuse_beyond(max_cost=asking[0].max_cost, max_tokens=asking[0].max_tokens)
