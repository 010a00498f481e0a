"""The results on segments, tariffs, bundles, surveys and launches as plain text.

Segments, customers and products are counted from 0, as in the arrays of the results.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.markup import escape

from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import term
from lmprice.output.printing import percent, plain_text, shown, text_table

if TYPE_CHECKING:
    from lmprice.chapters.strategy.bundles import BundleChoice, Bundles, Versions
    from lmprice.chapters.strategy.launch import LaunchComparison
    from lmprice.chapters.strategy.segments import SegmentPrices
    from lmprice.chapters.strategy.surveys import GaborGranger
    from lmprice.chapters.strategy.tariffs import TwoPartTariff


def segment_report(found: SegmentPrices) -> str:
    """A row for each segment, and what pricing them apart is worth."""
    table = text_table(
        "Segment", "Price", "Quantity", "Profit", "Elasticity", "Quantity at one price"
    )
    columns = (found.prices, found.quantities, found.profits, found.elasticities)
    for i, row in enumerate(zip(*columns, found.uniform.quantities, strict=True)):
        table.add_row(str(i), *_amounts(row))
    one, profit, alone, gain = _amounts(
        (found.uniform_price, found.profit, found.uniform.profit, found.gain)
    )
    last = f"Profit {profit}; with one price of {one} for all {alone}, which is {gain} less."
    return f"{plain_text(table)}\n\n{last}"


def tariff_report(found: TwoPartTariff) -> str:
    """The best tariff for each lowest type to be served, and the best of all."""
    table = text_table("Lowest type served", "Unit price", "Fee", "Profit", "Types served")
    for i, option in enumerate(found.options):
        served = ", ".join(str(j) for j in option.served.nonzero()[0])
        table.add_row(str(i), *_amounts((option.price, option.fee, option.profit)), served)
    price, fee, profit = _amounts((found.price, found.fee, found.profit))
    best = f"Best: {price} a unit and a fee of {fee}, profit {profit}."
    if math.isnan(found.price):
        best = "No tariff earns anything."
    return f"{plain_text(table)}\n\n{best}"


def choice_report(found: BundleChoice) -> str:
    """What each customer takes."""
    table = text_table("Customer", "Takes", "Pays", "Surplus")
    rows = zip(found.bought, found.as_bundle, found.paid, found.surplus, strict=True)
    for i, (bought, as_bundle, paid, surplus) in enumerate(rows):
        alone = ", ".join(str(j) for j in bought.nonzero()[0]) or "nothing"
        table.add_row(str(i), "the bundle" if as_bundle else alone, *_amounts((paid, surplus)))
    return plain_text(table)


def bundles_report(found: Bundles) -> str:
    """The prices under each way of selling."""
    products = range(len(found.mixed.prices))
    table = text_table("Way", *(f"Product {i}" for i in products), "Bundle", "Profit")
    for name in ("separate", "pure", "mixed"):
        way = getattr(found, name)
        table.add_row(name, *_amounts((*way.prices, way.bundle_price, way.profit)))
    return f"{plain_text(table)}\n\nBest: {found.best}."


def versions_report(found: Versions) -> str:
    """The price of each version and how many take it."""
    table = text_table("Version", "Price", "Customers")
    for i, price in enumerate(found.prices):
        table.add_row(str(i), *_amounts((price,)), str(int((found.choices == i).sum())))
    profit, single = _amounts((found.profit, found.single_profit))
    return f"{plain_text(table)}\n\nProfit {profit}; with the best single version {single}."


def granger_report(found: GaborGranger) -> str:
    """Revenue and profit for each person asked, at each tested price."""
    table = text_table("Price", "Would buy", "Revenue", "Profit")
    rows = zip(found.prices, found.shares, found.revenues, found.profits, strict=True)
    for price, share, revenue, profit in rows:
        table.add_row(*_amounts((price,)), percent(float(share)), *_amounts((revenue, profit)))
    revenue, profit, between = _amounts(
        (found.revenue_price, found.profit_price, found.interpolated_price)
    )
    last = f"Most revenue at {revenue}, most profit at {profit} (between tested prices: {between})."
    return f"{plain_text(table)}\n\n{last}"


def launch_report(found: LaunchComparison) -> str:
    """A row for each path."""
    table = text_table("Path", "First price", "Last price", "Units sold", "Net present value")
    for path in found.launches:
        ends = path.prices[[0, -1]].tolist()
        table.add_row(escape(str(path.name)), *_amounts((*ends, path.quantities.sum(), path.npv)))
    return f"{plain_text(table)}\n\nBest: {found.best.name}."


def _amounts(values: Iterable[float]) -> list[str]:
    return ["-" if math.isnan(x) else shown(float(x), term(UnitPrice)) for x in values]
