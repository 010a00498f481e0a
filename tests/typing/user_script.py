"""A script as a user writes it: frames, a scenario of one's own, derivatives; checked, not run."""

import pandas as pd
import polars as pl

import lmprice
from lmprice import offers, plots
from lmprice.billing import margin, parse_book, rate
from lmprice.data import DatedPrice
from lmprice.scenarios import Out, Row, Scenario, columns, total, where
from lmprice.simulation import Normal, Observed, Triangular


class Support(Scenario):
    """Does an assistant that answers tickets pay?"""

    tickets: float = 40_000
    price: float = 0.30
    ticket_cost: float = 0.12

    def results(self, out: Out) -> None:
        """Margin and profit."""
        earned = out("margin", self.price - self.ticket_cost)
        out("profit", earned * self.tickets - 5_000)


class Customer(Row):
    """What one customer uses."""

    name: str
    usage: float


class Bill(Scenario):
    """What do all customers pay?"""

    price: float = 3.0
    free: float = 100.0
    customers: list[Customer] = [Customer(name="acme", usage=10)]  # noqa: RUF012

    def results(self, out: Out) -> None:
        """Usage and revenue."""
        usage = out("usage", total(columns(self.customers).usage))
        out("revenue", where(usage > self.free, (usage - self.free) * self.price, 0))


def of_columns(shop: pd.DataFrame) -> pd.DataFrame:
    """Fits, segments and discounts from the columns of a frame."""
    curve = lmprice.fit_cost_curve(shop["units"], shop["cost"])
    low: float = curve.prediction(100.0).low
    demand = lmprice.fit_demand(shop["price"], shop["units"], "linear")
    segments = lmprice.segment_prices(shop["level"], shop["slope"], 2.0)
    names: tuple[object, ...] = segments.names
    market = lmprice.calibrate_logit_market(shop["price"], shop["share"], 0.4, of="acme")
    used = offers.Workload(shop["units"], shop["price"], 0.8)
    strategies = {"cut": offers.FlatCut(0.2)}
    compared = lmprice.compare_strategies(used, strategies, offers.ConstantElasticity(-1.2))
    customers: pd.DataFrame = compared["cut"].to_pandas()
    gain: float = compared.best.profit - compared.rows[0].profit
    print(low, demand.elasticity.low, names, market.price_scale, gain)
    return customers


def of_prices() -> float:
    """Dated prices as records and as a frame, and what they will be."""
    prices = lmprice.list_prices("OpenAI flagship")
    first: DatedPrice = prices[0]
    table: pl.DataFrame = prices.to_polars()
    fit = lmprice.fit_decline(table["valid_from"], table["input_price"], basis="lineage")
    price, least, most = fit.forecast("2027-09-29")
    later: pd.DataFrame = fit.forecast(["2027-09-29", "2028-03-29"]).to_pandas()
    return price + least + most + first.input_price + len(later)


def of_tables(bill: Bill) -> float:
    """A table of a scenario, varied and drawn."""
    both = lmprice.two_way(bill, "revenue", {"customers.usage": [1, 2]}, {"price": [2, 3]})
    drawn = lmprice.monte_carlo(bill, {"customers[0].usage": Observed([90, 120, 200])})
    return float(both.values[0, 0]) + drawn["revenue"].mean


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
    again: str | None = slope.derivative("price").formula
    in_snowflake: str = lmprice.sql(slope, "snowflake")
    print(again, in_snowflake)
    return (
        float(slope(100, 20, 10)) + along["price"] + value + error + best + len(text + str(figures))
    )
