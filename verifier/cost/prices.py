"""Prices: what tokens cost, by model and day, and where that is known from.

genai-prices knows them; a file of one's own goes before it. An unknown model has no price, never a price of zero.
"""

from __future__ import annotations

import functools
import importlib.metadata
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.errors import UsageError
from verifier.system import kept_files
from verifier.system.kept_answers import KeptAnswers
from verifier.values.prompt import Asks, Source, Usage

if TYPE_CHECKING:
    from genai_prices.types import TieredPrices

    from verifier.values.outcome import Exchange

BATCH = 0.5
"""What a batch multiplies every price by. Source: Gemini API docs, "Batch API"."""

_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens of one model."""

    input: float
    cached: float
    output: float
    as_of: str
    source: str
    batch: float = BATCH
    """What a batch multiplies it by."""
    longer: tuple[int, Price] | None = None
    """Requests with more than so many tokens of prompt have another price, all of them."""

    def __str__(self) -> str:
        return f"prices of {self.as_of}, {self.source}"

    @property
    def in_batches(self) -> Price:
        """The price of a batch."""
        fresh, cached, written = (rate * self.batch for rate in (self.input, self.cached, self.output))
        longer = (self.longer[0], self.longer[1].in_batches) if self.longer else None
        return Price(fresh, cached, written, self.as_of, self.source, 1.0, longer)

    def of(self, usage: Usage) -> float:
        """What one request costs, in US dollars. The cached part of a prompt has its own rate; thoughts are output."""
        if self.longer is not None and usage.prompt > self.longer[0]:
            return self.longer[1].of(usage)
        fresh = usage.prompt - usage.cached
        written = usage.output + usage.thoughts
        return (fresh * self.input + usage.cached * self.cached + written * self.output) / _MILLION


@dataclass(frozen=True)
class Bill:
    """What some requests cost."""

    cost: float | None = None
    """US dollars. None where the price of one of them is not known, or what it took."""
    priced_by: tuple[str, ...] = ()
    """Whose prices, of which days."""


@dataclass(frozen=True)
class Prices:
    """Prices by model and day."""

    own: Mapping[str, Price] = field(default_factory=dict)
    """Of a file of one's own; they hold on every day."""
    in_batches: bool = False
    """Whether what is asked is asked in batches."""

    def of(self, model: str, day: date) -> Price | None:
        """The model's price. None where it is not known."""
        name = model.rpartition("models/")[2]  # models/..., publishers/google/models/...
        price = self.own.get(name) or _known(name, day)
        return price.in_batches if price is not None and self.in_batches else price

    def bill(self, models: Mapping[Asks, str], exchanges: Iterable[Exchange], today: date) -> Bill:
        """What the requests cost: nothing where the journal answered, and recorded ones what they cost on their day.

        `models` names who was asked for what.
        """
        cost, by = 0.0, set()
        for one in exchanges:
            if one.source is Source.JOURNAL:
                continue
            day = today if one.recorded_at is None else _day(one.recorded_at)
            price = self.of(models[one.asks], day) if day is not None and one.usage is not None else None
            if price is None or one.usage is None:
                return Bill()
            cost += price.of(one.usage)
            by.add(str(price))
        return Bill(cost, tuple(sorted(by)))


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso[: len("2026-11-29")])
    except ValueError:
        return None


@functools.cache
def _known(model: str, day: date) -> Price | None:
    """What genai-prices says, or said on that day before."""
    version = importlib.metadata.version("genai-prices")
    # A program that has loaded it may have given it newer prices; loading all that it knows takes 0.1 s.
    kept = None if "genai_prices" in sys.modules else _kept(kept_files.place("costs", "prices"))
    edition = f"{version} {day}"
    listed = _listed(model, day) if kept is None else kept.of(model, edition, lambda: _listed(model, day))
    if not listed:
        return None
    priced_as, tiers = listed
    named = "" if priced_as == model else f" for {priced_as}"
    longer: tuple[int, Price] | None = None
    for start, fresh, cached, written in tiers:
        source = f"genai-prices {version}{named}"
        longer = start, Price(fresh, cached, written, day.isoformat(), source, longer=longer)
    return longer[1] if longer else None


_kept = functools.cache(KeptAnswers)
"""By their place, so that one database is opened for all models and days."""


def _listed(model: str, day: date) -> list[Any]:
    """What genai-prices lists: whose price it is, as one model may be priced as another, and its tiers.

    Of each the tokens of prompt beyond which it holds, and dollars a million of input, cached and output; the longest
    comes first. Nothing where nothing is listed.
    """
    import genai_prices
    from genai_prices.types import TieredPrices

    moment = datetime.combine(day, time(12), UTC)
    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(), model, provider_id="google", genai_request_timestamp=moment
        )
    except LookupError:
        return []
    listed = found.model_price
    if listed.input_mtok is None or listed.output_mtok is None:
        return []
    rates = (listed.input_mtok, listed.cache_read_mtok or listed.input_mtok, listed.output_mtok)
    starts = {tier.start for rate in rates if isinstance(rate, TieredPrices) for tier in rate.tiers}
    fresh, cached, written = rates
    tiers = [
        [start, _beyond(fresh, start), _beyond(cached, start), _beyond(written, start)]
        for start in sorted({-1, *starts}, reverse=True)
    ]
    return [found.model.id, tiers]


def _beyond(rate: Decimal | TieredPrices, start: int) -> float:
    """The rate of requests with more than so many tokens of prompt, as far as the next tier."""
    if isinstance(rate, Decimal):
        return float(rate)
    return float(next((tier.price for tier in reversed(rate.tiers) if tier.start <= start), rate.base))


def read_prices(own: Path | None = None) -> Prices:
    """The prices that are known, with those of a file of one's own before them.

    Raises:
        UsageError: The file is missing or not of the right shape.
    """
    return Prices(_read(own) if own is not None else {})


def _read(path: Path) -> dict[str, Price]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a price file that is there") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}; mend it there") from error
    models = document.get("models")
    if not isinstance(models, dict):
        raise UsageError(f"{path}: no models; {_SHAPE}")
    return {name: _price(given, f"{path}: {name}") for name, given in models.items()}


_SHAPE = 'give [models."name"] with input, cached, output, as_of and source'


def _price(given: object, where: str) -> Price:
    if not isinstance(given, dict):
        raise UsageError(f"{where} is no table; {_SHAPE}")
    known = [one.name for one in fields(Price) if one.name != "longer"]
    for key in given:
        if key not in known:
            raise UsageError(f'{where} has an unknown key "{key}"; there are {", ".join(known)}')
    for key in ("input", "cached", "output", "as_of", "source"):
        if key not in given:
            raise UsageError(f"{where} has no {key}; {_SHAPE}")
    values: dict[str, Any] = {
        key: str(value) if key in _TEXTS else _rate(value, f"{where}: {key}") for key, value in given.items()
    }
    return Price(**values)


_TEXTS = ("as_of", "source")


def _rate(given: object, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given < float("inf"):
        raise UsageError(f"{where} is {given!r}; write a number that is not below zero")
    return float(given)
