"""Simulation: what happens to the numbers of a scenario when its inputs are others.

:func:`simulate_pricing` follows cost and profit over a range of quantities, and
:func:`simulate_market` several providers over years.  The rest works on any scenario,
a user's own too, and on any function of named numbers: :func:`sensitivity` moves one input at a
time, :func:`two_way` two of them, and :func:`monte_carlo` all that are uncertain at once, by what
is known of each:
:class:`Normal`, :class:`Uniform`, :class:`Triangular`, :class:`Pert`, :class:`LogNormal`, data of
one's own (:class:`Observed`) or its :class:`Percentiles`, any frozen distribution of SciPy, and any
of them :class:`Truncated`.

Does a serving day pay when the load and the price of the hardware are uncertain?

>>> from lmprice.scenarios import Inference
>>> day = Inference(gpu_hour_price=2.0, output_price=0.5, output_mtok=60_000.0, nodes=400.0)
>>> uncertain = {
...     "gpu_hour_price": Triangular(1, 1.2, 3),
...     "uncached_mtok": LogNormal.from_median(200_000, 1.3),
...     "output_mtok": Truncated(Normal(60_000, 30_000), low=0),
... }
>>> simulated = monte_carlo(day, uncertain, draws=20_000, seed=7, results=["revenue", "profit"])
>>> simulated["profit"].chance_of_loss > 0.1
True
"""

from lmprice.simulation.distributions import (
    Distribution,
    LogNormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from lmprice.simulation.draws import monte_carlo
from lmprice.simulation.market import MarketPath, Provider, simulate_market
from lmprice.simulation.observed import Observed, Percentiles
from lmprice.simulation.outcomes import Convergence, MonteCarlo, Outcome
from lmprice.simulation.pricing import PricingCurve, simulate_pricing
from lmprice.simulation.tornado import Bar, Tornado, sensitivity
from lmprice.simulation.truncated import Truncated
from lmprice.simulation.what_if import Axis, TwoWay, two_way

__all__ = [
    "Axis",
    "Bar",
    "Convergence",
    "Distribution",
    "LogNormal",
    "MarketPath",
    "MonteCarlo",
    "Normal",
    "Observed",
    "Outcome",
    "Percentiles",
    "Pert",
    "PricingCurve",
    "Provider",
    "Tornado",
    "Triangular",
    "Truncated",
    "TwoWay",
    "Uniform",
    "monte_carlo",
    "sensitivity",
    "simulate_market",
    "simulate_pricing",
    "two_way",
]


def __dir__() -> list[str]:
    return sorted(__all__)
