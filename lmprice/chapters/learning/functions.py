"""Learning: how wrong a prediction is.

The squared error judges numbers, such as the cost of a month; cross-entropy judges probabilities,
such as that of a sale at a price.  Fitting a curve means making one of them as small as possible:
`fit_cost_curve` does it to the first, `fit_price_response` to the second.
"""

from __future__ import annotations

from lmprice.chapters.learning.quantities import (
    Actual,
    CrossEntropy,
    Outcome,
    Predicted,
    Probability,
    SquaredError,
)
from lmprice.language.expression import count, log, maximum, total
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column

CATEGORY = "learning"

# The logarithm of 0 is infinite: no logarithm is taken of less than this.
LEAST_PROBABILITY = 1e-15


@pricing_function("LMMSE", CATEGORY)
def mse(actual: Column[Actual], predicted: Column[Predicted]) -> SquaredError:
    """Mean squared error of predictions: the mean, over the rows, of the squared differences.

    Notes
    -----
    Σ (actual - predicted)² / n.

    Examples
    --------
    >>> mse([3, 5, 7], [2, 5, 9])
    1.6666666666666667
    """
    return total((actual - predicted) ** 2) / count(actual)


@pricing_function("LMXENT", CATEGORY)
def cross_entropy(outcomes: Column[Outcome], probabilities: Column[Probability]) -> CrossEntropy:
    """Binary cross-entropy of predicted probabilities: the mean, over the rows, of -ln P(outcome).

    Notes
    -----
    -Σ (y ln p + (1 - y) ln(1 - p)) / n, also called log loss: the negative log likelihood of one
    row.  Neither logarithm is taken of less than 1e-15, so that a probability of exactly 0 for what
    did happen costs 34.54 instead of infinitely much; a certainty that came true costs 0.

    Examples
    --------
    >>> round(cross_entropy([1, 1], [0.5, 0.5]), 4)
    0.6931
    >>> round(cross_entropy([1, 0], [1, 1]), 2)
    17.27
    """
    of_yes = outcomes * log(maximum(probabilities, LEAST_PROBABILITY))
    of_no = (1 - outcomes) * log(maximum(1 - probabilities, LEAST_PROBABILITY))
    return total(-of_yes - of_no) / count(outcomes)
