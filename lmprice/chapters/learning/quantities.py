"""The vocabulary of the chapter on learning.

>>> from lmprice.language.terms import term
>>> term(Probability).broken_rule(1.2)
'is above 1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import RATIO, USD_PER_UNIT
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off

Actual = Annotated[float, Term(
    Text("Actual", "实际值"), RATIO,
    Text("What was observed, one row each", "观测值，每行一个"))]
Predicted = Annotated[float, Term(
    Text("Predicted", "预测值"), RATIO,
    Text("What was predicted for the same row", "同一行的预测值"))]
Outcome = Annotated[float, Term(
    Text("Outcome", "结果"), FRACTION,
    Text("1 for yes (a sale), 0 for no; between them the share of a group",
         "1 为是（成交），0 为否；介于两者之间为一组中的比例"), ge=0, le=1)]
Probability = Annotated[float, Term(
    Text("Probability", "概率"), FRACTION,
    Text("Probability that was predicted for yes", "预测为“是”的概率"), ge=0, le=1)]
OfferedPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price of the offer, also beside a rival's; then it may be below 0",
         "报价；也可为与竞争对手价格之差，此时可为负"))]

# Results -----------------------------------------------------------------------------------------

SquaredError = Annotated[float, Term(
    Text("Mean squared error", "均方误差"), Text("square of the unit", "单位的平方"),
    Text("Mean of the squared differences", "差的平方的平均值"))]
CrossEntropy = Annotated[float, Term(
    Text("Cross-entropy", "交叉熵"), Text("nats", "奈特"),
    Text("Mean surprise at the outcomes, in natural units", "对结果的平均意外程度（自然单位）"))]
