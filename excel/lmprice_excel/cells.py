"""How a pricing function is evaluated on the cells of a sheet.

Every spreadsheet route (xlwings, LibreOffice, a spreadsheet engine in Python) turns what it is
given into cells, calls :func:`evaluate` and writes the cells that it gets back.

>>> import lmprice
>>> profit = next(f for f in lmprice.functions() if f.name == "profit")
>>> evaluate(profit, [100.0, 20.0, 10.0, 100.0])
900.0
>>> evaluate(profit, [[[1.0], [-1.0]], 20.0, 10.0])
[[10.0], [CellError('#NUM!', 'LMPROFIT: quantity -1 is below 0')]]
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lmprice.language.errors import PricingError, shown
from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter
from lmprice_excel.arguments import Floats, Refused, cell_name, read_arguments, result_shape
from lmprice_excel.values import NA, NUM, Block, Cell, CellError, fault

__all__ = ["Block", "Cell", "CellError", "evaluate"]

_log = logging.getLogger(__name__)


def evaluate(f: PricingFunction, arguments: Sequence[Cell | Block]) -> Cell | Block:
    """Evaluate a pricing function on cells and ranges; nothing is ever raised.

    Single cells and ranges broadcast as NumPy arrays do: a column of n cells against a row of m
    cells gives n rows of m.  A range of one cell is that cell.  A parameter that is a column of a
    table takes a row or a column of cells whole; a result that is a column lies as they do, and
    down where there is none.

    - An empty cell is the default of an optional argument, and an error of a required one and
      inside a range.
    - Text is an error, also text that looks like a number; so is TRUE or FALSE.
    - An error cell is handed on, and so is the text that stands for an error.
    - What is wrong with one element of a range gives an error in that element of the result; what
      is wrong with a table column gives an error in every element.
    - Where the function has no answer (NaN in Python), the error is ``#N/A``; an invalid number
      gives ``#NUM!``, a wrong type or shape ``#VALUE!``.

    Parameters
    ----------
    f : PricingFunction
        A registered function.
    arguments : sequence of cells and blocks
        In the order of its parameters; arguments left out at the end count as omitted.

    Returns
    -------
    cell or block
        A float or a `CellError`, or rows of them.
    """
    try:
        return _evaluate(f, arguments)
    except Refused as refused:
        return refused.error
    except Exception as error:
        _log.exception("%s failed", f.excel_name)
        return fault(f.excel_name, error)


class _Errors:
    """The errors of the result, element by element; the first one found stays."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.cells = np.full(shape, None, dtype=object)
        self.mask = np.zeros(shape, dtype=bool)

    def add(self, errors: NDArray[np.object_]) -> None:
        """Put errors (None: no error) where none stands yet."""
        self.cells = np.where(self.mask, self.cells, np.broadcast_to(errors, self.mask.shape))
        self.mask = self.cells.astype(bool)


def _evaluate(f: PricingFunction, given: Sequence[Cell | Block]) -> Cell | Block:
    arguments = read_arguments(f, given)
    errors = _Errors(result_shape(f, arguments))
    for argument in arguments:
        if argument.errors is not None:
            errors.add(argument.errors)
    values = [argument.values for argument in arguments]
    result = _computed(f, values, errors)
    if f.returns_column:
        result = result.reshape((1, -1) if any(a.is_row for a in arguments) else (-1, 1))
    rows = _cells(f, values, result if result.ndim else result.reshape(1, 1), errors)
    return rows if result.size > 1 else rows[0][0]


def _computed(f: PricingFunction, values: list[Floats], errors: _Errors) -> Floats:
    """The results; ``errors`` gains what the function finds wrong with single elements."""
    while not errors.mask.all():
        try:
            # Single cells go as plain floats, for which a function has a shorter way.
            plain = [v if v.shape else float(v) for v in values]
            result = np.asarray(f.function(*plain), dtype=np.float64)
        except PricingError as error:
            errors.add(_found(f, error, values, errors.mask))
            # NaN is never invalid, so the next turn computes the elements that are left.
            values = [
                v if p.is_column else np.where(errors.mask, math.nan, v)
                for p, v in zip(f.parameters, values, strict=True)
            ]
        else:
            return result if f.returns_column else np.broadcast_to(result, errors.mask.shape)
    return np.full(errors.mask.shape, math.nan)


def _found(
    f: PricingFunction, error: PricingError, values: list[Floats], known: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """The errors of the elements that an exception is about."""
    named = {p.name: (p, v) for p, v in zip(f.parameters, values, strict=True)}
    # A formula that calls another function may hand on what that one says of its own parameters.
    p, value = named.get(error.parameter if error.function == f.name else "", (None, None))
    bad = _bad_elements(error, known.shape, is_column=p is not None and p.is_column) & ~known
    if not bad.any():  # it does not say which
        bad = ~known
    found = np.full(known.shape, None, dtype=object)
    if p is None or value is None or p.is_column:
        name = cell_name(p, error.index[0]) if p and error.index else error.parameter
        what = f"{name} {shown(error.value)}" if p else name
        found[bad] = CellError(NUM, f"{f.excel_name}: {what} {error.rule}")
        return found
    numbers = np.broadcast_to(value, known.shape)[bad]
    start = f"{f.excel_name}: {p.name}"
    # A number is written as `shown` does it, which would take as long again to call for each.
    found[bad] = [
        CellError(NUM, f"{start} {number:.15g} {rule or error.rule}")
        for number, rule in zip(numbers.tolist(), _broken_rules(p, numbers), strict=True)
    ]
    return found


def _bad_elements(
    error: PricingError, shape: tuple[int, ...], *, is_column: bool
) -> NDArray[np.bool_]:
    """The mask of an exception in the shape of the result."""
    mask = error.mask
    if is_column and mask.ndim <= 1:
        return np.full(shape, True)
    # In front of the elements stand the rows of columns: a bad row is bad for its element.
    mask = np.asarray(mask.any(axis=tuple(range(mask.ndim - len(shape)))))
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        return np.full(shape, True)


def _broken_rules(p: Parameter, numbers: Floats) -> list[str]:
    """What is wrong with each number; "" where it keeps to the bounds of its parameter."""
    rules = np.where(np.isinf(numbers), "is infinite", "").astype(object)
    for bound in reversed(p.term.bounds):  # the first that is broken is told
        rules[~bound.holds(numbers)] = bound.broken.en
    return rules.tolist()  # type: ignore[no-any-return]


def _cells(
    f: PricingFunction, values: list[Floats], result: Floats, errors: _Errors
) -> list[list[Cell]]:
    """Numbers and errors as rows of cells."""
    cells = result
    if errors.mask.any():
        is_error = np.broadcast_to(errors.mask, result.shape)
        cells = result.astype(object)
        cells[is_error] = np.broadcast_to(errors.cells, result.shape)[is_error]
    rows: list[list[Cell]] = cells.tolist()
    missing = np.argwhere(np.isnan(result) & ~errors.mask)
    if missing.size:
        spread = [
            (p, None if p.is_column else np.broadcast_to(v, result.shape))
            for p, v in zip(f.parameters, values, strict=True)
        ]
        for i, j in missing.tolist():
            rows[i][j] = _no_answer(f, spread, (i, j))
    return rows


def _no_answer(
    f: PricingFunction,
    values: list[tuple[Parameter, Floats | None]],
    index: tuple[int, int],
) -> CellError:
    given = [p.name if v is None else f"{p.name} {shown(float(v[index]))}" for p, v in values]
    return CellError(NA, f"{f.excel_name}: no answer for {', '.join(given)}")
