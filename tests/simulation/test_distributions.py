"""Distributions: their moments by hand, truncation, and what they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, stats

from lmprice import PricingError
from lmprice.simulation import (
    Distribution,
    LogNormal,
    Normal,
    Pert,
    Triangular,
    Truncated,
    Uniform,
)

# Mean and variance as textbooks have them: uniform (b-a)²/12; triangular (a+b+c)/3 and
# (a²+b²+c²-ab-ac-bc)/18; PERT (a+4b+c)/6 and (m-a)(c-m)/7; half normal sqrt(2/π) and 1-2/π;
# log-normal with the logarithm N(m, s²): exp(m+s²/2) and (exp(s²)-1) exp(2m+s²).
MOMENTS: list[tuple[Distribution, float, float]] = [
    (Normal(20, 2), 20, 4),
    (Uniform(10, 16), 13, 3),
    (Triangular(10, 15, 26), 17, (100 + 225 + 676 - 150 - 260 - 390) / 18),
    (Triangular(0, 0, 3), 1, 0.5),
    (Pert(10, 15, 26), 16, 6 * 10 / 7),
    (LogNormal(100, 50), 100, 2500),
    (LogNormal.from_median(1, math.e), math.exp(0.5), (math.e - 1) * math.e),
    (Truncated(Normal(0, 1), low=0), math.sqrt(2 / math.pi), 1 - 2 / math.pi),
    (Truncated(Normal(0, 1), high=0), -math.sqrt(2 / math.pi), 1 - 2 / math.pi),
    (Truncated(Uniform(0, 10), 4, 7), 5.5, 0.75),
]


def integral(function: Callable[[float], float]) -> float:
    return float(integrate.quad(function, 0, 1, limit=500)[0])


@pytest.mark.parametrize(("distribution", "mean", "variance"), MOMENTS, ids=str)
def test_moments(distribution: Distribution, mean: float, variance: float) -> None:
    found = integral(lambda p: float(distribution.quantile(p)))
    assert found == pytest.approx(mean, rel=1e-6)
    spread = integral(lambda p: (float(distribution.quantile(p)) - mean) ** 2)
    assert spread == pytest.approx(variance, rel=1e-4)
    draws = distribution.draw(np.random.default_rng(0), 40_000)
    assert draws.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / 40_000))


# What has a closed form here; SciPy computes all else itself.
WHOLE = [d for d, *_ in MOMENTS if not isinstance(d, (Pert, Truncated))]
EXTREME = [
    Normal(-1e300, 1e-300),
    LogNormal(1e-300, 1e300),
    Triangular(1, 2, 2),
    Uniform(-1e308, 0),
]


@pytest.mark.parametrize("distribution", WHOLE + EXTREME, ids=str)
def test_quantiles_are_scipys_to_the_last_bit(distribution: Distribution) -> None:
    shares = [0.0, 5e-324, 2.0**-54, 1 - 2.0**-53, 1.0, -0.1, 1.5, math.nan]
    shares += np.random.default_rng(1).random(5000).tolist()
    with np.errstate(all="ignore"):
        expected = distribution.frozen().ppf(shares)
    assert np.array_equal(distribution.quantile(shares), expected, equal_nan=True)


def test_a_factor_around_the_median_holds_68_per_cent() -> None:
    found = LogNormal.from_median(30, 1.5).quantile(stats.norm.cdf([-1, 0, 1]))
    assert found == pytest.approx([20, 30, 45], rel=1e-9)


def test_a_far_tail_is_as_fine_as_the_middle() -> None:
    # By SciPy's own truncated normal; beyond 8.3 standard deviations 1 - cdf is 0 in float64.
    shares = [0, 0.1, 0.5, 0.9, 1]
    upper = Truncated(Normal(0, 1), low=10, high=12).quantile(shares)
    assert upper == pytest.approx(stats.truncnorm(10, 12).ppf(shares), rel=1e-9)
    lower = Truncated(Normal(0, 1), low=-12, high=-10).quantile(shares)
    assert lower == pytest.approx(-upper[::-1], rel=1e-9)


@given(
    st.floats(-100, 100),
    st.floats(0.1, 50),
    st.floats(-2, 2),
    st.floats(0.1, 4),
    st.integers(0, 2**32),
)
def test_truncated_draws_are_inside(
    mean: float, sd: float, start: float, width: float, seed: int
) -> None:
    low, high = mean + start * sd, mean + (start + width) * sd
    draws = Truncated(Normal(mean, sd), low, high).draw(np.random.default_rng(seed), 100)
    assert ((draws >= low) & (draws <= high)).all()
    assert len(np.unique(draws)) > 90


class Zeros(np.random.Generator):
    """Random numbers of exactly 0."""

    def random(self, size: int) -> NDArray[np.float64]:  # type: ignore[override]
        return np.zeros(size)


def test_a_random_number_of_zero_is_a_number() -> None:
    draws = Normal(0, 1).draw(Zeros(np.random.PCG64()), 1)
    assert -9 < draws[0] < -8


def test_texts() -> None:
    third = Normal(1 / 3, 1)
    assert str(third) == "Normal(mean=0.333333, sd=1)"
    assert repr(third) == "Normal(mean=0.3333333333333333, sd=1)"
    assert str(Truncated(third, low=0)) == "Truncated(Normal(mean=0.333333, sd=1), low=0)"
    assert eval(repr(Truncated(third, high=2.0))) == Truncated(third, high=2.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(20, 0), "Normal: sd 0 is not above 0"),
        (lambda: Normal(math.nan, 1), "Normal: mean nan is not a number"),
        (lambda: Normal(cast(Any, [1, 2]), 1), "Normal: mean [1, 2] is not a single number"),
        (lambda: Uniform(3, 3), "Uniform: high 3 is not above low 3"),
        (lambda: Uniform(3, 2), "Uniform: high 2 is below low 3"),
        (lambda: Triangular(1, 0, 2), "Triangular: mode 0 is below low 1"),
        (lambda: Pert(1, 3, 2), "Pert: high 2 is below mode 3"),
        (lambda: LogNormal(-1, 2), "LogNormal: mean -1 is not above 0"),
        (lambda: LogNormal.from_median(3, 1), "LogNormal.from_median: factor 1 is not above 1"),
        (
            lambda: LogNormal.from_median(3, 1e300),
            "factor 1e+300 is so large that the mean or the standard deviation is no number",
        ),
        (lambda: LogNormal.from_median(0, 2), "LogNormal.from_median: median 0 is not above 0"),
        (lambda: Truncated(cast(Any, 3)), "Truncated: distribution 3 is not a distribution"),
        (lambda: Truncated(Normal(0, 1), low=math.nan), "Truncated: low nan is not a number"),
        (lambda: Truncated(Normal(0, 1), low=1, high=0), "Truncated: high 0 is below low 1"),
        (
            lambda: Truncated(Uniform(0, 1), low=2),
            "Truncated: distribution Uniform(low=0, high=1) has no draws between 2 and inf",
        ),
        (
            lambda: Truncated(Truncated(Uniform(0, 1), low=0.5), high=0.7),
            "is truncated already: give it both limits",
        ),
    ],
)
def test_what_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(PricingError) as caught:
        make()
    assert message in str(caught.value)
