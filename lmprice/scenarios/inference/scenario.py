"""A model provider's serving day: what the hardware costs and what the tokens bring in."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lmprice.chapters.cost import functions as costs
from lmprice.chapters.profit import functions as profits
from lmprice.language.expression import ratio
from lmprice.language.quantities import (
    MTOK,
    RATIO,
    USD,
    CachedPrice,
    Cost,
    GpuHourPrice,
    GrossMargin,
    InputPrice,
    OutputPrice,
    Profit,
    Revenue,
    ServingCost,
)
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.scenarios.base import Curves, Out, Scenario, Sensitivity, Sweep, Template

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

TOKENS = ("uncached_mtok", "cached_mtok", "output_mtok")


class Inference(Scenario):
    """One day of serving a model: cost, revenue, margin and the load that breaks even.

    Examples
    --------
    >>> day = Inference().evaluate()
    >>> round(day["cost"]), round(day["revenue"]), round(day["gross_margin"], 3)
    (87072, 562100, 0.845)
    """

    template: ClassVar[Template] = Template(
        name="inference",
        version=1,
        title=Text("Serving day", "模型服务日损益"),
        about=Text(
            "Does a day of serving a model earn its hardware? Nodes and hours give the cost, "
            "tokens and prices the revenue; the breakeven share says how much of the load must be "
            "paid for.",
            "一天的模型服务能否收回硬件成本？节点和小时数给出成本，token 用量和价格给出收入；"
            "盈亏平衡比例说明其中多少负载必须付费。",
        ),
        example=Text(
            "The example is the day that DeepSeek published (github.com/deepseek-ai/"
            "open-infra-index, 27 to 28 February 2025): 226.75 nodes of 8 GPUs at $2 an hour; 608 "
            "billion input tokens, of which 342 billion from the cache, and 168 billion output "
            "tokens, all at the R1 prices.",
            "示例为 DeepSeek 公布的一天（github.com/deepseek-ai/open-infra-index，"
            "2025 年 2 月 27 日至 28 日）：226.75 个节点，每节点 8 个 GPU，"
            "每 GPU 小时 2 美元；输入 6080 亿 token，"
            "其中 3420 亿命中缓存，输出 1680 亿 token，全部按 R1 价格计费。",
        ),
        sensitivity=Sensitivity(
            result="gross_margin",
            rows=Sweep(("gpu_hour_price",), (50, 75, 90, 100, 110, 125, 150), 100),
            columns=Sweep(TOKENS, (10, 25, 50, 75, 100, 125, 150), 100, LOAD),
        ),
        curves=Curves(
            title=Text("Revenue, cost and profit by load", "收入、成本与利润随负载的变化"),
            x=Sweep(TOKENS, tuple(range(26)), 20, LOAD),
            series=("revenue", "cost", "profit"),
        ),
    )

    nodes: Nodes = 226.75
    gpus_per_node: GpusPerNode = 8.0
    hours: Hours = 24.0
    gpu_hour_price: GpuHourPrice = 2.0
    uncached_mtok: UncachedMtok = 266_000.0
    cached_mtok: CachedMtok = 342_000.0
    output_mtok: OutputMtok = 168_000.0
    input_price: InputPrice = 0.55
    cached_price: CachedPrice = 0.14
    output_price: OutputPrice = 2.19

    def results(self, out: Out) -> None:  # noqa: D102
        out.section(Text("Cost", "成本"))
        gpu_hours = out("gpu_hours", self.nodes * self.gpus_per_node * self.hours, GPU_HOURS)
        cost = out("cost", costs.cost(gpu_hours, self.gpu_hour_price), term(Cost))

        out.section(Text("Revenue", "收入"))
        uncached = profits.revenue(self.uncached_mtok, self.input_price)
        cached = profits.revenue(self.cached_mtok, self.cached_price)
        output = profits.revenue(self.output_mtok, self.output_price)
        uncached = out("input_revenue", uncached, INPUT_REVENUE)
        cached = out("cached_revenue", cached, CACHED_REVENUE)
        output = out("output_revenue", output, OUTPUT_REVENUE)
        revenue = out("revenue", uncached + cached + output, TOTAL_REVENUE)

        out.section(Text("Profit", "利润"))
        out("profit", revenue - cost, term(Profit))
        out("gross_margin", profits.gross_margin(revenue, cost), term(GrossMargin))
        out("profit_over_cost", profits.markup(revenue, cost), PROFIT_OVER_COST)
        served = out("served", self.uncached_mtok + self.cached_mtok + self.output_mtok, SERVED)
        out("cost_per_mtok", ratio(cost, served), COST_PER_MTOK)
        out("breakeven_load", ratio(cost, revenue), BREAKEVEN_LOAD)
