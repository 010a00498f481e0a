"""Published throughput and days of serving, with the efficiency factors and errors said."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import least_squares

from lmprice import (
    ExpertParallel,
    Measurement,
    Replica,
    accelerator,
    calibrate,
    exchange_seconds,
    fleet_nodes,
    gpu_hour_cost,
    kind_cost,
    open_model,
    predicted_throughput,
    prefill_seconds,
    request_rate,
    serving_cost,
    time_per_output_token,
    touched_parameters,
)
from lmprice.chapters.serving.steps import Steps


class Static(NamedTuple):
    """A batch of prompts prefilled and decoded together, as TensorRT-LLM 0.6.1 measured it.

    github.com/NVIDIA/TensorRT-LLM, docs/source/performance.md, "Peak Throughput".
    """

    model: str
    batch: int
    gpus: int
    inputs: int
    outputs: int
    per_gpu: float  # output tokens per second


def table(*rows: tuple[str, list[tuple[int, int, int, int, float]]]) -> dict[str, list[Static]]:
    return {model: [Static(model, *numbers) for numbers in measured] for model, measured in rows}


# fmt: off
H100_FP8 = table(
    ("GPT-J 6B", [(1024, 1, 128, 128, 26_150), (120, 1, 128, 2048, 8_011),
                  (64, 1, 2048, 128, 2_551), (64, 1, 2048, 2048, 3_327)]),
    ("Llama 2 7B", [(768, 1, 128, 128, 19_694), (112, 1, 128, 2048, 6_818),
                    (80, 1, 2048, 128, 2_244), (48, 1, 2048, 2048, 2_740)]),
)
A100_FP16 = table(
    ("GPT-J 6B", [(512, 1, 128, 128, 6_374), (120, 2, 128, 2048, 2_192),
                  (60, 1, 2048, 128, 670), (64, 2, 2048, 2048, 903)]),
    ("Llama 2 7B", [(384, 1, 128, 128, 5_586), (60, 1, 128, 2048, 1_928),
                    (52, 1, 2048, 128, 591), (64, 2, 2048, 2048, 782)]),
)
# fmt: on


def static_throughput(row: Static, replica: Replica, bits: float) -> float:
    """Output tokens per second and GPU of a batch that begins and ends together."""
    model = open_model(row.model).served(bits, bits)
    bandwidth, flops = replica.speed
    shares = (replica.compute_efficiency, replica.bandwidth_efficiency)
    prefill = prefill_seconds(
        row.inputs, model.active_parameters, 0, flops, bandwidth, model.attention_width, 0, *shares
    )
    tpot = time_per_output_token(
        row.batch, model.cache_bytes * (row.inputs + row.outputs / 2), model.active_parameters,
        model.weight_bytes, bandwidth, flops, *shares,
    )  # fmt: skip
    tokens = row.batch * row.outputs
    return tokens / (row.batch * prefill + row.outputs * tpot) / row.gpus


@pytest.mark.parametrize(
    ("hardware", "bits", "rows", "factors", "within"),
    [
        ("H100 SXM", 8, H100_FP8, (0.58, 0.79), 0.19),
        ("A100 SXM 80GB", 16, A100_FP16, (0.86, 0.71), 0.12),
    ],
)
def test_factors_of_one_model_predict_another_on_the_same_hardware(
    hardware: str,
    bits: float,
    rows: dict[str, list[Static]],
    factors: tuple[float, float],
    within: float,
) -> None:
    def replica(row: Static, shares: np.ndarray) -> Replica:
        return accelerator(hardware).replica(
            row.gpus, bits, compute_efficiency=shares[0], bandwidth_efficiency=shares[1]
        )

    def off(row: Static, shares: np.ndarray) -> float:
        return float(np.log(static_throughput(row, replica(row, shares), bits) / row.per_gpu))

    fitted, others = rows["GPT-J 6B"], rows["Llama 2 7B"]
    found = least_squares(
        lambda shares: [off(row, shares) for row in fitted], [0.5, 0.6], bounds=(0.05, 1)
    ).x
    assert found == pytest.approx(factors, abs=0.01)
    errors = [abs(np.expm1(off(row, found))) for row in others]
    assert max(errors) < within
    assert np.mean(errors) < within / 2


@pytest.mark.parametrize(
    ("name", "gpus", "milliseconds"),
    [("Llama 3.1 8B", 1, 833.421), ("Llama 3.1 70B", 4, 2077.53), ("Mixtral 8x7B", 2, 1917.44)],
)
def test_decoding_of_three_open_models_on_h200(name: str, gpus: int, milliseconds: float) -> None:
    # buildkite.com/vllm/performance-benchmark/builds/9515, latency tests on H200: a batch of 8, 32
    # tokens in and 128 out at 16 bits.  With half of the bandwidth the model is within 20 %.
    model = open_model(name).served(16)
    replica = accelerator("H200 SXM").replica(gpus, 16, bandwidth_efficiency=0.5)
    bandwidth, flops = replica.speed
    read = touched_parameters(
        model.parameters, model.active_parameters, model.experts, model.experts_per_token, 8
    )
    tpot = time_per_output_token(
        8, model.cache_bytes * 96, model.active_parameters, read * 2, bandwidth, flops, 0.5, 0.5
    )
    assert 128 * tpot * 1000 == pytest.approx(milliseconds, rel=0.2)


# docs.nvidia.com/nim/benchmarking/llm/1.0.0/performance: Llama 3.3 70B, version 1.8.0, fp8, TP2 on
# 2 x H100 80G, 5,000 tokens in and 500 out: concurrency, TTFT and ITL in ms, tokens per second.
NIM = [
    (1, 406.77, 18.58, 51.67),
    (5, 546.7, 21.83, 218.48),
    (25, 688.69, 38.75, 623.4),
    (50, 834.51, 59.73, 814.37),
]


def test_a_served_model_by_concurrency_within_two_per_cent() -> None:
    runs = [
        Measurement("nim", c, 5000, 500, rate / 500, rate, ttft / 1000, itl / 1000)
        for c, ttft, itl, rate in NIM
    ]
    model = open_model("Llama 3.3 70B").served(8, 8)
    fit = calibrate(model, accelerator("H100 SXM").replica(2, 8), runs)
    assert len(fit.fitted) <= len(runs) / 2
    assert not set(fit.fitted) & set(fit.held_out)
    factors = (fit.replica.compute_efficiency, fit.replica.bandwidth_efficiency)
    assert factors == pytest.approx((0.59, 0.57), abs=0.01)
    assert fit.error < 0.02
    assert not fit.is_at_a_bound
    # From 100 on requests wait for memory: two H100 hold 85 sequences at 8 bits.
    bound = 144e9 - model.weight_bytes
    assert 60 < bound / (model.cache_bytes * 5250) < 100
    wrong = dataclasses.replace(fit.replica, bandwidth_efficiency=1.0, compute_efficiency=1.0)
    assert predicted_throughput(model, wrong, 50, 5000, 500) > 1.5 * 814


def test_the_day_that_deepseek_published() -> None:
    # github.com/deepseek-ai/open-infra-index, 27 to 28 February 2025: 608 billion tokens in and 168
    # out; a prefill node computes 73,700 tokens a second and a decode node makes 14,800, each of 8
    # H800.  226.75 nodes were in use on average, and an answer came at 20 to 22 tokens a second.
    day = 86_400
    prefill, decode = 608e9 / day / 73_700, 168e9 / day / 14_800
    assert prefill + decode == pytest.approx(226.75, rel=1e-3)
    assert fleet_nodes(608e9 / day, 73_700) + fleet_nodes(168e9 / day, 14_800) == 228

    # At 21 tokens a second a node decodes so many at once; each holds 4,989 tokens on average.
    batch = 14_800 / 21
    model = open_model("DeepSeek-V3").served(8)
    replica = accelerator("H800 SXM").replica(8, 8)
    assert batch * model.cache_bytes * 4989 < replica.gpus * 80e9 / 2
    assert request_rate(batch, 1000, 1 / 21) == pytest.approx(14.8)

    # $16 an hour for a node: $0.30 for a million output tokens, $0.06 for a million input tokens.
    output = kind_cost(16, 14.8, 1, 1, 1000)
    assert output == pytest.approx(serving_cost(16, 14_800))
    assert round(output, 2) == 0.30
    assert round(kind_cost(16, 73.7, 1, 1, 1000), 2) == 0.06
    cost = 168e3 * output + 608e3 * kind_cost(16, 73.7, 1, 1, 1000)
    assert cost == pytest.approx(87_072, rel=1e-3)


# What kernels reach on an H800, each by itself: FlashMLA 3,000 GB/s of 3,350 and 660 TFLOP/s of 989
# (github.com/deepseek-ai/FlashMLA), DeepEP 39 GB/s of 50 with 128 GPUs (github.com/deepseek-ai/
# DeepEP, docs/legacy.md).  Nothing is fitted.
KERNELS = {"compute_efficiency": 660 / 989, "bandwidth_efficiency": 3000 / 3350}
EXCHANGE = 39e9
# DeepSeek-V3's config: attention of 61 layers (latent sizes 1,536 and 512, 128 heads of 128 + 64),
# 58 shared experts of 2,048, 3 dense layers of 18,432, and 129,280 words, hidden size 7,168.
ATTENTION = 7168 * 1536 + 1536 * 128 * 192 + 7168 * 576 + 512 * 128 * 256 + 128 * 128 * 7168
WHOLE = 61 * ATTENTION + 58 * 3 * 7168 * 2048 + 3 * 3 * 7168 * 18_432 + 7168 * 129_280
SPREAD = ExpertParallel(WHOLE, 7168, 58, EXCHANGE)


@pytest.mark.parametrize(
    ("name", "gpus", "sequences", "context", "seconds", "within"),
    [
        # The published day: 18 nodes, 14,800 tokens a second and node at 20 to 22 tokens a second.
        ("H800 SXM", 144, 14_800 / 21 * 18, 4989, 1 / 21, 0.15),
        # lmsys.org/blog/2025-05-05-large-scale-ep: 72 H100, 256 sequences on each with 2,000 tokens
        # in the cache, 22,282 tokens a second and node.
        ("H100 SXM", 72, 256 * 72, 2000, 256 * 8 / 22_282, 0.05),
    ],
)
def test_a_decode_step_of_deepseek_v3_from_what_kernels_reach(
    name: str, gpus: int, sequences: float, context: float, seconds: float, within: float
) -> None:
    model = open_model("DeepSeek-V3").served(8)
    steps = Steps(model, accelerator(name).replica(gpus, 8, **KERNELS), parallel=SPREAD)
    assert steps.tpot(sequences, context) == pytest.approx(seconds, rel=within)
    # Half of a step is the exchange.  If all of it went on while the GPUs compute, a step would
    # take half as long: both systems overlap the two, and neither says how much.
    exchange = exchange_seconds(sequences / gpus, 7168, 8, 58, EXCHANGE)
    assert 0.5 < exchange / steps.tpot(sequences, context) < 0.75


def test_the_parts_of_the_step_by_hand() -> None:
    # 88.1 sequences a GPU: 11.3 ms of attention (660 TFLOP/s), 22.5 ms of exchange (39 GB/s), and
    # 20.8 GB of weights at 3,000 GB/s, 6.9 ms: 16.1 whole, and 1/144 of 671 at 8 bits.
    model = open_model("DeepSeek-V3").served(8)
    steps = Steps(model, accelerator("H800 SXM").replica(144, 8, **KERNELS), parallel=SPREAD)
    batch = 14_800 / 21 / 8
    attention = 2 * 128 * (576 + 512) * 61 * 4989 * batch / 660e12
    exchange = batch * 7168 * 8 * 3 * 58 / 39e9
    weights = (WHOLE + (671e9 - WHOLE) / 144) / 3000e9
    together = attention + exchange + weights
    assert steps.tpot(batch * 144, 4989) == pytest.approx(together, rel=0.01)
    assert round(steps.tpot(batch * 144, 4989) * 1000) == 41  # as the README says


def test_prefill_nodes_of_deepseek_compute_what_is_published_within_five_per_cent() -> None:
    # github.com/deepseek-ai/open-infra-index: 73,700 tokens in a second and node, 56.3 % of them
    # cached, by groups of four nodes; DeepEP reaches 57 GB/s among so many GPUs.
    model = open_model("DeepSeek-V3").served(8)
    wide = dataclasses.replace(SPREAD, network_bandwidth=57e9)
    steps = Steps(model, accelerator("H800 SXM").replica(32, 8, **KERNELS), parallel=wide)
    new, cached = 1583.0, 2036.0
    rate = new / steps.prefill(new, cached) / 4
    assert rate == pytest.approx(73_700 * (1 - 0.563), rel=0.05)


def test_an_owned_h100_costs_less_than_the_lowest_rent_only_when_it_is_used() -> None:
    # Purchase $25,000 to $30,000 (awesomeagents.ai/hardware/nvidia-h100), 10.2 kW a node of eight,
    # colocation $150 to $250 a kW and month, $0.06 to $0.12 a kWh (v2-pseo-ai.pages.dev, GPU TCO).
    rent = accelerator("H100 SXM").price_low
    assert rent is not None
    low = gpu_hour_cost(25_000, 3, 0.3, 0.08, 10.2 / 8, 0.06, 1.2, 150)
    high = gpu_hour_cost(30_000, 3, 0.3, 0.08, 10.2 / 8, 0.12, 1.2, 250)
    assert low < high < rent
    assert gpu_hour_cost(30_000, 3, 0.3, 0.08, 10.2 / 8, 0.12, 1.2, 250, utilization=0.4) > rent
