"""One chart of each kind, from examples of the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

import lmprice
from lmprice import plots
from lmprice.chapters.strategy.launch import LaunchMarket, penetration_path, skimming_path
from lmprice.scenarios import Breakeven, Discounts, Inference
from lmprice.simulation import LogNormal, Normal, Provider, Triangular, Truncated

CURVE = lmprice.simulate_pricing(range(101), 20, 10, fixed_cost=100, quadratic=0.1)
# What a model as good as GPT-3.5 on MMLU cost (Epoch AI).
EPOCH = lmprice.fit_decline(
    ["2022-11-30", "2023-03-06", "2023-11-06", "2024-03-04", "2024-05-10", "2024-07-23",
     "2024-10-03"],
    [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07],
    basis="constant quality",
    errors="independent",  # as published
)  # fmt: skip
# OpenAI's flagship line, input price per million tokens.
FLAGSHIP = lmprice.fit_decline(
    ["2023-03-14", "2023-11-06", "2024-05-13", "2024-08-06", "2025-04-14", "2025-08-07",
     "2025-11-13", "2025-12-11", "2026-03-05", "2026-04-23"],
    [30, 10, 5, 2.5, 2, 1.25, 1.25, 1.75, 2.5, 5],
    basis="lineage",
)  # fmt: skip
SIMULATED = lmprice.monte_carlo(
    Inference(gpu_hour_price=2.0, output_price=0.5, output_mtok=60_000.0, nodes=400.0),
    {
        "gpu_hour_price": Triangular(1, 1.2, 3),
        "uncached_mtok": LogNormal.from_median(200_000, 1.3),
        "output_mtok": Truncated(Normal(60_000, 30_000), low=0),
    },
    draws=5000,
    seed=7,
)
MARKET = lmprice.simulate_market(
    [
        Provider("Leader", 4, quality=10, cost_factor=2),
        Provider("Keeper", 4, quality=10, price=10, response=0),
        Provider("深度", 3, quality=9, cost_factor=3, response=0.3),
        Provider("Dear", 5, quality=11),
        Provider("Slow", 5, quality=10.8, cost_factor=1.2),
    ],
    years=3,
    market_size=1000,
    price_scale=2,
)
LAUNCHES = lmprice.compare_launches(
    LaunchMarket(buyers=100, willingness=10, innovation=0.02, imitation=0.9),
    {"skim": skimming_path(9, 5, 8), "penetrate": penetration_path(1, 7, 8)},
    unit_cost=0.5,
)
WAR = lmprice.price_war(
    prices=[2.2, 2, 1.8],
    unit_costs=[0.6, 0.45, 0.7],
    qualities=[2.6, 2.2, 2],
    price_scale=0.5,
    names=["We", "Nimbus", "Cirrus"],
    me="We",
    rival="Nimbus",
    cut=0.75,
    market_size=100_000,
)

CHARTS: Mapping[str, Callable[[str], Figure]] = {
    "pricing_curve": lambda lang: plots.pricing_curve(CURVE, lang=lang),
    "curves": lambda lang: plots.curves(Inference(), lang=lang),
    "curves of prices": lambda lang: plots.curves(Discounts(), lang=lang),
    "trend": lambda lang: plots.trend(EPOCH, lang=lang),
    "trend with a break": lambda lang: plots.trend(FLAGSHIP, lang=lang),
    "tornado": lambda lang: plots.tornado(lmprice.sensitivity(Inference(), "profit"), lang=lang),
    "tornado without effect": lambda lang: plots.tornado(
        lmprice.sensitivity(Breakeven(), "breakeven_quantity"), lang=lang
    ),
    "waterfall": lambda lang: plots.waterfall(Discounts(), lang=lang),
    "comparison": lambda lang: plots.comparison(Discounts(), lang=lang),
    "histogram": lambda lang: plots.histogram(SIMULATED["profit"], lang=lang),
    "histogram of shares": lambda lang: plots.histogram(SIMULATED["gross_margin"], lang=lang),
    "convergence": lambda lang: plots.convergence(SIMULATED["profit"], lang=lang),
    "price_paths": lambda lang: plots.price_paths(MARKET, lang=lang),
    "price_paths of launches": lambda lang: plots.price_paths(LAUNCHES, lang=lang),
    "price_war": lambda lang: plots.price_war(WAR, lang=lang),
}
