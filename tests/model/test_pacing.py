"""No more in flight than asked, no faster than allowed, slower while the service says so."""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from tests.model.emulator import Emulator, after, refuses, says
from verifier.errors import ModelError
from verifier.model.endpoint import Endpoint
from verifier.model.errors import TransientError
from verifier.model.gemini import Gemini
from verifier.model.pacing import Allowance, Pace, Paced
from verifier.model.retrying import Retrying
from verifier.values.prompt import ModelSettings, Prompt, Reply, Source
from verifier.values.verdict import AskedVerdict

T = TypeVar("T")
REPLY = Reply("{}", Source.LIVE, "gemini-3.8-flash")


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: time jumps to whatever is due next, and moves a little at every step as time does."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        assert ready or timeout is not None, "everybody waits for ever"
        self.now_s += max(0.0 if ready else timeout or 0.0, 1e-6)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock costs no time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def prompt(number: int = 0, tokens: int = 100) -> Prompt:
    return Prompt(f"claim-{number}", 1, "", "", f"Claim {number}.", tokens=tokens)


@dataclass
class Service:
    """A model that takes a second a request and keeps the times it was asked."""

    refuses: Callable[[int], bool] = lambda _: False
    takes_s: float = 1.0
    wait_s: float | None = 2.0
    sent_s: list[float] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0

    async def reply(self, _: Prompt) -> Reply:
        number = len(self.sent_s)
        self.sent_s.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.in_flight -= 1
        if self.refuses(number):
            raise TransientError("the service answered 429", retry_after_s=self.wait_s)
        return REPLY


async def ask_all(model: Paced | Retrying, prompts: list[Prompt]) -> list[Reply | BaseException]:
    return await asyncio.gather(*(model.reply(one) for one in prompts), return_exceptions=True)


def most_in_a_minute(times: list[float], weights: list[float] | None = None) -> float:
    """The most that falls into any half-open minute."""
    held: deque[tuple[float, float]] = deque()
    most = 0.0
    for sent in zip(times, weights or [1.0] * len(times), strict=True):
        held.append(sent)
        while held[0][0] <= sent[0] - 59.999:
            held.popleft()
        most = max(most, sum(weight for _, weight in held) if weights else float(len(held)))
    return most


def test_never_more_are_in_flight_than_asked() -> None:
    service = Service()

    run(ask_all(Paced(service, Pace(3)), [prompt(n) for n in range(20)]))

    assert (service.peak, len(service.sent_s)) == (3, 20)
    assert service.sent_s[-1] == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize("rpm", [1, 10, 90, 600])
def test_no_minute_holds_more_requests_than_allowed(rpm: float) -> None:
    service = Service(takes_s=0.5)

    run(ask_all(Paced(service, Pace(50, rpm=rpm)), [prompt(n) for n in range(int(2.5 * rpm) + 2)]))

    assert most_in_a_minute(service.sent_s) <= rpm
    assert service.sent_s[-1] == pytest.approx((len(service.sent_s) - 1) * 60 / rpm, rel=0.01)


def test_no_minute_holds_more_tokens_than_allowed_beyond_one_prompt() -> None:
    service = Service()
    prompts = [prompt(n, tokens) for n, tokens in enumerate([9000, 100, 4000] * 20)]

    run(ask_all(Paced(service, Pace(8, tpm=30_000, largest_tokens=10_000)), prompts))

    sent = sorted(service.sent_s)
    assert len(sent) == 60
    weights = [float(p.tokens) for p in prompts]  # In line, so in the order asked.
    assert most_in_a_minute(sent, weights) <= 30_000 + 10_000
    assert sent[-1] == pytest.approx(60 * (sum(weights) - 10_000) / 30_000, rel=0.05)


def test_tokens_are_counted_as_the_service_counts_them() -> None:
    service = Service()
    paced = Paced(service, Pace(4, tpm=6_000, largest_tokens=1_000), ratio=2.0)

    run(ask_all(paced, [prompt(n, 500) for n in range(3)]))

    assert service.sent_s == pytest.approx([0, 10, 20], abs=0.01)


def test_a_prompt_larger_than_a_burst_takes_its_time() -> None:
    service = Service()

    run(ask_all(Paced(service, Pace(4, tpm=6_000, largest_tokens=1_000)), [prompt(0, 3_000)]))

    assert service.sent_s == pytest.approx([20], abs=0.01)


def test_a_prompt_that_no_minute_can_hold_is_refused_with_the_way_out() -> None:
    service = Service()

    (refused,) = run(ask_all(Paced(service, Pace(4, tpm=6_000)), [prompt(0, 7_000)]))

    assert isinstance(refused, ModelError)
    assert str(refused) == (
        '"claim-0" needs 7000 tokens and a minute may hold 6000; lower --budget-tokens or raise --tpm'
    )
    assert service.sent_s == []


def test_a_large_prompt_does_not_wait_behind_all_small_ones() -> None:
    service = Service()
    prompts = [prompt(0, 900), prompt(1, 1_000), *(prompt(n, 10) for n in range(2, 50))]

    run(ask_all(Paced(service, Pace(50, tpm=6_000, largest_tokens=1_000)), prompts))

    assert service.sent_s[1] == pytest.approx(9.0, abs=0.01)
    assert len([at for at in service.sent_s if at < 8.9]) == 1


def answers(allowance: Allowance, outcomes: str, now_s: float = 0.0, wait_s: float | None = None) -> list[int]:
    """Send one, hear its outcome ("." answered, "x" refused), and so on; gives what is allowed after each."""
    allowed = []
    for outcome in outcomes:
        given = allowance.send()
        allowance.done(given, now_s, refused=outcome == "x", wait_s=wait_s)
        allowed.append(allowance.allowed)
    return allowed


def test_a_tenth_refused_slows_nothing_down() -> None:
    allowance = Allowance(32)

    assert set(answers(allowance, ".........x" * 100)) == {32}


def test_a_good_part_refused_halves_what_is_in_flight_at_once() -> None:
    allowance = Allowance(32)

    assert answers(allowance, "x" * 13)[-2:] == [32, 16]


def test_what_was_sent_before_the_halving_does_not_halve_again() -> None:
    allowance = Allowance(32)
    storm = [allowance.send() for _ in range(32)]

    for given in storm:
        allowance.done(given, 0.0, refused=True)

    assert (allowance.allowed, allowance.in_flight) == (16, 0)


def test_a_storm_that_goes_on_leaves_one_in_flight() -> None:
    allowance = Allowance(32)

    assert answers(allowance, "x" * 200)[-1] == 1


def test_windows_that_go_well_give_it_back_bit_by_bit_and_never_more_than_asked() -> None:
    allowance = Allowance(32)
    answers(allowance, "x" * 20)
    assert allowance.allowed == 8

    assert answers(allowance, "." * 48)[15::16] == [9, 10, 11]
    assert answers(allowance, "." * 1000)[-1] == 32


def test_in_a_storm_nothing_is_sent_for_as_long_as_the_service_asks() -> None:
    allowance = Allowance(8)
    answers(allowance, "x" * 7, now_s=100.0, wait_s=30.0)

    assert not allowance.may_send(129.9)
    assert allowance.may_send(130.0)


def test_a_few_refusals_make_nobody_else_wait() -> None:
    allowance = Allowance(8)
    answers(allowance, "x" * 6, now_s=100.0, wait_s=30.0)

    assert allowance.may_send(100.0)


def test_a_storm_is_waited_out_and_nothing_is_lost() -> None:
    service = Service(refuses=lambda number: number < 16)
    retrying = Retrying(Paced(service, Pace(16)), attempts=6)

    replies = run(ask_all(retrying, [prompt(n) for n in range(60)]))

    assert replies == [REPLY] * 60
    assert service.peak == 16
    assert [at for at in service.sent_s if 1.1 < at < 2.9] == []


def test_a_tenth_refused_costs_little_more_than_its_own_retries() -> None:
    service = Service(refuses=lambda number: number % 10 == 7, wait_s=0.5)
    retrying = Retrying(Paced(service, Pace(32)), attempts=8)

    run(ask_all(retrying, [prompt(n) for n in range(1000)]))

    ideal_s = 1000 / 0.9 / 32
    assert service.sent_s[-1] < 1.1 * ideal_s


def test_errors_that_are_not_about_pace_slow_nothing_down() -> None:
    class Broken:
        async def reply(self, _: Prompt) -> Reply:
            raise TransientError("the connection broke")

    paced = Paced(Broken(), Pace(16))

    run(ask_all(paced, [prompt(n) for n in range(60)]))

    assert (paced.allowance.allowed, paced.allowance.in_flight) == (16, 0)


def test_a_cancelled_request_gives_its_place_back() -> None:
    service = Service(takes_s=1000.0)
    paced = Paced(service, Pace(1))

    async def cancel() -> Reply:
        first = asyncio.create_task(paced.reply(prompt(0)))
        await asyncio.sleep(1)
        second = asyncio.create_task(paced.reply(prompt(1)))
        first.cancel()
        service.takes_s = 1.0
        return await second

    assert run(cancel()) == REPLY


def test_against_a_service_that_refuses_half_no_more_are_in_flight_than_asked() -> None:
    def answer(request: Any) -> Any:
        busy = len(emulator.asked) % 2
        return refuses(429, "RESOURCE_EXHAUSTED", "Too many.", retry_info_s=0.01) if busy else after(0.01, says("{}"))

    async def ask() -> tuple[list[Reply | BaseException], int]:
        endpoint = Endpoint("not-a-key", base_url=emulator.url)
        async with Gemini(endpoint, ModelSettings(), AskedVerdict.as_schema()) as gemini:
            paced = Paced(gemini, Pace(8))
            replies = await ask_all(Retrying(paced, attempts=20, sleep=lambda _: asyncio.sleep(0.001)), prompts)
            return replies, paced.allowance.allowed

    prompts = [prompt(n) for n in range(40)]
    with Emulator(answer) as emulator:
        replies, allowed = asyncio.run(ask())

    assert [type(reply) for reply in replies] == [Reply] * 40
    assert emulator.in_flight_peak <= 8
    assert allowed < 8
