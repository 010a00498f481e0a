"""What the template on API or own hardware reports: its results, and the answer in words."""

from __future__ import annotations

from lmprice.chapters.serving import quantities as serving
from lmprice.language.quantities import MTOK, RATIO, USD, USD_PER_HOUR, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.scenarios.api_vs_selfhost.terms import MILLISECONDS, THOUSAND_REQUESTS, USD_A_MONTH

# fmt: off
# Results ------------------------------------------------------------------------------------------

GPU_HOUR = Term(
    Text("GPU hour", "GPU 小时成本"), USD_PER_HOUR,
    Text("Cost of a useful hour of one GPU that is not reserved, in the first month",
         "第一个月单个非预留 GPU 每有效小时成本"))
SPOT_USEFUL = term(serving.UsefulHours).titled(
    Text("Useful share of spot", "竞价有效比例"),
    Text("Share of the paid hours that interruptions leave", "扣除中断损失后的计费小时比例"))
RESERVED_HOUR = Term(
    Text("Reserved node hour", "预留节点小时成本"), USD_PER_HOUR,
    Text("Cost of an hour of a reserved node, used or not", "预留节点每小时成本（无论是否使用）"))
HARDWARE_COST = Term(
    Text("Hardware", "硬件成本"), USD_A_MONTH, Text("All nodes", "全部节点"))
STEP_FACTOR = Term(
    Text("Steps per token", "每 token 步数"), RATIO,
    Text("Time of a step with its drafts over the tokens that a sequence gains in it; 1 without "
         "drafts", "含草稿的一步时间与其获得的 token 数之比；无草稿时为 1"))
SEQUENCE_STEP = Term(
    Text("Step of a sequence", "每序列步时"), MILLISECONDS,
    Text("Attention and exchange of one sequence in a decode step",
         "解码一步中单个序列的注意力与交换时间"))
PREFILL_RATE = term(serving.Rate).titled(
    Text("Requests for the first token", "首 token 允许的请求率"),
    Text("Requests that a node prefills in a second within the target to the first token",
         "节点在首 token 目标内每秒可预填充的请求数"))
PREFILL_NODES = term(serving.PoolRatio).titled(
    Text("Prefill nodes", "预填充节点比"),
    Text("Nodes that prefill for each one that decodes; 0 where one does both",
         "每个解码节点对应的预填充节点数；同一节点时为 0"))
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
RUNNING_BATCH = term(serving.Sequences).titled(
    Text("Batch at capacity", "满容量时的批大小"),
    Text("The mean batch, or less where the time to the first token keeps requests back",
         "平均批大小；若首 token 时间限制了请求数则更小"))
TPOT = Term(
    Text("Time per output token", "每输出 token 时间"), MILLISECONDS,
    Text("At the batch at capacity", "在满容量的批大小时"))
BATCH_RATE = term(serving.Rate).titled(
    Text("Requests of that batch", "该批大小的请求率"),
    Text("Batch over output tokens and time per token", "批大小除以输出 token 数与每 token 时间"))
LOAD_LIMIT = term(serving.MostLoad).titled(
    Text("Load for the first token", "首 token 允许的负载率"),
    Text("Highest load of prefill at which 95 % get their first token in time",
         "使 95% 的首 token 及时的最高预填充负载率"))
RATE = term(serving.Rate).titled(
    Text("Capacity of a node", "节点容量"),
    Text("Requests that a node serves, or decodes, in a second within the targets",
         "节点在目标内每秒可服务（或解码）的请求数"))
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
