"""Pricing: what every mechanism says one product should cost, and what is earned at each price."""

from __future__ import annotations

import datetime
from functools import reduce
from typing import Annotated, ClassVar

from lmprice.chapters.demand import optimal_prices
from lmprice.chapters.demand.functions import constant_elasticity_demand
from lmprice.chapters.profit import breakeven
from lmprice.chapters.profit import functions as profits
from lmprice.chapters.strategy import functions as strategy
from lmprice.language.dates import serial
from lmprice.language.expression import maximum, minimum, nan, ratio, total, where
from lmprice.language.terms import Text
from lmprice.scenarios import monthly_terms
from lmprice.scenarios.alternatives import highest
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.monthly import FirstMonth, Outlook, month_by_month
from lmprice.scenarios.pricing import terms
from lmprice.scenarios.pricing.shapes import curves_through_today
from lmprice.scenarios.pricing.terms import MECHANISMS, SHAPES
from lmprice.scenarios.tables import Label, Row, Table, columns
from lmprice.scenarios.template import (
    Answer,
    Around,
    Comparison,
    Curves,
    Mark,
    Sensitivity,
    Span,
    Steps,
    Template,
    Timeline,
)
from lmprice.scenarios.verdicts import Tone

MONTHS = 12
WHOLE = 1e-6  # shares that add up to 1, but for their last digits
COMPARABLE = 0.05  # elasticities this close, as a share, describe the same demand


class Segment(Row):
    """A segment that can be asked a price of its own."""

    segment: Annotated[
        str, Label(Text("Segment", "细分市场"), Text("Name of the segment", "细分市场名称"))
    ]
    share: terms.Share
    elasticity: terms.SegmentElasticity


SEGMENTS = [
    Segment(segment="B2B", share=0.5, elasticity=-1.5),
    Segment(segment="B2C", share=0.5, elasticity=-2.5),
]


class Pricing(Scenario):
    """The mechanisms side by side: cost-plus, target margin and return, value, demand, rivals.

    Examples
    --------
    >>> prices = Pricing().evaluate()
    >>> prices["current_profit"], prices["demand_price"], round(prices["demand_profit"], 6)
    (20000.0, 4.0, 21250.0)
    """

    template: ClassVar[Template] = Template(
        name="pricing",
        version=3,
        title=Text("Pricing", "定价"),
        about=Text(
            "What should a million tokens cost? Each mechanism gives its price: cost-plus, target "
            "margin, target return, value-based, demand-based, competitive, dynamic and "
            "differentiated. All are judged by the same demand, which has a constant elasticity "
            "and goes through the price and the quantity of today; rivals keep their prices.",
            "每百万 token 应定价多少？各定价机制分别给出价格：成本加成、目标毛利率、目标回报、"
            "价值定价、需求定价、竞争定价、动态定价和差异化定价。各价格均以同一需求衡量："
            "弹性不变，并经过现价与当前数量；假定竞争对手价格不变。",
        ),
        example=Text(
            "The example is made up for illustration: 10 billion tokens a month at $5 per million, "
            "a unit cost of $2, a fixed cost of $10,000 a month and a price elasticity of -2. "
            "Demand asks for $4; a margin of 75 % would take $8, which is more than the product "
            "is worth to the customer; two prices for two segments earn most.",
            "示例数据为说明而虚构：每月 100 亿 token，每百万 5 美元，单位成本 2 美元，"
            "每月固定成本 10,000 美元，价格弹性为 -2。需求定价给出 4 美元；"
            "75% 的毛利率要求 8 美元，超过产品对客户的价值；对两个细分市场分别定价利润最高。",
        ),
        sensitivity=Sensitivity(
            result="demand_price",
            rows=Around(("elasticity",), 0.25, is_absolute=True),
            columns=Around(("unit_cost",), 0.1),
        ),
        curves=Curves(
            title=Text("Profit by price and shape of demand", "利润随价格与需求曲线形状的变化"),
            x=Span(
                ("trial_price",),
                start=("price", "constant_best_price"),
                end=("price", "constant_best_price", "trial_price"),
            ),
            series=tuple(f"{shape}_profit" for shape in SHAPES),
            marks=(
                Mark(Text("You are here", "当前"), "price", "current_profit"),
                Mark(Text("Best price", "最优价格"), "constant_best_price", "constant_best_profit"),
            ),
            headline=Text("Earns most at {constant_best_price} USD if the elasticity holds",
                          "若弹性不变，价格为 {constant_best_price} 美元时利润最高"),
        ),
        comparison=Comparison(
            title=Text("Pricing mechanisms side by side", "定价机制对比"),
            sheet=Text("Mechanisms", "定价机制"),
            alternatives=MECHANISMS,
            columns=terms.COMPARED,
            best="profit",
            chart="profit",
        ),
        more=(
            Steps(
                title=Text("Profit of the mechanisms by elasticity", "各定价机制利润随弹性的变化"),
                sheet=Text("Elasticity", "弹性"),
                note=Text(
                    "Green: the rule that earns most where demand has that elasticity. The "
                    "demand-based price is the best one only if the elasticity is known.",
                    "绿色：在该弹性下利润最高的规则。只有弹性已知时，需求定价才是最优价格。",
                ),
                x=Span(("elasticity",), -3.0, -1.25, 7),
                columns=(
                    "demand_price", "demand_profit", "current_profit", "cost_plus_profit",
                    "target_margin_profit", "target_return_profit", "value_profit",
                    "competitive_profit", "dynamic_profit",
                ),
                series=("demand_profit", "cost_plus_profit", "value_profit", "competitive_profit"),
                best=(
                    "current_profit", "cost_plus_profit", "target_margin_profit",
                    "target_return_profit", "value_profit", "competitive_profit", "dynamic_profit",
                ),
            ),
        ),
        low={"elasticity": 1.5},
        high={"elasticity": 0.75},
        timeline=Timeline(Text("The price to try by month", "试算价格逐月展望")),
        answer=Answer((
            "best_profit", "current_profit", "demand_price", "demand_profit", "breakeven_month",
            "cash_end",
        )),
    )  # fmt: skip

    price: terms.Price = 5.0
    quantity: terms.Quantity = 10000.0
    unit_cost: terms.UnitCost = 2.0
    fixed_cost: terms.FixedCost = 10000.0
    elasticity: terms.Elasticity = -2.0
    markup: terms.Markup = 0.5
    target_margin: terms.TargetMargin = 0.75
    investment: terms.Investment = 1200000.0
    target_return: terms.TargetReturn = 0.25
    reference_price: terms.ReferencePrice = 4.0
    differentiation: terms.Differentiation = 3.0
    customer_share: terms.CustomerShare = 0.2
    rival_price: terms.RivalPrice = 4.0
    undercut: terms.Undercut = 0.05
    floor_price: terms.FloorPrice = 2.5
    ceiling_price: terms.CeilingPrice = 7.5
    utilization: terms.Utilization = 0.3
    rival_weight: terms.RivalWeight = 0.5
    speed: terms.Speed = 0.6
    market_size: terms.MarketSize = 20000.0
    trial_price: terms.TrialPrice = 4.5
    target_profit: terms.TargetProfit = 25000.0
    first_month: monthly_terms.FirstDay = datetime.date(2026, 1, 1)
    horizon: monthly_terms.Horizon = 36.0
    volume_growth: monthly_terms.VolumeGrowth = 1.0
    price_decline: monthly_terms.PriceDecline = 0.2
    cost_decline: monthly_terms.CostDecline = 0.3
    segments: Annotated[
        list[Segment],
        Table(
            Text("Segments", "细分市场"),
            Text("Buyers who can be told apart and asked a price of their own",
                 "可以区分并分别定价的买家"),
        ),
    ] = SEGMENTS  # fmt: skip

    def results(self, out: Out) -> None:  # noqa: D102
        out.section(Text("Today", "现状"))
        full_cost = self.unit_cost + self.fixed_cost / self.quantity
        full_cost = out("full_cost", full_cost, terms.FULL_COST)
        implied = ratio(self.price, minimum(self.unit_cost - self.price, 0))
        out("implied_elasticity", implied, terms.IMPLIED_ELASTICITY)
        out("best_margin", -1 / self.elasticity, terms.BEST_MARGIN)
        worth = out("worth", self.reference_price + self.differentiation, terms.WORTH)
        out.warn(worth < self.unit_cost, terms.WORTH_LITTLE)
        rules = self._rules(out, full_cost)
        self._compare(out, rules, self._differentiated(out), worth)
        self._shapes(out)
        self._reach(out, full_cost)
        sold = constant_elasticity_demand(
            self.trial_price / self.price, self.quantity, self.elasticity
        )
        month_by_month(
            out,
            Outlook(
                serial(self.first_month),
                self.horizon,
                self.volume_growth,
                self.price_decline,
                self.cost_decline,
                self.investment,
            ),
            FirstMonth(
                sold,
                sold * self.trial_price,
                sold * self.unit_cost,
                fixed_cost=self.fixed_cost,
            ),
        )

    def _reach(self, out: Out, full_cost: float) -> None:
        """What each number of today would have to be for the targets, all others as they are."""
        out.section(Text("To reach breakeven and the targets", "达到盈亏平衡与目标"))
        product = (self.price, self.unit_cost, self.fixed_cost)
        out("breakeven_quantity", breakeven.breakeven_quantity(*product), terms.BREAKEVEN_QUANTITY)
        quantity = breakeven.target_quantity(*product, self.target_profit)
        out("profit_quantity", quantity, terms.PROFIT_QUANTITY)
        price = full_cost + self.target_profit / self.quantity
        out("profit_price", price, terms.PROFIT_PRICE)
        out("margin_unit_cost", self.price * (1 - self.target_margin), terms.MARGIN_UNIT_COST)

    def _rules(self, out: Out, full_cost: float) -> dict[str, float]:
        """The price that each mechanism asks of all buyers."""
        cost, rival, floor = self.unit_cost, self.rival_price, self.floor_price
        out.section(Text("Competitive and dynamic", "竞争与动态定价"))
        out("undercut_price", rival * (1 - self.undercut), terms.UNDERCUT_PRICE)
        ceiling = where(self.ceiling_price >= floor, self.ceiling_price, nan)
        ceiling = out("ceiling_used", ceiling, terms.CEILING_USED)
        out.warn(self.ceiling_price < floor, terms.CROSSED)
        out.question("ceiling_price", self.ceiling_price < floor, terms.BELOW_FLOOR)
        out("dynamic_target", self._reprice(ceiling, 1), terms.DYNAMIC_TARGET)
        return {
            "cost_plus": strategy.cost_plus_price(cost, self.markup),
            "target_margin": strategy.margin_price(cost, self.target_margin),
            # The return comes on top of all cost, and the quantity is that of a month.
            "target_return": strategy.target_return_price(
                full_cost, self.investment, self.target_return / MONTHS, self.quantity
            ),
            "value": strategy.value_based_price(
                self.reference_price, self.differentiation, self.customer_share
            ),
            "demand": optimal_prices.markup_price(cost, self.elasticity),
            "competitive": strategy.undercut_price(rival, self.undercut, floor),
            "dynamic": self._reprice(ceiling, self.speed),
        }

    def _reprice(self, ceiling: float, speed: float) -> float:
        return strategy.reprice(
            self.price,
            self.utilization,
            self.rival_price,
            self.floor_price,
            ceiling,
            self.rival_weight,
            speed,
        )

    def _differentiated(self, out: Out) -> tuple[float, float]:
        """The average price of the segments at a price of their own each, and what they buy."""
        segments = columns(self.segments)
        today = ratio(self.quantity * segments.share, total(segments.share))
        today = out.column("segments", "today", today, terms.SEGMENT_TODAY)
        price = optimal_prices.markup_price(self.unit_cost, segments.elasticity)
        price = out.column("segments", "price", price, terms.SEGMENT_PRICE)
        bought = constant_elasticity_demand(price / self.price, today, segments.elasticity)
        bought = out.column("segments", "quantity", bought, terms.SEGMENT_QUANTITY)
        revenue = out.column("segments", "revenue", price * bought, terms.SEGMENT_REVENUE)
        contribution = revenue - self.unit_cost * bought
        out.column("segments", "contribution", contribution, terms.SEGMENT_CONTRIBUTION)
        shares = total(segments.share)
        out.question("segments", maximum(shares - 1, 1 - shares) > WHOLE, terms.NOT_ALL_SHARES)
        out.sums(terms.SEGMENTS_ADD_UP, total(today), self.quantity)
        out.section(Text("Segments", "细分市场"))
        weighted = ratio(total(segments.share * segments.elasticity), total(segments.share))
        weighted = out("mean_elasticity", weighted, terms.SEGMENTS_ELASTICITY)
        gap = weighted / self.elasticity - 1
        out.warn(maximum(gap, -gap) > COMPARABLE, terms.SEGMENTS_DIFFER)
        quantity = total(bought)
        return ratio(total(revenue), quantity), quantity

    def _compare(
        self, out: Out, rules: dict[str, float], apart: tuple[float, float], worth: float
    ) -> None:
        asked = {"current": self.price, **rules, "differentiated": apart[0]}
        asked["tried"] = self.trial_price
        base, profit, price, load = nan, {}, {}, {}
        for key, name in MECHANISMS.items():
            out.section(name)
            titled = terms.of_mechanism(name)
            p = price[key] = out(f"{key}_price", asked[key], titled["price"])
            sold = constant_elasticity_demand(p / self.price, self.quantity, self.elasticity)
            sold = apart[1] if key == "differentiated" else sold
            sold = out(f"{key}_quantity", sold, titled["quantity"])
            load[key] = self.utilization * sold / self.quantity
            load[key] = out(f"{key}_utilization", load[key], titled["utilization"])
            out(f"{key}_revenue", profits.revenue(sold, p), titled["revenue"])
            profit[key] = self._profit(sold, p)
            profit[key] = out(f"{key}_profit", profit[key], titled["profit"])
            base = profit[key] if key == "current" else base
            out(f"{key}_margin", profits.gross_margin(p, self.unit_cost), titled["margin"])
            out(f"{key}_profit_change", profit[key] - base, titled["profit_change"])
            value_share = where(worth > 0, p / worth, nan)
            out(f"{key}_price_to_value", value_share, titled["price_to_value"])
        best = out("best_profit", highest(profit.values()), terms.BEST_PROFIT)
        out.verdict(best < 0, terms.ALL_LOSE, Tone.BAD)
        for key, name in MECHANISMS.items():
            tone = Tone.CAUTION if key == "current" else Tone.GOOD
            out.verdict(profit[key] >= best, terms.earns_most(key, name), tone)
        out.verdict(True, terms.NO_BEST, Tone.CAUTION)
        out.section(Text("Return on the investment", "投资回报"))
        for key, title in (
            ("current", terms.RETURN_TODAY),
            ("target_return", terms.RETURN_REACHED),
        ):
            out(f"{key}_return", ratio(MONTHS * profit[key], self.investment), title)
        out.section(Text("Range of all prices", "所有价格的范围"))
        lowest = out("lowest_price", reduce(minimum, price.values()), terms.LOWEST_PRICE)
        dearest = out("highest_price", reduce(maximum, price.values()), terms.HIGHEST_PRICE)
        fullest = out("highest_load", reduce(maximum, load.values()), terms.HIGHEST_LOAD)
        out.warn(lowest < self.unit_cost, terms.BELOW_COST)
        out.warn(dearest > worth, terms.ABOVE_VALUE)
        out.warn(fullest > 1, terms.ABOVE_CAPACITY)

    def _shapes(self, out: Out) -> None:
        curves = curves_through_today(
            out, self.price, self.quantity, self.elasticity, self.unit_cost, self.market_size
        )
        out.section(Text("Best price by shape of demand", "不同需求曲线下的最优价格"))
        best = {
            key: out(f"{key}_best_price", curve.best_price, terms.best_price(SHAPES[key]))
            for key, curve in curves.items()
        }
        demand_based = best["constant"]
        for infix, same, heading, at in (
            ("_best", None, Text("At the best price", "最优价格下"),
             Text(" at best price", "最优价格下的")),
            ("_demand", demand_based, Text("At the demand-based price", "需求定价下"),
             Text(" at demand-based price", "需求定价下的")),
            ("", self.trial_price, Text("At the price to try", "试算价格下"), Text("", "")),
        ):  # fmt: skip
            out.section(heading)
            for key, curve in curves.items():
                asked = best[key] if same is None else same
                sold = curve.demand(asked)
                sold = out(f"{key}{infix}_quantity", sold, terms.shape_quantity(SHAPES[key], at))
                earned = self._profit(sold, asked)
                out(f"{key}{infix}_profit", earned, terms.shape_profit(SHAPES[key], at))

    def _profit(self, quantity: float, price: float) -> float:
        return profits.profit(quantity, price, self.unit_cost, self.fixed_cost)
