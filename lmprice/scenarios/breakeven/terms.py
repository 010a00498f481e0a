"""The quantities of the breakeven template that no other chapter has."""

from __future__ import annotations

from typing import Annotated, Literal

from lmprice.language import quantities
from lmprice.language.quantities import BreakevenQuantity, Cost, Profit, UnitCost, UnitPrice
from lmprice.language.terms import Choice, Text, term

CostCurve = Annotated[
    Literal["linear", "quadratic"],
    Choice(
        Text("Cost curve", "成本曲线"),
        Text("Cost that the sensitivity table and the chart use", "敏感性表和图表所用的成本函数"),
        {"linear": Text("linear", "线性"), "quadratic": Text("quadratic", "二次")},
    ),
]
TargetProfit = Annotated[
    float,
    term(quantities.TargetProfit).titled(
        Text("Target profit", "目标利润"), Text("Profit to reach", "希望达到的利润")
    ),
]

QUADRATIC_COST = term(Cost).titled(Text("Cost, quadratic", "成本（二次）"))
QUADRATIC_PROFIT = term(Profit).titled(Text("Profit, quadratic", "利润（二次）"))
LOW = term(BreakevenQuantity).titled(
    Text("Lower breakeven quantity", "盈亏平衡数量下限"),
    Text("Quantity at which profit begins", "开始盈利的数量"),
)
HIGH = term(BreakevenQuantity).titled(
    Text("Upper breakeven quantity", "盈亏平衡数量上限"),
    Text("Quantity at which profit ends again", "盈利再次结束的数量"),
)
MAXIMUM_PROFIT = term(Profit).titled(
    Text("Maximum profit", "最大利润"),
    Text("Profit at the profit-maximizing quantity", "利润最大数量处的利润"),
)
CHOSEN_COST = term(Cost).titled(
    Text("Cost, chosen curve", "成本（所选曲线）"),
    Text("Total cost under the chosen cost curve", "所选成本曲线下的总成本"),
)
CHOSEN_PROFIT = term(Profit).titled(
    Text("Profit, chosen curve", "利润（所选曲线）"),
    Text("Profit under the chosen cost curve", "所选成本曲线下的利润"),
)
CHOSEN_BREAKEVEN = term(BreakevenQuantity).titled(
    Text("Breakeven, chosen curve", "盈亏平衡（所选曲线）"),
    Text(
        "Quantity at which profit begins under that curve",
        "该成本曲线下开始盈利的数量",
    ),
)
MARGIN_PRICE = term(UnitPrice).titled(
    Text("Price for the target margin", "目标毛利率所需价格"),
    Text(
        "At this quantity, all cost of the chosen curve counted",
        "数量不变，计入所选成本曲线的全部成本",
    ),
)
PROFIT_PRICE = term(UnitPrice).titled(
    Text("Price for the target profit", "目标利润所需价格"),
    Text("At this quantity, under the chosen cost curve", "数量不变，按所选成本曲线"),
)
PROFIT_QUANTITY = term(BreakevenQuantity).titled(
    Text("Quantity for the target profit", "目标利润所需数量"),
    Text(
        "At this price, under the chosen cost curve; the lower one of two",
        "价格不变，按所选成本曲线；有两个解时取较小者",
    ),
)
PROFIT_UNIT_COST = term(UnitCost).titled(
    Text("Unit cost for the target profit", "目标利润所需单位成本"),
    Text(
        "Highest unit cost at this price and quantity; none where even 0 is too high",
        "价格和数量不变时的最高单位成本；单位成本为零仍不够时无解",
    ),
)

# fmt: off
COST_AND_PROFIT = Text("Cost and profit, and the revenue", "成本与利润之和与收入")
EARNS = Text(
    "Earns {chosen_profit} USD at {quantity} units; it breaks even at {chosen_breakeven}.",
    "数量为 {quantity} 时盈利 {chosen_profit} 美元；盈亏平衡数量为 {chosen_breakeven}。")
TOO_FEW = Text(
    "Loses {chosen_profit:abs} USD at {quantity} units: it breaks even at {chosen_breakeven}.",
    "数量为 {quantity} 时亏损 {chosen_profit:abs} 美元：盈亏平衡数量为 {chosen_breakeven}。")
NEVER = Text(
    "Loses {chosen_profit:abs} USD at {quantity} units, and selling more does not earn it back.",
    "数量为 {quantity} 时亏损 {chosen_profit:abs} 美元，且增加销量也无法收回。")
# fmt: on
