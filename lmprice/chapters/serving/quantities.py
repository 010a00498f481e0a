"""The vocabulary of the chapter on serving.

>>> from lmprice.language.terms import term
>>> term(PowerUsage).broken_rule(0.9)
'is below 1'
"""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import (
    RATIO,
    USD,
    USD_PER_HOUR,
    GpuHourPrice,
)
from lmprice.language.terms import FRACTION, Term, Text, term

# fmt: off

# Units -------------------------------------------------------------------------------------------

YEARS = Text("years", "年")
USD_PER_YEAR = Text("USD per year", "美元/年")
SECONDS = Text("seconds", "秒")
A_YEAR = Text("fraction a year", "比例/年")
GPUS = Text("GPUs", "个")
NODES = Text("nodes", "节点")
REQUESTS_PER_SECOND = Text("requests per second", "请求/秒")
SEQUENCES = Text("sequences", "序列")
BYTES_PER_TOKEN = Text("bytes", "字节")

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
         "占用资金的年成本率；0 即直线折旧"), ge=0)]
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
    Text("Network and storage as a share of the purchase price", "网络与存储占购置价的比例"), ge=0)]
SparesShare = Annotated[float, Term(
    Text("Spares", "备机"), FRACTION,
    Text("Spare hardware for each piece in use; 0.05 is one for twenty",
         "每台在用设备的备机比例；0.05 即每二十台一台"), ge=0)]
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
# fmt: on
