"""What there is to be said against a trend: one list, for Python, workbook and page alike.

A caution holds or not by the figures of a fit.  These are numbers, or the cells of a sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmprice.language.expression import total, where
from lmprice.language.terms import Text

FEW = 5
"""With fewer prices the evidence is thin."""
SHORT = 91
"""Days of a quarter: a shorter history says little of a year."""
_FEW_TO_FOLLOW = 10
_CLOSE = 0.6
_NEAR_A_LEVEL = 0.05  # of the way from the lowest to the highest logarithm


@dataclass(frozen=True)
class Figures:
    """The figures that cautions judge by.

    Attributes
    ----------
    count : float
        Prices that were used.
    days : float
        From the first date to the last.
    varies : bool
        Whether there is more than one price.
    slope, half : float
        Change of the logarithm in a year, and how far its interval reaches to either side.
    dates : float
        Different dates; of more than two it does not matter how many.
    is_independent : bool
        Whether the interval takes errors for independent.
    autocorrelation : float
        Correlation of each residual with the one before it.
    between : float
        Prices that are neither near the lowest nor near the highest one.
    """

    count: float
    days: float
    varies: bool
    slope: float
    half: float
    dates: float
    is_independent: bool
    autocorrelation: float
    between: float


@dataclass(frozen=True)
class Caution:
    """Something that is to be said of a trend while it holds.

    Where ``is_thin``, the prices say too little for a trend.
    """

    holds: Callable[[Figures], bool]
    text: Text
    is_thin: bool = True


# fmt: off
CAUTIONS = (
    Caution(
        lambda f: f.count < FEW,
        Text("Evidence is thin: so few prices hardly show a trend.",
             "依据不足：价格个数太少，难以判断趋势。")),
    Caution(
        lambda f: f.days < SHORT,
        Text("Evidence is thin: the history is shorter than a quarter of a year, a short time for "
             "a yearly figure.",
             "依据不足：历史不足一个季度，难以支持年度数字。")),
    Caution(
        lambda f: f.varies & (f.slope**2 <= f.half**2),
        Text("Evidence is thin: the interval of the annual factor reaches across 1, so the price "
             "may fall as well as rise.",
             "依据不足：年降价倍数的区间跨越 1，价格可能下降也可能上涨。")),
    Caution(
        lambda f: f.varies & (f.count > 2) & (f.between < 1),
        Text("Evidence is thin: the price knows two levels only. That is a step, not a trend, and "
             "says nothing of the next year.",
             "依据不足：价格只有两个水平，这是一次跳变而不是趋势，不能说明下一年的变化。")),
    Caution(
        lambda f: (f.count > 2) & (not_(f.is_independent) & (f.dates < 3)),
        Text("There is no interval: prices of two dates do not show whether they follow one "
             "another.",
             "没有区间：只有两个日期的价格无法显示前后是否相关。")),
    Caution(
        lambda f: f.is_independent & (f.autocorrelation**2 * f.count > 4) & (f.autocorrelation > 0),
        Text("Prices follow one another: there are fewer independent ones than rows, and intervals "
             "that take them for independent are too narrow.",
             "价格前后相关：独立的价格少于行数，按相互独立计算的区间过窄。"),
        is_thin=False),
    Caution(
        lambda f: not_(f.is_independent) & (f.autocorrelation > _CLOSE),
        Text("Prices follow one another so closely (autocorrelation above 0.6) that intervals hold "
             "less often than they say: at 0.8, a 90 % interval held in 78 to 93 of 100 simulated "
             "histories.",
             "价格前后高度相关（自相关大于 0.6），区间的实际覆盖率低于名义值："
             "自相关为 0.8 时，90% 区间在每 100 个模拟历史中覆盖 78 至 93 个。"),
        is_thin=False),
    Caution(
        lambda f: (not_(f.is_independent) & f.varies & (f.count > 2)
                   & (f.count < _FEW_TO_FOLLOW)),
        Text("Fewer than ten prices hardly show whether they follow one another: where they do "
             "(autocorrelation 0.6), a 90 % interval held in 78 to 88 of 100 simulated histories.",
             "价格少于十个，难以看出前后是否相关：若自相关为 0.6，"
             "90% 区间在每 100 个模拟历史中覆盖 78 至 88 个。"),
        is_thin=False),
)
# fmt: on


def between_levels(logs: float, lowest: float, highest: float) -> float:
    """How many prices are neither near the lowest nor near the highest one."""
    near = _NEAR_A_LEVEL * (highest - lowest)
    return total(where((logs > lowest + near) & (logs < highest - near), 1, 0))


def not_(condition: bool) -> bool:
    """The opposite of a condition, of a number or of a cell."""
    return 1 - condition > 0
