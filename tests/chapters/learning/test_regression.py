"""Least squares and its inference: certified values, and SciPy as another way to them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lmprice.chapters.learning.regression import dependent_column, least_squares

# NIST, Statistical Reference Datasets, Norris: ozone monitors, response and predictor.
NORRIS = np.array([
    (0.1, 0.2), (338.8, 337.4), (118.1, 118.2), (888.0, 884.6), (9.2, 10.1), (228.1, 226.5),
    (668.5, 666.3), (998.5, 996.3), (449.1, 448.6), (778.9, 777.0), (559.2, 558.2), (0.3, 0.4),
    (0.1, 0.6), (778.1, 775.5), (668.8, 666.9), (339.3, 338.0), (448.9, 447.5), (10.8, 11.6),
    (557.7, 556.0), (228.3, 228.1), (998.0, 995.8), (888.8, 887.6), (119.6, 120.2), (0.3, 0.3),
    (0.6, 0.3), (557.6, 556.8), (339.3, 339.1), (888.0, 887.2), (998.5, 999.0), (778.9, 779.0),
    (10.2, 11.1), (117.6, 118.3), (228.9, 229.2), (668.4, 669.1), (449.2, 448.9), (0.2, 0.5),
])  # fmt: skip


def test_norris() -> None:
    response, predictor = NORRIS.T
    assert len(NORRIS) == 36
    line = least_squares(np.column_stack([np.ones(36), predictor]), response)
    assert line.coefficients == pytest.approx([-0.262323073774029, 1.00211681802045], rel=1e-12)
    assert line.standard_errors == pytest.approx([0.232818234301152, 0.429796848199937e-3])
    assert line.residual_error == pytest.approx(0.884796396144373, rel=1e-12)
    assert line.r_squared == pytest.approx(0.999993745883712, rel=1e-14)
    assert line.residuals @ line.residuals == pytest.approx(26.6173985294224, rel=1e-12)
    assert (line.rows, line.degrees) == (36, 34)


def test_intervals_are_students() -> None:
    random = np.random.default_rng(0)
    times = random.uniform(0, 5, 12)
    response = 3 - 2 * times + random.normal(size=12)
    line = least_squares(np.column_stack([np.ones(12), times]), response)
    other = stats.linregress(times, response)
    quantile = stats.t.ppf(0.975, 10)
    found = line.coefficient(1, 0.95)
    assert found.value == pytest.approx(other.slope)
    assert found.low == pytest.approx(other.slope - quantile * other.stderr)
    assert found.high == pytest.approx(other.slope + quantile * other.stderr)
    # The textbook's prediction interval: s sqrt(1 + 1/n + (x - mean)² / Sxx).
    spread = np.sum((times - times.mean()) ** 2)
    error = math.sqrt(np.sum((response - other.intercept - other.slope * times) ** 2) / 10)
    half = quantile * error * math.sqrt(1 + 1 / 12 + (7 - times.mean()) ** 2 / spread)
    ahead = line.prediction(np.array([1.0, 7]), 0.95)
    assert ahead.value == pytest.approx(other.intercept + 7 * other.slope)
    assert (ahead.high - ahead.low) / 2 == pytest.approx(half)


def test_prediction_interval_by_hand() -> None:
    # x = 1, 2, 3 and y = 1, 2, 6: slope 2.5, intercept -2, residuals 0.5, -1, 0.5, s² = 1.5;
    # at x = 2 the variance is 1.5 (1 + 1/3), and t(1) at 95 % two-sided is 12.7062.
    line = least_squares(np.array([[1.0, 1], [1, 2], [1, 3]]), np.array([1.0, 2, 6]))
    assert line.coefficients == pytest.approx([-2, 2.5])
    ahead = line.prediction(np.array([1.0, 2]), 0.95)
    assert (ahead.value, ahead.high) == pytest.approx((3, 3 + 12.7062047362 * math.sqrt(2)))


def test_no_degrees_no_interval() -> None:
    line = least_squares(np.array([[1.0, 0], [1, 1]]), np.array([1.0, 3]))
    assert line.coefficients == pytest.approx([1, 2])
    assert math.isnan(line.residual_error)
    assert math.isnan(line.coefficient(1, 0.9).low)


def test_a_constant_has_no_variance_to_explain() -> None:
    line = least_squares(np.column_stack([np.ones(4), np.arange(4.0)]), np.full(4, 0.1))
    assert math.isnan(line.r_squared)


def test_dependent_columns_are_named() -> None:
    times = np.arange(5.0)
    ones = np.ones(5)
    assert dependent_column(np.column_stack([ones, times])) is None
    assert dependent_column(np.column_stack([ones, times, 3 * times - 7])) == 2
    assert dependent_column(np.column_stack([ones, 4 * ones, times])) == 1
    assert dependent_column(np.column_stack([ones, 0 * ones])) == 1
    assert dependent_column(np.array([[1.0, 2, 3]])) == 1  # one row
    assert dependent_column(np.array([[1.0, 2, 3], [1, 5, 4]])) == 2  # two rows


@given(st.integers(3, 40), st.integers(0, 10_000), st.integers(1, 3))
def test_residuals_are_orthogonal_to_the_design(rows: int, seed: int, columns: int) -> None:
    random = np.random.default_rng(seed)
    design = np.column_stack(
        [np.ones(rows + columns), random.normal(size=(rows + columns, columns))]
    )
    response = random.normal(size=rows + columns)
    fit = least_squares(design, response)
    assert design.T @ fit.residuals == pytest.approx(np.zeros(columns + 1), abs=1e-9)
    other = np.linalg.lstsq(design, response, rcond=None)[0]
    assert fit.coefficients == pytest.approx(other, abs=1e-9)
