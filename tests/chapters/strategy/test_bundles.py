"""Bundles and versions: textbook cases and a search through all candidate prices."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

import lmprice
from lmprice import PricingError

best_bundles: Any = lmprice.best_bundles
best_versions: Any = lmprice.best_versions
bundle_choice: Any = lmprice.bundle_choice

# What is masked is unknown, whatever number stands behind the mask.
HALF_KNOWN = np.ma.array([[1, 2]], mask=[[False, True]])

tables = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: [float(v) for v in pair]),
    min_size=1,
    max_size=4,
)
unit_costs = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(list)


def test_choices_at_given_prices() -> None:
    # dummies.com, mixed bundling: W at $20, X at $15, both for $24.
    found = bundle_choice([20, 15], 24, [[30, 2], [30, 7]])
    assert found.as_bundle.tolist() == [False, True]
    assert found.bought.tolist() == [[True, False], [True, True]]
    assert found.surplus.tolist() == [10, 13]
    assert found.paid.tolist() == [20, 24]


@pytest.mark.parametrize("size", [2.0**-150, 2.0**-30, 2.0**40, 2.0**150])
@pytest.mark.parametrize("seed", range(8))
def test_the_currency_does_not_matter(seed: int, size: float) -> None:
    values = np.random.default_rng(seed).integers(0, 12, (4, 2)).astype(float)
    costs = np.array([1.0, 2.0])
    bundles = best_bundles(values, costs), best_bundles(values * size, costs * size)
    assert bundles[1].mixed.profit == bundles[0].mixed.profit * size
    versions = best_versions(values, costs), best_versions(values * size, costs * size)
    assert versions[1].profit == versions[0].profit * size
    assert versions[1].choices.tolist() == versions[0].choices.tolist()


def test_a_cost_beyond_all_value() -> None:
    found = best_versions([[5, 9], [6, 2]], [0, 1e60])
    assert (found.profit, found.choices.tolist()) == (10, [0, 0])
    assert best_versions([[5e-324, 0]]).profit <= 1e-300  # no division by 0 on the way


def test_ties_buy_and_take_the_bundle() -> None:
    found = bundle_choice([5, 5], 10, [[5, 5], [5, 4], [4, 4]])
    assert found.as_bundle.tolist() == [True, False, False]
    assert found.bought.tolist() == [[True, True], [True, False], [False, False]]
    assert found.surplus.tolist() == [0, 0, 0]


def test_textbook_mixed_bundling() -> None:
    # Pindyck and Rubinfeld, Microeconomics, chapter 11: costs 20 and 30.  They price a cent below
    # indifference: 89.95 and 229.90 for 90 and 230.
    found = best_bundles([[10, 90], [50, 50], [60, 40], [90, 10]], [20, 30])
    assert found.separate.prices.tolist() == [50, 90]
    assert found.separate.profit == 150
    assert (found.pure.bundle_price, found.pure.profit) == (100, 200)
    assert found.mixed.prices == pytest.approx([90, 90])
    assert found.mixed.bundle_price == pytest.approx(100)
    assert found.mixed.profit == pytest.approx(230)
    assert found.best == "mixed"


def test_simplest_of_equal_ways() -> None:
    one = best_bundles([[8], [5]], 1)
    assert (one.separate.profit, one.pure.profit, one.best) == (8, 8, "separate")
    assert one.mixed.profit == pytest.approx(8)
    nothing = best_bundles([[1, 2]], [5, 5])
    assert nothing.separate.profit == nothing.pure.profit == nothing.mixed.profit == 0
    assert math.isnan(nothing.pure.bundle_price)
    assert np.isnan([*nothing.separate.prices, *nothing.mixed.prices]).all()


def most_by_search(values: Any, cost: Any) -> float:
    """The best profit of mixed bundling over every price that can matter, ties to the seller."""
    best = 0.0
    for together in {x + y for x in values[:, 0] for y in values[:, 1]}:
        firsts = {*values[:, 0], *(together - values[:, 1])}
        seconds = {*values[:, 1], *(together - values[:, 0])}
        for first, second in itertools.product(firsts, seconds):
            if min(first, second) < 0 or together > first + second:
                continue
            total = 0.0
            for x, y in values:
                ways = [
                    (0.0, 0.0),
                    (x - first, first - cost[0]),
                    (y - second, second - cost[1]),
                    (x + y - together, together - sum(cost)),
                ]
                most = max(surplus for surplus, _ in ways)
                total += max(gain for surplus, gain in ways if surplus == most)
            best = max(best, total)
    return best


@pytest.mark.engine
@settings(max_examples=60)
@given(tables, unit_costs)
def test_mixed_bundling_is_the_best_there_is(values: list[list[float]], cost: list[int]) -> None:
    found = best_bundles(values, cost)
    assert found.mixed.profit == pytest.approx(most_by_search(np.array(values), cost), abs=1e-6)
    assert found.mixed.profit >= max(found.separate.profit, found.pure.profit) - 1e-6


def test_three_products() -> None:
    # Hand: each customer wants one product alone, all value the three together at 12.
    found = best_bundles([[12, 0, 0], [0, 12, 0], [0, 0, 12]])
    assert found.pure.profit == found.separate.profit == 36
    assert found.mixed.profit == pytest.approx(36)


# Versions --------------------------------------------------------------------------------------


def test_versions_keep_apart() -> None:
    # Hand: the professional must keep the 5 that the basic version would leave it.
    found = best_versions([[15, 18], [15, 18], [20, 50]])
    assert found.prices == pytest.approx([15, 45])
    assert found.choices.tolist() == [0, 0, 1]
    assert found.profit == pytest.approx(75)
    assert found.single_profit == 54  # three at 18


def test_a_version_that_only_spoils_the_better_one() -> None:
    found = best_versions([[9, 10], [9, 10]], [0, 0])
    assert math.isnan(found.prices[0])
    assert found.choices.tolist() == [1, 1]
    assert found.profit == found.single_profit == pytest.approx(20)


@pytest.mark.engine
@settings(max_examples=40)
@given(tables, unit_costs)
def test_versions_against_a_search(values: list[list[float]], cost: list[int]) -> None:
    table = np.array(values)
    tried = np.arange(0, 26)  # whole reservation prices have whole best prices
    best = 0.0
    for prices in itertools.product(tried, tried):
        surplus = np.column_stack([np.zeros(len(table)), table - prices])
        gains = np.array([0.0, *(np.array(prices) - cost)])
        at_most = surplus == surplus.max(axis=1, keepdims=True)
        best = max(best, float(np.where(at_most, gains, -np.inf).max(axis=1).sum()))
    found = best_versions(values, cost)
    assert found.profit == pytest.approx(best, abs=1e-6)
    assert found.profit >= found.single_profit - 1e-6


def test_a_solver_that_gives_up_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    solve: Any = optimize.milp
    asked: list[Any] = []

    def reluctant(*args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs)
        if len(asked) == 1:
            return optimize.OptimizeResult(success=False, x=None, message="gave up")
        return solve(*args, **kwargs)

    monkeypatch.setattr(optimize, "milp", reluctant)
    assert best_versions([[15, 18], [20, 50]]).profit == pytest.approx(60)
    assert len(asked) == 2

    def never(*_: Any, **__: Any) -> Any:
        return optimize.OptimizeResult(success=False, x=None, message="gave up")

    monkeypatch.setattr(optimize, "milp", never)
    with pytest.raises(ArithmeticError, match="not found: gave up"):
        best_versions([[15, 18], [20, 50]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_bundles([[1, -2]]), r"best_bundles: reservations\[0, 1\] -2 is below 0"),
        (lambda: best_bundles([[1e308, 1]]), r"reservations\[0, 0\] 1e\+308 is too large to comp"),
        (lambda: best_versions([[1, 1]], 1e308), r"unit_costs 1e\+308 is too large to compute"),
        (lambda: bundle_choice([1, 2], 1e308, [[1, 2]]), r"bundle_price 1e\+308 is too large"),
        (lambda: best_bundles([[1, 2], [3]]), "reservations .* has rows of different lengths"),
        (lambda: best_bundles([1, 2]), "is not a shape of rows and columns"),
        (lambda: best_bundles([["a", "b"]]), "is not a number"),
        (
            lambda: best_bundles(HALF_KNOWN),
            r"reservations\[0, 1\] nan is not a number",
        ),
        (lambda: bundle_choice([1, 2], 3, HALF_KNOWN), r"reservations\[0, 1\] nan is not a number"),
        (lambda: bundle_choice(HALF_KNOWN[0], 3, [[1, 2]]), r"prices\[1\] nan is not a number"),
        (lambda: best_bundles([[1, 2]], [1, 2, 3]), "unit_costs 3 is the number of rows"),
        (lambda: best_bundles([[1, 2]] * 67), "reservations 201 is a number of choices above 200"),
        (lambda: best_versions([[1] * 3] * 67), "best_versions: reservations 201"),
        (lambda: bundle_choice([1], 2, [[1, 2], [3, 4]]), "prices 1 is the number of rows"),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()
