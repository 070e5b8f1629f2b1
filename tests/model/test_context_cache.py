"""An explicit context cache, against the emulator: used by all claims, deleted at the end, and only where it pays."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.model.emulator import Answer, Answerer, Emulator, Request, after, closes, in_turn, refuses, says, tokens
from verifier.cost.prices import Price, batch_prices, price_of, read_prices
from verifier.errors import ModelError
from verifier.journal import Calibration
from verifier.model.context_cache import CacheBill, CachePlan, context_cache, plan_cache
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.model.spending import Purse
from verifier.values.prompt import ModelSettings, Prompt, Reply, Usage

KEY = "a-key-nobody-has"
SCHEMA: dict[str, Any] = {"type": "object"}
PRICE = Price(1.0, 0.25, 10.0, "2026-07-01", "a test", storage=1.0, batch=0.5)
MODEL = ModelSettings().model
SYSTEM, SHARED = "Judge what you are shown.", "pool.py: import queue\n" * 800
TEXT = '{"parts": []}'
CHOSEN = CachePlan(SYSTEM, SHARED, 5000, 20, 6000, saves=0.1, why="context cache: it is cheaper")


def prompts(count: int, shared: str = SHARED) -> list[Prompt]:
    return [Prompt(f"claim-{n}", 1, SYSTEM, shared, f"Claim {n} is true.", tokens=4000) for n in range(count)]


def plan(asked: list[Prompt], price: Price | None = PRICE) -> CachePlan:
    return plan_cache(asked, price, model=MODEL, calibration=Calibration(ratio=1.0))


Within = Callable[[Gemini], Awaitable[None]]


def run(emulator: Emulator, work: Within, chosen: CachePlan = CHOSEN, **options: Any) -> list[str]:
    """Do the work with a cache; gives the lines that were said."""
    said: list[str] = []

    async def running() -> None:
        async with (
            Gemini(Endpoint(KEY, emulator.url, timeout_s=5.0), ModelSettings(), SCHEMA) as gemini,
            context_cache(gemini, chosen, model=MODEL, say=said.append, **options),
        ):
            await work(gemini)

    try:
        asyncio.run(running())
    finally:
        assert all("\n" not in line and KEY not in line for line in said)
    return said


async def ask_all(gemini: Gemini) -> None:
    await asyncio.gather(*(gemini.reply(prompt) for prompt in prompts(20)))


def calls(emulator: Emulator) -> list[tuple[str, str]]:
    """What was asked of the caches."""
    return [(r.method, r.path.removeprefix("/v1/")) for r in emulator.requests if "cachedContents" in r.path]


def test_all_claims_use_one_cache_which_is_deleted_at_the_end() -> None:
    with Emulator(says(TEXT)) as emulator:
        said = run(emulator, ask_all)

    assert calls(emulator) == [("POST", "cachedContents"), ("DELETE", "cachedContents/emulated1")]
    made = emulator.requests[0]
    assert (made.system, made.prompt, made.field("ttl")) == (SYSTEM, SHARED, "600s")
    assert len(emulator.asked) == 20
    assert {request.field("cachedContent") for request in emulator.asked} == {"cachedContents/emulated1"}
    assert all(request.system == "" and SHARED not in request.prompt for request in emulator.asked)
    assert {request.prompt for request in emulator.asked} == {prompt.claim for prompt in prompts(20)}
    assert said == ["context cache: it is cheaper"]


def test_what_the_model_is_shown_is_the_same_and_the_cached_tokens_are_reported() -> None:
    replies: list[Reply] = []

    async def ask(gemini: Gemini) -> None:
        replies.append(await gemini.reply(prompts(1)[0]))

    with Emulator(says(TEXT)) as emulator:
        run(emulator, ask)
        shown = emulator.asked[0].whole_prompt

    prompt = prompts(1)[0]
    assert shown == f"{SYSTEM}\n{SHARED}\n{prompt.claim}"
    usage = replies[0].usage
    assert usage is not None
    assert usage.cached > 4000
    assert usage.prompt > usage.cached


def test_a_claim_that_shares_something_else_is_sent_whole() -> None:
    other = prompts(1, shared="other.py: import heapq")[0]

    async def ask(gemini: Gemini) -> None:
        await gemini.reply(other)

    with Emulator(says(TEXT)) as emulator:
        run(emulator, ask)

    (request,) = emulator.asked
    assert request.field("cachedContent") is None
    assert (request.system, request.prompt) == (SYSTEM, other.shared + other.claim)


def test_a_later_round_builds_on_the_cache_too() -> None:
    async def ask(gemini: Gemini) -> None:
        await gemini.reply(replace(prompts(1)[0], round=2, followup="Also: queue.py"))

    with Emulator(says(TEXT)) as emulator:
        run(emulator, ask)

    (request,) = emulator.asked
    assert request.prompt == "Claim 0 is true.Also: queue.py"
    assert request.cached


@pytest.mark.parametrize(
    "error", [ModelError("the model is gone", fatal=True), KeyboardInterrupt(), ValueError("a bug")]
)
def test_the_cache_is_deleted_after_errors_too(error: BaseException) -> None:
    async def fail(_: Gemini) -> None:
        raise error

    with Emulator(says(TEXT)) as emulator:
        with pytest.raises(type(error)):
            run(emulator, fail)
        assert calls(emulator)[-1] == ("DELETE", "cachedContents/emulated1")


INTERRUPTED = """
import asyncio, sys
from tests.model.test_context_cache import CHOSEN, KEY, MODEL, SCHEMA, prompts
from verifier.errors import ModelError
from verifier.runs.interruption import Interruption
from verifier.model.context_cache import context_cache
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.values.prompt import ModelSettings
interruption = Interruption(grace_s=0.2)
async def main():
    async with Gemini(Endpoint(KEY, sys.argv[1]), ModelSettings(), SCHEMA) as gemini:
        async with context_cache(gemini, CHOSEN, model=MODEL):
            model = interruption.outside(interruption.inside(gemini))
            await asyncio.gather(*(model.reply(prompt) for prompt in prompts(3)), return_exceptions=True)
interruption.run(main())
"""


@pytest.mark.parametrize("times", [1, 2])
def test_the_cache_is_deleted_after_ctrl_c(times: int) -> None:
    with Emulator(after(30, says(TEXT))) as emulator:
        command = [sys.executable, "-c", INTERRUPTED, emulator.url]
        with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT) as process:
            until = time.monotonic() + 20
            while len(emulator.asked) < 3 and time.monotonic() < until:
                time.sleep(0.005)
            for _ in range(times):
                process.send_signal(signal.SIGINT)
                time.sleep(0.05)
            process.communicate(timeout=10)
        assert calls(emulator) == [("POST", "cachedContents"), ("DELETE", "cachedContents/emulated1")]


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        pytest.param(
            refuses(400, "INVALID_ARGUMENT", "Cached content is too small. total_token_count=1100"),
            "no context cache: the service refuses the request: 400 INVALID_ARGUMENT: Cached content is too small.",
            id="too small",
        ),
        pytest.param(
            refuses(403, "PERMISSION_DENIED", "Caching is not for you."),
            "no context cache: the key may not ask gemini-3.8-flash: the service answered 403",
            id="not allowed",
        ),
        pytest.param(refuses(503, "UNAVAILABLE", "Later."), "no context cache: the service answered 503", id="busy"),
    ],
)
def test_a_run_whose_cache_cannot_be_made_goes_on_without(answer: Answer, line: str) -> None:
    with Emulator(says(TEXT), elsewhere=lambda _: answer) as emulator:
        said = run(emulator, ask_all)

    assert calls(emulator) == [("POST", "cachedContents")]
    assert [request.system for request in emulator.asked] == [SYSTEM] * 20
    assert len(said) == 2
    assert said[1].startswith(line)
    assert said[1].endswith("; every request carries what they share")


def test_requests_do_without_a_cache_that_the_service_has_lost() -> None:
    with Emulator(says(TEXT)) as emulator:

        async def ask(gemini: Gemini) -> None:
            await gemini.reply(prompts(1)[0])
            assert gemini.cached is not None
            await gemini.client.aio.caches.delete(name=gemini.cached.name)
            await ask_all(gemini)

        said = run(emulator, ask)

    assert sum(bool(request.cached) for request in emulator.asked) == 1
    assert sum(request.system == SYSTEM for request in emulator.asked) == 20
    assert said[1:] == ["the service lost the context cache before the end; the other requests carried all themselves"]


def test_a_refusal_that_has_nothing_to_do_with_the_cache_stays_one() -> None:
    answer: Answerer = refuses(403, "PERMISSION_DENIED", "Not for you.")  # type: ignore[assignment]

    with Emulator(answer) as emulator, pytest.raises(ModelError, match="the key may not ask"):
        run(emulator, ask_all)

    # Requests that were on their way when the first was refused may find the cache deleted already.
    assert emulator.asked[0].cached


def test_the_cache_is_kept_alive_as_long_as_the_run_lasts() -> None:
    async def wait(gemini: Gemini) -> None:
        await asyncio.sleep(1.3)
        await gemini.reply(prompts(1)[0])

    with Emulator(says(TEXT)) as emulator:
        run(emulator, wait, ttl_s=1.0)

    assert calls(emulator).count(("PATCH", "cachedContents/emulated1")) == 2
    assert emulator.asked[0].cached


def test_a_cache_that_cannot_be_deleted_is_said_so_and_ends_by_itself() -> None:
    def answer(request: Request) -> Answer | None:
        return refuses(500, "INTERNAL", "Sorry.") if request.method == "DELETE" else None

    with Emulator(says(TEXT), elsewhere=answer) as emulator:
        said = run(emulator, ask_all)

    assert said[1].startswith("cachedContents/emulated1 was not deleted (the service answered 500")
    assert said[1].endswith("; it ends by itself within 10 min")


@pytest.mark.parametrize(
    ("asked", "price", "why"),
    [
        pytest.param(prompts(1), PRICE, "no context cache: fewer than two requests share anything", id="one claim"),
        pytest.param([], PRICE, "no context cache: fewer than two requests share anything", id="nothing to ask"),
        pytest.param(
            prompts(50, "a.py: pass"),
            PRICE,
            r"no context cache: the claims share about \d\d tokens, and no cache holds fewer than 1024",
            id="little shared",
        ),
        pytest.param(
            prompts(50), None, "no context cache: the price of gemini-3.8-flash is unknown; give it", id="no price"
        ),
        pytest.param(
            prompts(50),
            replace(PRICE, storage=None),
            "no context cache: what .* keeping a cache",
            id="no storage price",
        ),
        pytest.param(prompts(2), replace(PRICE, storage=90.0), r"no context cache: \d+ tokens for 2 req", id="dearer"),
        pytest.param(prompts(50), replace(PRICE, cached=1.0), "no context cache: .* for 50", id="no discount"),
    ],
)
def test_no_cache_is_made_where_it_is_not_known_to_be_cheaper(
    asked: list[Prompt], price: Price | None, why: str
) -> None:
    chosen = plan(asked, price)

    with Emulator(says(TEXT)) as emulator:
        said = run(emulator, ask_all, chosen)

    assert not chosen.worthwhile
    assert calls(emulator) == []
    assert len(said) == 1
    assert re.match(why, said[0])


def test_what_a_cache_is_sent_is_paid_from_the_purse_and_told_beside_the_claims() -> None:
    purse = Purse(MODEL, PRICE, max_cost=1.0)
    bills: list[CacheBill] = []

    async def running(emulator: Emulator) -> None:
        async with Gemini(Endpoint(KEY, emulator.url), ModelSettings(), SCHEMA) as gemini:
            async with context_cache(gemini, CHOSEN, model=MODEL, purse=purse) as bill:
                await ask_all(gemini)
            bills.append(bill)

    with Emulator(says(TEXT)) as emulator:
        asyncio.run(running(emulator))
        sent = tokens(f"{SYSTEM}\n{SHARED}")

    assert purse.spent == Usage(prompt=sent)
    assert bills[0].tokens == sent
    assert 0 < bills[0].seconds < 60
    told = CacheBill(10_000, 1800.0).line(PRICE)
    assert told == (
        "a context cache of 10000 tokens was kept for 1800 s: about $0.0150, which is not in the claims' own cost"
    )
    assert CacheBill().line(PRICE) is None


def test_a_cache_that_the_cap_does_not_allow_is_not_made() -> None:
    purse = Purse(MODEL, PRICE, max_tokens=5_500)
    said: list[str] = []

    async def running(emulator: Emulator) -> None:
        async with (
            Gemini(Endpoint(KEY, emulator.url), ModelSettings(), SCHEMA) as gemini,
            context_cache(gemini, CHOSEN, model=MODEL, purse=purse, say=said.append),
        ):
            await gemini.reply(prompts(1)[0])

    with Emulator(says(TEXT)) as emulator:
        asyncio.run(running(emulator))
        assert calls(emulator) == []
        assert len(emulator.asked) == 1

    assert said[1].startswith('no context cache: "context cache": may take 6000 tokens and 5500 tokens of --max-tokens')
    assert purse.spent + purse.unreported == Usage()


def test_a_cache_that_was_refused_costs_nothing_and_one_that_may_have_been_made_its_worst() -> None:
    for answer, unreported in ((refuses(400, "INVALID_ARGUMENT", "no"), 0), (closes(), 6000)):
        purse = Purse(MODEL, PRICE, max_tokens=50_000)

        async def running(emulator: Emulator, purse: Purse = purse) -> None:
            async with (
                Gemini(Endpoint(KEY, emulator.url), ModelSettings(), SCHEMA) as gemini,
                context_cache(gemini, CHOSEN, model=MODEL, purse=purse),
            ):
                pass

        with Emulator(says(TEXT), elsewhere=in_turn(answer)) as emulator:
            asyncio.run(running(emulator))

        assert (purse.spent, purse.unreported) == (Usage(), Usage(prompt=unreported))


def test_the_price_decides() -> None:
    hour, claims = 3600, 50
    chosen = plan(prompts(claims))
    held_s = max(600, claims * 20 / 4)

    expected = chosen.tokens * (claims * 1.0 - (1.0 + held_s / hour * 1.0 + claims * 0.25)) / 1_000_000

    assert chosen.saves == pytest.approx(expected)
    assert (chosen.requests, chosen.shared) == (claims, SHARED)


def test_what_most_claims_share_is_cached() -> None:
    chosen = plan([*prompts(3, "other " * 3000), *prompts(9)])

    assert (chosen.shared, chosen.requests) == (SHARED, 9)


def test_a_batch_halves_what_is_not_cached_and_an_unknown_factor_is_no_price() -> None:
    usage = Usage(prompt=3_000_000, cached=1_000_000, output=100_000)

    halved = PRICE.in_batches

    assert halved is not None
    assert halved.of(usage) == pytest.approx(2 * 0.5 + 0.25 + 0.5)
    assert halved.in_batches is None
    assert replace(PRICE, batch=None).in_batches is None
    assert batch_prices({"a": PRICE, "b": replace(PRICE, batch=None)}) == {"a": halved}


def test_the_prices_that_travel_along_know_batches_and_where_told_storage(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('[models."m"]\nas_of = 2026-01-01\nsource = "mine"\ninput = 1\ncached = 0.1\noutput = 2\n')

    prices = read_prices(own)

    pro, mine = price_of("gemini-2.5-pro", prices), price_of("m", prices)
    assert pro is not None
    assert mine is not None
    assert (pro.storage, pro.batch) == (4.5, 0.5)
    assert (mine.storage, mine.batch) == (None, None)
