"""The results of a scenario as a table on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.markup import escape
from rich.table import Table

from lmprice.output.printing import shown
from lmprice.scenarios import Results


def result_table(results: Results, title: str, published: Mapping[str, str] | None = None) -> Table:
    """A row for each result, beside it what was published of it."""
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    values = [shown(row.value, row.term) for row in results.rows]
    table.add_column("Result")
    # In a narrow window words are folded, and numbers never.
    table.add_column("Value", justify="right", min_width=max(map(len, values), default=0))
    table.add_column("Unit")
    if published is not None:
        table.add_column("Published", justify="right", no_wrap=True)
    for row, value in zip(results.rows, values, strict=True):
        unit = "" if row.term.is_fraction else row.term.unit.en
        beside = () if published is None else (published.get(row.key, ""),)
        table.add_row(row.term.title.en, value, unit, *beside)
    return table
