"""Mean squared error and cross-entropy: published and hand-computed numbers, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import PricingError, cross_entropy, mse

numbers = st.floats(-1e6, 1e6)
probability = st.floats(0, 1)
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20)
guesses = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), probability), min_size=1, max_size=20)


def test_the_surprise_of_a_coin() -> None:
    # codearena.co, binary cross-entropy: 0.6931.
    assert cross_entropy([1, 1], [0.5, 0.5]) == pytest.approx(math.log(2), rel=1e-15)


def test_clipping_keeps_a_wrong_certainty_finite() -> None:
    assert cross_entropy([1], [0]) == pytest.approx(34.538776394910684)  # -ln 1e-15
    assert cross_entropy([0], [1]) == pytest.approx(34.538776394910684)
    assert cross_entropy([1], [1e-300]) == cross_entropy([1], [0])
    assert cross_entropy([1], [1e-14]) == pytest.approx(14 * math.log(10))


def test_a_certainty_that_came_true_costs_nothing() -> None:
    assert str(cross_entropy([1, 0], [1, 0])) == "0.0"


def test_samples_stand_behind_the_rows() -> None:
    predicted = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert mse([1, 3], predicted) == pytest.approx([0, 2.5])
    assert cross_entropy([1, 1], np.full((2, 2), 0.25)) == pytest.approx([math.log(4)] * 2)


def test_without_rows_there_is_no_question() -> None:
    with pytest.raises(PricingError, match=r"mse: actual \[\] has no rows"):
        mse([], [])
    with pytest.raises(PricingError, match=r"cross_entropy: outcomes \[\] has no rows"):
        cross_entropy([], [])


def test_invalid() -> None:
    with pytest.raises(PricingError, match=r"mse: predicted 3 is the number of rows"):
        mse([1, 2], [1, 2, 3])
    with pytest.raises(PricingError, match=r"probabilities\[1\] 1\.5 is above 1"):
        cross_entropy([1, 0], [0.5, 1.5])
    with pytest.raises(PricingError, match=r"outcomes\[0\] -1 is below 0"):
        cross_entropy([-1, 0], [0.5, 0.5])


@given(pairs)
def test_mse_is_a_mean_of_squares(rows: list[tuple[float, float]]) -> None:
    actual, predicted = zip(*rows, strict=True)
    error = mse(actual, predicted)
    by_hand = math.fsum((a - b) ** 2 for a, b in rows) / len(rows)
    assert error >= 0
    assert error == pytest.approx(by_hand, rel=1e-12)
    assert mse(predicted, actual) == error


@given(guesses)
def test_cross_entropy_is_not_negative_and_fair_to_both_outcomes(
    rows: list[tuple[float, float]],
) -> None:
    outcomes, probabilities = map(np.array, zip(*rows, strict=True))
    error = cross_entropy(outcomes, probabilities)
    assert error >= 0
    mirrored = cross_entropy(1 - outcomes, 1 - probabilities)
    # 1 - (1 - p) is not p where p is tiny.
    if (probabilities > 1e-3).all():
        assert mirrored == pytest.approx(error, rel=1e-9)


@given(st.integers(1, 30), st.integers(0, 30), st.floats(0.001, 0.999))
def test_the_share_of_sales_is_the_best_constant_guess(won: int, lost: int, guess: float) -> None:
    outcomes = [1.0] * won + [0.0] * lost
    share = won / (won + lost)
    best = cross_entropy(outcomes, [share] * len(outcomes))
    assert best <= cross_entropy(outcomes, [guess] * len(outcomes)) + 1e-12
