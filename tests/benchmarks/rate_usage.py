"""Time and peak memory of pricing a usage log of ten million rows, 1 % of them broken.

Run: ``python -m tests.benchmarks.rate_usage [rows] [csv|parquet]``
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

import numpy as np
import polars as pl

from lmprice.billing.parsing import parse_book
from lmprice.billing.rating import rate
from lmprice.billing.report import Report

CUSTOMERS = 5_000
PIECE = 1_000_000
BOOK = parse_book(
    {
        "name": "Benchmark",
        "version": "1",
        "currency": "USD",
        "charges": [
            {
                "model": model,
                "meter": meter,
                "valid_from": start,
                "per": 1_000_000,
                "charge_model": "graduated",
                "tiers": [
                    {"up_to": 10, "unit_price": 4 * price},
                    {"up_to": 100, "unit_price": 2 * price},
                    {"unit_price": price},
                ],
            }
            for model in ("large", "small")
            for meter, price in (("input", 1.0), ("cached", 0.1), ("output", 5.0))
            for start in ("2026-01-01", "2026-02-15")
        ],
    }
)


def main(rows: int = 10_000_000, kind: str = "parquet") -> None:
    """Print the measurements."""
    with tempfile.TemporaryDirectory() as folder:
        usage = Path(folder) / f"usage.{kind}"
        # Another process makes the file: its memory is not counted here.
        maker = Process(target=make_usage, args=(usage, rows))
        maker.start()
        maker.join()
        print(f"{rows:,} rows, {usage.stat().st_size / 1e6:,.0f} MB of {kind}")
        start = time.perf_counter()
        with Report(Path(folder) / "bill.xlsx") as report:
            rating = rate(usage, BOOK, on_refused=report.refuse)
            report.write(rating)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    totals = rating.totals
    print(f"{totals.rated_rows:,} rows rated, {totals.refused_rows:,} refused")
    print(f"{rating.lines.height:,} lines, {rating.bill.height:,} rows of the bill")
    print(f"{seconds:.1f} s, {rows / seconds / 1e6:.2f} million rows a second, {peak:,.0f} MB peak")


def make_usage(path: Path, rows: int) -> None:
    """Write a usage log; in every hundredth row more tokens are cached than there are."""
    random = np.random.default_rng(1)
    pieces = [_piece(random, min(PIECE, rows - done)) for done in range(0, rows, PIECE)]
    table = pl.concat(pieces)
    if path.suffix == ".csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)


def _piece(random: np.random.Generator, rows: int) -> pl.DataFrame:
    start = np.datetime64("2026-01-01", "us")
    tokens = random.integers(10, 20_000, rows)
    cached = (tokens * random.uniform(0, 1, rows)).astype(np.int64)
    cached[::100] = tokens[::100] + 1
    return pl.DataFrame(
        {
            "timestamp": start + random.integers(0, 90 * 86_400_000_000, rows),
            "customer": np.char.add("customer-", random.integers(0, CUSTOMERS, rows).astype(str)),
            "model": np.where(random.uniform(0, 1, rows) < 0.3, "large", "small"),
            "input_tokens": tokens,
            "cached_tokens": cached,
            "output_tokens": random.integers(1, 4_000, rows),
        }
    )


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((int, str), sys.argv[1:], strict=False)))
