"""A formula over the rows of a table that is known, written out row by row."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from lmprice.language.expression import maximum, minimum
from lmprice.language.terms import INFINITY
from lmprice.language.tree import NAME, Expr

Rows = list[Any]


def tables_written_out(tree: Expr, columns: Mapping[str, Sequence[float]]) -> Expr:
    """The tree of a number with the rows of its columns in their place."""
    found = _spread(tree, columns)
    if isinstance(found, list):
        raise TypeError(f"{tree} is a whole column")
    return found


def _spread(node: Expr, columns: Mapping[str, Sequence[float]]) -> Expr | Rows:
    """A node over numbers; of a column, the node of each row."""
    if node.operation == NAME and node.value in columns:
        # No limit is never passed: nothing of what lies beyond counts, were it infinite or not.
        return [Expr.lift(min(value, INFINITY)) for value in columns[node.value]]
    args = [_spread(arg, columns) for arg in node.args]
    if node.operation in _OF_ROWS:
        return cast(Expr | Rows, _OF_ROWS[node.operation](*args))
    length = next((len(arg) for arg in args if isinstance(arg, list)), None)
    if length is None:
        return Expr(node.operation, tuple(args), node.value)  # type: ignore[arg-type]
    by_row = zip(*(arg if isinstance(arg, list) else [arg] * length for arg in args), strict=True)
    return [Expr(node.operation, operands, node.value) for operands in by_row]


def _sum(rows: Rows) -> Expr:
    return functools.reduce(operator.add, rows)  # type: ignore[no-any-return]


def _weighted_sum(weights: Rows, rows: Rows) -> Expr:
    return _sum([weight * row for weight, row in zip(weights, rows, strict=True)])


def _row(rows: Rows, number: Expr) -> Expr:
    if number.operation == "number":
        return rows[int(number.value) - 1]  # type: ignore[no-any-return]
    *before, last = rows
    chosen = last
    for place, value in reversed([*enumerate(before, 1)]):
        chosen = Expr.of("if_else", number <= place, value, chosen)
    return chosen  # type: ignore[no-any-return]


def _discounted(rate: Expr, rows: Rows) -> Expr:
    return _sum([value / (1 + rate) ** period for period, value in enumerate(rows, 1)])


_OF_ROWS: Mapping[str, Callable[..., Any]] = {
    "total": _sum,
    "weighted_total": _weighted_sum,
    "discounted_total": _discounted,
    "product": lambda rows: functools.reduce(operator.mul, rows),
    "largest": lambda rows: functools.reduce(maximum, rows),
    "smallest": lambda rows: functools.reduce(minimum, rows),
    "count": lambda rows: Expr.lift(len(rows)),
    "row": _row,
    "following": lambda rows: [*rows[1:], Expr.lift(0)],
}
