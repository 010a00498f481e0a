"""Calls of single numbers."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from typing import Any

import lmprice
from tests.benchmarks.pairs import Pair

MODEL = "gpt-4o"
PRICES = (2.5, 10.0)  # USD per million tokens of input and output
TOKENS = (1000, 500)


def _profit(quantity: float, price: float, unit_cost: float, fixed_cost: float) -> float:
    return price * quantity - unit_cost * quantity - fixed_cost


def pairs() -> Iterator[Pair]:
    """Ours beside the bare expression, and beside what prices tokens elsewhere."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # prices from the package, not the net
    import litellm
    import tokencost
    from genai_prices import Usage, calc_price

    for kind, given in (("floats", (100.0, 20.0, 10.0, 100.0)), ("ints", (100, 20, 10, 100))):
        ours: Any = lmprice.profit
        yield Pair(
            "profit",
            f"4 {kind}",
            "the bare expression in a function",
            functools.partial(_many, ours, given),
            functools.partial(_many, _profit, given),
            5 if kind == "floats" else 10,
        )
    usage = Usage(input_tokens=TOKENS[0], output_tokens=TOKENS[1])
    token_cost: Any = lmprice.token_cost
    cost = functools.partial(_many, token_cost, (*TOKENS, *PRICES, 0, 1.25, 0))
    peers: dict[str, tuple[Any, float]] = {
        "genai-prices calc_price": (
            lambda: calc_price(usage, model_ref=MODEL, provider_id="openai"),
            1 / 60,
        ),
        "litellm cost_per_token": (
            lambda: litellm.cost_per_token(MODEL, *TOKENS),
            1 / 100,
        ),
        "tokencost, input and output": (
            lambda: [
                tokencost.calculate_cost_by_tokens(TOKENS[0], MODEL, "input"),
                tokencost.calculate_cost_by_tokens(TOKENS[1], MODEL, "output"),
            ],
            1,
        ),
    }
    for peer, (theirs, target) in peers.items():
        yield Pair(
            "token_cost", "7 numbers", peer, cost, functools.partial(_many, theirs, ()), target
        )


def _many(call: Any, given: tuple[Any, ...]) -> None:
    for _ in range(100):
        call(*given)
