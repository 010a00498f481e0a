"""The results of simulations as plain text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from lmprice.language.dates import DateTerm
from lmprice.language.quantities import Profit, UnitPrice
from lmprice.language.terms import Term, term
from lmprice.output.printing import percent, plain_text, shown, text_table

if TYPE_CHECKING:
    from lmprice.simulation.market import MarketPath
    from lmprice.simulation.outcomes import MonteCarlo
    from lmprice.simulation.pricing import PricingCurve
    from lmprice.simulation.tornado import Tornado
    from lmprice.simulation.what_if import TwoWay

LINES = 21  # rows that a curve is shown in
BAR = 30  # width of the longest bar of a tornado, in characters


def monte_carlo_report(simulated: MonteCarlo) -> str:
    """The figures of each result as a table."""
    probabilities = list(simulated.outcomes[0].quantiles) if simulated.outcomes else []
    quantiles = [f"{100 * p:g} %" for p in probabilities]
    head = ["Base", "Mean", "Std. error", "Std. dev.", *quantiles, "Below 0", "No answer"]
    table = text_table("Result", *head)
    for row in simulated.outcomes:
        table.add_row(
            _title(row.term),
            *(shown(x, row.term) for x in (row.base, row.mean)),
            *(_spread(x, row.term) for x in (row.standard_error, row.sd)),
            *(shown(x, row.term) for x in row.quantiles.values()),
            *(_share(x) for x in (row.chance_of_loss, row.no_answer)),
        )
    name = simulated.scenario.template.title.en
    lines = [f"{name}: {simulated.draws:,} draws, seed {simulated.seed}"]
    lines += [f"  {name} ~ {source}" for name, source in simulated.distributions.items()]
    return "\n".join([*lines, "", plain_text(table)])


def tornado_report(tornado: Tornado) -> str:
    """The inputs with their bars, the longest first."""
    table = text_table("Input", "Low", "High", "At low", "At high", "Swing")
    table.add_column("")
    longest = max((bar.swing for bar in tornado.bars if not math.isnan(bar.swing)), default=0)
    notes = []
    for bar in tornado.bars:
        share = bar.swing / longest if longest > 0 and not math.isnan(bar.swing) else 0
        table.add_row(
            _title(bar.term),
            *(shown(x, bar.term) for x in (bar.low, bar.high)),
            *(shown(x, tornado.term) for x in (bar.at_low, bar.at_high)),
            _swing(bar.swing, tornado.term),
            "█" * round(share * BAR),
        )
        notes += [f"{bar.term.title.en} {bar.note}."] if bar.note else []
    head = f"{_title(tornado.term)}: {shown(tornado.base, tornado.term)} as it is"
    return "\n".join([head, "", plain_text(table), *(["", *notes] if notes else [])])


def two_way_report(table: TwoWay) -> str:
    """The table with the two inputs in its corner."""
    columns = [shown(x, table.columns.term) for x in table.columns.values.tolist()]
    corner = f"{table.rows.term.title.en} \\ {table.columns.term.title.en}"
    shown_table = text_table(escape(corner), *columns)
    for value, line in zip(table.rows.values.tolist(), table.values.tolist(), strict=True):
        cells = (shown(x, table.term) for x in line)
        shown_table.add_row(shown(value, table.rows.term), *cells)
    return f"{_title(table.term)}\n\n{plain_text(shown_table)}"


def pricing_report(curve: PricingCurve) -> str:
    """The curve at some of its quantities, its breakevens and its maximum."""
    table = text_table("Quantity", "Revenue", "Cost", "Profit")
    for i in _some(curve.quantity.size):
        money = (_money(float(array[i])) for array in (curve.revenue, curve.cost, curve.profit))
        table.add_row(f"{curve.quantity[i]:,.6g}", *money)
    return "\n".join([plain_text(table), "", _breakevens(curve), _maximum(curve)])


def market_report(path: MarketPath) -> str:
    """What becomes of each provider, and how the average price falls."""
    head = ("First price", "Last price", "Times a year", "First share", "Last share", "Profit")
    table = text_table("Provider", *head)
    for i, name in enumerate(path.names):
        table.add_row(
            escape(name),
            *(_price(x) for x in path.prices[i, [0, -1]].tolist()),
            f"{path.price_factor(name):.3g}",
            *(percent(x) for x in path.shares[i, [0, -1]].tolist()),
            _money(float(path.profits[i].sum())),
        )
    average = text_table("Year", "Average price", "Buyers", "Profit of all")
    for i in _some(path.years.size):
        buyers = percent(float(1 - path.outside_share[i]))
        money = _money(float(path.profits[:, i].sum()))
        average.add_row(f"{path.years[i]:.4g}", _price(float(path.average_price[i])), buyers, money)
    last = f"The average price becomes {path.price_factor():.3g} times cheaper a year."
    return "\n".join([plain_text(table), "", plain_text(average), "", last])


def _price(value: float) -> str:
    return shown(value, term(UnitPrice))


def _some(size: int) -> list[int]:
    """Rows to be shown of so many, the first and the last among them."""
    rows = np.linspace(0, size - 1, min(size, LINES)).round()
    return sorted({int(row) for row in rows})


def _breakevens(curve: PricingCurve) -> str:
    if not curve.breakevens:
        return "No quantity breaks even."
    least, most = curve.quantity.min(), curve.quantity.max()
    texts = [
        f"{x:,.6g}{'' if least <= x <= most else ' (outside the range)'}" for x in curve.breakevens
    ]
    return f"Breakeven at {' and '.join(texts)}."


def _maximum(curve: PricingCurve) -> str:
    best = curve.best_quantity
    at_end = best in (curve.quantity.min(), curve.quantity.max())
    where = f"{best:,.6g}{', the end of the range' if at_end else ''}"
    return f"Maximum profit {_money(curve.maximum_profit)} at {where}."


def _money(value: float) -> str:
    return shown(value, term(Profit))


def _spread(value: float, kind: Term) -> str:
    """A spread: for a fraction perhaps far less than one per cent, for a date so many days."""
    if math.isnan(value):
        return shown(value, kind)
    if isinstance(kind, DateTerm):
        return f"{value:.3g} days"
    return f"{100 * value:.3g} %" if kind.is_fraction else shown(value, kind)


def _swing(value: float, kind: Term) -> str:
    return _spread(value, kind) if isinstance(kind, DateTerm) else shown(value, kind)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else percent(value)


def _title(kind: Term) -> str:
    unit = "" if kind.is_fraction else f" ({kind.unit.en})"
    return f"{kind.title.en}{unit}"
