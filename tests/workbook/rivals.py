"""A scenario that uses every mechanism of a workbook: iteration, dates, charts of tables, steps."""

from __future__ import annotations

import datetime
from typing import Annotated, ClassVar

from lmprice.language.dates import date_term, serial
from lmprice.language.expression import exp, log, total, where
from lmprice.language.quantities import Profit, Quantity, UnitCost, UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.tables import Label, Row, Table, columns
from lmprice.scenarios.template import (
    Answer,
    Around,
    Curves,
    Forecast,
    Sensitivity,
    Span,
    Steps,
    TableChart,
    Template,
)

PRICE = term(UnitPrice)
QUALITY = Term(Text("Quality", "质量"), Text("utility", "效用"), Text("Quality", "质量"))
SCALE = Term(Text("Price scale", "价格尺度"), Text("USD", "美元"), Text("Mu", "尺度"), gt=0)
CUT = Term(Text("Cut", "降幅"), FRACTION, Text("Cut of the rivals", "对手降幅"), ge=0, le=1)
WEIGHT = Term(Text("Weight", "权重"), Text("number", "数"), Text("Attraction", "吸引力"))
SHARE = Term(Text("Share", "份额"), FRACTION, Text("Of the market", "市场占比"))
FACTOR = Term(Text("Fall", "降速"), Text("log per year", "对数/年"), Text("Rate", "速度"))
YEARS = Term(Text("Years ahead", "未来年数"), Text("years", "年"), Text("Horizon", "时长"), ge=0)
DAY = date_term(Text("Date", "日期"), Text("Day of the price", "价格日期"))
SIGNED = date_term(
    Text("Signed on", "签约日"),
    Text("Day of the contract", "合同签订日"),
    first=datetime.date(2020, 1, 1),
)
REACHED = date_term(Text("Half of it on", "半价日期"), Text("When half is reached", "何时减半"))
AHEAD = DAY.titled(Text("Forecast date", "预测日期"))


def priced(en: str, zh: str) -> Term:
    """The term of a price under a title."""
    return PRICE.titled(Text(en, zh))


class Rival(Row):
    """A firm of the market."""

    name: Annotated[str, Label(Text("Name", "名称"), Text("Name of the firm", "公司名称"))]
    quality: Annotated[float, QUALITY]
    unit_cost: UnitCost
    price: UnitPrice


class Quote(Row):
    """A price of the past."""

    date: Annotated[datetime.date, DAY]
    price: UnitPrice


MARKET = [
    Rival(name="A", quality=2.0, unit_cost=1.0, price=1.5),
    Rival(name="B", quality=2.0, unit_cost=1.0, price=1.6),
]
# The input price of OpenAI's flagship line, USD per million tokens.
HISTORY = [
    Quote(date=datetime.date(2023, 3, 14), price=30.0),
    Quote(date=datetime.date(2023, 11, 6), price=10.0),
    Quote(date=datetime.date(2024, 5, 13), price=5.0),
    Quote(date=datetime.date(2024, 8, 6), price=2.5),
    Quote(date=datetime.date(2025, 4, 14), price=2.0),
    Quote(date=datetime.date(2025, 8, 7), price=1.25),
]


class Rivals(Scenario):
    """Nash prices of a logit market, one firm's best price, and how a price falls."""

    template: ClassVar[Template] = Template(
        name="rivals",
        version=1,
        title=Text("Rivals", "竞争对手"),
        about=Text("What everyone charges in the end.", "最终各家的定价。"),
        example=Text("The duopoly of Calvano et al. (2020).", "Calvano 等（2020）的双寡头。"),
        sensitivity=Sensitivity(
            result="profit",
            rows=Around(("cut",), 0.05, is_absolute=True),
            columns=Around(("market",), 0.25),
        ),
        answer=Answer(("profit", "hold_profit", "share", "ahead_price")),
        curves=Curves(
            title=Text("Price ahead", "未来价格"),
            x=Span(("years",), 0.0, 2.0, 24),
            series=("ahead_price", "ahead_low"),
            is_log=True,
        ),
        more=(
            Steps(
                title=Text("Price war", "价格战"),
                sheet=Text("Price war", "价格战"),
                note=Text("Green: the better answer.", "绿色：更好的应对。"),
                x=Span(("cut",), 0.0, 0.9, 9),
                columns=("share", "hold_profit", "profit"),
                series=("hold_profit", "profit"),
                best=("hold_profit", "profit"),
            ),
            TableChart(
                title=Text("History and forecast", "历史与预测"),
                sheet=Text("Trend", "趋势"),
                table="history",
                x="date",
                points=("price",),
                lines=("fitted",),
                forecast=Forecast(
                    Span(("years",), 0.0, 2.0, 8),
                    "ahead_date",
                    ("ahead_price", "ahead_low"),
                ),
                is_log=True,
            ),
        ),
    )

    scale: Annotated[float, SCALE] = 0.25
    signed_on: Annotated[datetime.date, SIGNED] = datetime.date(2025, 8, 7)
    cut: Annotated[float, CUT] = 0.25
    market: Quantity = 1000.0
    years: Annotated[float, YEARS] = 1.0
    firms: Annotated[
        list[Rival], Table(Text("Firms", "公司"), Text("Who competes", "竞争者"))
    ] = MARKET  # fmt: skip
    history: Annotated[
        list[Quote], Table(Text("History", "历史"), Text("Prices of the past", "历史价格"))
    ] = HISTORY  # fmt: skip

    def results(self, out: Out) -> None:
        self._nash(out)
        self._war(out)
        self._trend(out)

    def _nash(self, out: Out) -> None:
        firms = columns(self.firms)
        out.section(Text("Nash", "纳什"))

        def step(price: float) -> float:
            weight = exp((firms.quality - price) / self.scale)
            weight = out.column("firms", "weight", weight, WEIGHT)
            weights = out("weights", total(weight), WEIGHT)
            share = weight / (weights + 1)
            return firms.unit_cost + self.scale + share * (price - firms.unit_cost)

        start = firms.unit_cost + self.scale
        nash = out.iterate("nash", step, start, 40, priced("Nash price", "纳什价格"), table="firms")
        out.column("firms", "margin", nash - firms.unit_cost, priced("Margin", "毛利"))

        # The price of a monopolist, p = c + mu (1 + e^((a - p) / mu)), by Newton's method.
        def newton(price: float) -> float:
            weight = out("weight", exp((2 - price) / self.scale), WEIGHT)
            gap = price - 1 - self.scale * (1 + weight)
            return price - gap / (1 + weight)

        out.iterate("monopoly", newton, self.scale + 1, 12, priced("Monopoly price", "垄断价格"))

    def _war(self, out: Out) -> None:
        firms = columns(self.firms)
        out.section(Text("War", "价格战"))
        # 0 in the empty rows, which a what-if adds up as well.
        is_firm = firms.price > 0
        cut = where(is_firm, exp((firms.quality - firms.price * (1 - self.cut)) / self.scale), 0)
        share = out("share", ratio_of(exp(1 / self.scale), total(cut)), SHARE)
        out("hold_profit", share * self.market * 0.5, term(Profit).titled(Text("Hold", "不变")))
        out("profit", self.market * self.cut * 0.5, term(Profit).titled(Text("Match", "跟进")))
        of_firm = exp(firms.quality / self.scale)
        attraction = out.column("firms", "attraction", of_firm, WEIGHT)
        out.column("firms", "part", attraction / total(attraction), SHARE)

    def _trend(self, out: Out) -> None:
        history = columns(self.history)
        out.section(Text("Trend", "趋势"))
        signed = serial(self.signed_on)
        age = (serial(history.date) - signed) / 365.25
        age = out.column("history", "age", age, YEARS)
        logs = out.column("history", "log_price", log(history.price / 1.25), FACTOR)
        # Through the price at signing, for simplicity: least squares of log price over age.
        both = out.column("history", "product", age * logs, FACTOR)
        square = out.column("history", "square", age * age, FACTOR)
        rate = out("rate", total(both) / total(square), FACTOR)
        fitted = 1.25 * exp(rate * age)
        out.column("history", "fitted", fitted, priced("Fitted", "拟合"))
        wait = out("wait", -0.7 / rate, YEARS)
        out("reached", signed + wait * 365.25, REACHED)
        out("never", signed + wait * 1e9, REACHED.titled(Text("Never", "永不")))
        out("ahead_date", signed + self.years * 365.25, AHEAD)
        price = out("ahead_price", 1.25 * exp(rate * self.years), priced("Ahead", "预测"))
        out("ahead_low", price / (1 + self.years), priced("Ahead, low", "预测下限"))


def ratio_of(own: float, others: float) -> float:
    """The share of one attraction."""
    return own / (own + others)
