"""What passes for a number with NumPy and is none, alone, in lists and in arrays."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy import ma

import lmprice
from lmprice.language.errors import PricingError
from lmprice.simulation import simulate_pricing

NO_NUMBERS: list[Any] = [
    Decimal("sNaN"),
    True,
    b"12",
    bytearray(b"12"),
    memoryview(b"12"),
    datetime.timedelta(1),
    datetime.date(2026, 1, 1),
    np.timedelta64(1, "ns"),
    np.datetime64("2026-01-01", "ns"),
    np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])[0],
    "1",
    None,
    1j,
]
TABLES: list[Any] = [
    [np.array([True, False]), np.array([1.0, 2.0])],
    np.array([1], dtype="m8[ns]"),
    np.array(["2026-01-01"], dtype="M8[ns]"),
    np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    ma.array(["a", "b"], mask=[True, False]),
    pd.Series([pd.Timedelta(1)]),
    pd.Series([pd.Timestamp("2026-01-01")]),
    pl.Series([{"a": 1}]),
    pl.Series([datetime.timedelta(1)]),
]


def refused(value: Any) -> None:
    for call in (
        lambda: lmprice.profit(value, 1.0, 1.0, 0.0),
        lambda: lmprice.graduated_charge(5.0, [1, float("inf")], value),
        lambda: simulate_pricing(value, 1.0, 1.0),
        lambda: simulate_pricing([1, 2], value, 1.0),
    ):
        with pytest.raises(PricingError) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_what_is_no_number_alone_is_none_in_a_list(value: Any) -> None:
    for form in (value, [value], [value, 2.0], (2.0, value), [[value, 1.0], [1.0, 2.0]]):
        refused(form)


@pytest.mark.parametrize("value", TABLES, ids=lambda value: type(value).__name__)
def test_columns_of_what_is_no_number(value: Any) -> None:
    refused(value)


def profit(value: Any) -> Any:
    return lmprice.profit(value, 1.0, 1.0, 0.0)


def test_the_element_is_named() -> None:
    with pytest.raises(PricingError, match=r"^profit: quantity\[1\] True is not a number$"):
        profit([2.0, True])
    with pytest.raises(PricingError, match=r"^profit: quantity\[0\] b'12' is not a number$"):
        profit([bytearray(b"12"), 1.0])


def test_a_masked_element_is_unknown() -> None:
    given: Any = [ma.masked, 2.0]
    found = lmprice.profit(given, 3.0, 1.0, 0.0)
    np.testing.assert_array_equal(found, [np.nan, 4.0])


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="no longer floats")
def test_floats_beyond_64_bits_are_infinite() -> None:
    for value in (np.longdouble("1e4000"), [np.longdouble("1e4000")]):
        with pytest.raises(PricingError, match="inf is infinite"):
            profit(value)


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="no longer floats")
def test_a_float_beyond_64_bits_is_no_flag() -> None:
    given: Any = np.array([np.longdouble("1e4000"), 1.0])
    with pytest.raises(PricingError, match=r"inclusive\[0\] .* is neither true nor false"):
        lmprice.context_price(2.0, 1.0, 2.0, 3.0, given)
