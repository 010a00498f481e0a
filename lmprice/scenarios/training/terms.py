"""The quantities of the training payback template that no other chapter has."""

from __future__ import annotations

from typing import Annotated, Literal

from lmprice.chapters.investment.quantities import NetPresentValue
from lmprice.language.quantities import (
    MTOK,
    RATIO,
    USD,
    USD_PER_MTOK,
    Compute,
    Cost,
    GpuHourPrice,
    GpuHours,
    GrossMargin,
    Mfu,
    Parameters,
    TrainingHours,
    TrainingTokens,
)
from lmprice.language.terms import FRACTION, Choice, Term, Text, term

MONTHS = Text("months", "个月")
USD_A_MONTH = Text("USD per month", "美元/月")

# fmt: off
# The training -------------------------------------------------------------------------------------

HoursFrom = Annotated[
    Literal["gpu_hours", "parameters"],
    Choice(
        Text("GPU hours from", "GPU 小时来源"),
        Text("Whether the GPU hours are given below, or follow from parameters, tokens and MFU",
             "GPU 小时由下方直接给出，还是由参数量、token 数与 MFU 推算"),
        {"gpu_hours": Text("GPU hours", "GPU 小时"), "parameters": Text("parameters", "参数量")},
    ),
]
GivenHours = Annotated[float, term(GpuHours).titled(
    Text("GPU hours", "GPU 小时"),
    Text("GPU hours of the whole training; not used if they follow from parameters",
         "整个训练的 GPU 小时；由参数量推算时不使用"))]
Price = Annotated[float, term(GpuHourPrice).titled(
    Text("GPU-hour price", "GPU 小时价格"),
    Text("Price of one GPU for one hour", "一个 GPU 一小时的价格"))]
TrainedParameters = Annotated[float, Term(
    Text("Parameters", "参数量"), Text("billion", "十亿"), term(Parameters).help, ge=0)]
TrainedTokens = Annotated[float, Term(
    Text("Training tokens", "训练 token"), Text("trillion tokens", "万亿 token"),
    term(TrainingTokens).help, ge=0)]
Peak = Annotated[float, Term(
    Text("Peak compute", "峰值算力"), Text("TFLOP/s", "TFLOP/秒"),
    Text("Peak of one GPU at the number format used", "单个 GPU 在所用数值格式下的峰值算力"), gt=0)]
Utilization = Annotated[float, term(Mfu)]
Gpus = Annotated[float, Term(
    Text("GPUs", "GPU 数"), Text("GPUs", "个"),
    Text("GPUs that train at the same time, for the days that it takes",
         "同时训练的 GPU 数，用于计算训练天数"), gt=0)]
OtherCost = Annotated[float, Term(
    Text("Other investment", "其他投资"), USD,
    Text("Experiments, failed runs, data, people: what the GPU hours do not contain",
         "实验、失败的训练、数据、人员等未计入 GPU 小时的投入"), ge=0)]

# Serving ------------------------------------------------------------------------------------------

Volume = Annotated[float, Term(
    Text("Tokens served per month", "每月服务的 token"), MTOK,
    Text("Tokens sold in the first month", "第一个月售出的 token"), ge=0)]
ServingPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_MTOK,
    Text("Average price of a million tokens in the first month",
         "第一个月每百万 token 的平均价格"), ge=0)]
ServingUnitCost = Annotated[float, Term(
    Text("Serving cost", "服务成本"), USD_PER_MTOK,
    Text("What it costs to serve a million tokens", "提供每百万 token 服务的成本"), ge=0)]
YearlyDecline = Annotated[float, Term(
    Text("Margin decline per year", "毛利年降幅"), FRACTION,
    Text("Share by which the monthly margin falls within a year: prices fall, better models come",
         "月毛利一年内下降的比例：价格下降、更好的模型出现"), ge=0, lt=1)]
YearlyDiscount = Annotated[float, Term(
    Text("Discount rate", "折现率"), FRACTION,
    Text("Yearly rate at which later margins count less", "后期毛利按此年利率折现"), ge=0,
    usual=(0.0, 0.5))]
Horizon = Annotated[float, Term(
    Text("Horizon", "服务期限"), MONTHS,
    Text("Months for which the model is served", "模型提供服务的月数"), ge=0)]

# Results of the training --------------------------------------------------------------------------

COMPUTE = Term(term(Compute).title, Text("10²⁴ FLOP", "10²⁴ FLOP"), term(Compute).help)
HOURS_ESTIMATE = term(TrainingHours).titled(
    Text("GPU hours from parameters", "由参数量推算的 GPU 小时"),
    Text("Six operations for each parameter and token, at the peak compute times MFU",
         "每个参数和 token 六次运算，按峰值算力乘以 MFU 计"))
HOURS = term(TrainingHours).titled(
    Text("GPU hours used", "采用的 GPU 小时"), Text("As chosen among the inputs", "按输入中的选择"))
DAYS = Term(
    Text("Training days", "训练天数"), Text("days", "天"),
    Text("GPU hours over GPUs and 24 hours", "GPU 小时除以 GPU 数和 24 小时"))
GPU_COST = term(Cost).titled(
    Text("Training cost", "训练成本"), Text("GPU hours at their price", "GPU 小时乘以其价格"))
INVESTMENT = Term(
    Text("Investment", "投资"), USD,
    Text("Training cost and other investment", "训练成本加其他投资"))
PER_BILLION = Term(
    Text("Training cost per billion tokens", "每十亿 token 训练成本"), USD,
    Text("Training cost over the tokens trained on", "训练成本除以训练 token 数"))

# Results of serving -------------------------------------------------------------------------------

FIRST_MARGIN = Term(
    Text("Margin, first month", "首月毛利"), USD_A_MONTH,
    Text("Tokens at price less serving cost", "token 乘以价格与服务成本之差"))
GROSS_MARGIN = term(GrossMargin).titled(
    Text("Gross margin", "毛利率"), Text("Margin as a share of the price", "毛利占价格的比例"))
MONTHLY_DECLINE = Term(
    Text("Margin decline per month", "毛利月降幅"), FRACTION,
    Text("The same share each month, which makes the decline of a year", "每月相同，合成全年降幅"))
MONTHLY_RATE = Term(
    Text("Discount rate per month", "月折现率"), FRACTION,
    Text("The same rate each month, which makes the rate of a year", "每月相同，合成年折现率"))

# Payback ------------------------------------------------------------------------------------------

GAIN = FIRST_MARGIN.titled(
    Text("Margin that pays back", "用于回收的毛利"),
    Text("Margin of the first month, 0 where serving loses money", "首月毛利；服务亏损时为 0"))
DISCOUNTED_GAIN = FIRST_MARGIN.titled(
    Text("Margin that pays back, discounted", "用于回收的毛利（折现）"),
    Text("The same a month earlier: its present value", "首月毛利的现值"))
DISCOUNTED_DECLINE = MONTHLY_DECLINE.titled(
    Text("Decline of discounted margins", "折现毛利的月降幅"),
    Text("Decline and discount rate of a month together", "月降幅与月折现率合计"))
_MONTHS_EVER = Text(
    "Months until the margins add up to the investment, however long the model is served",
    "毛利累计达到投资额所需的月数，不论服务多久")
_MONTHS_WITHIN = Text("The same, #N/A where the horizon ends before", "同上；超出服务期限则为 #N/A")
PAYBACKS = {
    "payback": (
        Term(Text("Months to pay back", "回收所需月数"), MONTHS, _MONTHS_EVER),
        Term(Text("Payback", "回收期"), MONTHS, _MONTHS_WITHIN),
    ),
    "discounted_payback": (
        Term(Text("Months to pay back, discounted", "折现回收所需月数"), MONTHS,
             Text("The same with later margins discounted", "后期毛利折现后所需的月数")),
        Term(Text("Discounted payback", "折现回收期"), MONTHS, _MONTHS_WITHIN),
    ),
}
WORTH = Term(
    Text("Worth of a first margin of 1", "首月毛利每 1 的价值"), RATIO,
    Text("Present value of all margins if the first one is 1", "首月毛利为 1 时各月毛利的现值合计"))
NPV = term(NetPresentValue).titled(
    Text("Net present value", "净现值"),
    Text("Discounted margins of all months less the investment", "各月毛利的现值减去投资"))
BALANCE = Term(
    Text("Margins less investment", "毛利减投资"), USD,
    Text("The same without a discount", "同上，不折现"))
PROFITABILITY = Term(
    Text("Profitability index", "获利指数"), RATIO,
    Text("Discounted margins over the investment; above 1 it is worth it",
         "毛利现值除以投资；大于 1 即值得"))
NEEDED_MARGIN = FIRST_MARGIN.titled(
    Text("Margin needed, first month", "所需首月毛利"),
    Text("First margin at which the net present value is 0", "使净现值为零的首月毛利"))
NEEDED_VOLUME = Term(
    Text("Tokens needed per month", "所需月服务 token"), MTOK,
    Text("Tokens in the first month at which the net present value is 0",
         "使净现值为零的首月 token 数"))

NOT_WORTH_IT = Text(
    "The discounted margins do not earn the investment within the horizon.",
    "服务期限内的毛利现值不足以收回投资。")

# The answer ---------------------------------------------------------------------------------------

VALUE_AND_INVESTMENT = Text(
    "Net present value and investment, and the discounted margins", "净现值与投资之和与毛利现值")
WORTH_IT = Text(
    "Worth it: paid back after {discounted_payback} months, with {npv} USD left in the end.",
    "值得：{discounted_payback} 个月后收回投资，期末净得 {npv} 美元。")
NOT_PAID_BACK = Text(
    "Not worth it: {npv:abs} USD are missing after {horizon} months; the first month would have to "
    "earn {needed_margin} USD.",
    "不值得：{horizon} 个月后仍差 {npv:abs} 美元；首月毛利须达到 {needed_margin} 美元。")
# fmt: on
