"""Inputs of a what-if that stand in a table: one cell of it, or a whole column times a factor.

``tiers[0].unit_price`` is the cell in the first row, ``tiers.unit_price`` what all rows of the
column are multiplied by, 1 as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm
from lmprice.language.terms import Term, Text
from lmprice.scenarios.tables import Column, Row, TableSpec

_NAME = re.compile(r"(\w+)(?:\[(\d+)\])?\.(\w+)", re.ASCII)


class TableInput(NamedTuple):
    """A cell or a whole column of a table."""

    table: str
    row: int | None
    column: str

    def changed(self, columns: Row, values: Array) -> Row:
        """The columns of the table with this input at some values, on axes behind the rows."""
        column = np.asarray(getattr(columns, self.column))
        if self.row is None:
            new = column * values
        else:
            rows = np.arange(len(column)).reshape(-1, *(1,) * (column.ndim - 1))
            new = np.where(rows == self.row, values, column)
        return columns.model_copy(update={self.column: new})


def table_input(name: Any) -> TableInput | None:
    """What a name such as ``tiers[0].unit_price`` stands for; None where it is of another kind."""
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        return None
    return TableInput(found[1], int(found[2]) if found[2] else None, found[3])


def base_and_term(
    place: TableInput, tables: Mapping[str, TableSpec], rows: list[Row]
) -> tuple[float, Term] | str:
    """What a table input is as it stands, and its term; or why it cannot vary."""
    columns = {c.key: c for c in tables[place.table].columns}
    column = columns.get(place.column)
    if column is None:
        return f"is no column of {place.table}: {', '.join(columns)}"
    if not isinstance(column.term, Term) or isinstance(column.term, DateTerm):
        return (
            "is a column of dates" if isinstance(column.term, DateTerm) else "is a column of words"
        )
    values = [float(getattr(row, place.column)) for row in rows]
    title = Text(
        *(f"{tables[place.table].title(lang)}: {column.term.title(lang)}" for lang in ("en", "zh"))
    )
    if place.row is None:
        return 1.0, _factor(title, column.term, values)
    if place.row >= len(values):
        return f"is beyond the {len(values)} rows of {place.table}"
    if math.isinf(values[place.row]):
        return "has no limit, and cannot vary"
    return values[place.row], _cell(title, column, values, place.row)


def _cell(title: Text, column: Column, values: list[float], row: int) -> Term:
    """The term of one cell; where a column rises, its neighbours bound it."""
    kind: Any = column.term
    numbered = Text(f"{title.en}, row {row + 1}", f"{title.zh}，第 {row + 1} 行")
    bounds = {"ge": kind.ge, "gt": kind.gt, "le": kind.le, "lt": kind.lt}
    if kind.increasing:
        if row:
            bounds |= {"ge": None, "gt": values[row - 1]}
        if row + 1 < len(values) and math.isfinite(values[row + 1]):
            bounds |= {"le": None, "lt": values[row + 1]}
    return Term(numbered, kind.unit, kind.help, **bounds)


def _factor(title: Text, kind: Term, values: list[float]) -> Term:
    """The term of a factor on all rows, within which each of them keeps its own bounds."""
    least, most = 0.0, math.inf
    for bound in kind.bounds:
        for value in (v for v in values if v and math.isfinite(v)):
            limit = bound.limit / value
            if bound.is_lower == (value > 0):
                least = max(least, limit)
            else:
                most = min(most, limit)
    is_open = any(bound.is_lower and not bound.holds(bound.limit) for bound in kind.bounds)
    is_open = is_open or kind.increasing
    return Term(
        Text(f"{title.en}, all rows", f"{title.zh}，所有行"),
        Text("times", "倍"),
        kind.help,
        ge=None if is_open else least,
        gt=least if is_open else None,
        le=most if math.isfinite(most) else None,
    )
