"""Meters: what a usage row may carry, in which unit, and what contains what.

Units are those of the vocabulary of formulas.  A meter that is not in this one is a column of the
usage table of the same name.

>>> METERS["cached"].column, METERS["cached"].within
('cached_tokens', 'input')
>>> column_of("citation_tokens")
'citation_tokens'
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from lmprice.language.quantities import (
    HOURS,
    SEATS,
    SECONDS,
    TOKENS,
    UNITS,
    Gigabytes,
    GpuHours,
    Quantity,
)
from lmprice.language.terms import Text, term

Side = Literal["input", "output"]

COUNT = Text("times", "次")


@dataclass(frozen=True)
class Meter:
    """A meter: its column in a usage table, its unit, and the meter that may contain it."""

    column: str
    title: Text
    unit: Text
    within: str | None = None  # of a vendor who counts it there, as most do
    side: Side | None = None  # whose length it adds to

    @property
    def is_whole(self) -> bool:
        """Whether there are no parts of a unit."""
        return self.unit in (TOKENS, COUNT)


def _tokens(name: str, title: Text, within: str | None, side: Side) -> Meter:
    return Meter(f"{name}_tokens", title, TOKENS, within, side)


METERS: dict[str, Meter] = {
    "input": _tokens("input", Text("Input", "输入"), None, "input"),
    "cached": _tokens("cached", Text("Cached read", "缓存读取"), "input", "input"),
    "cache_write": _tokens(
        "cache_write", Text("Cache write, 5 minutes", "缓存写入（5 分钟）"), "input", "input"
    ),
    "cache_write_30m": _tokens(
        "cache_write_30m", Text("Cache write, 30 minutes", "缓存写入（30 分钟）"), "input", "input"
    ),
    "cache_write_1h": _tokens(
        "cache_write_1h", Text("Cache write, 1 hour", "缓存写入（1 小时）"), "input", "input"
    ),
    "cache_write_12h": _tokens(
        "cache_write_12h", Text("Cache write, 12 hours", "缓存写入（12 小时）"), "input", "input"
    ),
    "input_audio": _tokens("input_audio", Text("Audio input", "音频输入"), "input", "input"),
    "input_image": _tokens("input_image", Text("Image input", "图像输入"), "input", "input"),
    "input_video": _tokens("input_video", Text("Video input", "视频输入"), "input", "input"),
    "cached_audio": _tokens(
        "cached_audio", Text("Cached audio read", "缓存音频读取"), "cached", "input"
    ),
    "output": _tokens("output", Text("Output", "输出"), None, "output"),
    "reasoning": _tokens("reasoning", Text("Reasoning", "推理"), "output", "output"),
    "output_audio": _tokens("output_audio", Text("Audio output", "音频输出"), "output", "output"),
    "output_image": _tokens("output_image", Text("Image output", "图像输出"), "output", "output"),
    "output_video": _tokens("output_video", Text("Video output", "视频输出"), "output", "output"),
    "requests": Meter("requests", Text("Requests", "请求"), COUNT),
    "web_searches": Meter("web_searches", Text("Web searches", "网页搜索"), COUNT),
    "seconds": Meter("seconds", Text("Seconds", "秒"), SECONDS),
    "images": Meter("images", Text("Images", "图像"), COUNT),
    "pages": Meter("pages", Text("Pages", "页"), COUNT),
    "characters": Meter("characters", Text("Characters", "字符"), COUNT),
    "storage_gb": Meter("storage_gb", Text("Storage", "存储"), term(Gigabytes).unit),
    "gpu_hours": Meter("gpu_hours", term(GpuHours).title, HOURS),
    "seats": Meter("seats", Text("Seats", "席位"), SEATS),
    "quantity": Meter("quantity", term(Quantity).title, UNITS),
}
BY_COLUMN = {meter.column: name for name, meter in METERS.items()}
COUNTED = frozenset(meter.column for meter in METERS.values() if meter.is_whole)

# How many requests a row stands for: it says what the row is, and may be priced as well.
REQUESTS = "requests"

# The words of a column's name, however it is written: promptTokenCount, "Service Tier".
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*")
# Amounts end in one of these words, or begin with it.
_AMOUNTS = frozenset({
    *("token", "tokens", "count", "quantity", "unit", "units", "request", "requests", "calls"),
    *("searches", "queries", "messages", "images", "pages", "chars", "characters", "embeddings"),
    *("sec", "seconds", "mins", "minutes", "hours", "bytes", "kb", "mb", "gb", "gigabytes"),
    *("credits", "seats"),
})  # fmt: skip
_CONDITIONS = frozenset({
    *("batch", "batched", "tier", "speed", "region", "geo", "location", "residency", "ttl"),
    *("processing", "priority", "mode", "peak", "variant", "context_window", "usage_type"),
    "request_type",
})  # fmt: skip
# Words that make of a name with such a word that of something else: batch_id, tokens_per_second.
_OTHERWISE = frozenset({
    *("id", "ids", "uuid", "key", "hash", "size", "number", "index", "time", "date", "at"),
    *("per", "price", "cost", "rate"),
})  # fmt: skip
# What such a column says where nothing is out of the ordinary.
_ORDINARY = frozenset({
    *("", "false", "0", "no", "default", "standard", "global", "none", "null", "auto"),
    *("not_available", "notavailable", "message", "normal", "on_demand", "ondemand"),
})  # fmt: skip
# A file with one value throughout says nothing about a price; these say it even then.
_NEVER_ORDINARY = frozenset({"batch", "is_batch", "service_tier", "speed", "context_window"})


def _words(column: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(column)]


def column_of(meter: str) -> str:
    """The column of a usage table that holds a meter."""
    return METERS[meter].column if meter in METERS else meter


def meter_of(column: str) -> str:
    """The meter that a column of a usage table holds."""
    return BY_COLUMN.get(column, column)


def is_whole(meter: str) -> bool:
    """Whether amounts of a meter are whole numbers; those of a meter of one's own need not be."""
    return meter in METERS and METERS[meter].is_whole


def looks_like_usage(column: str) -> bool:
    """Whether a column reads like an amount that somebody may want to be paid for."""
    if column in BY_COLUMN:
        return True
    words = _words(column)
    if not words or not _OTHERWISE.isdisjoint(words):
        return False
    is_counted = len(words) > 1 and words[0] in ("n", "num")
    is_counted |= "tokens" in words  # usage_input_tokens_cache_hit
    return is_counted or not _AMOUNTS.isdisjoint((words[0], words[-1]))


def looks_like_condition(column: str) -> bool:
    """Whether a column reads like something that prices depend on."""
    words = _words(column)
    if not _OTHERWISE.isdisjoint(words):
        return False
    return "_".join(words) in _CONDITIONS or not _CONDITIONS.isdisjoint(words)


def says_something(column: str, values: Set[str]) -> bool:
    """Whether the values of a column that reads like a condition could change a price."""
    if len(values) > 1:
        return True
    return "_".join(_words(column)) in _NEVER_ORDINARY and not values <= _ORDINARY
