"""Tier tables and flags on the cells of a sheet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.excel.calls import across, down, run, texts

UP_TO = down(5.0, 10.0, None)
PRICES = down(7.0, 6.5, 6.0)


def test_the_last_bound_is_empty() -> None:
    assert run("LMGRADUATED", 6.0, UP_TO, PRICES) == 41.5
    assert run("LMVOLUME", 6.0, across(5.0, 10.0, None), across(7.0, 6.5, 6.0)) == 39
    assert run("LMGRADUATED", 6.0, None, 7.0) == 42  # a table of one row
    assert run("LMGRADUATED", 6.0, down(5.0, 10.0, 1e300), PRICES) == 41.5
    assert run("LMBLOCK", 5325.0, down(100.0, 1000.0), down(10.0, None), down(1.0, 1.0)) == 15


def test_a_range_of_quantities() -> None:
    assert run("LMGRADUATED", down(1.0, 5.0, 6.0), UP_TO, PRICES) == [[7], [35], [41.5]]
    assert run("LMGRADUATED", across(1.0, 6.0), UP_TO, PRICES, 1.0) == [[8, 43.5]]
    result = run("LMGRADUATED", down(1.0, -1.0), UP_TO, PRICES)
    assert texts(result) == [[7], ["#NUM! LMGRADUATED: quantity -1 is below 0"]]


def test_flat_fees_are_a_column_or_one_number_or_left_out() -> None:
    for fees in (4.0, down(4.0, 4.0, 4.0), across(4.0, 4.0, 4.0), [[4.0]]):
        assert run("LMGRADUATED", 6.0, UP_TO, PRICES, fees) == 49.5
    assert run("LMGRADUATED", 6.0, UP_TO, PRICES, None, None) == 41.5


@pytest.mark.parametrize(
    ("up_to", "what"),
    [
        (down(10.0, 5.0, None), "#NUM! LMGRADUATED: up_to (cell 2) 5 is not above 10"),
        (
            down(5.0, 10.0, 20.0),
            "#NUM! LMGRADUATED: up_to (cell 3) 20 is not infinite: the last row has no limit",
        ),
        (down(5.0, None, None), "#VALUE! LMGRADUATED: up_to (cell 2) is empty"),
        (
            down(5.0, None),
            "#VALUE! LMGRADUATED: the columns have different numbers of cells "
            "(up_to 2, unit_prices 3)",
        ),
    ],
)
def test_tables_out_of_order(up_to: Any, what: str) -> None:
    assert texts(run("LMGRADUATED", 6.0, up_to, PRICES)) == what
    assert texts(run("LMGRADUATED", 6.0, UP_TO, down(7.0, 6.5, None))) == (
        "#VALUE! LMGRADUATED: unit_prices (cell 3) is empty"
    )


@pytest.mark.parametrize("flag", [True, 1.0, None])
def test_true(flag: Any) -> None:
    assert run("LMCONTEXTPRICE", 200_000.0, 200_000.0, 1.25, 2.5, flag) == 1.25


@pytest.mark.parametrize("flag", [False, 0.0])
def test_false(flag: Any) -> None:
    assert run("LMCONTEXTPRICE", 200_000.0, 200_000.0, 1.25, 2.5, flag) == 2.5
    both = run("LMGRADUATED", 0.0, UP_TO, PRICES, 4.0, down(True, flag))
    assert both == [[4], [0]]


def test_neither_true_nor_false() -> None:
    result = run("LMCONTEXTPRICE", 1.0, 1.0, 1.25, 2.5, down(2.0, True, "yes"))
    assert texts(result) == [
        ["#NUM! LMCONTEXTPRICE: inclusive 2 is neither true nor false"],
        [1.25],
        ["#VALUE! LMCONTEXTPRICE: inclusive 'yes' is text, not a number"],
    ]
