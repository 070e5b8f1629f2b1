"""Draft claims of a text: one request, journalled, recorded, replayed, priced and capped as those of a run are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from verifier.claim_files.drafting import settle_draft
from verifier.cost.prices import Bill, Price, read_prices
from verifier.errors import SnapshotError, UsageError
from verifier.evidence.parsing import parse_draft
from verifier.journal import Journal, default_place, refuse_tracked
from verifier.model.options import ModelOptions, open_model
from verifier.pipeline.budget import refuse_over
from verifier.prompting.rendering import Prompts
from verifier.repository.snapshot import Snapshot
from verifier.runs.interruption import Interruption, stopping_line
from verifier.runs.model_stack import ModelStack, draft_options
from verifier.runs.options import RunOptions
from verifier.runs.planning import model_settings, prompts_folder
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
    reached = draft_options(options, model_settings(options))
    watcher = watcher or Watcher()
    if reached.endpoint is not None and reached.endpoint.warning is not None:
        watcher.insist(f"verifier: {reached.endpoint.warning}")
    prices, today = read_prices(options.prices), datetime.now(UTC).date()
    reply = _reply(prompt, options, reached, lambda model: prices.of(model, today), watcher)
    exchange = Exchange.of(prompt, reply)
    draft = settle_draft(text, parse_draft(reply, prompt.claim_id), known)
    return Drafted(draft, exchange, prices.bill({Asks.DRAFT: options.model}, [exchange], today))


def _listed(known: Sequence[Claim]) -> list[str]:
    """The statements that there is room to show."""
    lengths = accumulate(len(claim.statement) for claim in known)
    return [claim.statement for claim, length in zip(known, lengths, strict=True) if length <= _KNOWN_CHARS]


def _reply(
    prompt: Prompt,
    options: RunOptions,
    reached: ModelOptions,
    price: Callable[[str], Price | None],
    watcher: Watcher,
) -> Reply:
    interruption = Interruption(on_stop=lambda on_the_way: watcher.insist(stopping_line(on_the_way)))
    with ExitStack() as stack:
        journal = stack.enter_context(_journal(options)) if options.keeps_journal else None
        asking = ModelStack(options, reached, price, journal, interruption, watcher)
        return interruption.run(_ask(prompt, options, reached, asking, price, watcher))


async def _ask(
    prompt: Prompt,
    options: RunOptions,
    reached: ModelOptions,
    stack: ModelStack,
    price: Callable[[str], Price | None],
    watcher: Watcher,
) -> Reply:
    if reached.replay is not None:
        async with open_model(reached) as model:
            return await model.reply(prompt)

    def warn(line: str) -> None:
        watcher.insist(f"verifier: {line}")

    opening = open_model(reached, on_retry=watcher.retried, say=watcher.say, warn=warn, inside=stack.inside)
    async with opening as opened, stack:
        model = stack.outside(opened)
        watcher.say(_at_most(prompt, options.model, stack, price))
        return await model.reply(prompt)


def _at_most(prompt: Prompt, model: str, stack: ModelStack, price: Callable[[str], Price | None]) -> str:
    """What the request is going to take, before it is made."""
    if stack.is_answered(prompt):
        return "1 request, answered by the journal"
    worst, known = stack.worst_case.of(prompt.tokens), price(model)
    money = f"${known.of(worst):.4f} ({known})" if known is not None else f"the price of {model} is unknown"
    return f"1 request: at most {worst.total} tokens, {money}"


def _journal(options: RunOptions) -> Journal:
    place = options.journal or default_place()
    # Where there is no repository, none can have brought the journal along.
    with suppress(SnapshotError), Snapshot.open(options.repo) as snapshot:
        refuse_tracked(place, snapshot)
    return Journal(place)
