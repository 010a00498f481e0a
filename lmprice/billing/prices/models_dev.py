"""models.dev's ``api.json``: USD per million tokens, by provider and model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price, Step

TITLE = "models.dev"
_METERS = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cached",
    "cache_write": "cache_write",
    "input_audio": "input_audio",
    "output_audio": "output_audio",
}
_LONG = "context_over_200k"


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    return (
        isinstance(data, Mapping)
        and bool(data)
        and all(isinstance(p, Mapping) and isinstance(p.get("models"), Mapping)
                for p in data.values())
    )  # fmt: skip


def models(data: Any) -> list[str]:
    """The models of the list, as ``provider/model``."""
    return [f"{provider}/{model}" for provider, p in data.items() for model in p["models"]]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    for name in wanted:
        provider, _, model = name.partition("/")
        _add(found, name, data[provider]["models"][model].get("cost") or {})
    return found


def _add(found: Found, name: str, cost: Mapping[str, Any]) -> None:
    made: dict[str, Price] = {}
    for key, value in cost.items():
        if key in _METERS:
            if (price := found.price(name, key, value)) is not None:
                made[key] = Price(name, _METERS[key], price, MILLION)
        elif key not in ("tiers", _LONG):
            found.leave(name, key, "a book has no charge for it")
    tiers = [(t.get("tier") or {}, t) for t in cost.get("tiers") or ()]
    if not tiers and isinstance(cost.get(_LONG), Mapping):
        tiers = [({"type": "context", "size": 200_000}, cost[_LONG])]
    for tier, costs in tiers:
        if tier.get("type") != "context":
            found.leave(name, f"tier {tier.get('type')}", "only lengths of the input are known")
            continue
        for key in _METERS:
            price = found.price(name, f"{key} above {tier['size']}", costs.get(key))
            if price is not None and key in made:
                made[key].steps.append(Step(int(tier["size"]), price))
            elif price is not None:
                found.leave(name, f"{key} above {tier['size']}", "no price below that length")
    found.prices += made.values()
