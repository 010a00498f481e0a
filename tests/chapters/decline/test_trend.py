"""The registered functions of the chapter: figures of a trend in arrays and sheets."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmprice
from lmprice import PricingError, trend_factor, trend_figures, trend_price
from lmprice.chapters.decline.fit import fit_decline
from tests.chapters.decline.histories import EPOCH
from tests.chapters.decline.trend_vectors import EPOCH_DATES, EPOCH_PRICES


def test_registered() -> None:
    found = [(f.excel_name, f.returns_column) for f in lmprice.functions() if f.category == "trend"]
    assert found == [("LMTRENDFACTOR", False), ("LMTREND", True), ("LMTRENDPRICE", True)]


def test_serial_numbers_are_those_dates() -> None:
    texts = [str(date(1899, 12, 30) + timedelta(days=day)) for day in EPOCH_DATES]
    assert texts == list(EPOCH["GPT-3.5 on MMLU"][0])


def test_epoch_in_a_column() -> None:
    _, (factor, low, high, r_squared, half_life_days) = EPOCH["GPT-3.5 on MMLU"]
    figures = np.asarray(trend_figures(EPOCH_DATES, EPOCH_PRICES, independent=True))
    assert figures.shape == (7,)
    assert figures[:5] == pytest.approx([factor, low, high, half_life_days / 365, r_squared])
    assert figures[6] == 7
    # NumPy's line: the residual error of seven logarithms with five degrees of freedom.
    line = np.polyfit(EPOCH_DATES, np.log(EPOCH_PRICES), 1, full=True)
    assert figures[5] == pytest.approx(math.sqrt(line[1][0] / 5))
    assert trend_factor(EPOCH_DATES, EPOCH_PRICES) == pytest.approx(factor)


def test_price_of_a_date() -> None:
    fit = fit_decline(EPOCH_DATES, EPOCH_PRICES, confidence=0.8)
    at = 45750.5
    days = date(1899, 12, 30) + timedelta(days=45750)
    found = np.asarray(trend_price(EPOCH_DATES, EPOCH_PRICES, at, 0.8))
    assert found == pytest.approx(fit.forecast((at - EPOCH_DATES[-1]) / 365), rel=1e-9)
    whole = np.asarray(trend_price(EPOCH_DATES, EPOCH_PRICES, 45750, 0.8))
    assert whole == pytest.approx(fit.forecast(days), rel=1e-9)


def test_samples_stand_behind_the_figures() -> None:
    levels = np.array([0.5, 0.9, 0.99])
    figures = np.asarray(trend_figures(EPOCH_DATES, EPOCH_PRICES, levels))
    assert figures.shape == (7, 3)
    assert (np.diff(figures[1]) < 0).all()
    for sample, level in enumerate(levels):
        alone = np.asarray(trend_figures(EPOCH_DATES, EPOCH_PRICES, level))
        assert figures[:, sample] == pytest.approx(alone)
    dates = [45800, 45900]
    prices = np.asarray(trend_price(EPOCH_DATES, EPOCH_PRICES, dates))
    assert prices.shape == (3, 2)
    assert prices[0, 1] < prices[0, 0]


def test_two_histories_at_once() -> None:
    two = np.array([EPOCH_PRICES, EPOCH_PRICES[::-1]]).T
    days = np.array([EPOCH_DATES, EPOCH_DATES]).T
    figures = np.asarray(trend_figures(days, two))
    assert figures.shape == (7, 2)
    assert figures[0, 0] > 1 > figures[0, 1]
    assert math.isnan(figures[3, 1])  # it rises
    assert np.asarray(trend_factor(days, two)) == pytest.approx(figures[0])


def test_no_answer() -> None:
    same = [45000, 45000, 45000]
    assert math.isnan(trend_factor(same, [3, 2, 1]))
    # A sum of equal fractions need not be a multiple of one.
    assert math.isnan(trend_factor([45000.1] * 3, [3, 2, 1]))
    assert np.isnan(trend_figures(same, [3, 2, 1])).all()
    assert np.isnan(trend_price(same, [3, 2, 1], 45100)).all()
    two = np.asarray(trend_figures([45000, 45365], [10, 1]))
    assert two[[0, 4, 6]] == pytest.approx([10, 1, 2])
    assert np.isnan(two[[1, 2, 5]]).all()
    assert np.isnan(trend_figures([45000, math.nan], [10, 1])).all()
    assert math.isnan(trend_factor([45000, 45001], [1e9, 1]))


def test_nan_goes_through_to_its_own_sample() -> None:
    days, prices = [45000, 45100, 45300], [3, 2, 1]
    assert np.isnan(trend_price(days, prices, math.nan)).all()
    assert np.isnan(trend_price(days, prices, 45400, math.nan)).all()
    assert np.isnan(trend_figures(days, prices, math.nan)).all()
    both = np.asarray(trend_price(days, prices, [45400, math.nan]))
    assert both[:, 0] == pytest.approx(np.asarray(trend_price(days, prices, 45400)))
    assert np.isnan(both[:, 1]).all()


def test_refusals() -> None:
    with pytest.raises(PricingError, match=r"trend_factor: prices\[1\] 0 is not above 0"):
        trend_factor([45000, 45100], [1, 0])
    with pytest.raises(PricingError, match=r"trend_figures: confidence 1 is not below 1"):
        trend_figures([45000, 45100], [1, 2], 1)
    with pytest.raises(PricingError, match=r"trend_price: at 0 is below 1"):
        trend_price([45000, 45100], [1, 2], 0)
    with pytest.raises(PricingError, match=r"dates\[0\] 20240101 is not below 1e\+06"):
        trend_figures([20240101, 20240201], [1, 2])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(40_000, 46_000), st.floats(0.01, 1000)), min_size=3, max_size=20
    ).filter(lambda rows: len({day for day, _ in rows}) > 1)
)
def test_the_closed_form_is_the_fit(rows: list[tuple[int, float]]) -> None:
    days, prices = zip(*rows, strict=True)
    # Of the power of the factor so many digits are sure; far up they are fewer of the factor.
    fitted = math.log(fit_decline(days, prices, basis="lineage").annual_factor)
    closed = math.log(trend_factor(list(days), list(prices)))
    assert closed == pytest.approx(fitted, rel=1e-8, abs=1e-8, nan_ok=True)
    # Swapping rows changes nothing.
    other = math.log(trend_factor(list(days[::-1]), list(prices[::-1])))
    assert other == pytest.approx(closed, rel=1e-8, abs=1e-8, nan_ok=True)
