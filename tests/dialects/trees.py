"""A plain evaluator of traced expressions, to know the size of their terms."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, pdtr, stdtrit

from lmprice.language.tree import COMPARISONS, NAME, NO_ANSWER, NUMBER, Expr

OPERATIONS: Mapping[str, Any] = {
    "negative": operator.neg,
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided_by": operator.truediv,
    "power": operator.pow,
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "equal": operator.eq,
    "unequal": operator.ne,
    "both": operator.mul,
    "square_root": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "floor": np.floor,
    "ceiling": np.ceil,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "total": np.sum,
    "product": np.prod,
    "weighted_total": lambda weights, column: np.sum(weights * column),
    "discounted_total": lambda rate, column: np.sum(
        column / (1 + rate) ** np.arange(1, len(column) + 1)
    ),
    "largest": np.max,
    "smallest": np.min,
    "count": lambda column: float(len(column)),
    "row": lambda column, row: column[int(row) - 1],
    "following": lambda column: np.append(column[1:], 0.0),
    "log_factorial": lambda n: gammaln(n + 1),
    "t_quantile": lambda confidence, degrees: stdtrit(degrees, (1 + confidence) / 2),
    "poisson_cdf": pdtr,
}
NONE = 1e150  # numbers beyond it say that there is none of a quantity, or no limit


@dataclass(kw_only=True)
class Terms:
    """The largest term met so far, and whether two values were compared that almost tie."""

    largest: float = 0.0
    almost_ties: bool = False

    def value(self, node: Expr, names: Mapping[str, Any]) -> Any:
        """The value of an expression."""
        with np.errstate(all="ignore"):
            result = self._value(node, names)
        size = float(np.max(np.abs(result)))
        if size < NONE:
            self.largest = max(self.largest, size)
        return result

    def _value(self, node: Expr, names: Mapping[str, Any]) -> Any:
        if node.operation == NAME:
            named = np.asarray(names[node.value], dtype=float)
            return np.where(np.isinf(named), 0.0, named)  # no limit: an empty cell
        if node.operation in (NUMBER, NO_ANSWER):
            return np.float64(math.nan if node.value is None else node.value)
        if node.operation == "if_else":
            return self._chosen(names, *node.args)
        args = [self.value(arg, names) for arg in node.args]
        if node.operation in COMPARISONS:
            gap = np.abs(args[0] - args[1])
            size = np.maximum(1.0, np.maximum(np.abs(args[0]), np.abs(args[1])))
            self.almost_ties |= bool(np.any((gap > 0) & (gap <= 1e-9 * size)))
        return self.operation(node, args)

    def operation(self, node: Expr, args: list[Any]) -> Any:
        """What an operation makes of its operands."""
        return OPERATIONS[node.operation](*args)

    def _chosen(self, names: Mapping[str, Any], condition: Expr, yes: Expr, no: Expr) -> Any:
        holds = self.value(condition, names)
        if np.ndim(holds):
            return np.where(holds, self.value(yes, names), self.value(no, names))
        # As in Excel: the other branch is not evaluated.
        return self.value(yes if holds else no, names)
