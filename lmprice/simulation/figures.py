"""The figures of simulations as text, where a table of several results shares them."""

from __future__ import annotations

import math

import numpy as np

from lmprice.language.dates import DateTerm
from lmprice.language.quantities import Profit
from lmprice.language.terms import Term, term
from lmprice.output.printing import shown

LINES = 21  # rows that a curve is shown in


def heading(kind: Term) -> str:
    """A title with its unit, where that says something: "Profit (USD)"."""
    unit = "" if kind.is_fraction else f" ({kind.unit.en})"
    return f"{kind.title.en}{unit}"


def money(value: float) -> str:
    """An amount or a price."""
    return shown(value, term(Profit))


def spread(value: float, kind: Term) -> str:
    """A spread: for a fraction perhaps far less than one per cent, for a date so many days."""
    if math.isnan(value):
        return shown(value, kind)
    if isinstance(kind, DateTerm):
        return f"{value:.3g} days"
    return f"{100 * value:.3g} %" if kind.is_fraction else shown(value, kind)


def some_rows(size: int) -> list[int]:
    """Rows to be shown of so many, the first and the last among them."""
    rows = np.linspace(0, size - 1, min(size, LINES)).round()
    return sorted({int(row) for row in rows})
