"""Tokens: what tokens cost to buy, to serve and to train a model on."""

from __future__ import annotations

from lmprice.language.expression import maximum, nan, ratio, where
from lmprice.language.formula import needed, pricing_function
from lmprice.language.quantities import (
    LEFT_OUT,
    NO_PRICE,
    AchievedFlops,
    AchievedMfu,
    AllParameters,
    Bandwidth,
    BatchSize,
    Bits,
    CacheBytes,
    CachedTokens,
    CacheReads,
    CacheWriteTokens,
    Compute,
    ContextTokens,
    Cost,
    Discount,
    Gigabytes,
    GpuHourPrice,
    GpuHours,
    Heads,
    HeadSize,
    InputOutputRatio,
    InputPrice,
    InputTokens,
    Layers,
    Mfu,
    OutputPrice,
    OutputTokens,
    Parameters,
    PeakFlops,
    ReadMultiplier,
    ReadPrice,
    ServingCost,
    TokenCost,
    TokenPrice,
    TokensPerSecond,
    TrainingHours,
    TrainingTokens,
    Utilization,
    WeightBytes,
    WriteMultiplier,
    WritePrice,
)

CATEGORY = "tokens"

MILLION = 1_000_000
BILLION = 1_000_000_000
SECONDS_PER_HOUR = 3600
BITS_PER_BYTE = 8


@pricing_function(
    "LMTOKENCOST",
    CATEGORY,
    require={
        "cached_tokens": lambda cached_tokens, cache_write_tokens, input_tokens: (
            cached_tokens + cache_write_tokens <= input_tokens
        ),
        "cached_price": needed(
            lambda cached_price, cached_tokens: (
                where(cached_tokens > 0, cached_price, 0) < NO_PRICE
            ),
            "is needed: there are cached tokens",
        ),
        "cache_write_price": needed(
            lambda cache_write_price, cache_write_tokens: (
                where(cache_write_tokens > 0, cache_write_price, 0) < NO_PRICE
            ),
            "is needed: there are tokens written to the cache",
        ),
    },
)
def token_cost(
    input_tokens: InputTokens,
    output_tokens: OutputTokens,
    input_price: InputPrice,
    output_price: OutputPrice,
    cached_tokens: CachedTokens = 0,
    cached_price: ReadPrice = LEFT_OUT,
    cache_write_tokens: CacheWriteTokens = 0,
    cache_write_price: WritePrice = LEFT_OUT,
    discount: Discount = 0,
) -> TokenCost:
    """Charge for input, output, cached and cache-write tokens; input includes the last two.

    Notes
    -----
    Vendors differ on whether their input count includes what was read from the cache and what was
    written to it.  Here it does: such tokens are charged at their own price and not at the input
    price as well.  A price that is needed and left out is an error, not 0.

    Examples
    --------
    A thousand tokens in and five hundred out, at $2.50 and $15 per million:

    >>> token_cost(1000, 500, 2.5, 15)
    0.01

    Three tokens anew, 12,304 written to the cache at $3.75 and 550 out:

    >>> round(token_cost(12_307, 550, 3, 15, 0, None, 12_304, 3.75), 9)
    0.054399
    """
    uncached = (input_tokens - cached_tokens - cache_write_tokens) * input_price
    cache = cached_tokens * cached_price + cache_write_tokens * cache_write_price
    charge = uncached + cache + output_tokens * output_price
    return charge / MILLION * (1 - discount)


@pricing_function("LMBLEND", CATEGORY)
def blended_price(
    input_price: InputPrice, output_price: OutputPrice, input_output_ratio: InputOutputRatio = 3
) -> TokenPrice:
    """Blended price of a million tokens at a ratio of input to output, by default 3:1.

    Examples
    --------
    >>> blended_price(75, 150)
    93.75
    """
    return (input_output_ratio * input_price + output_price) / (input_output_ratio + 1)


@pricing_function("LMCACHEREADS", CATEGORY)
def cache_breakeven_reads(
    write_multiplier: WriteMultiplier, read_multiplier: ReadMultiplier
) -> CacheReads:
    """Reads after which writing a prompt to the cache is cheaper than sending it anew each time.

    Notes
    -----
    (w - 1) / (1 - r), both as multiples of the input price.  Round up for whole reads.  NaN when a
    read is no cheaper than fresh input.

    Examples
    --------
    >>> round(cache_breakeven_reads(2, 0.1), 4)
    1.1111
    """
    return where(read_multiplier < 1, (write_multiplier - 1) / (1 - read_multiplier), nan)


@pricing_function("LMTRAINFLOPS", CATEGORY)
def training_compute(parameters: Parameters, tokens: TrainingTokens) -> Compute:
    """Floating-point operations to train a model: six for each parameter and token.

    Notes
    -----
    6 N D.  Source: Kaplan et al. 2020, *Scaling Laws for Neural Language Models*.

    Examples
    --------
    >>> f"{training_compute(37e9, 14.8e12):.4e}"
    '3.2856e+24'
    """
    return 6 * parameters * tokens


@pricing_function("LMTRAINHOURS", CATEGORY)
def training_hours(
    parameters: Parameters, tokens: TrainingTokens, peak_flops: PeakFlops, mfu: Mfu
) -> TrainingHours:
    """GPU hours of training a model: compute divided by what the hardware really delivers.

    Notes
    -----
    6 N D / (peak · MFU) / 3600.  Divided by the number of GPUs, and by 24, it is the days that the
    training takes.

    Examples
    --------
    >>> round(training_hours(37e9, 14.8e12, 989e12, 0.35))
    2636622
    """
    compute = training_compute(parameters, tokens)
    return compute / (peak_flops * mfu) / SECONDS_PER_HOUR


@pricing_function("LMACHIEVEDFLOPS", CATEGORY)
def achieved_flops(
    parameters: Parameters, tokens: TrainingTokens, gpu_hours: GpuHours
) -> AchievedFlops:
    """FLOP/s that each GPU achieved in a training, from the GPU hours it took.

    Notes
    -----
    6 N D / (hours · 3600).

    Examples
    --------
    DeepSeek-V3: 343 of the 989 TFLOP/s that an H800 has at 16 bits.

    >>> round(achieved_flops(37e9, 14.8e12, 2664000) / 1e12, 1)
    342.6
    """
    return training_compute(parameters, tokens) / (gpu_hours * SECONDS_PER_HOUR)


@pricing_function("LMMFU", CATEGORY)
def training_mfu(
    parameters: Parameters, tokens: TrainingTokens, gpu_hours: GpuHours, peak_flops: PeakFlops
) -> AchievedMfu:
    """MFU that a training achieved: the share of the peak FLOP/s that trained the model.

    Notes
    -----
    6 N D / (hours · 3600 · peak), the ``mfu`` that `training_cost` asks for.  Above 1 the numbers
    cannot all be right.

    Examples
    --------
    Llama 2 70B on A100s:

    >>> round(training_mfu(70e9, 2e12, 1720320, 312e12), 4)
    0.4347
    """
    return achieved_flops(parameters, tokens, gpu_hours) / peak_flops


@pricing_function("LMTRAINCOST", CATEGORY)
def training_cost(
    parameters: Parameters,
    tokens: TrainingTokens,
    peak_flops: PeakFlops,
    mfu: Mfu,
    gpu_hour_price: GpuHourPrice,
) -> Cost:
    """Cost of training a model: compute divided by what the hardware really delivers, times price.

    Notes
    -----
    ``peak_flops`` and ``gpu_hour_price`` are those of the same piece of hardware, one GPU or one
    node.

    Examples
    --------
    >>> round(training_cost(37e9, 14.8e12, 989e12, 0.35, 2))
    5273244
    """
    return training_hours(parameters, tokens, peak_flops, mfu) * gpu_hour_price


@pricing_function("LMSERVECOST", CATEGORY)
def serving_cost(
    gpu_hour_price: GpuHourPrice,
    tokens_per_second: TokensPerSecond,
    utilization: Utilization = 1,
) -> ServingCost:
    """Hardware cost of serving a million tokens.

    Notes
    -----
    The hourly price divided by the tokens of an hour.  ``gpu_hour_price`` and ``tokens_per_second``
    are those of the same piece of hardware, one GPU or one node.

    Examples
    --------
    >>> round(serving_cost(2.5, 700), 4)
    0.9921
    """
    return gpu_hour_price / (tokens_per_second * SECONDS_PER_HOUR * utilization) * MILLION


@pricing_function("LMWEIGHTGB", CATEGORY)
def weight_memory(parameters: AllParameters, bits: Bits) -> Gigabytes:
    """Memory that the weights of a model take, in gigabytes of 10^9 bytes.

    Examples
    --------
    >>> weight_memory(70e9, 16)
    140.0
    """
    return parameters * bits / BITS_PER_BYTE / BILLION


@pricing_function("LMKVCACHE", CATEGORY)
def kv_cache_bytes(
    tokens: ContextTokens,
    layers: Layers,
    kv_heads: Heads,
    head_size: HeadSize,
    bits: Bits = 16,
) -> CacheBytes:
    """Bytes of the key-value cache that a sequence of tokens takes.

    Notes
    -----
    A key and a value for each token, layer and head: 2 · tokens · layers · heads · head size ·
    bytes.

    Examples
    --------
    >>> kv_cache_bytes(1, 32, 8, 128)
    131072.0
    """
    return 2 * tokens * layers * kv_heads * head_size * bits / BITS_PER_BYTE


@pricing_function("LMDECODETPS", CATEGORY)
def decode_tokens_per_second(
    batch_size: BatchSize,
    kv_cache: CacheBytes,
    parameters: Parameters,
    weight_bytes: WeightBytes,
    memory_bandwidth: Bandwidth,
    peak_flops: PeakFlops,
) -> TokensPerSecond:
    """Tokens per second that hardware decodes at best, for all sequences of a batch together.

    Notes
    -----
    A step takes B · KV / BW + max(2 B N / FLOPs, weights / BW) seconds and gives one token to each
    of the B sequences.  Source: Austin et al., *How to Scale Your Model*, chapter on inference.
    NaN when a step takes no time.

    Examples
    --------
    A batch of 64 on hardware with 7 TB/s, each sequence with 7 GB of cache:

    >>> round(decode_tokens_per_second(64, 7e9, 13e9, 26e9, 7e12, 1576e12), 2)
    945.15
    """
    reading = batch_size * kv_cache / memory_bandwidth
    computing = 2 * batch_size * parameters / peak_flops
    return ratio(batch_size, reading + maximum(computing, weight_bytes / memory_bandwidth))
