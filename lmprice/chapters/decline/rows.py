"""The rows of a price history made ready for a fit, and what was set aside on the way.

One rule decides about rows that cannot be prices (no number, no date, not above 0).  In a history
of 100 rows or more, where nobody corrects them by hand, they are set aside, each with its reason,
as long as they are at most a quarter of the rows.  In a shorter one, or beyond that share, the
first of them is refused by name.  ``dirty`` says otherwise.

Where rows are set aside, so are typos: single prices far from those just before and after them, and
dates far beyond all the others.  A price that stays at its new level is none, however far it moved.
Where more than a tenth of the prices are so far off, they are no slips: all are kept, and named.
So they are in a history of several products without a quality that tells them apart.

Text is read where it can mean one thing only:

- a date is ISO 8601 (2024-06-01, with or without a time) or year/month/day (2024/06/01); neither
  01.06.2024 and 06/01/2024, whose order is anybody's guess, nor a month without a day;
- a price is a number with a decimal point, with or without $, US$ or USD before it; commas are
  read as marks of thousands where a second comma or a point follows (2,000.50), but "2,000" may
  as well be 2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.language.series import has_series, same_rows

Dirty: TypeAlias = Literal["auto", "set aside", "refuse"]

OWNER = "fit_decline"
LONG_HISTORY = 100
"""From so many rows on, rows that cannot be prices are set aside by default."""
LARGEST_SHARE = 0.25
"""So many of all rows may be set aside for not being prices."""

_NOT_CHEAPER = "is not cheaper than the cheapest before it"
_BELOW_LEVEL = "is of a quality below the level asked for"
_DAY = 86_400
# Day 0 of a spreadsheet, and the serial numbers that are taken for dates: smaller ones are more
# likely years, or days from some start, than dates before 1954.
SERIAL_START = date(1899, 12, 30).toordinal()
_SERIALS = (20_000, 2_958_466)
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
_DOLLARS = re.compile(r"(US\$|\$|USD)\s*(?=[\d.])")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+\.\d*|\d{1,3}(,\d{3}){2,}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_NO_NUMBER = "is not a number"
_NO_DATE = "is not a date"
_NOT_POSITIVE = "is not above 0"
_INFINITE = "is infinite"
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

    def without(self, bad: NDArray[np.bool_], values: Sequence[Any], reason: str) -> Rows:
        """The rows that are not bad; the bad ones are set aside with their values."""
        if not bad.any():
            return self
        more = [
            SetAside(int(self.numbers[i]), values[i], reason) for i in np.flatnonzero(bad).tolist()
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
    when, what = as_elements("dates", dates), as_elements("prices", prices)
    if len(what) != len(when):
        rule = f"is the number of rows, but dates has {len(when)}"
        raise PricingError(OWNER, "prices", len(what), rule)
    grades = _qualities(quality, len(when))
    columns: list[tuple[str, list[Any], Any]] = [("dates", when, _day), ("prices", what, _price)]
    columns += [("quality", list(grade), _number) for grade in grades]
    numbers, faults = _parsed(columns)
    is_strict = dirty == "refuse" or (dirty == "auto" and len(when) < LONG_HISTORY)
    bad_rows = {row for _, found in faults for row in found}
    if bad_rows and (is_strict or len(bad_rows) > LARGEST_SHARE * len(when)):
        _refuse(columns, faults)
    set_aside: dict[int, SetAside] = {}
    for (_, elements, _), (_, found) in zip(columns, faults, strict=True):
        for row, reason in found.items():
            set_aside.setdefault(row, SetAside(row, elements[row], reason))
    good = np.array([row not in set_aside for row in range(len(when))], dtype=bool)
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
        rows = rows.without(_repeated(rows), rows.prices.tolist(), _DUPLICATE)
    return rows if is_strict else _without_typos(rows, when, has_typos=has_typos)


# Reading ---------------------------------------------------------------------------------------


def cheapest_so_far(rows: Rows, at_least: float | None) -> Rows:
    """The rows that were cheaper than all before them, at or above a quality."""
    if at_least is not None:
        grades = rows.quality[:, 0]
        rows = rows.without(grades < at_least, grades.tolist(), _BELOW_LEVEL)
    # The cheapest of a date comes first on it.
    order = np.lexsort([rows.prices, rows.days])
    sorted_prices = rows.prices[order]
    before = np.minimum.accumulate(np.concatenate([[np.inf], sorted_prices[:-1]]))
    is_beaten = np.empty(len(order), dtype=bool)
    is_beaten[order] = sorted_prices >= before
    rows = rows.without(is_beaten, rows.prices.tolist(), _NOT_CHEAPER)
    # Quality chose the rows; the line is of time alone.
    nothing = np.empty((len(rows.days), 0))
    return replace(rows, quality=nothing)


def as_day(value: Any) -> float | None:
    """A date as days since the year 1, with the time of day as a fraction; None if it is none."""
    if isinstance(value, np.datetime64):
        value = None if np.isnat(value) else value.astype("datetime64[us]").item()
    if isinstance(value, str):
        value = _from_text(value.strip())
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124  # NaT of pandas passes for a datetime
            return None
        if value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        start = value.replace(hour=0, minute=0, second=0, microsecond=0)
        return float(value.toordinal() + (value - start).total_seconds() / _DAY)
    if isinstance(value, date):
        return float(value.toordinal())
    serial = as_number(value) if isinstance(value, (Real, Decimal)) else None
    if serial is None or not _SERIALS[0] <= serial < _SERIALS[1]:
        return None
    return SERIAL_START + serial


def as_date(day: float) -> date:
    """The calendar date of a day."""
    return date.fromordinal(math.floor(day))


def as_datetimes(days: Array) -> NDArray[np.datetime64]:
    """Days as dates with their time of day."""
    since = days - date(1970, 1, 1).toordinal()
    return np.round(since * _DAY).astype("datetime64[s]")


def _from_text(text: str) -> datetime | None:
    slashed = _SLASHED.fullmatch(text)
    try:
        if slashed:
            year, month, day = map(int, slashed.groups())
            return datetime(year, month, day)
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def as_number(value: Any) -> float | None:
    """A number, or the text of a plain one; None if it is none."""
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value := value.strip()) else None
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, Decimal)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return None if math.isnan(number) else number


def _day(value: Any) -> float | str:
    day = as_day(value)
    return _NO_DATE if day is None else day


def _number(value: Any) -> float | str:
    number = as_number(value)
    if number is None:
        return _NO_NUMBER
    return _INFINITE if math.isinf(number) else number


def _price(value: Any) -> float | str:
    if isinstance(value, str):
        value = _DOLLARS.sub("", value.strip(), count=1) if _DOLLARS.match(value.strip()) else value
        value = value.replace(",", "") if _THOUSANDS.fullmatch(value.strip()) else value
    number = _number(value)
    return _NOT_POSITIVE if isinstance(number, float) and number <= 0 else number


def as_elements(name: str, column: Any) -> list[Any]:
    """The elements of a column, whatever holds it."""
    is_column = hasattr(column, "__iter__") and getattr(column, "ndim", 1) != 0
    if isinstance(column, (str, bytes)) or not is_column:
        raise PricingError(OWNER, name, column, "is not a column")
    if hasattr(column, "filled"):  # a masked array: what is masked is missing
        is_missing = np.broadcast_to(column.mask, column.shape)
        column = [
            None if missing else value
            for value, missing in zip(column.data, is_missing, strict=True)
        ]
    if isinstance(column, np.ndarray) and column.ndim != 1:
        raise PricingError(OWNER, name, column.shape, "is a shape of more than one dimension")
    return list(column)


def _qualities(quality: Any, rows: int) -> list[list[Any]]:
    """The columns of quality, none where there is no quality."""
    if quality is None:
        return []
    if getattr(quality, "ndim", 1) == 2:
        columns = [list(column) for column in np.asarray(quality, dtype=object).T]
    else:
        columns = [as_elements("quality", quality)]
    for column in columns:
        if len(column) != rows:
            rule = f"is the number of rows, but dates has {rows}"
            raise PricingError(OWNER, "quality", len(column), rule)
    return columns


def _parsed(
    columns: list[tuple[str, list[Any], Any]],
) -> tuple[list[Array], list[tuple[str, dict[int, str]]]]:
    """Each column as numbers, and the rows of each that are none, with what is the matter."""
    numbers, faults = [], []
    for name, elements, parse in columns:
        read = [parse(element) for element in elements]
        found = {row: value for row, value in enumerate(read) if isinstance(value, str)}
        faults.append((name, found))
        numbers.append(np.array([math.nan if isinstance(v, str) else v for v in read]))
    return numbers, faults


def _refuse(
    columns: list[tuple[str, list[Any], Any]], faults: list[tuple[str, dict[int, str]]]
) -> None:
    """Raise for the first bad row, with all bad elements of its column in the mask."""
    column = min(
        (i for i, (_, found) in enumerate(faults) if found), key=lambda i: min(faults[i][1])
    )
    name, found = faults[column]
    elements = columns[column][1]
    row = min(found)
    mask = np.zeros(len(elements), dtype=bool)
    mask[list(found)] = True
    raise PricingError(OWNER, name, elements[row], found[row], (row,), mask)


# Cleaning --------------------------------------------------------------------------------------


def _repeated(rows: Rows) -> NDArray[np.bool_]:
    """Rows that say nothing new: date, price and quality stood in an earlier one."""
    table = np.column_stack([rows.days, rows.prices, rows.quality])
    first = np.unique(table, axis=0, return_index=True)[1]
    repeated = np.ones(len(table), dtype=bool)
    repeated[first] = False
    return repeated


def _without_typos(rows: Rows, dates: list[Any], *, has_typos: bool) -> Rows:
    if len(rows.days) < _FEWEST_FOR_TYPOS:
        return rows
    low, high = np.quantile(rows.days, [0.05, 0.95], method="nearest")
    distance = max(float(high - low), _FAR_DAYS)
    far = (rows.days < low - distance) | (rows.days > high + distance)
    rows = rows.without(far, [dates[i] for i in rows.numbers], _FAR_DATE)
    far = _far_off(rows)
    if not has_typos or far.mean() > _MOST_TYPOS:
        # The series mixes prices of different things: so many are no slips of the pen, and of
        # several products a price unlike those around it may be that of another product.
        return replace(rows, far_off=tuple(sorted(rows.numbers[far].tolist())))
    return rows.without(far, rows.prices.tolist(), _TYPO)


def _far_off(rows: Rows) -> NDArray[np.bool_]:
    """Prices far from the middle one of the seven around them, beside the trend."""
    distances = _beside_the_trend(rows)
    count = len(distances)
    starts = np.clip(np.arange(count) - _AROUND, 0, count - 2 * _AROUND - 1)
    around = distances[starts[:, None] + np.arange(2 * _AROUND + 1)]
    distances = np.abs(distances - np.median(around, axis=1))
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
    residuals: Array = response
    weights = np.ones(len(response))
    for _ in range(30):
        root = np.sqrt(weights)
        line = np.linalg.lstsq(design * root[:, None], response * root, rcond=None)[0]
        residuals = response - design @ line
        weights = 1 / np.maximum(np.abs(residuals), 1e-6)
    return residuals
