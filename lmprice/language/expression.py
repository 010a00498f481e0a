"""The Excel expression that a formula turns into, and the arithmetic that formulas are written in.

A formula is ordinary Python over ``+ - * / **``, comparisons and the functions below.  Called with
numbers or arrays it computes; called with :class:`Expr` arguments it builds the Excel formula:

>>> price, unit_cost = Expr.name("price"), Expr.name("unit_cost")
>>> print(where(price > unit_cost, 100 / (price - unit_cost), nan))
IF(price>unit_cost,100/(price-unit_cost),NA())
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, cast

import numpy as np

from lmprice.dialects.excel import is_comparison, number_text, rendered

nan = math.nan

_ROW = "INDEX"
_SHIFT = "OFFSET"
_TOTAL = "SUMPRODUCT"  # adds up element by element where a plain SUM needs an array formula
_COUNT = "COUNT"
_NPV = "NPV"
_OF_COLUMNS = (_TOTAL, _ROW, _COUNT, _NPV)  # make one number of a whole column


class Expr:
    """A node of an Excel expression: a name, a literal, an operator or a function call."""

    __slots__ = ("args", "head", "is_column", "kind")
    is_column: bool
    # Without this a NumPy number on the left would take the operation over, element by element.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, kind: str, head: str, args: tuple[Expr, ...] = (), is_column: bool = False
    ) -> None:
        self.kind = kind  # "name", "literal", "operator" or "function"
        self.head = head
        self.args = args
        self.is_column = is_column or (
            head not in _OF_COLUMNS and not self.is_extreme and any(a.is_column for a in args)
        )

    @property
    def is_extreme(self) -> bool:
        """Whether it is the largest or smallest number of one column."""
        return self.head in ("MAX", "MIN") and len(self.args) == 1

    @classmethod
    def name(cls, text: str, *, is_column: bool = False) -> Expr:
        """A defined name or a cell reference; ``is_column`` says it stands for many cells."""
        return cls("name", text, is_column=is_column)

    @classmethod
    def lift(cls, value: Any) -> Expr:
        """An expression as it is; a number or a text as a literal."""
        if isinstance(value, Expr):
            return value
        if isinstance(value, str):
            return cls("literal", '"' + value.replace('"', '""') + '"')
        return cls("literal", number_text(float(value)))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Expr({self.text()})"

    def text(self) -> str:
        """The expression as Excel reads it, without the leading equals sign."""
        over_columns = any(node.is_column for node in self.walk())
        return rendered(self.elementwise() if over_columns else self)

    def elementwise(self) -> Expr:
        """The expression without ``MAX`` and ``MIN`` of two, which make one number of ranges."""

        def change(node: Expr) -> Expr | None:
            if node.head not in ("MAX", "MIN") or node.is_extreme:
                return None
            a, b = (arg.elementwise() for arg in node.args)
            return _function("IF", a > b if node.head == "MAX" else a < b, a, b)

        return self.rewrite(change)

    def dynamic(self, prefix: str = "") -> Expr:
        """The expression as a LAMBDA has it, whose columns need not be ranges of cells."""

        def change(node: Expr) -> Expr | None:
            if node.head not in (_ROW, _SHIFT):
                return None
            # One row more: of a table of one row, some engines would make a single number.
            longer = _function(f"{prefix}VSTACK", node.args[0], 0)
            if node.head == _SHIFT:
                return _function(f"{prefix}DROP", longer, 1)
            return _function(_ROW, longer, node.args[1].rewrite(change))

        return self.rewrite(change)

    def walk(self) -> Iterator[Expr]:
        """The nodes below and this one, operands first."""
        for arg in self.args:
            yield from arg.walk()
        yield self

    def rewrite(self, change: Callable[[Expr], Expr | None]) -> Expr:
        """The expression with each node replaced for which ``change`` gives another one."""
        changed = change(self)
        if changed is not None or not self.args:
            return self if changed is None else changed
        return Expr(self.kind, self.head, tuple(a.rewrite(change) for a in self.args))

    def __neg__(self) -> Expr:
        return Expr("operator", "neg", (self,))

    def __add__(self, other: Any) -> Expr:
        return _operator("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return _operator("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return _operator("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return _operator("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return _operator("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return _operator("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return _operator("/", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return _operator("/", other, self)

    def __pow__(self, other: Any) -> Expr:
        return _operator("^", self, other)

    def __rpow__(self, other: Any) -> Expr:
        return _operator("^", other, self)

    def __gt__(self, other: Any) -> Expr:
        return _operator(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return _operator(">=", self, other)

    def __lt__(self, other: Any) -> Expr:
        return _operator("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return _operator("<=", self, other)

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return _operator("=", self, other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return _operator("<>", self, other)

    def __and__(self, other: Any) -> Expr:
        return _operator("*", self, other)

    __rand__ = __and__

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError(
            f"the Excel expression {self.text()} has no value in Python; a formula may use only "
            "arithmetic, comparisons and the functions of lmprice.language.expression"
        )

    __bool__ = __iter__ = __len__ = __float__ = __int__ = __index__ = __complex__ = _refuse


def _operator(symbol: str, left: Any, right: Any) -> Expr:
    a, b = Expr.lift(left), Expr.lift(right)
    # An optional cost of 0 or a utilization of 1 need not stand in the formula.
    if (symbol == "*" and a.head == "1") or (symbol == "+" and a.head == "0"):
        return b
    if (symbol in "+-" and b.head == "0") or (symbol in "*/" and b.head == "1"):
        return a
    return Expr("operator", symbol, (a, b))


def _function(name: str, *args: Any) -> Expr:
    return Expr("function", name, tuple(Expr.lift(a) for a in args))


def _sum(*columns: Expr) -> Expr:
    # SUMPRODUCT counts TRUE as nothing; a product makes a number of it.
    numbers = [Expr("operator", "*", (c, Expr.lift(1))) if is_comparison(c) else c for c in columns]
    return _function(_TOTAL, *numbers)


def _is_traced(*values: Any) -> bool:
    return any(isinstance(v, Expr) for v in values)


def _one_argument(excel: str, compute: Callable[[Any], Any]) -> Callable[[float], float]:
    def function(x: float) -> float:
        return cast(float, _function(excel, x) if isinstance(x, Expr) else compute(x))

    return function


# The functions a formula may use, typed for numbers, as formulas are.

sqrt = _one_argument("SQRT", np.sqrt)
exp = _one_argument("EXP", np.exp)
log = _one_argument("LN", np.log)


def where(condition: bool, yes: float, no: float) -> float:
    """``yes`` where the condition holds, else ``no``; both are evaluated in Python."""
    if _is_traced(condition, yes, no):
        return cast(float, _function("IF", condition, yes, no))
    return cast(float, np.where(condition, yes, no)[()])


def ratio(numerator: float, denominator: float) -> float:
    """The quotient, or NaN (no answer) where the denominator is zero."""
    if _is_traced(numerator, denominator):
        return where(denominator != 0, numerator / denominator, nan)
    with np.errstate(all="ignore"):
        return where(denominator != 0, np.divide(numerator, denominator), nan)


def maximum(a: float, b: float) -> float:
    """The larger of two numbers, element by element."""
    return cast(float, _function("MAX", a, b) if _is_traced(a, b) else np.maximum(a, b))


def minimum(a: float, b: float) -> float:
    """The smaller of two numbers, element by element."""
    return cast(float, _function("MIN", a, b) if _is_traced(a, b) else np.minimum(a, b))


def ceil(x: float) -> float:
    """The whole number at or above ``x``."""
    # INT rounds down in every spreadsheet; what CEILING does below zero differs between them.
    return cast(float, -_function("INT", -x) if isinstance(x, Expr) else np.ceil(x))


def floor(x: float) -> float:
    """The whole number at or below ``x``."""
    return cast(float, _function("INT", x) if isinstance(x, Expr) else np.floor(x))


def log_factorial(n: float) -> float:
    """The logarithm of n!, which also holds where n! itself is beyond a 64-bit float."""
    if isinstance(n, Expr):
        return cast(float, _function("GAMMALN", n + 1))
    from scipy.special import gammaln

    return cast(float, gammaln(n + 1))


def poisson_cdf(count: float, mean: float) -> float:
    """The probability that a Poisson variable of that mean is at most ``count``."""
    if _is_traced(count, mean):
        # The function of this name, unlike POISSON.DIST, is in every version of Excel.
        return cast(float, _function("POISSON", count, mean, 1))
    from scipy.special import pdtr

    return cast(float, pdtr(count, mean))


def t_quantile(confidence: float, degrees: float) -> float:
    """Standard errors that an interval of that confidence reaches to either side (Student's t)."""
    if _is_traced(confidence, degrees):
        # The function of this name, unlike T.INV.2T, is in every version of Excel.
        return cast(float, _function("TINV", 1 - cast(Any, confidence), degrees))
    from scipy.special import stdtrit

    return cast(float, stdtrit(degrees, (1 + np.asarray(confidence)) / 2))


def total(column: float) -> float:
    """The sum over the rows of a table."""
    return cast(float, _sum(column) if isinstance(column, Expr) else np.sum(column, axis=0))


def figures(*values: float) -> float:
    """Several numbers as the rows of one column, for a function that gives more than one."""
    return cast(float, np.stack(np.broadcast_arrays(*values)))


def largest(column: float) -> float:
    """The largest number in the rows of a table.

    In a template the rows that are not filled in count as well once the column is computed: in
    ``largest(2 * prices)`` they are zeros.  Numbers that are not negative have the same largest one
    with them; of others, give those rows a number that never wins, or take the column as it
    stands, whose empty cells a spreadsheet passes over.
    """
    return cast(float, _extreme("MAX", column))


def smallest(column: float) -> float:
    """The smallest number in the rows of a table; of empty rows see `largest`.

    The zeros of empty rows are below every positive number, so that only of a column as it stands,
    or of numbers that are not positive, a template gives the same as Python.
    """
    return cast(float, _extreme("MIN", column))


def _extreme(name: str, column: Any) -> Any:
    if isinstance(column, Expr):
        return _function(name, column)
    # Of no rows the answer is infinite, of which the engine makes NaN.
    if name == "MAX":
        return np.max(column, axis=0, initial=-math.inf)
    return np.min(column, axis=0, initial=math.inf)


def count(column: float) -> float:
    """How many rows a table has; in a template, how many of them are filled in."""
    if isinstance(column, Expr):
        return cast(float, _function(_COUNT, column))
    return float(len(cast(Any, column)))


def rows(*columns: float) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, for a function that goes through them one after the other."""
    return zip(*cast(Any, columns), strict=True)


def product(column: float) -> float:
    """The product over the rows of a table, of numbers that are not negative."""
    if isinstance(column, Expr):
        # PRODUCT would need an array formula, and 0 has no logarithm.
        return where(total(column <= 0) > 0, 0, exp(total(log(column))))
    return cast(float, np.prod(column, axis=0))


# A sheet form, which is only ever traced, may use these as well.


def nth(column: Expr, row: Any) -> Expr:
    """One row of a column, counted from 1; of one number for all rows, that number."""
    return _on_columns(column, lambda name: _function(_ROW, name, row))


def following(column: Expr) -> Expr:
    """Each row's next row: a column that starts one row lower.

    After the last row it holds whatever stands below the table: only a `weighted_total` that gives
    that row the weight 0 may use it.
    """
    return _on_columns(column, lambda name: _function(_SHIFT, name, 1, 0))


def weighted_total(weights: Expr, column: Expr) -> Expr:
    """The sum of the column times the weights; text in the column counts as zero."""
    return _sum(weights, column) if column.is_column else _sum(weights) * column


def discounted_total(rate: Expr, column: Expr) -> Expr:
    """The rows of a column added up, the first discounted by one period, the next by two."""
    return _function(_NPV, rate, column)


def _on_columns(tree: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with each column in it changed; what is summed up already stays."""

    def changed(node: Expr) -> Expr | None:
        if node.head in (_TOTAL, _COUNT, _NPV):
            return node
        return change(node) if node.is_column and not node.args else None

    return tree.rewrite(changed)
