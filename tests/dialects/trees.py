"""A plain evaluator of traced expressions, to know the size of their terms."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, pdtr, stdtrit

from lmprice.language.expression import Expr

OPERATORS: Mapping[str, Any] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
}
FUNCTIONS: Mapping[str, Any] = {
    "SQRT": np.sqrt,
    "EXP": np.exp,
    "LN": np.log,
    "INT": np.floor,
    "MAX": lambda *args: np.maximum(*args) if len(args) == 2 else np.max(args[0]),
    "MIN": lambda *args: np.minimum(*args) if len(args) == 2 else np.min(args[0]),
    "SUMPRODUCT": lambda *columns: np.sum(math.prod(columns)),
    "COUNT": lambda column: float(len(column)),
    "NPV": lambda rate, column: np.sum(column / (1 + rate) ** np.arange(1, len(column) + 1)),
    "INDEX": lambda column, row: column[int(row) - 1],
    "OFFSET": lambda column, rows, _: np.append(column[int(rows) :], 0.0),
    "GAMMALN": gammaln,
    "TINV": lambda share, degrees: stdtrit(degrees, 1 - share / 2),
    "POISSON": lambda count, mean, _: pdtr(count, mean),
    "IF": lambda condition, yes, no: yes if condition else no,
}
NONE = 1e150  # numbers beyond it say that there is none of a quantity, or no limit


@dataclass
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
        if node.kind == "name":
            named = np.asarray(names[node.head], dtype=float)
            return np.where(np.isinf(named), 0.0, named)  # no limit: an empty cell
        if node.kind == "literal":
            return np.float64(math.nan if node.head == "NA()" else float(node.head))
        if node.head == "IF":
            return self._chosen(names, *node.args)
        args = [self.value(arg, names) for arg in node.args]
        if node.head == "neg":
            return -args[0]
        if node.kind == "function":
            return FUNCTIONS[node.head](*args)
        if node.head in (">", ">=", "<", "<=", "=", "<>"):
            gap = np.abs(args[0] - args[1])
            size = np.maximum(1.0, np.maximum(np.abs(args[0]), np.abs(args[1])))
            self.almost_ties |= bool(np.any((gap > 0) & (gap <= 1e-9 * size)))
        return OPERATORS[node.head](*args)

    def _chosen(self, names: Mapping[str, Any], condition: Expr, yes: Expr, no: Expr) -> Any:
        holds = self.value(condition, names)
        if np.ndim(holds):
            return np.where(holds, self.value(yes, names), self.value(no, names))
        # As in Excel: the other branch is not evaluated.
        return self.value(yes if holds else no, names)
