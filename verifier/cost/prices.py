"""Prices: what tokens cost, as data with date and source. An unknown model has no price, never a price of zero."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from verifier.errors import UsageError
from verifier.values.prompt import Usage

_SHIPPED = Path(__file__).parent / "data" / "prices.toml"
_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens of one model."""

    input: float
    cached: float
    output: float
    as_of: str
    source: str
    batch: float | None = None
    """By which fresh input and output are multiplied in a batch. None where it is not known."""

    @property
    def in_batches(self) -> Price | None:
        """The price of a batch; its cached tokens cost what they always do. None where it is not known."""
        if self.batch is None:
            return None
        return replace(self, input=self.input * self.batch, output=self.output * self.batch, batch=None)

    def of(self, usage: Usage) -> float:
        """What the tokens cost, in US dollars. The cached part of the prompt has its own rate; thoughts are output."""
        fresh = usage.prompt - usage.cached
        written = usage.output + usage.thoughts
        return (fresh * self.input + usage.cached * self.cached + written * self.output) / _MILLION


def read_prices(own: Path | None = None) -> Mapping[str, Price]:
    """Prices by model: those that travel with verifier, with those of a file of one's own laid over them.

    Raises:
        UsageError: The file is missing or not of the same shape.
    """
    prices = dict(_read(_SHIPPED))
    if own is not None:
        prices |= _read(own)
    return prices


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
    known = [field.name for field in fields(Price)]
    for key in given:
        if key not in known:
            raise UsageError(f'{where} has an unknown key "{key}"; there are {", ".join(known)}')
    for key in ("input", "cached", "output", "as_of", "source"):
        if key not in given:
            raise UsageError(f"{where} has no {key}; {_SHAPE}")
    rates = {key: _rate(given[key], f"{where}: {key}") for key in known if key in given and key not in _TEXTS}
    return Price(**rates, as_of=str(given["as_of"]), source=str(given["source"]))


_TEXTS = ("as_of", "source")


def _rate(given: object, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given < float("inf"):
        raise UsageError(f"{where} is {given!r}; write a number that is not below zero")
    return float(given)


def batch_prices(prices: Mapping[str, Price]) -> Mapping[str, Price]:
    """What the models cost in a batch; those of which that is not known are left out."""
    return {model: halved for model, price in prices.items() if (halved := price.in_batches) is not None}


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The model's price. None where it is not known."""
    return prices.get(model.removeprefix("models/"))


def estimate(prompt_tokens: int, output_tokens: int, price: Price | None) -> float | None:
    """What one request will cost, in US dollars. None where the price is not known."""
    return None if price is None else price.of(Usage(prompt=prompt_tokens, output=output_tokens))
