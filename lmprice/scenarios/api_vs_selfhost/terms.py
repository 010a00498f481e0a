"""The quantities of the template on API or own hardware that no other chapter has."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from lmprice.chapters.serving import quantities as serving
from lmprice.language.quantities import (
    RATIO,
    SECONDS,
    TOKENS,
    USD_PER_HOUR,
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
    "input, work, targets, growth, declines, staff and the prices of reserved and spot hardware "
    "are made up; drafts, nodes of their own for prefill, reserved and spot hardware are off.",
    "模型为 8 位的 Llama 3.3 70B，运行在两个 H100 上。"
    "两个效率系数由 NVIDIA 按并发度的实测得出"
    "（docs.nvidia.com/nim/benchmarking/llm，1.8.0 版）；"
    "输入与输出的 API 价格为某供应商 2026 年 6 月的价格（list_prices），"
    "租价为 2026 年 10 月的价格（accelerators）。"
    "缓存输入价格、工作量、目标、增长、降幅、人员费用以及预留与竞价价格为说明而虚构；"
    "草稿解码、分离的预填充节点、预留与竞价硬件默认关闭。",
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
DecodeWidth = Annotated[float, term(serving.DecodeWidth).titled(
    Text("Attention width in decoding", "解码注意力宽度"),
    Text("Only where computing attention takes longer than reading the cache, as under MLA: 61 · "
         "128 · (512 + 64 / 2) of DeepSeek-V3, twice where weights have 8 bits; else 0",
         "仅当计算注意力比读取缓存更久时填写（如 MLA）：DeepSeek-V3 为 61·128·(512+64/2)，"
         "权重为 8 位时加倍；否则为 0"))]
WholeParameters = Annotated[float, Term(
    Text("Parameters whole on each GPU", "每 GPU 完整保存的参数"), BILLION,
    Text("With experts spread over the GPUs of several machines: attention, shared experts and "
         "dense layers, which each GPU holds and reads; 0 if the GPUs share all of the model",
         "专家分布于多台机器的 GPU 时，每个 GPU 完整保存并读取的注意力、共享专家与稠密层；"
         "若 GPU 分担全部模型则为 0"), ge=0)]
ExchangeKilobytes = Annotated[float, Term(
    Text("Exchange of a token", "每 token 交换量"), Text("kB", "kB"),
    Text("What a token sends to experts on other machines and gets back over all layers: hidden "
         "size · experts per token · layers · 3 bytes, over 1,000; 0 within a machine",
         "每个 token 在所有层与其他机器上的专家往返的字节：隐藏维度·每 token 专家数·层数·3 字节，"
         "除以 1000；单机内为 0"), ge=0)]
NetworkGb = Annotated[float, Term(
    Text("Network of a GPU", "每 GPU 网络带宽"), Text("GB per second", "GB/秒"),
    Text("What one GPU really sends to other machines in a second; not used without exchange",
         "单个 GPU 每秒实际可发送到其他机器的数据量；无交换时不使用"), gt=0)]
AcceptanceRate = Annotated[float, term(serving.AcceptanceRate)]
DraftLength = Annotated[float, term(serving.DraftLength)]
DraftCost = Annotated[float, term(serving.DraftCost)]
Pools = Annotated[
    Literal["together", "separate"],
    Choice(
        Text("Prefill and decode", "预填充与解码"),
        Text("Whether a node prefills between its decode steps, in chunks or not, or nodes of "
             "their own prefill", "节点在解码步之间预填充（分块与否均可），还是由专门的节点预填充"),
        {"together": Text("together", "同一节点"), "separate": Text("separate", "分离节点")},
    ),
]
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
MeasuredPrefill = Annotated[float, Term(
    Text("Measured requests, prefill", "实测预填充请求率"), serving.REQUESTS_PER_SECOND,
    Text("Requests that a node of its own was measured to prefill within the latency; used if "
         "capacity was measured and prefill has nodes of its own",
         "专门的预填充节点在延迟目标内实测每秒可处理的请求数；仅在容量来自实测且预填充分离时使用"),
    gt=0)]

# The targets --------------------------------------------------------------------------------------

TtftTarget = Annotated[float, Term(
    Text("Target to first token", "首 token 时间目标"), SECONDS,
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
    Text("Share by which the rent falls in a year; what is bought or reserved keeps its price",
         "租价一年内下降的比例；自有或预留的硬件价格不变"), ge=0, lt=1)]
ReservedNodes = Annotated[float, Term(
    Text("Reserved nodes", "预留节点"), serving.NODES,
    Text("Nodes that are rented for all of the time and paid used or not; those beyond them are on "
         "demand or spot", "按全部时间租用、无论是否使用均付费的节点；超出部分为按需或竞价"), ge=0)]
ReservedPrice = Annotated[float, Term(
    Text("Reserved GPU hour", "预留 GPU 小时价格"), USD_PER_HOUR,
    Text("Price of an hour of a reserved GPU", "预留 GPU 每小时价格"), ge=0)]
SpotShare = Annotated[float, Term(
    Text("Spot share", "竞价占比"), FRACTION,
    Text("Share of the useful hours beyond the reserved ones that is spot hardware",
         "预留之外的有效小时中竞价实例的占比"), ge=0, le=1)]
SpotPrice = Annotated[float, Term(
    Text("Spot GPU hour", "竞价 GPU 小时价格"), USD_PER_HOUR,
    Text("Price of a paid hour of a spot GPU", "竞价 GPU 每计费小时价格"), ge=0)]
Interruptions = Annotated[float, term(serving.Interruptions)]
LostHours = Annotated[float, term(serving.LostHours)]
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
# fmt: on
