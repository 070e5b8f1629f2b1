"""Draft claims of a text: one request, journalled, recorded, replayed, priced and capped as those of a run are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate

from verifier.claim_files.drafting import settle_draft
from verifier.cost.prices import Bill
from verifier.errors import SnapshotError, UsageError
from verifier.evidence.parsing import parse_draft
from verifier.pipeline.opening import refuse_over
from verifier.prompting.rendering import Prompts
from verifier.repository.snapshot import Snapshot
from verifier.runs.model_stack import ModelStack, draft_options, kept_journal
from verifier.runs.options import RunOptions
from verifier.runs.planning import model_settings, prices_of, prompts_folder
from verifier.runs.watching import Watcher
from verifier.values.claim import Claim
from verifier.values.draft import Draft
from verifier.values.outcome import Exchange
from verifier.values.prompt import Asks, Prompt, Reply

_KNOWN_CHARS = 20_000
"""Room for statements that are claimed already; a program compares with all of them."""


@dataclass(frozen=True)
class Drafted:
    """A draft, and what it took."""

    draft: Draft
    exchange: Exchange
    bill: Bill


def draft_claims(options: RunOptions, text: str, known: Sequence[Claim], watcher: Watcher | None = None) -> Drafted:
    """What the text claims, beside the claims that are known, and what of it is no claim. Nothing is written or judged.

    Raises:
        UsageError: The text is empty, options contradict each other, there is no key, or a cap cannot be kept.
        BudgetError: The text is too long for one request.
        ModelError: The model did not answer, or not what was asked for.
        VerifierError: Prompts, prices, journal or cassette cannot be read.
    """
    if not text.strip():
        raise UsageError("the text is empty; name one that says something")
    prompt = Prompts(prompts_folder(options)).draft(text, _listed(known))
    refuse_over(options.budget_tokens, prompt, "instructions and text need", "raise --budget-tokens, or split the text")
    reached, watcher = draft_options(options, model_settings(options)), watcher or Watcher()
    prices, today = prices_of(options), datetime.now(UTC).date()
    with ExitStack() as stack:
        snapshot: Snapshot | None = None
        # Where there is no repository, none can have brought the journal along.
        with suppress(SnapshotError):
            snapshot = stack.enter_context(Snapshot.open(options.repo))
        journal = stack.enter_context(kept_journal(options, snapshot))
        models = ModelStack(options, reached, partial(prices.of, day=today), journal, watcher)
        reply = models.run(_ask(prompt, models, watcher))
    exchange = Exchange.of(prompt, reply)
    draft = settle_draft(text, parse_draft(reply, prompt.claim_id), known)
    return Drafted(draft, exchange, prices.bill({Asks.DRAFT: options.model}, [exchange], today))


def _listed(known: Sequence[Claim]) -> list[str]:
    """The statements that there is room to show."""
    lengths = accumulate(len(claim.statement) for claim in known)
    return [claim.statement for claim, length in zip(known, lengths, strict=True) if length <= _KNOWN_CHARS]


async def _ask(prompt: Prompt, models: ModelStack, watcher: Watcher) -> Reply:
    async with models.opened(watcher.retried) as model:
        if models.options.replay is None:
            watcher.say(_at_most(prompt, models))
        return await model.reply(prompt)


def _at_most(prompt: Prompt, models: ModelStack) -> str:
    """What the request is going to take, before it is made."""
    if models.kept(prompt) is not None:
        return "1 request, answered by the journal"
    model = models.options.model
    worst, known = models.worst_case.of(prompt.tokens), models.price(model)
    money = f"${known.of(worst):.4f} ({known})" if known is not None else f"the price of {model} is unknown"
    return f"1 request: at most {worst.total} tokens, {money}"
