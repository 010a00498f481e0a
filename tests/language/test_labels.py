"""Columns of pandas are paired by their labels everywhere, and these name what is found."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmprice
from lmprice import PricingError, offers

LABELS = ["north", "east", "south", "west"]
WORTH = [[5, 6, 7, 1], [2, 8, 9, 3]]


def _workload(*columns: Any) -> Any:
    demand = offers.ConstantElasticity(columns[-1])
    used = offers.Workload(*columns[:3], batch_share=columns[3])
    compared = lmprice.compare_strategies(used, {"batch": offers.BatchPrice(0.2)}, demand)
    return compared["batch"]


FUNCTIONS: dict[str, tuple[Callable[..., Any], list[list[float]]]] = {
    "cost": (lmprice.fit_cost_curve, [[1, 2, 3, 5], [10, 22, 31, 48]]),
    "segments": (lmprice.segment_prices, [[100, 50, 80, 30], [2, 1, 3, 4], [1, 2, 3, 4]]),
    "tariff": (
        lambda a, b, n: lmprice.two_part_tariff(a, b, 1, n),
        [[100, 50, 80, 30], [2, 1, 3, 4], [5, 6, 7, 8]],
    ),
    "meter": (
        lambda *c: lmprice.van_westendorp(*c[:4], weights=c[4]),
        [[1, 2, 3, 2], [3, 4, 5, 4], [6, 7, 8, 6], [9, 10, 11, 8], [1, 2, 3, 4]],
    ),
    "curves": (
        lmprice.van_westendorp_curves,
        [[1, 2, 3, 4], [0.9, 0.6, 0.3, 0.1], [1, 0.8, 0.5, 0.2], [0.1, 0.3, 0.6, 0.9],
         [0, 0.2, 0.4, 0.8]],
    ),
    "survey": (lmprice.gabor_granger, [[1, 2, 3, 4], [0.9, 0.6, 0.3, 0.1]]),
    "demand": (lmprice.fit_demand, [[1, 2, 3, 4], [9, 6, 3, 1]]),
    "offers": (lmprice.fit_price_response, [[1, 2, 3, 4], [9, 6, 3, 1], [10, 11, 12, 13]]),
    "logistic": (lmprice.fit_logistic_demand, [[1, 2, 3, 4], [90, 70, 40, 15]]),
    "calibration": (
        lambda p, s: lmprice.calibrate_logit_market(p, s, 0.5),
        [[2, 3, 4, 5], [0.3, 0.2, 0.3, 0.1]],
    ),
    "war": (
        lambda p, c, q: lmprice.price_war(p, c, q, 1, me=0, rival=1, cut=0.5, market_size=9),
        [[2, 3, 4, 5], [1, 0.5, 0.4, 0.3], [1, 2, 3, 4]],
    ),
    "workload": (
        _workload,
        [[20, 30, 40, 50], [2, 3, 4, 5], [1, 2, 1, 2], [0, 0.5, 1, 0], [-1.2, -2, -3, -1]],
    ),
}  # fmt: skip


def _rows(result: Any) -> list[dict[str, Any]]:
    """The rows of a result by numbers alone."""
    rows = result.to_dicts()
    return [{k: v for k, v in row.items() if not isinstance(v, str)} for row in rows]


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_columns_in_another_order_are_the_same_table(name: str) -> None:
    function, columns = FUNCTIONS[name]
    first, *others = (pd.Series(column, index=LABELS, dtype=float) for column in columns)
    mixed = [other.iloc[[2, 0, 3, 1]] for other in others]
    found, as_lists = function(first, *mixed), function(*columns)
    for one, other in zip(_rows(found), _rows(as_lists), strict=True):
        shared = one.keys() & other.keys() - {"segment", "seller", "customer", "lowest_type"}
        assert {key: one[key] for key in shared} == pytest.approx(
            {key: other[key] for key in shared}, nan_ok=True
        )
    polars = function(*(pl.Series("c", column, dtype=pl.Float64) for column in columns))
    assert str(polars) == str(as_lists)


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_labels_that_do_not_fit_are_refused(name: str) -> None:
    function, columns = FUNCTIONS[name]
    series = [pd.Series(column, index=LABELS, dtype=float) for column in columns]
    series[1].index = pd.Index(["north", "east", "south", "moon"])
    with pytest.raises(PricingError, match="has other labels than the columns before it"):
        function(*series)


def test_labels_name_what_is_found() -> None:
    function, columns = FUNCTIONS["segments"]
    found = function(*(pd.Series(c, index=LABELS) for c in columns))
    assert [row["segment"] for row in found.to_dicts()] == LABELS
    assert "\nnorth " in str(found)
    function, columns = FUNCTIONS["tariff"]
    tariff = function(*(pd.Series(c, index=LABELS) for c in columns))
    assert tariff.to_dicts()[1]["lowest_type"] == "east"
    assert "serves_west" in tariff.to_dicts()[0]
    function, columns = FUNCTIONS["workload"]
    outcome = function(*(pd.Series(c, index=LABELS) for c in columns))
    assert outcome.to_pandas()["customer"].tolist() == LABELS
    assert str(outcome).count("batch") == 2
    prices, shares = (pd.Series(c, index=LABELS) for c in FUNCTIONS["calibration"][1])
    market = lmprice.calibrate_logit_market(prices, shares, 0.5, of="south")
    assert market.margins[2] == pytest.approx(0.5)
    assert [row["seller"] for row in market.to_dicts()] == LABELS
    with pytest.raises(PricingError, match=r"of 'moon' is no seller: there are 0 to 3, or north"):
        lmprice.calibrate_logit_market(prices, shares, 0.5, of="moon")
    with pytest.raises(PricingError, match=r"of 'moon' is no seller: there are 0 to 3$"):
        lmprice.calibrate_logit_market([1, 2, 3, 4], [0.1] * 4, 0.5, of="moon")
    three = [pd.Series(c, index=LABELS) for c in FUNCTIONS["war"][1]]
    price_war: Any = lmprice.price_war
    war = price_war(*three, 1, me="north", rival="east", cut=0.5, market_size=9)
    assert (war.me, war.rival) == ("north", "east")
    assert list(war.equilibrium_prices) == LABELS


def test_frames_name_customers_and_products() -> None:
    worth = pd.DataFrame(WORTH, index=["ann", "bob"], columns=LABELS, dtype=float)
    costs = pd.Series({"west": 1.0, "south": 2.0, "east": 0.5, "north": 3.0})
    in_order = [3.0, 0.5, 2.0, 1.0]
    found, plain = lmprice.best_versions(worth, costs), lmprice.best_versions(WORTH, in_order)
    assert found.profit == plain.profit
    assert [row["version"] for row in found.to_dicts()] == LABELS
    two, cheap = worth[["north", "east"]], costs[["east", "north"]]
    bundles = lmprice.best_bundles(two, cheap)
    assert bundles.mixed.profit == lmprice.best_bundles(two.to_numpy(), [3.0, 0.5]).mixed.profit
    assert {"price_north", "price_east"} < bundles.to_dicts()[0].keys()
    assert "north" in str(bundles)
    choice = lmprice.bundle_choice(pd.Series({"east": 6.0, "north": 4.0}), 9, two)
    assert [row["customer"] for row in choice.to_dicts()] == ["ann", "bob"]
    assert "takes_east" in choice.to_dicts()[0]
    assert "ann " in str(choice)
    named = lmprice.best_versions(pl.DataFrame({"basic": [5.0, 2.0], "pro": [6.0, 8.0]}))
    assert named.versions == ("basic", "pro")
    with pytest.raises(PricingError, match="has other labels than the columns of the table"):
        lmprice.best_versions(worth, costs.rename({"west": "moon"}))


def test_what_each_customer_answers_stands_by_its_name() -> None:
    used = offers.Workload(pd.Series([20.0, 30.0], index=["a", "b"]), 2, 1)
    half = {"half": offers.FlatCut(0.5)}
    mixed = offers.ConstantElasticity(pd.Series({"b": -1.0, "a": -2.0}))
    assert lmprice.compare_strategies(used, half, mixed)["half"].customers.quantity.tolist() == [
        80.0,
        60.0,
    ]
    with pytest.raises(PricingError, match="other labels than the customers of the workload"):
        lmprice.compare_strategies(
            used, half, offers.ConstantElasticity(pd.Series({"a": -1.0, "c": -1.0}))
        )
    # Without names of the customers, what they answer stands by place.
    by_place = offers.Workload([20, 30], 2, 1)
    found = lmprice.compare_strategies(by_place, half, mixed)["half"].customers.quantity
    assert found.tolist() == [40.0, 120.0]


def test_tiers_by_label() -> None:
    bounds = pd.Series([10, 20, math.inf], index=["s", "m", "l"])
    prices = pd.Series({"l": 1.0, "m": 2.0, "s": 3.0})
    kind: Any = offers.GraduatedTiers
    tiers = kind(bounds, prices)
    assert (tiers.up_to, tiers.unit_prices) == ((10.0, 20.0, math.inf), (3.0, 2.0, 1.0))
    assert tiers.charge(np.array([15.0])).tolist() == [40.0]
