"""The vocabulary of demand and of the rules that set a price.

>>> from lmprice.language.terms import term
>>> term(ElasticElasticity).broken_rule(-0.8)
'is not below -1: demand this inelastic has no finite optimal price'
>>> term(Load).broken_rule(0) is None
True
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import RATIO, UNITS, USD, USD_PER_UNIT
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off

PER_USD = Text("per USD", "每美元")
# Demand ------------------------------------------------------------------------------------------

DemandIntercept = Annotated[float, Term(
    Text("Intercept", "截距"), UNITS,
    Text("Quantity that buyers would take at price 0", "价格为 0 时的需求量"), ge=0)]
DemandSlope = Annotated[float, Term(
    Text("Slope", "斜率"), Text("units per USD", "单位/美元"),
    Text("Quantity lost with each USD of the price", "价格每上涨 1 美元所减少的需求量"), gt=0)]
PowerScale = Annotated[float, Term(
    Text("Scale", "规模"), UNITS,
    Text("Quantity that buyers would take at a price of 1 USD", "价格为 1 美元时的需求量"), gt=0)]
Elasticity = Annotated[float, Term(
    Text("Price elasticity", "价格弹性"), RATIO,
    Text("Per cent that demand moves when the price rises by one per cent",
         "价格上涨 1% 时需求变动的百分数"), le=0)]
ExponentialScale = Annotated[float, Term(
    Text("Scale", "规模"), UNITS,
    Text("Quantity that buyers would take at price 0", "价格为 0 时的需求量"), gt=0)]
ExponentialSlope = Annotated[float, Term(
    Text("Price sensitivity", "价格敏感度"), PER_USD,
    Text("Rate at which demand falls as the price rises; 0.1 is about 10 % for each USD",
         "需求随价格上涨而下降的速率；0.1 约为每美元下降 10%"), gt=0)]
LogitIntercept = Annotated[float, Term(
    Text("Intercept", "截距"), RATIO,
    Text("Log odds of a purchase at price 0", "价格为 0 时购买的对数几率"))]
LogitSlope = Annotated[float, Term(
    Text("Slope", "斜率"), PER_USD,
    Text("Change of the log odds of a purchase for each USD of the unit price",
         "单价每变动 1 美元时购买对数几率的变化"), le=0)]
MarketSize = Annotated[float, Term(
    Text("Market size", "市场规模"), UNITS,
    Text("Quantity if every buyer bought; 1 makes a probability of the demand",
         "所有潜在买家都购买时的数量；取 1 时需求即为购买概率"), gt=0)]
QuantityBefore = Annotated[float, Term(
    Text("Quantity before", "变动前数量"), UNITS,
    Text("Quantity sold before the change", "变动前的销量"), ge=0)]
QuantityAfter = Annotated[float, Term(
    Text("Quantity after", "变动后数量"), UNITS,
    Text("Quantity sold after the change", "变动后的销量"), ge=0)]
PriceBefore = Annotated[float, Term(
    Text("Price before", "变动前价格"), USD_PER_UNIT,
    Text("Price of one unit before the change", "变动前的每单位价格"), ge=0)]
PriceAfter = Annotated[float, Term(
    Text("Price after", "变动后价格"), USD_PER_UNIT,
    Text("Price of one unit after the change", "变动后的每单位价格"), ge=0)]
Demanded = Annotated[float, Term(
    Text("Demand", "需求量"), UNITS,
    Text("Quantity that buyers take at the price", "买家在该价格下的购买量"))]
QuantityChange = Annotated[float, Term(
    Text("Change of quantity", "数量变化"), Text("units per USD", "单位/美元"),
    Text("Units that one further USD of the price adds, mostly below 0",
         "价格每提高 1 美元增加的数量，通常小于 0"))]
FoundElasticity = Annotated[float, Term(
    Text("Price elasticity", "价格弹性"), RATIO,
    Text("Per cent that demand moves when the price rises by one per cent",
         "价格上涨 1% 时需求变动的百分数"))]

# Rules from cost and value -----------------------------------------------------------------------

MarkupRate = Annotated[float, Term(
    Text("Markup", "加成率"), FRACTION,
    Text("What is put on the cost, as a share of it; 0.5 is 50 %",
         "在成本之上加收的比例；0.5 即 50%"), ge=-1, usual=(-0.5, 3.0))]
TargetMargin = Annotated[float, Term(
    Text("Target margin", "目标毛利率"), FRACTION,
    Text("Share of the price that is to be margin; 0.75 is 75 %",
         "价格中希望作为毛利的比例；0.75 即 75%"), lt=1,
    reason=Text("no finite price earns that margin", "任何有限的价格都达不到该毛利率"))]
Capital = Annotated[float, Term(
    Text("Investment", "投资"), USD,
    Text("Capital that the product has to earn a return on", "产品须为之赚取回报的资本"), ge=0)]
TargetReturn = Annotated[float, Term(
    Text("Target return", "目标回报率"), FRACTION,
    Text("Return on the investment over the time in which the quantity is sold; 0.1 is 10 %",
         "售出该数量期间的投资回报率；0.1 即 10%"), ge=0, usual=(0.0, 1.0))]
ReferencePrice = Annotated[float, Term(
    Text("Reference price", "参考价格"), USD_PER_UNIT,
    Text("Price of the customer's best alternative", "客户最佳替代方案的价格"), ge=0)]
Differentiation = Annotated[float, Term(
    Text("Differentiation value", "差异化价值"), USD_PER_UNIT,
    Text("What the product is worth beyond the alternative: advantages less drawbacks",
         "产品相对替代方案多出的价值：优势减去劣势"))]
CustomerShare = Annotated[float, Term(
    Text("Customer's share", "客户分享比例"), FRACTION,
    Text("Share of a gain in value that is left to the customer as a reason to switch",
         "价值增益中留给客户作为转换动机的比例"), ge=0, le=1)]
FailureRate = Annotated[float, Term(
    Text("Failure rate", "失败率"), FRACTION,
    Text("Units that must be bought again for each unit that is used; 0.05 is 5 %",
         "每使用一单位需要重新购买的单位数；0.05 即 5%"), ge=0)]

# Rules from rivals and utilization ---------------------------------------------------------------

RivalPrice = Annotated[float, Term(
    Text("Rival's price", "竞争对手价格"), USD_PER_UNIT,
    Text("Price that the rival asks for a comparable unit", "竞争对手同类单位的价格"), ge=0)]
Undercut = Annotated[float, Term(
    Text("Undercut", "低于对手的比例"), FRACTION,
    Text("Share by which the rival is undercut; 0 matches his price",
         "比竞争对手低的比例；0 即跟价"), ge=0, le=1)]
Floor = Annotated[float, Term(
    Text("Floor", "价格下限"), USD_PER_UNIT,
    Text("Lowest price that is acceptable, such as the unit cost", "可接受的最低价格，如单位成本"),
    ge=0)]
Ceiling = Annotated[float, Term(
    Text("Ceiling", "价格上限"), USD_PER_UNIT,
    Text("Highest price that is acceptable, such as the list price", "可接受的最高价格，如目录价"),
    ge=0)]
Load = Annotated[float, Term(
    Text("Utilization", "利用率"), FRACTION,
    Text("Share of the capacity that is in use; 0 is idle", "已使用产能的比例；0 即闲置"),
    ge=0, le=1)]
RivalWeight = Annotated[float, Term(
    Text("Rival's weight", "竞争对手权重"), FRACTION,
    Text("How far the rival's price decides the target; the rest is up to the utilization",
         "目标价格取决于竞争对手价格的程度；其余取决于利用率"), ge=0, le=1)]
Speed = Annotated[float, Term(
    Text("Speed", "调整速度"), FRACTION,
    Text("Share of the way to the target that one step goes; 1 goes there at once",
         "每一步走向目标的比例；1 即一步到位"), gt=0, le=1)]
RulePrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price of one unit that the rule gives", "按该规则得出的每单位价格"))]
ValueInUse = Annotated[float, Term(
    Text("Value in use", "使用价值"), USD_PER_UNIT,
    Text("Highest price at which the customer does not prefer the alternative",
         "客户不会转向替代方案的最高价格"))]
PriceLever = Annotated[float, Term(
    Text("Price lever", "价格杠杆"), RATIO,
    Text("Per cent that profit moves when the price alone moves by one per cent",
         "仅价格变动 1% 时利润变动的百分数"))]
CostLever = Annotated[float, Term(
    Text("Unit cost lever", "单位成本杠杆"), RATIO,
    Text("Per cent that profit rises when the unit cost alone falls by one per cent",
         "仅单位成本下降 1% 时利润上升的百分数"))]

# Optimal prices ----------------------------------------------------------------------------------

ElasticElasticity = Annotated[float, Term(
    Text("Price elasticity", "价格弹性"), RATIO,
    Text("Per cent that demand moves when the price rises by one per cent",
         "价格上涨 1% 时需求变动的百分数"), lt=-1,
    reason=Text("demand this inelastic has no finite optimal price",
                "需求弹性过小，不存在有限的最优价格"))]
FallingLogitSlope = Annotated[float, Term(
    Text("Slope", "斜率"), PER_USD,
    Text("Change of the log odds of a purchase for each USD of the unit price",
         "单价每变动 1 美元时购买对数几率的变化"), lt=0,
    reason=Text("demand that does not fall with the price has no finite optimal price",
                "需求不随价格下降时，不存在有限的最优价格"))]
MarginalUnitCost = Annotated[float, Term(
    Text("Marginal cost", "边际成本"), USD_PER_UNIT,
    Text("Cost of one more unit", "再多一单位的成本"), ge=0)]
Capacity = Annotated[float, Term(
    Text("Capacity", "产能"), UNITS,
    Text("Largest quantity that can be served", "能够提供的最大数量"), gt=0)]
ScheduleQuantity = Annotated[float, Term(
    Text("Quantity", "数量"), UNITS,
    Text("Quantity of each row of the schedule", "表中各行的数量"), ge=0)]
SchedulePrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price at which that quantity is sold", "售出该数量时的价格"), ge=0)]
ScheduleCost = Annotated[float, Term(
    Text("Total cost", "总成本"), USD,
    Text("Total cost of that quantity", "该数量的总成本"), ge=0)]
OptimalPrice = Annotated[float, Term(
    Text("Optimal price", "最优价格"), USD_PER_UNIT,
    Text("Price at which profit is highest", "利润最高时的价格"))]
CapacityPrice = Annotated[float, Term(
    Text("Optimal price within the capacity", "产能约束下的最优价格"), USD_PER_UNIT,
    Text("Price at which profit is highest and demand does not exceed the capacity",
         "需求不超过产能且利润最高时的价格"))]
BestQuantity = Annotated[float, Term(
    Text("Best quantity", "最佳数量"), UNITS,
    Text("Quantity of the row with the highest profit", "利润最高一行的数量"))]

# Launches ----------------------------------------------------------------------------------------

Buyers = Annotated[float, Term(
    Text("Buyers", "潜在买家数"), Text("buyers", "人"),
    Text("All who may ever buy, one unit each", "可能购买的全部买家，每人一单位"), gt=0)]
Willingness = Annotated[float, Term(
    Text("Willingness to pay", "支付意愿"), USD_PER_UNIT,
    Text("Highest willingness to pay where it is linear, the mean where it is exponential",
         "线性分布时为最高支付意愿，指数分布时为平均支付意愿"), gt=0)]
Innovation = Annotated[float, Term(
    Text("Innovation", "创新系数"), Text("fraction a period", "比例/期"),
    Text("Share of those who do not know the product yet that hear of it by themselves",
         "尚不了解产品的人中自行得知的比例"), gt=0, le=1)]
Imitation = Annotated[float, Term(
    Text("Imitation", "模仿系数"), Text("fraction a period", "比例/期"),
    Text("Further share that hears of it once everybody owns it, less in step before that",
         "全部买家都拥有产品时另外得知的比例，此前按拥有者占比递减"), ge=0)]
PeriodRate = Annotated[float, Term(
    Text("Discount rate", "折现率"), Text("fraction a period", "比例/期"),
    Text("Interest of a period at which later profits count less",
         "后期利润按此每期利率折现"), ge=0)]
