"""Price response and logistic demand: published fits, laws, and what cannot be fitted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import curve_fit, minimize_scalar

from lmprice import (
    PricingError,
    cross_entropy,
    fit_logistic_demand,
    fit_price_response,
    logit_demand,
)

# Wikipedia, "Logistic regression": hours of study and whether the exam was passed.
HOURS = [
    0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5,
    5.5,
]  # fmt: skip
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]

prices = st.integers(1, 40)
offers = st.lists(st.tuples(prices, st.booleans()), min_size=6, max_size=40)


def fitted(rows: list[tuple[int, bool]]) -> Any:
    """The response, where there is one."""
    at, won = zip(*rows, strict=True)
    try:
        return fit_price_response(at, won)
    except PricingError:
        assume(False)


def test_an_exam() -> None:
    found = fit_price_response(HOURS, PASSED)
    assert found.intercept == pytest.approx(-4.07771343109, rel=1e-10)  # published: -4.0777
    assert found.slope == pytest.approx(1.50464542837, rel=1e-10)  # 1.5046
    assert found.standard_errors == pytest.approx(
        (1.76099431416, 0.628720845945), rel=1e-10
    )  # 1.7610 and 0.6287
    assert found.cross_entropy == pytest.approx(0.401493923217, rel=1e-10)
    assert found.cross_entropy * found.offers == pytest.approx(8.02987846434, rel=1e-10)
    chances = [0.0708919598997, 0.255703182641, 0.607358645366, 0.874447502398, 0.9690970679]
    assert found.probability([1, 2, 3, 4, 5]) == pytest.approx(chances, rel=1e-10)
    assert found.even_price == pytest.approx(2.71008262425, rel=1e-10)


def test_what_sells_better_the_dearer_has_no_best_price() -> None:
    found = fit_price_response(HOURS, PASSED)
    with pytest.raises(PricingError, match=r"slope 1\.5046454283\d+ is not below 0"):
        found.optimal_price(1)
    assert str(found).endswith("too little evidence that a higher price sells less.")


def test_groups_are_offers_one_by_one() -> None:
    at, won, offered = [3.0, 5, 8], [9, 5, 2], [10, 9, 12]
    groups = fit_price_response(at, won, offered)
    single_prices = np.repeat(at, offered)
    single = np.concatenate([[1] * w + [0] * (n - w) for w, n in zip(won, offered, strict=True)])
    offer_by_offer = fit_price_response(single_prices, single)
    for name in ("intercept", "slope", "cross_entropy", "offers", "won", "standard_errors"):
        assert getattr(groups, name) == pytest.approx(getattr(offer_by_offer, name), rel=1e-9)
    assert (groups.offers, groups.won) == (31, 16)
    assert groups.standard_errors[1] > 0


def test_the_best_price_of_a_response() -> None:
    found = fit_price_response([4, 5, 6, 7, 8, 9], [38, 33, 24, 15, 8, 3], trials=40)
    best = minimize_scalar(
        lambda price: -(price - 3) * found.probability(price), bounds=(3, 20), method="bounded"
    )
    assert found.optimal_price(3) == pytest.approx(best.x, rel=1e-5)
    assert "too little evidence" not in str(found)
    assert "- 1.0256 p))" in str(found)


def test_a_price_that_does_not_matter() -> None:
    found = fit_price_response([1, 1, 2, 2], [True, False, True, False])
    assert found.slope == 0
    assert math.isnan(found.even_price)
    assert found.probability(5) == 0.5


def test_newton_goes_no_further_than_the_loss_falls() -> None:
    # A group far out sends a full step of Newton's method past the answer.
    at, won, offered = np.array([[11, 12, 196], [60, 538, 8], [64223, 544, 8]])
    found = fit_price_response(at, won, offered)
    gaps = won - offered * np.asarray(found.probability(at))
    assert gaps.sum() == pytest.approx(0, abs=1e-8)
    assert gaps @ at == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 1, 1]), r"outcomes 3 is the number of sales: every offer was won"),
        (([1, 2, 3], [0, 0, 0]), r"outcomes 0 is the number of sales: every offer was lost"),
        (([2, 2, 2], [0, 1, 0]), r"prices 2 is the only price"),
        (([1, 2, 3, 4], [1, 1, 0, 0]), r"prices 2 parts the offers perfectly, what was won below"),
        (([1, 2, 2, 4], [1, 1, 0, 0]), r"prices 2 parts the offers perfectly"),
        (([1, 2, 3, 4], [0, 0, 1, 1]), r"prices 2 parts the offers .* what was lost below"),
        (([1, 2], [3, 0], [3, 5]), r"prices 1 parts the offers perfectly"),
        (([1, 2], [0.5, 1]), r"outcomes\[0\] 0\.5 is neither 0 nor 1; for groups .* give trials"),
        (([1, 2], [1, 3], [2, 2]), r"outcomes\[1\] 3 is more than the trials"),
        (([1, 2], [1]), r"outcomes \(1,\) is a shape that is not that of the prices, \(2,\)"),
        (([1, 2], [1, 0], [1, 1, 1]), r"trials \(3,\) is a shape"),
        ((1, 1), r"prices 1 is not a column"),
        (([0, 1e-200, 2e-200, 3e-200], [1, 0, 1, 0]), r"prices 0 is too close to the others"),
        (([], []), r"prices \[\] has no rows"),
        (([1, 2, 3], ["a", 0, 1]), r"outcomes\[0\] 'a' is not a number$"),
        (([1, 2, 3], [0, None, 1]), r"outcomes\[1\] None is not a number$"),
        (([1, 2], [[1, 2], [3]]), r"outcomes \[\[1, 2\], \[3\]\] has rows of different lengths"),
        (([[1, 2], [3]], [1, 0]), r"prices \[\[1, 2\], \[3\]\] has rows of different lengths"),
        (([1, 2, 3], [1, 0, 1], 1e308), r"trials 1e\+308 is beyond 1e\+100, too large"),
        (([1, 2], [1, 0], [1, 1e308]), r"trials\[1\] 1e\+308 is beyond"),
        (([1, 1e200, 2], [1, 0, 0]), r"prices\[1\] 1e\+200 is beyond 1e\+100, too large"),
        (([1, math.nan], [1, 0]), r"prices\[1\] nan is not a number"),
        (([1, 2], ["won", "lost"]), r"outcomes\[0\] 'won' is not a number \(2 of 2"),
    ],
)
def test_no_response(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(PricingError, match=f"fit_price_response: {message}"):
        fit_price_response(*arguments)


@given(offers, st.integers(-50, 50))
def test_a_price_beside_a_rivals_gives_the_same_slope(
    rows: list[tuple[int, bool]], rival: int
) -> None:
    found = fitted(rows)
    at, won = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    beside = fit_price_response(at - rival, won)
    assert beside.slope == pytest.approx(found.slope, rel=1e-6, abs=1e-8)
    assert beside.probability(at - rival) == pytest.approx(found.probability(at), abs=1e-7)


@given(offers)
def test_neighbours_are_worse(rows: list[tuple[int, bool]]) -> None:
    found = fitted(rows)
    at, won = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    least = cross_entropy(won, np.asarray(found.probability(at)))
    assert found.cross_entropy == pytest.approx(least, rel=1e-9)
    error_of_intercept, error_of_slope = found.standard_errors
    for shift, tilt in [(0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1)]:
        odds = (
            found.intercept
            + shift * error_of_intercept
            + (found.slope + tilt * error_of_slope) * at
        )
        assert cross_entropy(won, 1 / (1 + np.exp(-odds))) > least - 1e-12


@given(offers, st.floats(0.01, 100))
def test_another_currency_gives_the_same_response(
    rows: list[tuple[int, bool]], rate: float
) -> None:
    found = fitted(rows)
    at, won = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    other = fit_price_response(rate * at, won)
    assert other.intercept == pytest.approx(found.intercept, rel=1e-6, abs=1e-8)
    assert other.slope * rate == pytest.approx(found.slope, rel=1e-6, abs=1e-8)
    assert other.cross_entropy == pytest.approx(found.cross_entropy, rel=1e-9)


# Logistic demand -------------------------------------------------------------------------------


PRICES, SOLD = [14.0, 17, 18, 19, 22], [461.0, 493, 469, 339, 60]


def test_static_price_optimization() -> None:
    # rstudio-pubs 435924, by R's nls, which stops a little before the minimum.
    found = fit_logistic_demand(PRICES, SOLD)
    published = (490.615811772, 19.9344060685, 0.893549310968)
    assert (found.market_size, found.midpoint, found.scale) == pytest.approx(published, rel=1e-5)
    assert found.optimal_price() == pytest.approx(17.3322204226, rel=1e-5)
    best = found.optimal_price()
    assert best * found.quantity(best) == pytest.approx(8065.07197187, rel=1e-6)


def test_another_program_finds_the_same() -> None:
    found = fit_logistic_demand(PRICES, SOLD)
    (size, middle, scale), covariance = curve_fit(
        lambda p, n, u, s: n / (1 + np.exp((p - u) / s)), PRICES, SOLD, p0=[490, 20, 1], ftol=1e-14
    )
    assert (found.market_size, found.midpoint, found.scale) == pytest.approx(
        (size, middle, scale), rel=1e-6
    )
    assert found.standard_errors == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)


def test_the_curve_as_logit_demand() -> None:
    found = fit_logistic_demand(PRICES, SOLD)
    same = logit_demand(PRICES, found.intercept, found.slope, found.market_size)
    assert found.quantity(PRICES) == pytest.approx(same)
    best = found.optimal_price(5)
    profits = [(p - 5) * float(found.quantity(p)) for p in (best - 0.01, best, best + 0.01)]
    assert max(profits) == profits[1]


def test_an_exact_fit_says_so() -> None:
    found = fit_logistic_demand([1, 2, 3], [50, 40, 10])
    assert found.quantity([1, 2, 3]) == pytest.approx([50, 40, 10])
    assert math.isnan(found.residual_error)
    assert "an exact fit (3 observations)" in str(found)
    assert "(5 observations)" in str(fit_logistic_demand(PRICES, SOLD))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 2], [3, 2, 1]), r"prices 2 is the number of different prices"),
        (([1, 2, 3], [3, 2]), r"quantities \(2,\) is a shape"),
        ((1, 2), r"prices 1 is not a column"),
        (([1, 2, 3], [0, 0, 0]), r"quantities 0 is all that was sold"),
        (([1, 2, 3], [3, -2, 1]), r"quantities\[1\] -2 is below 0"),
        # An exponential, a rise, no change, a cliff between two prices, a bump.
        (([1, 2, 3, 4], [16, 8, 4, 2]), r"quantities 4 .* do not tell its three"),
        (([1, 2, 3, 4], [1, 2, 3, 4]), r"quantities 4 .* do not tell its three"),
        (([1, 2, 3, 4], [5, 5, 5, 5]), r"quantities 4 .* do not tell its three"),
        (([1, 2, 3, 4], [9, 9, 0, 0]), r"quantities 4 .* do not tell its three"),
        (([1, 2, 3], [10, 40, 10]), r"quantities 3 .* do not tell its three"),
    ],
)
def test_no_logistic_demand(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(PricingError, match=f"fit_logistic_demand: {message}"):
        fit_logistic_demand(*arguments)


@given(
    st.floats(10, 1e6),
    st.floats(3, 8),
    st.floats(0.3, 2),
    st.floats(0.01, 100),
)
def test_a_logistic_curve_comes_back_in_any_currency(
    size: float, middle: float, scale: float, rate: float
) -> None:
    at = np.arange(1.0, 12)
    sold = size / (1 + np.exp((at - middle) / scale))
    found = fit_logistic_demand(rate * at, sold)
    assert (found.market_size, found.midpoint / rate, found.scale / rate) == pytest.approx(
        (size, middle, scale), rel=1e-6
    )
