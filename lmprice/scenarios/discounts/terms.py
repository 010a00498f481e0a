"""The quantities of the discounts template that no other chapter has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from lmprice.language.quantities import MTOK, RATIO, USD, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off
ListPrice = Annotated[float, Term(
    Text("List price", "目录价"), USD_PER_MTOK,
    Text("Price of a million tokens before any discount", "任何折扣之前每百万 token 的价格"), gt=0)]
MtokCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), USD_PER_MTOK,
    Text("What a million tokens cost to serve", "提供每百万 token 服务的成本"), ge=0)]
Quantity = Annotated[float, Term(
    Text("Quantity", "数量"), MTOK,
    Text("Tokens of one month that the charges and the chart are for",
         "费用与图表所针对的单月 token 用量"), ge=0)]
Elasticity = Annotated[float, Term(
    Text("Price elasticity", "价格弹性"), RATIO,
    Text("Per cent that usage moves when the price rises by one per cent; 0 for no response",
         "价格上涨 1% 时用量变动的百分数；0 表示没有反应"), le=0)]
FlatDiscount = Annotated[float, Term(
    Text("Flat cut", "统一降价"), FRACTION,
    Text("The same discount for every customer", "对所有客户相同的折扣"), ge=0, lt=1)]
Commitment = Annotated[float, Term(
    Text("Commitment", "承诺金额"), USD,
    Text("Monthly amount that a customer may commit to and then pays in any case",
         "客户可选择承诺的月付金额，承诺后无论是否用完都须支付"), ge=0)]
CommitmentDiscount = Annotated[float, Term(
    Text("Commitment discount", "承诺折扣"), FRACTION,
    Text("Discount on usage that the commitment covers; beyond it the list price",
         "承诺金额所覆盖用量的折扣；超出部分按目录价"), ge=0, lt=1)]
ContractDiscount = Annotated[float, Term(
    Text("Contract discount", "合同折扣"), FRACTION,
    Text("On the invoice, off the list price", "发票内折扣，按目录价计"), ge=0, le=1)]
PromotionDiscount = Annotated[float, Term(
    Text("Promotion", "促销折扣"), FRACTION,
    Text("On the invoice, off what the contract discount leaves",
         "发票内折扣，按合同折扣后的余额计"),
    ge=0, le=1)]
PaymentDiscount = Annotated[float, Term(
    Text("Early payment", "提前付款折扣"), FRACTION,
    Text("Off the invoice, as a share of the net price", "发票外扣减，占净价的比例"), ge=0, le=1)]
Rebate = Annotated[float, Term(
    Text("Rebate", "返利"), FRACTION,
    Text("Paid back at the end of the year, as a share of the net price",
         "年终返还，占净价的比例"), ge=0, le=1)]

MtokUpTo = Annotated[float, Term(
    Text("Up to", "上限"), MTOK,
    Text("Upper bound of the tier, itself still in the tier", "阶梯的上限（含该值）"),
    gt=0, increasing=True, unlimited=True)]
TierPrice = Annotated[float, Term(
    Text("Unit price", "单价"), USD_PER_MTOK,
    Text("Price of a million tokens in the tier", "该阶梯每百万 token 的价格"), ge=0)]
TierFee = Annotated[float, Term(
    Text("Flat fee", "固定费"), USD,
    Text("Fee of the tier, whatever the quantity", "该阶梯的固定费用，与数量无关"), ge=0)]
Usage = Annotated[float, Term(
    Text("Usage", "用量"), MTOK,
    Text("Tokens of a month at the list price", "目录价下的月 token 用量"), ge=0)]

LIST_CHARGE = Term(
    Text("List charge", "目录价费用"), USD, Text("Quantity at the list price", "数量乘以目录价"))
PRICE_LISTED = Term(
    Text("List price", "目录价"), USD_PER_MTOK,
    Text("Where the waterfall begins", "价格瀑布的起点"))
CONTRACT_OFF = Term(
    Text("Contract discount", "合同折扣"), USD_PER_MTOK,
    Text("Taken off the list price", "从目录价中扣减"))
PROMOTION_OFF = Term(
    Text("Promotion", "促销折扣"), USD_PER_MTOK,
    Text("Taken off what the contract discount leaves", "从合同折扣后的余额中扣减"))
PRICE_NET = Term(
    Text("Net price", "净价"), USD_PER_MTOK, Text("Price on the invoice", "发票价格"))
PAYMENT_OFF = Term(
    Text("Early payment", "提前付款折扣"), USD_PER_MTOK,
    Text("Taken off the net price", "从净价中扣减"))
REBATE_OFF = Term(
    Text("Rebate", "返利"), USD_PER_MTOK, Text("Paid back later", "事后返还"))
PRICE_POCKET = Term(
    Text("Pocket price", "落袋价"), USD_PER_MTOK,
    Text("What stays of the list price", "目录价最终留下的部分"))
POCKET_MARGIN = Term(
    Text("Pocket margin", "落袋毛利率"), FRACTION,
    Text("Pocket price less unit cost, as a share of the pocket price",
         "落袋价减单位成本，占落袋价的比例"))

ABOVE = Term(
    Text("Above", "下限"), MTOK,
    Text("Lower bound of the tier, itself not in the tier", "阶梯的下限（不含该值）"))
PRICE_STEP = Term(
    Text("Price step", "单价变动"), USD_PER_MTOK,
    Text("Unit price less that of the tier before", "单价减去上一阶梯的单价"))
BELOW = Term(
    Text("Price step below", "下限以下的变动额"), USD,
    Text("What the step would make of the units below", "单价变动乘以该阶梯以下的用量"))
FEE_STEP = Term(
    Text("Fee step", "固定费变动"), USD,
    Text("Flat fee less that of the tier before", "固定费减去上一阶梯的固定费"))
BILL_AT = Term(
    Text("Volume bill at the bound", "下限处的总量账单"), USD,
    Text("The bill for just the lower bound, at the price before",
         "恰为下限时按上一阶梯价格的账单"))
BILL_ABOVE = Term(
    Text("Volume bill just above", "略高于下限的总量账单"), USD,
    Text("The bill for a little more, all of it at the price of this tier",
         "略高于下限时全部按本阶梯价格的账单"))
FALL = Term(
    Text("Bill falls by", "账单下降"), USD,
    Text("What a customer saves by using a little more", "客户多用一点所节省的金额"))
VOLUME_FALLS = Term(
    Text("Falls of the volume bill", "总量账单的下降额"), USD,
    Text("All falls at tier bounds added up; 0 is good", "各阶梯下限处下降额之和；0 为佳"))
FALLING_BILLS = Text(
    "With volume tiers a bill falls as usage rises: see the column Bill falls by of the sheet "
    "Tiers.",
    "按总量计价时，用量上升账单反而下降：请查看“阶梯”表的“账单下降”列。",
)
BILL = Term(
    Text("List price: bill", "目录价：账单"), USD,
    Text("Usage at the list price", "用量乘以目录价"))
# fmt: on

STRATEGIES: Mapping[str, Text] = {
    "list": Text("List price", "目录价"),
    "flat": Text("Flat cut", "统一降价"),
    "graduated": Text("Graduated tiers", "分段累进"),
    "volume": Text("Volume tiers", "按总量计价"),
    "commitment": Text("Commitment", "承诺用量"),
}

# fmt: off
COMPARED: Mapping[str, Term] = {
    "usage": Term(
        Text("Usage", "用量"), MTOK,
        Text("Tokens of all customers, with the response of demand",
             "全部客户的用量，已计需求反应")),
    "revenue": Term(
        Text("Revenue", "收入"), USD, Text("Bills of all customers", "全部客户的账单合计")),
    "cost": Term(
        Text("Cost", "成本"), USD, Text("Usage times unit cost", "用量乘以单位成本")),
    "profit": Term(
        Text("Profit", "利润"), USD, Text("Revenue less cost", "收入减去成本")),
    "margin": Term(
        Text("Gross margin", "毛利率"), FRACTION, Text("Profit over revenue", "利润占收入的比例")),
    "effective_discount": Term(
        Text("Effective discount", "有效折扣"), FRACTION,
        Text("What revenue is below the list price of the usage", "收入低于用量目录价的比例")),
    "profit_change": Term(
        Text("Profit change", "利润变动"), USD,
        Text("Against the list price for everyone", "与全部按目录价相比")),
}
# fmt: on


def of_strategy(strategy: Text) -> dict[str, Term]:
    """The compared quantities under a strategy."""
    return {key: _under(strategy, found) for key, found in COMPARED.items()}


def charge(strategy: Text) -> Term:
    """The charge for a quantity under a strategy."""
    meaning = Text("Charge for the quantity", "该数量的费用")
    return _under(strategy, Term(Text("Charge", "费用"), USD, meaning))


def unit_price(strategy: Text) -> Term:
    """What a unit costs on average under a strategy."""
    meaning = Text("Charge over quantity", "费用除以数量")
    return Term(strategy, USD_PER_MTOK, meaning)


def column_terms(strategy: Text) -> dict[str, Term]:
    """What is computed for each customer under a strategy."""
    price = Text("Bill over usage, at the usage of today", "按当前用量计的账单除以用量")
    bill = Text("Charge for that usage", "该用量的费用")
    return {
        "price": _under(strategy, Term(Text("unit price", "单价"), USD_PER_MTOK, price)),
        "usage": _under(strategy, COMPARED["usage"].titled(Text("usage", "用量"))),
        "bill": _under(strategy, Term(Text("bill", "账单"), USD, bill)),
    }


def _under(strategy: Text, found: Term) -> Term:
    title = found.title.en[0].lower() + found.title.en[1:]
    return found.titled(Text(f"{strategy.en}: {title}", f"{strategy.zh}：{found.title.zh}"))


# The answer ---------------------------------------------------------------------------------------

LIST_BILLS = Text(
    "Bills at the list price, and usage at the list price", "目录价账单之和与用量乘以目录价"
)
BEST_PROFIT = COMPARED["profit"].titled(
    Text("Highest profit", "最高利润"),
    Text("Of all strategies with an answer", "有答案的各策略中的最高利润"),
)
ALL_LOSE = Text(
    "No strategy earns: the best of them loses {best_profit:abs} USD a month.",
    "没有策略盈利：最好的每月亏损 {best_profit:abs} 美元。",
)
NO_BEST = Text("No strategy has an answer for these inputs.", "在这些输入下，没有策略能给出答案。")


def earns_most(key: str, name: Text) -> Text:
    """The verdict for the strategy that earns most."""
    if key == "list":
        return Text(
            "Offer no discount: none earns more than the list price, {list_profit} USD a month.",
            "不提供折扣：任何折扣的月利润都不高于目录价的 {list_profit} 美元。",
        )
    profit, change = f"{{{key}_profit}}", f"{{{key}_profit_change}}"
    return Text(
        f"{name.en} earns most: {profit} USD a month, {change} USD more than the list price.",
        f"“{name.zh}”利润最高：每月 {profit} 美元，比目录价多 {change} 美元。",
    )
