"""Cost by kind of token: what uncached input, cached input and output cost at an operating point.

The hardware of a replica is paid by the hour.  What an hour of it costs, over the requests it
serves within the latency target, is the cost of a request; each kind of token bears the share of
it that its part of the work takes, so that the kinds together bear the whole bill.
"""

from __future__ import annotations

from lmprice.chapters.serving.quantities import (
    AllSeconds,
    CostOfKind,
    HourCost,
    KindCost,
    KindPrice,
    KindSeconds,
    KindTokens,
    KindVolume,
    LoadLimit,
    PoolRatio,
    Prefill,
    PriceFactor,
    Rate,
    RequestRate,
    RequestTokens,
    TargetMargin,
    TokenSeconds,
)
from lmprice.chapters.tokens.functions import MILLION, SECONDS_PER_HOUR
from lmprice.language.expression import ratio, total
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import BatchSize
from lmprice.language.terms import Column

CATEGORY = "serving"


@pricing_function("LMREQUESTRATE", CATEGORY)
def request_rate(
    batch_size: BatchSize, output_tokens: RequestTokens, token_seconds: TokenSeconds
) -> Rate:
    """Requests that a replica serves in a second with a batch of sequences (Little's law).

    Notes
    -----
    B / (O · TPOT): each of the B sequences is decoded for O steps.

    Examples
    --------
    64 sequences of 400 tokens at 40 ms a token:

    >>> request_rate(64, 400, 0.04)
    4.0
    """
    return batch_size / (output_tokens * token_seconds)


@pricing_function("LMPOOLRATIO", CATEGORY)
def pool_ratio(
    requests_per_second: RequestRate, prefill: Prefill, load_limit: LoadLimit
) -> PoolRatio:
    """Replicas that only prefill for each one that only decodes, where the two are apart.

    Notes
    -----
    requests a second · prefill time / load limit of the prefill.

    References
    ----------
    Zhong et al., *DistServe*, arXiv 2401.09670.

    Examples
    --------
    >>> pool_ratio(4, 0.1, 0.8)
    0.5
    """
    return requests_per_second * prefill / load_limit


@pricing_function("LMKINDCOST", CATEGORY)
def kind_cost(
    hour_cost: HourCost,
    requests_per_second: RequestRate,
    kind_seconds: KindSeconds,
    all_seconds: AllSeconds,
    tokens: KindTokens,
) -> CostOfKind:
    """Cost of a million tokens of one kind: its share of what a request costs, over its tokens.

    Notes
    -----
    hour cost / 3600 / requests a second · (seconds of the kind / seconds of all kinds) / tokens.
    NaN where a request has no tokens of the kind.

    Examples
    --------
    Hardware for $16 an hour serves 4 requests a second; their 400 output tokens take 80 % of it:

    >>> round(kind_cost(16, 4, 0.2, 0.25, 400), 4)
    2.2222
    """
    request = hour_cost / SECONDS_PER_HOUR / requests_per_second * MILLION
    return ratio(request * kind_seconds / all_seconds, tokens)


@pricing_function("LMCOVERFACTOR", CATEGORY)
def covering_price_factor(
    costs: Column[KindCost],
    prices: Column[KindPrice],
    volumes: Column[KindVolume],
    margin: TargetMargin = 0,
) -> PriceFactor:
    """Factor on the prices of all kinds of token at which they cover the cost with a gross margin.

    Notes
    -----
    Σ cost · volume / ((1 - margin) Σ price · volume).  Below 1 the prices cover more than that.
    NaN where the prices bring in nothing.

    Examples
    --------
    >>> covering_price_factor([0.5, 0.05, 2], [1, 0.1, 4], [300, 600, 100])
    0.5
    """
    revenue = total(prices * volumes)
    return ratio(total(costs * volumes), revenue * (1 - margin))
