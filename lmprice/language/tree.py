"""The tree of a formula: what it computes, as data, in no language of any engine.

A node is a leaf (a name, a number, a text, or the absence of an answer) or an operation of
mathematics on other nodes.  Python's operators on nodes make new ones; what is written to a cell, a
query or a script is made of the tree by a dialect.

>>> price, unit_cost = Expr.name("price"), Expr.name("unit_cost")
>>> tree = 100 / (price - unit_cost)
>>> tree.operation, tree.args[1].operation
('divided_by', 'minus')
>>> print(tree)
100/(price-unit_cost)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from lmprice.language.notation import Notation, number_text

NAME, NUMBER, TEXT, NO_ANSWER = "name", "number", "text", "no_answer"  # the leaves
COMPARISONS = frozenset(("above", "at_least", "below", "at_most", "equal", "unequal"))
EXTREMES = frozenset(("largest", "smallest"))
# These make one number of a whole column.
OF_COLUMNS = EXTREMES | {
    "total",
    "weighted_total",
    "discounted_total",
    "product",
    "count",
    "row",
}


class Expr:
    """A node of a formula: an operation on other nodes, or a leaf with its value."""

    __slots__ = ("args", "is_column", "operation", "value")
    is_column: bool
    value: Any  # of a leaf: its name, its number or its text
    # Without this a NumPy number on the left would take the operation over, element by element.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        operation: str,
        args: tuple[Expr, ...] = (),
        value: Any = None,
        *,
        is_column: bool = False,
    ) -> None:
        self.operation = operation
        self.args = args
        self.value = value
        self.is_column = is_column or (
            operation not in OF_COLUMNS and any(a.is_column for a in args)
        )

    @classmethod
    def name(cls, text: str, *, is_column: bool = False) -> Expr:
        """What a name or a cell stands for; ``is_column`` says it stands for many numbers."""
        return cls(NAME, value=text, is_column=is_column)

    @classmethod
    def of(cls, operation: str, *args: Any) -> Expr:
        """An operation on nodes, numbers and texts."""
        return cls(operation, tuple(cls.lift(a) for a in args))

    @classmethod
    def lift(cls, value: Any) -> Expr:
        """A node as it is; a number or a text as a leaf, NaN as the absence of an answer."""
        if isinstance(value, Expr):
            return value
        if isinstance(value, str):
            return cls(TEXT, value=value)
        number = float(value)
        return cls(NO_ANSWER) if math.isnan(number) else cls(NUMBER, value=number)

    @property
    def is_name(self) -> bool:
        """Whether it is a name or a cell."""
        return self.operation == NAME

    @property
    def is_comparison(self) -> bool:
        """Whether it compares two numbers, so that it is true or false."""
        return self.operation in COMPARISONS

    def is_number(self, value: float) -> bool:
        """Whether it is this number, written out."""
        return self.operation == NUMBER and self.value == value

    def __str__(self) -> str:
        return _NOTATION.text(self)

    def __repr__(self) -> str:
        return f"Expr({self})"

    def walk(self) -> Iterator[Expr]:
        """The nodes below and this one, operands first."""
        found: list[Expr] = []
        ahead: list[Expr] = [self]
        while ahead:
            node = ahead.pop()
            found.append(node)
            ahead.extend(node.args)
        return reversed(found)

    def rewrite(self, change: Callable[[Expr], Expr | None]) -> Expr:
        """The tree with each node replaced for which ``change`` gives another one."""
        changed = change(self)
        if changed is not None or not self.args:
            return self if changed is None else changed
        args = tuple([a.rewrite(change) for a in self.args])
        if all(map(operator.is_, args, self.args)):
            return self
        return Expr(self.operation, args, self.value)

    def __neg__(self) -> Expr:
        return Expr("negative", (self,))

    def __add__(self, other: Any) -> Expr:
        return _operator("plus", self, other)

    def __radd__(self, other: Any) -> Expr:
        return _operator("plus", other, self)

    def __sub__(self, other: Any) -> Expr:
        return _operator("minus", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return _operator("minus", other, self)

    def __mul__(self, other: Any) -> Expr:
        return _operator("times", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return _operator("times", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return _operator("divided_by", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return _operator("divided_by", other, self)

    def __pow__(self, other: Any) -> Expr:
        return _operator("power", self, other)

    def __rpow__(self, other: Any) -> Expr:
        return _operator("power", other, self)

    def __gt__(self, other: Any) -> Expr:
        return _operator("above", self, other)

    def __ge__(self, other: Any) -> Expr:
        return _operator("at_least", self, other)

    def __lt__(self, other: Any) -> Expr:
        return _operator("below", self, other)

    def __le__(self, other: Any) -> Expr:
        return _operator("at_most", self, other)

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return _operator("equal", self, other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return _operator("unequal", self, other)

    def __and__(self, other: Any) -> Expr:
        return _operator("both", self, other)

    def __rand__(self, other: Any) -> Expr:
        return _operator("both", other, self)

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError(
            f"the expression {self} has no value in Python; a formula may use only "
            "arithmetic, comparisons, the functions of lmprice, and where, exp, log, sqrt, floor, "
            "ceil, minimum and maximum of lmprice.scenarios"
        )

    __bool__ = __iter__ = __len__ = __float__ = __int__ = __index__ = __complex__ = _refuse


def _operator(operation: str, left: Any, right: Any) -> Expr:
    a, b = Expr.lift(left), Expr.lift(right)
    # An optional cost of 0 or a utilization of 1 need not stand in the formula.
    if (operation in ("times", "both") and a.is_number(1)) or (
        operation == "plus" and a.is_number(0)
    ):
        return b
    if (operation in ("plus", "minus") and b.is_number(0)) or (
        operation in ("times", "divided_by", "both") and b.is_number(1)
    ):
        return a
    return Expr(operation, (a, b))


def _leaf(node: Expr) -> str:
    if node.operation == NUMBER:
        return number_text(node.value)
    return {NO_ANSWER: "nan", TEXT: repr(node.value)}.get(node.operation, str(node.value))


def _call(node: Expr, args: list[str]) -> str:
    return f"{node.operation}({', '.join(args)})"


_NOTATION = Notation(_leaf, _call)
