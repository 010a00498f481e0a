"""The vocabulary of the chapters on competition.

>>> from lmprice.language.terms import term
>>> term(PriceScale).unit.en
'USD per unit'
>>> term(Firms).broken_rule(0)
'is below 1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import COUNT, RATIO, UNITS, USD_PER_UNIT
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off

SLOPE = Text("units per USD", "单位/美元")
NO_OUTSIDE = -1e200  # what says in a sheet that buyers have no outside option; None in Python

# Logit competition -------------------------------------------------------------------------------

SellerPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price of each seller", "各卖方的价格"), ge=0)]
SellerCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit of each seller", "各卖方的每单位可变成本"), ge=0)]
SellerQuality = Annotated[float, Term(
    Text("Quality", "质量"), USD_PER_UNIT,
    Text("What the offer of each seller is worth to a buyer", "各卖方的产品对买方的价值"))]
Quality = Annotated[float, Term(
    Text("Quality", "质量"), USD_PER_UNIT,
    Text("What the own offer is worth to a buyer", "本方产品对买方的价值"))]
RivalPrice = Annotated[float, Term(
    Text("Rival's price", "对手价格"), USD_PER_UNIT,
    Text("Price of one unit of the rival", "对手的每单位价格"), ge=0)]
RivalCost = Annotated[float, Term(
    Text("Rival's unit cost", "对手单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit of the rival", "对手的每单位可变成本"), ge=0)]
RivalQuality = Annotated[float, Term(
    Text("Rival's quality", "对手质量"), USD_PER_UNIT,
    Text("What the offer of the rival is worth to a buyer", "对手的产品对买方的价值"))]
PriceScale = Annotated[float, Term(
    Text("Price scale", "价格尺度"), USD_PER_UNIT,
    Text("Price advantage that multiplies the odds of a sale by e; the smaller, the harder the "
         "competition", "使成交胜算变为 e 倍的价格优势；越小竞争越激烈"), gt=0)]
Outside = Annotated[float, Term(
    Text("Outside option", "外部选项"), USD_PER_UNIT,
    Text("What a buyer has from not buying, on the scale of quality less price",
         "买方不购买时的所得，与“质量减价格”同一尺度"), absent=NO_OUTSIDE)]
Share = Annotated[float, Term(
    Text("Share", "份额"), FRACTION,
    Text("Own share of all buyers, those who do not buy included",
         "本方占全部买方（含未购买者）的份额"), ge=0, le=1)]
RivalShare = Annotated[float, Term(
    Text("Rival's share", "对手份额"), FRACTION,
    Text("The rival's share of all buyers, those who do not buy included",
         "对手占全部买方（含未购买者）的份额"), ge=0, le=1)]

# Linear demand -----------------------------------------------------------------------------------

DemandIntercept = Annotated[float, Term(
    Text("Intercept", "截距"), UNITS,
    Text("Quantity demanded where both prices are 0", "双方价格均为 0 时的需求量"), ge=0)]
OwnSlope = Annotated[float, Term(
    Text("Own slope", "自身斜率"), SLOPE,
    Text("Quantity lost for each USD on the own price", "自身价格每上涨 1 美元减少的需求量"), gt=0)]
CrossSlope = Annotated[float, Term(
    Text("Cross slope", "交叉斜率"), SLOPE,
    Text("Quantity gained for each USD on the other seller's price; below 0 for complements",
         "另一方价格每上涨 1 美元增加的需求量；互补品为负数"))]
RivalIntercept = Annotated[float, Term(
    Text("Rival's intercept", "对手截距"), UNITS,
    Text("Quantity demanded of the rival where both prices are 0",
         "双方价格均为 0 时对手的需求量"), ge=0)]
RivalOwnSlope = Annotated[float, Term(
    Text("Rival's own slope", "对手自身斜率"), SLOPE,
    Text("Quantity the rival loses for each USD on its price",
         "对手价格每上涨 1 美元其减少的需求量"), gt=0)]
RivalCrossSlope = Annotated[float, Term(
    Text("Rival's cross slope", "对手交叉斜率"), SLOPE,
    Text("Quantity the rival gains for each USD on the own price; below 0 for complements",
         "自身价格每上涨 1 美元对手增加的需求量；互补品为负数"))]
ChokePrice = Annotated[float, Term(
    Text("Intercept", "截距"), USD_PER_UNIT,
    Text("Price at which nothing is bought", "需求量为零时的价格"), ge=0)]
InverseSlope = Annotated[float, Term(
    Text("Slope", "斜率"), Text("USD per unit squared", "美元/单位²"),
    Text("By how much one more unit on the market lowers its price",
         "市场每增加一单位供给使价格下降的幅度"), gt=0)]
Firms = Annotated[float, Term(
    Text("Firms", "企业数"), COUNT,
    Text("Number of firms, all with the same unit cost", "单位成本相同的企业数量"), ge=1)]
LeaderCost = Annotated[float, Term(
    Text("Leader's unit cost", "领导者单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit of the firm that moves first",
         "先行动企业的每单位可变成本"), ge=0)]
FollowerCost = Annotated[float, Term(
    Text("Follower's unit cost", "跟随者单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit of the firm that moves second",
         "后行动企业的每单位可变成本"), ge=0)]

# A price war -------------------------------------------------------------------------------------

MarketSize = Annotated[float, Term(
    Text("Market size", "市场规模"), UNITS,
    Text("Units that all buyers together could buy", "全部买方可能购买的单位数"), gt=0)]
PriceCut = Annotated[float, Term(
    Text("Price cut", "降价幅度"), FRACTION,
    Text("Share that the rival takes off its price; 0.75 is 75 %",
         "对手降价的比例；0.75 即降价 75%"), ge=0, le=1)]

# Results -----------------------------------------------------------------------------------------

MarketShare = Annotated[float, Term(
    Text("Share", "份额"), FRACTION,
    Text("Share of all buyers, those who do not buy included",
         "占全部买方（含未购买者）的份额"))]
OwnElasticity = Annotated[float, Term(
    Text("Own-price elasticity", "自价格弹性"), RATIO,
    Text("Per cent by which the own quantity changes when the own price rises by one per cent",
         "自身价格上涨 1% 时自身销量变动的百分数"))]
CrossElasticity = Annotated[float, Term(
    Text("Cross-price elasticity", "交叉价格弹性"), RATIO,
    Text("Per cent by which the own quantity changes when the rival's price rises by one per cent",
         "对手价格上涨 1% 时自身销量变动的百分数"))]
BestReply = Annotated[float, Term(
    Text("Best reply", "最优反应价格"), USD_PER_UNIT,
    Text("Price that earns most against the given prices of the rivals",
         "给定对手价格时利润最高的价格"))]
EquilibriumPrice = Annotated[float, Term(
    Text("Equilibrium price", "均衡价格"), USD_PER_UNIT,
    Text("Price from which no seller gains by moving alone", "任何卖方单独偏离均无利可图的价格"))]
CollusivePrice = Annotated[float, Term(
    Text("Joint-profit price", "联合利润最大化价格"), USD_PER_UNIT,
    Text("Price of each seller that makes the profit of all together largest",
         "使全体卖方总利润最大的各方价格"))]
EquilibriumQuantity = Annotated[float, Term(
    Text("Equilibrium quantity", "均衡产量"), UNITS,
    Text("Quantity of one firm from which none gains by moving alone",
         "任何企业单独偏离均无利可图的单个企业产量"))]
CollusiveQuantity = Annotated[float, Term(
    Text("Joint-profit quantity", "联合利润最大化产量"), UNITS,
    Text("Quantity of one firm where all together act as a monopoly",
         "全体企业如同垄断者行事时的单个企业产量"))]
MarketPrice = Annotated[float, Term(
    Text("Market price", "市场价格"), USD_PER_UNIT,
    Text("Price at which the market takes all that is offered", "市场恰好吸纳全部供给的价格"))]
