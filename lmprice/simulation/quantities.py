"""The vocabulary of simulations: spreads and shapes of what is uncertain."""

from __future__ import annotations

from typing import Annotated

from lmprice.quantities import RATIO
from lmprice.terms import FRACTION, Term, Text

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
# fmt: on
