"""The quantities of the months: what is filled in for them, their columns, what they come to."""

from __future__ import annotations

import datetime
from typing import Annotated

from lmprice.language.dates import date_term
from lmprice.language.quantities import MTOK, USD, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text
from lmprice.scenarios.tables import MONTHS

LEAST_MONTHS = 12
MONTH_NUMBER = Text("month", "月序号")

# fmt: off
# Inputs -------------------------------------------------------------------------------------------

FirstDay = Annotated[datetime.date, date_term(
    Text("First month", "首月"),
    Text("First day of the first month; months are calendar months from that day on",
         "首月的第一天；此后各月均为自该日起的自然月"))]
Horizon = Annotated[float, Term(
    Text("Months ahead", "展望月数"), Text("months", "个月"),
    Text("Months that the results look ahead, 12 to 36", "结果所展望的月数，12 至 36"),
    ge=LEAST_MONTHS, le=MONTHS)]
VolumeGrowth = Annotated[float, Term(
    Text("Volume growth per year", "用量年增长率"), FRACTION,
    Text("Growth of the volume within a year, in equal monthly steps; 1 is 100 %, twice as much",
         "用量一年内的增长，逐月等比；1 即 100%，翻一倍"), gt=-1, usual=(-0.9, 5.0))]
PriceDecline = Annotated[float, Term(
    Text("Price decline per year", "价格年降幅"), FRACTION,
    Text("Share by which prices fall within a year, in equal monthly steps",
         "价格一年内下降的比例，逐月等比"), lt=1, usual=(-0.5, 0.99))]
CostDecline = Annotated[float, Term(
    Text("Cost decline per year", "成本年降幅"), FRACTION,
    Text("Share by which the cost of a token falls within a year, in equal monthly steps",
         "每 token 成本一年内下降的比例，逐月等比"), lt=1, usual=(-0.5, 0.99))]
Upfront = Annotated[float, Term(
    Text("Spent before the first month", "首月之前的支出"), USD,
    Text("What the months have to pay back: training, development, launch",
         "各月需要收回的支出：训练、研发、发布"), ge=0)]

# The columns of the months ------------------------------------------------------------------------

NUMBER = Term(Text("Month", "月份"), Text("number", "序号"),
              Text("Number of the month", "月份序号"), is_whole=True)
MONTH = date_term(Text("From", "起始日"), Text("First day of the month", "该月第一天"))
DAYS_OF_MONTH = Term(
    Text("Days", "天数"), Text("days", "天"), Text("Days of the month", "该月天数"), is_whole=True)
VOLUME = Term(
    Text("Volume", "用量"), MTOK, Text("Tokens of the month", "该月的 token 用量"))
PRICE = Term(
    Text("Price", "价格"), USD_PER_MTOK, Text("Revenue over volume", "收入除以用量"))
UNIT_COST = Term(
    Text("Unit cost", "单位成本"), USD_PER_MTOK, Text("Cost over volume", "成本除以用量"))
REVENUE = Term(Text("Revenue", "收入"), USD, Text("Of the month", "该月收入"))
COST = Term(Text("Cost", "成本"), USD, Text("All cost of the month", "该月全部成本"))
PROFIT = Term(Text("Profit", "利润"), USD, Text("Of the month", "该月利润"))
CASH = Term(
    Text("Cumulative cash", "累计现金"), USD,
    Text("All profit so far less what was spent before", "至今利润之和减去首月之前的支出"))
COUNTED = Term(
    Text("Profit within the horizon", "展望期内利润"), USD,
    Text("0 in later months", "之后各月为 0"))
TIED_UP = Term(
    Text("Cash within the horizon", "展望期内现金"), USD, Text("0 in later months", "之后各月为 0"))
PAID = Term(
    Text("Paid back by", "已收回"), MONTH_NUMBER,
    Text("The month where cash is not below 0, else one beyond the last",
         "现金不低于 0 时为该月序号，否则为末月之后"), is_whole=True)
LOSSY = Term(
    Text("Loss in", "亏损"), MONTH_NUMBER,
    Text("The month where it loses money, else one beyond the last",
         "该月亏损时为其序号，否则为末月之后"), is_whole=True)

# Results ------------------------------------------------------------------------------------------

CASH_END = Term(
    Text("Cash at the end", "期末现金"), USD,
    Text("Profit of the months ahead less what was spent before",
         "展望期内各月利润之和减去首月之前的支出"))
FUNDING = Term(
    Text("Cash tied up at most", "最大资金占用"), USD,
    Text("The most that has been spent and not yet earned back", "已支出而尚未收回的最大金额"))
BREAKEVEN_MONTH = Term(
    Text("Breakeven month", "盈亏平衡月份"), MONTH_NUMBER,
    Text("First month at whose end all spending is earned back; none within the months ahead: #N/A",
         "累计现金首次不低于零的月份；展望期内没有则为 #N/A"), is_whole=True)
BREAKEVEN_DATE = date_term(
    Text("Breakeven month from", "盈亏平衡月份起始日"),
    Text("First day of the breakeven month", "盈亏平衡月份的第一天"))
FIRST_LOSS_MONTH = Term(
    Text("First month with a loss", "首个亏损月份"), MONTH_NUMBER,
    Text("Where price falls faster than cost; none within the months ahead: #N/A",
         "价格降速快于成本时出现；展望期内没有则为 #N/A"), is_whole=True)
