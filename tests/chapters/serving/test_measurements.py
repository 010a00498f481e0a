"""Results of benchmark tools, in the shape of public files and with numbers of our own.

AIPerf: the schema of profile_export_aiperf.json, at
docs.nvidia.com/aiperf/reference/json-export-schema; input_config.loadgen as in tests/unit/plot of
github.com/ai-dynamo/aiperf.
genai-perf: genai-perf/tests of github.com/triton-inference-server/perf_analyzer.
inference-perf: demos/kubecon-na-2025/vllm+awq_quantization/results/stage_3_lifecycle_metrics.json
of github.com/kubernetes-sigs/inference-perf.
vllm: the result file of `vllm bench serve`, as .buildkite/nightly-benchmarks/scripts of
github.com/vllm-project/vllm reads it.
aiconfigurator: data.csv of github.com/ai-dynamo/aiconfigurator.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from lmprice import (
    Measurement,
    PricingError,
    Replica,
    ServedModel,
    calibrate,
    predicted_throughput,
    read_measurements,
)


def stat(mean: float, p95: float | None = None, unit: str = "ms") -> dict[str, Any]:
    return {"unit": unit, "avg": mean} | ({} if p95 is None else {"p95": p95})


SUMMARY = {
    "request_throughput": stat(4.0, unit="requests/sec"),
    "request_latency": stat(2500.0, 3000.0),
    "time_to_first_token": stat(120.0, 240.0),
    "inter_token_latency": stat(12.0, 15.0),
    "output_token_throughput": stat(800.0, unit="tokens/sec"),
    "input_sequence_length": stat(1000.0, unit="tokens"),
    "output_sequence_length": stat(200.0, unit="tokens"),
}
AIPERF = SUMMARY | {"input_config": {"loadgen": {"concurrency": 10, "request_count": 100}}}
GENAI_PERF = SUMMARY | {"input_config": {"perf_analyzer": {"stimulus": {"concurrency": 12}}}}
STAGE = {
    "load_summary": {"count": 300, "requested_rate": 4.0, "achieved_rate": 4.0},
    "successes": {
        "count": 300,
        "latency": {
            "request_latency": {"mean": 2.5, "p95": 3.0},
            "time_per_output_token": {"mean": 0.012, "p95": 0.015},
            "time_to_first_token": {"mean": 0.12, "p95": 0.24},
        },
        "throughput": {"output_tokens_per_sec": 800.0, "requests_per_sec": 4.0},
        "prompt_len": {"mean": 1000.0},
        "output_len": {"mean": 200.0},
    },
    "failures": {"count": 0},
}
VLLM = {
    "max_concurrency": 10, "completed": 300, "total_input_tokens": 300_000,
    "total_output_tokens": 60_000, "request_throughput": 4.0, "output_throughput": 800.0,
    "mean_ttft_ms": 120.0, "mean_tpot_ms": 12.0, "p99_ttft_ms": 300.0,
}  # fmt: skip
TABLE = """index,model,isl,osl,prefix,concurrency,ttft,tpot,seq/s,tokens/s,tokens/s/gpu
0,QWEN3_32B,1000,200,0,16,150.0,14.0,5.4,1080.0,540.0
1,QWEN3_32B,1000,200,0,8,110.0,11.5,3.3,660.0,330.0
"""


def written(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "tool", "concurrency"),
    [(AIPERF, "aiperf", 10), (GENAI_PERF, "genai-perf", 12), (STAGE, "inference-perf", 10)],
)
def test_a_summary_with_its_tails(
    tmp_path: Path, content: Any, tool: str, concurrency: float
) -> None:
    (found,) = read_measurements(written(tmp_path, "result.json", content))
    assert found == Measurement(tool, concurrency, 1000, 200, 4, 800, 0.12, 0.012, 0.24, 0.015)


def test_a_result_of_vllm_has_no_95th_percentile(tmp_path: Path) -> None:
    (found,) = read_measurements(written(tmp_path, "result.json", VLLM))
    assert (found.tool, found.concurrency, found.input_tokens) == ("vllm", 10, 1000)
    assert (found.ttft, found.tpot) == (0.12, 0.012)
    assert math.isnan(found.ttft_tail)
    rate = VLLM | {"max_concurrency": None, "request_rate": 4.0}
    (found,) = read_measurements(written(tmp_path, "rate.json", rate))
    assert found.concurrency == pytest.approx(4 * (0.12 + 199 * 0.012))  # Little's law


def test_a_table_and_a_file_together_in_order_of_concurrency(tmp_path: Path) -> None:
    paths = [written(tmp_path, "data.csv", TABLE), written(tmp_path, "run.json", AIPERF)]
    found = read_measurements(paths)
    assert [(m.tool, m.concurrency) for m in found] == [
        ("aiconfigurator", 8), ("aiperf", 10), ("aiconfigurator", 16),
    ]  # fmt: skip
    assert found[0].output_tokens_per_second == 660


def test_a_rate_of_requests_says_how_many_are_under_way(tmp_path: Path) -> None:
    content = SUMMARY | {"input_config": {"loadgen": {"request_rate": 4.0}}}
    (found,) = read_measurements(written(tmp_path, "result.json", content))
    assert found.concurrency == 4 * 2.5


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("other.json", {"latency": 3}, "is of none of AIPerf"),
        ("list.json", [1, 2], "is of none of AIPerf"),
        ("broken.json", "{", "is no JSON"),
        ("short.json", {"input_config": {}}, "has no request_throughput.avg"),
        ("short.csv", "isl,osl\n1,2\n", "has no concurrency"),
        ("text.json", VLLM | {"completed": "many"}, "has no completed"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, name: str, content: Any, message: str
) -> None:
    with pytest.raises(PricingError, match=message) as caught:
        read_measurements(written(tmp_path, name, content))
    assert name in str(caught.value)


MODEL = ServedModel(32.8e9, 32.8e9, 64 * 64 * 128, 262144, bits=8)


def test_factors_are_found_again_and_the_error_is_that_of_the_others() -> None:
    true = Replica(2, 80e9, 3.35e12, 1979e12, 0.45, 0.65)
    runs = []
    for concurrency in (1, 4, 16, 32, 64):
        rate = predicted_throughput(MODEL, true, concurrency, 1000, 200)
        runs.append(Measurement("made", concurrency, 1000, 200, rate / 200, rate, 0, 0))
    fit = calibrate(MODEL, Replica(2, 80e9, 3.35e12, 1979e12), runs)
    assert fit.replica.compute_efficiency == pytest.approx(0.45, rel=1e-4)
    assert fit.replica.bandwidth_efficiency == pytest.approx(0.65, rel=1e-4)
    assert fit.error < 1e-4
    assert [m.concurrency for m in fit.fitted] == [4, 32]
    # A run that was not fitted on shows in the error and not in the factors.
    off = Measurement("made", 16, 1000, 200, 1, runs[2].output_tokens_per_second * 2, 0, 0)
    again = calibrate(MODEL, Replica(2, 80e9, 3.35e12, 1979e12), [*runs[:2], off, *runs[3:]])
    assert again.replica == fit.replica
    assert again.error == pytest.approx(0.5, abs=1e-3)


def test_a_model_that_cannot_fit_says_so() -> None:
    runs = [Measurement("made", c, 1000, 200, 1, 1e6 * c, 0, 0) for c in (1, 4, 16, 32)]
    assert calibrate(MODEL, Replica(2, 80e9, 3.35e12, 1979e12), runs).is_at_a_bound
    with pytest.raises(PricingError, match="fewer than four"):
        calibrate(MODEL, Replica(2, 80e9, 3.35e12, 1979e12), runs[:3])
