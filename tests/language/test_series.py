"""Columns of data frames: paired as pandas and Polars pair them, and given back as such."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmprice
from lmprice import PricingError

profit: Any = lmprice.profit
logit_shares: Any = lmprice.logit_shares


def test_series_are_paired_by_label_as_pandas_does() -> None:
    quantity = pd.Series([1.0, 10.0, 100.0], index=["a", "b", "c"], name="day")
    price = pd.Series([30.0, 20.0, 25.0], index=["c", "a", "b"], name="day")
    pd.testing.assert_series_equal(profit(quantity, price, 10, 100), quantity * (price - 10) - 100)
    # Labels that only one of them has are no answer.
    less = price.drop("b").rename("other")
    found = profit(quantity, less, 10, 100)
    pd.testing.assert_series_equal(found, quantity * (less - 10) - 100)
    assert found.name is None
    assert math.isnan(found["b"])


def test_labels_of_every_kind() -> None:
    months = pd.period_range("2026-01", periods=3, freq="M")
    quantity = pd.Series([1, 2, 3], index=months)
    pd.testing.assert_series_equal(profit(quantity, 20, 10), 10.0 * quantity)
    # The same labels in the same order may stand twice.
    twice = pd.Series([1.0, 2.0], index=["a", "a"])
    assert profit(twice, twice, 0).tolist() == [1.0, 4.0]
    with pytest.raises(PricingError, match=r"quantity .* has labels that stand twice"):
        profit(twice, pd.Series([1.0, 2.0], index=["a", "b"]), 0)


def test_arrays_and_numbers_beside_a_series_stand_by_position() -> None:
    quantity = pd.Series([1.0, 10.0], index=["x", "y"])
    found = profit(quantity, np.array([20.0, 30.0]), 10, 100)
    assert found.to_dict() == {"x": -90.0, "y": 100.0}
    with pytest.raises(PricingError, match="shape"):
        profit(quantity, [1.0, 2.0, 3.0], 0)


def test_missing_values_are_no_answer_and_texts_are_refused() -> None:
    whole = pd.Series([1, None], dtype="Int64")
    assert profit(whole, 20, 10)[0] == 10
    assert math.isnan(profit(whole, 20, 10)[1])
    with pytest.raises(PricingError, match=r"profit: quantity\[0\] 'a' is not a number"):
        profit(pd.Series(["a", "b"]), 20, 10)
    with pytest.raises(PricingError, match=r"profit: quantity\[1\] -1 is below 0"):
        profit(pd.Series([1, -1]), 20, 10)


def test_polars_by_position() -> None:
    quantity = pl.Series("tokens", [1.0, 10.0, None])
    found = profit(quantity, pl.Series("p", [20.0, 20.0, 20.0]), 10, 100)
    assert isinstance(found, pl.Series)
    assert found.name == "tokens"
    assert found.to_list()[:2] == [-90.0, 0.0]
    assert math.isnan(found[2])


def test_columns_of_a_table_keep_their_labels() -> None:
    prices = pd.Series([2.0, 3.0, 1.0], index=["we", "nimbus", "open"])
    qualities = pd.Series([0.0, 3.0, 2.0], index=["open", "nimbus", "we"])
    shares = logit_shares(prices, qualities, 1)
    expected = lmprice.logit_shares([2.0, 3.0, 1.0], [2.0, 3.0, 0.0], 1)
    assert shares.to_dict() == dict(zip(prices.index, np.asarray(expected), strict=True))
    with pytest.raises(
        PricingError, match=r"qualities .* has other labels than the columns before"
    ):
        logit_shares(prices, qualities.drop("we"), 1)
    # A list of figures is no column of the table.
    days = pd.Series(range(45000, 45700, 100))
    assert isinstance(lmprice.trend_figures(days, days / days.iloc[0]), np.ndarray)


def test_a_history_is_paired_by_label() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-01", "2024-07-01", "2025-01-01"]))
    prices = pd.Series([4.0, 2.0, 1.0])
    backwards = prices.sort_values()
    fit = lmprice.fit_decline(dates, backwards)
    assert fit.annual_factor == lmprice.fit_decline(dates, prices).annual_factor > 3


def test_arrays_in_arrays_out() -> None:
    assert type(profit(np.ones(2), 2, 1)) is np.ndarray
    assert type(profit([1, 2], 2, 1)) is np.ndarray


def test_frames_are_paired_by_both_labels_as_pandas_does() -> None:
    quantity = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0]}, index=["p", "q"])
    price = pd.DataFrame({"y": [30.0, 40.0], "x": [10.0, 20.0]}, index=["q", "p"])
    pd.testing.assert_frame_equal(profit(quantity, price, 1), quantity * (price - 1))
    pd.testing.assert_frame_equal(profit(quantity, 20, 1, 5), quantity * 19 - 5)
    other = price.rename(index={"p": "z"})
    pd.testing.assert_frame_equal(profit(quantity, other, 1), quantity * (other - 1))
    row = profit(quantity, np.array([10.0, 20.0]), 0)
    assert row.loc["q"].tolist() == [20.0, 80.0]
    with pytest.raises(PricingError, match=r"price \[1, 2\] is a Series beside a DataFrame"):
        profit(quantity, pd.Series([1, 2]), 1)
    twice = pd.DataFrame([[1.0, 2.0]], columns=["x", "x"])
    with pytest.raises(PricingError, match=r"quantity \['x', 'x'\] has labels that stand twice"):
        profit(twice, quantity, 1)
    with pytest.raises(PricingError, match=r"quantity\[0, 0\] 'a' is not a number"):
        profit(pd.DataFrame({"x": ["a"]}), 1, 1)
