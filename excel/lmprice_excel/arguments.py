"""From cells to the numbers that a pricing function takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmprice.language.errors import shown
from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter
from lmprice_excel.values import VALUE, Block, Cell, CellError

Floats = NDArray[np.float64]


class Refused(Exception):  # noqa: N818  (a result, not a failure)
    """Arguments that leave nothing to compute; carries the error for the cell."""

    def __init__(self, f: PricingFunction, what: str) -> None:
        self.error = CellError(VALUE, f"{f.excel_name}: {what}")
        super().__init__(self.error.text)


class Argument(NamedTuple):
    """An argument as numbers, NaN where an element is none, and the errors of those elements.

    A cell is an array without dimensions, a range a matrix, a table column a vector; one cell for
    all rows of an optional column has no dimensions either.  The errors (None where there is none)
    broadcast to the result: those of a column are the whole result's.
    """

    values: Floats
    errors: NDArray[np.object_] | None = None
    is_row: bool = False


def read_arguments(f: PricingFunction, given: Sequence[Cell | Block]) -> list[Argument]:
    """All arguments of a function; those left out at the end count as omitted."""
    count = len(f.parameters)
    if len(given) > count:
        raise Refused(f, f"{len(given)} arguments are more than the {count} it takes")
    padded = [*given, *[None] * (count - len(given))]
    return [_read(f, p, g) for p, g in zip(f.parameters, padded, strict=True)]


def result_shape(f: PricingFunction, arguments: Sequence[Argument]) -> tuple[int, ...]:
    """The shape of the ranges against each other; () where all arguments are single cells."""
    named = [(p, a.values.shape) for p, a in zip(f.parameters, arguments, strict=True)]
    # A column with an error answers with that error, whatever its length.
    sound = zip(f.parameters, arguments, strict=True)
    columns = [
        (p.name, a.values.size)
        for p, a in sound
        if p.is_column and a.values.shape and a.errors is None
    ]
    if len({length for _, length in columns}) > 1:
        lengths = ", ".join(f"{name} {length}" for name, length in columns)
        raise Refused(f, f"the columns have different numbers of cells ({lengths})")
    ranges = [(p.name, shape) for p, shape in named if shape and not p.is_column]
    if ranges and f.returns_column:
        raise Refused(f, f"{ranges[0][0]} is a range, but the result is a column already")
    try:
        return np.broadcast_shapes(*(shape for _, shape in ranges))
    except ValueError:
        sizes = ", ".join(f"{name} {rows} x {width}" for name, (rows, width) in ranges)
        raise Refused(f, f"the ranges do not fit each other ({sizes})") from None


def _read(f: PricingFunction, p: Parameter, given: Cell | Block) -> Argument:
    rows = given if isinstance(given, (list, tuple)) else [[given]]
    widths = set(map(len, rows))
    if len(widths) != 1 or widths == {0}:
        raise Refused(f, f"{p.name} is not a range of cells")
    height, width = len(rows), len(rows[0])
    if p.is_column and height > 1 < width:
        raise Refused(f, f"{p.name} is {height} x {width} cells, not one column or row")
    cells: list[Any] = list(chain.from_iterable(rows))
    if cells == [None] and p.default is not None:
        cells = [p.default]
    if p.is_column and p.term.unlimited and cells[-1] is None:
        cells[-1] = math.inf
    is_row = p.is_column and width > 1
    shape: tuple[int, ...] = (len(cells),) if p.is_column else (height, width)
    if len(cells) == 1 and (p.is_optional or not p.is_column):
        shape = ()
    if set(map(type, cells)) == {float}:  # the common case needs no look at each of them
        return Argument(np.array(cells).reshape(shape), is_row=is_row)
    numbers = [_number(p, cell) for cell in cells]
    values = np.array([n if isinstance(n, float) else math.nan for n in numbers]).reshape(shape)
    errors = [_error(f, p, n, k) for k, n in enumerate(numbers)]
    if not any(errors):
        return Argument(values, is_row=is_row)
    if p.is_column:  # every result depends on every element of a column
        return Argument(values, np.array(next(filter(None, errors)), dtype=object))
    return Argument(values, np.array(errors, dtype=object).reshape(shape))


def _number(p: Parameter, cell: Any) -> float | CellError | str:
    """A cell as a number; or an error; or what is wrong with it, as text."""
    if cell is None:
        return "is empty"
    if isinstance(cell, str):
        error = cell if isinstance(cell, CellError) else CellError.parse(cell)
        return error or f"{shown(str(cell))} is text, not a number"
    if isinstance(cell, (bool, np.bool_)):
        logical = f"{str(cell).upper()} is a logical value, not a number"
        return float(cell) if p.term.is_flag else logical
    if isinstance(cell, (Real, Decimal)):
        return float(cell)
    return f"{shown(cell)} is not a number"


def _error(
    f: PricingFunction, p: Parameter, number: float | CellError | str, k: int
) -> CellError | None:
    """The error of the element ``k``; None where it is a number."""
    if isinstance(number, float):
        return None
    if isinstance(number, CellError):
        return number
    return CellError(VALUE, f"{f.excel_name}: {cell_name(p, k)} {number}")


def cell_name(p: Parameter, k: int) -> str:
    """A parameter in a message; which cell of it, where the message answers for a whole column."""
    return f"{p.name} (cell {k + 1})" if p.is_column else p.name
