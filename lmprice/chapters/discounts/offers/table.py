"""The comparison as a table of plain text."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from lmprice.chapters.discounts.offers.comparison import Comparison, Group
    from lmprice.chapters.discounts.offers.tiers import Cliff

WIDTH = 1000  # so that no cell is folded, however long its name
LARGE = 10_000  # from here on cents are noise


def comparison_table(comparison: Comparison) -> str:
    """The rows as a table, with the best strategy and the cliffs below."""
    digits = 0 if max(row.revenue for row in comparison.rows) >= LARGE else 2
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    table.add_column("Strategy")
    money = ("Revenue", "Cost", "Profit")
    shares = ("Margin", "Discount", "Volume\nlift", "Breakeven\nlift")
    groups = ("Pay less\n(our gain)", "Pay more\n(our gain)")
    for title in (*money, *shares, *groups):
        table.add_column(title, justify="right")
    for row in comparison.rows:
        table.add_row(
            escape(row.name),
            *(_money(value, digits) for value in (row.revenue, row.cost, row.profit)),
            *(_percent(value) for value in (row.margin, row.effective_discount)),
            *(_percent(value, "+") for value in (row.quantity_change, row.breakeven_lift)),
            *(_group(group, digits) for group in (row.winners, row.losers)),
        )
    text = io.StringIO()
    Console(file=text, width=WIDTH, color_system=None).print(table)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    best, base = comparison.best, comparison.rows[0]
    gain = (
        ""
        if best is base
        else f", {_money(best.profit - base.profit, digits)} more than at the list price"
    )
    lines += ["", f"Best by profit: {best.name}{gain}."]
    lines += [f"{row.name}: {_fall(c, digits)}" for row in comparison.rows for c in row.cliffs]
    return "\n".join(lines)


def _money(value: float, digits: int, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{round(value, digits) + 0.0:{sign},.{digits}f}"


def _percent(value: float, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{round(value, 3) + 0.0:{sign}.1%}".replace("%", " %")


def _group(group: Group, digits: int) -> str:
    if not group.customers:
        return "0"
    return f"{group.customers:,} ({_money(group.profit_change, digits, '+')})"


def _fall(cliff: Cliff, digits: int) -> str:
    bill, above = _money(cliff.bill, digits), _money(cliff.bill_above, digits)
    back = "never again" if math.isinf(cliff.end) else f"again at {cliff.end:,.6g}"
    return (
        f"above {cliff.bound:,.6g} units the bill falls from {bill} to {above}\n"
        f"  (from {cliff.start:,.6g} on it is cheaper to buy more; the bill is {bill} {back})"
    )
