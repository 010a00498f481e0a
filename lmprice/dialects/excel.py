"""Formulas of Excel and LibreOffice.

What a formula becomes here is again a tree, of operators, names and calls of functions of a sheet,
so that a LAMBDA can name its repeated parts; :func:`text` writes any tree.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from lmprice.dialects.rules.elementwise_extremes import elementwise_extremes
from lmprice.dialects.rules.products_by_logarithms import products_by_logarithms
from lmprice.dialects.rules.rows_of_ranges import rows_of_ranges
from lmprice.language.dialect import Dialect
from lmprice.language.notation import SYMBOLS, Notation
from lmprice.language.record import Definition
from lmprice.language.terms import INFINITY
from lmprice.language.tree import EXTREMES, NAME, NUMBER, TEXT, Expr

CALL = "call"  # of a function of a sheet, by its name
_DIGITS = 15


def call(name: str, *args: Any) -> Expr:
    """A function of a sheet."""
    return Expr(CALL, tuple(Expr.lift(a) for a in args), name)


def _function(name: str) -> Callable[..., Expr]:
    return functools.partial(call, name)


def _extreme(name: str) -> Callable[..., Expr]:
    """The function of some numbers, where one of them is that of others, of all of them at once."""

    def of(*numbers: Expr) -> Expr:
        parts: list[Expr] = []
        for number in numbers:
            # Of one range alone, which may be empty, it stays a function of its own.
            is_same = number.operation == CALL and number.value == name
            parts += number.args if is_same and len(number.args) > 1 else (number,)
        return call(name, *parts)

    return of


def _operator(operation: str) -> Callable[..., Expr]:
    return lambda *operands: Expr(operation, operands)


def _sum(*columns: Expr) -> Expr:
    # SUMPRODUCT adds up element by element where a plain SUM needs an array formula.  It counts
    # TRUE as nothing; a product makes a number of it.
    one = Expr.lift(1)
    numbers = [Expr("times", (c, one)) if c.is_comparison else c for c in columns]
    return call("SUMPRODUCT", *numbers)


def _months_later(day: Expr, months: Expr) -> Expr:
    # EDATE knows whole months only.
    whole = call("INT", months)
    if (months.operation, months.value) == (whole.operation, whole.value):
        return call("EDATE", day, months)
    start, end = call("EDATE", day, whole), call("EDATE", day, whole + 1)
    return start + (months - whole) * (end - start)


# The functions POISSON and TINV, unlike POISSON.DIST and T.INV.2T, are in every version of Excel.
# INT rounds down in every spreadsheet; what CEILING does below zero differs between them.
OPERATIONS: dict[str, Callable[..., Expr]] = {
    **{operation: _operator(operation) for operation in ("negative", *SYMBOLS)},
    "if_else": _function("IF"),
    "square_root": _function("SQRT"),
    "exp": _function("EXP"),
    "log": _function("LN"),
    "absolute": _function("ABS"),
    "floor": _function("INT"),
    "ceiling": lambda x: -call("INT", -x),
    "maximum": _extreme("MAX"),
    "minimum": _extreme("MIN"),
    "log_factorial": lambda n: call("GAMMALN", n + 1),
    "poisson_cdf": lambda count, mean: call("POISSON", count, mean, 1),
    "t_quantile": lambda confidence, degrees: call("TINV", 1 - confidence, degrees),
    "known_or": _function("IFERROR"),
    "months_later": _months_later,
    "total": _sum,
    "weighted_total": _sum,
    "discounted_total": _function("NPV"),
    "largest": _function("MAX"),
    "smallest": _function("MIN"),
    "count": _function("COUNT"),
    "row": _function("INDEX"),
    "following": lambda column: call("OFFSET", column, 1, 0),
}
_CHOOSING = ("if_else", "maximum", "minimum")  # become IF over a range


def number_text(value: float) -> str:
    """A number as a literal; infinity is the number that stands for it."""
    if math.isinf(value):
        value = math.copysign(INFINITY, value)
    if value == int(value) and abs(value) < 10**_DIGITS:
        return str(int(value))
    text = f"{value:.{_DIGITS}g}"
    if float(text) != value:
        raise ValueError(f"{value!r} needs more than Excel's {_DIGITS} digits: make it an input")
    return text.upper()


def _leaf(node: Expr) -> str:
    if node.operation == NAME:
        return str(node.value)
    if node.operation == NUMBER:
        return number_text(node.value)
    return '"' + str(node.value).replace('"', '""') + '"' if node.operation == TEXT else "NA()"


# A condition is a number: both hold where their product is not 0.
_NOTATION = Notation(
    leaf=_leaf,
    call=lambda node, args: f"{node.value}({','.join(args)})",
    symbols={**SYMBOLS, "unequal": "<>", "both": "*"},
    levels={"both": 4},
)


class Excel(Dialect[Expr]):
    """Formulas of cells; arguments are names or cells."""

    title: ClassVar[str] = "Excel"
    operations = OPERATIONS
    rules = (products_by_logarithms, rows_of_ranges)
    has_tables: ClassVar[bool] = True

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def built(self, tree: Expr, names: Mapping[str, Expr] | None = None) -> Expr:
        """The tree in operators and functions of a sheet."""
        over_ranges = any(node.is_column for node in tree.walk())
        return super().built(elementwise_extremes(tree) if over_ranges else tree, names)

    def written(self, f: Definition) -> str:
        """The formula over the names of the parameters, without the equals sign."""
        self.refuse_lacking(f)
        return text(f.expression)


DIALECT = Excel()


def text(value: Any) -> str:
    """A tree, a number or a text as Excel reads it in a formula, without the equals sign."""
    return written_out(DIALECT.built(Expr.lift(value)))


def written_out(built: Expr) -> str:
    """The text of a tree in operators and functions of a sheet."""
    return _NOTATION.text(built)


def needs_array(tree: Expr) -> bool:
    """Whether Excel 2016 computes a formula only as an array formula.

    It does so with IF over a range, and with the largest or smallest number of computed ones.
    """
    return any(
        (node.is_column and node.operation in _CHOOSING)
        or (node.operation in EXTREMES and node.args[0].is_column and bool(node.args[0].args))
        for node in tree.walk()
    )
