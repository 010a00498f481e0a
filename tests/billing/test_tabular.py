"""Results as tables of Polars and pandas, and usage that comes as one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from lmprice.billing import UsageError, backtest, rate, read_bill, reconcile, solve
from lmprice.billing.price_changes import bill_change
from lmprice.billing.taking import take
from tests.billing.books import book, standard, usage

ROWS = usage({"quantity": 10}, {"quantity": 5, "customer": "beta"})
NOW, THEN = book(standard(2)), book(standard(3), name="Draft")

CELLS = {
    "timestamp": ["2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z"],
    "customer": ["acme", "beta"],
    "model": ["chat", "chat"],
    "quantity": [10, 5],
}


def test_a_rating() -> None:
    rated = rate(ROWS, NOW, by=["model"], rows=True)
    assert list(rated.tables()) == [
        *("bill", "lines", "refused", "unpriced", "matches", "detail", "rows"),
    ]
    assert rated.to_polars() is rated.bill
    floats = rated.to_polars("lines", decimals=False)
    assert floats["billed_cost"].to_list() == [20.0, 10.0]
    assert floats.schema["quantity"] == pl.Float64
    assert rated.to_dicts()[0]["billed_cost"] == Decimal("20.00")
    assert rated.to_dicts(decimals=False)[0]["billed_cost"] == 20.0
    with pytest.raises(ValueError, match=r"^table 'sums' is none of bill, lines, refused, "):
        rated.to_polars("sums")


def test_a_rating_in_pandas() -> None:
    rated = rate(ROWS, NOW)
    frame = rated.to_pandas()
    assert frame["billed_cost"].sum() == 30.0
    assert frame["billed_cost"].dtype == float
    assert frame["period"].dt.month.to_list() == [1, 1]
    exact = rated.to_pandas("lines", decimals=True)
    assert exact["billed_cost"].sum() == Decimal("30.00")
    assert str(exact["valid_from"].dtype).endswith("UTC]")
    assert rated.to_pandas("refused").empty


@pytest.mark.engine
def test_a_backtest_and_a_solution() -> None:
    found = backtest(ROWS, NOW, [THEN, NOW])
    table = found.to_polars()
    assert table.select("draft", "customer", "change").rows() == [
        ("Draft 1", "acme", Decimal(10)),
        ("Draft 1", "beta", Decimal(5)),
        ("Test 1", "acme", Decimal(0)),
        ("Test 1", "beta", Decimal(0)),
    ]
    assert found.to_pandas("cliffs").empty
    assert found.drafts[0].to_dicts()[0]["then"] == 30
    assert solve(ROWS, NOW, revenue=45).to_pandas()["then"].sum() == 45.0
    assert bill_change(ROWS, NOW, THEN).to_dicts() == [
        {"model": "chat", "old": 30, "new": 45, "change": 15}
    ]


def test_a_reconciliation(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("day,model,meter,units,eur\n2026-01-05,chat,quantity,15,33\n")
    named = {"quantity": "units", "amount": "eur"}
    gap = reconcile(ROWS, NOW, read_bill(path, named))
    (row,) = gap.to_dicts(decimals=False)
    assert row["day"] == date(2026, 1, 5)
    assert (row["ours"], row["theirs"], row["gap"], row["unit price"]) == (30, 33, 3, 3)
    assert (row["our_quantity"], row["their_quantity"], row["counts"]) == (15, 15, 0)


MOMENTS = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (5, 6)]
FRAMES: dict[str, Callable[[], Any]] = {
    "pyarrow": lambda: pytest.importorskip("pyarrow").table(CELLS),
    "pandas": lambda: pd.DataFrame(CELLS),
    "moments": lambda: pd.DataFrame({**CELLS, "timestamp": MOMENTS}),
    "naive moments": lambda: pd.DataFrame(
        {**CELLS, "timestamp": pd.to_datetime(MOMENTS).tz_localize(None)}
    ),
    "categories": lambda: pd.DataFrame(CELLS).astype({"customer": "category"}),
    "nullable": lambda: pd.DataFrame(CELLS).astype({"quantity": "Int64", "model": "string"}),
    "decimals": lambda: pd.DataFrame({**CELLS, "quantity": [Decimal(10), Decimal(5)]}),
    "arrow types": lambda: (
        pytest.importorskip("pyarrow")
        and pd.DataFrame(CELLS).convert_dtypes(dtype_backend="pyarrow")
    ),
    "polars, lazy": lambda: pl.LazyFrame(CELLS),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_usage_of_other_libraries(kind: str) -> None:
    assert rate(FRAMES[kind](), NOW).bill["billed_cost"].to_list() == [20, 10]


def test_missing_cells_of_pandas_are_missing() -> None:
    frame = pd.DataFrame(CELLS)
    frame.loc[1, ["customer", "quantity"]] = None
    rated = rate(frame, NOW)
    assert rated.refused["reason"].to_list() == ["customer is missing"]
    assert rated.bill["billed_cost"].to_list() == [20]


def test_columns_of_pandas_that_stand_twice() -> None:
    frame = pd.DataFrame(CELLS)
    frame = pd.concat([frame, frame[["model"]]], axis=1)
    with pytest.raises(UsageError, match=r"^the usage table has two columns model$"):
        take(frame)


@pytest.mark.engine
def test_pandas_needs_no_pyarrow() -> None:
    code = f"""
import sys
sys.modules["pyarrow"] = None
import pandas as pd
from lmprice.billing import rate
from tests.billing.books import book, standard
print(rate(pd.DataFrame({CELLS}), book(standard(2))).to_pandas()["billed_cost"].sum())
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "30.0\n"
