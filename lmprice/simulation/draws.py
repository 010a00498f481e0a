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
from lmprice.scenarios.tables import MONTHS
from lmprice.simulation import cells
from lmprice.simulation import quantities as terms
from lmprice.simulation.distributions import (
    LEAST,
    MOST,
    Distribution,
)
from lmprice.simulation.observed import correlated
from lmprice.simulation.outcomes import MonteCarlo, summarized
from lmprice.simulation.progress import progress_bar
from lmprice.simulation.truncated import Truncated, as_distribution

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAME = "monte_carlo"
# Draws are evaluated in blocks, so that a million need no more memory than a block does beyond the
# results that are kept.  The tables of a scenario have an axis each, which makes a block smaller.
_BLOCK = 65536
MOST_NUMBERS = 100_000_000  # draws of all results that are kept, 8 bytes each


def monte_carlo(
    scenario: Scenario | Callable[..., Any],
    distributions: Mapping[str, Distribution | Any],
    draws: int = 10_000,
    seed: int = 0,
    *,
    correlations: Mapping[tuple[str, str], float] | None = None,
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
        Distribution by input: one of this library, or a frozen one of SciPy.  Of a table,
        ``tiers[0].unit_price`` is a cell, ``tiers.unit_price`` a factor on all rows.
    draws : int, default 10,000
        Number of draws (at least 2); of all results that are kept together 100,000,000 at most,
        which take 800 MB.
    seed : int, default 0
        Seed of the draws (at least 0): the same seed gives the same numbers.
    correlations : mapping of pairs of str to float, optional
        Rank correlations (Spearman's, from -1 to 1) by pairs of inputs: ``{("price", "usage"):
        -0.5}``; pairs that are left out are independent.
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
    Each input has a stream of random numbers of its own, made from the seed and the name of the
    input, so that the draws of one do not change when another is added, and more draws begin with
    the same numbers as fewer.  Correlated inputs are joined by a Gaussian copula: their normal
    scores have the correlation 2 sin(pi rho / 6) that gives ranks the correlation rho (Pearson
    1907; Nelsen, *An Introduction to Copulas*, 2006), and each keeps its own distribution.

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
    known = {
        name: as_distribution(NAME, "distributions", d, name) for name, d in distributions.items()
    }
    kinds = {name: cells.number_input(NAME, "distributions", scenario, name) for name in known}
    root = correlated(list(known), {} if correlations is None else correlations, NAME)
    source = _Source(known, kinds, cells.whole(NAME, "seed", seed, least=0), root)
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
            found = scenario.evaluate_at(source.draw(stop - start, start, count), values)
            for key, array in values.items():
                array[start:stop] = found[key]
            advance(stop)
    outcomes = (
        summarized(base[k].term, k, base[k].value, values[k], probabilities) for k in values
    )
    together = dict(correlations or {})
    return MonteCarlo(scenario, known, count, seed, tuple(outcomes), together)


class _Source:
    """The random numbers of all inputs that are drawn."""

    def __init__(
        self,
        distributions: Mapping[str, Distribution],
        kinds: Mapping[str, Term],
        seed: int,
        root: Array | None,
    ) -> None:
        self.distributions, self.kinds = distributions, kinds
        self._seed, self._root = seed, root
        self._generators = [self._stream(name) for name in distributions]

    def _stream(self, name: str) -> np.random.Generator:
        # Spelled out, the name is a key of its own: no two inputs share a stream.
        key = tuple(name.encode())
        return np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=key))

    def draw(self, size: int, start: int, draws: int) -> dict[str, Array]:
        """The next draws; raises where one lies outside the bounds of its input."""
        found = self._next(size)
        for name, values in found.items():
            for bad, rule in cells.outside(self.kinds[name], values):
                first = int(np.argmax(bad))
                self._refuse(name, values[first], (start + first,), rule, draws)
        return found

    def _next(self, size: int) -> dict[str, Array]:
        shares = np.empty((len(self._generators), size))
        for generator, row in zip(self._generators, shares, strict=True):
            generator.random(out=row)
        if self._root is not None:
            shares = _joined(shares, self._root)
        named = zip(self.distributions.items(), shares, strict=True)
        return {name: distribution.at(row) for (name, distribution), row in named}

    def _refuse(
        self, name: str, value: float, index: tuple[int, ...], rule: str, draws: int
    ) -> None:
        """Say how many of all the draws are outside, and what would help."""
        kind, distribution = self.kinds[name], self.distributions[name]
        again = _Source(self.distributions, self.kinds, self._seed, self._root)
        count = sum(
            int(_is_outside(kind, again._next(size)[name]).sum()) for size in _sizes(draws, _BLOCK)
        )
        share = f"{count / draws:.2%}".replace("%", " %")
        message = f"{rule}; {share} of the draws ({count:,} of {draws:,}) are out of bounds"
        limits = _limits(kind)
        message += f" of {limits}" if limits else ""
        if kind.bounds and not isinstance(distribution, Truncated):
            message += f": use Truncated({distribution!r}, {limits})"
        raise PricingError(NAME, name, value, message, index)


def _joined(shares: Array, root: Array) -> Array:
    """Random numbers between 0 and 1 whose normal scores are correlated."""
    from scipy.special import ndtr, ndtri

    # An input that is correlated with none keeps its numbers to the last bit.
    is_alone = (root == np.eye(len(root))).all(axis=1)
    joined: Array = ndtr(root @ ndtri(np.clip(shares, LEAST, MOST)))
    return np.where(is_alone[:, np.newaxis], shares, joined)


def _is_outside(kind: Term, values: Array) -> Array:
    broken = [bad for bad, _ in cells.outside(kind, values)]
    return np.any(broken, axis=0) if broken else np.zeros(values.shape, dtype=bool)


def _limits(kind: Term) -> str:
    sides = [("low" if b.is_lower else "high", b.limit) for b in kind.bounds]
    return ", ".join(f"{side}={shown(float(limit))}" for side, limit in sides)


def _sizes(draws: int, block: int) -> Iterator[int]:
    return (min(block, draws - start) for start in range(0, draws, block))


def _block_size(scenario: Scenario) -> int:
    """Draws at a time: pairs of the rows of tables take their place in a block."""
    rows = math.prod(len(getattr(scenario, name)) for name in type(scenario).tables())
    rows = max(rows, MONTHS if scenario.template.timeline else 1)
    return max(_BLOCK * 4 // max(rows, 4), 1)
