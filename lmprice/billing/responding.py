"""The response of demand: what customers pay once a new price has changed how much they use.

Demand responds by a constant elasticity E: a customer whose bill for the same usage becomes r times
as high uses r^E times as much, at the new average price.  How sure the elasticity is, is part of
the answer: low, likely and high give a range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, cast

import numpy as np

from lmprice.billing.lazy import pl
from lmprice.chapters.demand.fit import DemandFit, fit_demand
from lmprice.chapters.demand.functions import constant_elasticity_demand
from lmprice.language.errors import PricingError, shown

ElasticityArgument = float | Sequence[float] | DemandFit | None


@dataclass(frozen=True)
class Response:
    """What all customers pay and cost once their demand has answered the new price."""

    elasticity: float
    revenue: float
    cost: float | None  # None without a book of costs
    fixed: int  # customers who paid nothing or will: no elasticity tells, their usage stays


def _refused(owner: str, given: Any, rule: str) -> PricingError:
    return PricingError.said(f"{owner}: elasticity {rule}", owner, "elasticity", given, rule)


def elasticities(owner: str, given: ElasticityArgument) -> tuple[float, ...]:
    """One elasticity, or how low, likely and high it is; () where demand stays what it was.

    Raises
    ------
    PricingError
        Where one is above 0 or no number, or three do not rise.
    """
    if given is None:
        return ()
    if isinstance(given, DemandFit):
        value, low, high = given.elasticity
        if math.isnan(low):
            message = f"{owner}: {given.rows} observations give no interval: three do"
            raise PricingError.said(message, owner, "elasticity", given)
        given = (low, value, high)
    found: tuple[Any, ...] = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    for one in found:
        if isinstance(one, (bool, np.timedelta64)) or not isinstance(one, Real):
            raise PricingError(owner, "elasticity", one, "is not a number")
        if not (-math.inf < cast(float, one) <= 0):
            raise _refused(owner, given, f"{shown(one)} is not at most 0")
    if len(found) not in (1, 3):
        raise _refused(owner, given, "is one number, or three: low, likely, high")
    if list(found) != sorted(found):
        raise _refused(owner, given, f"{list(found)} does not rise")
    return found


def observed_demand(path: str | Path) -> DemandFit:
    """The elasticity in a CSV file of what was sold at which price: ``price`` and ``quantity``.

    Raises
    ------
    ValueError
        Where the file has no such columns, or no elasticity with an interval below 0.
    """
    path = Path(path)
    try:
        table = pl.read_csv(path, columns=["price", "quantity"], infer_schema_length=None)
        prices, sold = (table[name].cast(pl.Float64).to_numpy() for name in ("price", "quantity"))
        fit = fit_demand(prices, sold)
    except (pl.exceptions.PolarsError, UnicodeError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path.name} has no columns price and quantity: {reason}") from None
    except PricingError as error:
        raise ValueError(f"{path.name}: {error}") from None
    try:
        elasticities(path.name, fit)
    except ValueError as error:
        raise ValueError(f"{error}; {fit}".replace("\n", " ")) from None
    return fit


def with_responses(
    table: pl.DataFrame, found: tuple[float, ...]
) -> tuple[pl.DataFrame, tuple[Response, ...]]:
    """The demand response of each customer; who pays nothing on one side keeps the usage.

    Takes a table with ``now`` and ``then`` (and ``cost``) by customer; adds ``demand``,
    ``response``, ``response_low`` and ``response_high``.
    """
    if not found:
        return table, ()
    answers = (pl.col("now") > 0) & (pl.col("then") > 0)
    ratio = table.select(
        pl.when(answers).then(pl.col("then").cast(pl.Float64) / pl.col("now").cast(pl.Float64))
        .otherwise(1.0)
    ).to_series().to_numpy()  # fmt: skip
    fixed = table.height - int(table.select(answers.sum()).item() or 0)
    then = table["then"].cast(pl.Float64)
    demands = [
        pl.Series(constant_elasticity_demand(ratio, 1.0, one), dtype=pl.Float64) for one in found
    ]
    responses = tuple(
        Response(
            one,
            float((then * demand).sum()),
            float((table["cost"].cast(pl.Float64) * demand).sum())
            if "cost" in table.columns
            else None,
            fixed,
        )
        for one, demand in zip(found, demands, strict=True)
    )
    likely = demands[len(demands) // 2]
    paid_then = pl.DataFrame({str(n): then * demand for n, demand in enumerate(demands)})
    table = table.with_columns(
        likely.alias("demand"),
        (then * likely).alias("response"),
        paid_then.min_horizontal().alias("response_low"),
        paid_then.max_horizontal().alias("response_high"),
    )
    return table, responses
