"""The results of a scenario as a table on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich import box
from rich.table import Table

from lmprice.cli.shared import plain
from lmprice.language.terms import Text
from lmprice.output.printing import shown
from lmprice.output.printing import unit as unit_of
from lmprice.scenarios import Result

HEADS = (Text("Result", "结果项"), Text("Value", "数值"), Text("Unit", "单位"))


def result_table(
    rows: Sequence[Result],
    title: str,
    published: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    words: Callable[[str], str] = str,
) -> Table:
    """A row for each result, beside it what was published of it.

    ``words`` says titles and units as a workbook does that counts in another currency.
    """
    table = Table(title=plain(title), title_justify="left", box=box.SIMPLE_HEAD)
    values = [shown(row.value, row.term, lang) for row in rows]
    name, number, unit = (head(lang) for head in HEADS)
    table.add_column(name)
    # In a narrow window words are folded, and numbers never.
    table.add_column(number, justify="right", min_width=max(map(len, values), default=0))
    table.add_column(unit)
    if published is not None:
        table.add_column("Published", justify="right", no_wrap=True)
    for row, value in zip(rows, values, strict=True):
        of = "" if row.term.is_fraction else words(unit_of(row.term, lang))
        beside = () if published is None else (published.get(row.key, ""),)
        table.add_row(words(row.term.title(lang)), value, of, *beside)
    return table
