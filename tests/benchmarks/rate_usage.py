"""Rating ten million rows, beside the query that somebody would write by hand.

The book has graduated input, cached input at one price and off-peak output for each model, of two
dates.  The query reads the same file, puts rows into periods and pieces, sums them by customer, and
prices the sums of input by their tiers; its floats are not rounded to cents.

Run: ``python -m tests.benchmarks.rate_usage [rows] [csv|parquet|ndjson] [customers]``
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from lmprice.billing.parsing import parse_book
from lmprice.billing.rating import rate
from lmprice.billing.report import Report

MODELS = [f"model-{n}" for n in range(6)]
STARTS = ["2026-01-01", "2026-02-15"]
PIECE = 1_000_000
_TIERS = ((10, 4.0), (100, 2.0), (None, 1.0))  # million tokens and their price
PEAK = (9, 21)
METERS = ("input", "cached", "output")


def book() -> dict[str, object]:
    """The price book: 36 charges."""
    charges: list[dict[str, object]] = []
    for number, model in enumerate(MODELS, 1):
        for later, start in enumerate(STARTS):
            own: dict[str, object] = {"model": model, "valid_from": start, "per": 1_000_000}
            scale = number / (1 + later)
            tiers = [
                {"unit_price": price * scale} | ({"up_to": bound} if bound else {})
                for bound, price in _TIERS
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


def by_hand(path: Path) -> float:
    """What all customers pay, by a query in polars."""
    if path.suffix == ".parquet":
        usage = pl.scan_parquet(path)
    elif path.suffix == ".csv":
        usage = pl.scan_csv(path, try_parse_dates=True)
    else:
        usage = pl.scan_ndjson(path).with_columns(pl.col("timestamp").str.to_datetime())
    at = pl.col("timestamp")
    number = pl.col("model").str.slice(6).cast(pl.Int64) + 1
    in_utc = usage.collect_schema()["timestamp"] == pl.Datetime("us", "UTC")
    start = datetime(2026, 2, 15, tzinfo=UTC if in_utc else None)
    later = (at >= pl.lit(start)).cast(pl.Int64)
    sums = (
        usage.group_by(
            "customer", "model", at.dt.month().alias("month"), later.alias("later"),
            at.dt.hour().is_between(*PEAK, closed="left").alias("peak"),
        )
        .agg(pl.col("input_tokens", "cached_tokens", "output_tokens").sum())
        .collect(engine="streaming")
    )  # fmt: skip
    scale = number / (1 + pl.col("later"))
    piece = ["customer", "model", "month"]
    million = (pl.col("input_tokens") - pl.col("cached_tokens")).cast(pl.Float64) / 1e6
    pieces = sums.group_by(*piece, "later").agg(million.sum().alias("units")).sort(*piece, "later")
    after = pl.col("units").cum_sum().over(piece)

    def graduated(units: pl.Expr) -> pl.Expr:
        total, below = pl.lit(0.0), 0.0
        for bound, price in _TIERS:
            top = units if bound is None else units.clip(upper_bound=bound)
            total = total + (top - below).clip(lower_bound=0) * price
            below = bound or 0.0
        return total

    tiers = (graduated(after) - graduated(after - pl.col("units"))) * scale
    price = pl.when("peak").then(8.0).otherwise(5.0)
    plain = (pl.col("cached_tokens") * 0.1 + pl.col("output_tokens") * price) / 1e6 * scale
    return float(pieces.select(tiers.sum()).item() + sums.select(plain.sum()).item())


def by_lmprice(path: Path) -> float:
    """What all customers pay, by ``rate``; bill and lines are written."""
    with tempfile.TemporaryDirectory() as folder, Report(Path(folder) / "bill.csv") as report:
        rating = rate(path, parse_book(book()), on_refused=report.refuse)
        report.write(rating)
    return float(rating.bill["billed_cost"].sum())


WAYS = {"lmprice": by_lmprice, "polars": by_hand}


def main(rows: int = 10_000_000, kind: str = "parquet", customers: int = 2_000) -> None:
    """Print CPU seconds and peak memory of both, in turn, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"usage.{kind}"
        subprocess.run(_command("make", path, rows, customers), check=True)
        print(f"{rows:,} rows of {customers:,} customers, {path.stat().st_size / 1e6:,.0f} MB")
        found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
        for _ in range(3 if rows <= 10_000_000 else 1):
            for way, results in found.items():
                done = subprocess.run(_command(way, path), check=True, capture_output=True)
                results.append(json.loads(done.stdout))
    for way, results in found.items():
        cpu, wall, peak, paid = (median(column) for column in zip(*results, strict=True))
        print(f"{way:8} {cpu:7.2f} s of CPU, {wall:7.2f} s, {peak:6,.0f} MB, {paid:,.2f} paid")
    pairs = zip(*(found[way] for way in WAYS), strict=True)
    print(f"ratio of CPU {median(ours[0] / theirs[0] for ours, theirs in pairs):.2f}")


def _command(way: str, path: Path, *more: int) -> list[str]:
    return [sys.executable, "-m", __spec__.name, way, str(path), *map(str, more)]


def measured(way: str, path: Path) -> None:
    """Seconds of CPU and of the clock, peak memory in MB, and the result, as JSON."""
    start = time.perf_counter()
    paid = WAYS[way](path)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - start
    print(json.dumps([usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, paid]))


def make_usage(path: Path, rows: int, customers: int) -> None:
    """Write a usage log of 90 days."""
    random = np.random.default_rng(1)
    pieces = [_piece(random, min(PIECE, rows - done), customers) for done in range(0, rows, PIECE)]
    table = pl.concat(pieces)
    if path.suffix == ".parquet":
        table.write_parquet(path, row_group_size=250_000)
        return
    table = table.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    table.write_csv(path) if path.suffix == ".csv" else table.write_ndjson(path)


def _piece(random: np.random.Generator, rows: int, customers: int) -> pl.DataFrame:
    start = np.datetime64("2026-01-01", "us")
    tokens = random.lognormal(7, 1.5, rows).astype(np.int64) + 1
    return pl.DataFrame(
        {
            "timestamp": start + random.integers(0, 90 * 86_400, rows) * 1_000_000,
            "customer": np.char.add("customer-", random.integers(0, customers, rows).astype(str)),
            "model": np.char.add("model-", random.integers(0, 6, rows).astype(str)),
            "input_tokens": tokens,
            "cached_tokens": (tokens * random.uniform(0, 1, rows)).astype(np.int64),
            "output_tokens": random.lognormal(6, 1, rows).astype(np.int64) + 1,
        }
    )


def run(arguments: Sequence[str]) -> None:
    """The measurement, or in a process of its own one part of it."""
    if arguments[:1] == ["make"]:
        make_usage(Path(arguments[1]), int(arguments[2]), int(arguments[3]))
    elif arguments and arguments[0] in WAYS:
        measured(arguments[0], Path(arguments[1]))
    else:
        rows, kind, customers = [*arguments, *["10000000", "parquet", "2000"][len(arguments) :]]
        main(int(rows), kind, int(customers))


if __name__ == "__main__":
    run(sys.argv[1:])
