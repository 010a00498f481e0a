"""Measurements of serving: throughput and latency by concurrency, as benchmark tools write them.

Read are summaries of AIPerf and genai-perf, stages of inference-perf, results of ``vllm bench
serve``, and tables of aiconfigurator (which predicts and does not measure).  Which of them a file
is shows in its contents.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lmprice.language.checks import file_path
from lmprice.language.errors import PricingError, unreadable
from lmprice.output.framed import Framed

_READER = "read_measurements"


@dataclass(frozen=True)
class Measurement(Framed):
    """What one run of a benchmark found, at one concurrency.

    Attributes
    ----------
    tool : str
        What wrote it: "aiperf", "genai-perf", "inference-perf", "vllm" or "aiconfigurator".
    concurrency : float
        Requests that are under way at once, on average.
    input_tokens, output_tokens : float
        Mean tokens of a request.
    requests_per_second, output_tokens_per_second : float
        Throughput.
    ttft, tpot : float
        Mean seconds to the first token, and per output token after it.
    ttft_tail, tpot_tail : float
        95th percentile of both; NaN where the file does not have it.
    """

    tool: str
    concurrency: float
    input_tokens: float
    output_tokens: float
    requests_per_second: float
    output_tokens_per_second: float
    ttft: float
    tpot: float
    ttft_tail: float = math.nan
    tpot_tail: float = math.nan


def read_measurements(paths: str | Path | Sequence[str | Path]) -> tuple[Measurement, ...]:
    """Measurements of serving from result files of benchmark tools, in order of concurrency.

    Parameters
    ----------
    paths : path or sequence of paths
        Files of AIPerf or genai-perf (``profile_export_*.json``), inference-perf
        (``stage_*_lifecycle_metrics.json``), ``vllm bench serve`` (JSON) or aiconfigurator (CSV).

    Raises
    ------
    PricingError
        If a file is of none of these tools, or lacks a number that is needed.
    """
    files = [paths] if isinstance(paths, (str, Path)) else paths
    if not isinstance(files, Sequence):
        raise PricingError(_READER, "paths", paths, "is no path, nor a sequence of paths")
    found = [m for path in files for m in _read(file_path(_READER, "paths", path))]
    return tuple(sorted(found, key=lambda m: m.concurrency))


def _read(path: Path) -> Iterator[Measurement]:
    is_table = path.suffix.lower() == ".csv"
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = None if is_table else json.loads(text)
    except ValueError as error:
        raise PricingError(_READER, "paths", path.name, unreadable(error)) from None
    except RecursionError:
        raise PricingError(_READER, "paths", path.name, "is nested too deeply") from None
    if is_table:
        yield from (
            _aiconfigurator(_Record(path, row)) for row in csv.DictReader(text.splitlines())
        )
        return
    for mark, reader in _READERS.items():
        if isinstance(content, dict) and mark in content:
            yield reader(_Record(path, content))
            return
    rule = "is of none of AIPerf, genai-perf, inference-perf, vllm and aiconfigurator"
    raise PricingError(_READER, "paths", path.name, rule)


@dataclass(frozen=True)
class _Record:
    """The contents of a file, in which a number is found by the names that lead to it."""

    path: Path
    content: Mapping[str, Any]

    def find(self, *names: str) -> float | None:
        """The number behind some names; None where there is none."""
        value: Any = self.content
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, list):  # genai-perf writes the concurrency as a list of one
            items: list[Any] = value
            value = items[0] if len(items) == 1 else None
        try:
            number = float(cast(Any, value))
        except (TypeError, ValueError):
            return None
        return number if math.isfinite(number) and not isinstance(value, bool) else None

    def number(self, *names: str) -> float:
        """The number behind some names, which must be there."""
        value = self.find(*names)
        if value is None:
            raise PricingError(_READER, "paths", self.path.name, f"has no {'.'.join(names)}")
        return value

    def tail(self, *names: str) -> float:
        """The number behind some names, NaN where there is none."""
        value = self.find(*names)
        return math.nan if value is None else value


def _aiperf(record: _Record) -> Measurement:
    """The summary of AIPerf or of its predecessor genai-perf; latencies are in milliseconds."""
    places = {
        "aiperf": (("input_config", "loadgen", "concurrency"),),
        "genai-perf": (
            ("input_config", "perf_analyzer", "stimulus", "concurrency"),
            ("input_config", "concurrency"),
        ),
    }
    found = ((tool, record.find(*names)) for tool, many in places.items() for names in many)
    tool, concurrency = next(((t, c) for t, c in found if c is not None), ("aiperf", None))
    rate = record.number("request_throughput", "avg")
    if concurrency is None:  # the load was a rate: Little's law says how many were under way
        concurrency = rate * record.number("request_latency", "avg") / 1000
    return Measurement(
        tool=tool,
        concurrency=concurrency,
        input_tokens=record.number("input_sequence_length", "avg"),
        output_tokens=record.number("output_sequence_length", "avg"),
        requests_per_second=rate,
        output_tokens_per_second=record.number("output_token_throughput", "avg"),
        ttft=record.number("time_to_first_token", "avg") / 1000,
        tpot=record.number("inter_token_latency", "avg") / 1000,
        ttft_tail=record.tail("time_to_first_token", "p95") / 1000,
        tpot_tail=record.tail("inter_token_latency", "p95") / 1000,
    )


def _inference_perf(record: _Record) -> Measurement:
    """A stage of inference-perf, whose load is a rate of requests; latencies are in seconds."""
    rate = record.number("successes", "throughput", "requests_per_sec")
    latency = ("successes", "latency")
    return Measurement(
        tool="inference-perf",
        concurrency=rate * record.number(*latency, "request_latency", "mean"),
        input_tokens=record.number("successes", "prompt_len", "mean"),
        output_tokens=record.number("successes", "output_len", "mean"),
        requests_per_second=rate,
        output_tokens_per_second=record.number("successes", "throughput", "output_tokens_per_sec"),
        ttft=record.number(*latency, "time_to_first_token", "mean"),
        tpot=record.number(*latency, "time_per_output_token", "mean"),
        ttft_tail=record.tail(*latency, "time_to_first_token", "p95"),
        tpot_tail=record.tail(*latency, "time_per_output_token", "p95"),
    )


def _vllm(record: _Record) -> Measurement:
    """A result of ``vllm bench serve``; latencies are in milliseconds."""
    completed = record.number("completed")
    rate = record.number("request_throughput")
    output = record.number("total_output_tokens") / completed
    ttft, tpot = record.number("mean_ttft_ms") / 1000, record.number("mean_tpot_ms") / 1000
    concurrency = record.find("max_concurrency")
    if concurrency is None:
        concurrency = rate * (ttft + (output - 1) * tpot)
    return Measurement(
        tool="vllm",
        concurrency=concurrency,
        input_tokens=record.number("total_input_tokens") / completed,
        output_tokens=output,
        requests_per_second=rate,
        output_tokens_per_second=record.number("output_throughput"),
        ttft=ttft,
        tpot=tpot,
        ttft_tail=record.tail("p95_ttft_ms") / 1000,
        tpot_tail=record.tail("p95_tpot_ms") / 1000,
    )


def _aiconfigurator(record: _Record) -> Measurement:
    """A row of a table of aiconfigurator; latencies are in milliseconds."""
    return Measurement(
        tool="aiconfigurator",
        concurrency=record.number("concurrency"),
        input_tokens=record.number("isl"),
        output_tokens=record.number("osl"),
        requests_per_second=record.number("seq/s"),
        output_tokens_per_second=record.number("tokens/s"),
        ttft=record.number("ttft") / 1000,
        tpot=record.number("tpot") / 1000,
    )


# A key that only the files of the tool have.
_READERS: dict[str, Callable[[_Record], Measurement]] = {
    "input_config": _aiperf,
    "successes": _inference_perf,
    "mean_ttft_ms": _vllm,
}
