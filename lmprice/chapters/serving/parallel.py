"""Experts over several machines: what a step takes when each GPU holds a few of the experts.

Attention is then done by each GPU for its own sequences (data parallel), with the weights of it
whole on every one; tokens travel to their experts and back in every layer that has experts.
"""

from __future__ import annotations

from lmprice.chapters.serving.quantities import (
    AttentionTime,
    BandwidthEfficiency,
    ComputeEfficiency,
    DecodeWidth,
    ExchangeTime,
    ExpertLayers,
    ExpertsPerToken,
    GpuTokens,
    HiddenSize,
    NetworkBandwidth,
    ReturnedBytes,
    SentBytes,
    TokenCache,
)
from lmprice.language.expression import maximum
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    Bandwidth,
    BatchSize,
    ContextTokens,
    PeakFlops,
)

CATEGORY = "serving"


@pricing_function("LMATTENTION", CATEGORY)
def attention_seconds(
    batch_size: BatchSize,
    context_tokens: ContextTokens,
    token_cache: TokenCache,
    decode_width: DecodeWidth,
    memory_bandwidth: Bandwidth,
    peak_flops: PeakFlops,
    compute_efficiency: ComputeEfficiency = 1,
    bandwidth_efficiency: BandwidthEfficiency = 1,
) -> AttentionTime:
    """Seconds of a decode step for the attention of B sequences to their contexts.

    Notes
    -----
    The longer of reading the cache, B L c / BW with c bytes a token, and computing, 4 w B L / FLOPs
    with the width w.  Under grouped-query attention reading takes longer; under MLA, where all
    heads share the cache, the two are about the same.

    References
    ----------
    DeepSeek-AI, *DeepSeek-V2*, arXiv 2405.04434, section 2.1, for what the heads of MLA compute.

    Examples
    --------
    88 sequences of 4,989 tokens of DeepSeek-V3 on one H800, at the 3,000 GB/s and 660 TFLOP/s that
    FlashMLA reaches there; the width is 61 · 128 · (512 + 64 / 2).  Computing takes longer.

    >>> round(attention_seconds(88, 4989, 70272, 4247552, 3e12, 660e12), 4)
    0.0113
    """
    reading = batch_size * context_tokens * token_cache / (memory_bandwidth * bandwidth_efficiency)
    operations = 4 * decode_width * batch_size * context_tokens
    return maximum(reading, operations / (peak_flops * compute_efficiency))


@pricing_function("LMEXCHANGE", CATEGORY)
def exchange_seconds(
    gpu_tokens: GpuTokens,
    hidden_size: HiddenSize,
    experts_per_token: ExpertsPerToken,
    expert_layers: ExpertLayers,
    network_bandwidth: NetworkBandwidth,
    sent_bytes: SentBytes = 1,
    returned_bytes: ReturnedBytes = 2,
) -> ExchangeTime:
    """Seconds of a step in which a GPU sends its tokens to their experts on others, and back.

    Notes
    -----
    tokens · hidden size · experts a token · layers · (bytes out + bytes back) / network bandwidth.
    Where another half of the batch computes meanwhile, some or all of it does not count.

    References
    ----------
    DeepSeek-AI, *Insights into DeepSeek-V3*, arXiv 2505.09343, section 2.3.2.

    Examples
    --------
    A layer of DeepSeek-V3 with 128 tokens a GPU: 22 MB at 39 GB/s, as DeepEP measured it.

    >>> round(exchange_seconds(128, 7168, 8, 1, 39e9), 6)
    0.000565
    """
    numbers = gpu_tokens * hidden_size * experts_per_token * expert_layers
    return numbers * (sent_bytes + returned_bytes) / network_bandwidth
