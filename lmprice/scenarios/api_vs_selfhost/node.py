"""The node of the template on API or own hardware: which requests it serves within the latency.

Capacity is `operating_point` of the chapter on serving: the batch within memory and time per output
token, the load within the time to first token, found in steps as in a sheet.
"""

from __future__ import annotations

from typing import NamedTuple

from lmprice.chapters.serving.batches import memory_batch
from lmprice.chapters.serving.latency import better_load, mean_batch
from lmprice.chapters.serving.parallel import attention_seconds
from lmprice.chapters.serving.throughput import (
    prefill_seconds,
    speculative_tokens,
    time_per_output_token,
    touched_parameters,
)
from lmprice.chapters.serving.token_costs import pool_ratio, request_rate
from lmprice.language.expression import exp, log, maximum, minimum, nan, where
from lmprice.language.terms import Text
from lmprice.scenarios.api_vs_selfhost import result_terms as shown
from lmprice.scenarios.api_vs_selfhost import terms
from lmprice.scenarios.base import Out, Scenario

KILO, MILLION, BILLION, TRILLION = 1e3, 1e6, 1e9, 1e12
BATCH_STEPS = 16  # Newton's on a concave curve; a dense model needs one
LOAD_STEPS = 10
RATE_STEPS = 10
FLAT = 1e-9
LEAST_BATCH = 0.01  # of a node that is hardly used: one sequence a hundredth of the time
LATE = 0.05  # so many of the requests may get their first token after its target


class Capacity(NamedTuple):
    """Requests a second of a node, what of it prefills, and the seconds of each kind of token."""

    rate: float
    prefill_rate: float
    prefill_nodes: float
    seconds: tuple[float, float, float]


class Work(Scenario):
    """The requests, and what they cost at the API."""

    requests: terms.Requests = 9_000.0
    growth: terms.Growth = 0.08
    uncached_tokens: terms.UncachedTokens = 800.0
    cached_tokens: terms.CachedTokens = 1_200.0
    output_tokens: terms.OutputTokens = 400.0
    input_price: terms.ApiInputPrice = 0.59
    cached_price: terms.ApiCachedPrice = 0.295
    output_price: terms.ApiOutputPrice = 0.79
    batch_share: terms.BatchShare = 0.2
    batch_discount: terms.BatchDiscount = 0.5
    commit_discount: terms.CommitDiscount = 0.0
    api_decline: terms.ApiDecline = 0.25

    def api_request(self, out: Out) -> float:
        """What a thousand requests cost at the API in the first month."""
        out.section(Text("API", "API"))
        cost = self.uncached_tokens * self.input_price + self.cached_tokens * self.cached_price
        cost = (cost + self.output_tokens * self.output_price) / 1000
        cost = cost * (1 - self.batch_share * self.batch_discount) * (1 - self.commit_discount)
        return out("api_request", cost, shown.API_REQUEST)


class Node(Work):
    """A model on a node of GPUs, and the requests that it serves within the latency targets."""

    parameters: terms.ModelParameters = 70.6
    active_share: terms.ActiveShare = 1.0
    bits: terms.WeightBits = 8.0
    cache_kilobytes: terms.CacheKilobytes = 163.84
    attention_width: terms.AttentionWidth = 655_360.0
    expert_share: terms.ExpertShare = 1.0
    gpus: terms.Gpus = 2.0
    memory: terms.MemoryGb = 72.0
    bandwidth: terms.BandwidthTb = 3.35
    peak_compute: terms.PeakTflops = 1979.0
    compute_efficiency: terms.ComputeEfficiency = 0.59
    bandwidth_efficiency: terms.BandwidthEfficiency = 0.57
    overhead: terms.OverheadMs = 0.0
    decode_width: terms.DecodeWidth = 0.0
    whole_parameters: terms.WholeParameters = 0.0
    exchange_kilobytes: terms.ExchangeKilobytes = 0.0
    network: terms.NetworkGb = 40.0
    acceptance_rate: terms.AcceptanceRate = 0.0
    draft_length: terms.DraftLength = 0.0
    draft_cost: terms.DraftCost = 0.0
    pools: terms.Pools = "together"
    capacity_from: terms.CapacityFrom = "model"
    measured_rate: terms.MeasuredRate = 3.0
    measured_prefill: terms.MeasuredPrefill = 6.0
    ttft_target: terms.TtftTarget = 2.0
    tpot_target: terms.TpotTarget = 50.0
    variability: terms.Variability = 1.0

    def capacity(self, out: Out) -> Capacity:
        """Requests that a node serves in a second, and the seconds each kind of token takes."""
        out.section(Text("Capacity of a node", "节点容量"))
        alone, prefill = (
            self._prefill(0),
            out("prefill", self._prefill(self.cached_tokens), shown.PREFILL),
        )
        tokens = self.uncached_tokens + self.cached_tokens + self.output_tokens / 2
        cache = out("cache", tokens * self.cache_kilobytes / MILLION, shown.CACHE) * BILLION
        factor = self._step_factor(out)
        sequence = self._sequence_step(out, tokens)
        meanwhile = where(self.pools == "together", prefill / self.output_tokens, 0)
        most = self._largest_batch(out, cache, factor, factor * sequence + meanwhile)
        serves = where(most >= 1, where(prefill <= self.ttft_target, 1, 0), 0)
        serves = out("serves", serves, shown.SERVES)

        most = out("batch", mean_batch(maximum(most, 1)), shown.BATCH)
        at_most = self._decode(most, sequence) + most * meanwhile
        decoded = request_rate(most, self.output_tokens, at_most)
        decoded = out("batch_rate", decoded, shown.BATCH_RATE)
        load, prefilled = self._prefill_rate(out, prefill)
        rate = where(self.pools == "together", minimum(decoded, prefilled), decoded)
        batch = self._running_batch(out, rate, most, factor, factor * sequence + meanwhile)
        decode = self._decode(batch, sequence)
        out("tpot", (decode + batch * meanwhile) * 1000, shown.TPOT)
        is_measured = self.capacity_from == "measured"
        rate = where(is_measured, self.measured_rate, where(serves > 0, rate, nan))
        rate = out("rate", rate, shown.RATE)
        prefilled = where(is_measured, self.measured_prefill, prefilled)
        nodes = where(self.pools == "together", 0, pool_ratio(rate, 1 / prefilled, 1))
        nodes = out("prefill_nodes", nodes, shown.PREFILL_NODES)
        out("load", where(self.pools == "together", rate * prefill, load), shown.LOAD)
        out("output_rate", rate * self.output_tokens, shown.OUTPUT_RATE)
        out.warn(where(is_measured, 1, serves) < 1, shown.CANNOT_SERVE)
        seconds = (alone, prefill - alone, self.output_tokens * decode / batch)
        return Capacity(rate, prefilled, nodes, seconds)

    # The hardware of the node ---------------------------------------------------------------------

    @property
    def _bandwidth(self) -> float:
        return self.bandwidth * TRILLION * self.gpus

    @property
    def _flops(self) -> float:
        return self.peak_compute * TRILLION * self.gpus

    @property
    def _active(self) -> float:
        return self.parameters * BILLION * self.active_share

    @property
    def _weights(self) -> float:
        """Bytes of all weights once."""
        return self.parameters * BILLION * self.bits / 8

    @property
    def _repeated(self) -> float:
        """Bytes of what every GPU but the first holds once more."""
        return self.whole_parameters * BILLION * self.bits / 8 * (self.gpus - 1)

    @property
    def _exchange(self) -> float:
        """Seconds in which a token travels to its experts and back."""
        return self.exchange_kilobytes * KILO / (self.network * BILLION * self.gpus)

    # A prefill and a step -------------------------------------------------------------------------

    def _prefill(self, prefix: float) -> float:
        # Over several machines the prompts of many requests go together, and share the reading.
        weights = where(self.whole_parameters > 0, 0, self._weights)
        return prefill_seconds(
            self.uncached_tokens, self._active, weights, self._flops, self._bandwidth,
            self.attention_width, prefix, self.compute_efficiency, self.bandwidth_efficiency,
            self.overhead / 1000 + self.uncached_tokens * self._exchange,
        )  # fmt: skip

    def _step_factor(self, out: Out) -> float:
        """Steps per token: below 1 where drafts are worth their time."""
        gained = speculative_tokens(self.acceptance_rate, self.draft_length)
        return out(
            "step_factor", (1 + self.draft_length * self.draft_cost) / gained, shown.STEP_FACTOR
        )

    def _sequence_step(self, out: Out, tokens: float) -> float:
        """Seconds of attention and exchange of one sequence in a step, drafts included."""
        checked = self.draft_length + 1
        attention = attention_seconds(
            1, tokens, self.cache_kilobytes * KILO, self.decode_width * checked, self._bandwidth,
            self._flops, self.compute_efficiency, self.bandwidth_efficiency,
        )  # fmt: skip
        step = attention + checked * self._exchange
        return out("sequence_step", step * 1000, shown.SEQUENCE_STEP) / 1000

    def _largest_batch(self, out: Out, cache: float, factor: float, sequence: float) -> float:
        """The most sequences within memory and time, each of which takes ``sequence`` seconds."""
        weights = self._weights + self._repeated
        fits = memory_batch(self.memory * BILLION * self.gpus, weights, cache)
        fits = out("memory_batch", fits, shown.MEMORY_BATCH)
        target, overhead = self.tpot_target / 1000, factor * self.overhead / 1000
        computes = (target - overhead) / (sequence + factor * self._computing)
        computes = out("computing_batch", computes, shown.COMPUTING_BATCH)

        # Of a mixture of experts the weights that a batch reads grow with it, along a concave
        # curve: Newton's steps from one sequence on do not pass the root.
        def step(batch: float) -> float:
            reading, more = self._reading(batch, factor)
            taken = overhead + batch * sequence + reading
            return batch + (target - taken) / (sequence + more)

        read = out.iterate("reading_batch", step, 1, BATCH_STEPS, shown.READING_BATCH)
        return out("batch_limit", minimum(fits, minimum(computes, read)), shown.BATCH_LIMIT)

    def _running_batch(
        self, out: Out, rate: float, most: float, factor: float, sequence: float
    ) -> float:
        """The batch at a rate of requests, which the first token may keep below the largest."""
        tokens = rate * self.output_tokens
        overhead, computing = factor * self.overhead / 1000, factor * self._computing

        def step(batch: float) -> float:
            reading, more = self._reading(batch, factor)
            taken = overhead + batch * sequence + maximum(reading, batch * computing)
            slope = sequence + where(reading > batch * computing, more, computing)
            # Where a step only computes, every batch serves as many requests: the largest stays.
            rises = maximum(1 - tokens * slope, FLAT)
            found = where(rises > FLAT, batch - (batch - tokens * taken) / rises, batch)
            return maximum(minimum(found, most), LEAST_BATCH)

        return out.iterate("running_batch", step, most, RATE_STEPS, shown.RUNNING_BATCH)

    @property
    def _computing(self) -> float:
        """Seconds of a step that computes one sequence, with its drafts."""
        checked = self.draft_length + 1
        return 2 * self._active * checked / (self._flops * self.compute_efficiency)

    def _reading(self, batch: float, factor: float) -> tuple[float, float]:
        """Seconds a token for reading the weights that a batch touches, and those of one more."""
        reads = self._bandwidth * self.bandwidth_efficiency / factor
        idle = self._weights - self._active * self.bits / 8
        passed = where(self.expert_share < 1, self.expert_share, 0.5)  # if dense nothing is idle
        checked, chance = self.draft_length + 1, log(1 - passed)
        unread = idle / reads * exp((batch * checked - 1) * chance)
        return (self._weights + self._repeated) / reads - unread, -unread * checked * chance

    def _decode(self, batch: float, sequence: float) -> float:
        """Seconds from one token of a sequence to its next, without prefills in between."""
        touched = touched_parameters(
            self.parameters * BILLION, self._active, 1 / self.expert_share, 1,
            maximum(batch * (self.draft_length + 1), 1),
        )  # fmt: skip
        return time_per_output_token(
            batch, 0, self._active, touched * self.bits / 8 + self._repeated, self._bandwidth,
            self._flops, self.compute_efficiency, self.bandwidth_efficiency,
            self.overhead / 1000 + batch * sequence, 0, self.acceptance_rate, self.draft_length,
            self.draft_cost,
        )  # fmt: skip

    def _prefill_rate(self, out: Out, prefill: float) -> tuple[float, float]:
        """The load at which first tokens are in time, and the requests a second of that load."""
        waits = maximum(self.ttft_target - prefill, 0)
        services = waits / ((1 + self.variability) / 2 * prefill)
        load = out.iterate(
            "load_limit", lambda load: better_load(load, services, LATE), LATE,
            LOAD_STEPS, shown.LOAD_LIMIT,
        )  # fmt: skip
        return load, out("prefill_rate", load / prefill, shown.PREFILL_RATE)
