"""A prefill and a decode step of a model on a replica: the formulas of throughput, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.serving.parallel import attention_seconds, exchange_seconds
from lmprice.chapters.serving.replica import (
    NO_SPECULATION,
    ExpertParallel,
    Replica,
    ServedModel,
    Speculation,
)
from lmprice.chapters.serving.throughput import (
    prefill_seconds,
    time_per_output_token,
    touched_parameters,
)
from lmprice.chapters.tokens.functions import BITS_PER_BYTE


@dataclass(frozen=True)
class Steps:
    """How long a replica takes for a prefill, and from one token of a batch to the next."""

    model: ServedModel
    replica: Replica
    speculation: Speculation = NO_SPECULATION
    parallel: ExpertParallel | None = None

    @property
    def weight_bytes(self) -> float:
        """Bytes of the weights on all GPUs together."""
        return self.model.weight_bytes + self._repeated

    def prefill(self, new_tokens: float, prefix: float) -> float:
        """Seconds for the input of a request."""
        bandwidth, flops = self.replica.speed
        # Over several machines the prompts of many requests go together, and share the reading.
        weights = self.weight_bytes if self.parallel is None else 0.0
        exchange: float = self._exchange(new_tokens)
        return prefill_seconds(
            new_tokens, self.model.active_parameters, weights, flops, bandwidth,
            self.model.attention_width, prefix, self.replica.compute_efficiency,
            self.replica.bandwidth_efficiency,
            self.replica.overhead + exchange,
        )  # fmt: skip

    def tpot(self, batch: Any, context: float, prefill_per_output: float = 0.0) -> Any:
        """Seconds from one token of a sequence to its next, in a batch with such contexts."""
        model, replica, speculation = self.model, self.replica, self.speculation
        bandwidth, flops = replica.speed
        shares = (replica.compute_efficiency, replica.bandwidth_efficiency)
        tokens = batch * (speculation.draft_length + 1)
        touched = touched_parameters(
            model.parameters, model.active_parameters, model.experts, model.experts_per_token,
            np.maximum(tokens, 1),
        )  # fmt: skip
        # Drafts are checked together: the cache is read once, and attention computed for each.
        width = model.decode_width * (speculation.draft_length + 1)
        attention = attention_seconds(
            batch, context, model.cache_bytes, width, bandwidth, flops, *shares
        )
        return time_per_output_token(
            batch, 0, model.active_parameters,
            touched * model.bits / BITS_PER_BYTE + self._repeated, bandwidth, flops, *shares,
            replica.overhead + attention + self._exchange(tokens), prefill_per_output,
            speculation.acceptance_rate, speculation.draft_length, speculation.draft_cost,
        )  # fmt: skip

    @property
    def _repeated(self) -> float:
        """Bytes of what every GPU but the first holds once more."""
        if self.parallel is None:
            return 0.0
        whole = self.parallel.whole_parameters * self.model.bits / BITS_PER_BYTE
        return whole * (self.replica.gpus - 1)

    def _exchange(self, tokens: Any) -> Any:
        """Seconds in which tokens travel to their experts and back."""
        parallel = self.parallel
        if parallel is None:
            return 0.0
        return exchange_seconds(
            tokens / self.replica.gpus, parallel.hidden_size, self.model.experts_per_token,
            parallel.expert_layers, parallel.network_bandwidth, parallel.sent_bytes,
            parallel.returned_bytes,
        )  # fmt: skip
