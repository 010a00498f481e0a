"""Functions whose result is a column, which tests register and take out again.

The module has nothing but these, so that LibreOffice's Python can load it, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from lmprice.language.expression import exp, figures, largest, maximum, smallest, total
from lmprice.language.formula import pricing_function
from lmprice.language.terms import FRACTION, Column, Term, Text

QUALITY = Term(Text("Quality", "质量"), Text("utils", "效用"), Text("Its quality", "产品的质量"))
Quality = Annotated[float, QUALITY]
Outside = Annotated[float, replace(QUALITY, absent=-1e200)]
Spread = Annotated[
    float,
    Term(Text("Spread", "离散"), Text("utils", "效用"), Text("Of tastes", "口味的离散"), gt=0),
]
Share = Annotated[
    float, Term(Text("Share", "份额"), FRACTION, Text("Of all sales", "占全部销量"), ge=0, le=1)
]


@pricing_function("LMTOYSHARES", "toys")
def toy_shares(qualities: Column[Quality], spread: Spread, outside: Outside = 0) -> Column[Share]:
    """Shares of sales by quality.

    Examples
    --------
    >>> toy_shares([2, 2], 1, None)
    array([0.5, 0.5])
    """
    best = maximum(largest(qualities), outside)
    weights = exp((qualities - best) / spread)
    return weights / (total(weights) + exp((outside - best) / spread))


@pricing_function("LMTOYFIGURES", "toys", has_formula=False)
def toy_figures(qualities: Column[Quality], spread: Spread) -> Column[Quality]:
    """Worst, best and all qualities in units of the spread.

    Examples
    --------
    >>> toy_figures([3, 1, 2], 2)
    array([0.5, 1.5, 3. ])
    """
    worst, best = smallest(qualities) / spread, largest(qualities) / spread
    return figures(worst, best, total(qualities) / spread)
