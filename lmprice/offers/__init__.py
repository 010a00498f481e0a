"""Offers: which discount to give, compared on one workload of customers.

A :class:`Workload` says what the customers use at the list price and what it costs to serve them.
A strategy says what they would be billed instead: :class:`FlatCut`, :class:`Promotion`,
:class:`SpendCommitment`, :class:`CachePrice`, :class:`BatchPrice`, :class:`OffPeakPrice`,
:class:`GraduatedTiers` or :class:`VolumeTiers`.  A demand says how usage answers to the price:
:class:`ConstantElasticity` or :class:`LogitDemand`.  :func:`compare_strategies` puts them side by
side, and :func:`factor_for_margin` finds the tier prices that earn a target margin.

Money is in USD.  Quantities are in the unit that the prices are for: million tokens where prices
are in USD per million tokens.

Which of four discounts should this provider offer?  Six customers pay $2 per million tokens, which
cost $0.80 to serve; an elasticity of -1.3 says how their usage answers to the price:

>>> from math import inf
>>> workload = Workload(
...     quantity=[60, 250, 900, 2_600, 8_000, 20_000],  # million tokens a month
...     price=2,
...     unit_cost=0.8,
...     fixed_cost=10_000,
...     batch_share=[0, 0.1, 0.2, 0.3, 0.5, 0.6],  # could wait for a batch
... )
>>> strategies = {
...     "20 % off": FlatCut(0.2),
...     "Volume tiers": VolumeTiers([1_000, 10_000, inf], [2.25, 1.8, 1.44]),
...     "Commitment": SpendCommitment(7_000, discount=0.3),
...     "Half-price batch": BatchPrice(0.5, cost_saving=0.5),
... }
>>> demand = ConstantElasticity(-1.3)
>>> print(compare_strategies(workload, strategies, demand))
                                                        Volume Breakeven   Pay less   Pay more
Strategy         Revenue   Cost Profit Margin Discount    lift      lift (our gain) (our gain)
──────────────────────────────────────────────────────────────────────────────────────────────
List price        63,620 35,448 28,172 44.3 %    0.0 %  +0.0 %    +0.0 %          0          0
20 % off          68,025 44,012 24,012 35.3 %   20.0 % +33.7 %   +50.0 % 6 (-4,160)          0
Volume tiers      68,360 45,079 23,280 34.1 %   22.1 % +37.8 %   +51.8 % 3 (-4,945)    3 (+53)
Commitment        66,845 39,138 27,707 41.4 %    8.2 % +14.5 %   +18.6 %   2 (-465)          0
Half-price batch  69,905 37,962 31,943 45.7 %   27.2 % +50.9 %   +36.4 % 5 (+3,771)          0
<BLANKLINE>
Best by profit: Half-price batch, 3,771 more than at the list price.
Volume tiers: above 1,000 units the bill falls from 2,250 to 1,800
  (from 800 on it is cheaper to buy more; the bill is 2,250 again at 1,250)
Volume tiers: above 10,000 units the bill falls from 18,000 to 14,400
  (from 8,000 on it is cheaper to buy more; the bill is 18,000 again at 12,500)

Only the batch price brings more volume than it needs to break even.  The volume tiers would have to
be 28 % dearer to keep the margin of the list price:

>>> margin = compare_strategies(workload, {}).best.margin
>>> round(factor_for_margin(workload, strategies["Volume tiers"], margin, demand), 4)
1.2845
"""

from lmprice.chapters.discounts.offers.comparison import compare_strategies
from lmprice.chapters.discounts.offers.outcomes import Comparison, Customers, Group, Outcome
from lmprice.chapters.discounts.offers.response import ConstantElasticity, Demand, LogitDemand
from lmprice.chapters.discounts.offers.strategies import (
    BatchPrice,
    CachePrice,
    DiscountedShare,
    FlatCut,
    ListPrice,
    OffPeakPrice,
    Promotion,
    SpendCommitment,
)
from lmprice.chapters.discounts.offers.strategy import Cliff, Strategy
from lmprice.chapters.discounts.offers.target import factor_for_margin
from lmprice.chapters.discounts.offers.tiers import GraduatedTiers, TierTable, VolumeTiers
from lmprice.chapters.discounts.offers.workload import Workload

__all__ = [
    "BatchPrice",
    "CachePrice",
    "Cliff",
    "Comparison",
    "ConstantElasticity",
    "Customers",
    "Demand",
    "DiscountedShare",
    "FlatCut",
    "GraduatedTiers",
    "Group",
    "ListPrice",
    "LogitDemand",
    "OffPeakPrice",
    "Outcome",
    "Promotion",
    "SpendCommitment",
    "Strategy",
    "TierTable",
    "VolumeTiers",
    "Workload",
    "compare_strategies",
    "factor_for_margin",
]


def __dir__() -> list[str]:
    return sorted(__all__)
