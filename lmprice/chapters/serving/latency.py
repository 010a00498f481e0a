"""Latency: what a request waits at a load, and how far a batch swings around its mean.

The model: requests come at random (Poisson), wait in one line for a prefill, and then join the
batch that is decoded.  The line is a queue of general service times; the batch, which anyone joins
who has been prefilled, swings like the number in a system without a line (Poisson).
"""

from __future__ import annotations

from lmprice.chapters.serving.quantities import (
    BatchLimit,
    LoadShare,
    MeanBatch,
    MostLoad,
    Prefill,
    Sequences,
    Servers,
    ServiceSeconds,
    Tail,
    Ttft,
    Variability,
    Waiting,
    WaitTarget,
)
from lmprice.language.expression import log, maximum, sqrt, where
from lmprice.language.formula import pricing_function

CATEGORY = "serving"

_STEPS = 40  # of Newton's: eight reach the last digit unless almost all must be in time
# 95 of 100 normal variables are below the mean and so many standard deviations.
DEVIATIONS = 1.64485362695147
HALF_VARIANCE = 1.35277172704148  # half their square, to the digits that Excel has


def _waits(load: float, servers: float) -> float:
    """The chance that a request finds all servers busy."""
    power: float = load ** (sqrt(2 * (servers + 1)) - 1)
    return power


@pricing_function("LMWAIT", CATEGORY)
def mean_wait(
    load: LoadShare,
    service_seconds: ServiceSeconds,
    servers: Servers = 1,
    variability: Variability = 1,
) -> Waiting:
    """Mean time that a request waits before a server turns to it, at a load.

    Notes
    -----
    ρ^(√(2 (c + 1)) - 1) / (c (1 - ρ)) · (1 + v) / 2 · service time.  With one server it is exact
    for Poisson arrivals (Pollaczek and Khinchine); with more it is Sakasegawa's approximation.

    References
    ----------
    Hopp and Spearman, *Factory Physics*, chapter 8 (the VUT equation for several machines).

    Examples
    --------
    At 80 % load, with prompts that all take half a second:

    >>> round(mean_wait(0.8, 0.5, 1, 0), 6)
    1.0
    """
    busy = _waits(load, servers) / (servers * (1 - load))
    return busy * (1 + variability) / 2 * service_seconds


@pricing_function("LMWAITTAIL", CATEGORY)
def wait_quantile(
    load: LoadShare,
    service_seconds: ServiceSeconds,
    servers: Servers = 1,
    variability: Variability = 1,
    share: Tail = 0.95,
) -> Waiting:
    """Time that a given share of the requests wait at most, at a load.

    Notes
    -----
    Those who wait at all, ρ^(√(2 (c + 1)) - 1) of them, wait an exponential time with the mean that
    makes up `mean_wait`: the quantile is ln(waiting / (1 - share)) times it, 0 where fewer wait.
    Exact for one server with exponential service times.

    Examples
    --------
    The classic queue at 80 % load: 95 % wait no more than 14 service times.

    >>> round(wait_quantile(0.8, 1), 4)
    13.8629
    """
    waiting = _waits(load, servers)
    mean = (1 + variability) / 2 * service_seconds / (servers * (1 - load))
    late = maximum(waiting / (1 - share), 1)
    return where(load > 0, mean * log(late), 0)


@pricing_function("LMTTFT", CATEGORY)
def time_to_first_token(
    load: LoadShare,
    prefill: ServiceSeconds,
    servers: Servers = 1,
    variability: Variability = 1,
) -> Ttft:
    """Mean time to the first token: waiting at the load, and the prefill itself.

    Notes
    -----
    `mean_wait` with the prefill as service time, plus the prefill.  The 95th percentile, with
    prompts of one length, is `wait_quantile` plus the prefill.

    Examples
    --------
    >>> round(time_to_first_token(0.5, 0.2), 6)
    0.4
    """
    return mean_wait(load, prefill, servers, variability) + prefill


@pricing_function("LMBATCHPEAK", CATEGORY)
def peak_batch(mean_batch: MeanBatch) -> Sequences:
    """Batch that is exceeded 5 % of the time, when it swings at random around its mean.

    Notes
    -----
    B + 1.645 √B, the normal approximation of a Poisson variable.  The time per output token at this
    batch is its 95th percentile.

    Examples
    --------
    >>> round(peak_batch(64), 2)
    77.16
    """
    return mean_batch + DEVIATIONS * sqrt(mean_batch)


@pricing_function("LMBATCHMEAN", CATEGORY)
def mean_batch(batch_limit: BatchLimit) -> Sequences:
    """Mean batch that stays within a limit 95 % of the time: the inverse of `peak_batch`.

    Notes
    -----
    L + z²/2 - z √(L + z²/4) with z = 1.645, written L² / (L + z²/2 + z √(L + z²/4)).

    Examples
    --------
    >>> round(mean_batch(77.16), 2)
    64.0
    """
    root = DEVIATIONS * sqrt(batch_limit + HALF_VARIANCE / 2)
    return batch_limit**2 / (batch_limit + HALF_VARIANCE + root)


# At a target -------------------------------------------------------------------------------------


@pricing_function("LMLOADMEAN", CATEGORY)
def load_at_mean_wait(
    wait_target: WaitTarget, prefill: Prefill, variability: Variability = 1
) -> MostLoad:
    """Highest load of one server at which the mean wait keeps a target.

    Notes
    -----
    `mean_wait` with one server, solved for the load: W / (W + (1 + v) / 2 · service time).

    Examples
    --------
    >>> load_at_mean_wait(4, 1)
    0.8
    """
    return wait_target / (wait_target + (1 + variability) / 2 * prefill)


@pricing_function("LMLOADTAIL", CATEGORY, has_formula=False)
def load_at_wait_quantile(
    wait_target: WaitTarget, prefill: Prefill, variability: Variability = 1, share: Tail = 0.95
) -> MostLoad:
    """Highest load of one server at which a given share of the requests waits within a target.

    Notes
    -----
    `wait_quantile` with one server, solved for the load ρ: ln ρ + ρ W / m = W / m + ln(1 - share)
    with m = (1 + v) / 2 · service time.  The left side is concave in ρ, so that Newton's steps from
    the left do not pass the root.

    Examples
    --------
    >>> round(load_at_wait_quantile(13.862944, 1), 6)
    0.8
    """
    times = wait_target / ((1 + variability) / 2 * prefill)
    load = 1 - share + 0 * times  # with so many allowed to wait, that load is never too high
    for _ in range(_STEPS):
        load = better_load(load, times, 1 - share)
    return load


def better_load(load: float, times: float, late: float) -> float:
    """The load one of Newton's steps nearer to the root of ln(ρ / late) = times (1 - ρ)."""
    return load + (times * (1 - load) - log(load / late)) / (times + 1 / load)
