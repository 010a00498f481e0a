"""The queries that somebody would write by hand, each with imports of its own.

They read the same file as `rate`, put rows into periods and pieces, sum them by customer, and price
the sums of input by their tiers; their floats are not rounded to cents, and no row is checked.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

TIERS = ((10, 4.0), (100, 2.0), (None, 1.0))
PEAK = (9, 21)
LATER = datetime(2026, 2, 15)  # the second price list begins


def by_polars(path: Path) -> float:
    """What all customers pay, by a query in polars."""
    import polars as pl

    if path.suffix == ".parquet":
        usage = pl.scan_parquet(path)
    elif path.suffix == ".csv":
        usage = pl.scan_csv(path, try_parse_dates=True)
    else:
        usage = pl.scan_ndjson(path).with_columns(pl.col("timestamp").str.to_datetime())
    at = pl.col("timestamp").dt.replace_time_zone(None)
    number = pl.col("model").str.slice(6).cast(pl.Int64) + 1
    later = (at >= LATER).cast(pl.Int64)
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
        for bound, price in TIERS:
            top = units if bound is None else units.clip(upper_bound=bound)
            total = total + (top - below).clip(lower_bound=0) * price
            below = bound or 0.0
        return total

    tiers = (graduated(after) - graduated(after - pl.col("units"))) * scale
    price = pl.when("peak").then(8.0).otherwise(5.0)
    plain = (pl.col("cached_tokens") * 0.1 + pl.col("output_tokens") * price) / 1e6 * scale
    return float(pieces.select(tiers.sum()).item() + sums.select(plain.sum()).item())


def by_duckdb(path: Path) -> float:
    """What all customers pay, by a query in DuckDB."""
    import duckdb

    bounds = [0.0, *(float(bound) for bound, _ in TIERS if bound is not None)]
    graduated = " + ".join(
        f"{price} * greatest(least(u, {bound if bound is not None else 'u'}) - {below}, 0)"
        for (bound, price), below in zip(TIERS, bounds, strict=True)
    )
    query = f"""
        with sums as (
            select customer, model, month(timestamp) as month,
                (timestamp >= timestamp '{LATER:%Y-%m-%d}')::int as later,
                hour(timestamp) between {PEAK[0]} and {PEAK[1] - 1} as peak,
                sum(input_tokens) as input, sum(cached_tokens) as cached,
                sum(output_tokens) as output
            from '{path}' group by all
        ), scaled as (
            select *, (substr(model, 7)::int + 1) / (1 + later) as scale from sums
        ), pieces as (
            select customer, model, month, later, any_value(scale) as scale,
                sum(input - cached) / 1e6 as units
            from scaled group by customer, model, month, later
        ), counts as (
            select *, sum(units) over (
                partition by customer, model, month order by later
            ) as after from pieces
        )
        select
            (select sum((tiers(after) - tiers(after - units)) * scale) from counts)
            + (select sum((cached * 0.1 + output * if(peak, 8, 5)) / 1e6 * scale) from scaled)
    """
    with duckdb.connect() as connection:
        connection.execute(f"create macro tiers(u) as {graduated}")
        found = connection.execute(query).fetchone()
    assert found is not None
    return float(found[0])


def read_by_polars(path: Path) -> float:
    """The tokens of a file of JSON lines, which polars reads as a table."""
    import polars as pl

    return float(pl.read_ndjson(path)["output_tokens"].sum())
