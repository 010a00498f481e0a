"""Portkey's pricing files: cents for one token, a map of models in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price

TITLE = "Portkey model prices"
_METERS = {
    "request_token": "input",
    "response_token": "output",
    "cache_read_input_token": "cached",
    "cache_write_input_token": "cache_write",
    "request_audio_token": "input_audio",
    "response_audio_token": "output_audio",
}
_UNITS = {"web_search": "web_searches", "thinking_token": "reasoning"}


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    return isinstance(data, Mapping) and any(
        isinstance(row, Mapping) and "pricing_config" in row for row in data.values()
    )


def models(data: Any) -> list[str]:
    """The models of the list."""
    return [
        name
        for name, row in data.items()
        if name != "default" and isinstance(row, Mapping) and row.get("pricing_config")
    ]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    for name in wanted:
        config = data[name]["pricing_config"]
        currency = config.get("currency", "USD")
        if currency != "USD":
            found.leave(name, "currency", f"{currency} is not USD")
            continue
        _add(found, name, config.get("pay_as_you_go") or {}, {})
        _add(found, name, config.get("batch_config") or {}, {"service_tier": "batch"})
        for key in sorted(config.keys() - {"currency", "pay_as_you_go", "batch_config"}):
            found.leave(name, key, "a book has no charge for it")
    return found


def _add(found: Found, name: str, prices_: Mapping[str, Any], when: Mapping[str, str]) -> None:
    for key, value in prices_.items():
        if key == "additional_units":
            for unit, inner in value.items():
                _one(found, name, unit, _UNITS.get(unit), inner, when)
        else:
            _one(found, name, key, _METERS.get(key), value, when)


def _one(
    found: Found, name: str, key: str, meter: str | None, value: Any, when: Mapping[str, str]
) -> None:
    price = found.price(name, key, value.get("price") if isinstance(value, Mapping) else value)
    if price is None or (meter is None and not price):
        return
    if meter is None:
        found.leave(name, key, "it is no meter of the vocabulary")
        return
    per = 1 if meter == "web_searches" else MILLION
    if price or meter in ("input", "output"):
        found.prices.append(Price(name, meter, price * per / 100, per, when))
