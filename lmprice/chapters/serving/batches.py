"""The largest batch that fits the memory and keeps a target of time per output token."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from lmprice.chapters.serving.quantities import (
    BandwidthEfficiency,
    ComputeEfficiency,
    Experts,
    ExpertsPerToken,
    Memory,
    Overhead,
    PrefillPerOutput,
    SequenceCache,
    Sequences,
    TpotTarget,
)
from lmprice.chapters.serving.throughput import touched_parameters
from lmprice.chapters.tokens.functions import BITS_PER_BYTE
from lmprice.language.expression import floor, maximum, minimum
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    AllParameters,
    Bandwidth,
    Bits,
    Parameters,
    PeakFlops,
    WeightBytes,
)
from lmprice.language.roots import find_roots

CATEGORY = "serving"

# A sequence more by so little is rounding.
_ROUNDING = 1e-9


@pricing_function("LMMEMORYBATCH", CATEGORY)
def memory_batch(memory: Memory, weights: WeightBytes, kv_cache: SequenceCache) -> Sequences:
    """Most sequences whose cache fits the memory beside the weights.

    Notes
    -----
    The whole part of (memory - weights) / KV; 0 where not even the weights fit.

    Examples
    --------
    Eight H100 with 90 % of their 80 GB, Llama 3 70B at 8 bits, 0.67 GB a sequence:

    >>> memory_batch(576e9, 70.6e9, 0.67e9)
    754.0
    """
    return floor(maximum(memory - weights, 0) / kv_cache + _ROUNDING)


@pricing_function("LMLATENCYBATCH", CATEGORY)
def latency_batch(
    tpot_target: TpotTarget,
    kv_cache: SequenceCache,
    parameters: Parameters,
    weight_bytes: WeightBytes,
    memory_bandwidth: Bandwidth,
    peak_flops: PeakFlops,
    compute_efficiency: ComputeEfficiency = 1,
    bandwidth_efficiency: BandwidthEfficiency = 1,
    overhead: Overhead = 0,
    prefill_per_output: PrefillPerOutput = 0,
) -> Sequences:
    """Largest batch that keeps a target of time per output token, where a step reads all weights.

    Notes
    -----
    `time_per_output_token` without speculation, solved for the batch: the smaller of what reading
    the weights leaves for the sequences, (T - overhead - weights / BW) / (KV / BW + s), and of what
    computing does, (T - overhead) / (KV / BW + s + 2 N / FLOPs).  0 where one sequence is too slow.
    Not rounded to whole sequences: it may be a mean.  Of a mixture of experts, which reads all of
    its weights only in a large batch, see `largest_batch`.

    Examples
    --------
    >>> round(latency_batch(0.02, 1e9, 70.6e9, 70.6e9, 2.68e13, 1.5832e16), 1)
    432.6
    """
    time = tpot_target - overhead
    sequence = kv_cache / (memory_bandwidth * bandwidth_efficiency) + prefill_per_output
    weights = weight_bytes / (memory_bandwidth * bandwidth_efficiency)
    computing = 2 * parameters / (peak_flops * compute_efficiency)
    return maximum(minimum((time - weights) / sequence, time / (sequence + computing)), 0)


@pricing_function(
    "LMLARGESTBATCH",
    CATEGORY,
    require={
        "active_parameters": lambda active_parameters, parameters: active_parameters <= parameters,
        "experts_per_token": lambda experts_per_token, experts: experts_per_token <= experts,
    },
    has_formula=False,
)
def largest_batch(
    tpot_target: TpotTarget,
    memory: Memory,
    kv_cache: SequenceCache,
    parameters: AllParameters,
    active_parameters: Parameters,
    experts: Experts,
    experts_per_token: ExpertsPerToken,
    bits: Bits,
    memory_bandwidth: Bandwidth,
    peak_flops: PeakFlops,
    compute_efficiency: ComputeEfficiency = 1,
    bandwidth_efficiency: BandwidthEfficiency = 1,
    overhead: Overhead = 0,
    prefill_per_output: PrefillPerOutput = 0,
) -> Sequences:
    """Largest batch that fits the memory and keeps a target of time per output token.

    Notes
    -----
    `time_per_output_token` with the weights that `touched_parameters` says a batch reads, solved
    for the batch, and no more than `memory_batch`.  The time grows with the batch, so that there is
    one answer.  0 where one sequence is too slow or does not fit.

    Examples
    --------
    DeepSeek-V3 at 8 bits on two nodes of eight H800, 0.35 GB of cache a sequence, 50 ms a token:

    >>> largest_batch(0.05, 1152e9, 0.35e9, 671e9, 37e9, 256, 8, 8, 5.36e13, 3.1664e16, 0.5, 0.7)
    1374.0
    """
    arguments = np.broadcast_arrays(
        tpot_target, memory, kv_cache, parameters, active_parameters, experts, experts_per_token,
        bits, memory_bandwidth, peak_flops, compute_efficiency, bandwidth_efficiency, overhead,
        prefill_per_output,
    )  # fmt: skip
    return cast(float, _largest(*arguments))


def _largest(
    target: Any, memory: Any, kv: Any, total: Any, active: Any, experts: Any, per_token: Any,
    bits: Any, bandwidth: Any, flops: Any, computes: Any, reads: Any, overhead: Any, prefill: Any,
) -> Any:  # fmt: skip
    size = bits / BITS_PER_BYTE
    fits = memory_batch(memory, total * size, kv)

    def too_long(batch: Any) -> Any:
        read = touched_parameters(total, active, experts, per_token, np.maximum(batch, 1)) * size
        computing = 2 * batch * active / (flops * computes)
        reading = read / (bandwidth * reads)
        sequences = batch * (kv / (bandwidth * reads) + prefill)
        return sequences + np.maximum(reading, computing) + overhead - target

    most = np.maximum(fits, 1)
    all_good, none_good = too_long(most) <= 0, too_long(np.ones_like(most)) > 0
    is_between = ~all_good & ~none_good
    found = find_roots(too_long, np.ones_like(most), np.where(is_between, most, 2.0))
    batch = np.where(none_good, 0.0, np.where(all_good, most, found))
    return np.where(fits < 1, 0.0, batch)[()]
