"""The vocabulary of training beyond the chapter on tokens."""

from __future__ import annotations

from typing import Annotated

from lmprice.language.quantities import COUNT, HOURS, RATIO, TOKENS, USD, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off

TrainedWidth = Annotated[float, Term(
    Text("Width", "宽度"), COUNT,
    Text("Query heads of a layer times head size", "每层查询头数 × 头维度"), ge=0)]
TrainedContext = Annotated[float, Term(
    Text("Context length", "上下文长度"), TOKENS,
    Text("Tokens of a sequence in the training", "训练序列的 token 数"), ge=0)]
TrainedCompute = Annotated[float, Term(
    Text("Compute", "算力"), Text("FLOP", "FLOP"),
    Text("Floating-point operations", "浮点运算量"), ge=0)]
CheckpointHours = Annotated[float, Term(
    Text("Checkpoint", "检查点耗时"), HOURS,
    Text("Hours that the training stands still for a checkpoint", "写一次检查点时训练停顿的小时数"),
    ge=0)]
FailureHours = Annotated[float, Term(
    Text("Time between failures", "故障间隔"), HOURS,
    Text("Mean hours between failures of the whole cluster: those of one GPU over the GPUs",
         "整个集群的平均故障间隔：单个 GPU 的间隔除以 GPU 数"), gt=0)]
CheckpointInterval = Annotated[float, Term(
    Text("Checkpoint interval", "检查点间隔"), HOURS,
    Text("Hours of work between two checkpoints", "两次检查点之间的工作小时数"), gt=0)]
RestartHours = Annotated[float, Term(
    Text("Restart", "重启耗时"), HOURS,
    Text("Hours from a failure until the training goes on", "从故障到恢复训练的小时数"), ge=0)]
RunCost = Annotated[float, Term(
    Text("Final run", "最终训练"), USD,
    Text("Cost of the GPU hours of the final run", "最终训练的 GPU 小时成本"), ge=0)]
ExperimentsMultiple = Annotated[float, Term(
    Text("Experiments", "实验"), RATIO,
    Text("Compute of experiments and failed runs as a multiple of the final run",
         "实验与失败训练的算力相对最终训练的倍数"), ge=0)]
StaffMultiple = Annotated[float, Term(
    Text("Staff", "人员"), RATIO,
    Text("Cost of people as a multiple of the final run", "人员成本相对最终训练的倍数"), ge=0)]
DataCost = Annotated[float, Term(
    Text("Data", "数据"), USD,
    Text("Cost of data: licences, labels, cleaning", "数据成本：许可、标注、清洗"), ge=0)]
CompressionCost = Annotated[float, Term(
    Text("Cost of compression", "压缩成本"), USD,
    Text("Compute, data and people to distil or quantize the model",
         "蒸馏或量化模型所需的算力、数据与人员"), ge=0)]
MonthlyVolume = Annotated[float, Term(
    Text("Volume", "用量"), Text("million tokens per month", "百万 token/月"),
    Text("Tokens served in the first month", "第一个月服务的 token"), ge=0)]
ServingCostBefore = Annotated[float, Term(
    Text("Serving cost before", "压缩前服务成本"), USD_PER_MTOK,
    Text("Cost of a million tokens of the model as it was", "压缩前每百万 token 成本"), ge=0)]
ServingCostAfter = Annotated[float, Term(
    Text("Serving cost after", "压缩后服务成本"), USD_PER_MTOK,
    Text("Cost of a million tokens of the compressed model", "压缩后每百万 token 成本"), ge=0)]
SavingDecline = Annotated[float, Term(
    Text("Decline", "降幅"), FRACTION,
    Text("Share by which the saving falls each month", "节省额每月下降的比例"), ge=0, lt=1)]

# Results -----------------------------------------------------------------------------------------

IntervalResult = Annotated[float, Term(
    Text("Checkpoint interval", "检查点间隔"), HOURS,
    Text("Hours of work between two checkpoints", "两次检查点之间的工作小时数"))]
Goodput = Annotated[float, Term(
    Text("Goodput", "有效训练时间"), FRACTION,
    Text("Share of the paid hours that advance the training", "计费小时中真正推进训练的比例"))]
TrainingBudget = Annotated[float, Term(
    Text("Training budget", "训练总成本"), USD,
    Text("Final run, experiments, staff and data", "最终训练、实验、人员与数据合计"))]
# fmt: on
