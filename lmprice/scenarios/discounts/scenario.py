"""Discounts: what a tiered price charges, what is left in the pocket, which strategy earns most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from lmprice.chapters.discounts import functions as discounts
from lmprice.chapters.profit import functions as profits
from lmprice.language.expression import minimum, nan, ratio, total, where
from lmprice.language.terms import Text
from lmprice.scenarios.alternatives import highest
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.discounts import terms
from lmprice.scenarios.discounts.terms import STRATEGIES
from lmprice.scenarios.discounts.tiers import Tier, add_steps, graduated, volume
from lmprice.scenarios.tables import Label, Row, Table, columns, previous
from lmprice.scenarios.template import (
    Answer,
    Around,
    Comparison,
    Curves,
    Mark,
    Sensitivity,
    Span,
    Template,
    Waterfall,
)
from lmprice.scenarios.verdicts import Tone

ROUNDING = 1e-9  # bills that differ by less are equal: 3 * 0.1 and 1 * 0.3 do, in the last bit


class Customer(Row):
    """A customer of the workload."""

    customer: Annotated[
        str, Label(Text("Customer", "客户"), Text("Name of the customer", "客户名称"))
    ]
    usage: terms.Usage


TIERS = [
    Tier(up_to=50.0, unit_price=10.0),
    Tier(up_to=200.0, unit_price=9.0),
    Tier(up_to=1000.0, unit_price=8.0),
    Tier(unit_price=7.0),
]
NAMES = "ABCDEFGHIJKL"
USAGE = (10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1200)
WORKLOAD = [
    Customer(customer=name, usage=float(usage)) for name, usage in zip(NAMES, USAGE, strict=True)
]

Charge = Callable[[float], float]


class Discounts(Scenario):
    """Which discount to offer: tiers, a flat cut or a commitment, on one workload of customers.

    Examples
    --------
    >>> offers = Discounts().evaluate()
    >>> offers["graduated_charge"], offers["volume_charge"]
    (5050.0, 4800.0)
    """

    template: ClassVar[Template] = Template(
        name="discounts",
        version=2,
        title=Text("Discounts", "折扣"),
        about=Text(
            "What does a tiered price charge, how much of the list price stays in the pocket, and "
            "which discount earns most: a flat cut, graduated or volume tiers, or a commitment? "
            "Customers answer to the price that they would pay for their usage of today.",
            "阶梯价格收取多少费用，目录价最终有多少落袋，哪种折扣利润最高："
            "统一降价、分段累进、按总量计价还是承诺用量？客户按其当前用量的应付均价作出反应。",
        ),
        example=Text(
            "The example is made up for illustration: tokens at a list price of $10 and a unit "
            "cost of $4 per million, and twelve customers of 10 to 1,200 million tokens a month. "
            "At a price elasticity of -2 the commitment earns most, and graduated tiers earn less "
            "than the list price.",
            "示例数据为说明而虚构：目录价每百万 token 10 美元，单位成本 4 美元，"
            "十二个客户每月用量为 1000 万至 12 亿 token。"
            "价格弹性为 -2 时，承诺用量的利润最高，分段累进的利润低于目录价。",
        ),
        sensitivity=Sensitivity(
            result="flat_profit_change",
            rows=Around(("elasticity",), 0.5, is_absolute=True),
            columns=Around(("flat_discount",), 0.02, is_absolute=True),
        ),
        curves=Curves(
            title=Text("Effective unit price by quantity", "有效单价随数量的变化"),
            x=Span(("quantity",), start=("quantity",), end=("quantity",)),
            series=("flat_price", "graduated_price", "volume_price", "commitment_price"),
            marks=(Mark(Text("Your quantity", "当前数量"), "quantity", "graduated_price"),),
            headline=Text("Graduated tiers ask {graduated_price} USD at {quantity} million tokens",
                          "用量 {quantity} 百万 token 时，分段累进的单价为 {graduated_price} 美元"),
        ),
        comparison=Comparison(
            title=Text("Discount strategies side by side", "折扣策略对比"),
            sheet=Text("Strategies", "策略"),
            alternatives=STRATEGIES,
            columns=terms.COMPARED,
            best="profit",
            chart="profit_change",
        ),
        waterfall=Waterfall(
            title=Text("From list price to pocket price", "从目录价到落袋价"),
            sheet=Text("Waterfall", "价格瀑布"),
            steps=("price_listed", "contract_off", "promotion_off", "price_net", "payment_off",
                   "rebate_off", "price_pocket"),
            levels=frozenset({"price_listed", "price_net", "price_pocket"}),
        ),
        low={"elasticity": 0.5},
        high={"elasticity": 1.25},
        answer=Answer((
            "list_profit", "flat_profit_change", "graduated_profit_change",
            "volume_profit_change", "commitment_profit_change", "price_pocket",
        ), driven="commitment_profit_change"),
    )  # fmt: skip

    list_price: terms.ListPrice = 10.0
    unit_cost: terms.MtokCost = 4.0
    quantity: terms.Quantity = 600.0
    elasticity: terms.Elasticity = -2.0
    flat_discount: terms.FlatDiscount = 0.1
    commitment: terms.Commitment = 750.0
    commitment_discount: terms.CommitmentDiscount = 0.25
    contract_discount: terms.ContractDiscount = 0.1
    promotion_discount: terms.PromotionDiscount = 0.05
    payment_discount: terms.PaymentDiscount = 0.02
    rebate: terms.Rebate = 0.03
    tiers: Annotated[
        list[Tier],
        Table(
            Text("Tiers", "阶梯"),
            Text("Prices by quantity, for graduated and for volume charges alike",
                 "按数量划分的价格，累进计价与总量计价共用"),
        ),
    ] = TIERS  # fmt: skip
    workload: Annotated[
        list[Customer],
        Table(
            Text("Workload", "用量"),
            Text("Customers and what they use in a month at the list price",
                 "客户及其在目录价下的月用量"),
        ),
    ] = WORKLOAD  # fmt: skip

    def results(self, out: Out) -> None:  # noqa: D102
        self._quote(out)
        self._pocket(out)
        self._falls(out)
        self._strategies(out)

    def _graduated(self, quantity: float) -> float:
        return graduated(quantity, columns(self.tiers))

    def _volume(self, quantity: float) -> float:
        return volume(quantity, columns(self.tiers))

    def _flat(self, quantity: float) -> float:
        return self.list_price * quantity * (1 - self.flat_discount)

    def _commitment(self, quantity: float) -> float:
        """An offer, not a duty: a customer signs where that makes the bill smaller."""
        listed = self.list_price * quantity
        signed = discounts.commitment_cost(listed, self.commitment, self.commitment_discount)
        return minimum(signed, listed)

    def _charges(self) -> dict[str, Charge]:
        return {
            "flat": self._flat,
            "graduated": self._graduated,
            "volume": self._volume,
            "commitment": self._commitment,
        }

    def _quote(self, out: Out) -> None:
        out.section(Text("Charge for the quantity", "该数量的费用"))
        out("list_charge", profits.revenue(self.quantity, self.list_price), terms.LIST_CHARGE)
        charged = {
            key: out(f"{key}_charge", charge(self.quantity), terms.charge(STRATEGIES[key]))
            for key, charge in self._charges().items()
        }
        out.section(Text("Effective unit price", "有效单价"))
        for key, value in charged.items():
            out(f"{key}_price", ratio(value, self.quantity), terms.unit_price(STRATEGIES[key]))

    def _pocket(self, out: Out) -> None:
        out.section(Text("From list price to pocket price", "从目录价到落袋价"))
        listed = out("price_listed", self.list_price, terms.PRICE_LISTED)
        contract = out("contract_off", listed * self.contract_discount, terms.CONTRACT_OFF)
        promotion = out(
            "promotion_off", (listed - contract) * self.promotion_discount, terms.PROMOTION_OFF
        )
        net = out("price_net", listed - contract - promotion, terms.PRICE_NET)
        payment = out("payment_off", net * self.payment_discount, terms.PAYMENT_OFF)
        rebate = out("rebate_off", net * self.rebate, terms.REBATE_OFF)
        pocket = out("price_pocket", net - payment - rebate, terms.PRICE_POCKET)
        out("pocket_margin", ratio(pocket - self.unit_cost, pocket), terms.POCKET_MARGIN)

    def _falls(self, out: Out) -> None:
        """Where the volume bill falls: at the lower bound of a tier, from its price to the next."""
        tiers = columns(self.tiers)
        start = out.column("tiers", "above", previous(tiers.up_to, 0), terms.ABOVE)
        add_steps(out, tiers, start)
        before = start * previous(tiers.unit_price, 0) + previous(tiers.flat_fee, 0)
        before = out.column("tiers", "bill_at", before, terms.BILL_AT)
        after = start * tiers.unit_price + tiers.flat_fee
        after = out.column("tiers", "bill_above", after, terms.BILL_ABOVE)
        has_fallen = after < before * (1 - ROUNDING)
        fall = where(has_fallen, before - after, 0)
        fall = out.column("tiers", "fall", fall, terms.FALL, is_alarm=True)
        out.section(Text("Volume bills", "总量计价的账单"))
        falls = out("volume_falls", total(fall), terms.VOLUME_FALLS)
        out.warn(falls > 0, terms.FALLING_BILLS)

    def _strategies(self, out: Out) -> None:
        workload = columns(self.workload)
        usage = {"list": workload.usage}
        bill = {"list": out.column("workload", "list_bill", self._list(workload.usage), terms.BILL)}
        for key, charge in self._charges().items():
            usage[key], bill[key] = self._outcome(out, key, charge)
        base = nan
        profits_of: dict[str, float] = {}
        for key, name in STRATEGIES.items():
            out.section(name)
            titled = terms.of_strategy(name)
            tokens = out(f"{key}_usage", total(usage[key]), titled["usage"])
            revenue = out(f"{key}_revenue", total(bill[key]), titled["revenue"])
            cost = out(f"{key}_cost", tokens * self.unit_cost, titled["cost"])
            profit = out(f"{key}_profit", revenue - cost, titled["profit"])
            out(f"{key}_margin", profits.gross_margin(revenue, cost), titled["margin"])
            listed = tokens * self.list_price
            out(
                f"{key}_effective_discount",
                discounts.effective_discount(listed, revenue),
                titled["effective_discount"],
            )
            base = profit if key == "list" else base
            out(f"{key}_profit_change", profit - base, titled["profit_change"])
            profits_of[key] = profit
        listed = self.list_price * total(workload.usage)
        out.sums(terms.LIST_BILLS, total(bill["list"]), listed)
        best = out("best_profit", highest(profits_of.values()), terms.BEST_PROFIT)
        out.verdict(best < 0, terms.ALL_LOSE, Tone.BAD)
        for key, name in STRATEGIES.items():
            tone = Tone.CAUTION if key == "list" else Tone.GOOD
            out.verdict(profits_of[key] >= best, terms.earns_most(key, name), tone)
        out.verdict(True, terms.NO_BEST, Tone.CAUTION)

    def _list(self, quantity: float) -> float:
        return self.list_price * quantity

    def _outcome(self, out: Out, key: str, charge: Charge) -> tuple[float, float]:
        """What customers use under a strategy, and what they pay for it, a column each.

        Demand responds once, at baseline usage: q1 = q0 (p1 / p0)^E, where p1 is the bill for q0
        over q0.
        """
        baseline = columns(self.workload).usage
        titled = terms.column_terms(STRATEGIES[key])
        if key == "flat":
            price = self.list_price * (1 - self.flat_discount)  # the same for all
        else:
            price = where(baseline > 0, charge(baseline) / baseline, self.list_price)
            price = out.column("workload", f"{key}_price", price, titled["price"])
        # No finite usage answers to a price of 0, unless demand does not respond at all.
        unpriced = where(self.elasticity == 0, 1, nan)
        response = where(price > 0, (price / self.list_price) ** self.elasticity, unpriced)
        usage = out.column("workload", f"{key}_usage", baseline * response, titled["usage"])
        bill = out.column("workload", f"{key}_bill", charge(usage), titled["bill"])
        return usage, bill
