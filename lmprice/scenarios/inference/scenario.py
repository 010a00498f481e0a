"""A model provider's serving day: what the hardware costs and what the tokens bring in."""

from __future__ import annotations

from typing import ClassVar

from lmprice.chapters.cost import functions as costs
from lmprice.chapters.demand.quantities import TargetMargin
from lmprice.chapters.profit import functions as profits
from lmprice.chapters.strategy import functions as strategy
from lmprice.language.expression import ratio
from lmprice.language.quantities import (
    CachedPrice,
    Cost,
    GpuHourPrice,
    GrossMargin,
    InputPrice,
    OutputPrice,
    Profit,
)
from lmprice.language.terms import Text, term
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.inference import terms
from lmprice.scenarios.template import Answer, Around, Curves, Mark, Sensitivity, Span, Template
from lmprice.scenarios.verdicts import Tone

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
        version=3,
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
            rows=Around(("gpu_hour_price",), 0.1),
            columns=Around(TOKENS, 0.15, terms.LOAD),
        ),
        curves=Curves(
            title=Text("Revenue, cost and profit by load", "收入、成本与利润随负载的变化"),
            x=Span(TOKENS, end=("paid_load", "breakeven_load"), axis=terms.LOAD),
            series=("revenue", "cost", "profit"),
            marks=(
                Mark(Text("You are here", "当前"), "paid_load", "profit"),
                Mark(Text("Breakeven", "盈亏平衡"), "breakeven_load", 0),
            ),
            headline=Text("Breaks even at {breakeven_load} of the load",
                          "负载达到 {breakeven_load} 时盈亏平衡"),
        ),
        low={"output_mtok": 0.5, "uncached_mtok": 0.5, "cached_mtok": 0.5},
        high={"gpu_hour_price": 0.8},
        answer=Answer(("profit", "gross_margin", "breakeven_load", "cost_per_mtok")),
    )  # fmt: skip

    nodes: terms.Nodes = 226.75
    gpus_per_node: terms.GpusPerNode = 8.0
    hours: terms.Hours = 24.0
    gpu_hour_price: GpuHourPrice = 2.0
    uncached_mtok: terms.UncachedMtok = 266_000.0
    cached_mtok: terms.CachedMtok = 342_000.0
    output_mtok: terms.OutputMtok = 168_000.0
    input_price: InputPrice = 0.55
    cached_price: CachedPrice = 0.14
    output_price: OutputPrice = 2.19
    target_margin: TargetMargin = 0.8
    target_profit: terms.TargetProfit = 400_000.0

    def results(self, out: Out) -> None:  # noqa: D102
        out.section(Text("Cost", "成本"))
        gpu_hours = out("gpu_hours", self.nodes * self.gpus_per_node * self.hours, terms.GPU_HOURS)
        cost = out("cost", costs.cost(gpu_hours, self.gpu_hour_price), term(Cost))

        out.section(Text("Revenue", "收入"))
        uncached = profits.revenue(self.uncached_mtok, self.input_price)
        cached = profits.revenue(self.cached_mtok, self.cached_price)
        output = profits.revenue(self.output_mtok, self.output_price)
        uncached = out("input_revenue", uncached, terms.INPUT_REVENUE)
        cached = out("cached_revenue", cached, terms.CACHED_REVENUE)
        output = out("output_revenue", output, terms.OUTPUT_REVENUE)
        revenue = out("revenue", uncached + cached + output, terms.TOTAL_REVENUE)

        out.section(Text("Profit", "利润"))
        profit = out("profit", revenue - cost, term(Profit))
        out("gross_margin", profits.gross_margin(revenue, cost), term(GrossMargin))
        out("profit_over_cost", profits.markup(revenue, cost), terms.PROFIT_OVER_COST)
        served = out(
            "served", self.uncached_mtok + self.cached_mtok + self.output_mtok, terms.SERVED
        )
        each = out("cost_per_mtok", ratio(cost, served), terms.COST_PER_MTOK)
        load = ratio(served, served)  # all of what is served is paid for
        out("paid_load", load, terms.LOAD)
        out("breakeven_load", ratio(cost, revenue), terms.BREAKEVEN_LOAD)

        out.section(Text("To reach breakeven and the targets", "达到盈亏平衡与目标"))
        left = 1 - self.target_margin  # of the revenue, for cost
        price = strategy.margin_price(each, self.target_margin)
        out("margin_price", price, terms.MARGIN_PRICE)
        out("breakeven_gpu_price", ratio(revenue, gpu_hours), terms.BREAKEVEN_GPU_PRICE)
        out("margin_gpu_price", ratio(revenue * left, gpu_hours), terms.MARGIN_GPU_PRICE)
        out("margin_load", ratio(cost, revenue * left), terms.MARGIN_LOAD)
        out("profit_load", ratio(cost + self.target_profit, revenue), terms.PROFIT_LOAD)

        out.sums(terms.COST_AND_PROFIT, cost + profit, revenue)
        out.verdict(profit >= 0, terms.EARNS, Tone.GOOD)
        out.verdict(revenue > 0, terms.LOSES, Tone.BAD)
        out.verdict(True, terms.EARNS_NOTHING, Tone.BAD)
