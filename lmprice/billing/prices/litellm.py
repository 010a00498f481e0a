"""LiteLLM's ``model_prices_and_context_window.json``: USD for one token, second, image or page.

The name of a price is built from parts: what is counted, a length above which it holds
(``_above_200k_tokens``), a service tier (``_batches``, ``_flex``, ``_priority``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lmprice.billing.prices.entry import MILLION, Found, Price, Step, decimal

TITLE = "LiteLLM model prices"
_KEY = re.compile(
    r"(?P<base>.+?)(?:_above_(?P<length>\d+)k_tokens)?"
    r"(?:_(?P<tier>batches|flex|priority|ultrafast|balanced|decisions))?"
)
# The meter of each price, and how many units its price is made for in the book.
_METERS: dict[str, tuple[str, int]] = {
    "input_cost_per_token": ("input", MILLION),
    "output_cost_per_token": ("output", MILLION),
    "output_cost_per_reasoning_token": ("reasoning", MILLION),
    "input_cost_per_audio_token": ("input_audio", MILLION),
    "output_cost_per_audio_token": ("output_audio", MILLION),
    "input_cost_per_image_token": ("input_image", MILLION),
    "output_cost_per_image_token": ("output_image", MILLION),
    "input_cost_per_video_token": ("input_video", MILLION),
    "output_cost_per_video_token": ("output_video", MILLION),
    "cache_read_input_token_cost": ("cached", MILLION),
    "cache_read_input_audio_token_cost": ("cached_audio", MILLION),
    "cache_creation_input_token_cost": ("cache_write", MILLION),
    "cache_creation_input_token_cost_above_1hr": ("cache_write_1h", MILLION),
    "cache_creation_input_token_cost_above_12hr": ("cache_write_12h", MILLION),
    "input_cost_per_query": ("requests", 1),
    "input_cost_per_request": ("requests", 1),
    "ocr_cost_per_page": ("pages", 1),
}
# Units that a list prices on both sides; a usage row has one column for them.
_ONE_COLUMN = {"second": "seconds", "image": "images", "character": "characters"}
_TIERS = {"batches": "batch"}
_UPLIFT = re.compile(r"regional_processing_uplift_multiplier_(\w+)")
_SEARCH = "search_context_cost_per_query"
_OWN = "provider_specific_entry"
_TIERED = "tiered_pricing"
_MONEY = ("cost", "price", "pricing", "multiplier", "uplift")


def fits(data: Any) -> bool:
    """Whether a file is this list."""
    if not isinstance(data, Mapping) or not data:
        return False
    entries = [e for e in data.values() if isinstance(e, Mapping)]
    return bool(entries) and any("litellm_provider" in entry for entry in entries)


def models(data: Any) -> list[str]:
    """The models of the list."""
    return [name for name in data if name != "sample_spec"]


def prices(data: Any, wanted: Iterable[str]) -> Found:
    """What the list says of some models."""
    found = Found()
    for model in wanted:
        _add(found, model, data[model])
    return found


def _add(found: Found, model: str, entry: Mapping[str, Any]) -> None:
    steps: list[tuple[str, str | None, Step]] = []
    base: dict[tuple[str, str | None], Price] = {}
    for key, value in entry.items():
        match = _KEY.fullmatch(key)
        if match is None or not (key == _OWN or any(word in key for word in _MONEY)):
            continue
        kind = _meter(match["base"], entry)
        price = decimal(value)
        if isinstance(value, (Mapping, list)) or kind is None:
            if not _of_its_own(found, model, key, value) and value not in (None, 0):
                found.leave(model, key, "a book has no charge for it")
            continue
        if price is None:
            found.leave(model, key, f"{value!r} is no price")
            continue
        meter, per = kind
        tier = match["tier"] and _TIERS.get(match["tier"], match["tier"])
        if match["length"]:
            step = Step(int(match["length"]) * 1000, price * per)
            steps.append((meter, tier, step))
        else:
            when = {"service_tier": tier} if tier else {}
            base[meter, tier] = Price(model, meter, price * per, per, when)
    for meter, tier, step in steps:
        if (meter, tier) in base:
            base[meter, tier].steps.append(step)
        else:
            found.leave(model, f"{meter} above {step.above}", "no price below that length")
    # Reasoning is output: in a tier it costs what output costs there, unless the list says more.
    for (meter, tier), own in list(base.items()):
        if meter == "output" and ("reasoning", None) in base:
            base.setdefault(("reasoning", tier), replace(own, meter="reasoning"))
    tiered = {(own.meter, None) for own in found.prices if own.model == model}
    found.prices += [own for key, own in base.items() if key not in tiered]


def _meter(base: str, entry: Mapping[str, Any]) -> tuple[str, int] | None:
    if base in _METERS:
        return _METERS[base]
    side, _, unit = base.partition("_cost_per_")
    if side not in ("input", "output") or unit not in _ONE_COLUMN:
        return None
    other = "output" if side == "input" else "input"
    # Where both sides have a price, one column of usage cannot say which of them it is.
    return None if decimal(entry.get(f"{other}_cost_per_{unit}")) else (_ONE_COLUMN[unit], 1)


def _of_its_own(found: Found, model: str, key: str, value: Any) -> bool:
    """Add what is no single price; False where it is none of these."""
    uplift = _UPLIFT.fullmatch(key)
    number = decimal(value)
    if uplift is not None and number is not None:
        found.factors.append(
            {"model": model, "factor": float(number), "when": {"region": uplift[1]}}
        )
        return True
    if key == _SEARCH and isinstance(value, Mapping):
        return _add_searches(found, model, value)
    if key == _OWN and isinstance(value, Mapping):
        return _add_factors(found, model, value)
    return key == _TIERED and isinstance(value, list) and _add_tiers(found, model, value)


def _add_factors(found: Found, model: str, value: Mapping[str, Any]) -> bool:
    """Factors of a speed or of a place: ``{"fast": 6, "us": 1.1}``."""
    for name, factor in value.items():
        number = decimal(factor)
        if number is None:
            found.leave(model, f"{_OWN} {name}", f"{factor!r} is no factor")
        else:
            column = "speed" if name == "fast" else "region"
            found.factors.append({"model": model, "factor": float(number), "when": {column: name}})
    return True


def _add_tiers(found: Found, model: str, tiers: list[Any]) -> bool:
    """Prices by the length of the input, which go before plain ones: a range and its prices."""
    made: dict[str, Price] = {}
    for tier in sorted(tiers, key=lambda t: t.get("range", [0])[0]):
        above = int(tier.get("range", [0])[0])
        for key, value in tier.items():
            if key == "range":
                continue
            price = found.price(model, f"{_TIERED} {key}", value)
            if price is None:
                continue
            if key not in _METERS:
                found.leave(model, f"{_TIERED} {key}", "a book has no charge for it")
                continue
            meter, per = _METERS[key]
            if above == 0:
                made[meter] = Price(model, meter, price * per, per)
            elif meter in made:
                made[meter].steps.append(Step(above, price * per))
            else:
                found.leave(model, f"{_TIERED} {key}", "no price below that length")
    found.prices += made.values()
    return bool(made)


def _add_searches(found: Found, model: str, value: Mapping[str, Any]) -> bool:
    sizes = {k.removeprefix("search_context_size_"): decimal(v) for k, v in value.items()}
    known: dict[str, Decimal] = {size: price for size, price in sizes.items() if price is not None}
    if len(set(known.values())) == 1:
        found.prices.append(Price(model, "web_searches", next(iter(known.values()))))
    else:
        found.prices += [
            Price(model, "web_searches", price, when={"search_context_size": size})
            for size, price in known.items()
        ]
    return bool(known)
