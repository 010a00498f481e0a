"""Numbers and tables as plain text."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from lmprice.dates import DateTerm, day

if TYPE_CHECKING:
    from rich.table import Table

    from lmprice.terms import Term

WIDTH = 1000  # so that no cell is folded, however long its text


def shown(value: float, term: Term) -> str:
    """A number as a reader wants it: fractions as percentages, as many digits as say something."""
    if math.isnan(value):
        return "no answer"
    if isinstance(term, DateTerm):
        return day(value).isoformat()
    if term.is_fraction:
        return percent(value)
    if abs(value) >= 1000 or value == 0 or term.is_whole:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{share:.1%}".replace("%", " %")


def plain_text(table: Table) -> str:
    """The lines of a table without colours and without blanks at their ends."""
    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def text_table(title: str, *numbers: str) -> Table:
    """An empty table whose first column has words and whose other columns have numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    table.add_column(title)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
