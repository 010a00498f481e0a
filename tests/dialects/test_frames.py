"""Expressions of polars and narwhals: what becomes of nulls, NaN, bad arguments and tables."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any, cast

import duckdb
import narwhals as nw
import polars as pl
import pytest

import lmprice

QUANTITIES = [1.0, 100, -1, None, 5, math.inf]
PRICES = [20.0, 20.0, 20.0, 20.0, math.nan, 1.0]
FUNCTIONS = {f.name: f for f in lmprice.functions()}
call: Any = lmprice.profit


def test_null_nan_and_what_is_invalid() -> None:
    frame = pl.DataFrame({"q": QUANTITIES, "p": PRICES})
    profit = lmprice.profit(pl.col("q"), pl.col("p"), 10, 100)
    found = frame.lazy().select(profit=profit).collect()["profit"]
    assert found.to_list()[:4] == [-90, 900, None, None]  # -1 is below 0, null is unknown
    assert math.isnan(found[4])  # NaN in, NaN out
    assert found[5] is None  # infinite: invalid
    breakeven = frame.select(x=lmprice.breakeven_quantity(pl.col("p"), 20, 100))["x"]
    assert breakeven.is_nan().all()  # no answer


@pytest.mark.parametrize("library", ["polars", "narwhals"])
def test_an_expression_is_known_in_the_first_call_of_a_program(library: str) -> None:
    program = f"import lmprice, {library}; print(lmprice.profit({library}.col('q'), 1, 1, 1))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert b"q" in done.stdout


def test_numbers_beside_expressions_are_checked_at_once() -> None:
    column = pl.col("q")
    with pytest.raises(lmprice.PricingError, match="profit: price -1 is below 0"):
        lmprice.profit(column, -1, 10, 100)
    with pytest.raises(lmprice.PricingError, match=r"price \(2,\) is a shape beside an expression"):
        call(column, [1, 2], 10, 100)
    with pytest.raises(lmprice.PricingError, match="cached_tokens 11 breaks the rule cached"):
        lmprice.token_cost(10, column, 1, 0, 11, 0)
    assert pl.select(lmprice.profit(pl.lit(1), math.nan, 10, 100)).item() is not None
    assert math.isnan(pl.select(lmprice.profit(pl.lit(1), math.nan, 10, 100)).item())
    kept = pl.DataFrame({"t": [5, 11, None], "u": [math.nan, 1.0, 1.0]})
    costs = kept.select(x=lmprice.token_cost(10, pl.col("u"), 1, 1, pl.col("t"), 0))["x"]
    assert costs[1] is None
    assert costs[2] is None
    assert math.isnan(costs[0])


def test_flags_and_tables() -> None:
    frame = pl.DataFrame({"q": [0, 6, 20], "flag": [False, True, True]})
    tiers = ([5, 10, math.inf], [7, 6.5, 6], 2)
    charge: Any = lmprice.graduated_charge
    found = frame.select(x=charge(pl.col("q"), *tiers, pl.col("flag")))["x"]
    # By hand: nothing; 5 x 7 + 1 x 6.5 + 2 fees; 5 x 7 + 5 x 6.5 + 10 x 6 + 3 fees.
    assert found.to_list() == [0, 45.5, 133.5]
    volume = frame.select(x=lmprice.volume_charge(pl.col("q"), *tiers[:2]))["x"]
    assert volume.to_list() == [0, 39, 120]
    with pytest.raises(lmprice.PricingError, match=r"unit_prices .* is no table: give its rows"):
        charge(pl.col("q"), tiers[0], pl.col("p"))
    with pytest.raises(lmprice.PricingError, match="unit_prices 2 is the number of rows, but"):
        charge(pl.col("q"), tiers[0], [1, 2])
    with pytest.raises(TypeError, match="graduated_charge takes a table: call it with lists"):
        FUNCTIONS["graduated_charge"].written("polars")
    with pytest.raises(TypeError, match="dynamic_price is not to be had in polars: no poisson_cdf"):
        cast(Any, lmprice.dynamic_price)(pl.col("q"), 1, 10, 1)


def test_a_series_gives_a_series() -> None:
    found: Any = lmprice.profit(pl.Series([1, 10]), 20, 10, 100)
    assert isinstance(found, pl.Series)
    assert found.to_list() == [-90, 0]
    assert call(nw.from_native(pl.Series([1, 10]), series_only=True), 20, 10, 100)[1] == 0


class Deferred:
    """As the underscore of Ibis: whatever attribute is asked for is there."""

    def __getattr__(self, name: str) -> Deferred:
        if name.startswith("__"):
            raise AttributeError
        return self


def test_an_expression_of_no_dialect_is_refused_by_name() -> None:
    message = r"profit: quantity .*Deferred.* is not a number"
    with pytest.raises(lmprice.PricingError, match=message):
        call(Deferred(), 20, 10, 100)


def test_narwhals_runs_where_the_frame_is() -> None:
    profit = call(nw.col("q"), nw.col("p"), 10, 100)
    table = {"q": [1.0, 100.0, None], "p": [20.0] * 3}
    relation = duckdb.sql("SELECT unnest(?) AS q, unnest(?) AS p", params=[*table.values()])
    for frame in (pl.DataFrame(table), pl.LazyFrame(table), relation):
        found: Any = nw.from_native(cast(Any, frame)).with_columns(x=profit).to_native()
        rows = found.fetchall() if hasattr(found, "fetchall") else found.lazy().collect().rows()
        assert [row[-1] for row in rows] == [-90, 900, None]
