"""Every formula text gives Python's number in a real spreadsheet engine."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice.dialects import excel
from lmprice.language.expression import Expr, ceil, exp, log, maximum, minimum, sqrt, where
from lmprice.language.formula import PricingFunction, pricing_function
from lmprice.language.quantities import Profit, Quantity
from tests.dialects.batches import batch, draws
from tests.dialects.trees import Terms
from tests.engines import IronCalcSheet

pytestmark = pytest.mark.engine

TOLERANCE = 1e-12
CLOSED_FORMS = [f for f in lmprice.functions() if f.has_formula]
BOUNDED = [f for f in CLOSED_FORMS if any(p.term.bounds for p in f.parameters)]


def sized(function: PricingFunction, drawn: list[Any]) -> Terms:
    """The terms of the formula on these arguments."""
    assert function.expression is not None
    terms = Terms()
    terms.value(function.expression, dict(zip(_names(function), drawn, strict=True)))
    return terms


def _names(function: PricingFunction) -> list[str]:
    return [p.name for p in function.parameters]


def sheets(function: PricingFunction) -> list[IronCalcSheet]:
    """The native formula and the LAMBDA of a function, each in an engine."""
    texts = (str(function.formula), str(function.lambda_text)[1:])
    return [IronCalcSheet(function, text) for text in texts]


def assert_parity(
    function: PricingFunction, sheet: IronCalcSheet, drawn: list[Any], largest: float
) -> None:
    """Python and the engine agree on these arguments, up to the size of the largest term."""
    rows = np.atleast_1d(function.function(*drawn)).tolist()
    cells = sheet.compute_rows(dict(zip(_names(function), drawn, strict=True)), len(rows))
    for python, engine in zip(rows, cells, strict=True):
        if math.isnan(python):
            assert engine == "#N/A"
        else:
            assert isinstance(engine, float), engine
            assert abs(python - engine) <= TOLERANCE * largest


def assert_parity_always(function: PricingFunction, *engines: IronCalcSheet) -> None:
    """Python and the engines agree on three hundred arguments that almost tie nowhere."""
    known = batch(function)
    for engine in engines:
        for drawn, largest in zip(known.drawn, known.largest, strict=True):
            assert_parity(function, engine, drawn, largest)


@pytest.mark.parametrize("function", CLOSED_FORMS, ids=lambda f: f.name)
def test_formula_and_lambda_give_pythons_number(function: PricingFunction) -> None:
    """Each on the same three hundred arguments, which all engines have."""
    assert_parity_always(function, *sheets(function))


@pytest.mark.parametrize("function", BOUNDED, ids=lambda f: f.name)
def test_lambda_answers_num_to_an_invalid_argument(function: PricingFunction) -> None:
    assert_invalid_is_refused(function)


def assert_invalid_is_refused(function: PricingFunction) -> None:
    """The LAMBDA answers #NUM! where Python raises."""
    sheet = IronCalcSheet(function, str(function.lambda_text)[1:])
    bounded = [p for p in function.parameters if p.term.bounds]
    assert bounded
    wrongs = itertools.cycle(bounded)

    for drawn, wrong in zip(itertools.islice(draws(function), 30), wrongs, strict=False):
        bound = wrong.term.bounds[0]
        broken = bound.limit - 1 if bound.operator in (">=", ">") else bound.limit + 1
        named = dict(zip(sheet.columns, drawn, strict=True))
        named[wrong.name] = [broken] * len(named[wrong.name]) if wrong.is_column else broken
        assert sheet.compute(named) == "#NUM!"
        with pytest.raises(lmprice.PricingError):
            function.function(**named)


@pytest.mark.parametrize("function", CLOSED_FORMS, ids=lambda f: f.name)
def test_nan_goes_through(function: PricingFunction) -> None:
    assert_nan_goes_through(function)


def assert_nan_goes_through(function: PricingFunction) -> None:
    """An argument that is NaN makes the whole result NaN."""

    positions = itertools.cycle(range(len(function.parameters)))
    for drawn, position in zip(itertools.islice(draws(function), 30), positions, strict=False):
        is_column = function.parameters[position].is_column
        drawn[position] = [math.nan, *drawn[position][1:]] if is_column else math.nan
        assert np.isnan(function.function(*drawn)).all()


TIERS = {
    "quantity": 6.0,
    "up_to": [5.0, 10.0, math.inf],
    "unit_prices": [7.0, 6.5, 6.0],
    "flat_fees": [0.0, 0.0, 0.0],
    "bill_zero_quantity": True,
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 41.5),
        ({"up_to": [5.0, 10.0, 1e300]}, 41.5),
        ({"flat_fees": 2.0}, 45.5),  # one number for all rows
        ({"bill_zero_quantity": 1.0}, 41.5),
        ({"quantity": 0.0, "flat_fees": 2.0}, 2.0),
        ({"quantity": 0.0, "flat_fees": 2.0, "bill_zero_quantity": False}, 0.0),
        ({"up_to": [10.0, 5.0, math.inf]}, "#NUM!"),
        ({"up_to": [5.0, 5.0, math.inf]}, "#NUM!"),
        ({"up_to": [5.0, 10.0, 20.0]}, "#NUM!"),
        ({"up_to": [5.0, math.inf, math.inf]}, "#NUM!"),
        ({"unit_prices": [7.0, math.inf, 6.0]}, "#NUM!"),
        ({"unit_prices": [7.0, 6.5]}, "#NUM!"),
        ({"unit_prices": [7.0, 6.5, 6.0, 5.5]}, "#NUM!"),
        ({"flat_fees": [1.0, 2.0]}, "#N/A"),
        ({"bill_zero_quantity": 2.0}, "#NUM!"),
    ],
)
def test_lambda_of_a_tier_table(changed: dict[str, Any], expected: float | str) -> None:
    graduated = next(f for f in lmprice.functions() if f.name == "graduated_charge")
    sheet = IronCalcSheet(graduated, str(graduated.lambda_text)[1:])
    assert sheet.compute(TIERS | changed) == expected


def test_lambda_refuses_columns_of_different_lengths() -> None:
    volume = next(f for f in lmprice.functions() if f.name == "volume_charge")
    sheet = IronCalcSheet(volume, str(volume.lambda_text)[1:])
    assert sheet.compute(TIERS | {"unit_prices": [7.0, 6.5, 6.0, 5.5]}) == "#NUM!"


def test_lambda_of_a_tier_table_without_its_optional_arguments() -> None:
    for name, charge in (("graduated_charge", 41.5), ("volume_charge", 39.0)):
        function = next(f for f in lmprice.functions() if f.name == name)
        sheet = IronCalcSheet(function, str(function.lambda_text)[1:])
        assert sheet.compute(dict(list(TIERS.items())[:3])) == charge


@pytest.mark.usefixtures("clean_registry")
def test_a_new_function_has_parity_without_further_work() -> None:
    @pricing_function("LMDUMMY", "dummy")
    def dummy_formula(quantity: Quantity, quadratic: Quantity = 2) -> Profit:
        """A formula for this test."""
        return -(quantity**2) + quadratic / (1 + quantity)

    function = lmprice.functions()[-1]
    assert (function.name, function.formula) == (
        "dummy_formula",
        "-(quantity^2)+quadratic/(1+quantity)",
    )
    assert dummy_formula(3) == -8.5
    sheet = IronCalcSheet(function, str(function.formula))
    assert_parity_always(function, sheet)


def test_the_tolerance_would_notice_a_wrong_formula() -> None:
    profit = next(f for f in lmprice.functions() if f.name == "profit")
    sheet = IronCalcSheet(profit, "price*quantity-unit_cost*quantity-fixed_cost*1.00000001")
    drawn = [100.0, 20.0, 10.0, 100.0]
    with pytest.raises(AssertionError):
        assert_parity(profit, sheet, drawn, sized(profit, drawn).largest)


def test_expressions_that_excel_reads_differently() -> None:
    # Excel: -2^2 is 4 and 2^3^2 is 64; Python: -(2**2) is -4 and 2**(3**2) is 512.
    x: Any = Expr.name("quantity")
    y: Any = Expr.name("price")
    revenue = next(f for f in lmprice.functions() if f.name == "revenue")
    for expression, value, text in [
        (-(x**2), -9.0, "-(quantity^2)"),
        ((-x) ** 2, 9.0, "(-quantity)^2"),
        (x ** (y**2), 81.0, "quantity^(price^2)"),
        ((x**y) ** 2, 81.0, "(quantity^price)^2"),
        (x - (y - x), 4.0, "quantity-(price-quantity)"),
        (x / (y / x), 4.5, "quantity/(price/quantity)"),
        (x * -y, -6.0, "quantity*(-price)"),
        (-x + y, -1.0, "-quantity+price"),
        (x - (-2), 5.0, "quantity-(-2)"),
        (0 - x, -3.0, "0-quantity"),
        (minimum(x, y), 2.0, "MIN(quantity,price)"),
        (maximum(x, y), 3.0, "MAX(quantity,price)"),
        (ceil(x / y), 2.0, "-INT(-(quantity/price))"),
        (ceil(-x / y), -1.0, "-INT(-(-quantity/price))"),
        (exp(log(x)), 3.0, "EXP(LN(quantity))"),
        (sqrt(x + 6), 3.0, "SQRT(quantity+6)"),
        (where(x == y, 1, 0), 0.0, "IF(quantity=price,1,0)"),
        (where(x != y, 1, 0), 1.0, "IF(quantity<>price,1,0)"),
        (where((x > y) & (y > 0), 1, 0), 1.0, "IF((quantity>price)*(price>0),1,0)"),
    ]:
        assert excel.text(expression) == text
        computed = IronCalcSheet(revenue, text).compute({"quantity": 3.0, "price": 2.0})
        assert computed == pytest.approx(value, rel=1e-15)
