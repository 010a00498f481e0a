"""The tables of accelerators and open models: complete, plausible, and each row with its source."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest

from lmprice import PricingError, accelerator, accelerators, open_model, open_models
from lmprice.data.serving import Accelerator, OpenModel


@pytest.mark.parametrize("row", accelerators(), ids=lambda a: a.name)
def test_an_accelerator_is_complete_and_plausible(row: Accelerator) -> None:
    assert urlsplit(row.source).scheme == "https"
    assert 40 <= row.memory_gb <= 300
    assert 500 <= row.bandwidth_gb_s <= 10_000
    assert 300 <= row.power_w <= 1500
    formats = [f for f in (row.bf16_tflops, row.fp8_tflops, row.fp4_tflops) if f is not None]
    assert formats == sorted(formats)
    has_price = row.price_low is not None
    assert has_price == (row.price_high is not None) == (row.price_on is not None)
    assert has_price == bool(row.price_source)
    if row.price_low is not None and row.price_high is not None and row.price_on is not None:
        assert 0.5 < row.price_low <= row.price_high < 20
        assert date(2025, 1, 1) <= row.price_on <= row.read_on


@pytest.mark.parametrize("row", open_models(), ids=lambda m: m.name)
def test_an_open_model_is_complete_and_plausible(row: OpenModel) -> None:
    assert {urlsplit(address).scheme for address in row.source.split(" ")} == {"https"}
    assert row.released < row.read_on
    assert row.active_billion <= row.parameters_billion
    assert (row.experts > 1) == (row.active_billion < row.parameters_billion)
    assert row.experts_per_token <= row.experts
    assert (row.kv_heads is None) == (row.latent_size is not None) == (row.rope_size is not None)
    assert row.cache_bytes(8) == row.cache_bytes() / 2


# Published: 70.272 and 516.096 KB a token are in arXiv 2505.09343, table 1; 131,072 bytes of
# Llama 3.1 8B in the documentation of kv-cache-size; 256 MiB for 2,048 tokens of a fine-tuned
# Mixtral 8x7B at huggingface.co/dranger003/c4ai-command-r-v01-iMat.GGUF/discussions/6.
@pytest.mark.parametrize(
    ("name", "bytes_a_token"),
    [
        ("DeepSeek-V3", 70272),
        ("Llama 3.1 405B", 516096),
        ("Llama 3.1 8B", 131072),
        ("Mixtral 8x7B", 256 * 2**20 / 2048),
    ],
)
def test_published_sizes_of_the_cache(name: str, bytes_a_token: float) -> None:
    assert open_model(name).cache_bytes() == bytes_a_token


def test_names_are_unique_and_unknown_ones_are_refused() -> None:
    for rows in (accelerators(), open_models()):
        names = [row.name for row in rows]
        assert len(names) == len(set(names))
    with pytest.raises(PricingError, match="is none of A100"):
        accelerator("H9000")
    with pytest.raises(PricingError, match="is none of GPT-J"):
        open_model("GPT-2")


def test_a_format_that_it_does_not_compute_at_is_refused() -> None:
    assert accelerator("B200").replica(2, 4).peak_flops == 9e15
    for bits in (8, 4, 6):
        with pytest.raises(PricingError, match="is no format"):
            accelerator("A100 SXM 80GB").replica(1, bits)
