"""What cloud bills call a price of a model: one free text, taken apart word by word.

A text such as ``gpt-4o-mini-0718-Batch-Inp-glbl Tokens`` says model, meter, tier and scope in words
of its vendor.  A text in which no meter is found, or two, is not guessed at: its row is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from lmprice.billing.lazy import pl

_WORD = re.compile(r"[^A-Za-z0-9.]+")
_CACHED = {"cached", "cchd", "ccchd", "cd", "cache"}
_READ, _WRITE = {"read", "rd"}, {"write", "wr"}
_INPUT, _OUTPUT = {"input", "inp", "in"}, {"output", "outp", "outpt", "opt", "out"}
_HOUR = {"1h", "1hr", "hour"}
_TIERS = {
    "batch": "batch", "flex": "flex", "priority": "priority", "pp": "priority",
    "standard": "standard", "std": "standard", "fast": "fast",
}  # fmt: skip
_SCOPES = {
    "glbl": "global", "gl": "global", "global": "global", "dz": "data zone", "zone": "data zone",
    "regnl": "regional", "rgnl": "regional", "rg": "regional", "regional": "regional",
}  # fmt: skip
_WINDOWS = {"shortco": "short", "longco": "long"}
_FILLERS = {
    "tokens", "token", "count", "1k", "1m", "cross", "region", "data", "text", "mantle", "1",
    "units", "prediction", "online",
}  # fmt: skip
_OTHER_KINDS = {
    "audio", "aud", "image", "images", "img", "video", "videos", "hosting", "training", "ft",
    "provisioned", "character", "characters", "chars", "second", "seconds", "requests",
}  # fmt: skip


class Sku(NamedTuple):
    """What the name of a price says; ``reason`` where it cannot be told."""

    model: str | None
    meter: str | None
    tier: str | None
    scope: str | None
    window: str | None
    reason: str | None


@cache
def parsed(text: str) -> Sku:
    """The parts of a name.

    >>> parsed("gpt-4o-mini-0718-Batch-Inp-glbl Tokens")[:4]
    ('gpt-4o-mini-0718', 'input', 'batch', 'global')
    >>> parsed("5.4 cd inp Gl 1M Tokens")[:2]
    ('5.4', 'cached')
    """
    words = [word for word in _WORD.split(text) if word]
    lower = [word.lower() for word in words]
    there = set(lower)
    other = there & _OTHER_KINDS
    meters = _meters(there)
    reason = None
    if other:
        reason = f"{text[:80]!r} is a price of {min(other)}, which this reader does not read"
    elif len(meters) != 1:
        reason = f"{text[:80]!r} does not say one of input, cached, cache write and output"
    known = (_CACHED | _READ | _WRITE | _INPUT | _OUTPUT | _HOUR | set(_TIERS) | set(_SCOPES)
             | set(_WINDOWS) | _FILLERS)  # fmt: skip
    model = "-".join(w for w, low in zip(words, lower, strict=True) if low not in known)
    return Sku(
        model or None,
        meters[0] if len(meters) == 1 else None,
        next((_TIERS[w] for w in lower if w in _TIERS), None),
        next((_SCOPES[w] for w in lower if w in _SCOPES), None),
        next((_WINDOWS[w] for w in lower if w in _WINDOWS), None),
        reason if model else f"{text[:80]!r} names no model",
    )


def _meters(words: set[str]) -> list[str]:
    if words & _WRITE and words & _CACHED:
        return ["cache_write_1h" if words & _HOUR else "cache_write"]
    if words & _CACHED and not words & _OUTPUT:
        return ["cached"]
    found = [("input", words & _INPUT), ("output", words & _OUTPUT)]
    return [name for name, said in found if said]


_UNITS = {"1k tokens": 1_000, "1k": 1_000, "1m tokens": 1_000_000, "1m": 1_000_000,
          "tokens": 1, "token": 1, "1k characters": None}  # fmt: skip


def tokens_per(unit: str | None) -> int | None:
    """Tokens in a unit of a bill; None where it is not a count of tokens."""
    return _UNITS.get((unit or "").strip().lower())


METERS = ("input", "cached", "cache_write", "cache_write_1h", "output")
INPUTS = tuple(f"_{meter}" for meter in METERS if meter != "output")


def with_meters(
    table: pl.DataFrame,
    names: str,
    amount: str,
    unit: str,
    scale: Callable[[str | None], int | None] = tokens_per,
) -> pl.DataFrame:
    """The table with a column for each meter, model and conditions, from names of prices."""
    skus = [parsed(text or "") for text in table[names].to_list()]
    sizes = [scale(text) for text in table[unit].to_list()]
    size = pl.Series(sizes, dtype=pl.Int64)
    number = pl.Decimal(38, 9)
    tokens = (table[amount].str.strip_chars().cast(number, strict=False) * size).cast(number)
    whole = tokens.round(0).cast(pl.Int64, strict=False).cast(pl.String)
    cells = zip(table[unit].to_list(), table[amount].to_list(), strict=True)
    reasons = [
        sku.reason or _no_tokens(unit, text, size) or _no_tokens(amount, given, count)
        for sku, size, count, (text, given) in zip(skus, sizes, whole, cells, strict=True)
    ]
    meters = pl.Series([sku.meter for sku in skus], dtype=pl.String)
    return table.with_columns(
        *(pl.select(pl.when(meters == m).then(whole)).to_series().alias(f"_{m}") for m in METERS),
        pl.Series("sku model", [sku.model for sku in skus], dtype=pl.String),
        pl.Series("sku tier", [sku.tier for sku in skus], dtype=pl.String),
        pl.Series("sku scope", [sku.scope for sku in skus], dtype=pl.String),
        pl.Series("sku window", [sku.window for sku in skus], dtype=pl.String),
        pl.Series("reason", reasons, dtype=pl.String),
    )


def _no_tokens(column: str, text: str | None, found: object) -> str | None:
    """Why a cell is no count of tokens."""
    return None if found is not None else f"{column} {(text or '')[:40]!r} is no count of tokens"


# What every reader of a cloud's bill has in common.
SKU_METERS = {
    "input_tokens": INPUTS,
    "cached_tokens": ("_cached",),
    "cache_write_tokens": ("_cache_write",),
    "cache_write_1h_tokens": ("_cache_write_1h",),
    "output_tokens": ("_output",),
}
SKU_CONDITIONS = {
    "service_tier": "sku tier",
    "region": "sku scope",
    "context_window": "sku window",
}
