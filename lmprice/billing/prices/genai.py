"""The package genai-prices: every price of a model, with its dates, hours, lengths and variants.

A variant (batch, flex, priority, fast) takes the place of the prices that it names; what it does
not name costs what it costs without.  Of dated prices the latest that has begun holds, whole: what
a later list leaves out has no price of its own from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from lmprice.language.errors import InputError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

# The meter of each unit; one that is not here is a column of the usage of the unit's own name.
_METERS = {
    "input_tokens": "input",
    "output_tokens": "output",
    "cache_read_tokens": "cached",
    "cache_write_tokens": "cache_write",
    "cache_write_1h_tokens": "cache_write_1h",
    "input_audio_tokens": "input_audio",
    "output_audio_tokens": "output_audio",
    "input_image_tokens": "input_image",
    "output_image_tokens": "output_image",
    "input_video_tokens": "input_video",
    "output_video_tokens": "output_video",
    "cache_audio_read_tokens": "cached_audio",
    "output_reasoning_tokens": "reasoning",
    "input_document_pages": "pages",
    "input_characters": "characters",
    "audio_seconds": "seconds",
    "input_audio_seconds": "seconds",
}
# Tokens of a kind without a price of its own cost what the kind above it costs.
CONTAINS = {
    "input": ["cached", "cache_write", "cache_write_1h", "input_audio", "input_image",
              "input_video"],
    "cached": ["cached_audio", "cache_image_read_tokens"],
    "output": ["reasoning", "output_audio", "output_image", "output_video",
               "output_citation_tokens"],
}  # fmt: skip
# The words of this package, and those that usage has.
_WORDS = {("processing", "batch"): ("service_tier", "batch")}
_SPOKEN = "input_audio_hours"
_STANDARD = ["default", "standard"]
Window = dict[str, str]


class UnheldPriceError(InputError):
    """A price list that a book cannot hold."""


def charges(model: ModelInfo, name: str, peak_weekdays: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The charges of a model, under the name that the usage has for it."""
    dated, hourly = _conditions(model)
    yield from _charges(name, dated, hourly, {}, peak_weekdays)
    variants: dict[tuple[tuple[str, str], ...], list[tuple[date | None, ModelPrice]]] = {}
    for variant in model.price_variants or ():
        limit: Any = variant.constraint
        if hasattr(limit, "start_time"):
            raise UnheldPriceError(f"{name}: the price of {dict(variant.when)} depends on the hour")
        start = None if limit is None else limit.start_date
        variants.setdefault(tuple(sorted(variant.when.items())), []).append((start, variant.prices))
    for when, prices in variants.items():
        yield from _charges(name, prices, [], dict(map(_condition, when)), peak_weekdays)


def _condition(pair: tuple[str, str]) -> tuple[str, Any]:
    column, value = _WORDS.get(pair, pair)
    return column, _STANDARD if value == "default" else value


def _charges(
    name: str,
    dated: list[tuple[date | None, ModelPrice]],
    hourly: list[tuple[list[Window], ModelPrice]],
    when: dict[str, Any],
    weekdays: Sequence[int],
) -> Iterator[dict[str, Any]]:
    for key, (meter, per) in _units().items():
        peaks = {value for _, prices in hourly if (value := getattr(prices, key)) is not None}
        if len(peaks) > 1:
            raise UnheldPriceError(f"{name}: the {meter} price differs between peak hours")
        for place, (start, prices) in enumerate(dated):
            value = getattr(prices, key)
            if value is None and meter == "cache_write_1h":
                value = prices.cache_write_mtok  # a kind of it, without a price of its own
            if value is None or (key == _SPOKEN and prices.audio_hours == value):
                continue  # the same hours, priced as a whole
            if key == _SPOKEN and prices.audio_hours is not None:
                raise UnheldPriceError(f"{name}: hours of audio input have a price of their own")
            charge: dict[str, Any] = {"model": name, "meter": meter, "per": per}
            charge |= {"when": when} if when else {}
            charge |= {"valid_from": start} if start is not None else {}
            gone = (day for day, later in dated[place + 1 :] if _is_left_out(later, key, meter))
            end = next(gone, None)
            charge |= {} if end is None else {"valid_until": end}
            yield charge | _priced(name, meter, value, peaks, hourly, weekdays)


def _is_left_out(prices: ModelPrice, key: str, meter: str) -> bool:
    if meter == "cache_write_1h" and prices.cache_write_mtok is not None:
        return False
    return getattr(prices, key) is None


def _priced(
    name: str,
    meter: str,
    value: Any,
    peaks: set[Any],
    hourly: list[tuple[list[Window], ModelPrice]],
    weekdays: Sequence[int],
) -> dict[str, Any]:
    steps = getattr(value, "tiers", None)
    if steps is not None and peaks:
        raise UnheldPriceError(f"{name}: the {meter} price has both contexts and peak hours")
    if steps is not None:
        return {
            "charge_model": "context",
            "unit_price": float(value.base),
            "steps": [{"above": s.start, "unit_price": float(s.price)} for s in steps],
        }
    if peaks:
        (peak,) = peaks
        return {
            "charge_model": "off_peak",
            "unit_price": float(peak),
            "off_peak_price": float(value),
            "peak_hours": [window for windows, _ in hourly for window in windows],
            "peak_weekdays": tuple(weekdays),
        }
    return {"charge_model": "standard", "unit_price": float(value)}


def _units() -> dict[str, tuple[str, int]]:
    """The name of each price in the package, with its meter and for how many units it is."""
    from genai_prices.data_units import unit_data

    return {
        unit["price_key"]: (_METERS.get(usage, usage), unit["per"])
        for usage, unit in unit_data.items()
    }


def _conditions(
    model: ModelInfo,
) -> tuple[list[tuple[date | None, ModelPrice]], list[tuple[list[Window], ModelPrice]]]:
    """The prices by their first day, and those of certain hours of all days."""
    if not isinstance(model.prices, list):
        return [(None, model.prices)], []
    dated: dict[date | None, ModelPrice] = {}
    hourly = []
    for condition in model.prices:
        limit: Any = condition.constraint
        if hasattr(limit, "start_time"):
            hourly.append((windows(limit.start_time, limit.end_time), condition.prices))
        else:
            # Of two of one day, the package takes the later one.
            dated[None if limit is None else limit.start_date] = condition.prices
    return sorted(dated.items(), key=lambda item: item[0] or date.min), hourly


def windows(start: time, end: time) -> list[Window]:
    """Hours of a day in UTC; over midnight they are two."""
    first, last = (_utc(moment).strftime("%H:%M") for moment in (start, end))
    if first < last:
        return [{"start": first, "end": last}]
    until_midnight = [{"start": first, "end": "24:00"}]
    return until_midnight if last == "00:00" else [*until_midnight, {"start": "00:00", "end": last}]


def _utc(moment: time) -> datetime:
    day = datetime.combine(date(2000, 1, 1), moment)
    return day if moment.tzinfo is None else day.astimezone(UTC)
