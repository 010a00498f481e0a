"""A book made from LiteLLM's price list against that package's own calculation, for 500 models.

`litellm_costs.py` says how the figures were made; what is not alike is listed with its reason.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lmprice.billing import rate
from lmprice.billing.prices.making import book_from

FOUND = json.loads(Path(__file__).with_name("litellm_costs.json").read_text("utf-8"))["models"]
CASES = [(entry, case) for entry in FOUND for case in entry["cases"]]

# Why a cost is another one here: the provider, what its entry has, and the reason.
REASONS = {
    ("", "off_peak_pricing"): "taken at the hour of the calculation, a Sunday; the book says that "
    "it leaves these prices out and has those of the day",
    ("fireworks_ai", "input_cost_per_token_priority"): "the package's own calculation for this "
    "provider has no tiers, its price list has them",
    ("perplexity", "input_cost_per_token_above_"): "the package's own calculation for this "
    "provider has no prices of long requests, its price list has them",
}


def reason(entry: dict[str, Any]) -> tuple[str, str] | None:
    """Which of the reasons is that of a model."""
    keys = entry["entry"]
    return next(
        (
            (provider, key)
            for provider, key in REASONS
            if any(name.startswith(key) for name in keys)
            and provider in ("", keys["litellm_provider"])
        ),
        None,
    )


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    path = tmp_path_factory.mktemp("list") / "prices.json"
    path.write_text(json.dumps({one["model"]: one["entry"] for one in FOUND}))
    book, _ = book_from(path)
    rows: list[dict[str, Any]] = [
        {
            "timestamp": "2026-11-01T12:00:00Z", "customer": str(number), "model": entry["model"],
            "service_tier": case["tier"], **case["tokens"],
        }
        for number, (entry, case) in enumerate(CASES)
    ]  # fmt: skip
    rated = rate(pl.DataFrame(rows, infer_schema_length=None), book)
    assert rated.refused.is_empty()
    costs = rated.lines.group_by("customer").agg(pl.col("unrounded").sum()).iter_rows()
    found: dict[str, Decimal] = dict(costs)
    return [float(found.get(str(number), 0)) for number in range(len(CASES))]


@pytest.mark.engine
def test_every_cost_is_theirs_or_has_its_reason(ours: list[float]) -> None:
    assert len(FOUND) == 500
    different = [
        entry
        for own, (entry, case) in zip(ours, CASES, strict=True)
        if abs(own - case["cost"]) > 1e-12 * max(case["cost"], 1e-3)
    ]
    assert {reason(entry) for entry in different} == set(REASONS)
    assert len(CASES) - len(different) == 1088
