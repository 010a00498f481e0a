"""Price lists with entries that are not as they should be: each is left by name, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lmprice.billing.prices import PriceListError, book_from

ODD: dict[str, Callable[[Any], Any]] = {
    "litellm": lambda value: {
        "good": {"litellm_provider": "x", "input_cost_per_token": 1e-6},
        "odd": {"input_cost_per_token": value},
    },
    "models.dev": lambda value: {
        "x": {"models": {"good": {"cost": {"input": 1}}, "odd": {"cost": {"input": value}}}}
    },
    "openrouter": lambda value: {
        "data": [
            {"id": "good", "pricing": {"prompt": "0.1"}},
            {"id": "odd", "pricing": {"prompt": value}},
        ]
    },
    "langfuse": lambda value: [
        {"modelName": name, "pricingTiers": [{"isDefault": True, "prices": {"input": price}}]}
        for name, price in (("good", 0.1), ("odd", value))
    ],
    "portkey": lambda value: {
        name: {"pricing_config": {"pay_as_you_go": {"request_token": {"price": price}}}}
        for name, price in (("good", 0.1), ("odd", value))
    },
    "llm-prices": lambda value: {
        "models": [
            {"id": name, "price_history": [{"input": price}]}
            for name, price in (("good", 1), ("odd", value))
        ]
    },
}


def _book(tmp_path: Path, data: Any) -> tuple[list[str], tuple[str, ...]]:
    path = tmp_path / "list.json"
    path.write_text(json.dumps(data))
    book, left = book_from(path)
    return [charge.model.rpartition("/")[2] for charge in book.charges], left


@pytest.mark.parametrize("source", ODD)
@pytest.mark.parametrize(
    "value", ["free", -1, True, "1e999999999", "1e-999999999", float("inf"), "NaN", "1e400"]
)
def test_a_price_that_is_none_is_told(tmp_path: Path, source: str, value: Any) -> None:
    models, left = _book(tmp_path, ODD[source](value))
    assert models == ["good"]
    assert [line.rpartition("odd: ")[2].partition(" (")[2] for line in left] == [
        f"{value!r} is no price)"
    ]


@pytest.mark.parametrize(
    ("source", "odd"),
    [
        ("litellm", "gone"),
        ("litellm", {"tiered_pricing": [{"range": ["a"], "input_cost_per_token": 1}]}),
        (
            "models.dev",
            {"cost": {"input": 1, "tiers": [{"tier": {"type": "context"}, "input": 2}]}},
        ),
        ("models.dev", {"cost": [1]}),
        ("openrouter", {"id": "odd", "pricing": [1]}),
        (
            "openrouter",
            {
                "id": "odd",
                "pricing": {"prompt": 1, "overrides": [{"min_prompt_tokens": "a", "prompt": 2}]},
            },
        ),
        ("langfuse", {"modelName": "odd", "pricingTiers": [{"name": "a"}]}),
        ("langfuse", {"modelName": "odd", "pricingTiers": 1}),
        ("portkey", {"pricing_config": {"pay_as_you_go": [1]}}),
        ("llm-prices", {"id": "odd", "price_history": [{"input": 1, "from_date": "soon"}]}),
    ],
)
def test_a_model_that_is_written_otherwise_is_left_by_name(
    tmp_path: Path, source: str, odd: Any
) -> None:
    data: Any = ODD[source](1)
    holder = data
    if source == "models.dev":
        holder = data["x"]["models"]
    elif source in ("openrouter", "llm-prices"):
        holder = data["data" if source == "openrouter" else "models"]
    holder["odd" if isinstance(holder, dict) else 1] = odd
    models, left = _book(tmp_path, data)
    assert models == ["good"]
    (told,) = left
    assert "odd: all of it (it is not written as " in told


def test_a_model_that_stands_twice(tmp_path: Path) -> None:
    data: Any = ODD["openrouter"](1)
    data["data"].append({"id": "good", "pricing": {"prompt": "0.2"}})
    _, left = _book(tmp_path, data)
    assert left == ("good: all but its last entry (the list has several)",)


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    """In LiteLLM's list a model has stood twice; alike, it says one thing."""
    path = tmp_path / "list.json"
    entry = '"chat": {"litellm_provider": "x", "input_cost_per_token": %s}'
    path.write_text(f"{{{entry % '1e-6'}, {entry % '0.000001'}}}")
    assert len(book_from(path)[0].charges) == 1
    path.write_text(f"{{{entry % '1e-6'}, {entry % '2e-6'}}}")
    with pytest.raises(PriceListError, match=r"^list\.json: the key 'chat' stands twice$"):
        book_from(path)


def test_a_length_without_its_plain_price_is_told(tmp_path: Path) -> None:
    langfuse: Any = ODD["langfuse"](1)
    condition = {"usageDetailPattern": "^input", "operator": "gt", "value": 200_000}
    tier = {"conditions": [condition], "prices": {"output": 2}}
    langfuse[1]["pricingTiers"].append(tier)
    assert _book(tmp_path, langfuse)[1] == (
        "odd: output above 200000 (no price below that length)",
    )
    router: Any = ODD["openrouter"](1)
    router["data"][1]["pricing"]["overrides"] = [{"min_prompt_tokens": 9, "completion": "2"}]
    assert _book(tmp_path, router)[1] == ("odd: completion from 9 (no price below that length)",)
    tiers = [{"range": [0, 9], "input_cost_per_token": 1},
             {"range": [9, 99], "output_cost_per_token": 1}]  # fmt: skip
    litellm: Any = ODD["litellm"](1)
    litellm["odd"]["tiered_pricing"] = tiers
    assert _book(tmp_path, litellm)[1] == (
        "odd: tiered_pricing output_cost_per_token (no price below that length)",
    )
