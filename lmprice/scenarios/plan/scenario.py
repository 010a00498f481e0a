"""Plans with seats: what three of them earn of customers by size, and what the next price does."""

from __future__ import annotations

import datetime
from typing import Annotated, ClassVar

from lmprice.chapters.demand.quantities import TargetMargin
from lmprice.language.dates import serial
from lmprice.language.expression import maximum, minimum, ratio, total, where
from lmprice.language.terms import Text
from lmprice.scenarios import monthly_terms
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.monthly import FirstMonth, Outlook, month_by_month
from lmprice.scenarios.plan import terms
from lmprice.scenarios.plan.terms import PLANS
from lmprice.scenarios.tables import Label, Row, Table, columns, total_where
from lmprice.scenarios.template import (
    Answer,
    Around,
    Comparison,
    Curves,
    Mark,
    Sensitivity,
    Span,
    Template,
    Timeline,
)
from lmprice.scenarios.verdicts import Tone

FEES = tuple(f"{plan}_fee" for plan in PLANS)
HALF = 0.5  # between the numbers of two plans


class Customer(Row):
    """Customers of one size."""

    customer: Annotated[
        str, Label(Text("Customers", "客户"), Text("Name of the size", "客户规模名称"))
    ]
    count: terms.Count
    seats: terms.SeatsEach
    active: terms.Adoption
    tokens: terms.TokensEach
    plan: terms.PlanTaken = 0.0


CUSTOMERS = [
    Customer(customer="Freelancers", count=2000.0, seats=1.0, active=0.9, tokens=2.0),
    Customer(customer="Small teams", count=400.0, seats=8.0, active=0.9, tokens=4.0),
    Customer(customer="Midsize", count=60.0, seats=60.0, active=0.7, tokens=6.0),
    Customer(customer="Large", count=8.0, seats=500.0, active=0.4, tokens=8.0),
    Customer(customer="Power users", count=150.0, seats=3.0, active=1.0, tokens=28.0),
]


class Plan(Scenario):
    """Three plans of a seat fee, included tokens and overage, and the customers on them.

    Examples
    --------
    >>> plans = Plan().evaluate()
    >>> round(plans["revenue"]), round(plans["profit"]), round(plans["lost"])
    (509000, 126690, 6750)
    """

    template: ClassVar[Template] = Template(
        name="plan",
        version=1,
        title=Text("Plans and seats", "套餐与席位"),
        about=Text(
            "What do three plans with a seat fee, included tokens and overage earn? Customers by "
            "size are on the plan that is cheapest for them, or on the one that is given; each has "
            "its bill, cost and margin. The next price changes seat fees and overage: seats "
            "follow the fees by their elasticity, and customers change to what is then cheapest.",
            "三种由席位费、内含 token 和超量费用组成的套餐收益如何？"
            "各规模客户使用对其最便宜的套餐，或指定的套餐；分别计算账单、成本与毛利。下一价格改变席位费与超量单价："
            "席位数按弹性随席位费变动，客户转向届时最便宜的套餐。",
        ),
        example=Text(
            "The example is made up for illustration: 20, 40 and 100 USD a seat with 2, 6 and 30 "
            "million tokens, and five sizes of customers from freelancers to large companies. The "
            "power users take nearly all that the Pro plan includes, and cost more than they pay.",
            "示例为说明而虚构：每席位 20、40、100 美元，分别内含 200 万、600 万、3000 万 token；"
            "客户分五种规模，从自由职业者到大型企业。重度用户几乎用尽专业版的内含量，成本高于其付费。",
        ),
        sensitivity=Sensitivity(
            result="profit",
            rows=Around(("unit_cost",), 0.1),
            columns=Around(FEES, 0.1, terms.FEE_LEVEL),
        ),
        curves=Curves(
            title=Text("Profit by change of the seat fees", "利润随席位费变动的变化"),
            x=Span(("fee_change",), -0.5, 1.0, 30),
            series=("next_profit",),
            marks=(
                Mark(Text("You are here", "当前"), 0, "profit"),
                Mark(Text("Next price", "下一价格"), "fee_change", "next_profit"),
            ),
            headline=Text("The next price would earn {next_profit} USD a month",
                          "按下一价格每月盈利 {next_profit} 美元"),
        ),
        comparison=Comparison(
            title=Text("The plans side by side", "套餐对比"),
            sheet=Text("Plans", "套餐"),
            alternatives=PLANS,
            columns=terms.COMPARED,
            best="margin",
            chart="margin",
        ),
        timeline=Timeline(Text("The plans month by month", "套餐逐月展望")),
        low={"unit_cost": 1.3, "volume_growth": 0.5},
        high={"unit_cost": 0.8, "volume_growth": 1.5},
        answer=Answer((
            "profit", "gross_margin", "losing", "next_change", "breakeven_month", "cash_end",
        )),
    )  # fmt: skip

    basic_fee: terms.BasicFee = 20.0
    basic_included: terms.BasicIncluded = 2.0
    basic_overage: terms.BasicOverage = 15.0
    plus_fee: terms.PlusFee = 40.0
    plus_included: terms.PlusIncluded = 6.0
    plus_overage: terms.PlusOverage = 8.0
    pro_fee: terms.ProFee = 100.0
    pro_included: terms.ProIncluded = 30.0
    pro_overage: terms.ProOverage = 6.0
    unit_cost: terms.UnitCost = 4.0
    seat_cost: terms.SeatCost = 3.0
    fixed_cost: terms.FixedCost = 120000.0
    target_margin: TargetMargin = 0.5
    fee_change: terms.FeeChange = 0.1
    overage_change: terms.OverageChange = 0.0
    seat_elasticity: terms.SeatElasticity = -0.6
    churn: terms.Churn = 0.02
    first_month: monthly_terms.FirstDay = datetime.date(2026, 1, 1)
    horizon: monthly_terms.Horizon = 24.0
    volume_growth: monthly_terms.VolumeGrowth = 0.6
    price_decline: monthly_terms.PriceDecline = 0.1
    cost_decline: monthly_terms.CostDecline = 0.4
    upfront: monthly_terms.Upfront = 600000.0
    customers: Annotated[
        list[Customer],
        Table(
            Text("Customers", "客户"),
            Text("Customers by size, and what their seats take in a month",
                 "按规模划分的客户，及其席位每月的用量"),
        ),
    ] = CUSTOMERS  # fmt: skip

    def results(self, out: Out) -> None:  # noqa: D102
        plan, revenue, cost = self._bills(out)
        out.section(Text("All customers", "全部客户"))
        taken = out("revenue", total(revenue), terms.TOTAL_REVENUE)
        spent = out("cost", total(cost), terms.TOTAL_COST)
        profit = out("profit", taken - spent - self.fixed_cost, terms.PROFIT)
        out("gross_margin", ratio(taken - spent, taken), terms.GROSS_MARGIN)
        losing = self._losses(out, revenue - cost)
        out("lifetime", ratio(1, self.churn), terms.LIFETIME)
        needed = ratio(spent, taken * (1 - self.target_margin)) - 1
        out("margin_raise", needed, terms.MARGIN_RAISE)
        self._compare(out, plan, revenue, cost)
        self._next(out, cost, profit, spent)
        self._months(out, taken, spent)
        out.verdict((profit >= 0) & (losing <= 0), terms.ALL_EARN, Tone.GOOD)
        out.verdict(profit >= 0, terms.SOME_LOSE, Tone.CAUTION)
        out.verdict(True, terms.LOSES, Tone.BAD)

    def _on(self, plan: str, fees: float = 1.0, overage: float = 1.0) -> float:
        """What customers of a size would pay on a plan: their seats share what is included."""
        fee: float = getattr(self, f"{plan}_fee")
        included: float = getattr(self, f"{plan}_included")
        price: float = getattr(self, f"{plan}_overage")
        size = columns(self.customers)
        beyond = maximum(size.active * size.tokens - included, 0)
        return size.count * size.seats * (fee * fees + price * overage * beyond)

    def _choose(self, bills: dict[str, float]) -> float:
        """The bill on the plan that is given, or on the cheapest."""
        given = columns(self.customers).plan
        basic, plus, pro = bills.values()
        cheapest = minimum(basic, minimum(plus, pro))
        held = where(given < 1 + HALF, basic, where(given < 2 + HALF, plus, pro))
        return where(given > 0, held, cheapest)

    def _bills(self, out: Out) -> tuple[float, float, float]:
        """What customers pay and cost, a column each."""
        size = columns(self.customers)
        tokens = size.count * size.seats * size.active * size.tokens
        out.column("customers", "used", tokens, terms.TOKENS)
        bills = {
            key: out.column("customers", f"on_{key}", self._on(key), terms.bill(key))
            for key in PLANS
        }
        basic, plus, pro = bills.values()
        cheapest = where(basic <= minimum(plus, pro), 1, where(plus <= pro, 2, 3))
        held = where(size.plan < 1 + HALF, 1, where(size.plan < 2 + HALF, 2, 3))
        taken = where(size.plan > 0, held, cheapest)
        taken = out.column("customers", "taken", taken, terms.PLAN)
        revenue = out.column("customers", "revenue", self._choose(bills), terms.REVENUE)
        each = size.active * size.tokens * self.unit_cost + self.seat_cost
        cost = out.column("customers", "cost", size.count * size.seats * each, terms.COST)
        return taken, revenue, cost

    def _losses(self, out: Out, margin: float) -> float:
        """Which customers lose money, and how much."""
        margin = out.column("customers", "margin", margin, terms.MARGIN)
        loss = where(margin < 0, -margin, 0)
        loss = out.column("customers", "loss", loss, terms.LOSS, is_alarm=True)
        losing = where(margin < 0, columns(self.customers).count, 0)
        losing = out.column("customers", "losing", losing, terms.LOSING)
        out("lost", total(loss), terms.LOST)
        return out("losing", total(losing), terms.LOSING)

    def _compare(self, out: Out, taken: float, revenue: float, cost: float) -> None:
        """Each plan by itself."""
        count = columns(self.customers).count
        added = 0.0
        for number, plan in enumerate(PLANS, 1):
            out.section(PLANS[plan])
            on = taken == number
            out(f"{plan}_customers", total_where(on, count), terms.of_plan(plan, "customers"))
            earned = total_where(on, revenue)
            earned = out(f"{plan}_revenue", earned, terms.of_plan(plan, "revenue"))
            spent = out(f"{plan}_cost", total_where(on, cost), terms.of_plan(plan, "cost"))
            out(f"{plan}_margin", earned - spent, terms.of_plan(plan, "margin"))
            share = ratio(earned - spent, earned)
            out(f"{plan}_margin_share", share, terms.of_plan(plan, "margin_share"))
            added = added + earned
        out.sums(terms.PLANS_ADD_UP, added, total(revenue))

    def _next(self, out: Out, cost: float, profit: float, spent: float) -> None:
        """The next price: seats follow the fees, customers change to the cheapest plan."""
        fees, overage = 1 + self.fee_change, 1 + self.overage_change
        bills = {
            plan: out.column(
                "customers", f"next_{plan}", self._on(plan, fees, overage), terms.next_bill(plan)
            )
            for plan in PLANS
        }
        bill = out.column("customers", "next_bill", self._choose(bills), terms.NEXT_BILL)
        out.section(Text("The next price", "下一价格"))
        kept = out("kept", fees**self.seat_elasticity, terms.KEPT)
        margin = kept * (bill - cost)
        out.column("customers", "next_margin", margin, terms.NEXT_MARGIN)
        after = kept * (total(bill) - spent) - self.fixed_cost
        after = out("next_profit", after, terms.NEXT_PROFIT)
        out("next_change", after - profit, terms.PROFIT_CHANGE)

    def _months(self, out: Out, revenue: float, cost: float) -> None:
        size = columns(self.customers)
        seats = total(size.count * size.seats)
        outlook = Outlook(
            serial(self.first_month),
            self.horizon,
            self.volume_growth,
            self.price_decline,
            self.cost_decline,
            self.upfront,
            kept=1 - self.churn,
        )
        tokens = total(size.count * size.seats * size.active * size.tokens)
        of_seats = seats * self.seat_cost
        start = FirstMonth(tokens, revenue, cost - of_seats, of_seats, self.fixed_cost)
        month_by_month(out, outlook, start)
