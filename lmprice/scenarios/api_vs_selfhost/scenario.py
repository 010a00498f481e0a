"""API or own hardware: what each costs by month, the breakeven, and the month in which to switch.

Capacity is `operating_point` of the chapter on serving with one pool: the batch within memory and
time per output token, the load within the time to first token, found in steps as in a sheet.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from lmprice.chapters.serving.batches import memory_batch
from lmprice.chapters.serving.latency import better_load, mean_batch
from lmprice.chapters.serving.ownership import gpu_hour_cost
from lmprice.chapters.serving.throughput import (
    prefill_seconds,
    time_per_output_token,
    touched_parameters,
)
from lmprice.chapters.serving.token_costs import kind_cost, request_rate
from lmprice.language.expression import (
    ceil,
    count,
    exp,
    largest,
    log,
    maximum,
    minimum,
    nan,
    ratio,
    smallest,
    total,
    where,
)
from lmprice.language.terms import Text
from lmprice.scenarios.api_vs_selfhost import terms
from lmprice.scenarios.base import Out, Results, Scenario
from lmprice.scenarios.tables import Row, Table, columns
from lmprice.scenarios.template import (
    Answer,
    Around,
    Curves,
    Mark,
    Sensitivity,
    Span,
    TableChart,
    Template,
)
from lmprice.scenarios.verdicts import Tone

HOURS_A_MONTH = 730
SECONDS_A_MONTH = HOURS_A_MONTH * 3600
MONTHS_A_YEAR = 12
MILLION, BILLION, TRILLION = 1e6, 1e9, 1e12
BATCH_STEPS = 16  # Newton's on a concave curve; a dense model needs one
LOAD_STEPS = 10
LATE = 0.05  # so many of the requests may get their first token after its target
NO_MONTH = 1000
ROUNDING = 1e-9  # of a node


class Hour(Row):
    """An hour of the day."""

    load: terms.HourShare


class Month(Row):
    """A month."""

    number: terms.MonthNumber


# Half as much at night as at noon and in the evening.
DAY = [
    30,
    26,
    23,
    21,
    20,
    21,
    23,
    26,
    30,
    34,
    37,
    39,
    40,
    39,
    37,
    34,
    32,
    34,
    37,
    39,
    40,
    39,
    36,
    33,
]


class ApiVsSelfhost(Scenario):
    """Tokens from an API or from hardware of one's own: cost by month, breakeven, month to switch.

    Examples
    --------
    >>> plan = ApiVsSelfhost().evaluate()
    >>> round(plan["api_cost"]), round(plan["own_cost"]), plan["switch"]
    (9250, 11855, 6.0)
    """

    template: ClassVar[Template] = Template(
        name="api-vs-selfhost",
        version=2,
        title=Text("API or own hardware", "API 还是自建"),
        about=terms.ABOUT,
        example=terms.EXAMPLE,
        sensitivity=Sensitivity(
            result="saving",
            rows=Around(("requests",), 0.2),
            columns=Around(("input_price", "cached_price", "output_price"), 0.15, terms.PRICES),
        ),
        curves=Curves(
            title=Text("Monthly cost by requests", "月成本随请求数的变化"),
            x=Span(("requests",), 0.0, ("requests", "breakeven"), 20),
            series=("api_cost", "own_cost"),
            marks=(
                Mark(Text("You are here", "当前"), "requests", "own_cost"),
                Mark(Text("Breakeven", "盈亏平衡"), "breakeven", "breakeven_cost"),
            ),
            headline=Text("Own hardware pays from {breakeven} thousand requests a month on",
                          "每月 {breakeven} 千次请求起自建更划算"),
        ),
        low={"requests": 0.5},
        high={"requests": 2.0},
        answer=Answer(("saving", "api_cost", "own_cost", "breakeven", "switch", "total_saving")),
        more=(
            TableChart(
                title=Text("Cost by month", "逐月成本"),
                sheet=Text("By month", "逐月"),
                table="months",
                x="number",
                points=("api_cost", "own_cost"),
                lines=("api_cost", "own_cost"),
            ),
        ),
    )  # fmt: skip

    requests: terms.Requests = 9_000.0
    growth: terms.Growth = 0.08
    uncached_tokens: terms.UncachedTokens = 800.0
    cached_tokens: terms.CachedTokens = 1_200.0
    output_tokens: terms.OutputTokens = 400.0
    input_price: terms.ApiInputPrice = 0.59
    cached_price: terms.ApiCachedPrice = 0.295
    output_price: terms.ApiOutputPrice = 0.79
    batch_share: terms.BatchShare = 0.2
    batch_discount: terms.BatchDiscount = 0.5
    commit_discount: terms.CommitDiscount = 0.0
    api_decline: terms.ApiDecline = 0.25
    parameters: terms.ModelParameters = 70.6
    active_share: terms.ActiveShare = 1.0
    bits: terms.WeightBits = 8.0
    cache_kilobytes: terms.CacheKilobytes = 163.84
    attention_width: terms.AttentionWidth = 655_360.0
    expert_share: terms.ExpertShare = 1.0
    gpus: terms.Gpus = 2.0
    memory: terms.MemoryGb = 72.0
    bandwidth: terms.BandwidthTb = 3.35
    peak_compute: terms.PeakTflops = 1979.0
    compute_efficiency: terms.ComputeEfficiency = 0.59
    bandwidth_efficiency: terms.BandwidthEfficiency = 0.57
    overhead: terms.OverheadMs = 0.0
    capacity_from: terms.CapacityFrom = "model"
    measured_rate: terms.MeasuredRate = 3.0
    ttft_target: terms.TtftTarget = 2.0
    tpot_target: terms.TpotTarget = 50.0
    variability: terms.Variability = 1.0
    hardware: terms.HardwareFrom = "rent"
    rent_price: terms.RentPrice = 2.69
    rent_decline: terms.RentDecline = 0.15
    purchase_price: terms.PurchasePrice = 30_000.0
    life: terms.Life = 4.0
    residual_share: terms.ResidualShare = 0.15
    cost_of_capital: terms.CostOfCapital = 0.1
    power: terms.Power = 1.275
    power_price: terms.PowerPrice = 0.09
    pue: terms.Pue = 1.25
    colocation: terms.Colocation = 180.0
    extras_share: terms.ExtrasShare = 0.12
    spares_share: terms.SparesShare = 0.03
    redundancy: terms.Redundancy = 1.0
    staff: terms.Staff = 4_000.0
    day: Annotated[
        list[Hour],
        Table(Text("Day", "一天"), Text("Hours of a day, a row each", "一天的各小时，每行一小时")),
    ] = [Hour(load=float(load)) for load in DAY]  # noqa: RUF012
    months: Annotated[
        list[Month],
        Table(
            Text("Months", "月份"), Text("Months to compare, a row each", "要比较的月份，每行一月")
        ),
    ] = [Month(number=float(n)) for n in range(1, 25)]  # noqa: RUF012

    def results(self, out: Out) -> None:  # noqa: D102
        rate, seconds = self._capacity(out)
        node_hour = self._node_hour(out)
        api = self._api_request(out)
        self._first_month(out, rate, node_hour, api, seconds)
        self._by_month(out, rate, node_hour, api)

    # Capacity -------------------------------------------------------------------------------------

    def _capacity(self, out: Out) -> tuple[float, tuple[float, float, float]]:
        """Requests that a node serves in a second, and the seconds each kind of token takes."""
        out.section(Text("Capacity of a node", "节点容量"))
        bandwidth = self.bandwidth * TRILLION * self.gpus
        flops = self.peak_compute * TRILLION * self.gpus
        reads = bandwidth * self.bandwidth_efficiency
        parameters = self.parameters * BILLION
        active, weights = parameters * self.active_share, parameters * self.bits / 8
        overhead, target = self.overhead / 1000, self.tpot_target / 1000

        def prefill_after(prefix: float) -> float:
            return prefill_seconds(
                self.uncached_tokens, active, weights, flops, bandwidth, self.attention_width,
                prefix, self.compute_efficiency, self.bandwidth_efficiency, overhead,
            )  # fmt: skip

        prefill = out("prefill", prefill_after(self.cached_tokens), terms.PREFILL)
        tokens = self.uncached_tokens + self.cached_tokens + self.output_tokens / 2
        cache = out("cache", tokens * self.cache_kilobytes / MILLION, terms.CACHE) * BILLION
        fits = memory_batch(self.memory * BILLION * self.gpus, weights, cache)
        fits = out("memory_batch", fits, terms.MEMORY_BATCH)

        sequence = cache / reads + prefill / self.output_tokens
        computing = 2 * active / (flops * self.compute_efficiency)
        computes = (target - overhead) / (sequence + computing)
        computes = out("computing_batch", computes, terms.COMPUTING_BATCH)
        # Of a mixture of experts the weights that a batch reads grow with it, along a concave
        # curve: Newton's steps from one sequence on do not pass the root.
        idle = weights - active * self.bits / 8
        passed = where(self.expert_share < 1, self.expert_share, 0.5)  # if dense nothing is idle

        def step(batch: float) -> float:
            unread = idle / reads * exp((batch - 1) * log(1 - passed))
            taken = overhead + batch * sequence + weights / reads - unread
            slope = sequence - unread * log(1 - passed)
            return batch + (target - taken) / slope

        read = out.iterate("reading_batch", step, 1, BATCH_STEPS, terms.READING_BATCH)
        most = minimum(fits, minimum(computes, read))
        most = out("batch_limit", most, terms.BATCH_LIMIT)
        serves = where(most >= 1, where(prefill <= self.ttft_target, 1, 0), 0)
        serves = out("serves", serves, terms.SERVES)

        batch = out("batch", mean_batch(maximum(most, 1)), terms.BATCH)
        at_once = maximum(batch, 1)
        touched = touched_parameters(parameters, active, 1 / self.expert_share, 1, at_once)
        speed = (bandwidth, flops, self.compute_efficiency, self.bandwidth_efficiency, overhead)
        decode = time_per_output_token(batch, cache, active, touched * self.bits / 8, *speed)
        tpot = decode + batch * prefill / self.output_tokens
        tpot = out("tpot", tpot * 1000, terms.TPOT) / 1000
        rate = request_rate(batch, self.output_tokens, tpot)
        rate = out("batch_rate", rate, terms.BATCH_RATE)
        waits = maximum(self.ttft_target - prefill, 0)
        services = waits / ((1 + self.variability) / 2 * prefill)
        load = out.iterate(
            "load_limit", lambda load: better_load(load, services, LATE), LATE,
            LOAD_STEPS, terms.LOAD_LIMIT,
        )  # fmt: skip
        rate = minimum(rate, load / prefill)
        rate = where(
            self.capacity_from == "measured", self.measured_rate, where(serves > 0, rate, nan)
        )
        rate = out("rate", rate, terms.RATE)
        out("load", rate * prefill, terms.LOAD)
        out("output_rate", rate * self.output_tokens, terms.OUTPUT_RATE)
        out.warn(where(self.capacity_from == "measured", 1, serves) < 1, terms.CANNOT_SERVE)
        alone = prefill_after(0)
        return rate, (alone, prefill - alone, self.output_tokens * decode / batch)

    def _node_hour(self, out: Out) -> float:
        """Cost of an hour of a node in the first month."""
        out.section(Text("Hardware", "硬件"))
        own = gpu_hour_cost(
            self.purchase_price, self.life, self.residual_share, self.cost_of_capital, self.power,
            self.power_price, self.pue, self.colocation, self.extras_share, self.spares_share,
        )  # fmt: skip
        hour = out("gpu_hour", where(self.hardware == "own", own, self.rent_price), terms.GPU_HOUR)
        return out("node_hour", hour * self.gpus, terms.NODE_HOUR)

    def _api_request(self, out: Out) -> float:
        """What a thousand requests cost at the API in the first month."""
        out.section(Text("API", "API"))
        cost = self.uncached_tokens * self.input_price + self.cached_tokens * self.cached_price
        cost = (cost + self.output_tokens * self.output_price) / 1000
        cost = cost * (1 - self.batch_share * self.batch_discount) * (1 - self.commit_discount)
        return out("api_request", cost, terms.API_REQUEST)

    # Cost -----------------------------------------------------------------------------------------

    def _nodes(self, requests: float, rate: float) -> float:
        """Whole nodes that are on, on average over the day: all the time if they are owned."""
        load = columns(self.day).load
        shape = requests * 1000 / SECONDS_A_MONTH / rate / (total(load) / count(load))
        peak = ceil(shape * largest(load) - ROUNDING)
        by_hour = total(ceil(shape * load - ROUNDING)) / count(load)
        return where(self.hardware == "own", peak, by_hour) + self.redundancy

    def _first_month(
        self, out: Out, rate: float, node_hour: float, api: float,
        seconds: tuple[float, float, float],
    ) -> None:  # fmt: skip
        out.section(Text("First month", "第一个月"))
        nodes = out("nodes", self._nodes(self.requests, rate), terms.NODES)
        served = nodes * rate * SECONDS_A_MONTH / 1000
        used = out("utilization", ratio(self.requests, served), terms.UTILIZATION)
        hardware = nodes * node_hour * HOURS_A_MONTH
        own = out("own_cost", hardware + self.staff, terms.OWN_COST)
        bill = out("api_cost", self.requests * api, terms.API_COST)
        out("saving", bill - own, terms.SAVING)

        out.section(Text("Own cost of a million tokens", "每百万 token 自建成本"))
        whole = seconds[0] + seconds[1] + seconds[2]
        tokens = (self.uncached_tokens, self.cached_tokens, self.output_tokens)
        costs: dict[str, Any] = {}
        for (key, name), part, number in zip(terms.KINDS.items(), seconds, tokens, strict=True):
            cost = kind_cost(1, 1, part, whole, number) * ratio(node_hour, rate * used)
            costs[key] = out(f"{key}_cost", cost, terms.kind(name))
        out("price_ratio", ratio(costs["output"], costs["uncached"]), terms.PRICE_RATIO)

        out.section(Text("Breakeven", "盈亏平衡"))
        # A node on all the time serves so many requests of a day of this shape in a month.
        load = columns(self.day).load
        even = total(load) / count(load) / largest(load)
        capacity = rate * even * SECONDS_A_MONTH / 1000
        month = node_hour * HOURS_A_MONTH
        gain = capacity * api - month
        fixed = self.redundancy * month + self.staff
        least = where(gain > 0, maximum(ceil(ratio(fixed, gain) - ROUNDING), 1), nan)
        least = out("breakeven_nodes", least, terms.BREAKEVEN_NODES)
        requests = ratio(least * month + fixed, api)
        requests = out("breakeven", requests, terms.BREAKEVEN)
        out("breakeven_cost", requests * api, terms.BREAKEVEN_COST)
        out(
            "breakeven_mtok",
            requests * (tokens[0] + tokens[1] + tokens[2]) / 1000,
            terms.BREAKEVEN_MTOK,
        )

    def _by_month(self, out: Out, rate: float, node_hour: float, api: float) -> None:
        months = columns(self.months)
        past = months.number - 1
        requests = self.requests * exp(past * log(1 + self.growth))
        requests = out.column("months", "requests", requests, terms.MONTH_REQUESTS)
        nodes = out.column("months", "nodes", self._nodes(requests, rate), terms.NODES)
        rent = where(self.hardware == "own", 0, self.rent_decline)
        hour = node_hour * exp(past / MONTHS_A_YEAR * log(1 - rent))
        own = nodes * hour * HOURS_A_MONTH + self.staff
        own = out.column("months", "own_cost", own, terms.OWN_COST)
        bill = requests * api * exp(past / MONTHS_A_YEAR * log(1 - self.api_decline))
        bill = out.column("months", "api_cost", bill, terms.API_COST)
        saving = out.column("months", "saving", bill - own, terms.SAVING)
        month = where(saving > 0, months.number, where(saving <= 0, NO_MONTH, nan))
        month = out.column("months", "candidate", month, terms.CANDIDATE)

        out.section(Text("All months", "全部月份"))
        first = smallest(month)
        switch = out("switch", where(first < NO_MONTH, first, nan), terms.SWITCH)
        spent = {"api": total(bill), "own": total(own)}
        out("api_total", spent["api"], terms.TOTALS["api"])
        out("own_total", spent["own"], terms.TOTALS["own"])
        out("total_saving", spent["api"] - spent["own"], terms.TOTALS["saving"])
        out.warn(first >= NO_MONTH, terms.NEVER)
        out.verdict(switch <= 1, terms.SWITCH_NOW, Tone.GOOD)
        out.verdict(switch > 1, terms.SWITCH_LATER, Tone.CAUTION)
        out.verdict(first >= NO_MONTH, terms.STAY, Tone.CAUTION)
        out.verdict(True, terms.NO_OWN, Tone.BAD)


def api_vs_selfhost(**inputs: Any) -> Results:
    """Tokens from an API or from own hardware: cost by month, breakeven and the month to switch.

    Parameters
    ----------
    **inputs
        Inputs of the scenario `ApiVsSelfhost` that differ from its example.

    Returns
    -------
    Results
        Results by key; ``columns`` has the costs of each month.

    Examples
    --------
    >>> api_vs_selfhost(requests=50_000.0)["switch"]
    1.0
    """
    return ApiVsSelfhost(**inputs).evaluate()
