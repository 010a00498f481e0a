"""Usage logs to be rated, of 90 days and six models, and the books that price them.

The first book has graduated input, cached input at one price and off-peak output for each model, of
two dates.  The second adds conditions and plans: half the price for what may wait, a factor for
fast lanes, two plans with fees and prices of their own that customers subscribe to, and a credit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

MODELS = [f"model-{n}" for n in range(6)]
STARTS = ("2026-01-01", "2026-02-15")
TIERS = ((10, 4.0), (100, 2.0), (None, 1.0))  # million tokens and their price
PEAK = (9, 21)
CUSTOMERS = 2_000
ON_PLANS = 200  # the first customers
_PIECE = 1_000_000


def plain_book() -> dict[str, Any]:
    """The price book: 36 charges."""
    charges: list[dict[str, Any]] = []
    for number, model in enumerate(MODELS, 1):
        for later, start in enumerate(STARTS):
            own: dict[str, Any] = {"model": model, "valid_from": start, "per": 1_000_000}
            scale = number / (1 + later)
            tiers = [
                {"unit_price": price * scale} | ({"up_to": bound} if bound else {})
                for bound, price in TIERS
            ]
            charges += [
                {**own, "meter": "input", "charge_model": "graduated", "tiers": tiers},
                {**own, "meter": "cached", "charge_model": "standard", "unit_price": 0.1 * scale},
                {
                    **own, "meter": "output", "charge_model": "off_peak", "unit_price": 8 * scale,
                    "off_peak_price": 5 * scale,
                    "peak_hours": [{"start": f"{PEAK[0]:02}:00", "end": f"{PEAK[1]:02}:00"}],
                },
            ]  # fmt: skip
    return {"name": "Benchmark", "version": "1", "currency": "USD", "charges": charges}


def book_with_plans() -> dict[str, Any]:
    """The same prices under conditions, and accounts on plans."""
    book = plain_book()
    factors = [
        {"factor": 0.5, "when": {"tier": "batch"}},
        {"factor": 1.5, "when": {"tier": "fast"}},
    ]
    plans = [
        {"name": "team", "fees": [{"name": "team fee", "amount": 100}]},
        {
            "name": "business", "fees": [{"name": "business fee", "amount": 500}],
            "discounts": [{"name": "volume discount", "rate": 0.1}],
        },
    ]  # fmt: skip
    accounts = [
        {
            "customer": f"customer-{number}",
            "plans": [{"plan": plans[number % 2]["name"], "valid_from": STARTS[number % 2]}],
            "credits": [{"name": "prepaid", "amount": 50, "valid_from": STARTS[0]}],
        }
        for number in range(ON_PLANS)
    ]
    return {**book, "factors": factors, "plans": plans, "accounts": accounts}


BOOKS = {"plain": plain_book, "plans": book_with_plans}


def make_usage(path: Path, rows: int, *, with_tier: bool = False) -> None:
    """Write a usage log, as Parquet, CSV or one JSON object a line."""
    random = np.random.default_rng(1)
    pieces = [_piece(random, min(_PIECE, rows - done)) for done in range(0, rows, _PIECE)]
    table = pl.concat(pieces)
    if with_tier:
        tiers = pl.Series("tier", ["", "batch", "fast"])
        table = table.with_columns(tiers.gather(random.integers(0, 3, rows)))
    if path.suffix == ".parquet":
        table.write_parquet(path, row_group_size=250_000)
        return
    table = table.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    table.write_csv(path) if path.suffix == ".csv" else table.write_ndjson(path)


def _piece(random: np.random.Generator, rows: int) -> pl.DataFrame:
    start = np.datetime64(STARTS[0], "us")
    tokens = random.lognormal(7, 1.5, rows).astype(np.int64) + 1
    return pl.DataFrame(
        {
            "timestamp": start + random.integers(0, 90 * 86_400, rows) * 1_000_000,
            "customer": np.char.add("customer-", random.integers(0, CUSTOMERS, rows).astype(str)),
            "model": np.char.add("model-", random.integers(0, 6, rows).astype(str)),
            "input_tokens": tokens,
            "cached_tokens": (tokens * random.uniform(0, 1, rows)).astype(np.int64),
            "output_tokens": random.lognormal(6, 1, rows).astype(np.int64) + 1,
        }
    )
