"""Numbers, quantities and tables as plain text."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from lmprice.language.dates import DateTerm, day
from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import Choice, Term, Text, term

if TYPE_CHECKING:
    from rich.table import Table

NO_ANSWER = Text("no answer", "无解")
LEAST, MOST = 1e-12, 1e15  # numbers between these are written without an exponent
WIDTH = 1000  # so that no cell is folded, however long its text


def shown(value: float, kind: Term, lang: str = "en") -> str:
    """A number as a reader wants it: fractions as percentages, as many digits as say something."""
    if math.isnan(value):
        return NO_ANSWER(lang)
    if isinstance(kind, DateTerm):
        return day(value).isoformat()
    if kind.is_fraction:
        return percent(value)
    if abs(value) >= 1000 or value == 0 or kind.is_whole:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 else _small(value)


def _small(value: float) -> str:
    """A number below 1 in four digits: 0.0000015, not 1.5e-06."""
    text = f"{value:.4g}"
    if "e" not in text or abs(value) < LEAST:
        return text
    return f"{value:.{_decimals(value)}f}".rstrip("0")


def _decimals(value: float) -> int:
    """The decimals with which a number below 1 has four digits."""
    return 3 - math.floor(math.log10(abs(value)))


def exact(value: float, kind: Term) -> str:
    """A number as it was filled in, with all digits that a sheet has."""
    number = Decimal(f"{value + 0.0:.15g}")  # as many digits as a sheet has, and no -0
    scaled = number * 100 if kind.is_fraction else number
    is_plain = value == 0 or LEAST <= abs(value) < MOST
    text = f"{scaled.normalize():,f}" if is_plain else f"{float(scaled):g}"
    return f"{text} %" if kind.is_fraction else text


def column(values: Sequence[float], kind: Term, lang: str = "en") -> list[str]:
    """The numbers of a column of a table, all with the decimals that the largest of them has."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if isinstance(kind, DateTerm) or kind.is_fraction or kind.is_whole or largest == 0:
        return [shown(value, kind, lang) for value in values]
    places = 0 if largest >= 1000 else 2 if largest >= 1 else _decimals(largest)

    def written(value: float) -> str:
        # What would be written as 0, but is not, has digits of its own.
        is_lost = math.isnan(value) or (value != 0 and round(value, places) == 0)
        return shown(value, kind, lang) if is_lost else f"{value:,.{places}f}"

    return [written(value) for value in values]


def amounts(values: Iterable[float]) -> list[str]:
    """Amounts of money as a column of a table has them; "-" where there is no answer."""
    return ["-" if math.isnan(x) else shown(float(x), term(UnitPrice)) for x in values]


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{share:.1%}".replace("%", " %")


def unit(term: Term | Choice, lang: str) -> str:
    """The unit as a sheet or chart shows it, where fractions are formatted as percentages."""
    return "%" if isinstance(term, Term) and term.is_fraction else term.unit(lang)


def labelled(term: Term, lang: str) -> str:
    """A title with its unit, where that says more: "Price (USD per unit)", but "Days"."""
    is_said = term.title(lang).lower() == term.unit(lang).lower()
    if is_said or term.is_fraction or isinstance(term, DateTerm):
        return term.title(lang)
    return Text(f"{term.title.en} ({term.unit.en})", f"{term.title.zh}（{term.unit.zh}）")(lang)


def inline(term: Term, lang: str) -> str:
    """A title in the middle of a sentence."""
    title = term.title(lang)
    return title if title[1:2].isupper() else title[0].lower() + title[1:]


def text_width(text: str) -> float:
    """The width of a text in digits; Chinese characters take two places."""
    return sum(2.0 if unicodedata.east_asian_width(c) in "WF" else 1.0 for c in text)


def plain_text(table: Table) -> str:
    """The lines of a table: every word as it is, no colours, no blanks at their ends."""
    from rich.console import Console

    text = io.StringIO()
    console = Console(file=text, width=WIDTH, color_system=None, markup=False, emoji=False)
    console.print(table)
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
