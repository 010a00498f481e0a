"""The vocabulary of the chapter on serving.

>>> from lmprice.language.terms import term
>>> term(PowerUsage).broken_rule(0.9)
'is below 1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import (
    BYTES,
    COUNT,
    RATIO,
    SECONDS,
    TOKENS,
    USD,
    USD_PER_HOUR,
    USD_PER_MTOK,
    BatchSize,
    GpuHourPrice,
)
from lmprice.language.terms import FRACTION, Term, Text, term

# fmt: off

# Units -------------------------------------------------------------------------------------------

YEARS = Text("years", "年")
USD_PER_YEAR = Text("USD per year", "美元/年")
A_YEAR = Text("fraction a year", "比例/年")
GPUS = Text("GPUs", "个")
NODES = Text("nodes", "节点")
REQUESTS_PER_SECOND = Text("requests per second", "请求/秒")
SEQUENCES = Text("sequences", "序列")

# Owning hardware ---------------------------------------------------------------------------------

PurchasePrice = Annotated[float, Term(
    Text("Purchase price", "购置价"), USD,
    Text("Price of one GPU with its share of the server", "一个 GPU 及其分摊的服务器价格"), ge=0)]
Life = Annotated[float, Term(
    Text("Life", "使用年限"), YEARS,
    Text("Years after which the hardware is sold or scrapped", "硬件出售或报废前的年数"), gt=0)]
ResidualShare = Annotated[float, Term(
    Text("Residual value", "残值率"), FRACTION,
    Text("Share of the price that the hardware is worth at the end", "期末价值占购置价的比例"),
    ge=0, le=1)]
CostOfCapital = Annotated[float, Term(
    Text("Cost of capital", "资本成本"), A_YEAR,
    Text("Yearly rate that the money in the hardware costs; 0 for straight-line depreciation",
         "占用资金的年成本率；0 即直线折旧"), ge=0, usual=(0.0, 0.5))]
Power = Annotated[float, Term(
    Text("Power", "功率"), Text("kW", "千瓦"),
    Text("Average draw of one GPU with its share of the server",
         "一个 GPU 及其分摊的服务器的平均功率"), ge=0)]
PowerPrice = Annotated[float, Term(
    Text("Power price", "电价"), Text("USD per kWh", "美元/千瓦时"),
    Text("Price of electric energy", "电能价格"), ge=0)]
PowerUsage = Annotated[float, Term(
    Text("PUE", "电源使用效率"), RATIO,
    Text("Power usage effectiveness: energy of the site over energy of the machines",
         "电源使用效率：机房总能耗与设备能耗之比"), ge=1)]
Colocation = Annotated[float, Term(
    Text("Colocation", "机房托管费"), Text("USD per kW and month", "美元/千瓦/月"),
    Text("Rent of the site for each kW of the machines", "每千瓦设备功率的月机房租金"), ge=0)]
ExtrasShare = Annotated[float, Term(
    Text("Network and storage", "网络与存储"), FRACTION,
    Text("Network and storage as a share of the purchase price", "网络与存储占购置价的比例"), ge=0,
    usual=(0.0, 1.0))]
SparesShare = Annotated[float, Term(
    Text("Spares", "备机"), FRACTION,
    Text("Spare hardware for each piece in use; 0.05 is one for twenty",
         "每台在用设备的备机比例；0.05 即每二十台一台"), ge=0, usual=(0.0, 0.5))]
Upkeep = Annotated[float, Term(
    Text("Staff and upkeep", "人员与维护"), USD_PER_YEAR,
    Text("Staff, support and repairs of one GPU in a year", "每个 GPU 每年的人员、支持与维修费用"),
    ge=0)]
FleetUse = Annotated[float, Term(
    Text("Utilization of the fleet", "机群利用率"), FRACTION,
    Text("Share of all hours in which the hardware is used", "硬件被使用的小时比例"), gt=0, le=1)]

# Renting hardware --------------------------------------------------------------------------------

Interruptions = Annotated[float, Term(
    Text("Interruptions", "中断次数"), Text("per hour", "次/小时"),
    Text("Interruptions in an hour of spot hardware", "竞价实例每小时的中断次数"), ge=0)]
LostHours = Annotated[float, Term(
    Text("Lost hours", "损失小时"), Text("hours", "小时"),
    Text("Hours of work lost by an interruption: since the last checkpoint, and to start again",
         "每次中断损失的工时：自上个检查点以来及重启所需"), ge=0)]
RentedShare = Annotated[float, Term(
    Text("Share", "占比"), FRACTION,
    Text("Share of the useful hours that is rented this way", "以该方式租用的有效小时占比"), ge=0)]
RentedPrice = Annotated[float, Term(
    Text("Rental price", "租价"), USD_PER_HOUR,
    Text("Price of a paid hour: on demand, reserved or spot", "每计费小时价格：按需、预留或竞价"),
    ge=0)]
UsefulShare = Annotated[float, Term(
    Text("Useful share", "有效比例"), FRACTION,
    Text("Share of the paid hours that do useful work", "计费小时中有效工作的比例"), gt=0, le=1)]
OwnHour = Annotated[float, term(GpuHourPrice).titled(
    Text("Owned GPU hour", "自有 GPU 小时成本"),
    Text("Cost of an hour of own hardware that is used all the time",
         "自有硬件满负荷使用时每小时成本"))]
RentHour = Annotated[float, Term(
    Text("Rented GPU hour", "租用 GPU 小时价格"), USD_PER_HOUR,
    Text("Price of a rented hour, paid only when used", "仅在使用时付费的租用小时价格"), gt=0)]

# The model and what it reads ----------------------------------------------------------------------

LatentSize = Annotated[float, Term(
    Text("Latent size", "潜变量维度"), COUNT,
    Text("Numbers of the compressed keys and values of a token and layer (MLA)",
         "每个 token 每层压缩键值的维度（MLA）"), ge=0)]
RopeSize = Annotated[float, Term(
    Text("Rope size", "位置键维度"), COUNT,
    Text("Numbers of the shared positional key of a token and layer (MLA)",
         "每个 token 每层共享位置键的维度（MLA）"), ge=0)]
Experts = Annotated[float, Term(
    Text("Experts", "专家数"), COUNT,
    Text("Routed experts of a layer; 1 for a dense model", "每层的路由专家数；稠密模型为 1"), ge=1)]
ExpertsPerToken = Annotated[float, Term(
    Text("Experts per token", "每 token 专家数"), COUNT,
    Text("Routed experts that a token goes through; 1 for a dense model",
         "每个 token 经过的路由专家数；稠密模型为 1"), ge=1)]
TokensTogether = Annotated[float, Term(
    Text("Tokens together", "同步 token 数"), TOKENS,
    Text("Tokens that go through the model in one step", "一步中同时通过模型的 token 数"), ge=1)]
TouchedParameters = Annotated[float, Term(
    Text("Parameters read", "读取的参数量"), COUNT,
    Text("Parameters that a step reads: those that any of its tokens goes through",
         "一步读取的参数量：任一 token 经过的参数"))]

# A step -------------------------------------------------------------------------------------------

NewTokens = Annotated[float, Term(
    Text("New tokens", "新 token"), TOKENS,
    Text("Input tokens to compute, those from the prefix cache left out",
         "需要计算的输入 token（不含前缀缓存命中部分）"), ge=0)]
PrefixTokens = Annotated[float, Term(
    Text("Prefix tokens", "前缀 token"), TOKENS,
    Text("Input tokens before them that come from the prefix cache", "来自前缀缓存的输入 token"),
    ge=0)]
AttentionWidth = Annotated[float, Term(
    Text("Attention width", "注意力宽度"), COUNT,
    Text("Layers times query heads times head size", "层数 × 查询头数 × 头维度"), ge=0)]
ComputeEfficiency = Annotated[float, Term(
    Text("Compute efficiency", "算力效率"), FRACTION,
    Text("Share of the peak compute that a step really gets", "一步实际获得的峰值算力比例"),
    gt=0, le=1)]
BandwidthEfficiency = Annotated[float, Term(
    Text("Bandwidth efficiency", "带宽效率"), FRACTION,
    Text("Share of the memory bandwidth that a step really gets", "一步实际获得的显存带宽比例"),
    gt=0, le=1)]
Overhead = Annotated[float, Term(
    Text("Overhead", "固定开销"), SECONDS,
    Text("Seconds of a step beside computing and reading: launches, communication, sampling",
         "一步中计算与读取之外的时间：启动、通信、采样"), ge=0)]
PrefillPerOutput = Annotated[float, Term(
    Text("Prefill per output token", "每输出 token 的预填充"), SECONDS,
    Text("Prefill time of a request over its output tokens; 0 where other hardware prefills",
         "一个请求的预填充时间除以其输出 token 数；由其他硬件预填充时为 0"), ge=0)]
AcceptanceRate = Annotated[float, Term(
    Text("Acceptance rate", "接受率"), FRACTION,
    Text("Chance that a draft token is accepted", "草稿 token 被接受的概率"), ge=0, le=1)]
DraftLength = Annotated[float, Term(
    Text("Draft length", "草稿长度"), TOKENS,
    Text("Tokens drafted for each step; 0 without speculative decoding",
         "每步起草的 token 数；不用投机解码时为 0"), ge=0)]
DraftCost = Annotated[float, Term(
    Text("Draft cost", "草稿成本"), RATIO,
    Text("Time of drafting a token over the time of a step", "起草一个 token 的时间与一步时间之比"),
    ge=0)]

# Experts over several machines --------------------------------------------------------------------

TokenCache = Annotated[float, Term(
    Text("KV cache of a token", "每 token 键值缓存"), BYTES,
    Text("Key-value cache of one token over all layers", "一个 token 在所有层的键值缓存"), ge=0)]
DecodeWidth = Annotated[float, Term(
    Text("Attention width in decoding", "解码注意力宽度"), COUNT,
    Text("Layers times query heads times head size; under MLA, whose heads read the latent vector, "
         "the latent size and half of the rope size for the head",
         "层数 × 查询头数 × 头维度；MLA 的头直接读取潜变量，头维度取潜变量维度加位置键维度的一半"),
    ge=0)]
HiddenSize = Annotated[float, Term(
    Text("Hidden size", "隐藏维度"), COUNT,
    Text("Numbers that stand for a token between two layers", "层间表示一个 token 的数值个数"),
    gt=0)]
ExpertLayers = Annotated[float, Term(
    Text("Expert layers", "专家层数"), COUNT,
    Text("Layers with routed experts", "含路由专家的层数"), ge=0)]
NetworkBandwidth = Annotated[float, Term(
    Text("Network bandwidth", "网络带宽"), Text("bytes per second", "字节/秒"),
    Text("What one GPU really sends to others in a second", "单个 GPU 每秒实际可发送的字节数"),
    gt=0)]
GpuTokens = Annotated[float, Term(
    Text("Tokens of a GPU", "每 GPU token 数"), TOKENS,
    Text("Tokens of one GPU in a step", "一步中单个 GPU 的 token 数"), ge=0)]
SentBytes = Annotated[float, Term(
    Text("Bytes sent", "发送字节"), Text("bytes per number", "字节/数值"),
    Text("Bytes of a number on its way to an expert: 1 at 8 bits",
         "发往专家的每个数值的字节数：8 位为 1"), ge=0)]
ReturnedBytes = Annotated[float, Term(
    Text("Bytes returned", "返回字节"), Text("bytes per number", "字节/数值"),
    Text("Bytes of a number on its way back: 2 at 16 bits", "返回途中每个数值的字节数：16 位为 2"),
    ge=0)]

# Latency ------------------------------------------------------------------------------------------

LoadShare = Annotated[float, Term(
    Text("Load", "负载率"), FRACTION,
    Text("Share of the time in which the server is busy", "服务器繁忙的时间比例"), ge=0, lt=1)]
ServiceSeconds = Annotated[float, Term(
    Text("Service time", "服务时间"), SECONDS,
    Text("Time that one request keeps the server busy: its prefill",
         "一个请求占用服务器的时间：其预填充"), ge=0)]
Servers = Annotated[float, Term(
    Text("Servers", "服务器数"), COUNT,
    Text("Servers (replicas) behind one queue", "同一队列后的服务器（副本）数"), ge=1)]
Variability = Annotated[float, Term(
    Text("Variability", "变异度"), RATIO,
    Text("Squared coefficient of variation of the service time: 0 if all take the same, 1 if "
         "exponential", "服务时间变异系数的平方：全部相同为 0，指数分布为 1"), ge=0)]
Tail = Annotated[float, Term(
    Text("Share in time", "及时比例"), FRACTION,
    Text("Share of the requests that wait no longer; 0.95 for the 95th percentile",
         "等待不超过该时间的请求比例；0.95 即 95 分位"), ge=0, lt=1)]
MeanBatch = Annotated[float, term(BatchSize).titled(
    Text("Mean batch", "平均批大小"),
    Text("Mean number of sequences that are decoded together", "同时解码序列数的平均值"))]
BatchLimit = Annotated[float, term(BatchSize).titled(
    Text("Largest batch", "最大批大小"),
    Text("Most sequences that are decoded together", "同时解码序列数的上限"))]
Memory = Annotated[float, Term(
    Text("Memory", "显存"), BYTES,
    Text("Memory of the hardware for weights and cache", "硬件可用于权重与缓存的显存"), ge=0)]
SequenceCache = Annotated[float, Term(
    Text("KV cache", "键值缓存"), Text("bytes per sequence", "字节/序列"),
    Text("Key-value cache of one sequence", "每个序列的键值缓存"), gt=0)]
TpotTarget = Annotated[float, Term(
    Text("Target time per output token", "每输出 token 时间目标"), SECONDS,
    Text("Longest time per output token that is acceptable", "可接受的每输出 token 最长时间"),
    gt=0)]

# Load and cost ------------------------------------------------------------------------------------

WaitTarget = Annotated[float, Term(
    Text("Waiting target", "等待目标"), SECONDS,
    Text("Longest acceptable wait: the target to first token less the prefill",
         "可接受的最长等待：首 token 目标减去预填充时间"), ge=0)]
Prefill = Annotated[float, Term(
    Text("Prefill time", "预填充时间"), SECONDS,
    Text("Time to compute the input of one request", "计算一个请求输入所需时间"), gt=0)]
LoadLimit = Annotated[float, Term(
    Text("Load", "负载率"), FRACTION,
    Text("Load of the prefill at most, for its waiting", "预填充的最高负载率"), gt=0, le=1)]
RequestTokens = Annotated[float, Term(
    Text("Output tokens", "输出 token"), TOKENS,
    Text("Output tokens of a request", "每个请求的输出 token 数"), gt=0)]
TokenSeconds = Annotated[float, Term(
    Text("Time per output token", "每输出 token 时间"), SECONDS,
    Text("Time from one token of a sequence to its next", "同一序列相邻两个 token 的间隔"), gt=0)]
RequestRate = Annotated[float, Term(
    Text("Requests", "请求率"), REQUESTS_PER_SECOND,
    Text("Requests that a replica serves in a second", "一个副本每秒服务的请求数"), gt=0)]
HourCost = Annotated[float, Term(
    Text("Cost of an hour", "每小时成本"), USD_PER_HOUR,
    Text("Cost of all GPUs of the replica for an hour", "副本全部 GPU 每小时的成本"), ge=0)]
KindSeconds = Annotated[float, Term(
    Text("Seconds of the kind", "该类时间"), SECONDS,
    Text("Time that the tokens of this kind take in a request",
         "该类 token 在一个请求中占用的时间"), ge=0)]
AllSeconds = Annotated[float, Term(
    Text("Seconds of all kinds", "全部时间"), SECONDS,
    Text("Time that the tokens of all kinds take in a request",
         "全部类别 token 在一个请求中占用的时间"), gt=0)]
KindTokens = Annotated[float, Term(
    Text("Tokens of the kind", "该类 token"), TOKENS,
    Text("Tokens of this kind in a request", "一个请求中该类 token 数"), ge=0)]
KindCost = Annotated[float, Term(
    Text("Cost", "成本"), USD_PER_MTOK,
    Text("Cost of a million tokens of the kind", "该类每百万 token 的成本"), ge=0)]
KindPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_MTOK,
    Text("Price of a million tokens of the kind", "该类每百万 token 的价格"), ge=0)]
KindVolume = Annotated[float, Term(
    Text("Volume", "用量"), Text("million tokens", "百万 token"),
    Text("Tokens of the kind", "该类 token 用量"), ge=0)]
TargetMargin = Annotated[float, Term(
    Text("Margin", "毛利率"), FRACTION,
    Text("Gross margin to reach", "希望达到的毛利率"), lt=1)]
HourLoad = Annotated[float, Term(
    Text("Load of the hour", "该小时负载"), Text("of any kind", "任意单位"),
    Text("Load of one hour, in the unit of the capacity", "一小时的负载，单位与容量相同"), ge=0)]
NodeCapacity = Annotated[float, Term(
    Text("Capacity", "容量"), Text("of the same kind", "同一单位"),
    Text("Load that one node serves within the latency target", "一个节点在延迟目标内可服务的负载"),
    gt=0)]
SpareNodes = Annotated[float, Term(
    Text("Redundancy", "冗余节点"), NODES,
    Text("Nodes on top that may fail", "允许故障的额外节点数"), ge=0)]
LeastNodes = Annotated[float, Term(
    Text("Least nodes", "最少节点"), NODES,
    Text("Nodes that stay on without load", "无负载时保留的节点数"), ge=0)]

# Results -----------------------------------------------------------------------------------------

CapitalRecovery = Annotated[float, Term(
    Text("Capital recovery", "资本回收额"), USD_PER_YEAR,
    Text("Equal yearly amount that pays for the hardware and the capital in it",
         "逐年等额回收硬件及其资金成本的金额"))]
GpuHourCost = Annotated[float, Term(
    Text("GPU-hour cost", "GPU 小时成本"), USD_PER_HOUR,
    Text("Cost of an hour of use of one GPU", "单个 GPU 每使用小时的成本"))]
UsefulHours = Annotated[float, Term(
    Text("Useful share", "有效比例"), FRACTION,
    Text("Share of the paid hours that do useful work", "计费小时中有效工作的比例"))]
OwnRentUse = Annotated[float, Term(
    Text("Breakeven utilization", "盈亏平衡利用率"), FRACTION,
    Text("Utilization above which owning costs less than renting", "自有成本低于租用的利用率下限"))]
CacheSize = Annotated[float, Term(
    Text("KV cache", "键值缓存"), BYTES,
    Text("Key-value cache of the tokens", "这些 token 的键值缓存"))]
PrefillTime = Annotated[float, Term(
    Text("Prefill time", "预填充时间"), SECONDS,
    Text("Time to compute the input of one request", "计算一个请求输入所需时间"))]
Tpot = Annotated[float, Term(
    Text("Time per output token", "每输出 token 时间"), SECONDS,
    Text("Time from one token of a sequence to its next", "同一序列相邻两个 token 的间隔"))]
StepTokens = Annotated[float, Term(
    Text("Tokens per step", "每步 token 数"), TOKENS,
    Text("Mean number of tokens that a sequence gains in a step",
         "每个序列每步平均获得的 token 数"))]
AttentionTime = Annotated[float, Term(
    Text("Attention", "注意力时间"), SECONDS,
    Text("Time that a step takes for the attention of all sequences",
         "一步中全部序列注意力所需的时间"))]
ExchangeTime = Annotated[float, Term(
    Text("Exchange", "交换时间"), SECONDS,
    Text("Time that a step takes to send tokens to their experts and back",
         "一步中把 token 发往专家并取回所需的时间"))]
Waiting = Annotated[float, Term(
    Text("Waiting time", "等待时间"), SECONDS,
    Text("Time that a request waits before its prefill begins", "请求在预填充开始前的等待时间"))]
Ttft = Annotated[float, Term(
    Text("Time to first token", "首 token 时间"), SECONDS,
    Text("Waiting and prefill of a request", "请求的等待与预填充时间之和"))]
Sequences = Annotated[float, Term(
    Text("Batch", "批大小"), SEQUENCES,
    Text("Sequences that are decoded together", "同时解码的序列数"))]
MostLoad = Annotated[float, Term(
    Text("Load", "负载率"), FRACTION,
    Text("Highest load at which the wait keeps its target", "等待不超过目标的最高负载率"))]
Rate = Annotated[float, Term(
    Text("Requests", "请求率"), REQUESTS_PER_SECOND,
    Text("Requests that a replica serves in a second", "一个副本每秒服务的请求数"))]
PoolRatio = Annotated[float, Term(
    Text("Prefill hardware", "预填充硬件"), RATIO,
    Text("Replicas that prefill for each one that decodes", "每个解码副本对应的预填充副本数"))]
CostOfKind = Annotated[float, Term(
    Text("Cost of the kind", "该类成本"), USD_PER_MTOK,
    Text("Cost of a million tokens of the kind", "该类每百万 token 的成本"))]
PriceFactor = Annotated[float, Term(
    Text("Price factor", "价格系数"), RATIO,
    Text("Factor on all prices at which they cover the cost with the margin",
         "使价格在该毛利率下覆盖成本的统一系数"))]
Nodes = Annotated[float, Term(
    Text("Nodes", "节点数"), NODES,
    Text("Whole nodes that are on", "开启的整节点数"))]
MeanNodes = Annotated[float, Term(
    Text("Nodes", "平均节点数"), NODES,
    Text("Nodes that are on, on average over the hours", "各小时平均开启的节点数"))]
FleetUtilization = Annotated[float, Term(
    Text("Utilization", "利用率"), FRACTION,
    Text("Load served over what the nodes that are on could serve",
         "实际负载与开启节点可服务负载之比"))]
# fmt: on
