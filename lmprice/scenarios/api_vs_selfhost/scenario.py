"""API or own hardware: what each costs by month, the breakeven, and the month to switch."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from lmprice.chapters.serving.ownership import gpu_hour_cost, spot_useful_share
from lmprice.chapters.serving.token_costs import kind_cost
from lmprice.language.expression import (
    ceil,
    count,
    exp,
    largest,
    log,
    maximum,
    nan,
    ratio,
    smallest,
    total,
    where,
)
from lmprice.language.terms import Text
from lmprice.scenarios.api_vs_selfhost import result_terms as shown
from lmprice.scenarios.api_vs_selfhost import terms
from lmprice.scenarios.api_vs_selfhost.node import Capacity, Node
from lmprice.scenarios.base import Out
from lmprice.scenarios.results import Results
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
SECONDS_AN_HOUR = 3600
SECONDS_A_MONTH = HOURS_A_MONTH * SECONDS_AN_HOUR
MONTHS_A_YEAR = 12
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


class Hours(NamedTuple):
    """Cost of an hour of a node as needed and of a reserved one, and how many are reserved."""

    node: float
    reserved: float
    reserved_nodes: float

    def cost(self, nodes: float, left: float) -> float:
        """A month of so many nodes, where what is not reserved costs a share ``left`` of it."""
        reserved = self.reserved_nodes
        as_needed = (nodes - reserved) * self.node * left
        return (as_needed + reserved * self.reserved) * HOURS_A_MONTH


class ApiVsSelfhost(Node):
    """Tokens from an API or from hardware of one's own: cost by month, breakeven, month to switch.

    Examples
    --------
    >>> plan = ApiVsSelfhost().evaluate()
    >>> round(plan["api_cost"]), round(plan["own_cost"]), plan["switch"]
    (9250, 11855, 6.0)
    """

    template: ClassVar[Template] = Template(
        name="api-vs-selfhost",
        version=3,
        title=Text("API or own hardware", "API 还是自建"),
        about=terms.ABOUT,
        example=terms.EXAMPLE,
        sensitivity=Sensitivity(
            result="saving",
            rows=Around(("requests",), 0.2),
            columns=Around(("input_price", "cached_price", "output_price"), 0.15, shown.PRICES),
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

    hardware: terms.HardwareFrom = "rent"
    rent_price: terms.RentPrice = 2.69
    rent_decline: terms.RentDecline = 0.15
    reserved_nodes: terms.ReservedNodes = 0.0
    reserved_price: terms.ReservedPrice = 2.0
    spot_share: terms.SpotShare = 0.0
    spot_price: terms.SpotPrice = 1.2
    interruptions: terms.Interruptions = 0.05
    lost_hours: terms.LostHours = 0.25
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
        node = self.capacity(out)
        hours = self._hours(out)
        api = self.api_request(out)
        self._first_month(out, node, hours, api)
        self._by_month(out, node, hours, api)

    # Hardware -------------------------------------------------------------------------------------

    def _hours(self, out: Out) -> Hours:
        """Cost of an hour of a node in the first month: of one as needed, and of a reserved one."""
        out.section(Text("Hardware", "硬件"))
        own = gpu_hour_cost(
            self.purchase_price, self.life, self.residual_share, self.cost_of_capital, self.power,
            self.power_price, self.pue, self.colocation, self.extras_share, self.spares_share,
        )  # fmt: skip
        useful = spot_useful_share(self.interruptions, self.lost_hours)
        useful = out("spot_useful", useful, shown.SPOT_USEFUL)
        spot = where(self.spot_share > 0, self.spot_share * self.spot_price / useful, 0)
        rent = (1 - self.spot_share) * self.rent_price + spot
        hour = out("gpu_hour", where(self.hardware == "own", own, rent), shown.GPU_HOUR)
        node = out("node_hour", hour * self.gpus, shown.NODE_HOUR)
        reserved = out("reserved_hour", self.reserved_price * self.gpus, shown.RESERVED_HOUR)
        return Hours(node, reserved, where(self.hardware == "own", 0, self.reserved_nodes))

    def _nodes(self, requests: float, node: Capacity, reserved: float) -> float:
        """Whole nodes that are on, on average over the day: all the time if they are owned."""
        load = columns(self.day).load
        shape = requests * 1000 / SECONDS_A_MONTH / (total(load) / count(load))
        prefill = where(self.pools == "together", 0, 1 / node.prefill_rate)
        busiest = shape * largest(load)
        peak = ceil(busiest / node.rate - ROUNDING) + ceil(busiest * prefill - ROUNDING)
        needed = (
            ceil(shape * load / node.rate - ROUNDING) + ceil(shape * load * prefill - ROUNDING)
        ) + self.redundancy
        # An hour without a row has no nodes, not even a redundant or a reserved one.
        by_hour = total(where(load > 0, maximum(needed, reserved), 0)) / count(load)
        return where(self.hardware == "own", peak + self.redundancy, by_hour)

    # Cost -----------------------------------------------------------------------------------------

    def _first_month(self, out: Out, node: Capacity, hours: Hours, api: float) -> None:
        out.section(Text("First month", "第一个月"))
        nodes = self._nodes(self.requests, node, hours.reserved_nodes)
        nodes = out("nodes", nodes, shown.NODES)
        served = nodes * node.rate / (1 + node.prefill_nodes) * SECONDS_A_MONTH / 1000
        out("utilization", ratio(self.requests, served), shown.UTILIZATION)
        hardware = out("hardware_cost", hours.cost(nodes, 1), shown.HARDWARE_COST)
        own = out("own_cost", hardware + self.staff, shown.OWN_COST)
        bill = out("api_cost", self.requests * api, shown.API_COST)
        out("saving", bill - own, shown.SAVING)

        out.section(Text("Own cost of a million tokens", "每百万 token 自建成本"))
        whole = node.seconds[0] + node.seconds[1] + node.seconds[2]
        tokens = (self.uncached_tokens, self.cached_tokens, self.output_tokens)
        # The dollars of 3,600 requests: what an hour costs that serves one a second.
        request = ratio(hardware * SECONDS_AN_HOUR / 1000, self.requests)
        kinds = zip(shown.KINDS.items(), node.seconds, tokens, strict=True)
        costs: dict[str, Any] = {}
        for (key, name), part, number in kinds:
            cost = kind_cost(1, 1, part, whole, number) * request
            costs[key] = out(f"{key}_cost", cost, shown.kind(name))
        out("price_ratio", ratio(costs["output"], costs["uncached"]), shown.PRICE_RATIO)
        self._breakeven(out, node, hours, api)

    def _breakeven(self, out: Out, node: Capacity, hours: Hours, api: float) -> None:
        """The least whole nodes, on all the time, that a day of this shape can pay for."""
        out.section(Text("Breakeven", "盈亏平衡"))
        load = columns(self.day).load
        even = total(load) / count(load) / largest(load)
        income = node.rate * even * SECONDS_A_MONTH / 1000 * api
        month, spare = hours.node * HOURS_A_MONTH, self.redundancy
        reserved = hours.reserved_nodes
        # A node brings those along that prefill for it, the last of them a whole one.
        size = 1 + node.prefill_nodes
        spare = spare + where(self.pools == "together", 0, 1)
        cheaper = reserved * (hours.node - hours.reserved) * HOURS_A_MONTH
        fixed, gain = spare * month + self.staff - cheaper, income - size * month
        beyond = where(gain > 0, maximum(ceil(ratio(fixed, gain) - ROUNDING), 1), nan)
        # Nodes that are reserved anyway cost the same whether they are used or not.
        paid = reserved * hours.reserved * HOURS_A_MONTH + self.staff
        within = maximum(ceil(ratio(paid, income) - ROUNDING), 1)
        least = where(within * size + spare <= reserved, within, beyond)
        least = out("breakeven_nodes", least, shown.BREAKEVEN_NODES)
        prefill = ceil(least * node.prefill_nodes - ROUNDING)
        nodes = maximum(least + prefill + self.redundancy, reserved)
        requests = ratio(hours.cost(nodes, 1) + self.staff, api)
        requests = out("breakeven", requests, shown.BREAKEVEN)
        out("breakeven_cost", requests * api, shown.BREAKEVEN_COST)
        tokens = self.uncached_tokens + self.cached_tokens + self.output_tokens
        out("breakeven_mtok", requests * tokens / 1000, shown.BREAKEVEN_MTOK)

    def _by_month(self, out: Out, node: Capacity, hours: Hours, api: float) -> None:
        months = columns(self.months)
        past = months.number - 1
        requests = self.requests * exp(past * log(1 + self.growth))
        requests = out.column("months", "requests", requests, shown.MONTH_REQUESTS)
        nodes = self._nodes(requests, node, hours.reserved_nodes)
        nodes = out.column("months", "nodes", nodes, shown.NODES)
        rent = where(self.hardware == "own", 0, self.rent_decline)
        left = exp(past / MONTHS_A_YEAR * log(1 - rent))
        own = hours.cost(nodes, left) + self.staff
        own = out.column("months", "own_cost", own, shown.OWN_COST)
        bill = requests * api * exp(past / MONTHS_A_YEAR * log(1 - self.api_decline))
        bill = out.column("months", "api_cost", bill, shown.API_COST)
        saving = out.column("months", "saving", bill - own, shown.SAVING)
        month = where(saving > 0, months.number, where(saving <= 0, NO_MONTH, nan))
        month = out.column("months", "candidate", month, shown.CANDIDATE)

        out.section(Text("All months", "全部月份"))
        first = smallest(month)
        switch = out("switch", where(first < NO_MONTH, first, nan), shown.SWITCH)
        spent = {"api": total(bill), "own": total(own)}
        out("api_total", spent["api"], shown.TOTALS["api"])
        out("own_total", spent["own"], shown.TOTALS["own"])
        out("total_saving", spent["api"] - spent["own"], shown.TOTALS["saving"])
        out.warn(first >= NO_MONTH, shown.NEVER)
        out.verdict(switch <= 1, shown.SWITCH_NOW, Tone.GOOD)
        out.verdict(switch > 1, shown.SWITCH_LATER, Tone.CAUTION)
        out.verdict(first >= NO_MONTH, shown.STAY, Tone.CAUTION)
        out.verdict(True, shown.NO_OWN, Tone.BAD)


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
