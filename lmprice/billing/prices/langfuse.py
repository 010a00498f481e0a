"""Langfuse's default model prices: USD for one token, in tiers with conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price, Step

TITLE = "Langfuse model prices"
_METERS = {
    "input": "input",
    "input_tokens": "input",
    "output": "output",
    "output_tokens": "output",
    "input_cached_tokens": "cached",
    "input_cache_read": "cached",
    "cache_read_input_tokens": "cached",
    "input_cache_creation": "cache_write",
    "input_cache_creation_5m": "cache_write",
    "cache_creation_input_tokens": "cache_write",
    "input_cache_creation_1h": "cache_write_1h",
    "input_audio_tokens": "input_audio",
    "output_audio_tokens": "output_audio",
    "output_reasoning_tokens": "reasoning",
    "output_reasoning": "reasoning",
}
_OF_INPUT = re.compile(r"\(?\^?\(?(input|prompt)", re.IGNORECASE)


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    return isinstance(data, list) and bool(data) and all(
        isinstance(row, Mapping) and "modelName" in row and "pricingTiers" in row for row in data
    )  # fmt: skip


def models(data: Any) -> list[str]:
    """The models of the list."""
    return [str(row["modelName"]) for row in data]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    by_name = {str(row["modelName"]): row for row in data}
    for name in wanted:
        _add(found, name, by_name[name])
    return found


def _add(found: Found, name: str, row: Mapping[str, Any]) -> None:
    made: dict[str, Price] = {}
    tiers = sorted(row["pricingTiers"], key=lambda tier: not tier.get("isDefault"))
    for tier in tiers:
        conditions = tier.get("conditions") or []
        where = _where(conditions)
        if where is None:
            found.leave(name, f"tier {tier.get('name')!r}", "its conditions are no length or tier")
            continue
        length, when = where
        for key, value in tier["prices"].items():
            if key == "total":
                continue
            price = found.price(name, key, value)
            if price is None:
                continue
            if key not in _METERS:
                found.leave(name, key, "it is no meter of the vocabulary")
            elif length is not None and key in made:
                made[key].steps.append(Step(length, price * MILLION))
            elif when:
                found.prices.append(Price(name, _METERS[key], price * MILLION, MILLION, when))
            elif length is not None:
                found.leave(name, f"{key} above {length}", "no price below that length")
            elif _METERS[key] not in {p.meter for p in made.values()}:
                made[key] = Price(name, _METERS[key], price * MILLION, MILLION)
            elif price * MILLION not in {p.price for p in made.values()
                                         if p.meter == _METERS[key]}:  # fmt: skip
                found.leave(name, key, "another key of its meter has another price")
    found.prices += made.values()


def _where(conditions: list[Mapping[str, Any]]) -> tuple[int | None, dict[str, str]] | None:
    """The length above which a tier holds, or the service tier; None where it is neither."""
    if not conditions:
        return None, {}
    (condition, *more) = conditions
    if more:
        return None
    pattern = str(condition.get("usageDetailPattern", ""))
    if _OF_INPUT.match(pattern) and condition.get("operator") == "gt":
        return int(condition["value"]), {}
    if condition.get("key") in ("service_tier", "speed") and len(condition.get("values", ())) == 1:
        return None, {str(condition["key"]): str(condition["values"][0])}
    return None
