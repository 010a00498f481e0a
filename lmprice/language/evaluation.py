"""The value of a tree: its operations carried out on numbers and arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lmprice.language import dates, expression
from lmprice.language.tree import NAME, NO_ANSWER, Expr


def _row(column: Any, place: Any) -> Any:
    """One row of a column, counted from 1: another one for each sample."""
    rows = np.asarray(column)
    places = np.asarray(place, dtype=np.intp) - 1
    shape = np.broadcast_shapes(rows.shape[1:], places.shape)
    rows = np.broadcast_to(rows, rows.shape[:1] + shape)
    return np.take_along_axis(rows, np.broadcast_to(places, shape)[np.newaxis], axis=0)[0]


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "negative": operator.neg,
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided_by": np.divide,
    "power": np.power,
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "equal": operator.eq,
    "unequal": operator.ne,
    "both": lambda a, b: (a != 0) & (b != 0),
    "if_else": expression.where,
    "square_root": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "absolute": np.abs,
    "floor": np.floor,
    "ceiling": np.ceil,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "log_factorial": expression.log_factorial,
    "poisson_cdf": expression.poisson_cdf,
    "t_quantile": expression.t_quantile,
    "months_later": dates.months_later,
    "total": lambda column: np.sum(column, axis=0),
    "weighted_total": lambda weights, column: np.sum(weights * column, axis=0),
    "product": expression.product,
    "largest": expression.largest,
    "smallest": expression.smallest,
    "count": expression.count,
    "row": _row,
    "following": lambda column: np.concatenate([column[1:], np.zeros_like(column[:1])]),
}


def check_known(tree: Expr) -> None:
    """Raise TypeError for an operation that only sheets have."""
    for node in tree.walk():
        if node.args and node.operation not in _OPERATIONS:
            raise TypeError(f"{node.operation} has no value in Python")


def evaluated(tree: Expr, values: Mapping[str, Any]) -> Any:
    """The value of a tree whose names have these values.

    >>> evaluated(Expr.name("price") * 2 + 1, {"price": 3.0})
    7.0
    """
    if tree.operation == NAME:
        return values[tree.value]
    if tree.operation == NO_ANSWER:
        return np.nan
    if not tree.args:
        return tree.value
    return _OPERATIONS[tree.operation](*(evaluated(arg, values) for arg in tree.args))
