"""The quantities of the pricing template: those of the chapters, per million tokens and month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from lmprice.chapters.demand import quantities as demand
from lmprice.language import quantities
from lmprice.language.quantities import RATIO, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text, term

USD_PER_MONTH = Text("USD per month", "美元/月")
MTOK_PER_MONTH = Text("million tokens per month", "百万 token/月")


def _priced(known: Term, **bounds: float | None) -> Term:
    """A price or cost of the vocabulary, of a million tokens."""
    return replace(known, unit=USD_PER_MTOK, **bounds)  # type: ignore[arg-type]


# fmt: off

# The product -------------------------------------------------------------------------------------

UnitCost = Annotated[float, _priced(term(quantities.UnitCost), ge=None, gt=0).titled(
    Text("Unit cost", "单位成本"),
    Text("What a million tokens more cost to serve", "每多提供一百万 token 的成本"))]
FixedCost = Annotated[float, replace(term(quantities.FixedCost), unit=USD_PER_MONTH).titled(
    Text("Fixed cost", "固定成本"),
    Text("Cost of the product in a month, whatever the quantity",
         "产品每月的固定成本，与数量无关"))]
Price = Annotated[float, Term(
    Text("Price today", "现价"), USD_PER_MTOK,
    Text("Average price that is paid for a million tokens today", "目前每百万 token 的平均成交价"),
    gt=0)]
Quantity = Annotated[float, Term(
    Text("Quantity today", "当前数量"), MTOK_PER_MONTH,
    Text("Tokens that are sold in a month at the price of today", "按现价每月售出的 token"), gt=0)]
Utilization = Annotated[float, term(quantities.Utilization).titled(
    Text("Utilization today", "当前利用率"),
    Text("Share of the capacity that the quantity of today uses", "当前数量所占用的产能比例"))]
Elasticity = Annotated[float, term(demand.ElasticElasticity).titled(
    Text("Price elasticity", "价格弹性"),
    Text("Per cent that demand moves when the price rises by 1 %",
         "价格上涨 1% 时需求变动的百分数"))]
TrialPrice = Annotated[float, Term(
    Text("Price to try", "试算价格"), USD_PER_MTOK,
    Text("Any price beside the mechanisms; the chart runs around it",
         "与各定价机制并列比较的任意价格；图表以其为中心"), gt=0)]

# The mechanisms ----------------------------------------------------------------------------------

Markup = demand.MarkupRate
TargetMargin = demand.TargetMargin
Investment = demand.Capital
TargetProfit = Annotated[float, replace(term(quantities.TargetProfit), unit=USD_PER_MONTH).titled(
    Text("Target profit", "目标利润"), Text("Profit of a month to reach", "希望达到的月利润"))]
TargetReturn = Annotated[float, term(demand.TargetReturn).titled(
    Text("Target return", "目标回报率"),
    Text("Return on the investment in a year; 0.1 is 10 %", "每年的投资回报率；0.1 即 10%"))]
ReferencePrice = Annotated[float, _priced(term(demand.ReferencePrice))]
Differentiation = Annotated[float, _priced(term(demand.Differentiation)).titled(
    Text("Differentiation value", "差异化价值"),
    Text("Advantages over the alternative, less drawbacks", "相对替代方案的优势减去劣势"))]
CustomerShare = Annotated[float, term(demand.CustomerShare).titled(
    Text("Customer's share", "客户分享比例"),
    Text("Share of a gain in value that is left to the customer", "价值增益中留给客户的比例"))]
RivalPrice = Annotated[float, _priced(term(demand.RivalPrice)).titled(
    Text("Rival's price", "竞争对手价格"),
    Text("What the rival asks for a comparable million tokens",
         "竞争对手每百万同类 token 的价格"))]
Undercut = demand.Undercut
FloorPrice = Annotated[float, _priced(term(demand.Floor), ge=None, gt=0).titled(
    Text("Floor", "价格下限"),
    Text("Lowest price of the competitive and the dynamic rule",
         "竞争定价与动态定价的最低价格"))]
CeilingPrice = Annotated[float, _priced(term(demand.Ceiling), ge=None, gt=0).titled(
    Text("Ceiling", "价格上限"),
    Text("Highest price of the dynamic rule, not below the floor",
         "动态定价的最高价格，不低于价格下限"))]
RivalWeight = Annotated[float, term(demand.RivalWeight).titled(
    Text("Rival's weight", "竞争对手权重"),
    Text("How far the rival, not the utilization, moves the price",
         "价格取决于竞争对手（而非利用率）的程度"))]
Speed = Annotated[float, term(demand.Speed).titled(
    Text("Speed", "调整速度"),
    Text("Share of the way to the target that one step goes", "每一步走向目标的比例"))]
MarketSize = Annotated[float, Term(
    Text("Market size", "市场规模"), MTOK_PER_MONTH,
    Text("Tokens of a month if every buyer bought, for logit demand",
         "所有潜在买家都购买时的月 token 用量，用于 logit 需求"), gt=0)]

Share = Annotated[float, Term(
    Text("Share", "占比"), FRACTION,
    Text("Part of the quantity of today; parts that do not add up to 100 % are scaled",
         "占当前数量的比例；合计不为 100% 时按比例折算"), gt=0)]
SegmentElasticity = Annotated[float, term(demand.ElasticElasticity)]

# What is computed for each segment ---------------------------------------------------------------

SEGMENT_TODAY = Term(
    Text("Quantity today", "当前数量"), MTOK_PER_MONTH,
    Text("At the price of today", "按现价计"))
SEGMENT_PRICE = Term(
    Text("Price", "价格"), USD_PER_MTOK,
    Text("Lerner's price for the elasticity of the segment", "按该细分市场弹性计算的勒纳价格"))
SEGMENT_QUANTITY = Term(
    Text("Quantity", "数量"), MTOK_PER_MONTH,
    Text("What the segment takes at its price", "该细分市场在其价格下的购买量"))
SEGMENT_REVENUE = Term(
    Text("Revenue", "收入"), USD_PER_MONTH, Text("Price times quantity", "价格乘以数量"))
SEGMENT_CONTRIBUTION = Term(
    Text("Contribution", "边际贡献"), USD_PER_MONTH,
    Text("Revenue less unit cost times quantity", "收入减去单位成本与数量的乘积"))

# Results -----------------------------------------------------------------------------------------

FULL_COST = Term(
    Text("Full unit cost", "完全单位成本"), USD_PER_MTOK,
    Text("Unit cost and fixed cost, spread over the quantity of today",
         "单位成本加上按当前数量分摊的固定成本"))
BREAKEVEN_QUANTITY = Term(
    Text("Quantity at breakeven", "盈亏平衡数量"), MTOK_PER_MONTH,
    Text("At the price of today", "按现价计"))
PROFIT_QUANTITY = Term(
    Text("Quantity for the target profit", "目标利润所需数量"), MTOK_PER_MONTH,
    Text("At the price of today", "按现价计"))
PROFIT_PRICE = Term(
    Text("Price for the target profit", "目标利润所需价格"), USD_PER_MTOK,
    Text("If the quantity of today stays", "假定当前数量不变"))
MARGIN_UNIT_COST = Term(
    Text("Unit cost for the target margin", "目标毛利率所需单位成本"), USD_PER_MTOK,
    Text("Highest unit cost at which the price of today has the target margin",
         "现价达到目标毛利率的最高单位成本"))
RETURN_TODAY = Term(
    Text("Return today", "当前回报率"), FRACTION,
    Text("Profit of a year at the price of today, over the investment",
         "现价下的年利润与投资之比"))
RETURN_REACHED = Term(
    Text("Return at the target-return price", "目标回报价格下的回报率"), FRACTION,
    Text("Misses the target where that price costs quantity: the rule assumes that of today",
         "该价格若使数量下降则达不到目标：该方法假定数量不变"))
WORTH = Term(
    Text("Value to the customer", "客户价值"), USD_PER_MTOK,
    Text("Reference price and differentiation value: the most that the customer would pay",
         "参考价格加差异化价值：客户愿意支付的上限"))
BEST_MARGIN = Term(
    Text("Best gross margin", "最优毛利率"), FRACTION,
    Text("Lerner's index: -1 over the elasticity", "勒纳指数：-1 除以弹性"))
IMPLIED_ELASTICITY = Term(
    Text("Elasticity that today's price implies", "现价隐含的弹性"), RATIO,
    Text("At which the price of today would be the best; if demand is more elastic, cut the price",
         "使现价恰为最优的弹性；若需求弹性更大，则应降价"))
UNDERCUT_PRICE = Term(
    Text("Undercut price before the floor", "未计下限的压价"), USD_PER_MTOK,
    Text("Rival's price less the undercut", "竞争对手价格减去压价幅度"))
CEILING_USED = Term(
    Text("Ceiling of the dynamic rule", "动态定价的上限"), USD_PER_MTOK,
    Text("No answer where it is below the floor", "低于价格下限时无解"))
DYNAMIC_TARGET = Term(
    Text("Target of the dynamic rule", "动态定价的目标价格"), USD_PER_MTOK,
    Text("Where the rule ends while utilization and rival stay as they are",
         "利用率与竞争对手价格不变时规则最终到达的价格"))
SEGMENTS_ELASTICITY = Term(
    Text("Elasticity of all segments", "各细分市场的总弹性"), RATIO,
    Text("Weighted by their quantities of today; should be near the price elasticity",
         "按当前数量加权；应接近价格弹性"))
LOWEST_PRICE = Term(
    Text("Lowest price", "最低价格"), USD_PER_MTOK,
    Text("Of the sheet Mechanisms; below unit cost every token loses money",
         "“定价机制”表中的最低价格；低于单位成本则每个 token 都亏损"))
HIGHEST_PRICE = Term(
    Text("Highest price", "最高价格"), USD_PER_MTOK,
    Text("Of the sheet Mechanisms; above the value the customer buys elsewhere",
         "“定价机制”表中的最高价格；高于客户价值则客户转向他处"))
HIGHEST_LOAD = Term(
    Text("Highest utilization", "最高利用率"), FRACTION,
    Text("Of the sheet Mechanisms; above 100 % capacity has to grow",
         "“定价机制”表中的最高利用率；超过 100% 则须扩容"))
SENSITIVITY = Term(
    Text("Exponential demand: sensitivity", "指数需求：价格敏感度"), demand.PER_USD,
    Text("Rate at which demand falls as the price rises", "需求随价格上涨而下降的速率"))
LINEAR_INTERCEPT = replace(term(demand.DemandIntercept), unit=MTOK_PER_MONTH).titled(
    Text("Linear demand: intercept", "线性需求：截距"))
LINEAR_SLOPE = replace(
    term(demand.DemandSlope), unit=Text("Mtok per month per USD", "百万 token/月/美元")
).titled(Text("Linear demand: slope", "线性需求：斜率"))
LOGIT_UNSOLD = Term(
    Text("Logit demand: not sold today", "logit 需求：当前未售出量"), MTOK_PER_MONTH,
    Text("Market size less the quantity of today; no answer unless above 0",
         "市场规模减去当前数量；不大于 0 时无解"))
LOGIT_INTERCEPT = term(demand.LogitIntercept).titled(
    Text("Logit demand: intercept", "logit 需求：截距"))
LOGIT_SLOPE = term(demand.LogitSlope).titled(
    Text("Logit demand: slope", "logit 需求：斜率"))
LOGIT_LEVEL = Term(
    Text("Logit demand: log odds at unit cost, less 1", "logit 需求：单位成本处的对数几率减 1"),
    RATIO, Text("What the odds at the best price and their logarithm add up to",
                "等于最优价格下的几率与其对数之和"))
LOGIT_ODDS = Term(
    Text("Logit demand: odds at the best price", "logit 需求：最优价格下的几率"), RATIO,
    Text("Tokens that are bought for each one that is not, by Newton's method",
         "购买量与未购买量之比，由牛顿法求得"))

# Warnings ----------------------------------------------------------------------------------------

BELOW_COST = Text(
    "A price is below unit cost: see the gross margins of the sheet Mechanisms.",
    "有价格低于单位成本：请查看“定价机制”表的毛利率。")
ABOVE_VALUE = Text(
    "A price is above the value to the customer: see the column Price to value of the sheet "
    "Mechanisms.",
    "有价格高于客户价值：请查看“定价机制”表的“价格与价值之比”列。")
ABOVE_CAPACITY = Text(
    "At a price demand exceeds capacity, and its profit takes more capacity at the same cost: "
    "see the column Utilization of the sheet Mechanisms.",
    "有价格使需求超过产能，其利润假定可按相同成本扩容：请查看“定价机制”表的“利用率”列。")
WORTH_LITTLE = Text(
    "The product is worth less to the customer than it costs to serve.",
    "产品对客户的价值低于其服务成本。")
CROSSED = Text("The ceiling is below the floor.", "价格上限低于价格下限。")
SMALL_MARKET = Text(
    "The market size is not above the quantity of today.", "市场规模不大于当前数量。")
SEGMENTS_DIFFER = Text(
    "The segments together respond otherwise than the price elasticity says: their row is not "
    "comparable with the others.",
    "各细分市场合计的弹性与价格弹性不一致：该行与其他各行不可比。")
# fmt: on

MECHANISMS: Mapping[str, Text] = {
    "current": Text("Price today", "现价"),
    "cost_plus": Text("Cost-plus", "成本加成"),
    "target_margin": Text("Target margin", "目标毛利率"),
    "target_return": Text("Target return", "目标回报"),
    "value": Text("Value-based", "价值定价"),
    "demand": Text("Demand-based", "需求定价"),
    "competitive": Text("Competitive", "竞争定价"),
    "dynamic": Text("Dynamic", "动态定价"),
    "differentiated": Text("Differentiated", "差异化定价"),
    "tried": Text("Price to try", "试算价格"),
}

SHAPES: Mapping[str, Text] = {
    "constant": Text("Constant elasticity", "不变弹性"),
    "exponential": Text("Exponential", "指数"),
    "linear": Text("Linear", "线性"),
    "logit": Text("Logit", "logit"),
}

# fmt: off
COMPARED: Mapping[str, Term] = {
    "price": Term(
        Text("Price", "价格"), USD_PER_MTOK,
        Text("Price that the mechanism asks; of segments the average",
             "该机制给出的价格；细分市场为平均价格")),
    "quantity": Term(
        Text("Quantity", "数量"), MTOK_PER_MONTH,
        Text("Demand at that price", "该价格下的需求量")),
    "utilization": Term(
        Text("Utilization", "利用率"), FRACTION,
        Text("Share of the capacity that the quantity takes", "该数量所占用的产能比例")),
    "revenue": Term(
        Text("Revenue", "收入"), USD_PER_MONTH, Text("Price times quantity", "价格乘以数量")),
    "profit": Term(
        Text("Profit", "利润"), USD_PER_MONTH,
        Text("Revenue less variable and fixed cost", "收入减去可变成本与固定成本")),
    "margin": Term(
        Text("Gross margin", "毛利率"), FRACTION,
        Text("Price less unit cost, as a share of the price", "价格减单位成本占价格的比例")),
    "profit_change": Term(
        Text("Profit change", "利润变动"), USD_PER_MONTH,
        Text("Against the price of today", "与现价相比")),
    "price_to_value": Term(
        Text("Price to value", "价格与价值之比"), FRACTION,
        Text("Price over the value to the customer; above 100 % the alternative is better for him",
             "价格与客户价值之比；超过 100% 时客户选择替代方案更合算")),
}
# fmt: on


def of_mechanism(mechanism: Text) -> dict[str, Term]:
    """The compared quantities under a mechanism."""
    return {key: _under(mechanism, found) for key, found in COMPARED.items()}


def best_price(shape: Text) -> Term:
    """The optimal price under a shape of demand."""
    meaning = Text("Price at which profit is highest", "利润最高时的价格")
    return _under(shape, Term(Text("Best price", "最优价格"), USD_PER_MTOK, meaning))


def shape_quantity(shape: Text, at: Text) -> Term:
    """The quantity at a price under a shape of demand."""
    meaning = Text("Demand, if it has this shape", "若需求为该形状，此价格下的需求量")
    title = Text(f"Quantity{at.en}", f"{at.zh}数量")
    return _under(shape, Term(title, MTOK_PER_MONTH, meaning))


def shape_profit(shape: Text, at: Text) -> Term:
    """The profit at a price under a shape of demand."""
    meaning = Text("Profit, if demand has this shape", "若需求为该形状，此价格下的利润")
    return _under(shape, Term(Text(f"Profit{at.en}", f"{at.zh}利润"), USD_PER_MONTH, meaning))


def _under(mechanism: Text, found: Term) -> Term:
    title = found.title.en[0].lower() + found.title.en[1:]
    return found.titled(Text(f"{mechanism.en}: {title}", f"{mechanism.zh}：{found.title.zh}"))


# The answer ---------------------------------------------------------------------------------------

# fmt: off
BELOW_FLOOR = Text("below the floor price", "低于最低价")
NOT_ALL_SHARES = Text(
    "the shares do not add up to 100 %", "各份额之和不等于 100%")
SEGMENTS_ADD_UP = Text(
    "Quantities of the segments, and the quantity of today", "各细分市场数量之和与当前数量")
SMALLER_THAN_TODAY = Text("no larger than the quantity of today", "不大于当前数量")
BEST_PROFIT = COMPARED["profit"].titled(
    Text("Highest profit", "最高利润"),
    Text("Of all mechanisms with an answer", "有答案的各定价机制中的最高利润"))
ALL_LOSE = Text(
    "No mechanism earns: the best of them loses {best_profit:abs} USD a month.",
    "没有定价机制盈利：最好的每月亏损 {best_profit:abs} 美元。")
NO_BEST = Text(
    "No mechanism has an answer for these inputs.", "在这些输入下，没有定价机制能给出答案。")


def earns_most(key: str, name: Text) -> Text:
    """The verdict for the mechanism that earns most."""
    if key == "current":
        return Text(
            "Keep {price} USD: no other mechanism earns more than the {current_profit} USD a month "
            "of today.",
            "维持 {price} 美元：其他定价机制的月利润均不高于当前的 {current_profit} 美元。")
    asked = f"{{{key}_price}}", f"{{{key}_profit_change}}"
    if key == "differentiated":
        return Text(
            f"Ask each segment its own price, {asked[0]} USD on average: {asked[1]} USD a month "
            "more than today.",
            f"对各细分市场分别定价，平均 {asked[0]} 美元：月利润比现在多 {asked[1]} 美元。")
    return Text(
        f"{name.en} earns most: {asked[0]} USD, {asked[1]} USD a month more than today.",
        f"“{name.zh}”利润最高：价格 {asked[0]} 美元，月利润比现在多 {asked[1]} 美元。")
