"""The vocabulary of the chapter on dynamic pricing.

>>> from lmprice.language.terms import term
>>> term(PriceSensitivity).broken_rule(0)
'is not above 0'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import UNITS, USD, USD_PER_UNIT
from lmprice.language.terms import Term, Text

# fmt: off

Stock = Annotated[float, Term(
    Text("Stock", "库存"), UNITS,
    Text("Units left to sell; only whole units count, 5.9 is 5",
         "剩余可售单位；只计整数，5.9 按 5 计"),
    ge=0)]
TimeLeft = Annotated[float, Term(
    Text("Time left", "剩余时间"), Text("periods", "期"),
    Text("Time until what is unsold is worth nothing, in the unit of the arrival rate",
         "距未售部分失效的时间，与到达率用同一时间单位"), ge=0)]
ArrivalRate = Annotated[float, Term(
    Text("Arrival rate", "到达率"), Text("customers a period", "人/期"),
    Text("Customers who would buy at a price of 0, in a unit of time",
         "每单位时间内价格为 0 时会购买的顾客数"), ge=0)]
PriceSensitivity = Annotated[float, Term(
    Text("Price sensitivity", "价格敏感度"), Text("per USD", "每美元"),
    Text("Share of the remaining buyers lost with each further USD, as a continuous rate; "
         "1 / it is the mean willingness to pay",
         "价格每提高 1 美元流失的买家比例（连续率）；其倒数为平均支付意愿"), gt=0)]

# Results -----------------------------------------------------------------------------------------

DynamicPrice = Annotated[float, Term(
    Text("Dynamic price", "动态价格"), USD_PER_UNIT,
    Text("Best price to ask now, with so much stock and time left",
         "在当前库存与剩余时间下的最优价格"))]
FixedPrice = Annotated[float, Term(
    Text("Best fixed price", "最优固定价格"), USD_PER_UNIT,
    Text("Best price to ask if it may never change", "价格不可变动时的最优价格"))]
ExpectedRevenue = Annotated[float, Term(
    Text("Expected revenue", "期望收入"), USD,
    Text("Revenue to expect until the time is over", "到期为止的期望收入"))]
