"""Gradient descent: down the slope of a loss, step by step, with or without momentum.

>>> descent = gradient_descent(lambda x: 2 * (x - 4), start=10, learning_rate=0.2, steps=4)
>>> descent.history.round(6)
array([10.    ,  7.6   ,  6.16  ,  5.296 ,  4.7776])
>>> print(descent)
4 steps from 10 to 4.7776, the last one 0.518 long
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lmprice.language.arrays import Array, Scalar
from lmprice.language.errors import PricingError
from lmprice.output.framed import Framed, numbered

Momentum = Literal["average", "heavy ball"]

_OWNER = "gradient_descent"
_FORMS = ("average", "heavy ball")
_NUMBERS_NAMED = 4


@dataclass(frozen=True, eq=False)
class Descent(Framed):
    """The path of a gradient descent.

    Parameters
    ----------
    history : array
        Where it stood: the start first, then after each step.  One number a row for a start that
        is a number, one row of numbers for a start that is a sequence.
    """

    history: Array

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.history) - 1

    @property
    def point(self) -> float | Array:
        """Where it ended: a number, or an array as long as the start."""
        last = self.history[-1]
        return last if self.history.ndim > 1 else float(last)

    def __str__(self) -> str:
        """Where it started and ended, and how long the last step was."""
        went = f"{_written(self.history[0])} to {_written(self.history[-1])}"
        if not self.steps:
            return f"No step from {_written(self.history[0])}"
        last = float(np.linalg.norm(self.history[-1] - self.history[-2]))
        several = "s" if self.steps > 1 else ""
        return f"{self.steps:,} step{several} from {went}, the last one {last:.3g} long"

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a step, the start first."""
        places = (
            {"point": at} if np.ndim(at) == 0 else numbered("point", at) for at in self.history
        )
        return [{"step": step} | place for step, place in enumerate(places)]


def gradient_descent(
    gradient: Callable[[Any], Any],
    start: Scalar | Sequence[float] | Array,
    learning_rate: float,
    steps: int,
    momentum: float = 0.0,
    form: Momentum = "average",
) -> Descent:
    """Walk down the slope of a loss.

    Parameters
    ----------
    gradient : callable
        Takes a point and gives the gradient of the loss there: a number for a number, as many
        numbers as the point has otherwise.  It gets a copy of its own.
    start : float or sequence of floats
        Where to begin.
    learning_rate : float
        How far to go for a gradient of 1 (above 0).
    steps : int
        How many steps to take (a whole number, at least 0).
    momentum : float, default 0
        Share of the last step's direction that is kept (at least 0 and below 1).
    form : {"average", "heavy ball"}, default "average"
        What momentum does; the two are the same where it is 0.

    Returns
    -------
    Descent
        ``history`` holds the start and the point after each step, ``point`` the last of them.

    Raises
    ------
    PricingError
        An argument is out of its range, the gradient is no number or has another shape than the
        point, or the points grow without limit: the learning rate is too large.

    Notes
    -----
    With learning rate α, momentum β and gradient g:

    - "average", the moving average of the gradients: v = β v + (1 - β) g, x = x - α v;
    - "heavy ball", Polyak's: v = β v - α g, x = x + v.

    Both start with v = 0.  A step of the heavy ball is 1 / (1 - β) times as long as one of the
    average at the same learning rate.

    References
    ----------
    B. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR
    Computational Mathematics and Mathematical Physics 4 (1964).

    Examples
    --------
    >>> slope = lambda x: 2 * (x - 4)
    >>> gradient_descent(slope, 10, 0.2, 4, momentum=0.9).history
    array([10.        ,  9.76      ,  9.3136    ,  8.699296  ,  7.95845056])
    >>> gradient_descent(slope, 10, 0.2, 4, momentum=0.9, form="heavy ball").history.round(12)
    array([10.  ,  7.6 ,  4.  ,  0.76, -0.86])
    """
    if not callable(gradient):
        raise PricingError(_OWNER, "gradient", gradient, "is not a function of the point")
    point = _start(start)
    learning_rate, momentum = _number("learning_rate", learning_rate), _number("momentum", momentum)
    steps = _whole(steps)
    _check(learning_rate, momentum, form)
    weight, rate = (1 - momentum, learning_rate) if form == "average" else (learning_rate, 1.0)
    velocity = np.zeros_like(point)
    history = [point]
    for step in range(1, steps + 1):
        # What overflows here ends in the error below, which says more than a warning.
        with np.errstate(over="ignore", invalid="ignore"):
            # A copy: what the caller's function does to its point is not what happened.
            slope = _slope(gradient(point.copy() if point.ndim else float(point)), point)
            if step == 1 and np.isinf(slope).any():
                # Later on, it is the points that have grown too large.
                rule = f"is what it gives at {_written(point)}, and infinite"
                raise PricingError(_OWNER, "gradient", slope, rule)
            velocity = momentum * velocity + weight * slope
            point = point - rate * velocity
        if not np.isfinite(point).all():
            rule = f"is too large: at step {step} the point is no longer a finite number"
            raise PricingError(_OWNER, "learning_rate", learning_rate, rule)
        history.append(point)
    return Descent(np.array(history))


def _start(start: Any) -> Array:
    rule = "is not a number or a row of numbers"
    point = _array(start)
    if point is None or point.ndim > 1 or not point.size or not np.isfinite(point).all():
        raise PricingError(_OWNER, "start", start, rule)
    return point


def _slope(given: Any, point: Array) -> Array:
    """What the gradient gave, of the shape of the point; too large is infinite and goes on."""
    slope = _array(given)
    if slope is None:
        raise PricingError(_OWNER, "gradient", given, "is what it gives, and no number")
    if slope.shape != point.shape:
        rule = f"is what it gives: {_shape(slope)} for {_shape(point)}"
        raise PricingError(_OWNER, "gradient", given, rule)
    if np.isnan(slope).any():
        rule = f"is what it gives at {_written(point)}, and no number"
        raise PricingError(_OWNER, "gradient", given, rule)
    return slope


def _array(value: Any) -> Array | None:
    """Numbers as an array of their own; None where they are none."""
    try:
        found = np.asarray(value)
    except ValueError:
        return None
    return found.astype(np.float64) if found.dtype.kind in "iuf" else None


def _number(name: str, value: Any) -> float:
    found = _array(value)
    if found is None or found.ndim:
        raise PricingError(_OWNER, name, value, "is not a number")
    return float(found)


def _whole(steps: Any) -> int:
    found = _array(steps)
    if found is None or found.ndim or found < 0 or not float(found).is_integer():
        raise PricingError(_OWNER, "steps", steps, "is not a whole number of at least 0")
    return int(found)


def _check(learning_rate: float, momentum: float, form: str) -> None:
    if not 0 < learning_rate < np.inf:
        raise PricingError(_OWNER, "learning_rate", learning_rate, "is not above 0 and finite")
    if not 0 <= momentum < 1:
        raise PricingError(_OWNER, "momentum", momentum, "is not at least 0 and below 1")
    if not isinstance(form, str) or form not in _FORMS:
        raise PricingError(_OWNER, "form", form, f"is not one of {', '.join(_FORMS)}")


def _shape(point: Array) -> str:
    if point.ndim > 1:
        return f"numbers of the shape {point.shape}"
    return f"{len(point)} numbers" if point.ndim else "one number"


def _written(point: Array) -> str:
    """A point in a few digits; of a long one the start."""
    if not point.ndim:
        return f"{float(point):.6g}"
    few = ", ".join(f"{number:.6g}" for number in point[:_NUMBERS_NAMED])
    return f"({few}, ...)" if len(point) > _NUMBERS_NAMED else f"({few})"
