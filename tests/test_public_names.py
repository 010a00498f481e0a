"""The public names: all of them, nothing else, and each loaded when it is first used."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import lmprice

PACKAGE: Any = lmprice

MORE = """
    functions PricingError Array Scalar Values build read check WorkbookError Problem
    simulation simulate_market simulate_pricing monte_carlo sensitivity two_way data list_prices
    billing offers plots scenarios
    fit_cost_curve compare_strategies factor_for_margin
    launch compare_launches skimming_path penetration_path segment_prices two_part_tariff
    best_bundles bundle_choice best_versions van_westendorp gabor_granger
    fit_price_response fit_logistic_demand price_war simulate_dynamic_pricing
    fit_decline TrendFit project_drivers Drivers gradient_descent internal_rates
"""


def _in_a_fresh_python(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_all_and_dir_hold_the_public_names_and_nothing_else() -> None:
    assert set(PACKAGE.__all__) >= {f.name for f in lmprice.functions()} | set(MORE.split())
    assert dir(lmprice) == sorted(PACKAGE.__all__)
    assert len(set(PACKAGE.__all__)) == len(PACKAGE.__all__)
    hidden = [name for name in PACKAGE.__all__ if name.startswith("_")]
    assert hidden == []


def test_every_name_is_there() -> None:
    for name in PACKAGE.__all__:
        assert getattr(lmprice, name) is not None
    for f in lmprice.functions():
        assert getattr(lmprice, f.name) is f.function


def test_what_is_no_name_is_said_to_be_none() -> None:
    assert not hasattr(lmprice, "prophet")


@pytest.mark.engine
def test_a_star_import() -> None:
    code = (
        "from lmprice import *; print(profit(100, 20, 10, 100), fit_decline.__name__, plots.save)"
    )
    assert _in_a_fresh_python(code).startswith("900.0 fit_decline <function save")


def test_the_package_loads_nothing_and_a_formula_no_other_chapter() -> None:
    loaded = "[m for m in sys.modules if m.startswith(('lmprice.', 'numpy', 'pydantic'))]"
    assert _in_a_fresh_python(f"import sys, lmprice; print({loaded})") == "[]\n"
    code = "import sys, lmprice; lmprice.cost(1, 2); print(*sys.modules)"
    modules = set(_in_a_fresh_python(code).split())
    assert "lmprice.chapters.cost.functions" in modules
    chapters = {m.split(".")[2] for m in modules if m.count(".") == 3 and ".chapters." in m}
    assert chapters == {"cost"}
    assert not {"pydantic", "openpyxl", "scipy", "typer", "rich"} & modules


def test_the_order_of_the_functions_does_not_depend_on_what_was_loaded_first() -> None:
    code = "import lmprice; lmprice.fit_decline; print(*(f.name for f in lmprice.functions()))"
    in_order = [f.name for f in lmprice.functions() if f.kernel.__module__.startswith("lmprice.")]
    assert _in_a_fresh_python(code).split() == in_order


@pytest.mark.parametrize(
    "room", ["simulation", "scenarios", "offers", "data", "plots", "billing", "launch", "page"]
)
def test_the_rooms_show_their_public_names_and_nothing_else(room: str) -> None:
    module: Any = getattr(lmprice, room)
    assert dir(module) == sorted(module.__all__)
    assert [name for name in dir(module) if getattr(module, name) is None] == []
