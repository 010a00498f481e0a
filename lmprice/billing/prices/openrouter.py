"""OpenRouter's ``/models``: USD for one token, request, image or search, as decimal texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price, Step, decimal

TITLE = "OpenRouter models"
_METERS: dict[str, tuple[str, int]] = {
    "prompt": ("input", MILLION),
    "completion": ("output", MILLION),
    "internal_reasoning": ("reasoning", MILLION),
    "input_cache_read": ("cached", MILLION),
    "input_cache_write": ("cache_write", MILLION),
    "input_cache_write_1h": ("cache_write_1h", MILLION),
    "input_audio_cache": ("cached_audio", MILLION),
    "audio": ("input_audio", MILLION),
    "audio_output": ("output_audio", MILLION),
    "image_token": ("input_image", MILLION),
    "request": ("requests", 1),
    "image": ("images", 1),
    "web_search": ("web_searches", 1),
}


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    rows = data.get("data") if isinstance(data, Mapping) else None
    return isinstance(rows, list) and bool(rows) and all(
        isinstance(row, Mapping) and "id" in row and "pricing" in row for row in rows
    )  # fmt: skip


def models(data: Any) -> list[str]:
    """The models of the list."""
    return [str(row["id"]) for row in data["data"]]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    by_name = {str(row["id"]): row["pricing"] for row in data["data"]}
    for name in wanted:
        _add(found, name, by_name[name])
    return found


def _add(found: Found, name: str, pricing: Mapping[str, Any]) -> None:
    made: dict[str, Price] = {}
    for key, value in pricing.items():
        if key in _METERS:
            if (price := found.price(name, key, value)) is None:
                continue
            meter, per = _METERS[key]
            # Zero stands for what is not charged apart: its units are in the prompt's.
            if price or key in ("prompt", "completion"):
                made[key] = Price(name, meter, price * per, per)
        elif key not in ("overrides",) and decimal(value) != 0:
            found.leave(name, key, "a book has no charge for it")
    for override in pricing.get("overrides") or ():
        above = override.get("min_prompt_tokens")
        if above is None:
            found.leave(name, "overrides by time of day", "hours without their peak")
            continue
        for key, (_, per) in _METERS.items():
            price = found.price(name, f"{key} from {above}", override.get(key))
            if price is not None and key not in made:
                if price:
                    found.leave(name, f"{key} from {above}", "no price below that length")
            elif price is not None:
                # From that many tokens on: above one token less.
                made[key].steps.append(Step(int(above) - 1, price * per))
    found.prices += made.values()
