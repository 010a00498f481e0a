"""The vocabulary of simulations: spreads and shapes of what is uncertain."""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import COUNT, RATIO, UNITS
from lmprice.language.terms import FRACTION, Term, Text

INPUT = Text("unit of the input", "输入的单位")

# fmt: off
Mean = Annotated[float, Term(
    Text("Mean", "均值"), INPUT, Text("Mean of the draws", "抽样的均值"))]
PositiveMean = Annotated[float, Term(
    Text("Mean", "均值"), INPUT, Text("Mean of the draws", "抽样的均值"), gt=0)]
StandardDeviation = Annotated[float, Term(
    Text("Standard deviation", "标准差"), INPUT,
    Text("Standard deviation of the draws", "抽样的标准差"), gt=0)]
Median = Annotated[float, Term(
    Text("Median", "中位数"), INPUT,
    Text("Half of the draws lie below it", "一半的抽样低于该值"), gt=0)]
SpreadFactor = Annotated[float, Term(
    Text("Factor", "倍数"), RATIO,
    Text("68 % of the draws lie between the median over it and the median times it",
         "68% 的抽样落在中位数除以该倍数与乘以该倍数之间"), gt=1)]
Low = Annotated[float, Term(
    Text("Low", "下限"), INPUT, Text("No draw is below it", "没有抽样低于该值"))]
Mode = Annotated[float, Term(
    Text("Mode", "众数"), INPUT, Text("Most likely value", "最可能的取值"))]
High = Annotated[float, Term(
    Text("High", "上限"), INPUT, Text("No draw is above it", "没有抽样高于该值"))]
RelativeChange = Annotated[float, Term(
    Text("Change", "变动幅度"), FRACTION,
    Text("Share by which each input is made lower and higher", "各输入下调与上调的比例"),
    gt=0, lt=1)]
Probability = Annotated[float, Term(
    Text("Probability", "概率"), FRACTION,
    Text("Share of the draws at or below", "不高于该值的抽样占比"), ge=0, le=1)]
Confidence = Annotated[float, Term(
    Text("Confidence", "置信水平"), FRACTION,
    Text("How often such an interval holds the true value", "此类区间包含真值的频率"), gt=0, lt=1)]
Correlation = Annotated[float, Term(
    Text("Correlation", "相关系数"), FRACTION,
    Text("Rank correlation of two inputs", "两个输入的秩相关系数"), ge=-1, le=1)]

# A market over time ------------------------------------------------------------------------------

Experience = Annotated[float, Term(
    Text("Experience", "累计产量"), UNITS,
    Text("Units made before the start", "起始之前的累计产量"), gt=0)]
Response = Annotated[float, Term(
    Text("Response", "反应程度"), FRACTION,
    Text("Share of the way to its best price that a provider goes in a period; 0 keeps its price",
         "每期向最优价格靠拢的比例；0 表示保持原价"), ge=0, le=1)]
Years = Annotated[float, Term(
    Text("Years", "年数"), Text("years", "年"),
    Text("How long the market is followed", "模拟的时长"), gt=0)]
PeriodsPerYear = Annotated[float, Term(
    Text("Periods a year", "每年期数"), COUNT,
    Text("How often a year prices may change", "每年可调价的次数"), ge=1)]
AnnualMarketSize = Annotated[float, Term(
    Text("Market size", "市场规模"), Text("units a year", "单位/年"),
    Text("Units that all buyers together could buy in the first year",
         "第一年全部买方可能购买的单位数"), gt=0)]
Growth = Annotated[float, Term(
    Text("Growth", "增长"), Text("fraction a year", "比例/年"),
    Text("Growth of the market in a year; 1 is a doubling", "市场的年增长；1 即翻一番"), gt=-1)]
Noise = Annotated[float, Term(
    Text("Noise", "波动率"), Text("fraction a year", "比例/年"),
    Text("Standard deviation of the logarithm of unit costs and market size after a year",
         "一年后单位成本与市场规模对数的标准差"), ge=0)]
# fmt: on
