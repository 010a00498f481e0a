"""Files of simonw/llm-prices: USD per million tokens, with the dates of each price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price

TITLE = "llm-prices"
_METERS = {"input": "input", "output": "output", "input_cached": "cached"}


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    rows = data.get("models") if isinstance(data, Mapping) else None
    return isinstance(rows, list) and bool(rows) and all("price_history" in row for row in rows)


def models(data: Any) -> list[str]:
    """The models of the list."""
    return [str(row["id"]) for row in data["models"]]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    by_name = {str(row["id"]): row["price_history"] for row in data["models"]}
    for name in wanted:
        for row in by_name[name]:
            for key, meter in _METERS.items():
                price = found.price(name, key, row.get(key))
                if price is not None:
                    found.prices.append(
                        Price(name, meter, price, MILLION, valid_from=_day(row.get("from_date")),
                              valid_until=_day(row.get("to_date")))
                    )  # fmt: skip
            for key in sorted(row.keys() - {*_METERS, "from_date", "to_date"}):
                found.leave(name, key, "a book has no charge for it")
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
