"""Makes litellm_costs.json: what LiteLLM's own calculation gives for 500 models of its price list.

Run where litellm 1.110.2 is installed, which is no dependency of the tests:

    LITELLM_LOCAL_MODEL_COST_MAP=True python tests/billing/prices/litellm_costs.py

The models are every n-th, by name, of those with a price for input and output tokens; each entry is
kept with its prices alone.  A case is a request, the tier it asks for, and the two parts of
``cost_per_token`` added up; the tokens of a kind without a price are none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MODELS = 500
MONEY = ("cost", "pric", "multiplier", "uplift", "provider_specific_entry", "litellm_provider")
KINDS = {
    "cached_tokens": "cache_read_input_token_cost",
    "cache_write_tokens": "cache_creation_input_token_cost",
    "reasoning_tokens": "output_cost_per_reasoning_token",
}
TIERS = ("flex", "priority")
SHORT = {
    "input_tokens": 10_000, "cached_tokens": 2_000, "cache_write_tokens": 1_000,
    "output_tokens": 3_000, "reasoning_tokens": 500,
}  # fmt: skip
LONG = {"input_tokens": 300_000, "output_tokens": 3_000}


def requests(entry: dict[str, Any]) -> list[tuple[dict[str, int], str]]:
    """The requests of a model, each with its tier."""
    short = {n: count for n, count in SHORT.items() if n not in KINDS or KINDS[n] in entry}
    tiers = [tier for tier in TIERS if f"input_cost_per_token_{tier}" in entry]
    return [(short, ""), (LONG, ""), *((short, tier) for tier in tiers)]


def cost(model: str, tokens: dict[str, int], tier: str) -> float:
    """What LiteLLM makes of a request."""
    import litellm
    from litellm.types.utils import Usage

    usage = Usage(
        prompt_tokens=tokens["input_tokens"],
        completion_tokens=tokens["output_tokens"],
        total_tokens=tokens["input_tokens"] + tokens["output_tokens"],
        prompt_tokens_details={"cached_tokens": tokens.get("cached_tokens", 0)},
        completion_tokens_details={"reasoning_tokens": tokens.get("reasoning_tokens", 0)},
        cache_creation_input_tokens=tokens.get("cache_write_tokens", 0),
        cache_read_input_tokens=tokens.get("cached_tokens", 0),
    )
    provider = litellm.model_cost[model]["litellm_provider"]
    found = litellm.cost_per_token(
        model=model, custom_llm_provider=provider, usage_object=usage, service_tier=tier or None
    )
    return float(sum(found))


def main() -> None:
    """Write the file beside this one."""
    import litellm

    priced = sorted(
        name
        for name, entry in litellm.model_cost.items()
        if entry.get("input_cost_per_token") and entry.get("output_cost_per_token")
        and entry.get("mode") in ("chat", "completion", "responses")
    )  # fmt: skip
    step = len(priced) // MODELS
    found = []
    for name in priced[::step][:MODELS]:
        entry = {
            k: v for k, v in litellm.model_cost[name].items() if any(word in k for word in MONEY)
        }
        cases = []
        for tokens, tier in requests(entry):
            try:
                cases.append({"tokens": tokens, "tier": tier, "cost": cost(name, tokens, tier)})
            except Exception as error:
                cases.append({"tokens": tokens, "tier": tier, "error": type(error).__name__})
        found.append({"model": name, "entry": entry, "cases": cases})
    whole = {"litellm": "1.110.2", "models": found}
    lines = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).replace(
        '{"model"', '\n{"model"'
    )
    Path(__file__).with_suffix(".json").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
