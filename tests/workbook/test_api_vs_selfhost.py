"""The template on API or own hardware: a published day, a made-up plan, and real spreadsheets."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmprice import (
    ExpertParallel,
    Speculation,
    accelerator,
    api_vs_selfhost,
    gpu_hour_cost,
    largest_batch,
    open_model,
    operating_point,
)
from lmprice.chapters.serving.replica import Request
from lmprice.scenarios import ApiVsSelfhost
from lmprice.scenarios.api_vs_selfhost.scenario import Hour, Month
from lmprice.scenarios.results import Results
from lmprice.workbook import check, read
from tests.office import Office
from tests.workbook.in_ironcalc import filled_in_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice
from tests.workbook.test_engines import disagreements, stored_cells

V3: dict[str, Any] = {
    "parameters": 671.0, "active_share": 0.0551416, "cache_kilobytes": 70.272,
    "attention_width": 61 * 128 * 160.0, "expert_share": 8 / 256,
    "gpus": 16.0, "compute_efficiency": 0.4, "bandwidth_efficiency": 0.6,
}  # fmt: skip
# Attention in 16 bits beside weights of 8 counts twice; 16.08 billion parameters are on each GPU,
# and a token sends 7,168 numbers of 1 byte to 8 experts in 58 layers and gets 2 bytes each back.
WIDE = V3 | {
    "decode_width": 2 * 61 * 128 * (512 + 32.0), "whole_parameters": 16.08,
    "exchange_kilobytes": 7168 * 8 * 58 * 3 / 1000, "network": 39.0, "gpus": 144.0,
}  # fmt: skip
EXAMPLES = {
    "example": ApiVsSelfhost(),
    "owned": ApiVsSelfhost(hardware="own", requests=30_000.0),
    "mixture of experts": ApiVsSelfhost(**V3, tpot_target=40.0),
    "measured": ApiVsSelfhost(capacity_from="measured", measured_rate=2.5, growth=-0.1),
    "no room": ApiVsSelfhost(parameters=405.9),
    "slow": ApiVsSelfhost(ttft_target=0.01),
    "first token": ApiVsSelfhost(ttft_target=0.06, cached_tokens=0.0, variability=0.0),
    "nothing": ApiVsSelfhost(requests=0.0, staff=0.0, redundancy=0.0),
    "drafts": ApiVsSelfhost(
        acceptance_rate=0.7, draft_length=3.0, draft_cost=0.05, tpot_target=20.0
    ),
    "separate": ApiVsSelfhost(pools="separate", requests=40_000.0, redundancy=2.0),
    "wide": ApiVsSelfhost(**WIDE, pools="separate", requests=2_000_000.0),
    "mix": ApiVsSelfhost(
        requests=60_000.0, reserved_nodes=3.0, spot_share=0.5, interruptions=0.1, lost_hours=0.5
    ),
    "one hour": ApiVsSelfhost(day=[Hour(load=1.0)], months=[Month(number=1.0)]),
}


@pytest.mark.parametrize(
    "name", ["example", "mixture of experts", "first token", "drafts", "separate", "wide"]
)
def test_the_capacity_is_the_operating_point_of_the_chapter(name: str) -> None:
    plan = EXAMPLES[name]
    is_sparse = plan.expert_share < 1
    model = (
        open_model("DeepSeek-V3").served(8)
        if is_sparse
        else open_model("Llama 3.3 70B").served(8, 8)
    )
    if name == "mixture of experts":  # which leaves out what computing attention takes
        model = dataclasses.replace(model, decode_width=0)
    replica = accelerator("H100 SXM").replica(
        plan.gpus, 8, compute_efficiency=plan.compute_efficiency,
        bandwidth_efficiency=plan.bandwidth_efficiency,
    )  # fmt: skip
    request = Request(
        plan.uncached_tokens, plan.cached_tokens, plan.output_tokens, plan.variability
    )
    found = operating_point(
        model, replica, request, ttft_target=plan.ttft_target, tpot_target=plan.tpot_target / 1000,
        separate_pools=plan.pools == "separate",
        speculation=Speculation(plan.acceptance_rate, plan.draft_length, plan.draft_cost),
        parallel=ExpertParallel(16.08e9, 7168, 58, 39e9) if name == "wide" else None,
    )  # fmt: skip
    result = plan.evaluate()
    # The table of accelerators has 1,978.9 TFLOP/s where the example has 1,979.
    assert result["rate"] == pytest.approx(found.requests_per_second, rel=2e-4)
    assert result["batch_limit"] == pytest.approx(found.largest_batch, rel=2e-4)
    assert result["running_batch"] == pytest.approx(found.batch, rel=2e-4)
    assert result["tpot"] == pytest.approx(found.tpot * 1000, rel=2e-4)
    assert result["load"] == pytest.approx(found.load, rel=2e-4)
    assert result["prefill_nodes"] == pytest.approx(found.prefill_replicas, rel=2e-4)
    assert result["price_ratio"] == pytest.approx(found.costs(1).price_ratio, rel=2e-4)
    if name == "mixture of experts":
        cache = result["cache"] * 1e9
        bandwidth, flops = 16 * 3.35e12, 16 * 1979e12
        assert result["batch_limit"] == pytest.approx(
            largest_batch(
                0.04, 16 * 72e9, cache, 671e9, 37e9, 256, 8, 8, bandwidth, flops, 0.4, 0.6,
                0, result["prefill"] / 400,
            )
        )  # fmt: skip


def test_deepseeks_day_as_a_month() -> None:
    # Of open-infra-index: 608 billion tokens in, 342 of them cached, and 168 out in a day; 226.75
    # nodes of 8 H800 at $2; $562,027 at the prices of R1.  A request of a thousand tokens out.
    days, nodes = 730 / 24, 226.75
    day = ApiVsSelfhost(
        requests=168e9 / 1000 / 1000 * days, growth=0.0, output_tokens=1000.0,
        uncached_tokens=266 / 168 * 1000, cached_tokens=342 / 168 * 1000,
        input_price=0.55, cached_price=0.14, output_price=2.19, batch_share=0.0, api_decline=0.0,
        gpus=8.0, rent_price=2.0, rent_decline=0.0, staff=0.0, redundancy=0.0,
        capacity_from="measured", measured_rate=168e9 / 86_400 / 1000 / nodes,
        day=[Hour(load=1.0)],
    ).evaluate()  # fmt: skip
    assert day["nodes"] == 227  # whole nodes
    assert day["own_cost"] / days == pytest.approx(87_072, rel=2e-3)
    assert day["api_cost"] / days == pytest.approx(562_027, rel=2e-3)
    assert 1 - day["own_cost"] / day["api_cost"] == pytest.approx(0.845, abs=1e-3)


def test_deepseeks_pools_as_published() -> None:
    # The same day in two pools: a node prefills 73,700 tokens in a second or makes 14,800, so that
    # 95.5 and 131.2 nodes are busy; whole ones are 96 and 132.  226.75 were on, on average.
    days, inputs = 730 / 24, 608 / 168 * 1000
    day = ApiVsSelfhost(
        requests=168e9 / 1000 / 1000 * days, growth=0.0, output_tokens=1000.0,
        uncached_tokens=inputs * 266 / 608, cached_tokens=inputs * 342 / 608,
        gpus=8.0, rent_price=2.0, staff=0.0, redundancy=0.0, pools="separate",
        capacity_from="measured", measured_rate=14.8, measured_prefill=73_700 / inputs,
        day=[Hour(load=1.0)],
    ).evaluate()  # fmt: skip
    assert day["nodes"] == 96 + 132
    assert day["prefill_nodes"] == pytest.approx(95.5 / 131.4, rel=1e-3)
    assert day["utilization"] == pytest.approx(226.9 / 228, rel=1e-3)
    assert day["own_cost"] / days == pytest.approx(87_072, rel=6e-3)


def test_a_mix_of_rents_by_hand() -> None:
    # Two requests a second a node, one GPU each; 2, 4 and 9 of them an hour of three need 1, 2 and
    # 5 nodes, with a redundant one 2, 3 and 6.  Three are reserved at $2 and on in all hours, so
    # that 3 in one of three hours are rented beyond: half at $3, half spot at $1 of which a tenth
    # is lost: 0.1 interruptions an hour of an hour each.
    plan = ApiVsSelfhost(
        capacity_from="measured", measured_rate=2.0, gpus=1.0, rent_price=3.0, staff=100.0,
        requests=5 * 2628.0, day=[Hour(load=n) for n in (2.0, 4.0, 9.0)], reserved_nodes=3.0,
        reserved_price=2.0, spot_share=0.5, spot_price=1.0, interruptions=0.1, lost_hours=1.0,
        rent_decline=0.5, growth=0.0, months=[Month(number=1.0), Month(number=13.0)],
    ).evaluate()  # fmt: skip
    assert plan["nodes"] == pytest.approx((3 + 3 + 6) / 3)
    assert plan["gpu_hour"] == pytest.approx(1.5 + 0.5 / 0.9)
    hour = 1.5 + 0.5 / 0.9
    assert plan["own_cost"] == pytest.approx(730 * (3 * 2 + hour) + 100)
    # A year later what is not reserved costs half.
    (own,) = (list(c.value) for c in plan.columns if c.key == "own_cost")
    assert own == pytest.approx([plan["own_cost"], 730 * (3 * 2 + hour / 2) + 100])
    kinds = plan["uncached_cost"] * 800 + plan["cached_cost"] * 1200 + plan["output_cost"] * 400
    assert kinds * 5 * 2628e3 / 1e6 == pytest.approx(plan["hardware_cost"])


def test_a_mix_that_loses_all_of_its_work_has_no_price() -> None:
    lost = ApiVsSelfhost(spot_share=0.5, interruptions=2.0, lost_hours=0.5).evaluate()
    assert math.isnan(lost["gpu_hour"])
    assert math.isnan(lost["own_cost"])


def test_costs_by_hand() -> None:
    # Measured: 2 requests a second on a node of one GPU at $3, an even day.  2,628 thousand
    # requests are half of what a node serves in a month of 730 hours; a second node is redundant.
    plan = ApiVsSelfhost(
        capacity_from="measured", measured_rate=2.0, gpus=1.0, rent_price=3.0, requests=2628.0,
        growth=1.0, rent_decline=0.0, api_decline=0.0, batch_share=0.5, batch_discount=0.5,
        commit_discount=0.2, uncached_tokens=1000.0, cached_tokens=0.0, output_tokens=500.0,
        input_price=1.0, output_price=3.0, staff=1000.0, day=[Hour(load=1.0), Hour(load=1.0)],
        months=[Month(number=1.0), Month(number=2.0), Month(number=3.0)],
    ).evaluate()  # fmt: skip
    assert plan["nodes"] == 2
    assert plan["utilization"] == pytest.approx(0.25)
    assert plan["own_cost"] == pytest.approx(2 * 3 * 730 + 1000)
    # $0.0025 a request, less half of the half that is batch, less a fifth: 1.5 a thousand.
    assert plan["api_cost"] == pytest.approx(2628 * 1.5)
    own = {c.key: list(c.value) for c in plan.columns}
    assert own["nodes"] == [2, 2, 3]  # 0.5, 1 and 2 nodes of load, and a redundant one
    assert own["saving"] == pytest.approx([3942 - 5380, 7884 - 5380, 15768 - 7570])
    assert plan["switch"] == 2
    # A node earns 5,256 · 1.5 - 2,190; staff and redundancy are 3,190: one node, at 5,380 / 1.5.
    assert plan["breakeven_nodes"] == 1
    assert plan["breakeven"] == pytest.approx(5380 / 1.5)
    assert plan["breakeven_mtok"] == pytest.approx(5380 / 1.5 * 1.5)
    # The kinds together are the hardware, whatever the shares.
    bill = (plan["uncached_cost"] * 1000 + plan["output_cost"] * 500) * 2628e3 / 1e6
    assert bill == pytest.approx(2 * 3 * 730)
    assert math.isnan(plan["cached_cost"])


def test_an_owned_node_is_paid_all_the_time() -> None:
    rented, owned = (ApiVsSelfhost(hardware=h).evaluate() for h in ("rent", "own"))
    assert owned["gpu_hour"] == pytest.approx(
        gpu_hour_cost(30_000, 4, 0.15, 0.1, 1.275, 0.09, 1.25, 180, 0.12, 0.03)
    )
    busy = {"requests": 60_000.0}
    assert api_vs_selfhost(hardware="own", **busy)["nodes"] > api_vs_selfhost(**busy)["nodes"]
    assert rented["gpu_hour"] == 2.69


def test_what_cannot_be_served_is_said() -> None:
    for name in ("no room", "slow"):
        found = EXAMPLES[name].evaluate()
        assert found["serves"] == 0
        assert math.isnan(found["own_cost"])
        assert any("cannot serve" in text.en for text in found.warnings)
    assert EXAMPLES["measured"].evaluate()["serves"] == 1


@settings(max_examples=40)
@given(
    st.floats(0.2, 3), st.integers(0, 12), st.floats(0, 4), st.floats(0, 1),
    st.sampled_from(["together", "separate"]), st.integers(0, 2),
)  # fmt: skip
def test_at_the_breakeven_a_mix_costs_no_more_than_the_api(
    price: float, reserved: int, reserved_price: float, spot: float, pools: Any, spare: int
) -> None:
    def at(requests: float) -> Results:
        return ApiVsSelfhost(
            requests=requests, day=[Hour(load=1.0)], months=[Month(number=1.0)], pools=pools,
            output_price=price, reserved_nodes=float(reserved), reserved_price=reserved_price,
            spot_share=spot, redundancy=float(spare),
        ).evaluate()  # fmt: skip

    breakeven = at(1000)["breakeven"]
    if not math.isnan(breakeven):
        assert at(breakeven * (1 + 1e-9))["saving"] >= -1e-3
        if pools == "together":  # of two pools it is where both are whole
            assert at(breakeven * 0.99)["saving"] <= 1e-3


@pytest.mark.engine
@settings(max_examples=40)
@given(st.floats(100, 1e6), st.floats(1, 1.5))
def test_the_api_is_cheaper_below_the_breakeven_and_not_at_it(requests: float, more: float) -> None:
    def at(requests: float) -> Results:
        return ApiVsSelfhost(
            requests=requests, day=[Hour(load=1.0)], months=[Month(number=1.0)]
        ).evaluate()

    breakeven = at(requests)["breakeven"]
    assert at(breakeven * (1 + 1e-9))["saving"] >= -1e-3
    assert at(breakeven * 0.999)["saving"] < 0
    assert at(requests * more)["nodes"] >= at(requests)["nodes"]


@pytest.mark.engine
@pytest.mark.parametrize("name", EXAMPLES)
def test_ironcalc_recalculates_to_the_librarys_numbers(name: str) -> None:
    cells = filled_in_by_ironcalc(EXAMPLES[name], "en")
    assert disagreements(cells, EXAMPLES[name], "en") == []


@pytest.mark.parametrize(
    ("name", "lang"), [("owned", "en"), ("mix", "zh"), ("wide", "en"), ("no room", "en")]
)
def test_libreoffice_recalculates_to_the_librarys_numbers(
    soffice: Office, tmp_path: Path, name: str, lang: str
) -> None:
    recalculated = filled_in_by_libreoffice(soffice, EXAMPLES[name], lang, tmp_path)
    assert disagreements(stored_cells(recalculated), EXAMPLES[name], lang) == []
    assert read(recalculated) == EXAMPLES[name]
    assert check(recalculated) == ()
