"""A script as a user writes it: frames, a scenario of one's own, derivatives; checked, not run."""

import pandas as pd
import polars as pl

import lmprice
from lmprice import plots
from lmprice.billing import margin, parse_book, rate
from lmprice.scenarios import Out, Scenario
from lmprice.simulation import Normal, Triangular


class Support(Scenario):
    """Does an assistant that answers tickets pay?"""

    tickets: float = 40_000
    price: float = 0.30
    ticket_cost: float = 0.12

    def results(self, out: Out) -> None:
        """Margin and profit."""
        earned = out("margin", self.price - self.ticket_cost)
        out("profit", earned * self.tickets - 5_000)


def of_frames(history: pd.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """Fits by vendor, a forecast, and what a bill earns."""
    fits = lmprice.fit_decline(history["day"], history["price"], by=history["vendor"])
    for vendor, fit in fits.items():
        print(vendor, fit.annual_factor, fit.interval.low)
    book = parse_book({"format": 2, "name": "List", "version": "1", "currency": "USD"})
    billed, cost = rate(usage, book), rate(usage, book)
    earned: pl.DataFrame = margin(billed, cost, by=("customer",))
    print(earned.height, fits.to_polars().height)
    return fits.to_polars()


def of_a_scenario(plan: Support) -> float:
    """Sensitivity, draws, a workbook and back."""
    tornado = lmprice.sensitivity(plan, "profit", by="derivative")
    swings: list[float] = [bar.swing for bar in tornado.bars]
    table: pd.DataFrame = tornado.to_pandas()
    uncertain = {"tickets": Normal(40_000, 8_000), "price": Triangular(0.2, 0.3, 0.4)}
    outcome = lmprice.monte_carlo(plan, uncertain)["profit"]
    lmprice.build(plan, "support.xlsx")
    again: Support = lmprice.read("support.xlsx", Support)
    plots.save(plots.tornado(tornado), "support.svg")
    results: dict[str, float] = dict(again.evaluate())
    return outcome.chance_of_loss + swings[0] + len(table) + results["profit"]


def of_derivatives(prices: list[float]) -> float:
    """The slope as a number, as a formula, and what uncertain inputs do."""
    slope = lmprice.derivative("profit", "price")
    text: str = slope.formula or ""
    along: dict[str, float] = lmprice.gradient(lmprice.profit, 100, 20, 10, 100)
    at = {"quantity": 100.0, "price": 20.0, "unit_cost": 10.0, "fixed_cost": 100.0}
    value, error = lmprice.uncertainty("profit", at, {"price": 2.0})
    fit = lmprice.fit_demand(prices, [3 * price for price in prices])
    figures: list[dict[str, object]] = fit.to_dicts()
    best: float = lmprice.markup_price(2.0, fit.elasticity.value)
    return (
        float(slope(100, 20, 10)) + along["price"] + value + error + best + len(text + str(figures))
    )
