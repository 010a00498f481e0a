"""Price histories that several tests look at."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

# OpenAI's flagship line: published list price of a million input tokens (USD).
HISTORY = ["2024-01-01", "2024-04-01", "2024-08-01", "2025-01-01", "2025-03-01", "2025-08-01"]
PRICES = [10, 7.5, 6, 2.4, 2, 1.1]
OPENAI = {
    "2023-03-14": 30.0, "2023-11-06": 10.0, "2024-05-13": 5.0, "2024-08-06": 2.5,
    "2025-04-14": 2.0, "2025-08-07": 1.25, "2025-11-13": 1.25, "2025-12-11": 1.75,
    "2026-03-05": 2.5, "2026-04-23": 5.0,
}  # fmt: skip

# Epoch AI, LLM inference price trends: what a model as good as another one cost, and the published
# factor, interval and R².
EPOCH = {
    "GPT-4o on MATH 500": (
        {"2024-05-13": 7.5, "2024-07-18": 0.26, "2024-09-24": 0.13, "2024-12-13": 0.1225},
        (689.079902439, 0.11970025136, 3966834.71046, 0.708367496574, 38.7123016975),
    ),
    "GPT-3.5 on MMLU": (
        {
            "2022-11-30": 20, "2023-03-06": 2, "2023-11-06": 0.75, "2024-03-04": 0.5,
            "2024-05-10": 0.13, "2024-07-23": 0.1, "2024-10-03": 0.07,
        },
        (15.8309147618, 8.05466491316, 31.1146230037, 0.931355880401, 91.6009986213),
    ),
    "GPT-4 on MMLU": (
        {
            "2023-03-14": 37.5, "2023-11-06": 15, "2024-05-13": 7.5, "2024-05-23": 2.19,
            "2025-02-05": 0.175,
        },
        (15.8567615677, 4.08568139268, 61.5409923707, 0.884617981914, 91.5469266463),
    ),
}  # fmt: skip

START = date(2022, 1, 1)


def dates_of(days: NDArray[np.int64] | list[int]) -> list[date]:
    """Dates so many days after the start."""
    return [START + timedelta(days=int(day)) for day in days]


def exponential(
    seed: int, rows: int, *, factor: float = 6, noise: float = 0.1, span: int = 1100
) -> tuple[list[date], list[float]]:
    """A price that falls by a factor a year, with noise of that size, on days at random."""
    random = np.random.default_rng(seed)
    days = np.sort(random.choice(span, rows, replace=rows > span))
    prices = 40 * factor ** (-days / 365) * np.exp(noise * random.normal(size=rows))
    return dates_of(days), prices.tolist()
