"""A book made from genai-prices against that package's own calculation, over all of its models.

Each model at its own dates, plain and in each variant, with every kind of token that it prices.
What a bill rounds is not compared: nine digits of 10,000 requests.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider, Usage

from lmprice.billing import market_book, rate
from lmprice.billing.market import MarketError

# Counts that lie in each other as both sides read them; no count is of two kinds at once.
TOKENS = {
    "input_tokens": 9_000_000,
    "cached_tokens": 2_000_000,
    "cache_write_tokens": 700_000,
    "output_tokens": 3_000_000,
}
THEIRS = {"cached_tokens": "cache_read_tokens"}
MOMENTS = [datetime(2024, 6, 5, 12, tzinfo=UTC), datetime(2026, 11, 20, 2, 30, tzinfo=UTC)]
OURS = {"processing": "service_tier"}
CONDITIONS = ("service_tier", "speed", "route", "search_type")
PLAIN: dict[str, str] = {}


def moments(model: ModelInfo) -> list[datetime]:
    """Those of all models, and around each day on which a price of this one begins."""
    limits = [p.constraint for p in model.prices] if isinstance(model.prices, list) else []
    limits += [v.constraint for v in model.price_variants or ()]
    days = {getattr(limit, "start_date", None) for limit in limits} - {None}
    starts = [datetime(d.year, d.month, d.day, tzinfo=UTC) for d in days if d is not None]
    return [*MOMENTS, *(s + timedelta(hours=h) for s in starts for h in (-1, 1))]


def compared(provider: Provider, model: ModelInfo) -> list[str]:
    """Where the two differ."""
    try:
        book = market_book([model.id], provider=provider.id)
    except MarketError as error:
        is_known = "have no prices" in str(error) or "Unable to find" in str(error)
        return [] if is_known else [str(error)]
    known = {c.meter for c in book.charges}
    tokens = {k: n for k, n in TOKENS.items() if k.removesuffix("_tokens") in known}
    if not tokens:
        return []
    variants = [PLAIN, *({**v.when} for v in model.price_variants or ())]
    cases = [(at, when) for at in moments(model) for when in variants]
    rows = [
        {"timestamp": at, "customer": f"{number}", "model": model.id, **tokens, "requests": 1,
         **dict.fromkeys(CONDITIONS, ""),
         **{OURS.get(k, k): v for k, v in when.items()}}
        for number, (at, when) in enumerate(cases)
    ]  # fmt: skip
    book = book.model_copy(update={"unpriced": "list", "ignore": tuple(CONDITIONS)})
    lines = rate(pl.DataFrame(rows), book).lines
    ours = dict(lines.group_by("customer").agg(pl.col("unrounded").sum()).iter_rows())
    wrong = []
    for number, (at, when) in enumerate(cases):
        usage = Usage(**{THEIRS.get(k, k): n for k, n in tokens.items()})
        theirs = model.calc_price(
            usage, provider, genai_request_timestamp=at, auto_update_timestamp=None,
            price_context=when,
        ).total_price  # fmt: skip
        if abs(ours.get(str(number), Decimal(0)) - theirs) > Decimal("1e-12") * (theirs + 1):
            wrong.append(f"{provider.id} {model.id} {at} {when}: {ours.get(str(number))} {theirs}")
    return wrong


ALL = [(provider, model) for provider in get_snapshot().providers for model in provider.models]
PARTS = 40


@pytest.mark.engine
@pytest.mark.parametrize("part", range(2))
def test_the_book_gives_what_the_package_gives(part: int) -> None:
    """A fortieth of the models in each run, those with variants first; the rest by hand."""
    with_variants = sorted(ALL, key=lambda pair: not pair[1].price_variants)
    wrong = [line for pair in with_variants[part::PARTS] for line in compared(*pair)]
    assert wrong == []


def main() -> int:
    """All models: ``python -m tests.billing.prices.test_genai``."""
    wrong: list[Any] = [line for pair in ALL for line in compared(*pair)]
    print(*wrong, f"{len(ALL)} models, {len(wrong)} differ", sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
