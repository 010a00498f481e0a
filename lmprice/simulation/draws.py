"""Monte Carlo: inputs of a scenario are drawn at random, and its results computed for each draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.checks import check_mapping, single_number
from lmprice.language.errors import PricingError, shown
from lmprice.language.terms import Term, term
from lmprice.scenarios import Scenario
from lmprice.simulation import cells
from lmprice.simulation import quantities as terms
from lmprice.simulation.distributions import Distribution, Truncated
from lmprice.simulation.outcomes import MonteCarlo, summarized
from lmprice.simulation.progress import progress_bar

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAME = "monte_carlo"
# Draws are evaluated in blocks, so that a million need no more memory than a block does beyond the
# results that are kept.  The tables of a scenario have an axis each, which makes a block smaller.
_BLOCK = 65536
MOST_NUMBERS = 100_000_000  # draws of all results that are kept, 8 bytes each


def monte_carlo(
    scenario: Scenario | Callable[..., Any],
    distributions: Mapping[str, Distribution],
    draws: int = 10_000,
    seed: int = 0,
    *,
    results: Sequence[str] | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> MonteCarlo:
    """Draw inputs of a scenario at random and see what its results become.

    Parameters
    ----------
    scenario : Scenario or function
        Any scenario with its inputs, or any function of named numbers with defaults.  Inputs
        without a distribution stay as they are.
    distributions : mapping of str to Distribution
        Distribution by input.  Inputs that are one number can be drawn; tables and choices cannot.
    draws : int, default 10,000
        Number of draws (at least 2); of all results that are kept together 100,000,000 at most,
        which take 800 MB.
    seed : int, default 0
        Seed of the draws (at least 0): the same seed gives the same numbers.
    results : sequence of str, optional
        Keys of the results to keep; all of them when left out.  Each takes 8 bytes a draw.
    quantiles : sequence of float
        Probabilities of the quantiles that are reported.

    Returns
    -------
    MonteCarlo
        Mean, standard error, spread, quantiles and chance of loss of each result, and its draws.

    Raises
    ------
    PricingError
        There is no such input or result, or a draw lies outside the bounds of its input: the error
        says what share of the draws does, and how to truncate the distribution.

    Notes
    -----
    Inputs are drawn independently.  Each has a stream of random numbers of its own, made from the
    seed and the name of the input, so that the draws of one do not change when another is added,
    and more draws begin with the same numbers as fewer.

    Examples
    --------
    Of a price of 20, give or take 2, and 100 units, give or take 10, that cost 10 each and 600 in
    all, the mean profit is (20 - 10) 100 - 600 = 400:

    >>> from lmprice.scenarios import Breakeven
    >>> from lmprice.simulation import Normal, monte_carlo
    >>> scenario = Breakeven(price=20, quantity=100, unit_cost=10, fixed_cost=600)
    >>> uncertain = {"price": Normal(20, 2), "quantity": Normal(100, 10)}
    >>> profit = monte_carlo(scenario, uncertain, draws=100_000, seed=1)["profit"]
    >>> abs(profit.mean - 400) < 3 * profit.standard_error
    True
    >>> round(profit.chance_of_loss, 2)
    0.03
    """
    scenario = cells.as_scenario(NAME, scenario)
    base = cells.base_results(scenario)
    kept = base if results is None else dict.fromkeys(results)
    for key in kept:
        cells.known_result(NAME, "results", base, key)
    check_mapping(NAME, "distributions", distributions)
    if not distributions:
        raise PricingError(NAME, "distributions", {}, "names no input")
    sources = {
        name: _Source(name, cells.number_input(NAME, "distributions", scenario, name), d, seed)
        for name, d in distributions.items()
    }
    count = cells.whole(NAME, "draws", draws, least=2)
    probabilities = [
        single_number(NAME, "quantiles", p, term(terms.Probability)) for p in quantiles
    ]
    most = MOST_NUMBERS // max(len(kept), 1)
    if count > most:
        rule = f"is above {most:,}, the most where {len(kept)} results are kept"
        raise PricingError(NAME, "draws", count, rule)
    values = {key: np.empty(count) for key in kept}
    size = _block_size(scenario)
    with progress_bar("draws", count) as advance:
        for start in range(0, count, size):
            stop = min(start + size, count)
            drawn = {name: s.draw(stop - start, start, count) for name, s in sources.items()}
            found = scenario.evaluate_at(drawn)
            for key, array in values.items():
                array[start:stop] = found[key]
            advance(stop)
    outcomes = (
        summarized(base[k].term, k, base[k].value, values[k], probabilities) for k in values
    )
    return MonteCarlo(scenario, dict(distributions), count, seed, tuple(outcomes))


class _Source:
    """The random numbers of one input."""

    def __init__(self, name: str, kind: Term, distribution: Distribution, seed: int) -> None:
        if not isinstance(distribution, Distribution):
            rule = f"is not a distribution for {name}"
            raise PricingError(NAME, "distributions", distribution, rule)
        self.name, self.kind, self.distribution = name, kind, distribution
        self._seed = cells.whole(NAME, "seed", seed, least=0)
        self._generator = self._stream()

    def _stream(self) -> np.random.Generator:
        # Spelled out, the name is a key of its own: no two inputs share a stream.
        key = tuple(self.name.encode())
        return np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=key))

    def draw(self, size: int, start: int, draws: int) -> Array:
        """The next draws; raises where one lies outside the bounds of the input."""
        values = self.distribution.draw(self._generator, size)
        for bad, rule in cells.outside(self.kind, values):
            first = int(np.argmax(bad))
            self._refuse(values[first], (start + first,), rule, draws)
        return values

    def _refuse(self, value: float, index: tuple[int, ...], rule: str, draws: int) -> None:
        """Say how many of all the draws are outside, and what would help."""
        stream = self._stream()
        count = sum(
            int(self._is_outside(self.distribution.draw(stream, size)).sum())
            for size in _sizes(draws, _BLOCK)
        )
        share = f"{count / draws:.2%}".replace("%", " %")
        message = f"{rule}; {share} of the draws ({count:,} of {draws:,}) are out of bounds"
        message += f" of {self._limits()}" if self._limits() else ""
        if self.kind.bounds and not isinstance(self.distribution, Truncated):
            message += f": use Truncated({self.distribution!r}, {self._limits()})"
        raise PricingError(NAME, self.name, value, message, index)

    def _is_outside(self, values: Array) -> Array:
        broken = [bad for bad, _ in cells.outside(self.kind, values)]
        return np.any(broken, axis=0) if broken else np.zeros(values.shape, dtype=bool)

    def _limits(self) -> str:
        sides = [("low" if b.is_lower else "high", b.limit) for b in self.kind.bounds]
        return ", ".join(f"{side}={shown(float(limit))}" for side, limit in sides)


def _sizes(draws: int, block: int) -> Iterator[int]:
    return (min(block, draws - start) for start in range(0, draws, block))


def _block_size(scenario: Scenario) -> int:
    """Draws at a time: pairs of the rows of tables take their place in a block."""
    rows = math.prod(len(getattr(scenario, name)) for name in type(scenario).tables())
    return max(_BLOCK * 4 // max(rows, 4), 1)
