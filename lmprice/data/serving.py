"""Accelerators and open models, for the chapter on serving: facts with their sources.

A small table of each, not a catalogue.  Compute is dense, without structured sparsity.  Prices are
of renting one GPU for an hour, and empty where no source with a date was found.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

from lmprice.chapters.serving.replica import Replica, ServedModel
from lmprice.chapters.serving.throughput import mla_cache_bytes
from lmprice.chapters.tokens.functions import kv_cache_bytes
from lmprice.language.errors import PricingError
from lmprice.output.records import Records

BILLION = 1e9
TRILLION = 1e12


@dataclass(frozen=True)
class Accelerator:
    """An accelerator: what it is built of, and what renting it costs.

    Parameters
    ----------
    name, vendor : str
        What it is called, and who makes it.
    memory_gb, bandwidth_gb_s : float
        Memory, and how fast it is read (GB of 10^9 bytes).
    bf16_tflops, fp8_tflops, fp4_tflops : float or None
        Dense compute at 16, 8 and 4 bits; None where it does not compute at that format.
    power_w : float
        Power at most (W).
    read_on : date
        The day on which the source said so.
    source : str
        Address of the page with these facts.
    price_low, price_high : float or None
        Rent of an hour, lowest and highest in the source (USD).
    price_on : date or None
        The day of these prices.
    price_source : str
        Address of the page with the prices; empty where there are none.
    """

    name: str
    vendor: str
    memory_gb: float
    bandwidth_gb_s: float
    bf16_tflops: float
    fp8_tflops: float | None
    fp4_tflops: float | None
    power_w: float
    read_on: date
    source: str
    price_low: float | None
    price_high: float | None
    price_on: date | None
    price_source: str

    def replica(
        self,
        gpus: float,
        bits: float = 16,
        *,
        usable_memory: float = 0.9,
        compute_efficiency: float = 0.5,
        bandwidth_efficiency: float = 0.6,
        overhead: float = 0.0,
    ) -> Replica:
        """Some of them serving one copy of a model, computing at 16, 8 or 4 bits.

        Raises
        ------
        PricingError
            If it does not compute at that number of bits.
        """
        tflops = {16: self.bf16_tflops, 8: self.fp8_tflops, 4: self.fp4_tflops}.get(int(bits))
        if tflops is None or bits not in (16, 8, 4):
            rule = f"is no format that {self.name} is known to compute at"
            raise PricingError("Accelerator.replica", "bits", bits, rule)
        return Replica(
            gpus=gpus,
            memory=self.memory_gb * BILLION * usable_memory,
            memory_bandwidth=self.bandwidth_gb_s * BILLION,
            peak_flops=tflops * TRILLION,
            compute_efficiency=compute_efficiency,
            bandwidth_efficiency=bandwidth_efficiency,
            overhead=overhead,
        )


@dataclass(frozen=True)
class OpenModel:
    """A model whose weights are public.

    Parameters
    ----------
    name, vendor : str
        What it is called, and who made it.
    parameters_billion, active_billion : float
        Parameters, and those that a token goes through.
    layers, heads, head_size : float
        Layers, query heads of a layer, and numbers of a head (under MLA the mean of its key of 192
        and its value of 128).
    kv_heads : float or None
        Key-value heads of a layer; None under MLA.
    latent_size, rope_size : float or None
        Numbers of the compressed keys and values, and of the positional key (MLA).
    experts, experts_per_token : float
        Routed experts of a layer, and those a token goes through; 1 and 1 if dense.
    released : date
        When it came out.
    read_on : date
        The day on which the sources said so.
    source : str
        Addresses of the pages with these facts, one space between two.
    """

    name: str
    vendor: str
    parameters_billion: float
    active_billion: float
    layers: float
    heads: float
    head_size: float
    kv_heads: float | None
    latent_size: float | None
    rope_size: float | None
    experts: float
    experts_per_token: float
    released: date
    read_on: date
    source: str

    def cache_bytes(self, bits: float = 16) -> float:
        """Bytes of the key-value cache of a token."""
        if self.kv_heads is not None:
            return kv_cache_bytes(1, self.layers, self.kv_heads, self.head_size, bits)
        return mla_cache_bytes(1, self.layers, self.latent_size or 0, self.rope_size or 0, bits)

    def served(self, bits: float = 16, cache_bits: float = 16) -> ServedModel:
        """The model as it is served with so many bits a weight and a number of the cache."""
        return ServedModel(
            parameters=self.parameters_billion * BILLION,
            active_parameters=self.active_billion * BILLION,
            attention_width=self.layers * self.heads * self.head_size,
            cache_bytes=self.cache_bytes(cache_bits),
            bits=bits,
            experts=self.experts,
            experts_per_token=self.experts_per_token,
            decode_width=self._decode_width * 16 / bits,
        )

    @property
    def _decode_width(self) -> float:
        """Attention width in decoding under MLA, where it is computed in 16 bits; 0 otherwise."""
        if self.latent_size is None or self.rope_size is None:
            return 0.0
        return self.layers * self.heads * (self.latent_size + self.rope_size / 2)


def accelerators() -> Records[Accelerator]:
    """Accelerators with memory, bandwidth, compute, power and rents, each with its public source.

    Examples
    --------
    >>> for a in accelerators():
    ...     print(f"{a.name:14} {a.memory_gb:4.0f} GB {a.bandwidth_gb_s:5.0f} GB/s", a.fp8_tflops)
    A100 SXM 80GB    80 GB  2039 GB/s None
    H100 SXM         80 GB  3350 GB/s 1978.9
    H800 SXM         80 GB  3350 GB/s 1978.0
    H200 SXM        141 GB  4800 GB/s 1979.0
    B200            192 GB  8000 GB/s 4500.0
    L40S             48 GB   864 GB/s 733.0
    MI300X          192 GB  5300 GB/s 2614.9
    """
    return _accelerators()


def accelerator(name: str) -> Accelerator:
    """One accelerator by its name.

    Raises
    ------
    PricingError
        If the table has no such name.

    Examples
    --------
    >>> accelerator("H100 SXM").price_low
    2.69
    """
    return _named("accelerator", _accelerators(), name)


def open_models() -> Records[OpenModel]:
    """Open models with parameters, layers, heads and experts, each with its public source.

    Examples
    --------
    >>> [m.name for m in open_models() if m.experts > 1]
    ['Mixtral 8x7B', 'DeepSeek-V3', 'Qwen3 30B-A3B', 'Qwen3 235B-A22B', 'Kimi K2']
    """
    return _open_models()


def open_model(name: str) -> OpenModel:
    """One open model by its name.

    Raises
    ------
    PricingError
        If the table has no such name.

    Examples
    --------
    The cache of a token of DeepSeek-V3:

    >>> open_model("DeepSeek-V3").cache_bytes()
    70272.0
    """
    return _named("open_model", _open_models(), name)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _named(function: str, rows: tuple[N, ...], name: str) -> N:
    for row in rows:
        if isinstance(name, str) and row.name == name:
            return row
    raise PricingError(function, "name", name, f"is none of {', '.join(r.name for r in rows)}")


@cache
def _accelerators() -> Records[Accelerator]:
    return Records(Accelerator(**_typed(r, Accelerator)) for r in _records("accelerators.csv"))  # type: ignore[arg-type]


@cache
def _open_models() -> Records[OpenModel]:
    return Records(OpenModel(**_typed(r, OpenModel)) for r in _records("open_models.csv"))  # type: ignore[arg-type]


def _records(name: str) -> list[dict[str, str]]:
    text = files("lmprice.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _typed(record: dict[str, str], row: type) -> dict[str, str | float | date | None]:
    """The fields of a row, each of the type that its annotation names."""
    return {key: _value(text, row.__annotations__[key]) for key, text in record.items()}


def _value(text: str, annotation: str) -> str | float | date | None:
    if not text and "None" in annotation:
        return None
    if annotation.startswith("date"):
        return date.fromisoformat(text)
    return float(text) if annotation.startswith("float") else text
