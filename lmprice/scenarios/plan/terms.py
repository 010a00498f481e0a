"""The quantities of the plan template that no other chapter has."""

from __future__ import annotations

from typing import Annotated

from lmprice.chapters.demand import quantities as demand
from lmprice.language.quantities import SEATS, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text, term

USD_A_MONTH = Text("USD per month", "美元/月")
USD_A_SEAT = Text("USD per seat and month", "美元/席位/月")
MTOK_A_SEAT = Text("million tokens per seat and month", "百万 token/席位/月")
MTOK_A_MONTH = Text("million tokens per month", "百万 token/月")
CUSTOMERS = Text("customers", "客户")
PLAN_NUMBER = Text("plan", "套餐")

PLANS = {
    "basic": Text("Basic", "基础版"),
    "plus": Text("Plus", "进阶版"),
    "pro": Text("Pro", "专业版"),
}


def _of(plan: str, title: Text, unit: Text, about: Text) -> Term:
    name = PLANS[plan]
    return Term(Text(f"{name.en}: {title.en}", f"{name.zh}：{title.zh}"), unit, about, ge=0)


# fmt: off
_FEE = Text("seat fee", "席位费"), USD_A_SEAT, Text(
    "Fee of a seat in a month, used or not", "每个席位每月的费用，不论是否使用")
_INCLUDED = Text("included tokens", "内含 token"), MTOK_A_SEAT, Text(
    "Tokens that a seat brings along; the seats of a customer share them",
    "每个席位内含的 token，同一客户的席位共享")
_OVERAGE = Text("overage", "超量单价"), USD_PER_MTOK, Text(
    "Price of a million tokens beyond the included ones", "超出内含量后每百万 token 的价格")
BasicFee = Annotated[float, _of("basic", *_FEE)]
BasicIncluded = Annotated[float, _of("basic", *_INCLUDED)]
BasicOverage = Annotated[float, _of("basic", *_OVERAGE)]
PlusFee = Annotated[float, _of("plus", *_FEE)]
PlusIncluded = Annotated[float, _of("plus", *_INCLUDED)]
PlusOverage = Annotated[float, _of("plus", *_OVERAGE)]
ProFee = Annotated[float, _of("pro", *_FEE)]
ProIncluded = Annotated[float, _of("pro", *_INCLUDED)]
ProOverage = Annotated[float, _of("pro", *_OVERAGE)]
UnitCost = Annotated[float, Term(
    Text("Serving cost", "服务成本"), USD_PER_MTOK,
    Text("What it costs to serve a million tokens", "提供每百万 token 服务的成本"), ge=0)]
SeatCost = Annotated[float, Term(
    Text("Cost per seat", "每席位成本"), USD_A_SEAT,
    Text("Support, billing and storage of a seat", "每个席位的支持、计费与存储成本"), ge=0)]
FixedCost = Annotated[float, Term(
    Text("Fixed cost", "固定成本"), USD_A_MONTH,
    Text("Cost of a month, however many customers there are", "每月固定成本，与客户数无关"), ge=0)]
FeeChange = Annotated[float, Term(
    Text("Next price: seat fees", "下一价格：席位费变动"), FRACTION,
    Text("By which share all seat fees change; 0.1 is 10 % more",
         "全部席位费的变动比例；0.1 即上涨 10%"), gt=-1, usual=(-0.5, 1.0))]
OverageChange = Annotated[float, Term(
    Text("Next price: overage", "下一价格：超量单价变动"), FRACTION,
    Text("By which share all overage prices change", "全部超量单价的变动比例"),
    ge=-1, usual=(-0.5, 1.0))]
SeatElasticity = Annotated[float, term(demand.Elasticity).titled(
    Text("Elasticity of seats", "席位弹性"),
    Text("Per cent that seats move when the seat fees rise by 1 %",
         "席位费上涨 1% 时席位数变动的百分数"))]
Churn = Annotated[float, Term(
    Text("Churn per month", "月流失率"), FRACTION,
    Text("Share of the seats that is lost in a month; growth comes on top",
         "每月流失的席位比例；增长另计"), ge=0, lt=1, usual=(0.0, 0.3))]

# The customers ------------------------------------------------------------------------------------

Count = Annotated[float, Term(
    Text("Customers", "客户数"), CUSTOMERS, Text("Customers of this size", "该规模的客户数"), ge=0)]
SeatsEach = Annotated[float, Term(
    Text("Seats each", "每客户席位"), SEATS,
    Text("Seats of one customer", "每个客户的席位数"), ge=0)]
Adoption = Annotated[float, Term(
    Text("Adoption", "使用率"), FRACTION,
    Text("Share of the seats that are used", "实际使用的席位比例"), ge=0, le=1)]
TokensEach = Annotated[float, Term(
    Text("Tokens per used seat", "每活跃席位 token"), MTOK_A_SEAT,
    Text("What a seat in use takes in a month", "每个活跃席位每月的用量"), ge=0)]
PlanTaken = Annotated[float, Term(
    Text("Plan held", "指定套餐"), PLAN_NUMBER,
    Text("1, 2 or 3 for the first, second or third plan; empty: the cheapest for the customer",
         "1、2、3 为第一、二、三种套餐；留空则取对客户最便宜的套餐"), ge=0, le=3)]

TOKENS = Term(Text("Tokens", "token 用量"), MTOK_A_MONTH, Text("Of all used seats", "全部活跃席位"))
PLAN = Term(
    Text("Plan", "套餐"), PLAN_NUMBER, Text("The plan that they are on", "所用套餐"), is_whole=True)
REVENUE = Term(
    Text("Revenue", "收入"), USD_A_MONTH, Text("The bill on their plan", "按所用套餐的账单"))
COST = Term(Text("Cost", "成本"), USD_A_MONTH, Text("Of tokens and seats", "token 与席位成本"))
MARGIN = Term(Text("Margin", "毛利"), USD_A_MONTH, Text("Revenue less cost", "收入减去成本"))
MARGIN_SHARE = Term(
    Text("Margin, share", "毛利率"), FRACTION, Text("Margin over revenue", "毛利除以收入"))
LOSS = Term(
    Text("Loss", "亏损"), USD_A_MONTH, Text("By which cost exceeds revenue", "成本超出收入的部分"))
LOSING = Term(
    Text("Customers that lose money", "亏损客户数"), CUSTOMERS,
    Text("Customers of a size whose cost exceeds their revenue", "成本超过收入的客户数"),
    is_whole=True)
NEXT_MARGIN = Term(
    Text("Margin at the next price", "下一价格的毛利"), USD_A_MONTH,
    Text("With the seats that stay, on the plan that is then cheapest",
         "按保留的席位与届时最便宜的套餐计"))
NEXT_CHANGE = Term(
    Text("Margin change at the next price", "下一价格的毛利变化"), USD_A_MONTH,
    Text("Of the margin", "毛利的变化"))


def bill(plan: str) -> Term:
    """The bill of a customer on a plan."""
    name = PLANS[plan]
    return Term(Text(f"Bill on {name.en}", f"{name.zh}账单"), USD_A_MONTH,
                Text("Seat fees and overage", "席位费与超量费用"))


def next_bill(plan: str) -> Term:
    """The bill of a customer on a plan at the next price."""
    name = PLANS[plan]
    return Term(Text(f"Next bill on {name.en}", f"{name.zh}下一账单"), USD_A_MONTH,
                Text("At the next price, before any seats leave", "按下一价格，未计席位变动"))


NEXT_BILL = Term(
    Text("Next bill", "下一账单"), USD_A_MONTH, Text("On the plan that they are then on",
                                                     "按届时所用套餐"))

# Results ------------------------------------------------------------------------------------------

COMPARED = {
    "customers": Term(
        Text("Customers", "客户数"), CUSTOMERS, Text("On the plan", "使用该套餐的客户"),
        is_whole=True),
    "revenue": REVENUE,
    "cost": COST,
    "margin": MARGIN,
    "margin_share": MARGIN_SHARE,
}


def of_plan(plan: str, column: str) -> Term:
    """A number of one plan."""
    name, known = PLANS[plan], COMPARED[column]
    return known.titled(Text(f"{name.en}: {known.title.en.lower()}",
                             f"{name.zh}：{known.title.zh}"))


TOTAL_REVENUE = REVENUE.titled(
    Text("Total revenue", "总收入"), Text("Bills of all customers", "全部客户的账单"))
TOTAL_COST = COST.titled(
    Text("Total cost", "总成本"), Text("Tokens and seats of all customers, without fixed cost",
                                       "全部客户的 token 与席位成本，不含固定成本"))
PROFIT = Term(
    Text("Profit", "利润"), USD_A_MONTH, Text("Revenue less all cost", "收入减去全部成本"))
GROSS_MARGIN = MARGIN_SHARE.titled(
    Text("Gross margin", "毛利率"),
    Text("Of all customers, without fixed cost", "全部客户，不含固定成本"))
LOST = Term(
    Text("Lost on them", "其亏损额"), USD_A_MONTH,
    Text("By which their cost exceeds their revenue", "其成本超出收入的部分"))
KEPT = Term(
    Text("Seats kept at the next price", "下一价格保留的席位"), FRACTION,
    Text("Seats as a share of today's, by their elasticity", "按弹性计算，占当前席位的比例"))
NEXT_PROFIT = Term(
    Text("Profit at the next price", "下一价格的利润"), USD_A_MONTH,
    Text("Customers move to the plan that is then cheapest", "客户转向届时最便宜的套餐"))
PROFIT_CHANGE = Term(
    Text("Profit change at the next price", "下一价格的利润变化"), USD_A_MONTH,
    Text("Profit at the next price less profit today", "下一价格的利润减去当前利润"))
FEE_LEVEL = Term(
    Text("Level of the seat fees", "席位费水平"), FRACTION,
    Text("All seat fees as a share of today's", "全部席位费占当前的比例"))
LIFETIME = Term(
    Text("Lifetime of a seat", "席位存续期"), Text("months", "个月"),
    Text("1 over the churn: months until a seat is lost, on average",
         "流失率的倒数：席位平均存续月数"))
MARGIN_RAISE = Term(
    Text("Raise for the target margin", "目标毛利率所需涨幅"), FRACTION,
    Text("By which share all bills would have to rise, if nobody leaves or changes plan",
         "无人离开或更换套餐时，全部账单所需的涨幅"))

PLANS_ADD_UP = Text("Revenue of the three plans, and of all customers", "三种套餐收入之和与总收入")
ALL_EARN = Text(
    "Earns {profit} USD a month at a gross margin of {gross_margin}, and no customer loses money; "
    "with the next price it would earn {next_profit}.",
    "每月盈利 {profit} 美元，毛利率 {gross_margin}，没有客户亏损；"
    "按下一价格为 {next_profit} 美元。")
SOME_LOSE = Text(
    "Earns {profit} USD a month, but {lost} USD are lost on {losing} of the customers; with the "
    "next price it would earn {next_profit}.",
    "每月盈利 {profit} 美元，但有 {losing} 个客户亏损共 {lost} 美元；"
    "按下一价格为 {next_profit} 美元。")
LOSES = Text(
    "Loses {profit:abs} USD a month; {lost} USD are lost on {losing} of the customers. With the "
    "next price the profit would be {next_profit}.",
    "每月亏损 {profit:abs} 美元；其中 {losing} 个客户亏损 {lost} 美元。"
    "按下一价格利润为 {next_profit} 美元。")
# fmt: on
