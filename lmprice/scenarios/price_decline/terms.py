"""The quantities of the price decline template that no other chapter has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from lmprice.chapters.decline.quantities import DAYS, YEARS, AnnualFactor
from lmprice.language.dates import date_term
from lmprice.language.quantities import MTOK, USD, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Choice, Term, Text, term

TIMES = Text("times", "倍")
LOG_A_YEAR = Text("log price a year", "对数价格/年")
LOG_PRICE = Text("log price", "对数价格")

# fmt: off
# The history --------------------------------------------------------------------------------------

PriceDay = Annotated[date, date_term(
    Text("Date", "日期"), Text("Day from which the price was to be had", "该价格开始生效的日期"))]
HistoryPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_MTOK,
    Text("Price of a million tokens from that day", "自该日起每百万 token 的价格"), gt=0)]

# Inputs -------------------------------------------------------------------------------------------

Confidence = Annotated[float, Term(
    Text("Confidence", "置信水平"), FRACTION,
    Text("Confidence of all intervals", "所有区间的置信水平"), gt=0, lt=1)]
ErrorsTaken = Annotated[
    Literal["autocorrelated", "independent"],
    Choice(
        Text("Errors", "误差"),
        Text("What intervals take prices beside the trend for: such that follow one another, or "
             "independent ones, as published intervals mostly do",
             "计算区间时如何看待偏离趋势的价格：前后相关，或相互独立（公开发表的区间多如此）"),
        {"autocorrelated": Text("autocorrelated", "自相关"),
         "independent": Text("independent", "相互独立")},
    ),
]
ForecastDay = Annotated[date, date_term(
    Text("Forecast date", "预测日期"), Text("Day to forecast the price of", "要预测价格的日期"))]
StartDay = Annotated[date, date_term(
    Text("Contract starts on", "合同起始日"),
    Text("Day from which a contract would lock the price in", "合同锁定价格的起始日期"))]
Months = Annotated[float, Term(
    Text("Contract length", "合同期限"), Text("months", "个月"),
    Text("Months for which the contract would lock the price in", "合同锁定价格的月数"),
    ge=0, le=120)]
CurrentPrice = Annotated[float, Term(
    Text("Price at the start", "起始价格"), USD_PER_MTOK,
    Text("Price without a contract on the day it would start; from there it follows the trend",
         "合同起始日不签合同的价格，此后随趋势变化"), gt=0)]
LockDiscount = Annotated[float, Term(
    Text("Contract discount", "合同折扣"), FRACTION,
    Text("Off the price at the start, in return for the price being locked in",
         "以锁定价格换取的折扣，按起始价格计"), ge=0, lt=1)]
MonthlyUsage = Annotated[float, Term(
    Text("Usage per month", "每月用量"), MTOK,
    Text("Tokens bought each month, with or without the contract",
         "每月购买的 token，与是否签约无关"),
    ge=0)]
YearlyDiscountRate = Annotated[float, Term(
    Text("Discount rate", "折现率"), FRACTION,
    Text("Yearly rate at which later payments count less", "后期付款按此年利率折现"), ge=0,
    usual=(0.0, 0.5))]

# The history in figures ---------------------------------------------------------------------------

PRICE_COUNT = Term(
    Text("Prices", "价格个数"), Text("prices", "个"), Text("Rows of the history", "历史的行数"),
    is_whole=True)
FIRST_DATE = date_term(Text("First date", "最早日期"), Text("Of the history", "历史中最早的日期"))
LAST_DATE = date_term(Text("Last date", "最晚日期"), Text("Of the history", "历史中最晚的日期"))
MEAN_DATE = date_term(
    Text("Mean date", "平均日期"), Text("Where the time of the fit counts from", "拟合的时间原点"))
MEAN_PRICE = Term(
    Text("Geometric mean price", "几何平均价格"), USD_PER_MTOK,
    Text("The price on the trend at the mean date", "趋势线在平均日期的价格"))
SPREAD = Term(
    Text("Spread of the dates", "日期的离散程度"), YEARS,
    Text("Standard deviation of the dates, in years of 365 days",
         "各日期的标准差，一年按 365 天计"))

# The fit ------------------------------------------------------------------------------------------

SLOPE = Term(
    Text("Slope", "斜率"), LOG_A_YEAR,
    Text("Change of the natural logarithm of the price in a year, by least squares",
         "价格自然对数的年变化，最小二乘法"))
UNEXPLAINED = Term(
    Text("Sum of squared residuals", "残差平方和"), Text("log price squared", "对数价格的平方"),
    Text("What the line leaves of the logarithms of the prices", "拟合线未能解释的部分"))
R_SQUARED = Term(
    Text("R²", "R²"), FRACTION,
    Text("Share of the variance of the logarithm that the trend explains",
         "趋势所解释的对数方差的比例"))
RESIDUAL_ERROR = Term(
    Text("Residual error", "残差标准误"), LOG_PRICE,
    Text("Standard deviation of the logarithm beside the trend: 0.1 is about 10 %",
         "对数价格偏离趋势的标准差：0.1 约为 10%"))
STANDARD_ERROR = Term(
    Text("Standard error of the slope", "斜率的标准误"), LOG_A_YEAR,
    Text("How sure the slope is", "斜率的可靠程度"))
T_ONE = Term(
    Text("t quantile of one price", "单个价格的 t 分位数"), Text("standard errors", "个标准误"),
    Text("Residual errors to either side that the confidence asks for (Student's t)",
         "置信水平所要求的两侧残差标准误个数（学生 t 分布）"))
T_VALUE = Term(
    Text("t quantile of the line", "趋势线的 t 分位数"), Text("standard errors", "个标准误"),
    Text("Standard errors to either side that the confidence asks for (Student's t)",
         "置信水平所要求的两侧标准误个数（学生 t 分布）"))
LINE_ERROR = Term(
    Text("Error of the line", "趋势线的误差"), LOG_PRICE,
    Text("The residual error where errors are independent; otherwise 1.3 times the size of the "
         "swings, as simulations ask for",
         "误差相互独立时为残差标准误，否则为波动幅度的 1.3 倍（由模拟确定）"))

# Swings -------------------------------------------------------------------------------------------

DATE_SPREAD = Term(
    Text("Spread of the dates in days", "日期离散程度（天）"), DAYS,
    Text("Unit of time of the polynomials", "多项式的时间单位"))
SWING_COUNT = Term(
    Text("Swings", "波动个数"), Text("polynomials", "个多项式"),
    Text("Polynomials of degree 2 to 4 that the dates tell apart",
         "日期所能区分的 2 至 4 次多项式个数"), is_whole=True)
SWING_ERROR = Term(
    Text("Size of the swings", "波动幅度"), LOG_PRICE,
    Text("Root mean square of the swings: the error of a line whose prices follow one another",
         "各波动的均方根：价格前后相关时趋势线的误差"))
RESIDUAL = Term(
    Text("Beside the trend", "偏离趋势"), LOG_PRICE,
    Text("Logarithm of the price less that of the trend", "价格对数减去趋势对数"))
FOLLOWS = Term(
    Text("Times the one before", "与前一偏离之积"), Text("log price squared", "对数价格的平方"),
    Text("Above 0 where a price lies on the side of the trend of the one before",
         "大于 0 表示与前一价格位于趋势的同一侧"))
LATE = Term(
    Text("Out of order", "顺序有误"), Text("1: yes", "1：是"),
    Text("Whether the date is before that of the row above", "日期是否早于上一行"))
AUTOCORRELATION = Term(
    Text("Autocorrelation", "自相关"), Text("correlation", "相关系数"),
    Text("Correlation of prices beside the trend with those before them; rows in order of date",
         "偏离趋势的价格与其前一价格的相关系数（须按日期排列）"))
BETWEEN = Term(
    Text("Prices between two levels", "处于两个水平之间的价格"), Text("prices", "个"),
    Text("Prices that are neither near the lowest nor near the highest one",
         "既不接近最低也不接近最高的价格个数"), is_whole=True)
NOT_SORTED = Text(
    "The history is not in order of date: sort it to see whether prices follow one another.",
    "历史未按日期排列：排序后才能看出价格是否前后相关。")

FACTOR = term(AnnualFactor).titled(
    Text("Annual factor", "年降价倍数"),
    Text("How many times cheaper it gets in a year; below 1 the price rises",
         "每年便宜到几分之一；小于 1 表示涨价"))
FACTOR_LOW = FACTOR.titled(
    Text("Annual factor, lower limit", "年降价倍数下限"),
    Text("Slowest fall that the prices leave plausible", "历史价格所支持的最慢降速"))
FACTOR_HIGH = FACTOR.titled(
    Text("Annual factor, upper limit", "年降价倍数上限"),
    Text("Fastest fall that the prices leave plausible", "历史价格所支持的最快降速"))
HALF_LIFE_DAYS = Term(
    Text("Half-life in days", "减半天数"), DAYS,
    Text("Days in which the price halves", "价格减半所需的天数"))

# On the trend -------------------------------------------------------------------------------------

FITTED = Term(
    Text("Trend", "趋势"), USD_PER_MTOK, Text("Price on the trend that day", "趋势线当日的价格"))
OFF = Term(
    Text("Interval factor", "区间倍数"), TIMES,
    Text("How many times above or below the trend one price may lie",
         "单个价格可能高于或低于趋势的倍数"))
LOW = Term(
    Text("Lower limit", "下限"), USD_PER_MTOK,
    Text("Below it one price hardly lies: the prediction interval", "预测区间的下限"))
HIGH = Term(
    Text("Upper limit", "上限"), USD_PER_MTOK,
    Text("Above it one price hardly lies: the prediction interval", "预测区间的上限"))


def predicted(en: str, zh: str) -> tuple[Term, Term, Term, Term]:
    """Price, interval factor and limits of a prediction, named after it."""
    price = FITTED.titled(
        Text(f"{en}: price", f"{zh}：价格"),
        Text("Price on the trend: as likely too high as too low", "趋势价格：偏高与偏低的可能各半"))
    return (
        price,
        OFF.titled(Text(f"{en}: interval factor", f"{zh}：区间倍数")),
        LOW.titled(Text(f"{en}: lower limit", f"{zh}：下限")),
        HIGH.titled(Text(f"{en}: upper limit", f"{zh}：上限")),
    )


END_DATE = date_term(
    Text("End of the contract", "合同到期日"),
    Text("Start and length of the contract", "起始日加合同期限"))

# Locking in ---------------------------------------------------------------------------------------

_ONE_MONTHLY = Text("USD for one million tokens a year", "美元（每年一百万 token）")
LOCKED_PRICE = Term(
    Text("Contract price", "合同价格"), USD_PER_MTOK,
    Text("Price at the start less the contract discount", "起始价格减去合同折扣"))
LEVEL_VALUE = Term(
    Text("Present value, price at the start", "起始价格不变的现值"), _ONE_MONTHLY,
    Text("What the length of the contract costs if the price does not fall",
         "合同期内价格不变时的费用现值"))
TREND_VALUE = Term(
    Text("Present value, falling price", "价格下降的现值"), _ONE_MONTHLY,
    Text("What it costs if the price falls by the trend", "价格随趋势下降时的费用现值"))
SLOW_VALUE = TREND_VALUE.titled(
    Text("Present value, slow fall", "慢速下降的现值"),
    Text("At the lower limit of the annual factor", "按年降价倍数下限"))
FAST_VALUE = TREND_VALUE.titled(
    Text("Present value, fast fall", "快速下降的现值"),
    Text("At the upper limit of the annual factor", "按年降价倍数上限"))
BREAKEVEN_DISCOUNT = Term(
    Text("Breakeven discount", "盈亏平衡折扣"), FRACTION,
    Text("Contract discount from which locking in is worth it, by the trend",
         "按趋势计，值得锁定价格的最低合同折扣"))
SLOW_DISCOUNT = BREAKEVEN_DISCOUNT.titled(
    Text("Breakeven discount, slow fall", "盈亏平衡折扣（慢速下降）"),
    Text("At the lower limit of the annual factor", "按年降价倍数下限"))
FAST_DISCOUNT = BREAKEVEN_DISCOUNT.titled(
    Text("Breakeven discount, fast fall", "盈亏平衡折扣（快速下降）"),
    Text("At the upper limit of the annual factor", "按年降价倍数上限"))
BREAKEVEN_PRICE = Term(
    Text("Breakeven contract price", "盈亏平衡合同价格"), USD_PER_MTOK,
    Text("Price at the start less the breakeven discount", "起始价格减去盈亏平衡折扣"))

CHOICES: Mapping[str, Text] = {
    "lock": Text("Lock the price in", "锁定价格"),
    "market": Text("Pay the falling price", "随市付款"),
}
COMPARED: Mapping[str, Term] = {
    "slow": Term(
        Text("Cost if it falls slowly", "慢速下降时的费用"), USD,
        Text("Present value at the lower limit of the annual factor", "按年降价倍数下限的现值")),
    "trend": Term(
        Text("Cost by the trend", "按趋势的费用"), USD,
        Text("Present value at the annual factor", "按年降价倍数的现值")),
    "fast": Term(
        Text("Cost if it falls fast", "快速下降时的费用"), USD,
        Text("Present value at the upper limit of the annual factor", "按年降价倍数上限的现值")),
    "saving": Term(
        Text("Saving by the trend", "按趋势的节省"), USD,
        Text("Present value that this choice saves against the other one",
             "与另一选择相比节省的现值")),
}
# fmt: on


def center(degree: int) -> Term:
    """Where a polynomial is centred."""
    return Term(
        Text(f"Degree {degree}: centre", f"{degree} 次：中心"),
        Text("spreads", "个离散度"),
        Text("Centre of the polynomial, a step of its construction", "构造多项式时的中心"),
    )


def size(degree: int) -> Term:
    """The size of a polynomial."""
    return Term(
        Text(f"Degree {degree}: size", f"{degree} 次：大小"),
        Text("sum of squares", "平方和"),
        Text("The polynomial squared and added up over the history", "多项式在历史上的平方和"),
    )


def shrink(degree: int) -> Term:
    """How much smaller a polynomial is than the one before it."""
    return Term(
        Text(f"Degree {degree}: share of size", f"{degree} 次：大小之比"),
        Text("times", "倍"),
        Text(
            "Its size by that of the polynomial before it, a step of the next one's construction",
            "与前一多项式的大小之比，用于构造下一多项式",
        ),
    )


def swing(degree: int) -> Term:
    """How far prices swing by a polynomial."""
    return Term(
        Text(f"Degree {degree}: swing", f"{degree} 次：波动"),
        LOG_PRICE,
        Text(
            "The polynomial times the logarithms of the prices, added up",
            "多项式与价格对数之积的总和",
        ),
    )


def compared(choice: str) -> dict[str, Term]:
    """The compared amounts of a choice, named after it."""
    name = CHOICES[choice]
    return {
        key: found.titled(
            Text(
                f"{name.en}: {found.title.en[0].lower()}{found.title.en[1:]}",
                f"{name.zh}：{found.title.zh}",
            )
        )
        for key, found in COMPARED.items()
    }


# The answer ---------------------------------------------------------------------------------------

# fmt: off
LOCK_IN = Text(
    "Lock in: prices fall {factor} times a year, and {lock_discount} off for {months} months saves "
    "{lock_saving} USD.",
    "锁定价格：价格每年降至 1/{factor}，{lock_discount} 的折扣在 {months} 个月内可节省 "
    "{lock_saving} 美元。")
DO_NOT_LOCK_IN = Text(
    "Do not lock in: prices fall {factor} times a year, so that {lock_discount} off costs "
    "{lock_saving:abs} USD; it would take {breakeven_discount}.",
    "不要锁定：价格每年降至 1/{factor}，{lock_discount} 的折扣反而多付 {lock_saving:abs} 美元；"
    "折扣须达到 {breakeven_discount}。")
NO_TREND = Text(
    "The history has no trend: it takes prices of two days at least.",
    "历史价格没有趋势：至少需要两个日期的价格。")
