"""Prices: what tokens cost, as data with date and source. An unknown model has no price, never a price of zero."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
    storage: float | None = None
    """For a million tokens that a context cache holds for an hour. None where it is not known."""
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
        models: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return {
            name: Price(
                float(given["input"]),
                float(given["cached"]),
                float(given["output"]),
                str(given["as_of"]),
                str(given["source"]),
                _optional(given, "storage"),
                _optional(given, "batch"),
            )
            for name, given in models.items()
        }
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a price file that is there") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f'{path}: not a price file ({error}); give [models."name"] with input, cached, output, as_of, source'
        ) from error


def _optional(given: Mapping[str, Any], key: str) -> float | None:
    return float(given[key]) if key in given else None


def batch_prices(prices: Mapping[str, Price]) -> Mapping[str, Price]:
    """What the models cost in a batch; those of which that is not known are left out."""
    return {model: halved for model, price in prices.items() if (halved := price.in_batches) is not None}


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The model's price. None where it is not known."""
    return prices.get(model.removeprefix("models/"))


def estimate(prompt_tokens: int, output_tokens: int, price: Price | None) -> float | None:
    """What one request will cost, in US dollars. None where the price is not known."""
    return None if price is None else price.of(Usage(prompt=prompt_tokens, output=output_tokens))
