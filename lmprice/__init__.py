"""Pricing economics of large language models.

The same formulas in Python, in Excel and in template workbooks.  Every formula takes numbers or
arrays and broadcasts them; ``functions()`` lists those, each with its name in Excel.  What is no
formula (fits, surveys, simulations, offers, workbooks) is loaded when it is first used.

>>> import lmprice
>>> lmprice.profit(100, 20, 10, 100)
900.0
"""

import importlib
from typing import Any

from lmprice.language.errors import PricingError
from lmprice.language.formula import functions

__version__ = "0.1.0"

# A chapter registers its functions when it is imported; all of them are exported from here.
for _chapter in (
    "cost.functions",
    "profit.functions",
    "profit.breakeven",
    "tokens.functions",
    "discounts.charges",
    "discounts.functions",
    "strategy.functions",
    "demand.optimal_prices",
    "demand.functions",
    "competition.functions",
    "competition.oligopoly",
    "dynamic.functions",
    "decline.functions",
    "decline.trend",
    "learning.functions",
    "investment.functions",
    "serving.ownership",
    "serving.throughput",
    "serving.latency",
    "serving.batches",
    "serving.token_costs",
    "serving.fleet",
    "serving.training",
):
    importlib.import_module(f"lmprice.chapters.{_chapter}")
_functions = {f.name: f.function for f in functions()}
globals().update(_functions)

__all__ = ["PricingError", "functions", *_functions]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]

# What needs pydantic or openpyxl, and what is no formula, is loaded when it is first used.
_LAZY = {
    "build": "lmprice.workbook",
    "read": "lmprice.workbook",
    "check": "lmprice.workbook",
    "WorkbookError": "lmprice.workbook",
    "Problem": "lmprice.workbook",
    "scenarios": "lmprice.scenarios",
    "billing": "lmprice.billing",
    "offers": "lmprice.offers",
    "compare_strategies": "lmprice.offers",
    "factor_for_margin": "lmprice.offers",
    "launch": "lmprice.chapters.strategy.launch",
    "compare_launches": "lmprice.chapters.strategy.launch",
    "skimming_path": "lmprice.chapters.strategy.launch",
    "penetration_path": "lmprice.chapters.strategy.launch",
    "plots": "lmprice.plots",
    "simulation": "lmprice.simulation",
    "simulate_market": "lmprice.simulation",
    "simulate_pricing": "lmprice.simulation",
    "monte_carlo": "lmprice.simulation",
    "sensitivity": "lmprice.simulation",
    "two_way": "lmprice.simulation",
    "price_war": "lmprice.chapters.competition.price_wars",
    "fit_decline": "lmprice.chapters.decline.fit",
    "TrendFit": "lmprice.chapters.decline.fit",
    "simulate_dynamic_pricing": "lmprice.chapters.dynamic.simulation",
    "segment_prices": "lmprice.chapters.strategy.segments",
    "two_part_tariff": "lmprice.chapters.strategy.tariffs",
    "best_bundles": "lmprice.chapters.strategy.bundles",
    "bundle_choice": "lmprice.chapters.strategy.bundles",
    "best_versions": "lmprice.chapters.strategy.bundles",
    "van_westendorp": "lmprice.chapters.strategy.surveys",
    "gabor_granger": "lmprice.chapters.strategy.surveys",
    "data": "lmprice.data",
    "list_prices": "lmprice.data",
    "accelerators": "lmprice.data.serving",
    "accelerator": "lmprice.data.serving",
    "open_models": "lmprice.data.serving",
    "open_model": "lmprice.data.serving",
    "operating_point": "lmprice.chapters.serving.operation",
    "ServedModel": "lmprice.chapters.serving.operation",
    "Replica": "lmprice.chapters.serving.operation",
    "Request": "lmprice.chapters.serving.operation",
    "Speculation": "lmprice.chapters.serving.operation",
    "read_measurements": "lmprice.chapters.serving.measurements",
    "Measurement": "lmprice.chapters.serving.measurements",
    "calibrate": "lmprice.chapters.serving.calibration",
    "api_vs_selfhost": "lmprice.scenarios.api_vs_selfhost.scenario",
    "predicted_throughput": "lmprice.chapters.serving.calibration",
    "internal_rates": "lmprice.chapters.investment.rates_of_return",
    "gradient_descent": "lmprice.chapters.learning.gradient",
    "fit_cost_curve": "lmprice.chapters.cost.fit",
    "fit_price_response": "lmprice.chapters.demand.price_response",
    "fit_logistic_demand": "lmprice.chapters.demand.market_size",
    "project_drivers": "lmprice.chapters.decline.drivers",
    "Drivers": "lmprice.chapters.decline.drivers",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'lmprice' has no attribute {name!r}")
    module = importlib.import_module(_LAZY[name])
    return module if _LAZY[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
