"""Say what the runs of a plan are going to take: in the same figures with a key and without one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from verifier.claim_files.finding import journal_place
from verifier.cost.calibration import Calibration
from verifier.cost.tokens import count_tokens
from verifier.model.spending import Estimate, FirstRound, WorstCase, estimate_run
from verifier.pipeline.opening import OpenedClaim
from verifier.report.words import counted
from verifier.runs.options import RunOptions
from verifier.runs.planning import Plan
from verifier.values.exhibit import LIKELY_TOKENS

LIKELY_LED_TOKENS = 10_000
"""What the files usually take in which the model would look; see benchmarks/selection."""


def estimate(plan: Plan, firsts: Sequence[FirstRound], worst_case: WorstCase, *, of: int | None = None) -> Estimate:
    """What the plan's runs are going to take, where these are the first rounds of their claims, or stand for `of`."""
    options, run = plan.options, plan.runs[0]
    return estimate_run(
        firsts,
        worst_case,
        model=options.model,
        price=lambda: run.price(options.model),
        reader=(run.reader.model, lambda: run.price(run.reader.model)),
        budget_tokens=options.budget_tokens,
        max_rounds=options.max_rounds,
        of=of,
    )


def estimate_of_controls(plan: Plan, firsts: Sequence[FirstRound], worst_case: WorstCase) -> str:
    """What the controls of the plan's runs are going to take at most, where these are the first rounds of the claims.

    Which claims are borne out is not known yet, so each control is taken for a claim of the usual size.
    """
    from verifier.controls.drawing import MOST_OF_A_CLAIM

    most = plan.options.controls or 0
    number = MOST_OF_A_CLAIM * sum(min(most, len(run.claims)) for run in plan.runs)
    usual = sum(one.tokens for one in firsts) // max(1, len(firsts))
    # A twin is asked about anew, and may be one that does not say where to look.
    control = FirstRound(usual, leads_tokens=max((one.leads_tokens for one in firsts), default=0))
    takes = estimate(plan, [control] * number, worst_case).lines[0].partition(": ")[2] or "nothing to ask"
    return f"beside these, at most {counted(number, 'control')}: {takes}"


def first_round(
    opened: OpenedClaim, led: OpenedClaim | None = None, *, answered: bool = False, carried: bool = False
) -> FirstRound:
    """What is known of a claim's first round before anything is asked; `led` is how leads that are kept open it."""
    led = led or opened
    leads_tokens = opened.where.prompt.tokens if opened.where is not None else 0
    tokens = led.prompt.tokens + (LIKELY_LED_TOKENS if led.where is not None else 0)
    return FirstRound(tokens, answered, carried, leads_tokens, leads_known=led.where is None)


def worst_case_of(options: RunOptions, calibration: Calibration, schema: Mapping[str, Any]) -> WorstCase:
    """What a call may take at most whose reply has this schema."""
    return WorstCase(options.max_output_tokens, count_tokens(json.dumps(schema)), calibration)


def kept_calibration(plan: Plan) -> Calibration:
    """How the model has counted in earlier runs, by the journal. Nothing is known where there is none.

    Raises:
        JournalError: The journal cannot be read.
    """
    place = plan.options.journal or journal_place()
    if not place.is_file():
        return Calibration()
    from verifier.journal import Journal  # where there is none yet, nobody needs it

    with Journal(place) as journal:
        return journal.replies.calibration(plan.options.model)


def explained(worst_case: WorstCase, model: str) -> str:
    """How the tokens of an estimate are counted."""
    known = worst_case.calibration
    times = f"times {known.ratio:.2f}"
    reading = f"about {LIKELY_TOKENS} a claim for a second reading"
    if known.replies:
        return f"tokens: counted offline, {reading}, {times}, which is how {model} has counted by the journal"
    schema = f"the reply's schema of {worst_case.schema_tokens} tokens each"
    return f"tokens: counted offline, {reading}, {schema}, {times} until the journal knows how {model} counts"
