"""The quantities of the breakeven template that no other chapter has."""

from __future__ import annotations

from typing import Annotated, Literal

from lmprice.language.quantities import BreakevenQuantity, Cost, Profit
from lmprice.language.terms import Choice, Text, term

CostCurve = Annotated[
    Literal["linear", "quadratic"],
    Choice(
        Text("Cost curve", "成本曲线"),
        Text("Cost that the sensitivity table and the chart use", "敏感性表和图表所用的成本函数"),
        {"linear": Text("linear", "线性"), "quadratic": Text("quadratic", "二次")},
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
