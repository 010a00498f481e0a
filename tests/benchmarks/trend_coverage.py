"""How often the intervals of a trend hold, by simulation (run with ``python -m``).

A history falls by a factor of 4 a year; its errors are normal, those of each price correlated with
those of the one before it (AR(1), by rows; with ``by_time`` by the time between them).  Dates are
even, a quarter apart, or drawn at random.  The forecast is that of a price 0.4 of the history
later.  What the documentation says of coverage is what this prints.
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.decline.swings import swings
from lmprice.chapters.learning.regression import least_squares

CONFIDENCE = 0.9
SLOPE = -math.log(4)
AHEAD = 0.4


class Coverage(NamedTuple):
    """Shares of the histories whose interval held."""

    factor: float
    forecast: float
    least_squares: float


def coverage(
    n: int,
    autocorrelation: float,
    *,
    even: bool,
    by_time: bool = False,
    draws: int = 20_000,
    seed: int = 1,
) -> Coverage:
    """The shares among that many histories; of random dates there are twenty sets."""
    random = np.random.default_rng(seed)
    sets = 1 if even else 20
    held = []
    for _ in range(sets):
        years = np.arange(n) / 4 if even else np.sort(random.uniform(0, n / 4, n))
        held.append(_held(years, autocorrelation, by_time, draws // sets, random))
    return Coverage(*np.mean(held, axis=0))


def _held(
    years: NDArray[np.float64],
    autocorrelation: float,
    by_time: bool,
    draws: int,
    random: np.random.Generator,
) -> list[float]:
    n = len(years)
    at = years[-1] + AHEAD * np.ptp(years)
    step = np.diff(years).mean()
    lags = np.diff(years) / step if by_time else np.ones(n - 1)
    lags = np.append(lags, (at - years[-1]) / step)
    errors = random.standard_normal((draws, n + 1))
    for row, lag in enumerate(lags, 1):
        kept = autocorrelation**lag
        errors[:, row] = kept * errors[:, row - 1] + math.sqrt(1 - kept**2) * errors[:, row]
    design = np.column_stack([np.ones(n), years])
    ahead = np.array([1.0, at])
    found = []
    for error in errors:
        response = SLOPE * years + error[:n]
        line = least_squares(design, response)
        judge = swings(line, design, response)
        _, low, high = judge.coefficient(1, CONFIDENCE)
        _, lowest, highest = judge.prediction(ahead, CONFIDENCE)
        _, narrow, wide = line.coefficient(1, CONFIDENCE)
        price = SLOPE * at + error[n]
        found.append([low <= SLOPE <= high, lowest <= price <= highest, narrow <= SLOPE <= wide])
    return [float(share) for share in np.mean(found, axis=0)]


def main() -> None:
    """Print the coverage of histories of several lengths."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20_000)
    draws = parser.parse_args().draws
    print(f"Coverage of {CONFIDENCE:.0%} intervals, {draws:,} histories each")
    print("prices  dates              autocorrelation  factor  forecast  least squares")
    for n in (5, 7, 9, 13, 26, 60):
        for even, by_time in ((True, False), (False, False), (False, True)):
            dates = "even" if even else "random, by time" if by_time else "random, by row"
            for rho in (0.0, 0.3, 0.6, 0.8):
                c = coverage(n, rho, even=even, by_time=by_time, draws=draws)
                figures = f"{c.factor:6.3f}  {c.forecast:8.3f}  {c.least_squares:13.3f}"
                print(f"{n:6}  {dates:17}  {rho:15}  {figures}", flush=True)


if __name__ == "__main__":
    main()
