"""An explicit context cache: what the claims of a run share is sent once and kept by the service while the run lasts.

It is made only where the price says that it is cheaper, and is deleted at the end, whatever the end was. Without it a
run goes on as it would have without asking for one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from verifier.cost.prices import Price
from verifier.cost.tokens import count_tokens
from verifier.errors import ModelError
from verifier.journal import Calibration
from verifier.model.errors import one_line
from verifier.model.gemini import CachedContent, Gemini
from verifier.model.spending import Purse, never_billed
from verifier.values.prompt import Prompt, Usage

SMALLEST_TOKENS = 1024
"""No model caches less; some want more, and then say so themselves. Source: Gemini API docs, "Context caching"."""

TTL_S = 600
"""How long the service keeps the cache if the run dies. While the run lives, it asks for as long again, in time."""

SECONDS_A_CALL = 20.0
"""For guessing how long a run takes; a guess that is off by a factor of five changes few decisions."""

_LAST_WAIT_S = 5.0
_MILLION = 1_000_000


@dataclass(frozen=True)
class CachePlan:
    """Whether a cache is worth it, and for what."""

    system: str
    shared: str
    tokens: int
    """What it would hold, by the service's likely count."""
    requests: int
    """How many first rounds begin with it."""
    most_tokens: int
    """The same, at the largest deviation seen."""
    saves: float | None
    """In US dollars. None where nothing is known to be saved."""
    why: str
    """In one line, for whoever asked for a cache."""

    @property
    def worthwhile(self) -> bool:
        """Whether it is cheaper than sending the shared part every time."""
        return self.saves is not None and self.saves > 0


def plan_cache(
    prompts: Sequence[Prompt],
    price: Price | None,
    *,
    model: str,
    concurrency: int = 4,
    calibration: Calibration | None = None,
) -> CachePlan:
    """Weigh a cache for the first prompts that are to be asked; no later round makes it dearer.

    What implicit caching would save anyhow is not promised by anybody, and is left out.
    """
    shares = Counter((prompt.system, prompt.shared) for prompt in prompts)
    (system, shared), requests = shares.most_common(1)[0] if shares else (("", ""), 0)
    seen = calibration or Calibration()
    ours = count_tokens(system) + count_tokens(shared) if requests else 0
    tokens, most = round(ours * seen.ratio), round(ours * seen.largest)

    def plan(why: str, saves: float | None = None) -> CachePlan:
        return CachePlan(system, shared, tokens, requests, most, saves, f"{'' if saves else 'no '}context cache: {why}")

    if requests < 2:
        return plan("fewer than two requests share anything")
    if tokens < SMALLEST_TOKENS:
        return plan(f"the claims share about {tokens} tokens, and no cache holds fewer than {SMALLEST_TOKENS}")
    if price is None:
        return plan(f"the price of {model} is unknown; give it with --prices")
    if price.storage is None:
        return plan(f"what {model} asks for keeping a cache is unknown; give storage in --prices")
    hours = max(TTL_S, requests * SECONDS_A_CALL / concurrency) / 3600
    without = requests * tokens * price.input / _MILLION
    cached = tokens * (price.input + hours * price.storage + requests * price.cached) / _MILLION
    costs = f"{tokens} tokens for {requests} requests cost about ${cached:.4f} with it and ${without:.4f} without"
    return plan(costs, without - cached) if cached < without else plan(costs)


@dataclass
class CacheBill:
    """What a cache cost beside the requests that built on it."""

    tokens: int = 0
    """What it held, as the service counts it; 0 where there was none."""
    seconds: float = 0.0
    """How long it was kept."""

    def line(self, price: Price) -> str | None:
        """The bill in one line. None where there was no cache."""
        if not self.tokens:
            return None
        storage = self.seconds / 3600 * (price.storage or 0.0)
        cost = self.tokens * (price.input + storage) / _MILLION
        return (
            f"a context cache of {self.tokens} tokens was kept for {self.seconds:.0f} s: about ${cost:.4f}, "
            "which is not in the claims' own cost"
        )


@asynccontextmanager
async def context_cache(
    gemini: Gemini,
    plan: CachePlan,
    *,
    model: str,
    purse: Purse | None = None,
    ttl_s: float = TTL_S,
    say: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[CacheBill]:
    """Let `gemini` build on a cache as long as the context lasts, where the plan says so.

    Not for recordings and replays: the requests lack what the cache holds. What it is sent is paid from `purse`. `say`
    is told in one line what was decided, and what went wrong. The bill is complete when the context has ended.
    """
    say(plan.why)
    bill = CacheBill()
    if not plan.worthwhile:
        yield bill
        return
    try:
        made, bill.tokens = await _pay(gemini, plan, model, ttl_s, purse or Purse(model, None))
    except ModelError as error:
        say(f"no context cache: {error}; every request carries what they share")
        yield bill
        return
    gemini.cached = made
    began_s = time.monotonic()
    renewing = asyncio.create_task(_keep_alive(gemini, made.name, ttl_s))
    try:
        yield bill
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        if gemini.cached is not made:
            say("the service lost the context cache before the end; the other requests carried all themselves")
        gemini.cached = None
        await _delete(gemini, made.name, ttl_s, say)
        bill.seconds = time.monotonic() - began_s


async def _pay(gemini: Gemini, plan: CachePlan, model: str, ttl_s: float, purse: Purse) -> tuple[CachedContent, int]:
    """The cache that was made, and its tokens, which the purse has paid."""
    worst = Usage(prompt=plan.most_tokens)
    await purse.set_aside(worst, "context cache", least=Usage())
    try:
        made, tokens = await _create(gemini, plan, model, ttl_s)
    except BaseException as error:
        refused = isinstance(error, ModelError) and never_billed(error)
        await purse.settle(worst, unreported=None if refused else worst)
        raise
    await purse.settle(worst, spent=Usage(prompt=tokens))
    return made, tokens


async def _create(gemini: Gemini, plan: CachePlan, model: str, ttl_s: float) -> tuple[CachedContent, int]:
    from google.genai import types

    shared = [types.Content(role="user", parts=[types.Part(text=plan.shared)])] if plan.shared else None
    config = types.CreateCachedContentConfig(
        system_instruction=plan.system or None,
        contents=shared,
        ttl=f"{ttl_s:g}s",
        display_name="verifier",
    )
    async with gemini.named_errors():
        made = await gemini.client.aio.caches.create(model=model, config=config)
    if not made.name:
        raise ModelError("the service made a context cache without a name")
    counted = made.usage_metadata.total_token_count if made.usage_metadata else None
    return CachedContent(made.name, plan.system, plan.shared), counted or plan.tokens


async def _keep_alive(gemini: Gemini, name: str, ttl_s: float) -> None:
    """Ask for more time whenever half of it is over. Where that fails, the cache ends, and requests do without."""
    from google.genai import types

    while True:
        await asyncio.sleep(ttl_s / 2)
        with suppress(ModelError):
            async with gemini.named_errors():
                config = types.UpdateCachedContentConfig(ttl=f"{ttl_s:g}s")
                await gemini.client.aio.caches.update(name=name, config=config)


async def _delete(gemini: Gemini, name: str, ttl_s: float, say: Callable[[str], None]) -> None:
    try:
        async with asyncio.timeout(_LAST_WAIT_S), gemini.named_errors():
            await gemini.client.aio.caches.delete(name=name)
    except (ModelError, TimeoutError) as error:
        if getattr(error.__cause__, "code", None) not in (403, 404):  # else it is gone already
            reason = one_line(error) or "no answer"
            say(f"{one_line(name)} was not deleted ({reason}); it ends by itself within {ttl_s / 60:.0f} min")
