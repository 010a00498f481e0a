"""The rows of a price history made ready for a fit, and what was set aside on the way.

One rule decides about rows that cannot be prices (no number, no date, not above 0).  In a history
of 100 rows or more, where nobody corrects them by hand, they are set aside, each with its reason,
as long as they are at most a quarter of the rows.  In a shorter one, or beyond that share, the
first of them is refused by name.  ``dirty`` says otherwise.

Where rows are set aside, so are typos: single prices far from those just before and after them, and
dates far beyond all the others.  A price that stays at its new level is none, however far it moved.
Where more than a tenth of the prices are so far off, they are no slips: all are kept, and named.
So they are in a history of several products without a quality that tells them apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.decline.reading import (
    OWNER,
    Column,
    Elements,
    elements_of,
    parsed,
    quality_columns,
    read_day,
    read_number,
    read_price,
    refuse,
)
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.language.series import has_series, same_rows

Dirty: TypeAlias = Literal["auto", "set aside", "refuse"]

LONG_HISTORY = 100
"""From so many rows on, rows that cannot be prices are set aside by default."""
LARGEST_SHARE = 0.25
"""So many of all rows may be set aside for not being prices."""

_NOT_CHEAPER = "is not cheaper than the cheapest before it"
_BELOW_LEVEL = "is of a quality below the level asked for"
_DUPLICATE = "repeats an earlier row"
_FAR_DATE = "is a date far beyond the others"
_TYPO = "is far from the prices before and after it: a typo, it seems"

# A typo is told from the seven rows around it, three on either side.
_AROUND = 3
_FEWEST_FOR_TYPOS = 20
_FAR_DAYS = 3650.0  # ten years beyond all but a few others, a year is mistyped
_TYPO_FACTOR = math.log(5)
_TYPO_FACTOR_AT_ENDS = math.log(50)
_TYPO_DEVIATIONS = 7
_MOST_TYPOS = 0.1
_MAD_TO_DEVIATION = 1.4826
_ROWS_OF_A_LINE = 10_000


class SetAside(NamedTuple):
    """A row that the fit does not use.

    Attributes
    ----------
    row : int
        Its place in the columns as they were given, counted from 0.
    value : object
        The value at fault: the price, the date or the quality.
    reason : str
        What is the matter with it.
    """

    row: int
    value: Any
    reason: str


@dataclass(frozen=True, eq=False)
class Rows:
    """Clean rows in order of time: days (ordinals), prices, qualities (rows by columns).

    ``numbers`` are their places in the columns as given, ``far_off`` those of prices far from the
    others that were kept.
    """

    days: Array
    prices: Array
    quality: Array
    numbers: NDArray[np.intp]
    set_aside: tuple[SetAside, ...]
    far_off: tuple[int, ...] = ()

    def without(self, bad: NDArray[np.bool_], values: Sequence[Any] | Array, reason: str) -> Rows:
        """The rows that are not bad; the bad ones are set aside with their values."""
        if not bad.any():
            return self
        more = [
            SetAside(int(self.numbers[i]), _plain(values[i]), reason)
            for i in np.flatnonzero(bad).tolist()
        ]
        good = ~bad
        return Rows(
            self.days[good],
            self.prices[good],
            self.quality[good],
            self.numbers[good],
            tuple(sorted([*self.set_aside, *more], key=lambda row: row.row)),
            tuple(row for row in self.far_off if row in set(self.numbers[good].tolist())),
        )


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, np.floating) else value


def read_rows(
    dates: Any, prices: Any, quality: Any, *, dirty: Dirty, repeats: bool, has_typos: bool
) -> Rows:
    """The rows that are dates and prices; ``repeats`` says that equal rows count as often.

    Unless it ``has_typos``, no price is taken for one.
    """
    if not isinstance(dirty, str) or dirty not in ("auto", "set aside", "refuse"):
        raise PricingError(OWNER, "dirty", dirty, "is none of auto, set aside, refuse")
    if has_series([dates, prices, quality]):
        given = {"dates": dates, "prices": prices, "quality": quality}
        dates, prices, quality = same_rows(OWNER, given)[0].values()
    when, what = elements_of("dates", dates), elements_of("prices", prices)
    if len(what) != len(when):
        rule = f"is the number of rows, but dates has {len(when)}"
        raise PricingError(OWNER, "prices", len(what), rule)
    grades = quality_columns(quality, len(when))
    columns: list[Column] = [("dates", when, read_day), ("prices", what, read_price)]
    columns += [("quality", grade, read_number) for grade in grades]
    numbers, faults = parsed(columns)
    is_strict = dirty == "refuse" or (dirty == "auto" and len(when) < LONG_HISTORY)
    bad_rows = {row for _, found in faults for row in found}
    if bad_rows and (is_strict or len(bad_rows) > LARGEST_SHARE * len(when)):
        refuse(columns, faults)
    set_aside: dict[int, SetAside] = {}
    for (_, elements, _), (_, found) in zip(columns, faults, strict=True):
        for row, reason in found.items():
            set_aside.setdefault(row, SetAside(row, elements[row], reason))
    good = np.ones(len(when), dtype=bool)
    good[list(set_aside)] = False
    days, values, *rest = numbers
    order = np.flatnonzero(good)[np.argsort(days[good], kind="stable")]
    rows = Rows(
        days[order],
        values[order],
        np.array(rest).reshape(len(rest), len(when)).T[order],
        order,
        tuple(set_aside[row] for row in sorted(set_aside)),
    )
    if not repeats:
        rows = rows.without(_repeated(rows), rows.prices, _DUPLICATE)
    return rows if is_strict else _without_typos(rows, when, has_typos=has_typos)


# Reading ---------------------------------------------------------------------------------------


def cheapest_so_far(rows: Rows, at_least: float | None) -> Rows:
    """The rows that were cheaper than all before them, at or above a quality."""
    if at_least is not None:
        grades = rows.quality[:, 0]
        rows = rows.without(grades < at_least, grades, _BELOW_LEVEL)
    # The cheapest of a date comes first on it.
    order = np.lexsort([rows.prices, rows.days])
    sorted_prices = rows.prices[order]
    before = np.minimum.accumulate(np.concatenate([[np.inf], sorted_prices[:-1]]))
    is_beaten = np.empty(len(order), dtype=bool)
    is_beaten[order] = sorted_prices >= before
    rows = rows.without(is_beaten, rows.prices, _NOT_CHEAPER)
    # Quality chose the rows; the line is of time alone.
    nothing = np.empty((len(rows.days), 0))
    return replace(rows, quality=nothing)


# Cleaning --------------------------------------------------------------------------------------


def _repeated(rows: Rows) -> NDArray[np.bool_]:
    """Rows that say nothing new: date, price and quality stood in an earlier one."""
    columns = [*rows.quality.T, rows.prices, rows.days]
    order = np.lexsort(columns)  # which leaves equal rows in their order
    is_new = np.any([np.diff(column[order]) != 0 for column in columns], axis=0)
    repeated = np.zeros(len(order), dtype=bool)
    repeated[order[1:]] = ~is_new
    return repeated


def _without_typos(rows: Rows, dates: Elements, *, has_typos: bool) -> Rows:
    if len(rows.days) < _FEWEST_FOR_TYPOS:
        return rows
    low, high = np.quantile(rows.days, [0.05, 0.95], method="nearest")
    distance = max(float(high - low), _FAR_DAYS)
    far = (rows.days < low - distance) | (rows.days > high + distance)
    if far.any():
        rows = rows.without(far, [dates[i] for i in rows.numbers], _FAR_DATE)
    far = _far_off(rows)
    if not has_typos or far.mean() > _MOST_TYPOS:
        # The series mixes prices of different things: so many are no slips of the pen, and of
        # several products a price unlike those around it may be that of another product.
        return replace(rows, far_off=tuple(sorted(rows.numbers[far].tolist())))
    return rows.without(far, rows.prices, _TYPO)


def _far_off(rows: Rows) -> NDArray[np.bool_]:
    """Prices far from the middle one of the seven around them, beside the trend."""
    from scipy.ndimage import median_filter

    distances = _beside_the_trend(rows)
    count = len(distances)
    middle = median_filter(distances, 2 * _AROUND + 1)
    # At the ends it is that of the first or the last seven.
    middle[:_AROUND], middle[-_AROUND:] = middle[_AROUND], middle[-_AROUND - 1]
    distances = np.abs(distances - middle)
    deviation = _MAD_TO_DEVIATION * float(np.median(distances))
    factor = np.full(count, _TYPO_FACTOR)
    # At the ends a new level cannot be told from a typo.
    factor[:_AROUND] = factor[-_AROUND:] = _TYPO_FACTOR_AT_ENDS
    far: NDArray[np.bool_] = distances > np.maximum(factor, _TYPO_DEVIATIONS * deviation)
    return far


def _beside_the_trend(rows: Rows) -> Array:
    """Logarithm of each price less a line of least absolute deviations, which typos do not move."""
    response = np.log(rows.prices)
    span = max(float(np.ptp(rows.days)), 1.0)
    scales = np.ptp(rows.quality, axis=0)
    quality = (rows.quality - rows.quality.mean(axis=0)) / np.where(scales > 0, scales, 1)
    design = np.column_stack([np.ones(len(response)), (rows.days - rows.days[0]) / span, quality])
    # Of a long history so many rows are enough to say where the line is.
    some = slice(None, None, max(1, len(response) // _ROWS_OF_A_LINE))
    known, drawn = design[some], response[some]
    line = np.zeros(design.shape[1])
    weights = np.ones(len(drawn))
    for _ in range(30):
        root = np.sqrt(weights)
        line = np.linalg.lstsq(known * root[:, None], drawn * root, rcond=None)[0]
        weights = 1 / np.maximum(np.abs(drawn - known @ line), 1e-6)
    residuals: Array = response - design @ line
    return residuals
