"""What a Monte Carlo simulation found out: figures of each result, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.checks import single_number
from lmprice.language.terms import Term, term
from lmprice.output.framed import Framed
from lmprice.output.printing import percent, plain_text, shown, text_table
from lmprice.scenarios import Scenario
from lmprice.simulation import quantities as terms
from lmprice.simulation.cells import whole
from lmprice.simulation.distributions import Distribution
from lmprice.simulation.figures import heading, spread


@dataclass(frozen=True, eq=False)
class Convergence:
    """How the mean of a result settled as draws were added.

    Parameters
    ----------
    draws : array
        Number of draws with an answer so far.
    mean : array
        Mean of these draws.
    half_width : array
        Half the width of the confidence interval of the mean.
    confidence : float
        Confidence of that interval.
    """

    draws: Array
    mean: Array
    half_width: Array
    confidence: float


@dataclass(frozen=True, eq=False)
class Outcome(Framed):
    """One result over all draws.

    Draws without an answer (NaN) are counted in ``no_answer``; every other figure is of the draws
    that have an answer, and NaN where none has.

    Parameters
    ----------
    key : str
        Key of the result.
    term : Term
        Title and unit of the result.
    base : float
        The result at the scenario's own inputs.
    draws : array
        The result of each draw, in the order of the draws; NaN where there is no answer.
    mean, sd : float
        Mean and standard deviation.
    standard_error : float
        Standard error of the mean: how far it may be from that of endless draws.
    quantiles : dict
        Value by probability.
    chance_of_loss : float
        Share below 0.
    no_answer : float
        Share of all draws that have no answer.
    """

    key: str
    term: Term
    base: float
    draws: Array
    mean: float
    sd: float
    standard_error: float
    quantiles: Mapping[float, float]
    chance_of_loss: float
    no_answer: float

    def chance_below(self, value: float) -> float:
        """The share of the answered draws that are below a value; NaN where none is answered."""
        answered = self.draws[~np.isnan(self.draws)]
        return float(np.mean(answered < value)) if answered.size else math.nan

    def convergence(self, points: int = 100, confidence: float = 0.95) -> Convergence:
        """The running mean and its confidence interval, at points that thin out.

        Parameters
        ----------
        points : int
            About how many points; at small numbers of draws some coincide.
        confidence : float
            Confidence of the interval (above 0, below 1).
        """
        from scipy.special import ndtri

        level = single_number("convergence", "confidence", confidence, term(terms.Confidence))
        count = whole("convergence", "points", points, least=2)
        answered = self.draws[~np.isnan(self.draws)]
        if answered.size < 2:
            nothing = np.empty(0)
            return Convergence(nothing, nothing, nothing, level)
        at = np.unique(np.geomspace(2, answered.size, count).round().astype(np.int64))
        # Around the mean of all draws, so that the sum of squares does not cancel.
        away = answered - self.mean
        offset = np.cumsum(away)[at - 1] / at
        squares = np.cumsum(away**2)[at - 1] - at * offset**2
        errors = np.sqrt(np.maximum(squares, 0) / (at - 1) / at)
        width = float(ndtri((1 + level) / 2)) * errors
        return Convergence(at.astype(np.float64), self.mean + offset, width, level)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One row: the figures of the result."""
        names = ("key", "base", "mean", "standard_error", "sd", "chance_of_loss", "no_answer")
        quantiles = {f"quantile_{p:g}": value for p, value in self.quantiles.items()}
        return [{name: getattr(self, name) for name in names} | quantiles]

    def __str__(self) -> str:
        return outcome_table((self,))


@dataclass(frozen=True, eq=False)
class MonteCarlo(Framed):
    """What uncertain inputs make of the results of a scenario; ``print`` shows it as a table.

    Parameters
    ----------
    scenario : Scenario
        The inputs that were not drawn, and those that were at their own values.
    distributions : dict
        Distribution by input.
    draws : int
        Number of draws.
    seed : int
        Seed of the draws.
    outcomes : tuple of Outcome
        The results, in the order of the scenario; ``simulated["profit"]`` is one of them.
    correlations : dict
        Rank correlation by pairs of inputs.
    """

    scenario: Scenario
    distributions: Mapping[str, Distribution]
    draws: int
    seed: int
    outcomes: tuple[Outcome, ...]
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Outcome:
        for outcome in self.outcomes:
            if outcome.key == key:
                return outcome
        raise KeyError(key)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat row a result: ``pandas.DataFrame(simulated.to_dicts())``."""
        return [row for outcome in self.outcomes for row in outcome.to_dicts()]

    def __str__(self) -> str:
        name = self.scenario.template.title.en
        lines = [f"{name}: {self.draws:,} draws, seed {self.seed}"]
        lines += [f"  {name} ~ {source}" for name, source in self.distributions.items()]
        pairs = self.correlations.items()
        lines += [f"  rank correlation of {a} and {b}: {r:g}" for (a, b), r in pairs]
        return "\n".join([*lines, "", outcome_table(self.outcomes)])


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """Results over all draws, a line each."""
    probabilities = list(outcomes[0].quantiles) if outcomes else []
    quantiles = [f"{100 * p:g} %" for p in probabilities]
    head = ["Base", "Mean", "Std. error", "Std. dev.", *quantiles, "Below 0", "No answer"]
    table = text_table("Result", *head)
    for row in outcomes:
        table.add_row(
            heading(row.term),
            *(shown(x, row.term) for x in (row.base, row.mean)),
            *(spread(x, row.term) for x in (row.standard_error, row.sd)),
            *(shown(x, row.term) for x in row.quantiles.values()),
            *("-" if math.isnan(x) else percent(x) for x in (row.chance_of_loss, row.no_answer)),
        )
    return plain_text(table)


def summarized(
    kind: Term, key: str, base: float, values: Array, probabilities: Sequence[float]
) -> Outcome:
    """The figures of one result."""
    answered = values[~np.isnan(values)]
    size = answered.size
    with np.errstate(over="ignore", invalid="ignore"):  # of draws beyond 1e154
        sd = float(answered.std(ddof=1)) if size > 1 else math.nan
        mean = float(answered.mean()) if size else math.nan
    if size and answered.min() == answered.max():  # whose mean would be off by rounding
        mean, sd = float(answered[0]), 0.0 if size > 1 else math.nan
    found = np.quantile(answered, probabilities) if size else [math.nan] * len(probabilities)
    return Outcome(
        key=key,
        term=kind,
        base=base,
        draws=values,
        mean=mean,
        sd=sd,
        standard_error=sd / math.sqrt(size) if size else math.nan,
        quantiles=dict(zip(probabilities, map(float, found), strict=True)),
        chance_of_loss=float(np.mean(answered < 0)) if size else math.nan,
        no_answer=1 - size / values.size,
    )


def _share(value: float) -> str:
    return "-" if math.isnan(value) else percent(value)
