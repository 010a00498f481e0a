"""Every function in every engine that has it gives Python's numbers; Node: test_javascript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

import lmprice
from lmprice.language.formula import PricingFunction
from tests.dialects.batches import Batch, batch

Numbers = Sequence[float | None]


def _frame(f: PricingFunction, drawn: list[list[Any]]) -> pl.DataFrame:
    return pl.DataFrame(drawn, schema=[p.name for p in f.parameters], orient="row", strict=False)


def in_polars(f: PricingFunction, drawn: list[list[Any]]) -> Numbers:
    """As an expression of polars; with tables, an expression for each draw."""
    if not f.has_columns:
        return _frame(f, drawn).select(x=f.written("polars"))["x"].to_list()
    expressions: list[Any] = []
    for one in drawn:
        arguments = (
            v if p.is_column else pl.lit(v) for p, v in zip(f.parameters, one, strict=True)
        )
        expressions.append(f.function(*arguments))
    if not isinstance(expressions[0], pl.Expr):
        pytest.skip("a table of numbers alone is a number")
    return pl.select(e.alias(str(n)) for n, e in enumerate(expressions)).row(0)


def in_narwhals(f: PricingFunction, drawn: list[list[Any]]) -> Numbers:
    """As an expression of narwhals that runs in DuckDB."""
    if f.has_columns:
        pytest.skip("tables are written out as for polars")
    relation: Any = nw.from_native(in_duckdb(f, drawn))
    found = relation.select(x=f.written("narwhals")).to_native()
    return [row[0] for row in found.fetchall()]


def in_duckdb(f: PricingFunction, drawn: list[list[Any]]) -> duckdb.DuckDBPyRelation:
    """The draws as a table of DuckDB."""
    columns = ", ".join(f"unnest(?) AS {p.name}" for p in f.parameters)
    found = duckdb.sql(f"SELECT {columns}", params=[list(c) for c in zip(*drawn, strict=True)])
    assert found is not None
    return found


def in_sql(f: PricingFunction, drawn: list[list[Any]]) -> Numbers:
    """As an expression of SQL that runs in DuckDB, with checks that valid arguments pass."""
    query = f"SELECT {lmprice.sql(f.name, 'duckdb', checked=True)} FROM draws"
    found: Any = in_duckdb(f, drawn).query("draws", query)
    return [row[0] for row in found.fetchall()]


ENGINES: dict[str, Callable[[PricingFunction, list[list[Any]]], Numbers]] = {
    "polars": in_polars,
    "narwhals": in_narwhals,
    "sql": in_sql,
}
CASES = [(f, name) for f in lmprice.functions() for name in ENGINES if name in f.dialects]


@pytest.mark.engine
@pytest.mark.parametrize(("function", "engine"), CASES, ids=[f"{f.name}-{e}" for f, e in CASES])
def test_engine_gives_pythons_numbers(function: PricingFunction, engine: str) -> None:
    known: Batch = batch(function)
    known.assert_agree(ENGINES[engine](function, known.drawn))


def test_a_wrong_number_would_be_noticed() -> None:
    known = batch(next(f for f in lmprice.functions() if f.name == "profit"))
    with pytest.raises(AssertionError):
        known.assert_agree([number + 1e-9 * (1 + abs(number)) for number in known.python])
