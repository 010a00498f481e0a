"""Dynamic pricing: the published example, sums added up term by term, laws, and a spreadsheet."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import poisson

import lmprice
from lmprice.dialects import excel
from lmprice.language.expression import Expr
from tests.chapters.dynamic.vectors import VECTORS
from tests.engines import as_number, libreoffice
from tests.office import Office

FUNCTIONS: dict[str, Any] = {f.name: f.function for f in lmprice.functions()}
dynamic_price = FUNCTIONS["dynamic_price"]
dynamic_revenue = FUNCTIONS["dynamic_revenue"]
fixed_price_revenue = FUNCTIONS["fixed_price_revenue"]
best_fixed_price = FUNCTIONS["best_fixed_price"]

stocks = st.integers(1, 300).map(float)
times = st.floats(0.01, 50)
rates = st.floats(0.01, 200)
sensitivities = st.floats(0.01, 100)


def test_published_example() -> None:
    # Gallego and van Ryzin 1994, exponential demand; their equation solved numerically agrees.
    assert dynamic_revenue(5, 1, 10, 1) == pytest.approx(3.49620070644, rel=1e-11)
    assert dynamic_price(5, 1, 10, 1) == pytest.approx(1.18657345876, rel=1e-11)
    assert dynamic_price(1, 1, 10, 1) == pytest.approx(2.54304047241, rel=1e-11)
    assert dynamic_price(5, 0.5, 10, 1) == pytest.approx(1.02861221305, rel=1e-11)


def exact_log_ratio(units: int, load: Fraction) -> float:
    """The logarithm of S_n / S_(n-1), in exact fractions."""
    term = total = Fraction(1)
    before = total
    for i in range(1, units + 1):
        term = term * load / i
        before, total = total, total + term
    ratio = total / before
    return math.log(ratio.numerator) - math.log(ratio.denominator)


@pytest.mark.parametrize("units", [1, 2, 3, 7, 30, 120])
@pytest.mark.parametrize("load", [0.001, 1, 40, 600, 700, 900, 5000, 1_000_000])
def test_price_is_exact_for_any_scarcity(units: int, load: float) -> None:
    # Beyond 25 standard deviations another formula takes over: it is one curve on both sides.
    price = 1 + exact_log_ratio(units, Fraction(load))
    assert dynamic_price(units, 1, load * math.e, 1) == pytest.approx(price, rel=3e-14)


@pytest.mark.parametrize("units", [1, 2, 7, 120])
@pytest.mark.parametrize("load", [1, 40, 700, 5000, 1_000_000])
def test_revenue_adds_up_the_prices(units: int, load: float) -> None:
    revenue = sum(exact_log_ratio(i, Fraction(load)) for i in range(1, units + 1))
    assert dynamic_revenue(units, 1, load * math.e, 1) == pytest.approx(revenue, rel=1e-12)


def test_large_stocks_and_rates() -> None:
    # A million units for ten million buyers: close to the fluid price ln(a t / n) / alpha.
    assert dynamic_price(1e6, 1, 1e7, 1) == pytest.approx(math.log(10), rel=1e-5)
    assert dynamic_revenue(1e6, 1, 1e7, 1) == pytest.approx(1e6 * math.log(10), rel=1e-4)
    assert best_fixed_price(1e6, 1, 1e7, 1) == pytest.approx(math.log(10), rel=1e-2)
    assert dynamic_price(1e6, 1, 1e5, 2) == 0.5


def test_only_whole_units_count() -> None:
    for f in (dynamic_price, dynamic_revenue, best_fixed_price):
        assert f(5.9, 1, 10, 1) == f(5, 1, 10, 1) != f(6, 1, 10, 1)
    assert fixed_price_revenue(1, 2.5, 1, 10, 1) == fixed_price_revenue(1, 2, 1, 10, 1)


def test_without_stock_or_customers() -> None:
    assert math.isnan(dynamic_price(0, 1, 10, 1))
    assert math.isnan(best_fixed_price(0.5, 1, 10, 1))
    assert dynamic_revenue(0, 1, 10, 1) == fixed_price_revenue(1, 0, 1, 10, 1) == 0
    for f in (dynamic_price, best_fixed_price):
        assert f(3, 0, 10, 4) == f(3, 1, 0, 4) == 0.25
    assert dynamic_revenue(3, 1, 0, 4) == fixed_price_revenue(1, 3, 1, 0, 4) == 0
    with pytest.raises(lmprice.PricingError, match="price_sensitivity 0 is not above 0"):
        dynamic_price(5, 1, 10, 0)


def expected_sales(price: float, units: int, arrivals: float, sensitivity: float) -> float:
    """The mean of min(units, customers), added up term by term."""
    buyers = arrivals * math.exp(-sensitivity * price)
    k = np.arange(units + 1)
    sold = np.sum(k * poisson.pmf(k, buyers)) + units * poisson.sf(units, buyers)
    return float(sold)


@given(st.floats(0.01, 10), st.integers(1, 60), st.floats(0.1, 200), st.floats(0.1, 3))
def test_fixed_price_revenue_is_price_times_sales(
    price: float, units: int, arrivals: float, sensitivity: float
) -> None:
    expected = price * expected_sales(price, units, arrivals, sensitivity)
    found = fixed_price_revenue(price, units, 1, arrivals, sensitivity)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("units", "arrivals", "sensitivity"), [(5, 10, 1), (1, 100, 0.5), (50, 1000, 2), (3, 0.001, 1)]
)
def test_best_fixed_price_against_a_plain_search(
    units: int, arrivals: float, sensitivity: float
) -> None:
    found = minimize_scalar(
        lambda p: -p * expected_sales(p, units, arrivals, sensitivity),
        bounds=(0.2 / sensitivity, 12 / sensitivity),
        method="bounded",
        options={"xatol": 1e-10},
    )
    price = best_fixed_price(units, 1, arrivals, sensitivity)
    assert price == pytest.approx(found.x, rel=1e-6)
    assert fixed_price_revenue(price, units, 1, arrivals, sensitivity) >= -found.fun * (1 - 1e-12)


# Laws ------------------------------------------------------------------------------------------


@given(stocks, times, rates, sensitivities)
def test_scarcity_raises_the_price_and_time_lowers_it(
    stock: float, time: float, rate: float, sensitivity: float
) -> None:
    price = dynamic_price(stock, time, rate, sensitivity)
    slack = 1 + 1e-12
    assert price * slack >= 1 / sensitivity
    assert dynamic_price(stock + 1, time, rate, sensitivity) <= price * slack
    assert dynamic_price(stock, 0.9 * time, rate, sensitivity) <= price * slack
    if rate * time > math.e * stock:  # really scarce: it moves
        assert dynamic_price(stock + 1, time, rate, sensitivity) < price
        assert dynamic_price(stock, 0.9 * time, rate, sensitivity) < price


@given(stocks, times, rates, sensitivities)
def test_price_is_what_a_unit_is_worth_and_a_margin(
    stock: float, time: float, rate: float, sensitivity: float
) -> None:
    values = dynamic_revenue([stock - 1, stock], time, rate, sensitivity)
    price = dynamic_price(stock, time, rate, sensitivity)
    size = max(rate * time, stock, 1) / sensitivity
    assert values[1] - values[0] + 1 / sensitivity == pytest.approx(price, abs=1e-12 * size)


@given(stocks, times, rates, sensitivities)
def test_the_equation_of_gallego_and_van_ryzin(
    stock: float, time: float, rate: float, sensitivity: float
) -> None:
    # dJ/dt = a e^(-alpha p) / alpha: the rate of sales times the margin over what is given up.
    step = 1e-4 * time
    later, earlier = dynamic_revenue(stock, [time + step, time - step], rate, sensitivity)
    sales = rate * math.exp(-sensitivity * dynamic_price(stock, time, rate, sensitivity))
    noise = 1e-9 * max(rate * time, 1) / (sensitivity * time)
    assert (later - earlier) / (2 * step) == pytest.approx(sales / sensitivity, rel=1e-3, abs=noise)


@given(stocks, times, rates, sensitivities)
def test_best_fixed_price_beats_its_neighbours_but_not_the_dynamic_price(
    stock: float, time: float, rate: float, sensitivity: float
) -> None:
    best = best_fixed_price(stock, time, rate, sensitivity)
    here, below, above = fixed_price_revenue(
        best * np.array([1, 0.99, 1.01]), stock, time, rate, sensitivity
    )
    assert here >= max(below, above)
    assert dynamic_revenue(stock, time, rate, sensitivity) >= here * (1 - 1e-9) - 1e-12


def test_arrays_broadcast() -> None:
    prices = best_fixed_price([[1], [5]], 1, [10, 100, 1000], 1)
    assert prices.shape == (2, 3)
    assert prices[1, 0] == best_fixed_price(5, 1, 10, 1)


# LibreOffice -----------------------------------------------------------------------------------


def test_native_formulas_in_libreoffice(soffice: Office, tmp_path: Path) -> None:
    registered = {f.excel_name: f for f in lmprice.functions()}
    vectors = [v for v in VECTORS if registered[v.excel_name].has_formula]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row, vector in enumerate(vectors, 1):
        f = registered[vector.excel_name]
        cells = {}
        for column, (p, value) in enumerate(zip(f.parameters, vector.arguments, strict=True), 2):
            cell = sheet.cell(row, column, value)
            cells[p.name] = Expr.name(cell.coordinate)
        sheet.cell(row, 1, f"={excel.text(f.trace(cells))}")
    path = tmp_path / "dynamic.xlsx"
    book.save(path)
    converted = libreoffice(soffice, path, "xlsx", tmp_path)
    found: Any = openpyxl.load_workbook(converted, data_only=True).active
    for row, vector in enumerate(vectors, 1):
        value = as_number(found.cell(row, 1).value)
        assert value == pytest.approx(vector.expected, rel=1e-12, nan_ok=True), vector
