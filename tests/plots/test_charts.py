"""What each chart shows: its data, labels, scales and words."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import lmprice
from lmprice import PricingError, plots
from lmprice.plots import Change
from lmprice.scenarios import Breakeven, Discounts, Inference
from lmprice.simulation import Normal, Provider
from tests.plots.charts import EPOCH, FLAGSHIP, LAUNCHES, MARKET, SIMULATED, WAR
from tests.plots.figures import clipped, line, notes, overlapping, subtitle, the_axes, title


def tick_texts(figure: Figure, which: str) -> list[str]:
    axis = getattr(the_axes(figure), f"{which}axis")
    low, high = sorted(axis.get_view_interval())
    return [
        tick.label1.get_text()
        for tick in axis.get_major_ticks()
        if low - 1e-9 <= tick.get_loc() <= high + 1e-9
    ]


# Lines -----------------------------------------------------------------------------------------


def test_pricing_curve() -> None:
    # 0.1 x² + 10 x + 100 at a price of 20: profit from 11.2702 to 88.7298, most, 150, at 50.
    curve = lmprice.simulate_pricing([100, 0, 50, 75, 25], 20, 10, fixed_cost=100, quadratic=0.1)
    figure = plots.pricing_curve(curve)
    axes = the_axes(figure)
    assert line(figure, "Cost").get_xydata().tolist() == [
        [0, 100], [25, 412.5], [50, 850], [75, 1412.5], [100, 2100]
    ]  # fmt: skip
    assert line(figure, "Profit").get_ydata() == pytest.approx([-100, 87.5, 150, 87.5, -100])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Quantity (units)", "USD")
    assert notes(figure) == ["Revenue", "Cost", "Profit", "11.27", "88.73", "150"]
    assert subtitle(figure) == (
        "Breakeven at 11.27 and 88.73 units. Highest profit here: 150 USD at 50 units."
    )
    dashes = {str(line(figure, name).get_linestyle()) + str(line(figure, name)._dash_pattern)
              for name in ("Revenue", "Cost", "Profit")}  # fmt: skip
    assert len(dashes) == 3  # told apart without colour
    assert tick_texts(figure, "y") == ["0", "500", "1,000", "1,500", "2,000"]


def test_pricing_curve_without_breakeven() -> None:
    figure = plots.pricing_curve(lmprice.simulate_pricing([0, 5], 8, 10, 100))
    assert subtitle(figure).startswith("No breakeven in this range. Highest profit here: −100 USD")
    assert notes(figure) == ["Revenue", "Cost", "Profit"]


def test_curves_have_the_numbers_of_the_workbook() -> None:
    figure = plots.curves(Inference())
    profit = line(figure, "Profit").get_xydata()
    # DeepSeek's day: cost 87,072 at any load; revenue 562,100 at full load.
    assert profit[0].tolist() == [0, -87_072]
    assert profit[20] == pytest.approx([1, 562_100 - 87_072])
    assert profit[-1, 0] == 1.25
    assert tick_texts(figure, "x")[:3] == ["0 %", "20 %", "40 %"]
    # The sweep of the breakeven template is of the quantity itself.
    assert line(plots.curves(Breakeven()), "Revenue").get_xydata()[20].tolist() == [100, 2000]


def test_curves_on_a_logarithmic_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    template = Inference.template
    spec = dataclasses.replace(template.curves, is_log=True)
    monkeypatch.setattr(Inference, "template", dataclasses.replace(template, curves=spec))
    figure = plots.curves(Inference())
    assert the_axes(figure).get_yscale() == "log"
    profit = line(figure, "Profit").get_ydata()
    assert math.isnan(profit[0])  # a loss has no place there
    assert profit[20] == pytest.approx(475_028)


def test_price_war() -> None:
    figure = plots.price_war(WAR)
    at = line(figure, "Hold").get_xdata().tolist().index(0.75)
    # As the table of the module has them.
    assert line(figure, "Hold").get_ydata()[at] == pytest.approx(10_267, abs=0.5)
    assert line(figure, "Match the price").get_ydata()[at] == pytest.approx(-6_726, abs=0.5)
    assert line(figure, "Match the cut").get_ydata()[at] == pytest.approx(-3_251, abs=0.5)
    assert line(figure, "Best reply").get_ydata()[at] == pytest.approx(20_525, abs=0.5)
    assert "this cut: 75 %" in notes(figure)
    assert "up to a cut of 55 %" in subtitle(figure)
    assert "up to a cut of 60.8 %" in subtitle(figure)
    assert tick_texts(figure, "x")[-1] == "80 %"


def test_price_war_in_which_no_cut_is_worth_matching() -> None:
    war = lmprice.price_war([1.1, 5], [1, 1], [9, 1], 0.5, me=0, rival=1, cut=0.95, market_size=9)
    assert "at no cut where the new price is matched" in subtitle(plots.price_war(war))
    assert line(plots.price_war(war), "Hold").get_xdata()[-1] == 0.95


# Histories -------------------------------------------------------------------------------------


def test_trend() -> None:
    figure = plots.trend(EPOCH, price_unit="USD per million tokens")
    axes = the_axes(figure)
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "USD per million tokens"
    assert title(figure) == "Price at constant quality and its trend"
    assert subtitle(figure) == (
        "15.8 times cheaper a year (90 % interval 8.05 to 31.1), halves every 91.6 days."
    )
    assert line(figure, "Price").get_ydata().tolist() == [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07]
    trend, forecast = line(figure, "Trend").get_ydata(), line(figure, "Forecast").get_ydata()
    # 673 days of a decline by 15.8309 a year of 365 days; then 11 months of it.
    assert trend[0] / trend[-1] == pytest.approx(15.8309 ** (673 / 365), rel=1e-4)
    assert forecast[0] == pytest.approx(trend[-1])
    assert forecast[0] / forecast[-1] == pytest.approx(15.8309 ** (673 / 365 / 2), rel=1e-4)
    (band,) = [part for part in axes.collections if isinstance(part, PolyCollection)]
    low, high = EPOCH.forecast(0)[1:]
    ys = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert ys.min() < low < high < ys.max()
    legend = axes.get_legend()
    assert legend is not None
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["Price", "Trend", "Forecast", "90 % prediction interval"]
    assert tick_texts(figure, "y") == ["0.001", "0.01", "0.1", "1", "10"]


def test_trend_with_a_break() -> None:
    figure = plots.trend(FLAGSHIP, years_ahead=0.25)
    assert "break 2025-11-13" in notes(figure)
    text = subtitle(figure)
    assert "2023-03-14 to 2025-08-07: 3.61 times cheaper a year" in text
    assert "2025-11-13 to 2026-04-23: 16.9 times dearer a year" in text
    before = [part for part in the_axes(figure).lines if part.get_linestyle() == "-"]
    assert len(before) == 2  # a line for each trend, none through both
    last = line(figure, "Forecast").get_xdata()[-1]
    assert last - np.datetime64("2026-04-23") == np.timedelta64(round(0.25 * 365 * 86_400), "s")


def test_trend_of_two_prices_has_no_interval() -> None:
    figure = plots.trend(lmprice.fit_decline(["2024-01-01", "2025-01-01"], [10, 5]))
    legend = the_axes(figure).get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == ["Price", "Trend", "Forecast"]
    assert subtitle(figure) == "2 times cheaper a year, halves every 366 days."
    # Ten years give a half-life in years; a constant price neither falls nor rises.
    slow = lmprice.fit_decline(["2015-01-01", "2020-01-01", "2025-01-01"], [8, 6, 4])
    assert "halves every 10 years" in subtitle(plots.trend(slow))
    flat = lmprice.fit_decline(["2024-01-01", "2024-06-01", "2025-01-01"], [5, 5, 5])
    assert subtitle(plots.trend(flat)).startswith("Does not change")


def test_trend_says_what_was_set_aside() -> None:
    days = np.arange(45_000, 45_400)
    prices = 10 * 0.99 ** np.arange(400.0)
    prices[7] = -1
    figure = plots.trend(lmprice.fit_decline(days, prices), years_ahead=0)
    assert subtitle(figure).endswith("1 rows were set aside.")


@pytest.mark.parametrize("years", [-1, math.nan, math.inf])
def test_trend_refuses(years: float) -> None:
    with pytest.raises(PricingError, match=r"trend: years_ahead .* is not a number from 0 up"):
        plots.trend(EPOCH, years_ahead=years)


@pytest.mark.parametrize(
    ("last", "ticks"),
    [("2023-02-10", "2023-01-15"), ("2023-09-01", "2023-04"), ("2033-01-01", "2026")],
)
def test_dates_on_the_axis(last: str, ticks: str) -> None:
    fit = lmprice.fit_decline(["2023-01-01", last], [10, 9])
    assert ticks in tick_texts(plots.trend(fit, years_ahead=0), "x")


def test_price_paths() -> None:
    figure = plots.price_paths(MARKET)
    axes = the_axes(figure)
    assert axes.get_xlabel() == "Time (years)"
    assert line(figure, "Keeper").get_ydata().tolist() == [10.0] * 12
    assert line(figure, "Leader").get_ydata().tolist() == MARKET.prices[0].tolist()
    assert line(figure, "Average price").get_ydata().tolist() == MARKET.average_price.tolist()
    assert axes.get_ylim()[0] == 0
    # The fifth line has the look of the first one, but for its markers.
    assert (line(figure, "Leader").get_marker(), line(figure, "Slow").get_marker()) == ("None", "o")
    assert the_axes(plots.price_paths(MARKET, is_log=True)).get_yscale() == "log"


def test_price_paths_of_launches() -> None:
    figure = plots.price_paths(LAUNCHES)
    assert line(figure, "skim").get_xdata().tolist() == list(range(1, 9))
    assert line(figure, "skim").get_ydata()[[0, -1]].tolist() == pytest.approx([9, 5])
    assert subtitle(figure).startswith("Highest net present value: penetrate, ")


def test_price_paths_of_one_period_and_one_provider() -> None:
    alone = [Provider("Alone", 4, quality=10)]
    path = lmprice.simulate_market(alone, 1, market_size=9, price_scale=2, periods_per_year=1)
    figure = plots.price_paths(path)
    assert [part.get_label() for part in the_axes(figure).lines] == ["Alone"]
    rising = [Provider("Dearer", 4, quality=10, cost_factor=0.5)]
    path = lmprice.simulate_market(rising, 2, market_size=9, price_scale=2)
    assert "times dearer a year" in subtitle(plots.price_paths(path))


def test_many_providers_with_long_names() -> None:
    sellers = [
        Provider(f"A provider with quite a long name {i}", 4 + i / 9, quality=9) for i in range(12)
    ]
    figure = plots.price_paths(
        lmprice.simulate_market(sellers, 2, market_size=1e9, price_scale=0.1)
    )
    assert overlapping(figure) == []
    assert clipped(figure) == []


# Bars ------------------------------------------------------------------------------------------


def bars(figure: Figure) -> list[Rectangle]:
    return [part for part in the_axes(figure).patches if isinstance(part, Rectangle)]


def test_tornado() -> None:
    figure = plots.tornado(lmprice.sensitivity(Breakeven(), "profit", ["unit_cost", "price"]))
    assert title(figure) == "What moves the result most: Profit"
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(figure)] == [
        (900, 700), (900, 1100), (900, 1000), (900, 800)
    ]  # fmt: skip
    assert [bool(bar.get_hatch()) for bar in bars(figure)] == [True, False, True, False]
    assert notes(figure) == ["18", "22", "9", "11"]  # the values of the inputs
    assert the_axes(figure).get_xlabel() == "Profit (USD)"
    assert tick_texts(figure, "y") == ["Price (USD per unit)", "Unit cost (USD per unit)"]
    assert "as it is, 900" in subtitle(figure)


def test_tornado_shows_the_largest() -> None:
    tornado = lmprice.sensitivity(Inference(), "profit")
    figure = plots.tornado(tornado, most=3)
    assert len(tick_texts(figure, "y")) == 3
    assert subtitle(figure).endswith("The 3 inputs of 17 that move it most.")
    with pytest.raises(PricingError, match="tornado: most 0 is below 1"):
        plots.tornado(tornado, most=0)


def test_tornado_without_answers() -> None:
    scenario = Breakeven(price=10.5)
    figure = plots.tornado(lmprice.sensitivity(scenario, "breakeven_quantity"))
    # At a tenth less the price is below the unit cost.
    assert "no answer" in notes(figure)
    assert "no effect" in notes(figure)
    nothing = lmprice.sensitivity(Breakeven(price=9.0), "breakeven_quantity")
    rule = "tornado 'breakeven_quantity' has no answer in the scenario"
    with pytest.raises(PricingError, match=rule):
        plots.tornado(nothing)


def test_tornado_of_a_peak() -> None:
    # Profit is highest at 50 units: less of them and more of them both earn less.
    scenario = Breakeven(quantity=50.0, cost_curve="quadratic")
    tornado = lmprice.sensitivity(scenario, "chosen_profit", ranges={"quantity": (30, 60)})
    figure = plots.tornado(tornado)
    assert [round(bar.get_width(), 9) for bar in bars(figure)] == [-40, -10]  # the longer behind
    assert notes(figure) == ["30 and 60"]


def test_waterfall_of_a_scenario() -> None:
    figure = plots.waterfall(Discounts())
    # Hand: 10, less 10 %, less 5 %: 8.55; less 2 % and 3 %.
    heights = [bar.get_height() for bar in bars(figure)]
    assert heights == pytest.approx([10, 1, 0.45, 8.55, 0.171, 0.2565, 8.1225])
    assert [bar.get_y() for bar in bars(figure)] == pytest.approx([0, 9, 8.55, 0, 8.379, 8.1225, 0])
    assert notes(figure) == ["10.00", "−1.00", "−0.45", "8.55", "−0.17", "−0.26", "8.12"]
    assert title(figure) == "From list price to pocket price"
    assert the_axes(figure).get_ylabel() == "USD per million tokens"


def test_waterfall_of_steps() -> None:
    steps = [Change("Profit", 1000), ("Volume", 500), ("Price cut", -2000), ("New profit", None)]
    figure = plots.waterfall(steps, title="Why profit fell", amount_unit="USD")
    assert notes(figure) == ["1,000", "+500", "−2,000", "−500"]
    assert [(bar.get_y(), bar.get_height()) for bar in bars(figure)] == [
        (0, 1000), (1000, 500), (-500, 2000), (-500, 500)
    ]  # fmt: skip
    assert the_axes(figure).get_ylim()[0] < -500
    assert title(figure) == "Why profit fell"
    assert len({bar.get_hatch() for bar in bars(figure)}) == 3


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], r"waterfall: steps \[\] is empty"),
        ([("Net", None)], r"steps\[0\] 'Net' has no amount, and nothing stands before it"),
        ([("List", 1), ("Off", math.nan)], r"steps\[1\] 'Off' has no answer"),
        (Breakeven(), "waterfall: steps 'breakeven' has no waterfall"),
    ],
)
def test_waterfall_refuses(steps: object, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        plots.waterfall(steps)  # type: ignore[arg-type]


def test_comparison() -> None:
    figure = plots.comparison(Discounts())
    results = Discounts().evaluate()
    assert subtitle(figure) == "Highest profit: Commitment."
    assert results["commitment_profit_change"] == pytest.approx(611.82, abs=0.01)
    assert notes(figure) == ["0", "464.94", "−375.05", "202", "611.82"]
    assert [bool(bar.get_hatch()) for bar in bars(figure)] == [True, True, True, True, False]
    with pytest.raises(PricingError, match="'breakeven' has no comparison"):
        plots.comparison(Breakeven())


def test_comparison_without_answers() -> None:
    figure = plots.comparison(Discounts().model_copy(update={"list_price": math.nan}))
    assert "no answer" in notes(figure)


# Draws -----------------------------------------------------------------------------------------


def test_histogram() -> None:
    outcome = SIMULATED["profit"]
    figure = plots.histogram(outcome)
    columns = bars(figure)
    beyond = 0.002 * outcome.draws.size
    assert sum(bar.get_height() for bar in columns) == pytest.approx(1, abs=beyond)
    losses = [bar for bar in columns if bar.get_hatch()]
    assert sum(bar.get_height() for bar in losses) == pytest.approx(
        outcome.chance_of_loss, abs=0.002
    )
    assert max(bar.get_x() + bar.get_width() for bar in losses) == 0
    names = [text.split("\n")[0] for text in notes(figure)]
    assert names == ["5 %", "25 %", "median", "75 %", "95 %"]
    assert f"{outcome.quantiles[0.5]:,.0f}" in notes(figure)[2]
    assert "chance of loss" in subtitle(figure)


def test_histogram_of_draws_without_answers() -> None:
    simulated = lmprice.monte_carlo(
        Breakeven(), {"price": Normal(12, 1)}, 500, seed=1, results=["breakeven_quantity"]
    )
    outcome = simulated["breakeven_quantity"]
    figure = plots.histogram(outcome)
    share = f"{outcome.no_answer:.1%}".replace("%", " %")
    assert f"{share} have no answer" in subtitle(figure)
    assert "draws lie beyond the axis" in subtitle(figure)
    nothing = dataclasses.replace(outcome, draws=np.full(9, np.nan))
    with pytest.raises(PricingError, match="'breakeven_quantity' has no answer in any draw"):
        plots.histogram(nothing)
    with pytest.raises(PricingError, match="'breakeven_quantity' has fewer than two answers"):
        plots.convergence(nothing)


def test_histogram_of_one_value() -> None:
    simulated = lmprice.monte_carlo(
        Breakeven(), {"linear": Normal(12, 1)}, 50, seed=1, results=["profit"]
    )
    (column,) = bars(plots.histogram(simulated["profit"]))
    assert (column.get_height(), column.get_x() + column.get_width() / 2) == (1, 900)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_no_draw_is_lost(scale: float) -> None:
    outcome = SIMULATED["profit"]
    for draws in (outcome.draws % 7, outcome.draws % 7 - 3, np.r_[np.zeros(90), np.arange(10.0)]):
        shown = dataclasses.replace(outcome, draws=draws * scale, quantiles={})
        assert sum(bar.get_height() for bar in bars(plots.histogram(shown))) == pytest.approx(1)


def test_convergence() -> None:
    outcome = SIMULATED["profit"]
    figure = plots.convergence(outcome, confidence=0.9)
    axes = the_axes(figure)
    assert axes.get_xscale() == "log"
    running = line(figure, "mean so far").get_xydata()
    assert running[-1].tolist() == pytest.approx([5000, outcome.draws.mean()])
    assert running[0, 1] == pytest.approx(outcome.draws[:2].mean())
    assert "(90 % confidence)" in subtitle(figure)
    half = 1.6448536 * outcome.standard_error
    assert f"± {half:,.0f} " in subtitle(figure)
    assert tick_texts(figure, "x")[-1] == "5,000"
