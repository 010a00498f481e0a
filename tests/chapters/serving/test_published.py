"""Published throughput and days of serving, with the efficiency factors and errors said."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import least_squares

from lmprice import (
    Measurement,
    Replica,
    accelerator,
    calibrate,
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
    bandwidth, flops = replica.speed
    assert batch * model.cache_bytes * 4989 < 8 * 80e9 / 2
    assert request_rate(batch, 1000, 1 / 21) == pytest.approx(14.8)

    # Experts are spread over 18 nodes, so that a node reads an eighteenth of them.  At full
    # efficiency a step would take a fourth of the 48 ms it takes: the rest goes to sending tokens
    # to the experts and back, and to the two halves of a batch that take turns.
    least = time_per_output_token(
        batch, model.cache_bytes * 4989, model.active_parameters, model.weight_bytes / 18,
        bandwidth, flops,
    )  # fmt: skip
    assert 0.2 < least * 21 < 0.35

    # $16 an hour for a node: $0.30 for a million output tokens, $0.06 for a million input tokens.
    output = kind_cost(16, 14.8, 1, 1, 1000)
    assert output == pytest.approx(serving_cost(16, 14_800))
    assert round(output, 2) == 0.30
    assert round(kind_cost(16, 73.7, 1, 1, 1000), 2) == 0.06
    cost = 168e3 * output + 608e3 * kind_cost(16, 73.7, 1, 1, 1000)
    assert cost == pytest.approx(87_072, rel=1e-3)


def test_an_owned_h100_costs_less_than_the_lowest_rent_only_when_it_is_used() -> None:
    # Purchase $25,000 to $30,000 (awesomeagents.ai/hardware/nvidia-h100), 10.2 kW a node of eight,
    # colocation $150 to $250 a kW and month, $0.06 to $0.12 a kWh (v2-pseo-ai.pages.dev, GPU TCO).
    rent = accelerator("H100 SXM").price_low
    assert rent is not None
    low = gpu_hour_cost(25_000, 3, 0.3, 0.08, 10.2 / 8, 0.06, 1.2, 150)
    high = gpu_hour_cost(30_000, 3, 0.3, 0.08, 10.2 / 8, 0.12, 1.2, 250)
    assert low < high < rent
    assert gpu_hour_cost(30_000, 3, 0.3, 0.08, 10.2 / 8, 0.12, 1.2, 250, utilization=0.4) > rent
