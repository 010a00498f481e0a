"""What is served and on what: a model, the hardware of a replica, a request and its drafts."""

from __future__ import annotations

from dataclasses import dataclass

from lmprice.chapters.tokens.functions import BITS_PER_BYTE


@dataclass(frozen=True)
class ServedModel:
    """A model as it is served.

    Parameters
    ----------
    parameters, active_parameters : float
        All parameters, and those that a token goes through.
    attention_width : float
        Layers times query heads times head size.
    cache_bytes : float
        Bytes of the key-value cache of a token (`kv_cache_bytes` or `mla_cache_bytes` of one).
    bits : float
        Bits of a weight.
    experts, experts_per_token : float
        Routed experts of a layer, and those of them that a token goes through; 1 and 1 if dense.
    decode_width : float
        Attention width in decoding, where computing attention may take longer than reading the
        cache (MLA); 0 where it does not.  Attention in 16 bits beside weights of 8 counts twice.
    """

    parameters: float
    active_parameters: float
    attention_width: float
    cache_bytes: float
    bits: float = 16
    experts: float = 1
    experts_per_token: float = 1
    decode_width: float = 0

    @property
    def weight_bytes(self) -> float:
        """Bytes of all weights."""
        return self.parameters * self.bits / BITS_PER_BYTE


@dataclass(frozen=True)
class Replica:
    """Hardware that serves one copy of a model: GPUs with tensor or expert parallelism.

    Parameters
    ----------
    gpus : float
        GPUs of the replica.
    memory, memory_bandwidth, peak_flops : float
        Of one GPU: usable bytes, bytes per second, and FLOP/s at the number format computed in.
    compute_efficiency, bandwidth_efficiency : float
        Shares of the peaks that a step gets; measured or calibrated, see `calibrate`.
    overhead : float
        Seconds of a step beside computing and reading.
    """

    gpus: float
    memory: float
    memory_bandwidth: float
    peak_flops: float
    compute_efficiency: float = 0.5
    bandwidth_efficiency: float = 0.6
    overhead: float = 0.0

    @property
    def speed(self) -> tuple[float, float]:
        """Bandwidth and compute of all GPUs together."""
        return self.memory_bandwidth * self.gpus, self.peak_flops * self.gpus


@dataclass(frozen=True)
class Request:
    """A request: its tokens by kind.

    Parameters
    ----------
    uncached_tokens, cached_tokens, output_tokens : float
        Input tokens to compute, input tokens from the prefix cache, and output tokens.
    variability : float
        Squared coefficient of variation of the prefill time: 0 if all prompts are alike, 1 if
        exponential.
    """

    uncached_tokens: float
    cached_tokens: float
    output_tokens: float
    variability: float = 1.0


@dataclass(frozen=True)
class Speculation:
    """Speculative decoding: acceptance rate, draft length, time of a draft token over a step."""

    acceptance_rate: float
    draft_length: float
    draft_cost: float = 0.0


@dataclass(frozen=True)
class ExpertParallel:
    """Experts spread over the GPUs of a replica, several machines of them, and the rest on each.

    Computing and the exchange between GPUs are added up: what of them goes on at the same time is
    not known.  Prompts of many requests are prefilled together, and share what is read for them.

    Parameters
    ----------
    whole_parameters : float
        Parameters that each GPU holds and reads whole: attention, shared experts, dense layers.
    hidden_size, expert_layers : float
        Numbers of a token between two layers, and layers with routed experts.
    network_bandwidth : float
        Bytes per second that one GPU really sends to others.
    sent_bytes, returned_bytes : float
        Bytes of a number on its way to an expert and back.
    """

    whole_parameters: float
    hidden_size: float
    expert_layers: float
    network_bandwidth: float
    sent_bytes: float = 1
    returned_bytes: float = 2


NO_SPECULATION = Speculation(0.0, 0.0)
