"""The operating point: the load at which a replica keeps its latency, and what tokens cost there.

Everything is computed by the formulas of this chapter, in the order of the question: how many
sequences fit the memory and the time per output token, how many requests a second that serves, how
long these wait for their first token, and what the hour then costs by kind of token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lmprice.chapters.serving.batches import memory_batch
from lmprice.chapters.serving.latency import (
    load_at_wait_quantile,
    mean_batch,
    peak_batch,
    time_to_first_token,
    wait_quantile,
)
from lmprice.chapters.serving.replica import (
    NO_SPECULATION,
    ExpertParallel,
    Replica,
    Request,
    ServedModel,
    Speculation,
)
from lmprice.chapters.serving.steps import Steps
from lmprice.chapters.serving.token_costs import kind_cost, pool_ratio, request_rate
from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.language.roots import find_roots
from lmprice.output.framed import Framed, figures, rows
from lmprice.output.printing import amounts, percent, plain_text, text_table

Limit = Literal["memory", "time per output token", "time to first token"]

IN_TIME = 0.95  # the share of requests and tokens for which the targets hold


@dataclass(frozen=True)
class OperatingPoint(Framed):
    """Where a replica runs within its latency targets, and what a million tokens cost there.

    Attributes
    ----------
    batch, largest_batch : float
        Sequences decoded together, on average and at most.
    limited_by : str
        What keeps the batch from being larger.
    requests_per_second : float
        Requests that the replica serves.
    load : float
        Share of the time in which it prefills.
    ttft, ttft_tail : float
        Seconds to the first token, mean and 95th percentile.
    tpot, tpot_tail : float
        Seconds per output token, mean and 95th percentile.
    prefill_replicas : float
        Replicas that only prefill for each one that only decodes; 0 where one does both.
    seconds : tuple of float
        Seconds of a replica that a request takes for uncached input, cached input and output.
    request : Request
        The request.
    """

    batch: float
    largest_batch: float
    limited_by: Limit
    requests_per_second: float
    load: float
    ttft: float
    ttft_tail: float
    tpot: float
    tpot_tail: float
    prefill_replicas: float
    seconds: tuple[float, float, float]
    request: Request

    @property
    def output_tokens_per_second(self) -> float:
        """Output tokens that the replica makes in a second."""
        return self.requests_per_second * self.request.output_tokens

    def costs(self, hour_cost: float) -> TokenCosts:
        """Cost of a million tokens by kind where an hour of the replica costs so much.

        With separate pools the replicas that prefill are paid as well, at the same price.
        """
        hour = hour_cost * (1 + self.prefill_replicas)
        whole = sum(self.seconds)

        def cost(part: float, tokens: float) -> float:
            return kind_cost(hour, self.requests_per_second, part, whole, tokens)

        uncached, cached, output = self.seconds
        return TokenCosts(
            cost(uncached, self.request.uncached_tokens),
            cost(cached, self.request.cached_tokens),
            cost(output, self.request.output_tokens),
            self.request,
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """One row: batch, requests, latency, and the tokens of a request."""
        return [figures(self) | figures(self.request)]

    def __str__(self) -> str:
        apart = f"{self.prefill_replicas:.3g} replicas prefill for each one that decodes."
        share = f"Prefill takes {percent(self.load)} of the time."
        return "\n".join(
            (
                f"{self.requests_per_second:,.4g} requests a second, "
                f"{self.output_tokens_per_second:,.4g} output tokens: "
                f"{self.limited_by} is the limit.",
                f"Batch: {self.batch:,.1f} sequences on average, "
                f"at most {self.largest_batch:,.1f}.",
                f"First token: {self.ttft:.3g} s on average, 95 % within {self.ttft_tail:.3g} s.",
                f"Output token: {1000 * self.tpot:.3g} ms on average, "
                f"95 % within {1000 * self.tpot_tail:.3g} ms.",
                apart if self.prefill_replicas else share,
            )
        )


@dataclass(frozen=True)
class TokenCosts(Framed):
    """Cost of a million tokens by kind; NaN for a kind that a request has none of."""

    uncached: float
    cached: float
    output: float
    request: Request

    @property
    def of_a_request(self) -> float:
        """Cost of one request: its tokens at their costs."""
        kinds = (
            (self.uncached, self.request.uncached_tokens),
            (self.cached, self.request.cached_tokens),
            (self.output, self.request.output_tokens),
        )
        return sum(cost * tokens for cost, tokens in kinds if tokens) / 1e6

    @property
    def price_ratio(self) -> float:
        """Price of output over that of uncached input at which each covers its own cost."""
        return self.output / self.uncached

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a kind of token: how many a request has, and what a million of them cost."""
        request = self.request
        return rows(
            kind=["uncached", "cached", "output"],
            tokens=[request.uncached_tokens, request.cached_tokens, request.output_tokens],
            cost=[self.uncached, self.cached, self.output],
        )

    def __str__(self) -> str:
        table = text_table("Kind", "Tokens", "USD a million")
        for row in self.to_dicts():
            table.add_row(row["kind"], f"{row['tokens']:,.0f}", *amounts((row["cost"],)))
        return f"{plain_text(table)}\n\nA request costs {self.of_a_request:.4g} USD."


def operating_point(
    model: ServedModel,
    replica: Replica,
    request: Request,
    *,
    ttft_target: float,
    tpot_target: float,
    separate_pools: bool = False,
    speculation: Speculation = NO_SPECULATION,
    parallel: ExpertParallel | None = None,
) -> OperatingPoint:
    """The largest load at which a replica keeps its latency targets, and its latency there.

    Parameters
    ----------
    model, replica, request
        What is served, on what, and what a request asks for.
    ttft_target, tpot_target : float
        Seconds to the first token and per output token that 95 % keep within.
    separate_pools : bool
        Whether other replicas of the same kind prefill, or this one between its decode steps.
    speculation : Speculation
        Speculative decoding; none by default.
    parallel : ExpertParallel or None
        Experts over several machines, and what their exchange takes; None where GPUs share all of
        the model and exchange little.

    Raises
    ------
    PricingError
        If no load keeps the targets: not even one sequence fits, or is in time.

    Notes
    -----
    The batch swings like a Poisson variable, and 95 % of the time it stays within what memory and
    time per output token allow (`largest_batch`, `mean_batch`).  Its mean serves
    `request_rate` requests.  They wait for their prefill in one line (`wait_quantile`); where that
    takes the first token beyond its target the load is lower.  Costs are spread by time: prefill to
    uncached input, the attention to the prefix to cached input, decoding to output.  What keeping
    a prefix cache costs, in memory or storage, is not counted.

    Examples
    --------
    Llama 3 70B at 8 bits on eight H100, prompts of 2,000 tokens of which 1,200 from the cache:

    >>> model = ServedModel(70.6e9, 70.6e9, 80 * 64 * 128, 163840, bits=8)
    >>> replica = Replica(8, 72e9, 3.35e12, 1979e12)
    >>> point = operating_point(model, replica, Request(800, 1200, 400),
    ...                         ttft_target=2, tpot_target=0.05)
    >>> point.limited_by, round(point.costs(8 * 2.5).output, 2)
    ('time per output token', 0.22)
    """
    owner = "operating_point"
    check_kind(owner, "model", model, ServedModel)
    check_kind(owner, "replica", replica, Replica)
    check_kind(owner, "request", request, Request)
    check_kind(owner, "speculation", speculation, Speculation)
    if parallel is not None:
        check_kind(owner, "parallel", parallel, ExpertParallel)
    for name, target in (("ttft_target", ttft_target), ("tpot_target", tpot_target)):
        if isinstance(target, bool) or not isinstance(target, (int, float, np.number)):
            raise PricingError(owner, name, target, "is not a number of seconds")
    run = _Run(Steps(model, replica, speculation, parallel), request, separate_pools)
    prefill = run.prefill(request.cached_tokens)
    if not prefill <= ttft_target:
        raise PricingError(
            "operating_point",
            "ttft_target",
            ttft_target,
            f"is shorter than a prefill, {prefill:.3g} s",
        )
    most, limit = run.most_sequences(tpot_target)
    if not most >= 1:
        raise PricingError(
            "operating_point", "replica" if limit == "memory" else "tpot_target",
            replica.gpus if limit == "memory" else tpot_target,
            f"leaves no room for one sequence: {limit}",
        )  # fmt: skip
    batch = mean_batch(most)
    rate = request_rate(batch, request.output_tokens, run.tpot(batch))
    load_limit = load_at_wait_quantile(ttft_target - prefill, prefill, request.variability, IN_TIME)
    ratio = 0.0
    if separate_pools:
        ratio, load = pool_ratio(rate, prefill, load_limit), load_limit
    else:
        if rate * prefill > load_limit:
            limit = "time to first token"
            rate = load_limit / prefill
            batch = run.batch_at(rate, batch)
        load = rate * prefill
    wait = wait_quantile(load, prefill, 1, request.variability, IN_TIME)
    return OperatingPoint(
        batch=batch,
        largest_batch=most,
        limited_by=limit,
        requests_per_second=rate,
        load=load,
        ttft=time_to_first_token(load, prefill, 1, request.variability),
        ttft_tail=wait + prefill,
        tpot=run.tpot(batch),
        tpot_tail=run.tpot(peak_batch(batch)),
        prefill_replicas=ratio,
        seconds=run.seconds(batch),
        request=request,
    )


@dataclass(frozen=True)
class _Run:
    """The steps of a replica with the request filled in: everything but the batch."""

    steps: Steps
    request: Request
    separate_pools: bool

    @property
    def context(self) -> float:
        """Tokens of a sequence half way through its output."""
        request = self.request
        return request.uncached_tokens + request.cached_tokens + request.output_tokens / 2

    def prefill(self, prefix: float) -> float:
        return self.steps.prefill(self.request.uncached_tokens, prefix)

    def tpot(self, batch: Any, *, decode_only: bool = False) -> Any:
        apart = self.separate_pools or decode_only
        prefill = 0.0 if apart else self.prefill(self.request.cached_tokens)
        return self.steps.tpot(batch, self.context, prefill / self.request.output_tokens)

    def most_sequences(self, target: float) -> tuple[float, Limit]:
        """The most sequences that fit the memory and the target, and which of the two it is."""
        replica = self.steps.replica
        fits = memory_batch(
            replica.memory * replica.gpus,
            self.steps.weight_bytes,
            self.context * self.steps.model.cache_bytes,
        )
        if fits < 1 or self.tpot(fits) <= target:
            return fits, "memory"
        if self.tpot(1.0) > target:
            return 0.0, "time per output token"
        found = find_roots(lambda batch: self.tpot(batch) - target, 1.0, fits)
        return float(found), "time per output token"

    def batch_at(self, rate: float, most: float) -> float:
        """The mean batch at a rate of requests below that of ``most`` sequences."""
        tokens = self.request.output_tokens

        def missing(batch: Any) -> Any:
            return batch / (tokens * self.tpot(batch)) - rate

        return float(find_roots(missing, 1e-9, most))

    def seconds(self, batch: float) -> tuple[float, float, float]:
        """Seconds of the replica that each kind of token takes in a request."""
        whole, alone = self.prefill(self.request.cached_tokens), self.prefill(0.0)
        decode = self.request.output_tokens * self.tpot(batch, decode_only=True) / batch
        return alone, whole - alone, decode
