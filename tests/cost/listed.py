"""A list of prices of our own making in place of the one that genai-prices brings, which changes with the days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from genai_prices.data_snapshot import DataSnapshot, set_custom_snapshot
from genai_prices.types import (
    ClauseStartsWith,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    Tier,
    TieredPrices,
)

import verifier.cost.prices as prices

LAST_DAY, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


def tiered(base: str, above: str) -> TieredPrices:
    return TieredPrices(base=Decimal(base), tiers=[Tier(start=200_000, price=Decimal(above))])


MODELS = [
    ModelInfo(
        id="doubles",
        match=ClauseStartsWith(starts_with="doubles"),
        prices=[
            ConditionalPrice(
                prices=ModelPrice(
                    input_mtok=Decimal("0.75"), cache_read_mtok=Decimal("0.075"), output_mtok=Decimal("3.75")
                )
            ),
            ConditionalPrice(
                constraint=StartDateConstraint(start_date=NEW_YEAR),
                prices=ModelPrice(
                    input_mtok=Decimal("1.5"), cache_read_mtok=Decimal("0.15"), output_mtok=Decimal("7.5")
                ),
            ),
        ],
    ),
    ModelInfo(
        id="tiered",
        match=ClauseStartsWith(starts_with="tiered"),
        prices=ModelPrice(
            input_mtok=tiered("2", "4"), cache_read_mtok=tiered("0.2", "0.4"), output_mtok=tiered("12", "18")
        ),
    ),
    ModelInfo(
        id="uncached",
        match=ClauseStartsWith(starts_with="uncached"),
        prices=ModelPrice(input_mtok=Decimal(1), output_mtok=Decimal(2)),
    ),
    ModelInfo(id="gratis", match=ClauseStartsWith(starts_with="gratis"), prices=ModelPrice()),
]


@contextmanager
def listed_prices() -> Iterator[None]:
    """Let genai-prices know these models of Google's, and no others."""
    set_custom_snapshot(DataSnapshot([Provider("google", "Google", "x", models=MODELS)], from_auto_update=False))
    prices._known.cache_clear()
    try:
        yield
    finally:
        set_custom_snapshot(None)
        prices._known.cache_clear()
