"""The vocabulary: every quantity that a formula or a template may ask for.

A term says, once and in English and Chinese, what a quantity is called, in what unit it is
measured, what it means and which values are valid.  Functions and template fields refer to a term
by annotation, so wizard help, docstrings, validation, cell prompts and error messages agree:

>>> from lmprice.language.terms import term
>>> term(UnitPrice).unit.en
'USD per unit'
>>> term(Utilization).broken_rule(1.4)
'is above 1'
"""

from __future__ import annotations

from typing import Annotated, Any

from lmprice.language.terms import FRACTION, Term, Text, term

NO_PRICE = 1e300
"""What says in a sheet that there is no price; None in Python."""
NO_LIMIT = 1e300
"""What says in a sheet that there is no limit; None in Python."""
LEFT_OUT: Any = None
"""Default of a parameter that may be left out: a formula gets what stands for that in a sheet."""

# fmt: off

# Units -------------------------------------------------------------------------------------------

USD = Text("USD", "美元")
USD_PER_UNIT = Text("USD per unit", "美元/单位")
USD_PER_MTOK = Text("USD per million tokens", "美元/百万 token")
USD_PER_HOUR = Text("USD per hour", "美元/小时")
UNITS = Text("units", "单位")
MTOK = Text("million tokens", "百万 token")
TOKENS = Text("tokens", "token")
RATIO = Text("ratio", "倍数")
COUNT = Text("count", "个")
HOURS = Text("hours", "小时")
SECONDS = Text("seconds", "秒")
SEATS = Text("seats", "席位")
PERIODS = Text("periods", "期")
BYTES = Text("bytes", "字节")

# Volume ------------------------------------------------------------------------------------------

Quantity = Annotated[float, Term(
    Text("Quantity", "数量"), UNITS,
    Text("Units sold or served", "售出或提供的单位数"), ge=0)]
BreakevenQuantity = Annotated[float, Term(
    Text("Breakeven quantity", "盈亏平衡数量"), UNITS,
    Text("Quantity at which profit is zero", "利润为零时的数量"), ge=0)]
Mix = Annotated[float, Term(
    Text("Sales mix", "销售组合"), UNITS,
    Text("Units of each product in one composite unit", "每个组合单位中各产品的单位数"), ge=0)]

# Prices and costs --------------------------------------------------------------------------------

UnitPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_UNIT,
    Text("Price of one unit", "每单位价格"), ge=0)]
NewPrice = Annotated[float, Term(
    Text("New price", "新价格"), USD_PER_UNIT,
    Text("Price of one unit after the change", "变动后的每单位价格"), ge=0)]
UnitCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit", "每单位可变成本"), ge=0)]
NewUnitCost = Annotated[float, Term(
    Text("New unit cost", "新单位成本"), USD_PER_UNIT,
    Text("Variable cost of one unit after the change", "变动后的每单位可变成本"), ge=0)]
FixedCost = Annotated[float, Term(
    Text("Fixed cost", "固定成本"), USD,
    Text("Cost that does not depend on the quantity", "不随数量变化的成本"), ge=0)]
FixedCostChange = Annotated[float, Term(
    Text("Change in fixed cost", "固定成本变动"), USD,
    Text("Fixed cost added (or saved, below 0) by the change",
         "变动所增加（负数为节省）的固定成本"))]
Quadratic = Annotated[float, Term(
    Text("Quadratic coefficient", "二次系数"), Text("USD per unit squared", "美元/单位²"),
    Text("Cost that grows with the square of the quantity", "随数量平方增长的成本系数"))]
PositiveQuadratic = Annotated[float, Term(
    Text("Quadratic coefficient", "二次系数"), Text("USD per unit squared", "美元/单位²"),
    Text("Cost that grows with the square of the quantity", "随数量平方增长的成本系数"), gt=0)]
Linear = Annotated[float, Term(
    Text("Linear coefficient", "一次系数"), USD_PER_UNIT,
    Text("Cost that grows in step with the quantity", "随数量成正比增长的成本系数"))]
ProfitQuadratic = Annotated[float, Term(
    Text("Quadratic coefficient of profit", "利润的二次系数"),
    Text("USD per unit squared", "美元/单位²"),
    Text("Profit that changes with the square of the quantity", "随数量平方变化的利润系数"))]
ProfitLinear = Annotated[float, Term(
    Text("Linear coefficient of profit", "利润的一次系数"), USD_PER_UNIT,
    Text("Profit that changes in step with the quantity", "随数量成正比变化的利润系数"))]
TargetProfit = Annotated[float, Term(
    Text("Target profit", "目标利润"), USD,
    Text("Profit to reach, after tax", "希望达到的税后利润"), ge=0)]
TaxRate = Annotated[float, Term(
    Text("Tax rate", "税率"), FRACTION,
    Text("Tax on profit; 0.25 is 25 %", "利润税率；0.25 即 25%"), ge=0, lt=1)]
Margin = Annotated[float, Term(
    Text("Contribution margin ratio", "边际贡献率"), FRACTION,
    Text("Contribution margin as a fraction of the old price", "边际贡献占原价格的比例"), le=1)]
PriceChange = Annotated[float, Term(
    Text("Price change", "价格变动"), FRACTION,
    Text("Change as a fraction of the old price; -0.2 is a 20 % cut",
         "相对原价格的变动；-0.2 即降价 20%"), ge=-1)]
Investment = Annotated[float, Term(
    Text("Investment", "投资"), USD,
    Text("Amount to earn back", "需要收回的金额"), ge=0)]
FirstMargin = Annotated[float, Term(
    Text("First margin", "首期毛利"), Text("USD per period", "美元/期"),
    Text("Margin earned in the first period", "第一期赚取的毛利"), ge=0)]
Decline = Annotated[float, Term(
    Text("Decline", "降幅"), FRACTION,
    Text("Share by which the margin falls each period", "每期毛利下降的比例"), ge=0, lt=1)]
Discount = Annotated[float, Term(
    Text("Discount", "折扣"), FRACTION,
    Text("Discount on the whole charge; 0.2 is 20 % off", "对总费用的折扣；0.2 即减 20%"),
    ge=0, le=1)]

# Tokens and models -------------------------------------------------------------------------------

InputTokens = Annotated[float, Term(
    Text("Input tokens", "输入 token"), TOKENS,
    Text("Input tokens, the cached ones included", "输入 token 数（含缓存命中部分）"), ge=0)]
CachedTokens = Annotated[float, Term(
    Text("Cached tokens", "缓存 token"), TOKENS,
    Text("Those of the input tokens that were read from the cache",
         "输入 token 中从缓存读取的部分"), ge=0)]
OutputTokens = Annotated[float, Term(
    Text("Output tokens", "输出 token"), TOKENS,
    Text("Output tokens, reasoning included", "输出 token 数（含推理过程）"), ge=0)]
ContextTokens = Annotated[float, Term(
    Text("Context length", "上下文长度"), TOKENS,
    Text("Tokens held in the key-value cache", "键值缓存中保存的 token 数"), ge=0)]
TrainingTokens = Annotated[float, Term(
    Text("Training tokens", "训练 token"), TOKENS,
    Text("Tokens the model is trained on", "训练模型所用的 token 数"), ge=0)]
InputPrice = Annotated[float, Term(
    Text("Input price", "输入价格"), USD_PER_MTOK,
    Text("Price of uncached input tokens", "未命中缓存的输入 token 价格"), ge=0)]
CachedPrice = Annotated[float, Term(
    Text("Cached input price", "缓存输入价格"), USD_PER_MTOK,
    Text("Price of input tokens read from the cache", "命中缓存的输入 token 价格"), ge=0)]
ReadPrice = Annotated[float, term(CachedPrice).titled(
    Text("Cached input price", "缓存输入价格"),
    Text("Price of input tokens read from the cache; needed where there are any",
         "命中缓存的输入 token 价格；有此类 token 时必填"), absent=NO_PRICE)]
CacheWriteTokens = Annotated[float, Term(
    Text("Cache write tokens", "写入缓存的 token"), TOKENS,
    Text("Those of the input tokens that were written to the cache",
         "输入 token 中写入缓存的部分"), ge=0)]
WritePrice = Annotated[float, Term(
    Text("Cache write price", "缓存写入价格"), USD_PER_MTOK,
    Text("Price of input tokens written to the cache; needed where there are any",
         "写入缓存的输入 token 价格；有此类 token 时必填"), ge=0, absent=NO_PRICE)]
OutputPrice = Annotated[float, Term(
    Text("Output price", "输出价格"), USD_PER_MTOK,
    Text("Price of output tokens", "输出 token 价格"), ge=0)]
TokenPrice = Annotated[float, Term(
    Text("Token price", "token 价格"), USD_PER_MTOK,
    Text("Price of a million tokens", "每百万 token 价格"), ge=0)]
TokenVariableCost = Annotated[float, Term(
    Text("Variable cost", "可变成本"), USD_PER_MTOK,
    Text("Cost of serving one more million tokens", "每多提供一百万 token 的成本"), ge=0)]
MonthlyCapacity = Annotated[float, Term(
    Text("Monthly capacity", "每月容量"), Text("million tokens per month", "百万 token/月"),
    Text("Tokens that the hardware can serve in a month", "硬件每月最多可处理的 token"), gt=0,
    absent=NO_LIMIT)]
MonthlyFixedCost = Annotated[float, Term(
    Text("Monthly fixed cost", "每月固定成本"), Text("USD per month", "美元/月"),
    Text("Hardware, hosting and staff of self-hosting", "自建的硬件、托管和人员费用"), ge=0)]
InputOutputRatio = Annotated[float, Term(
    Text("Input to output ratio", "输入输出比"), RATIO,
    Text("Input tokens for each output token; 3 is 3:1",
         "每个输出 token 对应的输入 token 数；3 即 3:1"), ge=0)]
WriteMultiplier = Annotated[float, Term(
    Text("Cache write multiplier", "缓存写入倍数"), RATIO,
    Text("Price of a cache write over the input price", "缓存写入价格与输入价格之比"), ge=1)]
ReadMultiplier = Annotated[float, Term(
    Text("Cache read multiplier", "缓存读取倍数"), RATIO,
    Text("Price of a cache read over the input price", "缓存读取价格与输入价格之比"), ge=0)]
Parameters = Annotated[float, Term(
    Text("Parameters", "参数量"), COUNT,
    Text("Parameters of the model; of a mixture of experts the active ones",
         "模型参数量；混合专家模型取激活参数"), ge=0)]
AllParameters = Annotated[float, Term(
    Text("Parameters", "参数量"), COUNT,
    Text("All parameters of the model, active or not", "模型的全部参数量（无论是否激活）"), ge=0)]
Bits = Annotated[float, Term(
    Text("Bits", "位数"), Text("bits", "位"),
    Text("Bits a number is stored in: 16, 8, 4", "每个数的存储位数：16、8、4"), gt=0)]
Layers = Annotated[float, Term(
    Text("Layers", "层数"), COUNT, Text("Layers of the model", "模型层数"), ge=0)]
Heads = Annotated[float, Term(
    Text("Key-value heads", "键值头数"), COUNT,
    Text("Key-value heads of a layer", "每层的键值头数"), ge=0)]
HeadSize = Annotated[float, Term(
    Text("Head size", "头维度"), COUNT,
    Text("Numbers in one head", "每个头的维度"), ge=0)]

# Hardware ----------------------------------------------------------------------------------------

GpuHourPrice = Annotated[float, Term(
    Text("GPU-hour price", "GPU 小时价格"), USD_PER_HOUR,
    Text("Price of the hardware for one hour", "硬件每小时价格"), ge=0)]
GpuHours = Annotated[float, Term(
    Text("GPU hours", "GPU 小时"), Text("GPU hours", "GPU 小时"),
    Text("Hours of all pieces of the hardware together", "全部硬件的小时数之和"), gt=0)]
TokensPerSecond = Annotated[float, Term(
    Text("Throughput", "吞吐量"), Text("tokens per second", "token/秒"),
    Text("Tokens per second at full load of that hardware", "该硬件满载时每秒 token 数"), gt=0)]
Utilization = Annotated[float, Term(
    Text("Utilization", "利用率"), FRACTION,
    Text("Share of full load; 0.5 is 50 %", "占满载的比例；0.5 即 50%"), gt=0, le=1)]
Mfu = Annotated[float, Term(
    Text("MFU", "模型算力利用率"), FRACTION,
    Text("Model FLOP utilization: share of the peak FLOP/s that trains the model",
         "模型 FLOP 利用率：峰值算力中真正用于训练的比例"), gt=0, le=1)]
PeakFlops = Annotated[float, Term(
    Text("Peak compute", "峰值算力"), Text("FLOP/s", "FLOP/秒"),
    Text("Peak of the hardware at the number format used", "硬件在所用数值格式下的峰值算力"), gt=0)]
BatchSize = Annotated[float, Term(
    Text("Batch size", "批大小"), Text("sequences", "序列"),
    Text("Sequences decoded together", "同时解码的序列数"), gt=0)]
CacheBytes = Annotated[float, Term(
    Text("KV cache", "键值缓存"), Text("bytes per sequence", "字节/序列"),
    Text("Key-value cache of one sequence", "每个序列的键值缓存"), ge=0)]
WeightBytes = Annotated[float, Term(
    Text("Weights", "权重"), BYTES,
    Text("Weights read in every step", "每一步读取的权重"), ge=0)]
Bandwidth = Annotated[float, Term(
    Text("Memory bandwidth", "显存带宽"), Text("bytes per second", "字节/秒"),
    Text("Memory bandwidth of the hardware", "硬件的显存带宽"), gt=0)]

# Results -----------------------------------------------------------------------------------------

Cost = Annotated[float, Term(
    Text("Cost", "成本"), USD, Text("Total cost", "总成本"))]
Revenue = Annotated[float, Term(
    Text("Revenue", "收入"), USD, Text("Price times quantity", "价格乘以数量"))]
Profit = Annotated[float, Term(
    Text("Profit", "利润"), USD, Text("Revenue less all cost", "收入减去全部成本"))]
AverageCost = Annotated[float, Term(
    Text("Average cost", "平均成本"), USD_PER_UNIT,
    Text("Total cost of one unit", "每单位总成本"))]
MarginalCost = Annotated[float, Term(
    Text("Marginal cost", "边际成本"), USD_PER_UNIT,
    Text("Cost of one more unit", "再多一单位的成本"))]
ContributionMargin = Annotated[float, Term(
    Text("Contribution margin", "边际贡献"), USD_PER_UNIT,
    Text("What a unit adds to cover fixed cost", "每单位对固定成本的贡献"))]
GrossMargin = Annotated[float, Term(
    Text("Gross margin", "毛利率"), FRACTION,
    Text("Price less cost, as a share of the price", "价格减成本占价格的比例"))]
Markup = Annotated[float, Term(
    Text("Markup", "加成率"), FRACTION,
    Text("Price less cost, as a share of the cost", "价格减成本占成本的比例"))]
OperatingLeverage = Annotated[float, Term(
    Text("Operating leverage", "经营杠杆"), RATIO,
    Text("Per cent that profit moves when sales move by one per cent",
         "销量变动 1% 时利润变动的百分数"))]
MarginOfSafety = Annotated[float, Term(
    Text("Margin of safety", "安全边际率"), FRACTION,
    Text("Share of the quantity that can be lost before a loss", "亏损前可以失去的数量比例"))]
BreakevenRevenue = Annotated[float, Term(
    Text("Breakeven revenue", "盈亏平衡收入"), USD,
    Text("Revenue at which profit is zero", "利润为零时的收入"))]
BreakevenPrice = Annotated[float, Term(
    Text("Breakeven price", "盈亏平衡价格"), USD_PER_UNIT,
    Text("Price at which profit is zero", "利润为零时的价格"))]
TargetQuantity = Annotated[float, Term(
    Text("Target quantity", "目标数量"), UNITS,
    Text("Quantity at which profit reaches the target", "利润达到目标时的数量"))]
ProfitMaximizingQuantity = Annotated[float, Term(
    Text("Profit-maximizing quantity", "利润最大数量"), UNITS,
    Text("Quantity at which profit is highest", "利润最高时的数量"))]
SalesChange = Annotated[float, Term(
    Text("Sales change", "销量变动"), FRACTION,
    Text("Change in quantity that keeps the profit", "保持利润所需的数量变动"))]
CompositeUnits = Annotated[float, Term(
    Text("Composite units", "组合单位"), UNITS,
    Text("Composite units (one mix each) at which profit is zero", "利润为零时的组合单位数"))]
BreakevenTokens = Annotated[float, Term(
    Text("Breakeven volume", "盈亏平衡用量"), Text("million tokens per month", "百万 token/月"),
    Text("Monthly volume above which self-hosting is cheaper", "自建更便宜的每月用量下限"))]
BreakevenUtilization = Annotated[float, Term(
    Text("Breakeven utilization", "盈亏平衡利用率"), FRACTION,
    Text("Utilization at which the price covers the hardware", "价格覆盖硬件成本时的利用率"))]
Periods = Annotated[float, Term(
    Text("Payback", "回收期"), PERIODS,
    Text("Periods until the investment is earned back", "收回投资所需的期数"))]
TokenCost = Annotated[float, Term(
    Text("Token cost", "token 费用"), USD, Text("Charge for the tokens", "token 费用合计"))]
CacheReads = Annotated[float, Term(
    Text("Breakeven reads", "盈亏平衡读取次数"), COUNT,
    Text("Cache reads that earn back one cache write", "收回一次缓存写入所需的读取次数"))]
Compute = Annotated[float, Term(
    Text("Training compute", "训练算力"), Text("FLOP", "FLOP"),
    Text("Floating-point operations of the training", "训练所需的浮点运算量"))]
TrainingHours = Annotated[float, Term(
    Text("GPU hours", "GPU 小时"), Text("GPU hours", "GPU 小时"),
    Text("Hours of all pieces of the hardware together", "全部硬件的小时数之和"))]
AchievedFlops = Annotated[float, Term(
    Text("Achieved compute", "实际算力"), Text("FLOP/s", "FLOP/秒"),
    Text("What each piece of the hardware really computed", "每件硬件实际完成的算力"))]
AchievedMfu = Annotated[float, Term(
    Text("MFU", "模型算力利用率"), FRACTION,
    Text("Share of the peak FLOP/s that trained the model", "峰值算力中真正用于训练的比例"))]
ServingCost = Annotated[float, Term(
    Text("Serving cost", "服务成本"), USD_PER_MTOK,
    Text("Hardware cost of a million tokens", "每百万 token 的硬件成本"))]
Gigabytes = Annotated[float, Term(
    Text("Memory", "内存"), Text("GB", "GB"),
    Text("Memory, in gigabytes of 10^9 bytes", "内存，1 GB 为 10^9 字节"))]
