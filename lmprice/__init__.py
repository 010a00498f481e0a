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

from lmprice.errors import PricingError
from lmprice.formula import functions

__version__ = "0.1.0"

# A chapter registers its functions when it is imported; all of them are exported from here.
for _chapter in (
    "costs",
    "profits",
    "breakeven",
    "tokens",
    "charges",
    "discounts",
    "strategy",
    "optimal_prices",
    "demand",
    "competition",
    "oligopoly",
    "dynamic",
    "decline",
    "trend",
    "learning",
    "investment",
):
    importlib.import_module(f"lmprice.{_chapter}")
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
    "launch": "lmprice.launch",
    "compare_launches": "lmprice.launch",
    "skimming_path": "lmprice.launch",
    "penetration_path": "lmprice.launch",
    "plots": "lmprice.plots",
    "simulation": "lmprice.simulation",
    "simulate_market": "lmprice.simulation",
    "simulate_pricing": "lmprice.simulation",
    "monte_carlo": "lmprice.simulation",
    "sensitivity": "lmprice.simulation",
    "two_way": "lmprice.simulation",
    "price_war": "lmprice.rivalry",
    "fit_decline": "lmprice.decline_fit",
    "TrendFit": "lmprice.decline_fit",
    "simulate_dynamic_pricing": "lmprice.dynamic_simulation",
    "segment_prices": "lmprice.segments",
    "two_part_tariff": "lmprice.tariffs",
    "best_bundles": "lmprice.bundles",
    "bundle_choice": "lmprice.bundles",
    "best_versions": "lmprice.bundles",
    "van_westendorp": "lmprice.surveys",
    "gabor_granger": "lmprice.surveys",
    "data": "lmprice.data",
    "list_prices": "lmprice.data",
    "internal_rates": "lmprice.rates_of_return",
    "gradient_descent": "lmprice.gradient",
    "fit_cost_curve": "lmprice.cost_curve",
    "fit_price_response": "lmprice.price_response",
    "fit_logistic_demand": "lmprice.logistic_demand",
    "project_drivers": "lmprice.drivers",
    "Drivers": "lmprice.drivers",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'lmprice' has no attribute {name!r}")
    module = importlib.import_module(_LAZY[name])
    return module if _LAZY[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
