"""Throughput: what a step of a model reads and computes, and how long hardware takes for it.

The roofline: a step takes as long as its reading from memory or its computing, whichever is longer.
Prefill computes, decode reads.  Memory, bandwidth and compute are those of all GPUs of a replica
together, which share the model by tensor or expert parallelism; the efficiencies say how much of
them a step gets, and the overhead what it takes besides, communication between the GPUs included.
"""

from __future__ import annotations

from lmprice.chapters.investment.series import geometric_sum
from lmprice.chapters.serving.quantities import (
    AcceptanceRate,
    AttentionWidth,
    BandwidthEfficiency,
    CacheSize,
    ComputeEfficiency,
    DraftCost,
    DraftLength,
    Experts,
    ExpertsPerToken,
    LatentSize,
    NewTokens,
    Overhead,
    PrefillPerOutput,
    PrefillTime,
    PrefixTokens,
    RopeSize,
    StepTokens,
    TokensTogether,
    TouchedParameters,
    Tpot,
)
from lmprice.chapters.tokens.functions import BITS_PER_BYTE
from lmprice.language.expression import maximum, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    AllParameters,
    Bandwidth,
    BatchSize,
    Bits,
    CacheBytes,
    ContextTokens,
    Layers,
    Parameters,
    PeakFlops,
    WeightBytes,
)

CATEGORY = "serving"


# What a step reads -------------------------------------------------------------------------------


@pricing_function("LMMLACACHE", CATEGORY)
def mla_cache_bytes(
    tokens: ContextTokens,
    layers: Layers,
    latent_size: LatentSize,
    rope_size: RopeSize,
    bits: Bits = 16,
) -> CacheSize:
    """Bytes of the key-value cache of tokens under multi-head latent attention (MLA).

    Notes
    -----
    tokens · layers · (latent + rope) · bytes: one compressed vector for keys and values of all
    heads, and one positional key.  `kv_cache_bytes` is the same for grouped-query attention.

    References
    ----------
    DeepSeek-AI, *DeepSeek-V2*, arXiv 2405.04434, section 2.1.

    Examples
    --------
    A token of DeepSeek-V3:

    >>> mla_cache_bytes(1, 61, 512, 64)
    70272.0
    """
    return tokens * layers * (latent_size + rope_size) * bits / BITS_PER_BYTE


@pricing_function(
    "LMTOUCHED",
    CATEGORY,
    require={
        "active_parameters": lambda active_parameters, parameters: active_parameters <= parameters,
        "experts_per_token": lambda experts_per_token, experts: experts_per_token <= experts,
    },
)
def touched_parameters(
    parameters: AllParameters,
    active_parameters: Parameters,
    experts: Experts,
    experts_per_token: ExpertsPerToken,
    tokens: TokensTogether,
) -> TouchedParameters:
    """Parameters that a step reads: of a mixture of experts those that any of its tokens uses.

    Notes
    -----
    N - (N - A) (1 - k/E)^(B - 1): one token reads the A active parameters; each further one passes
    by an expert that is still unread with the chance 1 - k/E, if routing is even and independent.
    Of a dense model all parameters are active, and every step reads them all.

    Examples
    --------
    DeepSeek-V3: 671 billion parameters, 37 billion active, 8 of 256 experts a
    token; sixteen tokens together read two fifths of it.

    >>> round(touched_parameters(671e9, 37e9, 256, 8, 16) / 1e9)
    277
    """
    unread = (parameters - active_parameters) * (1 - experts_per_token / experts) ** (tokens - 1)
    return where(experts_per_token < experts, parameters - unread, parameters)


# How long it takes -------------------------------------------------------------------------------


@pricing_function("LMPREFILL", CATEGORY)
def prefill_seconds(
    new_tokens: NewTokens,
    parameters: Parameters,
    weight_bytes: WeightBytes,
    peak_flops: PeakFlops,
    memory_bandwidth: Bandwidth,
    attention_width: AttentionWidth = 0,
    prefix_tokens: PrefixTokens = 0,
    compute_efficiency: ComputeEfficiency = 1,
    bandwidth_efficiency: BandwidthEfficiency = 1,
    overhead: Overhead = 0,
) -> PrefillTime:
    """Seconds that a replica takes for the input of one request, up to its first output token.

    Notes
    -----
    The longer of computing, (2 N T + 4 w T (P + T/2)) / FLOPs, and reading the weights once, and
    the overhead: T new tokens attend to the P of the prefix and to those before them, over the
    attention width w (layers · query heads · head size).

    References
    ----------
    Austin et al., *How to Scale Your Model*, chapters on transformers and inference.

    Examples
    --------
    8,192 tokens of Llama 3 70B at 8 bits on eight H100 with half of their compute:

    >>> round(prefill_seconds(8192, 70.6e9, 70.6e9, 1.5832e16, 2.68e13,
    ...                       655360, 0, 0.5), 4)
    0.1572
    """
    attention = 4 * attention_width * new_tokens * (prefix_tokens + new_tokens / 2)
    computing = (2 * parameters * new_tokens + attention) / (peak_flops * compute_efficiency)
    reading = weight_bytes / (memory_bandwidth * bandwidth_efficiency)
    return maximum(computing, reading) + overhead


@pricing_function("LMSPECULATIVE", CATEGORY)
def speculative_tokens(acceptance_rate: AcceptanceRate, draft_length: DraftLength) -> StepTokens:
    """Tokens that a sequence gains in a step of speculative decoding, on average.

    Notes
    -----
    (1 - α^(γ + 1)) / (1 - α): the accepted ones of γ draft tokens, and one of the model itself.

    References
    ----------
    Leviathan, Kalman and Matias, *Fast Inference from Transformers via Speculative Decoding*,
    arXiv 2211.17192, equation 1.

    Examples
    --------
    >>> round(speculative_tokens(0.8, 4), 4)
    3.3616
    """
    return geometric_sum(1 - acceptance_rate, draft_length + 1)


@pricing_function("LMTPOT", CATEGORY)
def time_per_output_token(
    batch_size: BatchSize,
    kv_cache: CacheBytes,
    parameters: Parameters,
    weight_bytes: WeightBytes,
    memory_bandwidth: Bandwidth,
    peak_flops: PeakFlops,
    compute_efficiency: ComputeEfficiency = 1,
    bandwidth_efficiency: BandwidthEfficiency = 1,
    overhead: Overhead = 0,
    prefill_per_output: PrefillPerOutput = 0,
    acceptance_rate: AcceptanceRate = 0,
    draft_length: DraftLength = 0,
    draft_cost: DraftCost = 0,
) -> Tpot:
    """Seconds from one token of a sequence to its next, while B sequences are decoded together.

    Notes
    -----
    A step reads the cache of all sequences, and of reading the weights and computing the longer
    counts: t = B · KV / BW + max(weights / BW, 2 B N (γ + 1) / FLOPs) + overhead.  With speculative
    decoding it checks γ draft tokens, takes 1 + γ c times as long, and a sequence gains E tokens
    (`speculative_tokens`).  The replica also prefills, in chunks or not, whoever takes the place of
    a finished sequence: for each output token of the batch s seconds.  t (1 + γ c) / E + B s.
    With full efficiency, no overhead and no prefill the batch over this time is
    `decode_tokens_per_second`.

    References
    ----------
    Austin et al., *How to Scale Your Model*, chapter on inference; Agrawal et al.,
    *Sarathi-Serve*, arXiv 2403.02310, for chunked prefill.

    Examples
    --------
    64 sequences with 1 GB of cache each, Llama 3 70B at 8 bits on eight H100:

    >>> round(time_per_output_token(64, 1e9, 70.6e9, 70.6e9, 2.68e13, 1.5832e16) * 1000, 2)
    5.02
    """
    gained = speculative_tokens(acceptance_rate, draft_length)
    bandwidth = memory_bandwidth * bandwidth_efficiency
    computing = 2 * batch_size * (draft_length + 1) * parameters / (peak_flops * compute_efficiency)
    reading = batch_size * kv_cache / bandwidth
    step = reading + maximum(weight_bytes / bandwidth, computing) + overhead
    return step * (1 + draft_length * draft_cost) / gained + batch_size * prefill_per_output
