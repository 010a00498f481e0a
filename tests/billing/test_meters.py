"""Columns that read like usage or like a condition, however their names are written."""

from __future__ import annotations

import pytest

from lmprice.billing.meters import looks_like_condition, looks_like_usage
from lmprice.billing.rating import rate
from lmprice.billing.usage import UsageError
from tests.billing.books import book, standard, usage

AMOUNTS = (
    "promptTokenCount, cachedContentTokenCount, tokens_prompt, prompt_tokens, num_images,"
    "reasoningTokens, Cache Read Tokens, cache-write-tokens, minutes_audio, web_search_requests,"
    "n_searches, grounding_queries, kb, messages, max_tokens, OUTPUT_TOKENS"
)
CONDITIONS = (
    "batch, isBatch, batch_api, service-tier, Service Tier, priority_tier, aws_region, CloudRegion,"
    "inference_geo, data_residency, location, speed, mode, off_peak, context_window, cache_ttl"
)
NEITHER = (
    "request_id, batch_id, batch_size, session_id, user, project, tokens_per_second, token_price,"
    "input_cost, latency_ms, time_to_first_token, temperature, created_at, n, x, api_key"
)


def names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


@pytest.mark.parametrize("name", names(AMOUNTS))
def test_amounts(name: str) -> None:
    assert looks_like_usage(name)
    assert not looks_like_condition(name)
    with pytest.raises(UsageError, match=f"^the column {name} holds usage that no charge prices"):
        rate(usage({"quantity": 1, name: 5}), book(standard()))
    ignored = book(standard(), ignore=[name])
    assert rate(usage({"quantity": 1, name: 5}), ignored).bill["billed_cost"].to_list() == [1]


@pytest.mark.parametrize("name", names(CONDITIONS))
def test_conditions(name: str) -> None:
    assert looks_like_condition(name)
    table = usage({"quantity": 1, name: "a"}, {"quantity": 1, name: "b"})
    with pytest.raises(
        UsageError, match=f"^the column {name} may change prices and no charge asks"
    ):
        rate(table, book(standard()))
    asked = book(standard(), standard(0.5, when={name: "A"}))
    assert str(rate(table, asked).bill["billed_cost"].item()) == "1.50"


@pytest.mark.parametrize("name", names(NEITHER))
def test_other_columns(name: str) -> None:
    assert not looks_like_usage(name)
    assert not looks_like_condition(name)
    assert rate(usage({"quantity": 1, name: 7}), book(standard())).unread == (name,)
