"""The quantities of the template on API or own hardware that no other chapter has."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from lmprice.chapters.serving import quantities as serving
from lmprice.language.quantities import (
    MTOK,
    RATIO,
    TOKENS,
    USD,
    USD_PER_HOUR,
    USD_PER_MTOK,
    Bits,
    CachedPrice,
    InputPrice,
    OutputPrice,
)
from lmprice.language.terms import FRACTION, Choice, Term, Text, term

MILLISECONDS = Text("ms", "毫秒")
USD_A_MONTH = Text("USD per month", "美元/月")
THOUSAND_REQUESTS = Text("thousand requests", "千次请求")
BILLION = Text("billion", "十亿")

# fmt: off
ABOUT = Text(
    "Is it cheaper to buy tokens from an API or to serve the model on hardware of one's "
    "own, rented or bought? The latency targets say how many requests a node serves, the "
    "shape of the day how many whole nodes are on, and growth and falling prices in which "
    "month to switch.",
    "向 API 购买 token，还是在租用或自有的硬件上自行服务模型更便宜？"
    "延迟目标决定一个节点能服务多少请求，一天的负载形状决定需要开启多少整节点，"
    "增长与价格下降决定在哪个月切换。",
)
EXAMPLE = Text(
    "The model is Llama 3.3 70B at 8 bits on two H100. The two efficiency factors are what "
    "NVIDIA's measurements by concurrency give (docs.nvidia.com/nim/benchmarking/llm, "
    "version 1.8.0); the API prices of input and output are those of a provider of June "
    "2026 (list_prices), and the rent is that of October 2026 (accelerators). The price of cached "
    "input, work, targets, growth, declines and staff are made up.",
    "模型为 8 位的 Llama 3.3 70B，运行在两个 H100 上。"
    "两个效率系数由 NVIDIA 按并发度的实测得出"
    "（docs.nvidia.com/nim/benchmarking/llm，1.8.0 版）；"
    "输入与输出的 API 价格为某供应商 2026 年 6 月的价格（list_prices），"
    "租价为 2026 年 10 月的价格（accelerators）。"
    "缓存输入价格、工作量、目标、增长、降幅与人员费用为说明而虚构。",
)

# The work -----------------------------------------------------------------------------------------

Requests = Annotated[float, Term(
    Text("Requests per month", "每月请求数"), THOUSAND_REQUESTS,
    Text("Requests in the first month", "第一个月的请求数"), ge=0)]
Growth = Annotated[float, Term(
    Text("Growth per month", "月增长率"), FRACTION,
    Text("Share by which requests grow from month to month", "请求数的逐月增长比例"), gt=-1,
    usual=(-0.3, 0.5))]
UncachedTokens = Annotated[float, Term(
    Text("Uncached input tokens", "未缓存输入 token"), TOKENS,
    Text("Input tokens of a request that are not in the prefix cache",
         "每个请求未命中前缀缓存的输入 token"), ge=0)]
CachedTokens = Annotated[float, Term(
    Text("Cached input tokens", "缓存输入 token"), TOKENS,
    Text("Input tokens of a request that come from the prefix cache",
         "每个请求命中前缀缓存的输入 token"), ge=0)]
OutputTokens = Annotated[float, Term(
    Text("Output tokens", "输出 token"), TOKENS,
    Text("Output tokens of a request", "每个请求的输出 token"), gt=0)]

# The API ------------------------------------------------------------------------------------------

ApiInputPrice = Annotated[float, term(InputPrice).titled(
    Text("API price, uncached input", "API 价格：未缓存输入"))]
ApiCachedPrice = Annotated[float, term(CachedPrice).titled(
    Text("API price, cached input", "API 价格：缓存输入"))]
ApiOutputPrice = Annotated[float, term(OutputPrice).titled(
    Text("API price, output", "API 价格：输出"))]
BatchShare = Annotated[float, Term(
    Text("Batch share", "批处理占比"), FRACTION,
    Text("Share of the requests that can wait and go through the batch API",
         "可等待并通过批处理 API 完成的请求比例"), ge=0, le=1)]
BatchDiscount = Annotated[float, Term(
    Text("Batch discount", "批处理折扣"), FRACTION,
    Text("Discount of the batch API", "批处理 API 的折扣"), ge=0, le=1)]
CommitDiscount = Annotated[float, Term(
    Text("Commitment discount", "承诺用量折扣"), FRACTION,
    Text("Discount on the whole bill for a commitment", "因承诺用量对全部账单的折扣"), ge=0, le=1)]
ApiDecline = Annotated[float, Term(
    Text("API price decline per year", "API 价格年降幅"), FRACTION,
    Text("Share by which the prices of the API fall in a year", "API 价格一年内下降的比例"),
    ge=0, lt=1)]

# The model and the node ---------------------------------------------------------------------------

ModelParameters = Annotated[float, Term(
    Text("Parameters", "参数量"), BILLION,
    Text("All parameters of the model", "模型全部参数量"), gt=0)]
ActiveShare = Annotated[float, Term(
    Text("Active share", "激活参数占比"), FRACTION,
    Text("Share of the parameters that a token goes through; 1 for a dense model",
         "每个 token 经过的参数占比；稠密模型为 1"), gt=0, le=1)]
WeightBits = Annotated[float, term(Bits).titled(Text("Bits of a weight", "权重位数"))]
CacheKilobytes = Annotated[float, Term(
    Text("KV cache of a token", "每 token 键值缓存"), Text("kB", "kB"),
    Text("Key-value cache of a token: LMKVCACHE or LMMLACACHE of one, over 1,000",
         "每个 token 的键值缓存：LMKVCACHE 或 LMMLACACHE 取一个 token，除以 1000"), gt=0)]
AttentionWidth = Annotated[float, term(serving.AttentionWidth)]
ExpertShare = Annotated[float, Term(
    Text("Experts per token", "每 token 专家占比"), FRACTION,
    Text("Share of the routed experts that a token goes through, 8 of 256 is 0.03125; 1 for a "
         "dense model", "每个 token 经过的路由专家占比，256 选 8 即 0.03125；稠密模型为 1"),
    gt=0, le=1)]
Gpus = Annotated[float, Term(
    Text("GPUs of a node", "每节点 GPU 数"), Text("GPUs", "个"),
    Text("GPUs that serve one copy of the model", "共同服务一份模型的 GPU 数"), gt=0)]
MemoryGb = Annotated[float, Term(
    Text("Memory of a GPU", "GPU 显存"), Text("GB", "GB"),
    Text("Usable memory of one GPU, about 90 % of what it has",
         "单个 GPU 的可用显存，约为总量的 90%"),
    gt=0)]
BandwidthTb = Annotated[float, Term(
    Text("Memory bandwidth of a GPU", "GPU 显存带宽"), Text("TB per second", "TB/秒"),
    Text("Memory bandwidth of one GPU", "单个 GPU 的显存带宽"), gt=0)]
PeakTflops = Annotated[float, Term(
    Text("Peak compute of a GPU", "GPU 峰值算力"), Text("TFLOP/s", "TFLOP/秒"),
    Text("Dense peak of one GPU at the number format computed in",
         "单个 GPU 在所用格式下的稠密峰值算力"),
    gt=0)]
ComputeEfficiency = Annotated[float, term(serving.ComputeEfficiency)]
BandwidthEfficiency = Annotated[float, term(serving.BandwidthEfficiency)]
OverheadMs = Annotated[float, Term(
    Text("Overhead of a step", "每步固定开销"), MILLISECONDS,
    Text("Time of a step beside computing and reading", "一步中计算与读取之外的时间"), ge=0)]
CapacityFrom = Annotated[
    Literal["model", "measured"],
    Choice(
        Text("Capacity from", "容量来源"),
        Text("Whether the requests that a node serves follow from model, hardware and latency, or "
             "were measured", "节点可服务的请求数由模型、硬件与延迟推算，还是来自实测"),
        {"model": Text("model", "模型推算"), "measured": Text("measured", "实测")},
    ),
]
MeasuredRate = Annotated[float, Term(
    Text("Measured requests", "实测请求率"), serving.REQUESTS_PER_SECOND,
    Text("Requests that a node was measured to serve within the latency; not used if they follow "
         "from the model", "在延迟目标内实测每节点每秒可服务的请求数；由模型推算时不使用"), gt=0)]

# The targets --------------------------------------------------------------------------------------

TtftTarget = Annotated[float, Term(
    Text("Target to first token", "首 token 时间目标"), serving.SECONDS,
    Text("Seconds within which 95 % of the requests get their first token",
         "95% 的请求应在此秒数内得到首个 token"), gt=0)]
TpotTarget = Annotated[float, Term(
    Text("Target per output token", "每输出 token 时间目标"), MILLISECONDS,
    Text("Time within which 95 % of the tokens follow the one before",
         "95% 的 token 与前一个 token 的间隔上限"), gt=0)]
Variability = Annotated[float, term(serving.Variability)]

# The hardware -------------------------------------------------------------------------------------

HardwareFrom = Annotated[
    Literal["rent", "own"],
    Choice(
        Text("Hardware", "硬件"),
        Text("Rented by the hour, whole nodes on and off with the load; or owned, on all the time",
             "按小时租用，整节点随负载开关；或自有，始终开启"),
        {"rent": Text("rented", "租用"), "own": Text("owned", "自有")},
    ),
]
RentPrice = Annotated[float, Term(
    Text("Rented GPU hour", "租用 GPU 小时价格"), USD_PER_HOUR,
    Text("Price of a rented GPU hour; not used if owned",
         "租用 GPU 每小时价格；自有时不使用"), ge=0)]
RentDecline = Annotated[float, Term(
    Text("Rent decline per year", "租价年降幅"), FRACTION,
    Text("Share by which the rent falls in a year; what is bought stays bought",
         "租价一年内下降的比例；自有硬件不受影响"), ge=0, lt=1)]
PurchasePrice = Annotated[float, term(serving.PurchasePrice)]
Life = Annotated[float, term(serving.Life)]
ResidualShare = Annotated[float, term(serving.ResidualShare)]
CostOfCapital = Annotated[float, replace(term(serving.CostOfCapital), unit=FRACTION)]
Power = Annotated[float, term(serving.Power)]
PowerPrice = Annotated[float, term(serving.PowerPrice)]
Pue = Annotated[float, term(serving.PowerUsage)]
Colocation = Annotated[float, term(serving.Colocation)]
ExtrasShare = Annotated[float, term(serving.ExtrasShare)]
SparesShare = Annotated[float, term(serving.SparesShare)]
Redundancy = Annotated[float, term(serving.SpareNodes)]
Staff = Annotated[float, Term(
    Text("Staff", "人员"), USD_A_MONTH,
    Text("People and tools of running own hardware", "自建所需的人员与工具费用"), ge=0)]

# Rows ---------------------------------------------------------------------------------------------

HourShare = Annotated[float, Term(
    Text("Load", "负载"), RATIO,
    Text("Load of the hour, in any unit: only the shape of the day counts",
         "该小时的负载，单位任意：只取一天的形状"), gt=0)]
MonthNumber = Annotated[float, Term(
    Text("Month", "月份"), Text("month", "月"),
    Text("Months counted from the first", "从第一个月起的月份序号"), ge=1)]

# Results ------------------------------------------------------------------------------------------

GPU_HOUR = Term(
    Text("GPU hour", "GPU 小时成本"), USD_PER_HOUR,
    Text("Cost of an hour of one GPU, used or not, in the first month",
         "第一个月单个 GPU 每小时成本"))
NODE_HOUR = Term(
    Text("Node hour", "节点小时成本"), USD_PER_HOUR,
    Text("Cost of an hour of one node", "单个节点每小时成本"))
PREFILL = term(serving.PrefillTime)
CACHE = Term(
    Text("KV cache of a sequence", "每序列键值缓存"), Text("GB", "GB"),
    Text("Half way through its output", "输出过半时"))
MEMORY_BATCH = term(serving.Sequences).titled(
    Text("Batch that fits", "显存可容纳的批大小"),
    Text("Most sequences beside the weights", "除权重外最多可容纳的序列数"))
READING_BATCH = term(serving.Sequences).titled(
    Text("Batch in time, reading", "读取受限的批大小"),
    Text("Sequences at which reading weights and caches takes the target",
         "读取权重与缓存恰好达到时间目标的序列数"))
COMPUTING_BATCH = term(serving.Sequences).titled(
    Text("Batch in time, computing", "计算受限的批大小"),
    Text("Sequences at which computing and reading caches takes the target",
         "计算与读取缓存恰好达到时间目标的序列数"))
BATCH_LIMIT = term(serving.Sequences).titled(
    Text("Largest batch", "最大批大小"), Text("The least of the three", "三者中最小的"))
BATCH = term(serving.Sequences).titled(
    Text("Mean batch", "平均批大小"),
    Text("Such that 95 % of the time it is within the largest", "使批大小 95% 的时间不超过上限"))
TPOT = Term(
    Text("Time per output token", "每输出 token 时间"), MILLISECONDS,
    Text("At the mean batch", "在平均批大小时"))
BATCH_RATE = term(serving.Rate).titled(
    Text("Requests of that batch", "该批大小的请求率"),
    Text("Batch over output tokens and time per token", "批大小除以输出 token 数与每 token 时间"))
LOAD_LIMIT = term(serving.MostLoad).titled(
    Text("Load for the first token", "首 token 允许的负载率"),
    Text("Highest load of prefill at which 95 % get their first token in time",
         "使 95% 的首 token 及时的最高预填充负载率"))
RATE = term(serving.Rate).titled(
    Text("Capacity of a node", "节点容量"),
    Text("Requests that a node serves in a second within the targets",
         "节点在目标内每秒可服务的请求数"))
LOAD = Term(
    Text("Load of prefill", "预填充负载率"), FRACTION,
    Text("Share of the time that a node prefills at its capacity",
         "满容量时节点用于预填充的时间比例"))
OUTPUT_RATE = Term(
    Text("Output of a node", "节点输出速率"), Text("tokens per second", "token/秒"),
    Text("Output tokens per second at its capacity", "满容量时每秒输出 token 数"))
SERVES = Term(
    Text("Can serve", "能否服务"), Text("1: yes, 0: no", "1：能，0：不能"),
    Text("Whether the model fits and one request keeps the targets",
         "模型能放下且单个请求满足目标"),
    is_whole=True)


def kind(name: Text) -> Term:
    """Cost of a million tokens of a kind on own hardware."""
    return Term(
        Text(f"Cost, {name.en}", f"成本：{name.zh}"), USD_PER_MTOK,
        Text("Own cost of a million tokens at the utilization of the first month",
             "按第一个月利用率计的每百万 token 自建成本"))


KINDS = {
    "uncached": Text("uncached input", "未缓存输入"),
    "cached": Text("cached input", "缓存输入"),
    "output": Text("output", "输出"),
}
PRICE_RATIO = Term(
    Text("Output over input", "输出与输入成本比"), RATIO,
    Text("Cost of output over that of uncached input", "输出成本与未缓存输入成本之比"))
API_REQUEST = Term(
    Text("API cost per thousand requests", "每千次请求 API 费用"), USD,
    Text("With caching, batch and commitment, in the first month",
         "含缓存、批处理与承诺折扣，第一个月"))
NODES = Term(
    Text("Nodes", "节点数"), serving.NODES,
    Text("Whole nodes that are on, on average over the day, redundancy included",
         "全天平均开启的整节点数（含冗余）"))
UTILIZATION = Term(
    Text("Utilization", "利用率"), FRACTION,
    Text("Requests over what the nodes that are on could serve",
         "请求数与开启节点可服务请求数之比"))
OWN_COST = Term(
    Text("Own hardware", "自建成本"), USD_A_MONTH, Text("Nodes and staff", "节点与人员"))
API_COST = Term(
    Text("API", "API 费用"), USD_A_MONTH, Text("All requests through the API", "全部请求走 API"))
SAVING = Term(
    Text("Saving", "节省"), USD_A_MONTH,
    Text("API less own hardware; below 0 the API is cheaper",
         "API 费用减自建成本；负数表示 API 更便宜"))
BREAKEVEN = Term(
    Text("Breakeven requests", "盈亏平衡请求数"), THOUSAND_REQUESTS,
    Text("Monthly requests from which whole nodes cost less than the API, in the first month",
         "第一个月整节点成本低于 API 所需的月请求数"))
BREAKEVEN_NODES = Term(
    Text("Nodes at breakeven", "盈亏平衡节点数"), serving.NODES,
    Text("Nodes for that load, without redundancy", "该负载所需节点数（不含冗余）"), is_whole=True)
BREAKEVEN_MTOK = Term(
    Text("Breakeven volume", "盈亏平衡用量"), MTOK,
    Text("The same in tokens of all kinds", "同上，按各类 token 合计"))
MONTH_REQUESTS = Term(
    Text("Requests", "请求数"), THOUSAND_REQUESTS, Text("Requests of the month", "当月请求数"))
CUMULATIVE = Term(
    Text("Saving so far", "累计节省"), USD, Text("From the first month on", "自第一个月起累计"))
CANDIDATE = Term(
    Text("Month if cheaper", "更便宜的月份"), Text("month", "月"),
    Text("The month where own hardware costs less, else 1,000", "自建更便宜则为该月，否则为 1000"))
SWITCH = Term(
    Text("Month to switch", "切换月份"), Text("month", "月"),
    Text("First month in which own hardware costs less", "自建首次更便宜的月份"))
TOTALS = {
    "api": Term(Text("API, all months", "API 费用合计"), USD, Text("Of all rows", "全部月份合计")),
    "own": Term(Text("Own hardware, all months", "自建成本合计"), USD,
                Text("Of all rows", "全部月份合计")),
    "saving": Term(Text("Saving, all months", "节省合计"), USD, Text("API less own", "API 减自建")),
}
PRICES = Term(
    Text("API prices", "API 价格"), FRACTION,
    Text("All prices of the API as a share of those given", "全部 API 价格占所给价格的比例"))

CANNOT_SERVE = Text(
    "The node cannot serve the model within the targets: it does not fit, or one request is too "
    "slow.", "该节点无法在目标内服务该模型：放不下，或单个请求已过慢。")
NEVER = Text(
    "In no month of the table does own hardware cost less than the API.",
    "表中没有任何一个月自建成本低于 API。")

# The answer ---------------------------------------------------------------------------------------

BREAKEVEN_COST = Term(
    Text("Cost at breakeven", "盈亏平衡时的成本"), USD,
    Text("What that many requests cost, either way", "该请求数下两种方式的月成本"))
SWITCH_NOW = Text(
    "Own hardware pays from the first month on: {saving} USD less than the API in it, "
    "{total_saving} USD over all months.",
    "自第一个月起自建更划算：首月比 API 少 {saving} 美元，全部月份共少 {total_saving} 美元。")
SWITCH_LATER = Text(
    "Buy from the API until month {switch}; from {breakeven} thousand requests a month on own "
    "hardware costs less.",
    "第 {switch} 个月之前使用 API；每月超过 {breakeven} 千次请求后自建成本更低。")
STAY = Text(
    "Stay with the API: in no month does own hardware cost less; over all months it would cost "
    "{total_saving:abs} USD more.",
    "继续使用 API：没有任何一个月自建更便宜；全部月份合计会多花 {total_saving:abs} 美元。")
NO_OWN = Text(
    "The node cannot serve the model within the targets: there is only the API.",
    "该节点无法在目标内服务该模型：只能使用 API。")
# fmt: on
