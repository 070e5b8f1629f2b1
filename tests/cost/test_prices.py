"""What tokens cost: by model and day, with the day and the source; batches at half; what is not known is never zero."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.cost.listed import LAST_DAY, NEW_YEAR, listed_prices
from verifier.cost.prices import Bill, Price, Prices, read_prices
from verifier.values.outcome import Exchange
from verifier.values.prompt import Asks, ModelSettings, Source, Usage

OWN = Price(1.0, 0.1, 10.0, "2026-11-01", "our contract")
MILLION = Usage(prompt=1_000_000, cached=500_000, output=300_000, thoughts=200_000)
GENAI_PRICES = f"genai-prices {version('genai-prices')}"


@pytest.fixture
def listed() -> Iterator[None]:
    with listed_prices():
        yield


def test_the_default_model_has_a_price() -> None:
    price = Prices().of(ModelSettings().model, date(2026, 11, 29))

    assert price is not None
    assert min(price.input, price.cached, price.output) > 0
    assert str(price) == f"prices of 2026-11-29, {GENAI_PRICES}"


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("model", "day", "expected"),
    [
        pytest.param("doubles", LAST_DAY, (0.75, 0.075, 3.75), id="the last day of a year"),
        pytest.param("doubles", NEW_YEAR, (1.5, 0.15, 7.5), id="the first of the next, which is dearer"),
        pytest.param("models/doubles", LAST_DAY, (0.75, 0.075, 3.75), id="by its full name"),
        pytest.param("publishers/google/models/doubles", LAST_DAY, (0.75, 0.075, 3.75), id="by its name in Vertex AI"),
        pytest.param("uncached", LAST_DAY, (1, 1, 2), id="no price of its own for what is cached"),
    ],
)
def test_a_model_costs_what_it_costs_on_the_day(model: str, day: date, expected: tuple[float, ...]) -> None:
    price = Prices().of(model, day)

    assert price is not None
    assert (price.input, price.cached, price.output, price.as_of) == (*expected, day.isoformat())
    assert price.source == GENAI_PRICES


@pytest.mark.usefixtures("listed")
def test_a_price_that_is_known_under_another_name_says_so() -> None:
    assert str(Prices().of("doubles-002", NEW_YEAR)) == f"prices of 2027-01-01, {GENAI_PRICES} for doubles"


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("model", ["nobody-knows", "gratis", "tunedModels/doubles-1", ""])
def test_a_model_that_is_not_known_has_no_price_and_costs_an_unknown_sum(model: str) -> None:
    assert Prices().of(model, LAST_DAY) is None
    assert Prices().bill(both(model), [exchange()], LAST_DAY) == Bill(None)


@pytest.mark.usefixtures("listed")
def test_a_long_prompt_has_the_price_of_long_ones_for_all_of_the_request() -> None:
    price = Prices().of("tiered", LAST_DAY)

    assert price is not None
    assert price.of(Usage(200_000, 0, 100_000)) == pytest.approx(0.4 + 1.2)
    assert price.of(Usage(200_001, 1, 100_000)) == pytest.approx(0.8 + 0.4e-6 + 1.8)
    assert price.in_batches.of(Usage(200_001, 1, 100_000)) == pytest.approx((0.8 + 0.4e-6 + 1.8) / 2)


def both(model: str) -> dict[Asks, str]:
    return dict.fromkeys(Asks, model)


def exchange(usage: Usage | None = MILLION, source: Source = Source.LIVE, recorded_at: str | None = None) -> Exchange:
    return Exchange(
        round=1,
        digests={},
        tokens_estimated=0,
        reply="{}",
        model="gemini",
        source=source,
        recorded_at=recorded_at,
        usage=usage,
    )


NEWER = f"prices of 2027-01-01, {GENAI_PRICES}"
OLDER = f"prices of 2026-12-31, {GENAI_PRICES}"
RECORDED, AUTHORED, JOURNAL = Source.RECORDED, Source.AUTHORED, Source.JOURNAL

BILLS: list[Any] = [
    pytest.param([], Bill(0.0), id="nothing was answered"),
    pytest.param([exchange()], Bill(4.575, (NEWER,)), id="asked today"),
    pytest.param(
        [exchange(source=RECORDED, recorded_at="2026-12-31T23:59:59+00:00")], Bill(2.2875, (OLDER,)), id="a replay"
    ),
    pytest.param([exchange(source=RECORDED, recorded_at="2026-12-31")], Bill(2.2875, (OLDER,)), id="a date alone"),
    pytest.param([exchange(source=RECORDED, recorded_at="last year")], Bill(None), id="recorded nobody knows when"),
    pytest.param(
        [exchange(source=RECORDED, recorded_at="2026-12-31"), exchange()], Bill(6.8625, (OLDER, NEWER)), id="two days"
    ),
    pytest.param([exchange(None, JOURNAL)], Bill(0.0), id="the journal answers for nothing"),
    pytest.param([exchange(None, JOURNAL), exchange()], Bill(4.575, (NEWER,)), id="one of two from the journal"),
    pytest.param([exchange(None)], Bill(None), id="the service did not say what it took"),
    pytest.param([exchange(), exchange(None)], Bill(None), id="it did not say it once"),
    pytest.param([exchange(None, AUTHORED, "2026-12-31")], Bill(None), id="an authored reply"),
]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(("exchanges", "expected"), BILLS)
def test_requests_are_billed_by_their_day(exchanges: list[Exchange], expected: Bill) -> None:
    bill = Prices().bill(both("doubles"), exchanges, NEW_YEAR)

    assert bill.cost == pytest.approx(expected.cost)
    assert bill.priced_by == expected.priced_by


@pytest.mark.usefixtures("listed")
def test_a_second_reading_is_billed_by_the_price_of_its_reader() -> None:
    exchanges = [exchange(), replace(exchange(), digests={"system": "d-1", "evidence": "d-2"})]

    def cost(model: str, reader: str) -> float | None:
        return Prices().bill({Asks.VERDICT: model, Asks.READING: reader}, exchanges, LAST_DAY).cost

    assert cost("doubles", "doubles") == pytest.approx(2 * 2.2875)
    assert cost("uncached", "doubles") == pytest.approx(2.2875 + (cost("uncached", "uncached") or 0) / 2)
    assert cost("doubles", "nobody-knows") is None
    assert cost("nobody-knows", "doubles") is None


@pytest.mark.usefixtures("listed")
def test_in_batches_all_costs_half() -> None:
    whole, half = (Prices(in_batches=batched).of("doubles", LAST_DAY) for batched in (False, True))

    assert whole is not None
    assert half is not None
    assert half.of(MILLION) == pytest.approx(whole.of(MILLION) / 2)
    assert (half.as_of, half.source) == (whole.as_of, whole.source)


@pytest.mark.usefixtures("listed")
def test_prices_of_ones_own_go_before_and_hold_on_every_day(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        '[models.doubles]\ninput = 1\ncached = 0.1\noutput = 10\nas_of = 2026-11-01\nsource = "our contract"\n'
    )

    own = read_prices(tmp_path / "prices.toml")

    assert (own.of("doubles", LAST_DAY), own.of("models/doubles", NEW_YEAR)) == (OWN, OWN)
    assert own.of("tiered", LAST_DAY) == Prices().of("tiered", LAST_DAY)


def test_a_price_is_looked_for_only_where_one_is_asked_for() -> None:
    program = "import sys, verifier.runs; print('genai_prices' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_price_is_kept_for_its_day_and_looked_up_anew_where_what_was_kept_cannot_be_read(tmp_path: Path) -> None:
    def asked(model: str, day: int) -> tuple[str, bool]:
        program = f"""
import sys
from datetime import date
from verifier.cost.prices import Prices
print(Prices().of({model!r}, date(2026, 11, {day})))
print("genai_prices" in sys.modules)
"""
        env = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)
        price, loaded = done.stdout.splitlines()
        return price, loaded == "True"

    known = f"prices of 2026-11-{{}}, {GENAI_PRICES}"
    assert [asked("gemini-2.5-pro", day) for day in (28, 28)] == [(known.format(28), True), (known.format(28), False)]
    assert [asked("no-model", 28), asked("no-model", 28)] == [("None", True), ("None", False)]
    assert asked("gemini-2.5-pro", 28) == (known.format(28), False)
    assert asked("gemini-2.5-pro", 29) == (known.format(29), True)
    (tmp_path / "verifier" / "costs" / "prices.sqlite").write_bytes(b"SQLite format 3\0 cut sho")
    assert [asked("gemini-2.5-pro", 29), asked("gemini-2.5-pro", 29)] == [
        (known.format(29), True),
        (known.format(29), False),
    ]
