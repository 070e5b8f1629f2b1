"""Each call's worst case is set aside before it is sent, and settled when it is over."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from tests.model.emulator import Answer, Emulator, Request, after, closes, in_turn, refuses, says, stopped
from verifier.cost.calibration import Calibration
from verifier.cost.prices import Price
from verifier.errors import ModelError, UsageError
from verifier.model.endpoint import Endpoint
from verifier.model.errors import CutReplyError, TransientError
from verifier.model.gemini import Gemini
from verifier.model.retrying import Retrying
from verifier.model.spending import Estimate, FirstRound, Purse, Spending, WorstCase, estimate_run
from verifier.values.exhibit import LIKELY_TOKENS, MOST_TOKENS
from verifier.values.prompt import ModelSettings, Prompt, Reply, Source, Usage
from verifier.values.verdict import AskedVerdict

PRICE = Price(1.0, 0.25, 10.0, "2026-07-01", "a test")
EXACT = Calibration(10, 1.0, 1.0, 500)
WORST = WorstCase(65_536, 0, EXACT)
"""No room is wider, so a call is one request."""


def prompt(tokens: int = 1000, name: str = "pool-drains") -> Prompt:
    return Prompt(name, 1, "", "", "The pool drains.", tokens=tokens)


LONG = replace(PRICE, longer=(5_000, replace(PRICE, input=2.0, output=20.0)))
"""Twice as dear for long prompts."""


LONG = replace(PRICE, longer=(5_000, replace(PRICE, input=2.0, output=20.0)))
"""Twice as dear for long prompts."""


@dataclass
class Service:
    """A model that answers or fails as it is told, and never has more in flight than the purse allows."""

    usage: Usage | None = field(default_factory=lambda: Usage(900, 0, 90, 10))
    fails: ModelError | None = None
    asked: int = 0
    in_flight: int = 0
    peak: int = 0

    async def reply(self, _: Prompt) -> Reply:
        self.asked += 1
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        if self.fails is not None:
            raise self.fails
        return Reply("{}", Source.LIVE, "gemini-3.8-flash", usage=self.usage)


def purse(max_cost: float | None = None, max_tokens: int | None = None, price: Price | None = PRICE) -> Purse:
    return Purse("gemini-3.8-flash", price, max_cost=max_cost, max_tokens=max_tokens)


def ask(service: Service, money: Purse, times: int = 1, worst: WorstCase = WORST) -> list[Reply | BaseException]:
    async def at_once() -> list[Reply | BaseException]:
        spending = Spending(service, money, worst)
        return await asyncio.gather(*(spending.reply(prompt()) for _ in range(times)), return_exceptions=True)

    return asyncio.run(at_once())


def test_what_is_spent_is_what_the_service_reports() -> None:
    money = purse()

    ask(Service(), money, times=3)

    assert money.spent == Usage(2700, 0, 270, 30)


def test_a_cap_on_cost_is_refused_where_nobody_knows_the_price() -> None:
    with pytest.raises(
        UsageError, match=r"the price of gemini-3.8-flash is unknown, so --max-cost cannot be kept; give"
    ):
        purse(max_cost=1.0, price=None)


def test_a_cap_on_tokens_needs_no_price() -> None:
    assert isinstance(ask(Service(), purse(max_tokens=100_000, price=None))[0], Reply)


def read_by(price: Price | None, max_cost: float | None = None) -> Purse:
    return Purse("gemini-3.8-flash", PRICE, reader=("gemini-4-argon", price), max_cost=max_cost)


def test_a_cap_on_cost_needs_the_readers_price_too() -> None:
    with pytest.raises(UsageError, match="the price of gemini-4-argon is unknown, so --max-cost cannot be kept"):
        read_by(None, max_cost=1.0)

    read_by(None)


def test_a_second_reading_is_set_aside_and_paid_at_its_readers_price() -> None:
    dear = Price(10.0, 2.5, 100.0, "2026-07-01", "a test")
    service, money = Service(), read_by(dear, max_cost=1.0)
    spending = Spending(service, money, WORST)
    verdict = prompt()
    reading = Prompt("pool-drains", 1, "", evidence="# Evidence for p1", tokens=1000)

    answered = asyncio.run(spending.reply(verdict))
    with pytest.raises(ModelError, match=r"may cost \$6.5638 and \$0.9981 of --max-cost 1 is left"):
        asyncio.run(spending.reply(reading))

    assert answered.usage == Usage(900, 0, 90, 10)
    assert service.asked == 1
    assert isinstance(asyncio.run(Spending(service, read_by(dear, 10.0), WORST).reply(reading)), Reply)


def test_what_calls_on_their_way_may_cost_is_counted_at_the_price_of_each() -> None:
    dear = Price(10.0, 2.5, 100.0, "2026-07-01", "a test")
    service, money = Service(), read_by(dear, max_cost=7.0)
    reading = Prompt("pool-drains", 1, "", evidence="# Evidence for p1", tokens=1000)

    async def at_once() -> None:
        spending = Spending(service, money, WORST)
        await asyncio.gather(spending.reply(reading), spending.reply(prompt()))

    asyncio.run(at_once())

    assert (service.asked, service.peak) == (2, 1)


def test_a_call_whose_worst_case_does_not_fit_is_not_sent() -> None:
    service = Service()

    (refused,) = ask(service, purse(max_tokens=60_000))

    assert service.asked == 0
    assert str(refused) == (
        '"pool-drains": may take 67k tokens and 60k tokens of --max-tokens 60000 are left; '
        "raise --max-tokens, and what was answered is not asked again"
    )


def test_a_cap_on_cost_says_what_is_left() -> None:
    money = purse(max_cost=0.6571)
    (first, second) = [*ask(Service(), money), *ask(Service(), money)]

    assert isinstance(first, Reply)
    assert str(second) == (
        '"pool-drains": may cost $0.6564 and $0.6552 of --max-cost 0.6571 is left; '
        "raise --max-cost, and what was answered is not asked again"
    )


@pytest.mark.parametrize("times", [2, 10, 50])
def test_calls_at_once_wait_for_each_other_rather_than_pass_the_cap(times: int) -> None:
    service, money = Service(), purse(max_tokens=66_556 + 1000 * (times - 1))

    replies = ask(service, money, times)

    assert [type(reply) for reply in replies] == [Reply] * times
    assert service.peak == 1


def test_what_fits_side_by_side_is_sent_side_by_side() -> None:
    service = Service()

    ask(service, purse(max_tokens=3 * 67_000), times=5)

    assert service.peak == 3


def test_when_the_rest_does_not_do_for_any_call_the_run_ends() -> None:
    empty = ask(Service(), purse(max_tokens=65_000))[0]
    small = ask(Service(), purse(max_tokens=66_000))[0]

    assert isinstance(empty, ModelError)
    assert isinstance(small, ModelError)
    assert (empty.fatal, small.fatal) == (True, False)


def test_a_call_of_which_no_usage_is_reported_counts_at_its_worst() -> None:
    money = purse()

    ask(Service(usage=None), money)

    assert (money.spent, money.unreported) == (Usage(), WORST.of(1000))


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TransientError("no whole reply within 300 s"), id="a timeout"),
        pytest.param(CutReplyError("cut", kept="", usage=Usage(900, 0, 90)), id="a cut reply"),
        pytest.param(ModelError("withheld"), id="a withheld reply"),
    ],
)
def test_a_failure_that_may_have_been_billed_counts_at_its_worst(error: ModelError) -> None:
    money = purse(max_tokens=100_000)

    first = ask(Service(fails=error), money)[0]
    second = ask(Service(), money)[0]

    assert first is error
    assert "67k tokens of unreported calls counted in; raise --max-tokens" in str(second)


def test_a_task_that_is_cancelled_counts_at_its_worst_and_lets_others_go_on() -> None:
    money = purse(max_tokens=140_000)

    async def cancel() -> Reply:
        task = asyncio.create_task(Spending(Service(), money, WORST).reply(prompt()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await Spending(Service(), money, WORST).reply(prompt())

    assert asyncio.run(cancel()).usage == Usage(900, 0, 90, 10)
    assert money.unreported == WORST.of(1000)


def test_the_worst_case_of_a_call_counts_the_second_request_that_a_cut_reply_brings() -> None:
    assert WorstCase(1000, 0, EXACT).of(1000) == Usage(prompt=2040, output=3000)
    assert WorstCase(40_000, 0, EXACT).of(1000) == Usage(prompt=2040, output=105_536)
    assert WorstCase(65_536, 0, EXACT).of(1000) == Usage(prompt=1020, output=65_536)


def test_the_worst_case_counts_the_schema_and_the_largest_deviation_seen() -> None:
    assert WorstCase(65_536, 500, Calibration(10, 1.1, 1.5, 0)).of(500).prompt == 1530
    assert WorstCase(65_536).of(1000).prompt == round(1000 * 1.15 * 1.02)


def through_gemini(emulator: Emulator, money: Purse, claims: int = 1, attempts: int = 3) -> list[Reply | BaseException]:
    async def at_once() -> list[Reply | BaseException]:
        settings = ModelSettings(max_output_tokens=1000)
        endpoint = Endpoint("not-a-key", base_url=emulator.url)
        async with Gemini(endpoint, settings, AskedVerdict.as_schema()) as gemini:
            spending = Spending(gemini, money, WorstCase(1000))
            retrying = Retrying(spending, attempts=attempts, sleep=lambda _: asyncio.sleep(0))
            asked = (retrying.reply(prompt(10, f"claim-{n}")) for n in range(claims))
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(at_once())


def test_a_refusal_of_the_service_costs_nothing_and_is_asked_again() -> None:
    money = purse(max_tokens=3100)
    busy = refuses(429, "RESOURCE_EXHAUSTED", "Too many.")
    with Emulator(
        in_turn(busy, busy, says("{}", usage={"promptTokenCount": 7, "candidatesTokenCount": 2}))
    ) as emulator:
        (reply,) = through_gemini(emulator, money)

    assert isinstance(reply, Reply)
    assert (money.spent, money.unreported) == (Usage(7, 0, 2), Usage())


def test_a_connection_that_breaks_is_counted_and_its_retry_set_aside_anew() -> None:
    money = purse(max_tokens=4000)
    with Emulator(in_turn(closes())) as emulator:
        (refused,) = through_gemini(emulator, money)

    assert "--max-tokens 4000 are left, 3024 tokens of unreported calls counted in" in str(refused)


def test_a_service_that_cannot_be_reached_costs_nothing() -> None:
    money = purse(max_tokens=4000)
    with Emulator(says("{}")) as gone:
        pass

    (refused,) = through_gemini(gone, money)

    assert "gave up after 3 attempts" in str(refused)
    assert money.unreported == Usage()


def test_both_requests_of_a_cut_reply_are_within_what_was_set_aside() -> None:
    money = purse(max_tokens=3100)
    cut = replace(stopped("MAX_TOKENS", '{"par'), usage={"promptTokenCount": 8, "candidatesTokenCount": 1000})
    whole = says("{}", usage={"promptTokenCount": 8, "candidatesTokenCount": 1504})
    with Emulator(in_turn(cut, whole)) as emulator:
        (reply,) = through_gemini(emulator, money)

    assert isinstance(reply, Reply)
    assert len(emulator.asked) == 2
    assert money.spent == Usage(prompt=16, output=2504)
    assert money.spent.total <= WorstCase(1000).of(10).total <= 3100


def test_concurrent_calls_through_the_real_client_never_pass_the_cap() -> None:
    money = purse(max_tokens=20_000)

    def answer(_: Request) -> Answer:
        return after(0.005, says("{}", usage={"promptTokenCount": 12, "candidatesTokenCount": 900}))

    with Emulator(answer) as emulator:
        replies = through_gemini(emulator, money, claims=40)

    answered = [reply for reply in replies if isinstance(reply, Reply)]
    assert 20_000 - 3023 - 912 < money.spent.total <= 20_000
    assert money.spent.total == 912 * len(answered)
    assert len(emulator.asked) == len(answered)


def test_an_estimate_counts_what_is_to_be_asked_and_what_the_journal_knows() -> None:
    firsts = [
        FirstRound(10_000, answered=True),
        FirstRound(20_000),
        FirstRound(30_000),
        FirstRound(40_000, carried=True),
    ]

    estimate = estimate_run(
        firsts,
        WorstCase(65_536, 700, Calibration(10, 1.2, 1.5, 500)),
        model="gemini-3.8-flash",
        price=lambda: PRICE,
        budget_tokens=60_000,
        max_rounds=2,
    )

    readings = 8 * (MOST_TOKENS + 700)
    worst = (20_700 + 30_700 + 40_700 + 4 * 60_700 + readings) * 1.53
    likely = 60_000 + 2 * round(LIKELY_TOKENS * 1.2)
    costs = (estimate.likely_cost, estimate.most_cost)
    assert costs == pytest.approx(((likely + 20_000) / 1e6, (round(worst) + 15 * 655_360) / 1e6))
    assert estimate == Estimate(
        claims=4,
        opened=4,
        answered=1,
        carried=1,
        model="gemini-3.8-flash",
        likely=Usage(prompt=likely, output=2_000),
        most=Usage(prompt=round(worst), output=15 * 65_536),
        price=PRICE,
        requests=3 + 4 + 8,
        likely_cost=costs[0],
        most_cost=costs[1],
    )
    assert estimate.lines == (
        "4 claims: at most 15 requests, 1749k tokens, $10.5962; "
        "likely, by the first rounds, 4 requests, 68k tokens, $0.0860",
        "first rounds: 1 answered by the journal, 1 carried over from another commit if they stand, 2 to ask; "
        "about 66k tokens to send (prices of 2026-07-01, a test)",
    )


def test_before_the_service_has_counted_the_schema_is_added() -> None:
    estimate = estimate_run(
        [FirstRound(10_000)], WorstCase(65_536, 700), model="new", price=lambda: None, budget_tokens=1000, max_rounds=1
    )

    ratio = Calibration().ratio
    assert estimate.likely.prompt == round(10_700 * ratio) + round((LIKELY_TOKENS + 700) * ratio)


def test_second_readings_are_estimated_at_the_price_of_their_reader() -> None:
    def likely(reader: Price | None) -> Estimate:
        firsts = [FirstRound(1000), FirstRound(1000, answered=True)]
        return estimate_run(
            firsts,
            WORST,
            model="any",
            price=lambda: PRICE,
            reader=("reader", lambda: reader),
            budget_tokens=1000,
            max_rounds=1,
        )

    same, dear = likely(PRICE), likely(Price(10.0, 2.5, 100.0, "2026-07-01", "a test"))

    assert same.likely == dear.likely == Usage(prompt=1000 + LIKELY_TOKENS, output=1000)
    assert same.likely_cost == pytest.approx((1000 + LIKELY_TOKENS + 10 * 1000) / 1e6)
    assert dear.likely_cost == pytest.approx((1000 + 10 * 500 + 10 * LIKELY_TOKENS + 100 * 500) / 1e6)
    assert ", the price of reader is unknown; " in likely(None).lines[0]


def test_an_estimate_of_an_unknown_price_says_so() -> None:
    estimate = estimate_run(
        [FirstRound(1000)], WORST, model="new", price=lambda: None, budget_tokens=1000, max_rounds=1
    )

    assert " tokens, the price of new is unknown; likely, by the first rounds, 2 requests, " in estimate.lines[0]
    estimate.refuse_beyond(max_cost=None, max_tokens=None)


@pytest.mark.parametrize(
    ("first", "says_where"),
    [
        (FirstRound(1000, answered=True), "1 answered by the journal"),
        (FirstRound(1000, carried=True), "1 carried over from another commit if they stand"),
    ],
)
def test_an_estimate_where_nothing_is_to_be_asked_says_so(first: FirstRound, says_where: str) -> None:
    def price() -> Price:
        raise AssertionError("nothing is bought")

    estimate = estimate_run([first], WORST, model="any", price=price, budget_tokens=1000, max_rounds=1)

    assert estimate.lines == (f"1 claim, {says_where}; nothing is asked in the first round",)
    estimate.refuse_beyond(max_cost=0.0, max_tokens=0)


@pytest.mark.parametrize(
    ("caps", "says_what"),
    [
        pytest.param(
            {"max_cost": None, "max_tokens": 4400},
            "the first rounds alone take about 4500 tokens and --max-tokens is 4400; raise it, lower --budget-tokens, "
            "or choose fewer claims with --claim or --tag",
            id="tokens",
        ),
        pytest.param(
            {"max_cost": 0.013, "max_tokens": None},
            "the first rounds alone cost about $0.0135 and --max-cost is 0.013; raise it, lower --budget-tokens, "
            "or choose fewer claims with --claim or --tag",
            id="cost",
        ),
    ],
)
def test_a_run_that_is_likely_to_pass_its_cap_is_refused_before_it_starts(caps: dict[str, int], says_what: str) -> None:
    estimate = estimate_run(
        [FirstRound(1000)], WORST, model="any", price=lambda: PRICE, budget_tokens=1000, max_rounds=1
    )

    with pytest.raises(UsageError) as refused:
        estimate.refuse_beyond(max_cost=caps["max_cost"], max_tokens=caps["max_tokens"])

    assert str(refused.value) == says_what
    estimate.refuse_beyond(max_cost=0.014, max_tokens=4500)


def test_short_requests_keep_their_price_however_many_there_are() -> None:
    exact = WorstCase(65_536, 0, EXACT)

    estimate = estimate_run(
        [FirstRound(4_000)] * 10, exact, model="any", price=lambda: LONG, budget_tokens=4_000, max_rounds=1
    )

    both = (4_000 + LIKELY_TOKENS) * 1.0 + 2 * 500 * 10.0
    assert estimate.likely_cost == pytest.approx(10 * both / 1e6)
    assert not [reply for reply in ask(Service(), purse(10 * 0.66, price=LONG), 10) if isinstance(reply, ModelError)]
