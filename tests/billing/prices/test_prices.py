"""Price lists as their sources write them, with numbers of our own, as price books.

The shapes are those of LiteLLM 1.110.2 (model_prices_and_context_window.json), models.dev 1.0.398
(api.json), OpenRouter's /models, Langfuse (default-model-prices.json), Portkey's pricing files and
simonw/llm-prices.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lmprice.billing import rate
from lmprice.billing.charges import AnyCharge, ContextCharge
from lmprice.billing.prices import PriceListError, book_from

LITELLM = {
    "sample_spec": {"litellm_provider": "one of", "input_cost_per_token": 0},
    "chat": {
        "litellm_provider": "openai", "mode": "chat", "max_tokens": 4096,
        "input_cost_per_token": 2.5e-06, "input_cost_per_token_batches": 1.25e-06,
        "input_cost_per_token_above_200k_tokens": 5e-06, "output_cost_per_token": 1e-05,
        "cache_read_input_token_cost": 1.25e-06,
        "cache_creation_input_token_cost_above_1hr": 6e-06,
        "search_context_cost_per_query": {"search_context_size_low": 0.03,
                                          "search_context_size_high": 0.05},
        "regional_processing_uplift_multiplier_eu": 1.1,
        "provider_specific_entry": {"fast": 6.0, "us": 1.1, "note": "text"},
        "fedramp_uplift_multiplier": 1.2, "output_cost_per_second_720p": 0.1,
        "cache_creation_input_token_cost_above_200k_tokens": 7e-06,
    },
    "voice": {"litellm_provider": "groq", "input_cost_per_second": 3e-05,
              "output_cost_per_second": 0.0},
    "both": {"litellm_provider": "x", "input_cost_per_image": 1, "output_cost_per_image": 2,
             "output_cost_per_token": "dear"},
    "tiers": {"litellm_provider": "x", "tiered_pricing": [
        {"range": [32000, 128000], "input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06},
        {"range": [0, 32000], "input_cost_per_token": 1e-06, "output_cost_per_token": 3e-06,
         "output_cost_per_smile": 1},
    ]},
}  # fmt: skip
MODELS_DEV = {
    "acme": {"models": {"chat": {"cost": {
        "input": 1.25, "output": 10, "cache_read": 0.125, "reasoning": 12, "surcharge": 1,
        "tiers": [{"input": 2.5, "output": 15, "reasoning": 20, "cache_write": 3,
                   "tier": {"type": "context", "size": 200000}},
                  {"input": 1, "tier": {"type": "hours"}}],
    }}, "old": {"cost": {"input": 1, "context_over_200k": {"input": 2}}}, "free": {}}},
}  # fmt: skip
OPENROUTER = {"data": [{"id": "acme/chat", "pricing": {
    "prompt": "0.00000125", "completion": "0.00001", "request": "0", "web_search": "0.01",
    "input_cache_read": "0.000000125", "discount": "0.1", "internal_reasoning": "0",
    "overrides": [{"min_prompt_tokens": 200001, "prompt": "0.0000025"}, {"utc_start": "01:00"}],
}}]}  # fmt: skip
LANGFUSE = [{"modelName": "chat", "matchPattern": "(?i)^chat$", "pricingTiers": [
    {"name": "Large", "isDefault": False, "conditions": [
        {"usageDetailPattern": "(input|prompt|cached)", "operator": "gt", "value": 200000}],
     "prices": {"input": 2.5e-06}},
    {"name": "Standard", "isDefault": True, "conditions": [],
     "prices": {"input": 1.25e-06, "input_tokens": 1.25e-06, "output": 1e-05, "total": 1,
                "smiles": 1}},
    {"name": "Priority", "conditions": [{"source": "model_parameters", "key": "service_tier",
                                         "operator": "in", "values": ["priority"]}],
     "prices": {"input": 2.5e-06}},
    {"name": "Odd", "conditions": [{}, {}], "prices": {"input": 1}},
    {"name": "Odder", "conditions": [{"key": "moon"}], "prices": {"input": 1}},
]}]  # fmt: skip
PORTKEY = {
    "default": {"pricing_config": {}},
    "chat": {"pricing_config": {
        "currency": "USD",
        "pay_as_you_go": {
            "request_token": {"price": 0.000125}, "response_token": {"price": 0.001},
            "cache_write_input_token": {"price": 0},
            "additional_units": {"web_search": {"price": 1}, "smile": {"price": 2}},
        },
        "batch_config": {"request_token": {"price": 0.0000625}},
        "finetune_config": {},
    }},
    "yuan": {"pricing_config": {"currency": "CNY"}},
}  # fmt: skip
LLM_PRICES = {"vendor": "acme", "models": [{"id": "chat", "name": "Chat", "price_history": [
    {"input": 2.5, "output": 10, "input_cached": None, "from_date": None,
     "to_date": "2026-03-01", "note": "x"},
    {"input": 1.25, "output": 10, "input_cached": 0.125, "from_date": "2026-03-01",
     "to_date": None},
]}]}  # fmt: skip


def charge(found: AnyCharge) -> tuple[Any, ...]:
    """Meter, conditions, unit price for how many, and the steps of a charge."""
    steps = found.steps if isinstance(found, ContextCharge) else ()
    price = getattr(found, "unit_price", None)
    when = tuple(f"{k}={v}" for k, v in found.when.items())
    return (found.meter, *when, price, *((step.above, step.unit_price) for step in steps))


def written(folder: Path, data: Any) -> Path:
    path = folder / "list.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("data", "model", "charges", "left"),
    [
        (
            LITELLM,
            "chat",
            {
                ("input", 2.5, (200_000, 5)), ("input", "service_tier=batch", 1.25),
                ("output", 10), ("cached", 1.25), ("cache_write_1h", 6),
                ("web_searches", "search_context_size=low", 0.03),
                ("web_searches", "search_context_size=high", 0.05),
            },
            ["provider_specific_entry note ('text' is no factor)",
             "fedramp_uplift_multiplier (a book has no charge for it)",
             "output_cost_per_second_720p (a book has no charge for it)",
             "cache_write above 200000 (no price below that length)"],
        ),
        (LITELLM, "voice", {("seconds", 3e-05)}, []),
        (LITELLM, "tiers", {("input", 1, (32_000, 2)), ("output", 3, (32_000, 4))},
         ["tiered_pricing output_cost_per_smile (a book has no charge for it)"]),
        (
            MODELS_DEV,
            "acme/chat",
            {("input", 1.25, (200_000, 2.5)), ("output", 10, (200_000, 15)), ("cached", 0.125),
             ("reasoning", 12, (200_000, 20))},
            ["surcharge (a book has no charge for it)",
             "cache_write above 200000 (no price below that length)",
             "tier hours (only lengths of the input are known)"],
        ),
        (MODELS_DEV, "acme/old", {("input", 1, (200_000, 2))}, []),
        (
            OPENROUTER,
            "acme/chat",
            {("input", 1.25, (200_000, 2.5)), ("output", 10), ("web_searches", 0.01),
             ("cached", 0.125)},
            ["discount (a book has no charge for it)",
             "overrides by time of day (hours without their peak)"],
        ),
        (
            LANGFUSE,
            "chat",
            {("input", 1.25, (200_000, 2.5)), ("output", 10),
             ("input", "service_tier=priority", 2.5)},
            ["smiles (it is no meter of the vocabulary)",
             "tier 'Odd' (its conditions are no length or tier)",
             "tier 'Odder' (its conditions are no length or tier)"],
        ),
        (
            PORTKEY,
            "chat",
            {("input", 1.25), ("output", 10), ("web_searches", 0.01),
             ("input", "service_tier=batch", 0.625)},
            ["smile (it is no meter of the vocabulary)",
             "finetune_config (a book has no charge for it)"],
        ),
    ],
)  # fmt: skip
def test_a_list_as_a_book(
    tmp_path: Path, data: Any, model: str, charges: set[Any], left: list[str]
) -> None:
    book, missing = book_from(written(tmp_path, data), [model])
    assert {charge(c) for c in book.charges} == charges
    assert [line.removeprefix(f"{model}: ") for line in missing] == left


def test_factors_of_a_region_and_a_speed(tmp_path: Path) -> None:
    book, _ = book_from(written(tmp_path, LITELLM), ["chat"])
    assert [(f.factor, dict(f.when)) for f in book.factors] == [
        (1.1, {"region": "eu"}), (6, {"speed": "fast"}), (1.1, {"region": "us"}),
    ]  # fmt: skip


def test_prices_with_dates(tmp_path: Path) -> None:
    book, left = book_from(written(tmp_path, LLM_PRICES), ["chat"])
    dated = {(c.meter, charge(c)[1], c.valid_from, c.valid_until) for c in book.charges}
    turn = date(2026, 3, 1)
    assert dated == {
        ("input", 2.5, None, turn), ("output", 10, None, turn), ("input", 1.25, turn, None),
        ("output", 10, turn, None), ("cached", 0.125, turn, None),
    }  # fmt: skip
    assert left == ("chat: note (a book has no charge for it)",)


def test_usage_priced_by_a_list(tmp_path: Path) -> None:
    """By hand: (700 x 2.5 + 300 x 1.25 + 100 x 10) / 1e6, 1.1 times of it in Europe."""
    book, _ = book_from(written(tmp_path, LITELLM), ["chat"])
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "input_tokens": 1000,
           "cached_tokens": 300, "output_tokens": 100}  # fmt: skip
    usage = pl.DataFrame([row | {"region": ""}, row | {"region": "eu"}])
    assert float(rate(usage, book).bill["billed_cost"].sum()) == pytest.approx(0.003125 * 2.1)


@pytest.mark.parametrize(
    ("data", "models", "message"),
    [
        ({"x": 1}, ["*"], "list.json is none of the price lists that are known: LiteLLM model"),
        (LITELLM, ["chat", "none*"], r"list\.json has no model none\*"),
        (LITELLM, ["both"], r"list\.json has no prices of both"),
        (PORTKEY, ["yuan"], "has no prices of yuan"),
        (MODELS_DEV, ["acme/free"], "has no prices of acme/free"),
    ],
)
def test_what_is_refused(tmp_path: Path, data: Any, models: list[str], message: str) -> None:
    with pytest.raises(PriceListError, match=message):
        book_from(written(tmp_path, data), models)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "line 1, column 2 is no JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (None, "No such file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "list.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PriceListError, match=message):
        book_from(path)
