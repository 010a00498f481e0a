"""Every result of a public function is a frame of either library, prints, shows in a notebook."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmprice
from lmprice import Measurement, Replica, Request, ServedModel, billing
from lmprice.output.framed import Framed

MODEL = ServedModel(70.6e9, 70.6e9, 80 * 64 * 128, 163840, bits=8)
RUNS = [
    Measurement("nim", c, 5000, 500, t / 500, t, 0.0, 0.0)
    for c, t in [(1, 51.67), (5, 218.48), (25, 623.4), (50, 814.37)]
]
POINT = lmprice.operating_point(
    MODEL, Replica(8, 72e9, 3.35e12, 1979e12), Request(800, 1200, 400),
    ttft_target=2, tpot_target=0.05,
)  # fmt: skip
WAR = lmprice.price_war([4, 4], [2, 2], [6, 6], 1, me=0, rival=1, cut=0.2, market_size=100)
MARKET = lmprice.launch.LaunchMarket(buyers=100, willingness=10)
PATHS = {"skim": [9, 7, 5], "penetrate": [5, 5, 5]}
FORCES = lmprice.Drivers(competition=0.5)
MADE: list[tuple[str, Any, int, set[str]]] = [
    ("point", POINT, 1, {"requests_per_second", "tpot_tail", "uncached_tokens", "limited_by"}),
    ("costs", POINT.costs(20), 3, {"kind", "cost", "tokens"}),
    (
        "calibration",
        lmprice.calibrate(MODEL, Replica(2, 80e9, 3.35e12, 1979e12), RUNS),
        4,
        {"concurrency", "is_fitted", "error"},
    ),
    ("measurement", RUNS[0], 1, {"tool", "ttft"}),
    ("war", WAR, 6, {"answer", "price", "profit"}),
    (
        "market",
        lmprice.calibrate_logit_market([4, 5], [0.4, 0.3], 0.5),
        2,
        {"seller", "quality", "unit_cost"},
    ),
    ("curve", lmprice.simulate_pricing([1, 10, 100], 20, 10, 100), 3, {"quantity", "profit"}),
    (
        "demand",
        lmprice.fit_demand([4, 5, 6], [118, 90, 73]),
        1,
        {"elasticity_value", "elasticity_low", "r_squared", "form"},
    ),
    ("cost", lmprice.fit_cost_curve([1, 2, 3, 4], [12, 13, 17, 19]), 1, {"linear", "linear_error"}),
    (
        "response",
        lmprice.fit_price_response([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 0, 0]),
        1,
        {"slope", "slope_error"},
    ),
    (
        "size",
        lmprice.fit_logistic_demand([1, 2, 3, 4, 5], [95, 80, 52, 21, 6]),
        1,
        {"market_size", "scale_error"},
    ),
    (
        "drivers",
        lmprice.project_drivers(100, 20, 10, 600, FORCES, years=3),
        12,
        {"pace", "year", "price"},
    ),
    ("descent", lmprice.gradient_descent(lambda x: 2 * x, 1.0, 0.1, 3), 4, {"step", "point"}),
    ("descents", lmprice.gradient_descent(lambda x: 2 * x, [1.0, 2.0], 0.1, 3), 4, {"point_1"}),
    ("survey", lmprice.gabor_granger([10, 20, 30], [0.6, 0.4, 0.1]), 3, {"price", "revenue"}),
    ("meter", lmprice.van_westendorp([2, 3], [4, 5], [8, 9], [12, 14]), 8, {"price", "cheap"}),
    ("segments", lmprice.segment_prices([100, 60], [5, 6], 2), 2, {"price", "uniform_quantity"}),
    ("tariff", lmprice.two_part_tariff([100, 60], [5, 6], 2), 2, {"fee", "serves_1"}),
    (
        "bundles",
        lmprice.best_bundles([[9, 1], [1, 9], [6, 6]]),
        3,
        {"way", "price_1", "bundle_price"},
    ),
    ("choice", lmprice.bundle_choice([4, 4], 5, [[5, 1], [1, 5]]), 2, {"takes_0", "paid"}),
    ("versions", lmprice.best_versions([[5, 8], [4, 5]]), 2, {"version", "price", "customers"}),
    ("launches", lmprice.compare_launches(MARKET, PATHS), 6, {"path", "period", "profit"}),
    ("dynamic", lmprice.simulate_dynamic_pricing(3, 1, 5, 1, runs=20), 21, {"time", "mean_stock"}),
]


@pytest.mark.parametrize(("name", "result", "count", "names"), MADE, ids=[m[0] for m in MADE])
def test_a_result_is_a_frame(name: str, result: Any, count: int, names: set[str]) -> None:
    rows = result.to_dicts()
    assert len(rows) == count, name
    assert names <= rows[0].keys()
    kinds = (bool, int, float, str, type(None), np.number)
    assert all(isinstance(value, kinds) for row in rows for value in row.values())
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert result.to_pandas().shape == result.to_polars().shape == (count, len(rows[0]))
    assert result._repr_html_().startswith("<pre>")
    assert str(result)


def test_a_row_has_the_numbers_of_the_result() -> None:
    (row,) = POINT.to_dicts()
    assert row["requests_per_second"] == POINT.requests_per_second
    assert row["output_tokens"] == 400
    best, *_ = [r for r in WAR.to_dicts() if r["answer"] == "best_reply"]
    assert best["profit"] == WAR.best_reply.profit
    costs = {r["kind"]: r["cost"] for r in POINT.costs(20).to_dicts()}
    assert costs["output"] == POINT.costs(20).output
    simulated = lmprice.monte_carlo(lambda x=1.0: 2 * x, {"x": lmprice.simulation.Normal(1, 1)}, 50)
    assert next(iter(simulated.outcomes)).to_dicts() == simulated.to_dicts()


def test_no_result_of_a_public_function_is_left_out() -> None:
    records = {"Accelerator", "OpenModel", "DatedPrice", "Problem"}  # data, not results
    formulas = {"PricingFunction", "Derivative"}
    left = set()
    for name in lmprice.__all__:  # type: ignore[attr-defined]
        function = getattr(lmprice, name)
        if not inspect.isfunction(function):
            continue
        found = typing.get_type_hints(function).get("return")
        for kind in typing.get_args(found) or (found,):
            is_record = inspect.isclass(kind) and dataclasses.is_dataclass(kind)
            if is_record and not issubclass(kind, Framed):
                left.add(kind.__name__)
    assert left == records | formulas


def test_facts_are_a_tuple_a_table_and_a_frame() -> None:
    prices = lmprice.list_prices("OpenAI flagship")
    assert isinstance(prices, tuple)
    assert prices[0].model == "gpt-4-0314"
    assert prices.to_polars()["input_price"].to_list()[:2] == [30.0, 10.0]
    assert {"vendor", "valid_from", "source"} <= set(prices.to_pandas().columns)
    assert "gpt-4-0314" in str(prices)
    assert "https" not in str(prices)  # addresses are in the frame
    assert prices._repr_html_().startswith("<pre>")
    assert lmprice.accelerators().to_pandas()["name"].tolist()[1] == "H100 SXM"
    assert lmprice.open_models().to_polars().height == len(lmprice.open_models())
    assert str(type(prices)()) == "none"


def test_a_figure_with_its_interval_is_a_row() -> None:
    found = lmprice.uncertainty("profit", {"quantity": 2, "price": 3, "unit_cost": 1}, {"price": 1})
    assert found.to_dicts() == [{"value": 4.0, "standard_error": 2.0}]
    curve = lmprice.fit_cost_curve([1, 2, 3, 4], [12, 13, 17, 19])
    assert curve.prediction(2).to_pandas().columns.tolist() == ["cost", "low", "high"]


def test_forecasts_of_many_dates() -> None:
    days, prices = ["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01"], [8.0, 4.0, 2.5, 1.0]
    fit = lmprice.fit_decline(days, prices)
    at = ["2026-01-01", "2026-07-01"]
    table = fit.forecast(at).to_dicts()
    assert [row["at"] for row in table] == at
    for day, row in zip(at, table, strict=True):
        one = fit.forecast(day)
        assert (row["price"], row["low"], row["high"]) == tuple(one)
        assert one.to_dicts() == [{key: row[key] for key in ("price", "low", "high")}]
    assert len(fit.forecast(at[:1]).to_dicts()) == 1
    assert fit.forecast(pd.Series([1, 2])).to_pandas().shape == (2, 4)
    with pytest.raises(lmprice.PricingError, match="at 'x' is neither a date nor a number of"):
        fit.forecast([1, "x"])


@pytest.mark.engine
def test_bills_and_backtests_print_what_they_say() -> None:
    price = {"charge_model": "standard", "model": "m", "meter": "input", "unit_price": 3}
    head = {"format": 2, "name": "List", "version": "1", "currency": "USD"}
    start = {"valid_from": "2026-01-01"}
    book = billing.parse_book({**head, "charges": [{**price, **start}]})
    dearer = billing.parse_book({**head, "charges": [{**price, **start, "unit_price": 4}]})
    row = {"timestamp": "2026-03-05T02:00:00Z", "customer": "a", "model": "m", "input_tokens": 5}
    usage = pl.DataFrame([row])
    rated = billing.rate(usage, book)
    assert str(rated).splitlines() == [
        "1 rows: 1 rated, 0 refused",
        "Billed 15.00 USD to 1 customers, 2026-03-01 to 2026-04-01",
        "Prices: List 1, of 2026-01-01",
    ]
    assert repr(rated) == "<Rating: 1 rows: 1 rated, 0 refused>"
    assert rated._repr_html_().startswith("<pre>1 rows")
    tested = billing.backtest(usage, book, dearer)
    assert "List 1: 20.00 USD instead of 15.00, +5.00 (+33.3%)" in str(tested)
    assert "a pays 5.00 more: 20.00 instead of 15.00" in str(tested.drafts[0])
    assert str(billing.solve(usage, book, revenue=30)).startswith("Times ")
