"""The points of a what-if, as cells of a sheet and as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.arrays import Array
from lmprice.language.expression import Expr
from lmprice.language.terms import Bound, Term
from lmprice.scenarios.template import SHRINK, STRETCH, Around, Span
from lmprice.workbook import style, texts
from lmprice.workbook.book import Book
from lmprice.workbook.settings import settings

CLOSED = (">=", "<=")
NEAR = 0.001  # how near a point comes to a bound that is no valid value, as a share


@dataclass(frozen=True)
class Point:
    """One point: the formula of its cell, and its value."""

    formula: str
    value: float


@dataclass(frozen=True)
class Axis:
    """Points for the inputs of a book; ``base`` is the number of the point that is the input."""

    book: Book
    spec: Around | Span
    term: Term
    points: tuple[Point, ...]
    base: int | None = None

    def write(self, sheet: Worksheet, cells: Sequence[tuple[int, int]]) -> None:
        """Write the points into header cells, the input itself with a frame."""
        for number, (place, point) in enumerate(zip(cells, self.points, strict=True)):
            look = "base axis" if number == self.base else "axis"
            self.book.put_number(sheet, *place, point.formula, point.value, self.term, look)

    def follow_size(self, sheet: Worksheet, cells: str) -> None:
        """One number format for the points; whole ones have no decimals that nobody asked for."""
        if self.term.is_fraction or not all(map(_is_whole, self._finite())):
            self.book.follow_size(sheet, cells, self.term)
            return
        for row in sheet[cells]:
            for cell in row:
                cell.number_format = style.INPUT_FORMAT
        style.group_digits(sheet, cells)

    def _finite(self) -> list[float]:
        return [point.value for point in self.points if math.isfinite(point.value)]

    def changes(self, address: str) -> dict[str, Expr]:
        """What the inputs are replaced by when the point stands in a cell."""
        point = Expr.name(address)
        if self.spec.is_common_factor:
            return {name: Expr.name(name) * point for name in self.spec.inputs}
        return {self.spec.inputs[0]: point}

    def values(self, trailing: int) -> dict[str, Array]:
        """The inputs at all points, with ``trailing`` axes behind them to broadcast."""
        points = np.array([p.value for p in self.points]).reshape((-1,) + (1,) * trailing)
        return self.spec.changes(self.book.scenario, points)


def around(book: Book, spec: Around, step_name: str) -> Axis:
    """Steps around an input, which stay within its bounds."""
    term = spec.term(book.scenario)
    name = "1" if spec.is_common_factor else spec.inputs[0]
    base = 1.0 if spec.is_common_factor else float(getattr(book.scenario, name))
    step = book.setting(step_name)
    points = []
    for k in range(-spec.STEPS, spec.STEPS + 1):
        away = f"{'+' if k > 0 else '-'}{abs(k)}*{step_name}"
        if k == 0:
            points.append(Point(name, base))
            continue
        if spec.is_absolute or spec.is_common_factor:
            formula, value = f"{name}{away}", base + k * step
        else:
            formula, value = f"{name}*(1{away})", base * (1 + k * step)
        points.append(_kept(term, formula, value, name, base))
    return Axis(book, spec, term, tuple(points), spec.STEPS)


def span(book: Book, spec: Span, name: str, *, with_base: bool = False) -> Axis:
    """Points at equal distances between the limits that have that name, the input itself first."""
    term = spec.term(book.scenario)
    start, end = limits(book, spec, name)
    points = []
    if with_base:
        points.append(Point(spec.inputs[0], float(getattr(book.scenario, spec.inputs[0]))))
    first, last = f"{name}_from", f"{name}_to"
    for k, value in enumerate(spec.between(start, end)):
        if spec.is_whole:
            formula = f"{first}-{k}*INT(({first}-{last})/{spec.count})"
        else:
            formula = f"{first}+({last}-{first})*{k}/{spec.count}"
        points.append(Point(formula, float(value) if math.isfinite(value) else math.nan))
    return Axis(book, spec, term, tuple(points), 0 if with_base else None)


def limits(book: Book, spec: Span, name: str) -> tuple[float, float]:
    """Where the points begin and end: as set, or as the inputs and results have it."""
    start, end = spec.limits(book.known)
    declared = settings(type(book.scenario))
    start = book.setting(f"{name}_from") if f"{name}_from" in declared else start
    end = book.setting(f"{name}_to") if f"{name}_to" in declared else end
    return start, end


def add_limits(
    book: Book, sheet: Worksheet, spec: Span, name: str, row: int, column: int = 1
) -> int:
    """The cells of the limits below the points; gives the row after them."""
    values = limits(book, spec, name)
    declared = settings(type(book.scenario))
    term = spec.term(book.scenario)
    # Whole steps may go beyond the end that follows from the inputs.
    to = texts.TO_AT_LEAST if spec.is_whole and f"{name}_to" not in declared else texts.TO
    ends = (("from", texts.FROM, spec.start, values[0]), ("to", to, spec.end, values[1]))
    for suffix, title, names, value in ends:
        key = f"{name}_{suffix}"
        book.put(sheet, row, column, book.say(title), "label")
        if key in declared:
            book.put_setting(sheet, row, column + 1, key)
        else:
            formula = _limit_formula(names, is_end=suffix == "to")
            titled = term.titled(title)
            address = book.put_number(sheet, row, column + 1, formula, value, titled)
            book.define(key, sheet, address)
        row += 1
    return row


def _limit_formula(names: float | tuple[str, ...], *, is_end: bool) -> str:
    """The smallest or largest of some inputs and results, those without an answer left out."""
    first, *others = names if isinstance(names, tuple) else (str(names),)
    values = ",".join([first, *(f"IFERROR({name},{first})" for name in others)])
    return f"{STRETCH}*MAX({values})" if is_end else f"{SHRINK}*MIN({values})"


def _is_whole(value: float) -> bool:
    return math.isclose(value, round(value), rel_tol=1e-9, abs_tol=1e-9)


def _kept(term: Term, formula: str, value: float, name: str, base: float) -> Point:
    """The point within all bounds of its input."""
    expression, known = Expr.name(formula), value if math.isfinite(value) else math.nan
    for bound in term.bounds:
        expression, known = _within(bound, expression, known, Expr.name(name), base)
    return Point(excel.text(expression), known)


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
