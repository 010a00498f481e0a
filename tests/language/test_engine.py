"""Arguments: numbers, arrays, columns, and what is refused."""

from __future__ import annotations

import itertools
import math
import pickle
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice import PricingError, breakeven_quantity, mix_breakeven, profit, token_cost
from lmprice.language.formula import PricingFunction
from lmprice.language.tree import Expr
from tests.dialects.batches import draws
from tests.dialects.trees import Terms

call: Any = profit  # called with what the types forbid


def test_arrays_broadcast() -> None:
    result = profit([1, 10, 100], 20, 10, 100)
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.float64
    assert result.tolist() == [-90, 0, 900]
    table = profit(np.array([[1], [10], [100]]), np.array([[20, 30, 40, 50]]), 10, 100)
    assert table.shape == (3, 4)
    assert table[2].tolist() == [900, 1900, 2900, 3900]
    assert breakeven_quantity([20, 8], 10, 100).tolist()[0] == 10
    assert math.isnan(breakeven_quantity([20, 8], 10, 100)[1])


@pytest.mark.parametrize(
    "quantity",
    [100, 100.0, np.float64(100), np.float32(100), np.int64(100), Decimal(100), Fraction(100)],
    ids=lambda q: type(q).__name__,
)
def test_real_scalars_give_a_float(quantity: Any) -> None:
    value = call(quantity, 20, 10, 100)
    assert type(value) is float
    assert value == 900


def test_a_zero_dimensional_array_is_a_scalar() -> None:
    assert type(call(np.array(100), 20, 10, 100)) is float


def test_objects_and_masked_elements() -> None:
    assert call([Decimal("0.1"), 1], 20, 10, 0).tolist() == [1.0, 10.0]
    masked = np.ma.MaskedArray([1, 2], mask=[False, True])
    result = call(masked, 20, 10, 0)
    assert result[0] == 10
    assert math.isnan(result[1])
    assert call(np.array([1, 2], dtype=np.uint8), 20, 10).tolist() == [10, 20]
    assert call([], 20, 10).tolist() == []


def test_keywords_and_defaults() -> None:
    assert profit(quantity=100, price=20, unit_cost=10) == 1000
    with pytest.raises(TypeError, match=r"^profit\(\) missing 1 .* argument: 'unit_cost'$"):
        call(1, 2)
    with pytest.raises(TypeError, match=r"^profit\(\) got an unexpected keyword argument"):
        call(1, 2, 3, fixed=4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 20, 10, 100), "profit: quantity -1 is below 0"),
        (([1, -1, -2], 20, 10), "profit: quantity[1] -1 is below 0 (2 of 3 elements are bad)"),
        (([[1, 2], [3, -4]], 20, 10), "profit: quantity[1, 1] -4 is below 0"),
        ((1, "20", 10), "profit: price '20' is not a number"),
        ((1, None, 10), "profit: price None is not a number"),
        ((1, True, 10), "profit: price True is not a number"),
        ((1, 2j, 10), "profit: price 2j is not a number"),
        ((1, [1.0, "x"], 10), "profit: price[1] 'x' is not a number"),
        (
            (1, np.array(["2024-01-01"], dtype="datetime64[D]"), 10),
            "profit: price[0] datetime.date",
        ),
        ((1, 20, float("inf")), "profit: unit_cost inf is infinite"),
        ((1, 20, -math.inf), "profit: unit_cost -inf is below 0"),
        ((1, 20, [1, math.inf]), "profit: unit_cost[1] inf is infinite"),
        ((1, 20, 10**400), "is too large for a 64-bit float"),
        ((1, 20, [10**400, 1]), "is too large for a 64-bit float"),
        ((1, 20, [[1, 2], [3]]), "profit: unit_cost [[1, 2], [3]] has rows of different lengths"),
        (
            ([1, 2], [1, 2, 3], 1),
            "profit: price (3,) is a shape that does not fit quantity of shape (2,)",
        ),
    ],
)
def test_bad_arguments_are_named(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(PricingError) as caught:
        call(*arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_error_carries_its_parts() -> None:
    with pytest.raises(PricingError) as caught:
        call([[1, -1], [-2, 4]], 20, 10)
    error = caught.value
    assert (error.function, error.parameter, error.value) == ("profit", "quantity", -1)
    assert (error.index, error.rule) == ((0, 1), "is below 0")
    assert error.mask.tolist() == [[False, True], [True, False]]
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.mask.tolist() == error.mask.tolist()


def test_a_rule_between_arguments() -> None:
    assert token_cost(10, 0, 1, 0, 10, 0) == 0
    with pytest.raises(
        PricingError, match=r"cached_tokens 11 breaks the rule cached_tokens\+cache_w"
    ):
        token_cost(10, 0, 1, 0, 11, 0)
    with pytest.raises(PricingError) as caught:
        token_cost([10, 20, 5], 0, 1, 0, [1, 30, 9], 0)
    assert "cached_tokens[1] 30 breaks" in str(caught.value)
    assert caught.value.mask.tolist() == [False, True, True]
    # Unknown is not wrong.
    assert math.isnan(token_cost(math.nan, 0, 1, 0, 11, 0))


def test_columns_against_samples() -> None:
    prices, unit_costs, mix = [6.25, 7.75, 9.25], [3.25, 4.5, 6.25], [5, 3, 2]
    many = mix_breakeven(prices, unit_costs, mix, [145_000, 0, 30.75])
    assert many == pytest.approx([4715.44715447, 0, 1])
    assert mix_breakeven(20, 10, 1, 100) == 10  # one row
    # A column of two samples for each row: the second sample sells at twice the price.
    doubled = np.array([[6.25, 12.5], [7.75, 15.5], [9.25, 18.5]])
    both = mix_breakeven(doubled, unit_costs, mix, 145_000)
    # Hand: composite price 73, composite cost 42.25.
    assert both == pytest.approx([145_000 / 30.75, 145_000 / 103.75])
    assert math.isnan(mix_breakeven([math.nan, 1], [0, 0], [1, 1], 5))
    partly = mix_breakeven(prices, unit_costs, mix, [math.nan, 30.75])
    assert math.isnan(partly[0])
    assert partly[1] == pytest.approx(1)
    with pytest.raises(PricingError, match="unit_costs 1 is the number of rows, but the columns"):
        mix_breakeven([1, 2], [1], [1, 2], 3)
    with pytest.raises(PricingError, match=r"unit_costs\[1\] -1 is below 0"):
        mix_breakeven([1, 2], [1, -1], [1, 2], 3)


def test_results_beyond_float64_are_unknown() -> None:
    assert math.isnan(profit(1e200, 1e200, 0))
    assert np.isnan(profit([1e200, 1], 1e200, 0)).tolist() == [True, False]


@pytest.mark.parametrize("function", lmprice.functions(), ids=lambda f: f.name)
def test_arrays_give_what_scalars_give(function: PricingFunction) -> None:
    if function.has_columns:
        pytest.skip("columns are not samples; see test_columns_against_samples")

    drawn = [*itertools.islice(draws(function), 100)]
    together: Any = function.function(*zip(*drawn, strict=True))
    for given_, found in zip(drawn, together, strict=True):
        alone = function.function(*given_)
        if found != alone and not (math.isnan(found) and math.isnan(alone)):
            assert abs(found - alone) <= _may_differ(function, given_, alone)


def _may_differ(function: PricingFunction, given_: list[float], alone: float) -> float:
    """How far an array may be from a number: what its powers do that are two last digits off."""
    if function.expression is None:
        return 1e-12 * abs(alone)  # as near as what is solved step by step comes anyway
    powers = sum(node.operation == "power" for node in function.expression.walk())
    names = dict(zip((p.name for p in function.parameters), given_, strict=True))
    # One power after the other, up and down: first order is enough for differences this small.
    return math.fsum(
        max(abs(OtherPower(n, way).value(function.expression, names) - alone) for way in (-1, 1))
        for n in range(powers)
    )


@dataclass
class OtherPower(Terms):
    """Computes with one of the powers of a formula two units in the last place off."""

    which: int
    way: int

    def operation(self, node: Expr, args: list[Any]) -> Any:
        found = super().operation(node, args)
        if node.operation != "power":
            return found
        self.which -= 1
        return found + self.way * 2 * np.spacing(found) if self.which == -1 else found


def test_an_array_may_differ_by_its_powers_only() -> None:
    functions = {f.name: f for f in lmprice.functions()}
    assert _may_differ(functions["profit"], [100, 20, 10, 100], 900) == 0
    before_and_after = [1e-8, 263323.375, 599.0, 397.0]
    rate: Any = lmprice.learning_rate(*before_and_after)
    # 1 - 2^b near 1: two last digits of 2^b, which is just below 1.
    assert _may_differ(functions["learning_rate"], before_and_after, rate) == pytest.approx(2**-52)


def test_lazy_attributes() -> None:
    assert lmprice.scenarios.Breakeven().evaluate()["profit"] == 900
    assert lmprice.build.__name__ == "build"
    assert {"build", "read", "check", "scenarios", "profit"} <= set(dir(lmprice))
    module: Any = lmprice
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


@pytest.mark.parametrize(
    "value",
    [
        Decimal("sNaN"),
        [Decimal("sNaN"), 1],
        [True, 2.0],
        [[1.0, True]],
        np.ma.array(["a", "b"], mask=[False, True]),
        np.timedelta64(5, "D"),
        np.array([1, 2], dtype="m8[D]"),
        bytearray(b"ab"),
        memoryview(b"ab"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_numpy_would_take_for_numbers_is_refused(value: Any) -> None:
    refused: Any = lmprice.profit
    with pytest.raises(PricingError, match=r"^profit: quantity.* is not a number"):
        refused(value, 20, 10, 100)


def test_functions_and_their_derivatives_pickle() -> None:
    for f in lmprice.functions():
        assert pickle.loads(pickle.dumps(f)) is f
    slope = pickle.loads(pickle.dumps(lmprice.derivative("profit", "price")))
    assert slope(100, 20, 10, 100) == 100
