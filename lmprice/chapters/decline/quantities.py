"""The vocabulary of the chapter on decline.

>>> from lmprice.language.terms import term
>>> term(Factor).unit.en
'times a year'
>>> term(LearningRate).broken_rule(1)
'is not below 1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import UNITS, USD, USD_PER_UNIT
from lmprice.language.terms import FLAG, FRACTION, Term, Text

# fmt: off

YEARS = Text("years", "年")
TIMES_A_YEAR = Text("times a year", "倍/年")
DAYS = Text("days", "天")
TREND_UNITS = Text("times a year, years, fraction, log price, count",
                   "倍/年、年、比例、对数价格、个")
# Decline -----------------------------------------------------------------------------------------

StartPrice = Annotated[float, Term(
    Text("Start price", "起始价格"), USD_PER_UNIT,
    Text("Price at the start", "起始时的价格"), gt=0)]
EndPrice = Annotated[float, Term(
    Text("End price", "期末价格"), USD_PER_UNIT,
    Text("Price at the end", "期末的价格"), gt=0)]
PriceFloor = Annotated[float, Term(
    Text("Floor", "价格下限"), USD_PER_UNIT,
    Text("Price below which it does not fall", "价格不会跌破的水平"), ge=0)]
Span = Annotated[float, Term(
    Text("Years", "年数"), YEARS,
    Text("Time from start to end; 0.5 is half a year", "起止之间的时间；0.5 即半年"), gt=0)]
Ahead = Annotated[float, Term(
    Text("Years", "年数"), YEARS,
    Text("Time from the start; 0.5 is half a year", "距起始的时间；0.5 即半年"), ge=0)]
Factor = Annotated[float, Term(
    Text("Annual factor", "年降价倍数"), TIMES_A_YEAR,
    Text("How many times cheaper it gets in a year; below 1 the price rises",
         "每年便宜到几分之一；小于 1 表示涨价"), gt=0)]
DiscountRate = Annotated[float, Term(
    Text("Discount rate", "折现率"), Text("fraction a year", "比例/年"),
    Text("Interest of a year at which later payments count less; 0.1 is 10 %",
         "后期付款按此年利率折现；0.1 即 10%"), ge=0)]

# Experience --------------------------------------------------------------------------------------

FirstCost = Annotated[float, Term(
    Text("First cost", "首件成本"), USD_PER_UNIT,
    Text("Cost of the first unit", "第一个单位的成本"), ge=0)]
CumulativeQuantity = Annotated[float, Term(
    Text("Cumulative quantity", "累计产量"), UNITS,
    Text("Units made so far, this one included", "迄今的累计产量（含本单位）"), gt=0)]
TotalledQuantity = Annotated[float, Term(
    Text("Cumulative quantity", "累计产量"), UNITS,
    Text("Units made so far; 0 before the first one", "迄今的累计产量；首件之前为 0"), ge=0)]
QuantityBefore = Annotated[float, Term(
    Text("Quantity before", "前期累计产量"), UNITS,
    Text("Cumulative quantity at the first point", "第一个点的累计产量"), gt=0)]
QuantityAfter = Annotated[float, Term(
    Text("Quantity after", "后期累计产量"), UNITS,
    Text("Cumulative quantity at the second point", "第二个点的累计产量"), gt=0)]
CostBefore = Annotated[float, Term(
    Text("Cost before", "前期成本"), USD_PER_UNIT,
    Text("Unit cost at the first point", "第一个点的单位成本"), gt=0)]
CostAfter = Annotated[float, Term(
    Text("Cost after", "后期成本"), USD_PER_UNIT,
    Text("Unit cost at the second point", "第二个点的单位成本"), gt=0)]
LearningRate = Annotated[float, Term(
    Text("Learning rate", "学习率"), FRACTION,
    Text("Share by which cost falls with each doubling; 0.2 is an 80 % curve",
         "产量每翻一番成本下降的比例；0.2 即 80% 曲线"), ge=0, lt=1)]
OutputGrowth = Annotated[float, Term(
    Text("Output growth", "产量增长"), Text("fraction a year", "比例/年"),
    Text("Growth of the cumulative quantity in a year; 1 is a doubling",
         "累计产量的年增长；1 即翻一番"), ge=0)]

# Trend and losses --------------------------------------------------------------------------------

PriceDate = Annotated[float, Term(
    Text("Date", "日期"), DAYS,
    Text("Date of each price, as a sheet has it: a serial number of days",
         "每个价格的日期，即表格中的日期序号"), ge=1, lt=1_000_000)]
PastPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price at each date", "各日期的价格"), gt=0)]
ForecastDate = Annotated[float, Term(
    Text("Forecast date", "预测日期"), DAYS,
    Text("Date of the forecast, a serial number of days", "预测的日期（日期序号）"),
    ge=1, lt=1_000_000)]
Confidence = Annotated[float, Term(
    Text("Confidence", "置信水平"), FRACTION,
    Text("Confidence of the interval; 0.9 is 90 %", "区间的置信水平；0.9 即 90%"), gt=0, lt=1)]
Independent = Annotated[bool, Term(
    Text("Independent", "相互独立"), FLAG,
    Text("Whether the interval takes prices for independent, as published ones mostly do, and does "
         "not allow for their following one another",
         "区间是否按价格相互独立计算（公开发表的区间多如此），而不考虑价格前后相关"))]

# Results -----------------------------------------------------------------------------------------

AnnualFactor = Annotated[float, Term(
    Text("Annual factor", "年降价倍数"), TIMES_A_YEAR,
    Text("How many times cheaper it gets in a year", "每年便宜到几分之一"))]
AnnualDecline = Annotated[float, Term(
    Text("Annual decline", "年降幅"), FRACTION,
    Text("Share by which the price falls in a year", "价格每年下降的比例"))]
HalfLife = Annotated[float, Term(
    Text("Half-life", "减半时间"), YEARS,
    Text("Time in which the price halves", "价格减半所需的时间"))]
DeclinedPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price after the decline", "下降后的价格"))]
PresentValue = Annotated[float, Term(
    Text("Present value", "现值"), Text("USD for one unit a year", "美元（每年一单位）"),
    Text("What buying one unit a year costs, as an amount today",
         "每年购买一单位的费用折合今天的金额"))]
ExperienceCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), USD_PER_UNIT,
    Text("Cost of a unit at that experience", "在该累计产量下的单位成本"))]
ExperienceTotal = Annotated[float, Term(
    Text("Total cost", "累计总成本"), USD,
    Text("Cost of all units so far", "迄今全部单位的成本"))]
FoundLearningRate = Annotated[float, Term(
    Text("Learning rate", "学习率"), FRACTION,
    Text("Share by which cost falls with each doubling", "产量每翻一番成本下降的比例"))]
TrendFigures = Annotated[float, Term(
    Text("Trend", "趋势"), TREND_UNITS,
    Text("Annual factor, its lower and upper limit, half-life, R², residual error, prices used",
         "年降价倍数、其下限与上限、减半时间、R²、残差标准误、价格个数"))]
ForecastPrice = Annotated[float, Term(
    Text("Forecast price", "预测价格"), USD_PER_UNIT,
    Text("Price on the trend, lower and upper limit of its prediction interval",
         "趋势上的价格、其预测区间的下限与上限"))]
