"""Price decline: how fast a price falls, how sure that is, and whether to lock it in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from lmprice.chapters.decline import functions as decline
from lmprice.chapters.decline.cautions import CAUTIONS, Figures, between_levels
from lmprice.chapters.decline.fit import fit_decline
from lmprice.chapters.decline.quantities import AnnualDecline, HalfLife
from lmprice.chapters.decline.swings import DEGREES, TINY, WIDENING
from lmprice.chapters.decline.trend_fit import DAYS_A_YEAR, LARGEST_LOG, TrendFit
from lmprice.language.dates import months_later, serial
from lmprice.language.expression import (
    count,
    exp,
    largest,
    log,
    nan,
    ratio,
    smallest,
    sqrt,
    t_quantile,
    total,
    where,
)
from lmprice.language.terms import Term, Text, term
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.price_decline import terms
from lmprice.scenarios.tables import Label, Row, Table, columns, previous
from lmprice.scenarios.template import (
    Answer,
    Around,
    Comparison,
    Curves,
    Forecast,
    Mark,
    Sensitivity,
    Span,
    TableChart,
    Template,
)
from lmprice.scenarios.verdicts import Tone

MONTHS_A_YEAR = 12
_EXACT = 1e-18  # what a line leaves of a price's logarithm, squared, where it is exact


class PastPrice(Row):
    """A price of the history."""

    date: terms.PriceDay
    price: terms.HistoryPrice
    note: Annotated[
        str,
        Label(
            Text("What it is the price of", "价格对应的产品"),
            Text("Model, product or source of the price", "模型、产品或价格来源"),
        ),
    ] = ""


# Epoch AI, "LLM inference prices have fallen rapidly but unequally across tasks" (2025): the lowest
# price of a model with at least the MMLU score of GPT-3.5, three input tokens to one output token.
HISTORY = [
    PastPrice(date=date(2022, 11, 30), price=20.0, note="GPT-3.5"),
    PastPrice(date=date(2023, 3, 6), price=2.0, note="GPT-3.5 Turbo"),
    PastPrice(date=date(2023, 11, 6), price=0.75, note="GPT-3.5 Turbo 1106"),
    PastPrice(date=date(2024, 3, 4), price=0.5, note="Claude 3 Haiku"),
    PastPrice(date=date(2024, 5, 10), price=0.13, note="Gemini 1.5 Flash"),
    PastPrice(date=date(2024, 7, 23), price=0.1, note="Llama 3.1 8B"),
    PastPrice(date=date(2024, 10, 3), price=0.07, note="Gemini 1.5 Flash 8B"),
]


class PriceDecline(Scenario):
    """The trend of a price from its history, a forecast, and what locking the price in is worth.

    Examples
    --------
    Epoch AI publishes 15.83 times a year, with a 90 % interval from 8.05 to 31.1.

    >>> trend = PriceDecline(errors="independent").evaluate()
    >>> [round(trend[key], 2) for key in ("factor", "factor_low", "factor_high")]
    [15.83, 8.05, 31.11]
    """

    template: ClassVar[Template] = Template(
        name="price-decline",
        version=2,
        title=Text("Price decline", "价格下降"),
        about=Text(
            "How fast does a price fall, how sure is that, what will it be, and is it worth "
            "locking in? One line is fitted to the logarithm of all prices (least squares), so a "
            "history whose trend breaks is better cut at the break; fit_decline in Python finds "
            "breaks. A forecast says what happens if the trend goes on.",
            "价格下降有多快，把握有多大，未来会是多少，是否值得锁定？"
            "对全部价格的对数拟合一条直线（最小二乘法），因此趋势有转折的历史最好在转折处截断；"
            "Python 中的 fit_decline 可以找出转折。预测的前提是趋势延续。",
        ),
        example=Text(
            "The history is what Epoch AI collected (LLM inference prices have fallen rapidly but "
            "unequally across tasks, March 2025): the lowest price of a model with at least the "
            "MMLU score of GPT-3.5, three input tokens to one output token. The factor of 15.83 "
            "times a year and R² of 0.93 are the published ones, and so is the interval from 8.05 "
            "to 31.1 that errors taken for independent give. "
            "The contract is made up for illustration.",
            "历史数据由 Epoch AI 收集（LLM inference prices have fallen rapidly but unequally "
            "across tasks，2025 年 3 月）：MMLU 得分不低于 GPT-3.5 的模型的最低价格，"
            "输入与输出 token 按 3:1 计。每年 15.83 倍的降幅、8.05 至 31.1 的区间以及 0.93 的 R² "
            "均与其公布的数值一致（区间为误差选“相互独立”时所得）。合同部分为说明而虚构。",
        ),
        sensitivity=Sensitivity(
            result="lock_saving",
            rows=Around(("months",), 3.0, is_absolute=True),
            columns=Around(("lock_discount",), 0.1, is_absolute=True),
        ),
        curves=Curves(
            title=Text("Discount that a contract must give", "合同应给出的折扣"),
            x=Span(("months",), 1.0, 37.0, 36, is_whole=True),
            series=("breakeven_discount", "slow_discount", "fast_discount"),
            marks=(Mark(Text("Offered", "已提供"), "months", "lock_discount"),),
            headline=Text("A contract of {months} months must give {breakeven_discount} off",
                          "{months} 个月的合同应给出 {breakeven_discount} 的折扣"),
            sheet=Text("Discount", "所需折扣"),
        ),
        more=(
            TableChart(
                title=Text("Prices and their trend, to a year ahead", "价格及其趋势（至未来一年）"),
                sheet=Text("Trend", "趋势"),
                table="history",
                x="date",
                points=("price",),
                lines=("trend", "low", "high"),
                forecast=Forecast(
                    Span(("months",), 0.0, 12.0, 12, is_whole=True),
                    "end_date",
                    ("end_price", "end_low", "end_high"),
                ),
                is_log=True,
            ),
            Comparison(
                title=Text("Lock the price in, or pay as it falls?", "锁定价格，还是随市付款？"),
                sheet=Text("Lock-in", "锁价决策"),
                alternatives=terms.CHOICES,
                columns=terms.COMPARED,
                best="saving",
                chart="trend",
            ),
        ),
        low={"months": 0.5},
        high={"months": 2.0},
        answer=Answer(
            ("lock_saving", "factor", "half_life_days", "forecast_price", "breakeven_discount")
        ),
    )  # fmt: skip

    confidence: terms.Confidence = 0.9
    errors: terms.ErrorsTaken = "autocorrelated"
    forecast_date: terms.ForecastDay = date(2025, 10, 3)
    start_date: terms.StartDay = date(2024, 10, 3)
    months: terms.Months = 12.0
    current_price: terms.CurrentPrice = 0.07
    lock_discount: terms.LockDiscount = 0.3
    usage: terms.MonthlyUsage = 100_000.0
    discount_rate: terms.YearlyDiscountRate = 0.1
    history: Annotated[
        list[PastPrice],
        Table(
            Text("History", "历史价格"),
            Text("Prices of the past in any order, each of them once",
                 "过去的价格，顺序不限，每个价格只填一次"),
        ),
    ] = HISTORY  # fmt: skip

    def fit(self) -> TrendFit:
        """The history as `fit_decline` fits it, with its breaks.

        >>> round(PriceDecline().fit().annual_factor, 2)
        15.83
        """
        dates, prices = zip(*((row.date, row.price) for row in self.history), strict=True)
        return fit_decline(
            dates, prices, confidence=self.confidence, basis="lineage", errors=self.errors
        )

    def results(self, out: Out) -> None:  # noqa: D102
        fit = _Fit(self, out)
        out.section(Text("Forecast", "预测"))
        fit.predict("forecast", serial(self.forecast_date), Text("Forecast", "预测"))
        out.section(Text("At the end of the contract", "合同到期时"))
        end = out("end_date", months_later(serial(self.start_date), self.months), terms.END_DATE)
        fit.predict("end", end, Text("Contract end", "合同到期"))
        self._lock_in(out, fit)

    def _lock_in(self, out: Out, fit: _Fit) -> None:
        """A price locked in against one that falls by the trend, or by the limits of its factor."""
        out.section(Text("Locking in", "锁定价格"))
        years = self.months / MONTHS_A_YEAR

        def value(price: float, factor: float) -> float:
            return decline.declining_price_value(price, factor, years, self.discount_rate)

        start = self.current_price
        out("locked_price", start * (1 - self.lock_discount), terms.LOCKED_PRICE)
        level = out("level_value", value(start, 1), terms.LEVEL_VALUE)
        trend = out("trend_value", value(start, fit.factor), terms.TREND_VALUE)
        slow = out("slow_value", value(start, fit.low), terms.SLOW_VALUE)
        fast = out("fast_value", value(start, fit.high), terms.FAST_VALUE)
        least = out("breakeven_discount", 1 - ratio(trend, level), terms.BREAKEVEN_DISCOUNT)
        out("slow_discount", 1 - ratio(slow, level), terms.SLOW_DISCOUNT)
        out("fast_discount", 1 - ratio(fast, level), terms.FAST_DISCOUNT)
        out("breakeven_price", start * (1 - least), terms.BREAKEVEN_PRICE)

        yearly = self.usage * MONTHS_A_YEAR
        contract = yearly * level * (1 - self.lock_discount)
        costs = {
            "lock": dict.fromkeys(("slow", "trend", "fast"), contract),
            "market": {"slow": yearly * slow, "trend": yearly * trend, "fast": yearly * fast},
        }
        for choice, name in terms.CHOICES.items():
            out.section(name)
            titled = terms.compared(choice)
            for key, cost in costs[choice].items():
                costs[choice][key] = out(f"{choice}_{key}", cost, titled[key])
        saving = costs["market"]["trend"] - costs["lock"]["trend"]
        saving = out("lock_saving", saving, terms.compared("lock")["saving"])
        out("market_saving", -saving, terms.compared("market")["saving"])
        out.verdict(saving > 0, terms.LOCK_IN, Tone.GOOD)
        out.verdict(saving <= 0, terms.DO_NOT_LOCK_IN, Tone.CAUTION)
        out.verdict(True, terms.NO_TREND, Tone.CAUTION)


class _Fit:
    """The least squares line through the logarithms of the prices, as reported.

    A row that is not filled in has a price of 0 in a sheet, and no part in any sum.
    """

    def __init__(self, scenario: PriceDecline, out: Out) -> None:
        self._out = out
        history = columns(scenario.history)
        self._price = history.price
        self._is_price = history.price > 0
        self._is_independent = scenario.errors == "independent"
        dates = serial(history.date)
        self._describe(dates)
        self._regress(dates)
        self._swing(dates)
        self._judge(scenario.confidence)
        self._follow(dates)
        self._caution()
        price, off = self._prediction(dates)
        price = out.column("history", "trend", price, terms.FITTED)
        off = out.column("history", "off", off, terms.OFF)
        out.column("history", "low", price / off, terms.LOW)
        out.column("history", "high", price * off, terms.HIGH)

    def _describe(self, dates: float) -> None:
        out = self._out
        out.section(Text("History", "历史"))
        self.count = out("price_count", count(self._price), terms.PRICE_COUNT)
        first = out("first_date", smallest(dates), terms.FIRST_DATE)
        last = out("last_date", largest(dates), terms.LAST_DATE)
        self._span = last - first
        self._mean_date = out("mean_date", ratio(total(dates), self.count), terms.MEAN_DATE)
        logs = self._sum(log(self._price))
        self._mean_price = out("mean_price", exp(ratio(logs, self.count)), terms.MEAN_PRICE)
        squares = self._sum(self._years(dates) ** 2)
        self._spread = out("spread", sqrt(ratio(squares, self.count)), terms.SPREAD)

    def _regress(self, dates: float) -> None:
        out, years = self._out, self._years(dates)
        out.section(Text("Regression", "回归"))
        logs = log(self._price / self._mean_price)
        slope = ratio(self._sum(years * logs), self.count * self._spread**2)
        slope = self._slope = out("slope", slope, terms.SLOPE)
        unexplained = out("unexplained", self._sum((logs - slope * years) ** 2), terms.UNEXPLAINED)
        self._unexplained = unexplained
        varies = largest(self._price) > smallest(self._price)
        share = where(varies, 1 - unexplained / self._sum(logs**2), nan)
        out("r_squared", share, terms.R_SQUARED)
        degrees = self.count - 2
        error = sqrt(ratio(unexplained, degrees))
        self._error = out("residual_error", error, terms.RESIDUAL_ERROR)
        self._degrees = degrees

    def _swing(self, dates: float) -> None:
        """How far prices swing around the line: by polynomials orthogonal to it, one after another.

        That is `lmprice.chapters.decline.swings` without a matrix (Stieltjes' recurrence).
        """
        out = self._out

        def unless_vanished(size: float, value: float) -> float:
            """The value, 0 where there are too few dates for that polynomial."""
            is_seen = where(size > TINY * self.count, value, 0)
            return where(self._spread > 0, is_seen, nan)

        out.section(Text("Swings around the trend", "围绕趋势的波动"))
        one = where(self._spread > 0, self._spread * DAYS_A_YEAR, nan)
        time = (dates - self._mean_date) / out("date_spread", one, terms.DATE_SPREAD)
        # What the line leaves: a polynomial that is small meets no rounding of the large part.
        left = log(self._price / self._mean_price) - self._slope * self._years(dates)
        before, polynomial, size, shrink = 1.0, time, self.count, 1.0
        squares = swings = 0.0
        for degree in DEGREES:
            center = unless_vanished(size, ratio(self._sum(time * polynomial**2), size))
            center = out(f"center_{degree}", center, terms.center(degree))
            before, polynomial = polynomial, (time - center) * polynomial - shrink * before
            larger, size = size, out(f"size_{degree}", self._sum(polynomial**2), terms.size(degree))
            if degree < DEGREES[-1]:
                shrink = unless_vanished(larger, ratio(size, larger))
                shrink = out(f"shrink_{degree}", shrink, terms.shrink(degree))
            found = out(f"swing_{degree}", self._sum(polynomial * left), terms.swing(degree))
            squares += unless_vanished(size, ratio(found**2, size))
            swings += unless_vanished(size, 1)
        self._swings = out("swing_count", swings, terms.SWING_COUNT)
        error = sqrt(ratio(squares, self._swings))
        self._swing_error = out("swing_error", error, terms.SWING_ERROR)

    def _judge(self, confidence: float) -> None:
        out, slope = self._out, self._slope
        out.section(Text("Trend", "趋势"))

        def t_value(key: str, degrees: float, of: Term) -> float:
            return out(key, where(degrees > 0, t_quantile(confidence, degrees), nan), of)

        self._t_one = t_value("t_one", self._degrees, terms.T_ONE)
        degrees = where(self._is_independent, self._degrees, self._swings)
        self._t_value = t_value("t_value", degrees, terms.T_VALUE)
        error = where(self._is_independent, self._error, WIDENING * self._swing_error)
        self._line_error = out("line_error", error, terms.LINE_ERROR)
        of_slope = ratio(self._line_error, self._spread * sqrt(self.count))
        half = self._half = self._t_value * out("slope_error", of_slope, terms.STANDARD_ERROR)
        self.factor = out("factor", _exponential(-slope), terms.FACTOR)
        self.low = out("factor_low", _exponential(-slope - half), terms.FACTOR_LOW)
        self.high = out("factor_high", _exponential(half - slope), terms.FACTOR_HIGH)
        out("annual_decline", decline.annual_decline(self.factor), term(AnnualDecline))
        halved = out("half_life", decline.half_life(self.factor), term(HalfLife))
        out("half_life_days", halved * DAYS_A_YEAR, terms.HALF_LIFE_DAYS)

    def _follow(self, dates: float) -> None:
        """Whether each price beside the trend is like the one before it."""
        out, logs = self._out, log(self._price / self._mean_price)
        residual = logs - self._slope * self._years(dates)
        residual = out.column("history", "residual", residual, terms.RESIDUAL)
        product = out.column("history", "follows", residual * previous(residual, 0), terms.FOLLOWS)
        is_late = where(dates < previous(dates, 0), 1, 0)
        late = total(out.column("history", "late", is_late, terms.LATE, is_alarm=True))
        out.warn(late > 0, terms.NOT_SORTED)
        is_known = where(late < 1, where(self._unexplained > self.count * _EXACT, 1, 0), 0)
        follows = where(is_known > 0, ratio(total(product), self._unexplained), nan)
        self._autocorrelation = out("autocorrelation", follows, terms.AUTOCORRELATION)

    def _caution(self) -> None:
        lowest, highest = smallest(self._price), largest(self._price)
        logs = log(where(self._is_price, self._price, lowest))
        between = where(self.count > 0, between_levels(logs, log(lowest), log(highest)), nan)
        figures = Figures(
            count=self.count,
            days=self._span,
            varies=highest > lowest,
            slope=self._slope,
            half=self._half,
            dates=2 + self._swings,
            is_independent=self._is_independent,
            autocorrelation=self._autocorrelation,
            between=self._out("between", between, terms.BETWEEN),
        )
        for caution in CAUTIONS:
            self._out.warn(caution.holds(figures), caution.text)

    def predict(self, key: str, day: float, name: Text) -> None:
        """Report the price on the trend at a day, and the limits between which it will lie."""
        price_term, off_term, low_term, high_term = terms.predicted(*name)
        price, off = self._prediction(day)
        price = self._out(f"{key}_price", price, price_term)
        off = self._out(f"{key}_off", off, off_term)
        self._out(f"{key}_low", price / off, low_term)
        self._out(f"{key}_high", price * off, high_term)

    def _prediction(self, day: float) -> tuple[float, float]:
        """The price on the trend, and how many times one price may be off."""
        years = self._years(day)
        leverage = (1 + ratio(years, self._spread) ** 2) / self.count
        of_line = (self._t_value * self._line_error) ** 2 * leverage
        off = _exponential(sqrt(of_line + (self._t_one * self._error) ** 2))
        return _exponential(log(self._mean_price) + self._slope * years), off

    def _years(self, day: float) -> float:
        return (day - self._mean_date) / DAYS_A_YEAR

    def _sum(self, column: float) -> float:
        return total(where(self._is_price, column, 0))


def _exponential(logarithm: float) -> float:
    return where(logarithm**2 < LARGEST_LOG**2, exp(logarithm), nan)
