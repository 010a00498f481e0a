"""The vocabulary of the chapter on investment.

>>> from lmprice.language.terms import term
>>> term(InterestRate).broken_rule(-1)
'is not above -1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import PERIODS, USD
from lmprice.language.terms import Term, Text

# fmt: off

A_PERIOD = Text("fraction a period", "比例/期")
CashFlow = Annotated[float, Term(
    Text("Cash flow", "现金流"), USD,
    Text("What comes in (below 0: goes out), one row a period, the first row now",
         "收入（负数为支出），每期一行，第一行为现在"))]
InterestRate = Annotated[float, Term(
    Text("Discount rate", "折现率"), A_PERIOD,
    Text("Interest of a period at which later flows count less; 0.1 is 10 %",
         "后期现金流按此每期利率折现；0.1 即 10%"), gt=-1)]
FlowDiscountRate = Annotated[float, Term(
    Text("Discount rate", "折现率"), A_PERIOD,
    Text("Interest of a period at which later flows count less; 0 counts all of them in full",
         "后期现金流按此每期利率折现；0 即不折现"), ge=0)]
Horizon = Annotated[float, Term(
    Text("Periods", "期数"), PERIODS,
    Text("Periods in which the margin is earned", "赚取毛利的期数"), ge=0)]

# Results -----------------------------------------------------------------------------------------

NetPresentValue = Annotated[float, Term(
    Text("Net present value", "净现值"), USD,
    Text("What all the flows together are worth now", "全部现金流折合现在的价值"))]
InternalRate = Annotated[float, Term(
    Text("Internal rate of return", "内部收益率"), A_PERIOD,
    Text("Discount rate at which the flows are worth nothing", "使净现值为零的折现率"))]
