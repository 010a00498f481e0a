"""The tables and the figure of the pages that explain (run with ``python -m``).

Writes ``coverage.md`` and ``coverage.svg`` by simulation, ``derivatives.md`` from central finite
differences at the example of every closed form.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lmprice import PricingError, derivative, functions
from lmprice.language.formula import PricingFunction
from tests.benchmarks.trend_coverage import CONFIDENCE, Coverage, coverage

PAGES = Path(__file__).parent.parent.parent / "docs/explanations"
AUTOCORRELATIONS = (0.0, 0.3, 0.6, 0.8)
LENGTHS = (7, 13, 26)
STEP = 1e-5

COVERAGE_HEAD = """\
# Intervals that hold

An interval of 90 % is worth its name if 90 of 100 such intervals hold the true value. Prices
follow one another: where one is above the trend, the next is likely to be as well
(autocorrelation). Least squares takes them for independent and promises too much. `fit_decline`
allows for it by default, and its text says where it cannot; `errors="independent"` gives the
intervals of least squares.

\\[
\\ln p_t = a + b\\,t + e_t, \\qquad e_t = \\rho\\, e_{t-1} + u_t
\\]

Simulated: prices a quarter apart that fall by a factor of four a year, errors AR(1). Of the
histories these shares had an interval that held the annual factor, the price 40 % of the history
later, and the annual factor by least squares. The script is `tests/benchmarks/explanations.py`.

![Coverage by autocorrelation](coverage.svg)

"""

DERIVATIVES_HEAD = """\
# Derivatives

The tree of a formula is differentiated, rule by rule, so that a derivative is exact, and a formula
itself: in Excel, SQL and all other dialects. At a kink or a step, where there is none, it is NaN.

\\[
\\frac{\\partial}{\\partial p}\\,\\frac{F}{p - c} = -\\frac{F}{(p - c)^2}
\\]

Each row is a closed form at its example: the derivative, what central finite differences say (steps
of a hundred-thousandth of the argument), and how far apart they are, as a share.

| Function | By | Derivative | Finite difference | Apart |
| --- | --- | ---: | ---: | ---: |
"""


def coverages(draws: int) -> dict[tuple[int, float], Coverage]:
    """Coverage by number of prices and autocorrelation."""
    return {
        (n, rho): coverage(n, rho, even=True, draws=draws)
        for n in LENGTHS
        for rho in AUTOCORRELATIONS
    }


def coverage_page(found: dict[tuple[int, float], Coverage], draws: int) -> str:
    """The page with the table of coverage."""
    rows = ["| Prices | Autocorrelation | Factor | Forecast | Least squares |"]
    rows.append("| ---: | ---: | ---: | ---: | ---: |")
    for (n, rho), c in found.items():
        shares = " | ".join(f"{100 * share:.0f} %" for share in c)
        rows.append(f"| {n} | {rho:g} | {shares} |")
    note = f"\nEach row is {draws:,} histories; intervals of {CONFIDENCE:.0%}.\n"
    return COVERAGE_HEAD + "\n".join(rows) + "\n" + note


def coverage_figure(found: dict[tuple[int, float], Coverage], path: Path) -> None:
    """The coverage of 13 prices by autocorrelation, both ways."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for name, look in (("factor", "-o"), ("least_squares", "--s")):
        shares = [getattr(found[13, rho], name) for rho in AUTOCORRELATIONS]
        label = "default" if name == "factor" else "least squares"
        axes.plot(AUTOCORRELATIONS, shares, look, label=label)
    axes.axhline(CONFIDENCE, color="black", linewidth=0.8, linestyle=":")
    axes.set(xlabel="Autocorrelation", ylabel="Share that held, of 90 % intervals", ylim=(0, 1))
    axes.set_title("13 prices", loc="left")
    axes.legend(frameon=False)
    with mpl.rc_context({"svg.hashsalt": "lmprice"}):
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def derivative_rows() -> Iterator[tuple[str, str, float, float]]:
    """Function, parameter, derivative and finite difference, of all closed forms of numbers."""
    for f in functions():
        for parameter in f.parameters:
            try:
                slope = derivative(f, parameter.name)
            except PricingError:  # a column, a flag, or no closed form
                continue
            at = dict(zip((p.name for p in f.parameters), f.example, strict=False))
            exact = float(slope(**at))
            yield f.name, parameter.name, exact, _difference(f, at, parameter.name)


def _difference(f: PricingFunction, at: dict[str, Any], by: str) -> float:
    value = float(np.asarray(at.get(by, 0.0)))
    found = []
    for step in (STEP * max(abs(value), 1e-3), STEP / 100 * max(abs(value), 1e-3)):
        try:
            above, below = (float(f.function(**{**at, by: value + x})) for x in (step, -step))
        except PricingError:  # beyond a bound
            return math.nan
        found.append((above - below) / (2 * step))
    # Where a smaller step says something else there is a kink or a step of the function.
    return found[0] if math.isclose(*found, rel_tol=1e-2, abs_tol=1e-9) else math.nan


def derivatives_page() -> str:
    """The page with the table of derivatives."""
    rows = []
    for name, by, exact, difference in derivative_rows():
        if math.isnan(exact) or math.isnan(difference):  # a kink, a step, or a bound beside it
            continue
        size = max(abs(exact), abs(difference))
        apart = abs(exact - difference) / size if size else 0.0
        rows.append(f"| `{name}` | {by} | {exact:.8g} | {difference:.8g} | {apart:.0e} |")
    return DERIVATIVES_HEAD + "\n".join(rows) + "\n"


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20_000)
    draws = parser.parse_args().draws
    found = coverages(draws)
    (PAGES / "coverage.md").write_text(coverage_page(found, draws), encoding="utf-8")
    coverage_figure(found, PAGES / "coverage.svg")
    (PAGES / "derivatives.md").write_text(derivatives_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
