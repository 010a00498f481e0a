"""Market prices: what genai-prices has, as a price book."""

from __future__ import annotations

import math
import sys
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ConditionalPrice, ModelPrice, TieredPrices, TimeOfDateConstraint
from genai_prices.types import Tier as PriceTier

from lmprice.billing.market import MarketError, market_book, model_price
from lmprice.billing.prices.genai import windows
from lmprice.billing.rating import rate
from lmprice.language.errors import PricingError
from tests.billing.books import usage


def test_model_price() -> None:
    # OpenAI's price list of 2024 on
    assert model_price("gpt-4o", "input", date(2025, 1, 1)) == 2.5
    assert model_price("gpt-4o", "output", datetime(2025, 1, 1)) == 10
    assert model_price("gpt-4o", "cached", datetime(2025, 1, 1, tzinfo=UTC)) == 1.25
    assert model_price("gpt-4o", "input", provider="azure") > 0
    assert math.isnan(model_price("text-embedding-3-small", "output", provider="openai"))
    with pytest.raises(MarketError, match="no-such-model"):
        model_price("no-such-model", "input")
    with pytest.raises(PricingError, match=r"^model_price: kind 'words' is none of input, cached,"):
        model_price("gpt-4o", "words")  # type: ignore[arg-type]


@pytest.mark.engine
def test_dates_contexts_and_hours_of_all_models() -> None:
    """Every list becomes a book or is refused by name; few are refused."""
    kinds: Counter[str] = Counter()
    for provider in get_snapshot().providers:
        for model in provider.models:
            try:
                charges = market_book([model.id], provider=provider.id).charges
            except MarketError as error:
                kinds[str(error).partition(":")[2] or "no prices"] += 1
            else:
                kinds.update(charge.charge_model for charge in charges)
    assert min(kinds[kind] for kind in ("standard", "context", "off_peak")) > 0
    assert sum(kinds[kind] for kind in kinds if kind.startswith(" the ")) == 0


@pytest.mark.parametrize("tokens", [200_000, 200_001])
@pytest.mark.parametrize("at", ["2025-06-02T12:00Z", "2026-11-18T02:00Z", "2026-11-18T12:00Z"])
@pytest.mark.parametrize("model", ["gemini-2.5-pro", "deepseek-v4-flash", "gpt-4o"])
def test_the_book_gives_the_costs_of_the_package(model: str, at: str, tokens: int) -> None:
    row = {"model": model, "timestamp": at, "input_tokens": tokens, "output_tokens": 1000}
    rated = rate(
        usage({**row, "cached_tokens": 5000}), market_book([model]).model_copy(update={"digits": 9})
    )
    counts = Usage(input_tokens=tokens, cache_read_tokens=5000, output_tokens=1000)
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    theirs = calc_price(counts, model, genai_request_timestamp=moment).total_price
    assert rated.bill["billed_cost"].item() == theirs


def test_weekends_are_off_peak_where_the_caller_says_so() -> None:
    saturday = {"timestamp": "2026-11-21T02:00Z", "model": "deepseek-v4-flash"}
    row = usage({**saturday, "input_tokens": 100_000_000})
    hours_only = rate(row, market_book(["deepseek-v4-flash"]))
    weekdays = rate(row, market_book(["deepseek-v4-flash"], peak_weekdays=(1, 2, 3, 4, 5)))
    assert hours_only.bill["billed_cost"].item() == 2 * weekdays.bill["billed_cost"].item()


def test_hours_over_midnight() -> None:
    assert windows(time(22), time(2)) == [
        {"start": "22:00", "end": "24:00"},
        {"start": "00:00", "end": "02:00"},
    ]
    assert windows(time(22), time(0)) == [{"start": "22:00", "end": "24:00"}]


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'lmprice\[market\]'$"):
        model_price("gpt-4o", "input")


def test_lists_that_a_book_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def prices(value: float) -> ModelPrice:
        return ModelPrice(input_mtok=Decimal(value))

    model = get_snapshot().find_provider_model("gpt-4o", None, None, None)[1]
    hours = [TimeOfDateConstraint(time(h), time(h + 1)) for h in (1, 5)]
    conditions = [
        ConditionalPrice(prices=prices(1)),
        ConditionalPrice(hours[0], prices=prices(2)),
        ConditionalPrice(hours[1], prices=prices(3)),
    ]
    monkeypatch.setattr(model, "prices", conditions)
    with pytest.raises(MarketError, match=r"^gpt-4o: the input price differs between peak hours$"):
        market_book(["gpt-4o"])
    tiers = TieredPrices(base=Decimal(1), tiers=[PriceTier(start=10, price=Decimal(2))])
    conditions = [ConditionalPrice(prices=ModelPrice(input_mtok=tiers)), conditions[1]]
    monkeypatch.setattr(model, "prices", conditions)
    with pytest.raises(MarketError, match=r"^gpt-4o: the input price has both contexts and peak"):
        market_book(["gpt-4o"])
    with pytest.raises(MarketError, match="the models have no prices"):
        market_book([])
