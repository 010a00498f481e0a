"""The quantities of the serving day that no other chapter has."""

from __future__ import annotations

from typing import Annotated

from lmprice.language import quantities
from lmprice.language.quantities import (
    MTOK,
    RATIO,
    USD,
    GpuHourPrice,
    Revenue,
    ServingCost,
)
from lmprice.language.terms import FRACTION, Term, Text, term

# fmt: off
Nodes = Annotated[float, Term(
    Text("Nodes", "节点数"), Text("nodes", "节点"),
    Text("Average number of nodes in use over the day", "全天平均使用的节点数"), ge=0)]
GpusPerNode = Annotated[float, Term(
    Text("GPUs per node", "每节点 GPU 数"), Text("GPUs", "个"),
    Text("GPUs in one node", "每个节点的 GPU 数"), ge=0)]
Hours = Annotated[float, Term(
    Text("Hours", "小时数"), Text("hours", "小时"),
    Text("Hours the hardware is paid for", "硬件计费的小时数"), ge=0)]
UncachedMtok = Annotated[float, Term(
    Text("Uncached input tokens", "未缓存输入 token"), MTOK,
    Text("Input tokens of the day that were not in the cache", "当日未命中缓存的输入 token"), ge=0)]
CachedMtok = Annotated[float, Term(
    Text("Cached input tokens", "缓存输入 token"), MTOK,
    Text("Input tokens of the day that were read from the cache", "当日命中缓存的输入 token"),
    ge=0)]
OutputMtok = Annotated[float, Term(
    Text("Output tokens", "输出 token"), MTOK,
    Text("Output tokens of the day", "当日输出 token"), ge=0)]
TargetProfit = Annotated[float, term(quantities.TargetProfit).titled(
    Text("Target profit", "目标利润"), Text("Profit of the day to reach", "希望达到的当日利润"))]

GPU_HOURS = Term(
    Text("GPU hours", "GPU 小时"), Text("hours", "小时"),
    Text("GPU hours paid for", "计费的 GPU 小时数"))
INPUT_REVENUE = Term(
    Text("Revenue, uncached input", "收入：未缓存输入"), USD,
    Text("Uncached input tokens at their price", "未缓存输入 token 按其价格计算的收入"))
CACHED_REVENUE = Term(
    Text("Revenue, cached input", "收入：缓存输入"), USD,
    Text("Cached input tokens at their price", "缓存输入 token 按其价格计算的收入"))
OUTPUT_REVENUE = Term(
    Text("Revenue, output", "收入：输出"), USD,
    Text("Output tokens at their price", "输出 token 按其价格计算的收入"))
SERVED = Term(
    Text("Tokens served", "服务的 token"), MTOK,
    Text("Input and output tokens of the day", "当日输入与输出 token 合计"))
LOAD = Term(
    Text("Share of the load", "负载比例"), FRACTION,
    Text("All token volumes as a share of the paid load of the day",
         "全部 token 用量占当日付费负载的比例"))
# fmt: on
BREAKEVEN_LOAD = LOAD.titled(
    Text("Breakeven share of the load", "盈亏平衡负载比例"),
    Text("Share of the paid load at which revenue covers cost", "收入覆盖成本时的付费负载比例"),
)
PROFIT_OVER_COST = Term(
    Text("Profit over cost", "成本利润率"), RATIO, Text("Profit divided by cost", "利润除以成本")
)
COST_PER_MTOK = term(ServingCost).titled(
    Text("Cost per million tokens", "每百万 token 成本"),
    Text("Cost of the day over the tokens served", "当日成本除以服务的 token"),
)
TOTAL_REVENUE = term(Revenue).titled(
    Text("Revenue", "收入"), Text("All tokens at their prices", "全部 token 按各自价格计算的收入")
)
MARGIN_PRICE = term(ServingCost).titled(
    Text("Average price for the target margin", "目标毛利率所需平均价格"),
    Text(
        "Of a million tokens served, at this cost and load", "成本与负载不变时，每百万 token 的均价"
    ),
)
BREAKEVEN_GPU_PRICE = term(GpuHourPrice).titled(
    Text("GPU-hour price at breakeven", "盈亏平衡的 GPU 小时价格"),
    Text("At which revenue just covers cost", "收入恰好覆盖成本时的 GPU 小时价格"),
)
MARGIN_GPU_PRICE = term(GpuHourPrice).titled(
    Text("GPU-hour price for the target margin", "目标毛利率所需 GPU 小时价格"),
    Text("Highest price at which the day has the target margin", "当日达到目标毛利率的最高价格"),
)
MARGIN_LOAD = LOAD.titled(
    Text("Load for the target margin", "目标毛利率所需负载"),
    Text(
        "Share of the paid load, or of all prices, that has the target margin",
        "达到目标毛利率所需的付费负载（或全部价格）的比例",
    ),
)
PROFIT_LOAD = LOAD.titled(
    Text("Load for the target profit", "目标利润所需负载"),
    Text(
        "Share of the paid load, or of all prices, that earns the target profit",
        "达到目标利润所需的付费负载（或全部价格）的比例",
    ),
)

# fmt: off
COST_AND_PROFIT = Text("Cost and profit, and the revenue", "成本与利润之和与收入")
EARNS = Text(
    "Earns its hardware from {breakeven_load} of the load on; you run at {paid_load}: "
    "{profit} USD a day.",
    "负载达到 {breakeven_load} 即可收回硬件成本；当前为 {paid_load}：每天盈利 {profit} 美元。")
LOSES = Text(
    "Loses {profit:abs} USD a day: the hardware takes {breakeven_load} of the load, you run at "
    "{paid_load}.",
    "每天亏损 {profit:abs} 美元：收回硬件成本需要 {breakeven_load} 的负载，当前为 {paid_load}。")
EARNS_NOTHING = Text(
    "Nothing is earned: the hardware costs {cost} USD a day.",
    "没有收入：硬件每天花费 {cost} 美元。")
# fmt: on
