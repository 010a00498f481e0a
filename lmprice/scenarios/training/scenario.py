"""Training payback: what training a model costs, and when serving it has earned that back."""

from __future__ import annotations

from typing import ClassVar

from lmprice.chapters.cost import functions as costs
from lmprice.chapters.investment import functions as investment
from lmprice.chapters.profit import breakeven
from lmprice.chapters.profit import functions as profits
from lmprice.chapters.tokens import functions as tokens
from lmprice.language.expression import exp, log, nan, ratio, where
from lmprice.language.terms import Text
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.template import (
    Answer,
    Around,
    Curves,
    Mark,
    Sensitivity,
    Span,
    Steps,
    Template,
)
from lmprice.scenarios.training import terms
from lmprice.scenarios.verdicts import Tone

MONTHS_A_YEAR = 12
HOURS_A_DAY = 24
BILLION, TRILLION = 1e9, 1e12
COMPUTE_UNIT = 1e24  # the numbers of a sheet stay readable


class TrainingPayback(Scenario):
    """Training a model as an investment: cost, payback, net present value, margin needed.

    Examples
    --------
    >>> plan = TrainingPayback().evaluate()
    >>> round(plan["training_cost"]), round(plan["payback"], 1)
    (5576000, 22.4)
    """

    template: ClassVar[Template] = Template(
        name="training-payback",
        version=2,
        title=Text("Training payback", "训练回收期"),
        about=Text(
            "What does training a model cost, when does serving it earn that back, and which "
            "margin does it take? The GPU hours are given, or follow from parameters, tokens and "
            "MFU. The margin of a month comes at its end, and falls by the same share each month.",
            "训练一个模型要花多少钱，提供服务多久能收回，需要多少毛利？"
            "GPU 小时可直接给出，也可由参数量、token 数与 MFU 推算。"
            "每月毛利在月末计入，并逐月按相同比例下降。",
        ),
        example=Text(
            "The training is DeepSeek-V3's as its technical report has it (arXiv 2412.19437): "
            "2.788 million H800 hours at $2 are $5.576 million, without the experiments before; "
            "37 billion active parameters, 14.8 trillion tokens, 2,048 GPUs. The pre-training "
            "alone took 2.664 million hours, an MFU of about 35 % of the 989 TFLOP/s of 16 bits. "
            "Volume, price, serving cost, decline, rate and horizon are made up for illustration.",
            "训练数据取自 DeepSeek-V3 技术报告（arXiv 2412.19437）："
            "278.8 万 H800 GPU 小时，每小时 2 美元，共 557.6 万美元，不含前期实验；"
            "激活参数 370 亿，训练 token 14.8 万亿，2048 个 GPU。"
            "其中预训练为 266.4 万小时，按 16 位 989 TFLOP/s 计 MFU 约 35%。"
            "用量、价格、服务成本、降幅、折现率和期限为说明而虚构。",
        ),
        sensitivity=Sensitivity(
            result="npv",
            rows=Around(("margin_decline",), 0.1, is_absolute=True),
            columns=Around(("volume",), 0.15),
        ),
        curves=Curves(
            title=Text("Margins less investment over the months", "逐月累计：毛利减投资"),
            x=Span(("horizon",), 0.0, ("horizon", "discounted_payback_ever"), 36, is_whole=True),
            series=("npv", "balance"),
            marks=(
                Mark(Text("Horizon", "服务期限"), "horizon", "npv"),
                Mark(Text("Paid back", "收回"), "discounted_payback", 0),
            ),
            headline=Text("Pays back after {discounted_payback} months",
                          "{discounted_payback} 个月后收回投资"),
        ),
        more=(
            Steps(
                title=Text("Payback by decline of the margin", "回收期随毛利降幅的变化"),
                sheet=Text("Payback", "回收期"),
                note=Text("#N/A: not paid back within the horizon.", "#N/A：服务期限内无法收回。"),
                x=Span(("margin_decline",), 0.0, 0.9, 9),
                columns=("payback", "discounted_payback", "npv", "needed_margin"),
                series=("payback", "discounted_payback"),
            ),
        ),
        low={"volume": 0.8},
        high={"volume": 1.2},
        answer=Answer(("npv", "discounted_payback", "training_cost", "needed_margin")),
    )  # fmt: skip

    hours_from: terms.HoursFrom = "gpu_hours"
    gpu_hours: terms.GivenHours = 2_788_000.0
    gpu_hour_price: terms.Price = 2.0
    parameters: terms.TrainedParameters = 37.0
    training_tokens: terms.TrainedTokens = 14.8
    peak_compute: terms.Peak = 989.0
    mfu: terms.Utilization = 0.35
    gpus: terms.Gpus = 2048.0
    other_cost: terms.OtherCost = 0.0
    volume: terms.Volume = 1_000_000.0
    price: terms.ServingPrice = 0.8
    unit_cost: terms.ServingUnitCost = 0.3
    margin_decline: terms.YearlyDecline = 0.6
    discount_rate: terms.YearlyDiscount = 0.1
    horizon: terms.Horizon = 36.0

    def results(self, out: Out) -> None:  # noqa: D102
        spent = self._train(out)
        self._earn(out, spent)

    def _train(self, out: Out) -> float:
        """What the training costs; gives the investment."""
        out.section(Text("Training", "训练"))
        model = (self.parameters * BILLION, self.training_tokens * TRILLION)
        out("compute", tokens.training_compute(*model) / COMPUTE_UNIT, terms.COMPUTE)
        estimate = tokens.training_hours(*model, self.peak_compute * TRILLION, self.mfu)
        estimate = out("estimated_hours", estimate, terms.HOURS_ESTIMATE)
        hours = where(self.hours_from == "gpu_hours", self.gpu_hours, estimate)
        hours = out("hours", hours, terms.HOURS)
        out("days", hours / self.gpus / HOURS_A_DAY, terms.DAYS)
        cost = out("training_cost", costs.cost(hours, self.gpu_hour_price), terms.GPU_COST)
        per_billion = ratio(cost, self.training_tokens * (TRILLION / BILLION))
        out("cost_per_billion", per_billion, terms.PER_BILLION)
        return out("investment", cost + self.other_cost, terms.INVESTMENT)

    def _earn(self, out: Out, spent: float) -> None:
        out.section(Text("Serving", "服务"))
        unit_margin = profits.contribution_margin(self.price, self.unit_cost)
        margin = out("first_margin", self.volume * unit_margin, terms.FIRST_MARGIN)
        out("gross_margin", profits.gross_margin(self.price, self.unit_cost), terms.GROSS_MARGIN)
        fall = 1 - exp(log(1 - self.margin_decline) / MONTHS_A_YEAR)
        fall = out("monthly_decline", fall, terms.MONTHLY_DECLINE)
        rate = exp(log(1 + self.discount_rate) / MONTHS_A_YEAR) - 1
        rate = out("monthly_rate", rate, terms.MONTHLY_RATE)

        # A margin that is no gain pays nothing back.
        gain = out("gain", where(margin > 0, margin, 0), terms.GAIN)
        # Discounted margins fall faster, and the first of them is a month away.
        today = out("discounted_gain", gain / (1 + rate), terms.DISCOUNTED_GAIN)
        faster = out("discounted_decline", (rate + fall) / (1 + rate), terms.DISCOUNTED_DECLINE)
        # What a margin of 1 in the first month is worth over the horizon.
        worth = investment.declining_margin_npv(0, 1, fall, rate, self.horizon)
        worth = out("worth", worth, terms.WORTH)

        out.section(Text("Payback", "回收"))
        self._pays_back(out, "payback", spent, gain, fall)
        self._pays_back(out, "discounted_payback", spent, today, faster)
        npv = out("npv", margin * worth - spent, terms.NPV)
        undiscounted = investment.declining_margin_npv(0, 1, fall, 0, self.horizon)
        out("balance", margin * undiscounted - spent, terms.BALANCE)
        out("profitability", ratio(margin * worth, spent), terms.PROFITABILITY)
        needed = out("needed_margin", ratio(spent, worth), terms.NEEDED_MARGIN)
        volume = where(unit_margin > 0, ratio(needed, unit_margin), nan)
        out("needed_volume", volume, terms.NEEDED_VOLUME)
        out.warn(npv < 0, terms.NOT_WORTH_IT)
        out.sums(terms.VALUE_AND_INVESTMENT, npv + spent, margin * worth)
        out.verdict(npv >= 0, terms.WORTH_IT, Tone.GOOD)
        out.verdict(True, terms.NOT_PAID_BACK, Tone.BAD)

    def _pays_back(self, out: Out, key: str, spent: float, margin: float, fall: float) -> None:
        """When margins that fall have paid back, and whether that is within the horizon."""
        ever, within = terms.PAYBACKS[key]
        months = breakeven.payback_periods(spent, margin, fall)
        months = out(f"{key}_ever", months, ever)
        out(key, where(months <= self.horizon, months, nan), within)
