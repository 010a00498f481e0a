"""The operating point, and laws that hold for all models, hardware and targets."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import (
    PricingError,
    Replica,
    Request,
    ServedModel,
    Speculation,
    fleet_nodes,
    fleet_utilization,
    largest_batch,
    latency_batch,
    mean_batch,
    mean_fleet_nodes,
    memory_batch,
    operating_point,
    peak_batch,
    time_per_output_token,
    touched_parameters,
)
from lmprice.chapters.serving.operation import OperatingPoint, TokenCosts
from lmprice.chapters.serving.replica import NO_SPECULATION

LLAMA = ServedModel(70.6e9, 70.6e9, 80 * 64 * 128, 163840, bits=8)
V3 = ServedModel(671e9, 37e9, 61 * 128 * 160, 70272, bits=8, experts=256, experts_per_token=8)
NODE = Replica(8, 72e9, 3.35e12, 1979e12)

models = st.builds(
    lambda total, share, cache, k: ServedModel(
        total * 1e9, total * 1e9 * (share if k else 1), 5e5, cache, 8, 64 if k else 1, 4 if k else 1
    ),
    st.floats(5, 300), st.floats(0.1, 0.9), st.floats(2e4, 4e5), st.booleans(),
)  # fmt: skip
replicas = st.builds(
    lambda bandwidth, flops, reads, computes: Replica(
        8, 100e9, bandwidth * 1e12, flops * 1e12, computes, reads
    ),
    st.floats(1, 8), st.floats(300, 4000), st.floats(0.2, 1), st.floats(0.2, 1),
)  # fmt: skip
requests = st.builds(
    Request, st.floats(50, 5000), st.floats(0, 5000), st.floats(20, 2000), st.floats(0, 2)
)
seconds = st.floats(0.5, 5)
tpots = st.floats(0.02, 0.2)


def point(
    model: ServedModel, replica: Replica, request: Request, ttft: float, tpot: float,
    apart: bool = False,
) -> OperatingPoint:  # fmt: skip
    try:
        return operating_point(
            model, replica, request, ttft_target=ttft, tpot_target=tpot, separate_pools=apart
        )
    except PricingError:
        assume(False)
        raise


@given(models, replicas, requests, seconds, tpots, st.booleans())
def test_targets_hold_and_the_kinds_add_up(
    model: ServedModel, replica: Replica, request: Request, ttft: float, tpot: float, apart: bool
) -> None:
    found = point(model, replica, request, ttft, tpot, apart)
    assert found.ttft_tail <= ttft * (1 + 1e-9)
    assert found.tpot_tail <= tpot * (1 + 1e-9)
    assert found.batch <= found.largest_batch
    costs = found.costs(20)
    hours = (1 + found.prefill_replicas) * 20 / 3600
    assert costs.of_a_request == pytest.approx(hours / found.requests_per_second, rel=1e-9)


@given(models, replicas, requests, seconds, tpots, st.floats(1, 2), st.booleans())
def test_cost_never_falls_when_a_latency_bound_is_tightened(
    model: ServedModel, replica: Replica, request: Request, ttft: float, tpot: float, by: float,
    apart: bool,
) -> None:  # fmt: skip
    tight = point(model, replica, request, ttft, tpot, apart)
    for loose in (
        point(model, replica, request, ttft * by, tpot, apart),
        point(model, replica, request, ttft, tpot * by, apart),
    ):
        assert loose.costs(20).of_a_request <= tight.costs(20).of_a_request * (1 + 1e-9)


@given(models, replicas, requests, seconds, tpots, st.floats(1, 3))
def test_throughput_never_falls_with_bandwidth_or_compute(
    model: ServedModel, replica: Replica, request: Request, ttft: float, tpot: float, by: float
) -> None:
    slow = point(model, replica, request, ttft, tpot)
    wider = dataclasses.replace(replica, memory_bandwidth=replica.memory_bandwidth * by)
    faster = dataclasses.replace(replica, peak_flops=replica.peak_flops * by)
    for quick in (wider, faster):
        more = point(model, quick, request, ttft, tpot)
        assert more.requests_per_second >= slow.requests_per_second * (1 - 1e-9)


@given(st.floats(1, 1e4))
def test_mean_and_peak_of_a_batch_are_inverse(batch: float) -> None:
    assert peak_batch(mean_batch(batch)) == pytest.approx(batch)


@given(st.floats(1, 1e3), st.floats(1e6, 1e10), tpots)
def test_the_latency_batch_takes_just_the_target(weights: float, cache: float, tpot: float) -> None:
    batch = latency_batch(tpot, cache, weights * 1e9, weights * 1e9, 2.7e13, 1.6e16, 0.5, 0.6)
    assume(batch > 0)
    taken = time_per_output_token(
        batch, cache, weights * 1e9, weights * 1e9, 2.7e13, 1.6e16, 0.5, 0.6
    )
    assert taken == pytest.approx(tpot)
    solved = largest_batch(
        tpot, 1e18, cache, weights * 1e9, weights * 1e9, 1, 1, 8, 2.7e13, 1.6e16, 0.5, 0.6
    )
    if batch >= 1:
        assert solved == pytest.approx(batch)


@given(st.floats(1, 1e3), st.floats(0.05, 1), st.floats(1, 500), st.floats(1, 500))
def test_a_larger_batch_reads_no_less_and_never_more_than_all(
    total: float, share: float, first: float, second: float
) -> None:
    less, more = sorted((first, second))
    read = [touched_parameters(total, total * share, 64, 4, b) for b in (less, more)]
    assert total * share <= read[0] * (1 + 1e-12)
    assert read[0] <= read[1] <= total


loads_of_a_day = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 100)), min_size=1, max_size=24)


@given(loads_of_a_day, st.floats(0.5, 20))
def test_whole_nodes_step(loads: list[float], capacity: float) -> None:
    nodes = [fleet_nodes(load, capacity) for load in loads]
    for count, load in zip(nodes, loads, strict=True):
        assert count == int(count)
        assert count * capacity >= load * (1 - 1e-6)
        assert count == 0 or (count - 1) * capacity < load
    assert mean_fleet_nodes(loads, capacity) == pytest.approx(sum(nodes) / len(loads))
    used = fleet_utilization(loads, capacity)
    assert math.isnan(used) if not any(nodes) else used <= 1 + 1e-6
    spare = mean_fleet_nodes(loads, capacity, 1)
    assert spare == pytest.approx(mean_fleet_nodes(loads, capacity) + 1)


def test_each_bound_is_named() -> None:
    request = Request(800, 1200, 400)

    def limit(ttft: float, tpot: float) -> str:
        return operating_point(LLAMA, NODE, request, ttft_target=ttft, tpot_target=tpot).limited_by

    assert limit(2, 0.05) == "time per output token"
    assert limit(2, 10) == "memory"
    assert limit(0.05, 0.05) == "time to first token"


def test_separate_pools_buy_a_faster_first_token() -> None:
    request = Request(4000, 0, 300)
    together = operating_point(LLAMA, NODE, request, ttft_target=0.5, tpot_target=0.03)
    apart = operating_point(
        LLAMA, NODE, request, ttft_target=0.5, tpot_target=0.03, separate_pools=True
    )
    assert together.prefill_replicas == 0
    assert apart.prefill_replicas > 0
    assert apart.batch > together.batch
    assert apart.load <= 1


def test_speculation_and_fewer_bits_make_tokens_cheaper() -> None:
    # In a small batch, for a fast answer: in a large one, which computes, drafts cost more.
    def costs(model: ServedModel, speculation: Speculation = NO_SPECULATION) -> TokenCosts:
        return operating_point(
            model, NODE, Request(800, 0, 400), ttft_target=2, tpot_target=0.008,
            speculation=speculation,
        ).costs(20)  # fmt: skip

    plain, drafted = costs(LLAMA), costs(LLAMA, Speculation(0.7, 3, 0.05))
    small = costs(dataclasses.replace(LLAMA, bits=4, cache_bytes=LLAMA.cache_bytes / 2))
    assert drafted.output < plain.output
    assert small.output < plain.output
    assert plain.price_ratio == pytest.approx(plain.output / plain.uncached)
    assert math.isnan(plain.cached)


def test_what_cannot_be_served_is_refused_by_name() -> None:
    request = Request(800, 0, 400)
    with pytest.raises(PricingError, match=r"ttft_target.*shorter than a prefill"):
        operating_point(LLAMA, NODE, request, ttft_target=0.001, tpot_target=0.05)
    with pytest.raises(PricingError, match=r"tpot_target.*no room for one sequence"):
        operating_point(LLAMA, NODE, request, ttft_target=2, tpot_target=0.001)
    with pytest.raises(PricingError, match=r"replica.*memory"):
        operating_point(V3, NODE, request, ttft_target=2, tpot_target=0.05)
    assert memory_batch(NODE.memory * 8, V3.weight_bytes, 1e9) == 0
