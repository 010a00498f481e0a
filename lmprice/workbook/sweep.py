"""The points of a what-if, as cells of a sheet and as arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.arrays import Array
from lmprice.language.expression import Expr
from lmprice.language.terms import Bound, Term
from lmprice.scenarios.base import Sweep
from lmprice.workbook import style
from lmprice.workbook.book import Book

CLOSED = (">=", "<=")
NEAR = 0.001  # how near a point comes to a bound that is no valid value, as a share


@dataclass(frozen=True)
class Point:
    """One point of a sweep: the formula of its cell, and its value."""

    formula: str
    value: float
    term: Term
    is_constant: bool = False

    def write(self, book: Book, sheet: Worksheet, row: int, column: int) -> None:
        """Write the point into a header cell."""
        if self.is_constant:  # known in an empty template, too
            title = self.term.title(book.lang)
            address = book.put_formula(sheet, row, column, self.formula, self.value, "axis", title)
            # Written by the author of the template: few digits, and all of them are shown.
            sheet[address].number_format = style.number_format(self.term)
        else:
            book.put_number(sheet, row, column, self.formula, self.value, self.term, "axis")


@dataclass(frozen=True)
class Axis:
    """A sweep over the inputs of a book."""

    book: Book
    sweep: Sweep
    term: Term
    points: tuple[Point, ...]

    def follow_size(self, sheet: Worksheet, cells: str) -> None:
        """Let the number format of points follow their size, unless they are constants."""
        if not self.points[0].is_constant:
            style.follow_size(sheet, cells, self.term)

    def changes(self, address: str) -> dict[str, Expr]:
        """What the inputs are replaced by when the point stands in a cell."""
        point = Expr.name(address)
        if self.sweep.is_common_factor:
            return {name: Expr.name(name) * point for name in self.sweep.inputs}
        return {self.sweep.inputs[0]: point}

    def values(self, trailing: int) -> dict[str, Array]:
        """The inputs at all points, with ``trailing`` axes behind them to broadcast."""
        points = np.array([p.value for p in self.points]).reshape((-1,) + (1,) * trailing)
        return self.sweep.changes(self.book.scenario, points)


def axis(book: Book, sweep: Sweep) -> Axis:
    """The points of a sweep: values of one input, or common factors of several."""
    term = sweep.term(book.scenario)
    if sweep.is_common_factor:
        return Axis(book, sweep, term, tuple(_constants(sweep, term)))
    (name,) = sweep.inputs
    if not sweep.is_absolute:
        base = getattr(book.scenario, name)
        return Axis(book, sweep, term, tuple(_points(name, base, sweep, term)))
    points = tuple(_constants(sweep, term))
    for point in points:
        rule = term.broken_rule(point.value)
        if rule is not None:
            raise ValueError(f"{name}: the point {point.value:g} of a sweep {rule}")
    return Axis(book, sweep, term, points)


def _constants(sweep: Sweep, term: Term) -> Iterator[Point]:
    for step in sweep.steps:
        # Formulas, so that a check of the workbook notices when one was overwritten.
        yield Point(f"{step}/{sweep.per}", step / sweep.per, term, is_constant=True)


def _points(name: str, base: float, sweep: Sweep, term: Term) -> Iterator[Point]:
    for step in sweep.steps:
        value = base * step / sweep.per
        known = value if math.isfinite(value) else math.nan
        formula = Expr.name(f"{name}*{step}/{sweep.per}")
        for bound in term.bounds:
            # A share of an input is on the same side of 0 as the input.
            if bound.limit == 0 and (step > 0 or bound.operator in CLOSED):
                continue
            formula, known = _within(bound, formula, known, Expr.name(name), base)
        yield Point(excel.text(formula), known, term)


def _within(
    bound: Bound, formula: Expr, value: float, name: Expr, base: float
) -> tuple[Expr, float]:
    """A point that stays within a bound, or just inside of it where the bound is no valid value."""
    limit, least = Expr.lift(bound.limit), bound.limit
    if bound.operator not in CLOSED:
        inside = NEAR if bound.is_lower else -NEAR
        if bound.limit == 0:
            limit, least = name * NEAR, base * NEAR
        else:
            least = bound.limit + inside * abs(bound.limit)
            limit = Expr.lift(least)
    pick, nearest = ("maximum", max) if bound.is_lower else ("minimum", min)
    kept = value if math.isnan(value) else nearest(value, least)
    return Expr.of(pick, formula, limit), kept
