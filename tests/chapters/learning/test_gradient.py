"""Gradient descent: trajectories to the digit, both forms of momentum, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import PricingError, gradient_descent


def slope(x: Any) -> Any:
    """The gradient of (x - 4)²."""
    return 2 * (x - 4)


def test_plain() -> None:
    # By hand: the distance to 4 is 6, 3.6, 2.16, 1.296: three fifths of it are left each time.
    found = gradient_descent(slope, 10, 0.2, 3)
    assert found.history == pytest.approx([10, 7.6, 6.16, 5.296], rel=1e-15)
    assert found.point == found.history[-1]
    assert type(found.point) is float
    assert found.steps == 3


def test_momentum_of_two_kinds() -> None:
    # univ-saida.dz, momentum: 7.6, 4, 0.76, -0.86; the moving average by hand.
    heavy = gradient_descent(slope, 10, 0.2, 4, momentum=0.9, form="heavy ball")
    assert heavy.history[1:] == pytest.approx([7.6, 4.0, 0.76, -0.86], rel=1e-14)
    average = gradient_descent(slope, 10, 0.2, 4, momentum=0.9)
    assert average.history[1:] == pytest.approx([9.76, 9.3136, 8.699296, 7.95845056], rel=1e-14)


def test_a_point_of_several_numbers() -> None:
    targets = np.array([1.0, -2.0])
    found = gradient_descent(lambda x: 2 * (x - targets), [0.0, 0.0], 0.25, 2)
    assert found.history.tolist() == [[0, 0], [0.5, -1], [0.75, -1.5]]
    assert np.asarray(found.point).tolist() == [0.75, -1.5]


def test_no_step_stays_at_the_start() -> None:
    assert gradient_descent(slope, 10, 0.2, 0).history.tolist() == [10]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learning_rate": 0}, r"learning_rate 0 is not above 0"),
        ({"learning_rate": float("nan")}, r"learning_rate nan is not above 0"),
        ({"steps": -1}, r"steps -1 is not a whole number"),
        ({"steps": 2.5}, r"steps 2\.5 is not a whole number"),
        ({"steps": True}, r"steps True is not a whole number"),
        ({"steps": "4"}, r"steps '4' is not a whole number"),
        ({"learning_rate": "a"}, r"learning_rate 'a' is not a number"),
        ({"learning_rate": True}, r"learning_rate True is not a number"),
        ({"momentum": None}, r"momentum None is not a number"),
        ({"momentum": [0.1, 0.2]}, r"momentum \[0\.1, 0\.2\] is not a number"),
        ({"start": "10"}, r"start '10' is not a number"),
        ({"start": True}, r"start True is not a number"),
        ({"start": []}, r"start \[\] is not a number"),
        ({"start": [1, [2]]}, r"start \[1, \[2\]\] is not a number"),
        ({"momentum": 1}, r"momentum 1 is not at least 0 and below 1"),
        ({"form": "nesterov"}, r"form 'nesterov' is not one of average, heavy ball"),
        ({"start": "ten"}, r"start 'ten' is not a number"),
        ({"start": float("inf")}, r"start inf is not a number"),
        ({"start": [[1.0]]}, r"start \[\[1\.0\]\] is not a number or a row"),
        ({"learning_rate": 3, "steps": 10_000}, r"learning_rate 3 is too large: at step \d+ the"),
    ],
)
def test_invalid(changed: dict[str, Any], message: str) -> None:
    arguments = {"start": 10, "learning_rate": 0.2, "steps": 4} | changed
    with pytest.raises(PricingError, match=f"gradient_descent: {message}"):
        gradient_descent(slope, **arguments)


def test_a_gradient_of_another_shape() -> None:
    with pytest.raises(PricingError, match=r"\[1\.0, 1\.0\] is .* 2 numbers for one number"):
        gradient_descent(lambda x: [x, x], 1, 0.1, 1)
    with pytest.raises(PricingError, match=r"1 is what it gives: one number for 2 numbers"):
        gradient_descent(lambda x: float(x[0]), [1, 2], 0.1, 1)

    with pytest.raises(PricingError, match=r"gives: numbers of the shape \(1, 2\) for 2 numbers"):
        gradient_descent(lambda x: [x], [1, 2], 0.1, 1)


@pytest.mark.parametrize("given_back", ["steep", None, True, [1, [2]]])
def test_a_gradient_that_is_no_number(given_back: Any) -> None:
    with pytest.raises(PricingError, match=r"gradient .* is what it gives, and no number"):
        gradient_descent(lambda _: given_back, 1, 0.1, 1)


def test_a_gradient_without_an_answer_is_blamed_itself() -> None:
    with pytest.raises(PricingError, match=r"gradient nan is what it gives at 1, and no number"):
        gradient_descent(lambda _: float("nan"), 1, 0.1, 1)
    with pytest.raises(PricingError, match=r"gradient .*inf.* gives at 1, and infinite"):
        gradient_descent(lambda _: float("inf"), 1, 0.1, 1)
    with pytest.raises(PricingError, match=r"gradient 5 is not a function of the point"):
        gradient_descent(5, 1, 0.1, 1)  # type: ignore[arg-type]
    with pytest.raises(PricingError, match=r"gives at \(1, 2\), and no number"):
        gradient_descent(lambda x: x * np.nan, [1, 2], 0.1, 1)


def test_the_history_is_not_the_callers_to_change() -> None:
    def careless(x: Any) -> Any:
        x -= 4
        return 2 * x

    found = gradient_descent(careless, [10.0, 6.0], 0.2, 3)
    assert found.history[:, 0] == pytest.approx([10, 7.6, 6.16, 5.296])
    start = np.array([10.0, 6.0])
    gradient_descent(careless, start, 0.2, 3)
    assert start.tolist() == [10, 6]


def test_a_gradient_that_gives_its_own_array_again() -> None:
    same = np.zeros(1)

    def into_the_same(x: Any) -> Any:
        same[:] = 2 * (x - 4)
        return same

    found = gradient_descent(into_the_same, [10.0], 0.2, 3)
    assert found.history[:, 0] == pytest.approx([10, 7.6, 6.16, 5.296])


def test_a_whole_number_of_steps_may_be_a_float() -> None:
    assert gradient_descent(slope, 10, 0.2, 4.0).steps == 4  # type: ignore[arg-type]
    assert gradient_descent(slope, 10, 0.2, np.int64(4)).steps == 4  # type: ignore[arg-type]


def test_what_it_says() -> None:
    # By hand: 10, 7.6, 6.16; the last step is 1.44.
    assert str(gradient_descent(slope, 10, 0.2, 2)) == (
        "2 steps from 10 to 6.16, the last one 1.44 long"
    )
    assert (
        str(gradient_descent(slope, 10, 0.2, 1)) == "1 step from 10 to 7.6, the last one 2.4 long"
    )
    assert str(gradient_descent(slope, 10, 0.2, 0)) == "No step from 10"
    # Two numbers that move by 2.4 and 1.8 have moved by 3.
    of_two = gradient_descent(slope, [10, 8.5], 0.2, 1)
    assert str(of_two) == "1 step from (10, 8.5) to (7.6, 6.7), the last one 3 long"
    assert "(0, 0, 0, 0, ...)" in str(gradient_descent(lambda x: 0 * x, [0] * 5, 1, 1))


@given(
    st.floats(-100, 100),
    st.floats(0.01, 0.4),
    st.floats(0, 0.95),
    st.integers(0, 20),
)
def test_a_heavy_ball_is_an_average_of_another_rate(
    start: float, rate: float, momentum: float, steps: int
) -> None:
    average = gradient_descent(slope, start, rate, steps, momentum)
    heavy = gradient_descent(slope, start, rate * (1 - momentum), steps, momentum, "heavy ball")
    assert heavy.history == pytest.approx(average.history, rel=1e-9, abs=1e-9)


@given(st.floats(-100, 100), st.floats(0.01, 0.9))
def test_small_steps_come_ever_closer(start: float, rate: float) -> None:
    distances = np.abs(gradient_descent(slope, start, rate, 30).history - 4)
    assert (np.diff(distances) <= 1e-12).all()
