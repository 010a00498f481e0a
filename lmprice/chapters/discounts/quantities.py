"""The vocabulary of charges and discounts: tiers, packages, peak times, commitments."""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import (
    COUNT,
    PERIODS,
    TOKENS,
    UNITS,
    USD,
    USD_PER_MTOK,
    USD_PER_UNIT,
)
from lmprice.language.terms import FLAG, FRACTION, Term, Text

# fmt: off

USD_PER_PACKAGE = Text("USD per package", "美元/套餐")
USD_PER_BLOCK = Text("USD per block", "美元/块")
USD_PER_EVENT = Text("USD per event", "美元/笔")
WEEKDAY = Text("day of the week", "星期几")
HOUR = Text("hour of the day", "时")

# Tiers ------------------------------------------------------------------------------------------

UpTo = Annotated[float, Term(
    Text("Up to", "上限"), UNITS,
    Text("Upper bound of each tier, itself still in the tier", "每一阶梯的上限（含该值）"),
    gt=0, increasing=True, unlimited=True)]
AmountUpTo = Annotated[float, Term(
    Text("Up to", "上限"), USD,
    Text("Upper bound of each tier, itself still in the tier", "每一阶梯的上限（含该值）"),
    gt=0, increasing=True, unlimited=True)]
TierPrice = Annotated[float, Term(
    Text("Unit price", "单价"), USD_PER_UNIT,
    Text("Price of a unit in each tier", "每一阶梯的单价"), ge=0)]
TierRate = Annotated[float, Term(
    Text("Rate", "费率"), FRACTION,
    Text("Share of the amount that each tier charges; 0.02 is 2 %",
         "每一阶梯对金额收取的比例；0.02 即 2%"), ge=0)]
FlatFee = Annotated[float, Term(
    Text("Flat fee", "固定费"), USD,
    Text("Fee of each tier, whatever the quantity", "每一阶梯的固定费用（与数量无关）"), ge=0)]
BillZero = Annotated[bool, Term(
    Text("Bill zero", "零用量计费"), FLAG,
    Text("Whether quantity 0 is charged the flat fee of the first tier",
         "数量为 0 时是否收取第一阶梯的固定费"))]

# Percentages, packages and blocks --------------------------------------------------------------

Amount = Annotated[float, Term(
    Text("Amount", "金额"), USD,
    Text("Amount that is charged for, such as a payment", "计费所依据的金额，如一笔付款"), ge=0)]
Rate = Annotated[float, Term(
    Text("Rate", "费率"), FRACTION,
    Text("Share of the amount; 0.029 is 2.9 %", "占金额的比例；0.029 即 2.9%"), ge=0)]
FreeAmount = Annotated[float, Term(
    Text("Free amount", "免费金额"), USD,
    Text("Part of the amount that is not charged for", "不计费的那部分金额"), ge=0)]
EventFee = Annotated[float, Term(
    Text("Fixed fee", "每笔固定费"), USD_PER_EVENT,
    Text("Fee of each paid event", "每笔计费事件的固定费用"), ge=0)]
PaidEvents = Annotated[float, Term(
    Text("Paid events", "计费笔数"), COUNT,
    Text("Events that the fixed fee is charged for", "收取固定费的事件数"), ge=0)]
PackageSize = Annotated[float, Term(
    Text("Package size", "套餐规模"), UNITS,
    Text("Units in one package", "每个套餐包含的单位数"), gt=0)]
PackagePrice = Annotated[float, Term(
    Text("Package price", "套餐价格"), USD_PER_PACKAGE,
    Text("Price of a package, charged whole once it is started",
         "每个套餐的价格，一经开始即按整个收取"), ge=0)]
FreeUnits = Annotated[float, Term(
    Text("Free units", "免费单位数"), UNITS,
    Text("Units that are not charged for", "不计费的单位数"), ge=0)]
BlockSize = Annotated[float, Term(
    Text("Block size", "块大小"), UNITS,
    Text("Units in one block of each tier", "每一阶梯每块的单位数"), gt=0)]
MaxBlocks = Annotated[float, Term(
    Text("Blocks", "块数上限"), COUNT,
    Text("Blocks that each tier holds", "每一阶梯可容纳的块数"), gt=0, unlimited=True)]
BlockPrice = Annotated[float, Term(
    Text("Block price", "每块价格"), USD_PER_BLOCK,
    Text("Price of a block in each tier, charged whole once it is started",
         "每一阶梯每块的价格，一经开始即按整块收取"), ge=0)]
TopTier = Annotated[bool, Term(
    Text("Top tier", "按最高阶梯"), FLAG,
    Text("Whether all units are charged at the tier that the total falls in",
         "是否全部按总量所在的阶梯计费"))]

# Prices of tokens -------------------------------------------------------------------------------

PromptTokens = Annotated[float, Term(
    Text("Tokens", "token 数"), TOKENS,
    Text("Input tokens of one request", "一次请求的输入 token 数"), ge=0)]
ContextThreshold = Annotated[float, Term(
    Text("Threshold", "阈值"), TOKENS,
    Text("Length at which the price changes", "价格变化处的长度"), ge=0)]
PriceBelow = Annotated[float, Term(
    Text("Price below", "阈值内价格"), USD_PER_MTOK,
    Text("Price of a million tokens of a short request", "短请求每百万 token 价格"), ge=0)]
PriceAbove = Annotated[float, Term(
    Text("Price above", "超阈值价格"), USD_PER_MTOK,
    Text("Price of a million tokens of a long request", "长请求每百万 token 价格"), ge=0)]
Inclusive = Annotated[bool, Term(
    Text("Inclusive", "含阈值"), FLAG,
    Text("Whether a request as long as the threshold is still short",
         "长度恰为阈值的请求是否仍按短请求计价"))]
Weekday = Annotated[float, Term(
    Text("Weekday", "星期"), WEEKDAY,
    Text("Day of the week in UTC, 1 for Monday to 7 for Sunday: WEEKDAY(date,2) in a sheet",
         "UTC 的星期，周一为 1，周日为 7；表格中为 WEEKDAY(日期,2)"), ge=1, le=7)]
Hour = Annotated[float, Term(
    Text("Hour", "时刻"), HOUR,
    Text("Time of day in UTC; 4.5 is half past four", "UTC 时刻；4.5 即四点半"), ge=0, lt=24)]
PeakStart = Annotated[float, Term(
    Text("Peak start", "高峰开始"), HOUR,
    Text("Time in UTC at which each peak window begins", "每个高峰时段开始的 UTC 时刻"),
    ge=0, lt=24)]
PeakEnd = Annotated[float, Term(
    Text("Peak end", "高峰结束"), HOUR,
    Text("Time in UTC at which each peak window is over", "每个高峰时段结束的 UTC 时刻"),
    gt=0, le=24)]
FirstPeakDay = Annotated[float, Term(
    Text("First peak day", "高峰首日"), WEEKDAY,
    Text("First day of the week with a peak, 1 for Monday", "一周中有高峰的第一天，周一为 1"),
    ge=1, le=7)]
LastPeakDay = Annotated[float, Term(
    Text("Last peak day", "高峰末日"), WEEKDAY,
    Text("Last day of the week with a peak, 7 for Sunday", "一周中有高峰的最后一天，周日为 7"),
    ge=1, le=7)]
PeakPrice = Annotated[float, Term(
    Text("Peak price", "高峰价格"), USD_PER_MTOK,
    Text("Price of a million tokens at peak times", "高峰时每百万 token 价格"), ge=0)]
LowPrice = Annotated[float, Term(
    Text("Off-peak price", "低谷价格"), USD_PER_MTOK,
    Text("Price of a million tokens at all other times", "其余时间每百万 token 价格"), ge=0)]

# Discounts --------------------------------------------------------------------------------------

ListPrice = Annotated[float, Term(
    Text("List price", "目录价"), USD_PER_UNIT,
    Text("Price of one unit before any discount", "任何折扣之前的每单位价格"), ge=0)]
StackedDiscount = Annotated[float, Term(
    Text("Discount", "折扣"), FRACTION,
    Text("Each discount, off what the ones before it leave; 0.1 is 10 %",
         "各项折扣，依次按前项之后的余额计；0.1 即 10%"), ge=0, le=1)]
Deduction = Annotated[float, Term(
    Text("Deduction", "扣减"), USD_PER_UNIT,
    Text("Each amount given away per unit: rebates, bonuses, freight",
         "每单位让出的各项金额：返利、奖励、运费"), ge=0)]
NetPrice = Annotated[float, Term(
    Text("Net price", "净价"), USD_PER_UNIT,
    Text("Price of one unit after the discounts", "折扣之后的每单位价格"))]
PocketPrice = Annotated[float, Term(
    Text("Pocket price", "口袋价"), USD_PER_UNIT,
    Text("What stays of the price of one unit", "每单位价格最终留下的部分"))]
PromotionDiscount = Annotated[float, Term(
    Text("Promotion", "促销折扣"), FRACTION,
    Text("Discount while the promotion runs; 0.5 is 50 % off", "促销期间的折扣；0.5 即减 50%"),
    ge=0, le=1)]
Elapsed = Annotated[float, Term(
    Text("Elapsed time", "已过时间"), PERIODS,
    Text("Time since the start, in the unit of the expiry", "自开始以来的时间，单位与期限相同"),
    ge=0)]
Expiry = Annotated[float, Term(
    Text("Expiry", "期限"), PERIODS,
    Text("Time at which the promotion is over", "促销结束的时间"), ge=0)]
ListCost = Annotated[float, Term(
    Text("List cost", "目录费用"), USD,
    Text("Usage at list prices", "按目录价计的用量费用"), ge=0)]
NetCost = Annotated[float, Term(
    Text("Net cost", "净费用"), USD,
    Text("What is paid for it after all reductions", "扣除所有优惠后的实付费用"), ge=0)]
Commitment = Annotated[float, Term(
    Text("Commitment", "承诺金额"), USD,
    Text("Amount that is paid in any case", "无论用量多少都支付的金额"), ge=0)]
CommitmentDiscount = Annotated[float, Term(
    Text("Commitment discount", "承诺折扣"), FRACTION,
    Text("Discount off list prices on the usage that the commitment covers",
         "承诺所覆盖用量相对目录价的折扣"), ge=0, lt=1)]
OverageDiscount = Annotated[float, Term(
    Text("Overage discount", "超额折扣"), FRACTION,
    Text("Discount off list prices on the usage beyond the commitment",
         "超出承诺部分相对目录价的折扣"), ge=0, le=1)]
MinimumSpend = Annotated[float, Term(
    Text("Minimum spend", "最低消费"), USD,
    Text("Least amount of a full period", "完整一期的最低金额"), ge=0)]
PeriodShare = Annotated[float, Term(
    Text("Share of the period", "期间占比"), FRACTION,
    Text("Days billed over the days of the period", "计费天数占该期天数的比例"), ge=0, le=1)]
Credit = Annotated[float, Term(
    Text("Credit", "预付余额"), USD,
    Text("Prepaid credit that is left", "剩余的预付余额"), ge=0)]
UsageCharge = Annotated[float, Term(
    Text("Charge", "费用"), USD, Text("What the usage costs", "用量的费用"), ge=0)]
Charge = Annotated[float, Term(
    Text("Charge", "费用"), USD, Text("What is charged, not rounded", "应收费用（未取整）"))]
EffectiveDiscount = Annotated[float, Term(
    Text("Effective discount", "实际折扣"), FRACTION,
    Text("What is saved, as a share of the list cost", "节省金额占目录费用的比例"))]
