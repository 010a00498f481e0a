"""Training: published hours and goodput, and what compression has to earn back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import (
    checkpoint_interval,
    compression_payback,
    compute_hours,
    context_training_compute,
    training_budget,
    training_compute,
    training_cost,
    training_goodput,
    training_hours,
)


def test_attention_at_the_context_of_llama_65b() -> None:
    # cli99/llm-analysis, examples/llama/outputs_train: 65B, 1.4T tokens, 2,048 A100, MFU 0.5:
    # 1,015,701 GPU hours with its communication.
    compute = context_training_compute(64.69e9, 1.4e12, 80, 8192, 2048)
    hours = compute_hours(compute, 312e12, 0.5)
    assert round(hours) == 1_007_736
    assert hours == pytest.approx(1_015_701, rel=0.01)
    assert training_hours(64.69e9, 1.4e12, 312e12, 0.5) == pytest.approx(hours / 1.0415, rel=1e-4)
    # At 131,072 tokens attention is 2.66 times the rest.
    long = context_training_compute(64.69e9, 1.4e12, 80, 8192, 131_072)
    assert long / training_compute(64.69e9, 1.4e12) - 1 == pytest.approx(2.656, abs=1e-3)


def test_the_goodput_of_llama_3_405b() -> None:
    # The Llama 3 Herd of Models, arXiv 2407.21783: 419 unexpected interruptions in 54 days on
    # 16,384 H100, and an effective training time above 90 %.
    between = 54 * 24 / 419
    interval = checkpoint_interval(10 / 3600, between)
    assert training_goodput(interval, 10 / 3600, between, 1 / 6) > 0.9
    # Without such care, writing a checkpoint of five minutes once a day:
    assert not training_goodput(24, 5 / 60, between, 1) > 0


def test_published_training_costs() -> None:
    # DeepSeek-V3, arXiv 2412.19437: 2.788 million hours at $2; and by its MFU of 0.3464 at 16 bits.
    assert training_budget(2_788_000 * 2) == 5_576_000
    assert training_cost(37e9, 14.8e12, 989e12, 342.592592592593 / 989, 2) == pytest.approx(
        2_664_000 * 2
    )


@given(st.floats(1e-4, 5e-3), st.floats(5, 1000), st.floats(0, 1), st.floats(0.2, 5))
def test_no_interval_beats_youngs_where_checkpoints_are_short(
    share: float, between: float, restart: float, other: float
) -> None:
    # Young's is the first order: what it leaves is of the size of checkpoint over failure time.
    best = checkpoint_interval(share * between, between)
    found = training_goodput(best, share * between, between, restart)
    tried = training_goodput(best * other, share * between, between, restart)
    assert tried <= found + 2 * share


@given(st.floats(1, 1e6), st.floats(1, 1e5), st.floats(0.01, 5), st.floats(0.05, 0.95))
def test_compression_pays_back_when_the_savings_add_up(
    spent: float, volume: float, before: float, share: float
) -> None:
    months = compression_payback(spent, volume, before, before * share)
    assert months * volume * before * (1 - share) == pytest.approx(spent)
