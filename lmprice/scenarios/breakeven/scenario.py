"""Breakeven of one product under linear and quadratic cost."""

from __future__ import annotations

from typing import ClassVar

from lmprice.chapters.cost import functions as costs
from lmprice.chapters.demand.quantities import TargetMargin
from lmprice.chapters.profit import breakeven
from lmprice.chapters.profit import functions as profits
from lmprice.chapters.strategy import functions as strategy
from lmprice.language.expression import nan, ratio, where
from lmprice.language.quantities import (
    BreakevenQuantity,
    BreakevenRevenue,
    ContributionMargin,
    Cost,
    FixedCost,
    GrossMargin,
    Linear,
    MarginOfSafety,
    OperatingLeverage,
    PositiveQuadratic,
    Profit,
    ProfitMaximizingQuantity,
    Quantity,
    Revenue,
    UnitCost,
    UnitPrice,
)
from lmprice.language.terms import Text, term
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.breakeven import terms
from lmprice.scenarios.template import Answer, Around, Curves, Mark, Sensitivity, Span, Template
from lmprice.scenarios.verdicts import Tone


class Breakeven(Scenario):
    """One product: cost, profit and breakeven, with linear and with quadratic cost.

    Examples
    --------
    >>> results = Breakeven(price=20, unit_cost=10, fixed_cost=100).evaluate()
    >>> results["profit"], results["breakeven_quantity"]
    (900.0, 10.0)
    """

    template: ClassVar[Template] = Template(
        name="breakeven",
        version=3,
        title=Text("Breakeven", "盈亏平衡分析"),
        about=Text(
            "At which quantity does a product earn its cost, and how much profit is there at a "
            "given quantity? Computed for a constant unit cost (linear) and for a unit cost that "
            "rises with the quantity (quadratic).",
            "产品卖到多少数量才能收回成本，在给定数量下利润是多少？"
            "分别按单位成本不变（线性）和单位成本随数量上升（二次）计算。",
        ),
        example=Text(
            "The example is a textbook product sold at 20 with a unit cost of 10 and a fixed cost "
            "of 100: it breaks even at 10 units and earns 900 at 100 units.",
            "示例为一个教科书式的产品：售价 20，单位成本 10，固定成本 100；"
            "数量 10 时盈亏平衡，数量 100 时利润 900。",
        ),
        sensitivity=Sensitivity(
            result="chosen_profit",
            rows=Around(("quantity",), 0.1),
            columns=Around(("price",), 0.1),
        ),
        curves=Curves(
            title=Text("Revenue, cost and profit by quantity", "收入、成本与利润随数量的变化"),
            x=Span(("quantity",), end=("quantity", "chosen_breakeven")),
            series=("revenue", "chosen_cost", "chosen_profit"),
            marks=(
                Mark(Text("You are here", "当前"), "quantity", "chosen_profit"),
                Mark(Text("Breakeven", "盈亏平衡"), "chosen_breakeven", 0),
            ),
            headline=Text("Breaks even at {chosen_breakeven} units",
                          "数量 {chosen_breakeven} 时盈亏平衡"),
        ),
        low={"quantity": 0.8, "price": 0.95},
        high={"quantity": 1.2, "price": 1.05},
        answer=Answer(("chosen_profit", "chosen_breakeven", "revenue", "chosen_cost")),
    )  # fmt: skip

    quantity: Quantity = 100.0
    price: UnitPrice = 20.0
    fixed_cost: FixedCost = 100.0
    unit_cost: UnitCost = 10.0
    quadratic: PositiveQuadratic = 0.1
    linear: Linear = 10.0
    cost_curve: terms.CostCurve = "linear"
    target_margin: TargetMargin = 0.5
    target_profit: terms.TargetProfit = 1500.0

    def results(self, out: Out) -> None:  # noqa: D102
        x, p, fixed = self.quantity, self.price, self.fixed_cost
        curve = (self.quadratic, self.linear)

        out.section(Text("Linear cost", "线性成本"))
        taken = out("revenue", profits.revenue(x, p), term(Revenue))
        cost = out("cost", costs.cost(x, self.unit_cost, fixed), term(Cost))
        profit = out("profit", profits.profit(x, p, self.unit_cost, fixed), term(Profit))
        out(
            "contribution_margin",
            profits.contribution_margin(p, self.unit_cost),
            term(ContributionMargin),
        )
        out("gross_margin", profits.gross_margin(p, self.unit_cost), term(GrossMargin))
        quantity = out(
            "breakeven_quantity",
            breakeven.breakeven_quantity(p, self.unit_cost, fixed),
            term(BreakevenQuantity),
        )
        out(
            "breakeven_revenue",
            breakeven.breakeven_revenue(p, self.unit_cost, fixed),
            term(BreakevenRevenue),
        )
        out("margin_of_safety", profits.margin_of_safety(x, quantity), term(MarginOfSafety))
        out(
            "operating_leverage",
            profits.operating_leverage(x, p, self.unit_cost, fixed),
            term(OperatingLeverage),
        )

        out.section(Text("Quadratic cost", "二次成本"))
        curved_cost = out(
            "quadratic_cost", costs.quadratic_cost(x, *curve, fixed), terms.QUADRATIC_COST
        )
        curved_profit = out(
            "quadratic_profit",
            profits.quadratic_profit(x, p, *curve, fixed),
            terms.QUADRATIC_PROFIT,
        )
        low = out("breakeven_low", breakeven.quadratic_breakeven_low(p, *curve, fixed), terms.LOW)
        out("breakeven_high", breakeven.quadratic_breakeven_high(p, *curve, fixed), terms.HIGH)
        best = out(
            "best_quantity",
            breakeven.profit_maximizing_quantity(p, *curve),
            term(ProfitMaximizingQuantity),
        )
        out(
            "maximum_profit", profits.quadratic_profit(best, p, *curve, fixed), terms.MAXIMUM_PROFIT
        )

        out.section(Text("Chosen cost curve", "所选成本曲线"))
        is_curved = self.cost_curve == "quadratic"
        spent = out("chosen_cost", where(is_curved, curved_cost, cost), terms.CHOSEN_COST)
        earned = out("chosen_profit", where(is_curved, curved_profit, profit), terms.CHOSEN_PROFIT)
        start = out("chosen_breakeven", where(is_curved, low, quantity), terms.CHOSEN_BREAKEVEN)
        out.sums(terms.COST_AND_PROFIT, spent + earned, taken)
        self._reach(out, spent, is_curved)
        out.verdict(earned >= 0, terms.EARNS, Tone.GOOD)
        out.verdict(start > x, terms.TOO_FEW, Tone.BAD)
        out.verdict(True, terms.NEVER, Tone.BAD)

    def _reach(self, out: Out, spent: float, is_curved: bool) -> None:
        """What each number would have to be for the targets, with all others as they are."""
        out.section(Text("To reach the targets", "达到目标"))
        x, p, target = self.quantity, self.price, self.target_profit
        each = ratio(spent, x)
        out("margin_price", strategy.margin_price(each, self.target_margin), terms.MARGIN_PRICE)
        out("profit_price", each + ratio(target, x), terms.PROFIT_PRICE)
        straight = breakeven.target_quantity(p, self.unit_cost, self.fixed_cost, target)
        curved = breakeven.quadratic_breakeven_low(
            p, self.quadratic, self.linear, self.fixed_cost + target
        )
        quantity = where(is_curved, curved, straight)
        out("profit_quantity", quantity, terms.PROFIT_QUANTITY)
        allowed = p - ratio(self.fixed_cost + target, x)
        out("profit_unit_cost", where(allowed >= 0, allowed, nan), terms.PROFIT_UNIT_COST)
