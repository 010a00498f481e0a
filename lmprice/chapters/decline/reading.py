"""Columns of a price history as numbers: dates and prices from text, numbers and arrays.

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
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError

Elements: TypeAlias = list[Any] | NDArray[Any]
Column: TypeAlias = tuple[str, Elements, Callable[[Any], float | str]]

OWNER = "fit_decline"

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
    except (OverflowError, TypeError, ValueError):  # a span of time, a signalling NaN
        return None
    return None if math.isnan(number) else number


def read_day(value: Any) -> float | str:
    """A date as a number of days, or what is the matter with it."""
    day = as_day(value)
    return _NO_DATE if day is None else day


def read_number(value: Any) -> float | str:
    """A finite number, or what is the matter with it."""
    number = as_number(value)
    if number is None:
        return _NO_NUMBER
    return _INFINITE if math.isinf(number) else number


def read_price(value: Any) -> float | str:
    """A number above 0, or what is the matter with it."""
    if isinstance(value, str):
        value = _DOLLARS.sub("", value.strip(), count=1) if _DOLLARS.match(value.strip()) else value
        value = value.replace(",", "") if _THOUSANDS.fullmatch(value.strip()) else value
    number = read_number(value)
    return _NOT_POSITIVE if isinstance(number, float) and number <= 0 else number


def as_elements(name: str, column: Any) -> list[Any]:
    """The elements of a column, whatever holds it."""
    return list(elements_of(name, column))


def elements_of(name: str, column: Any) -> Elements:
    """The elements of a column; an array of numbers or dates is read as it is."""
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
    return (
        column if isinstance(column, np.ndarray) and column.dtype.kind in "fiuM" else list(column)
    )


def quality_columns(quality: Any, rows: int) -> list[Elements]:
    """The columns of quality, none where there is no quality."""
    if quality is None:
        return []
    if getattr(quality, "ndim", 1) == 2:
        columns: list[Elements] = [list(c) for c in np.asarray(quality, dtype=object).T]
    else:
        columns = [elements_of("quality", quality)]
    for column in columns:
        if len(column) != rows:
            rule = f"is the number of rows, but dates has {rows}"
            raise PricingError(OWNER, "quality", len(column), rule)
    return columns


def parsed(
    columns: list[Column],
) -> tuple[list[Array], list[tuple[str, dict[int, str]]]]:
    """Each column as numbers, and the rows of each that are none, with what is the matter."""
    numbers, faults = [], []
    for name, elements, parse in columns:
        if isinstance(elements, np.ndarray):
            values, doubtful = _of_array(elements, parse)
        else:
            values, doubtful = np.empty(len(elements)), range(len(elements))
        found: dict[int, str] = {}
        for row in doubtful:
            read = parse(elements[row])
            if isinstance(read, str):
                found[row], read = read, math.nan
            values[row] = read
        faults.append((name, found))
        numbers.append(values)
    return numbers, faults


def _of_array(
    elements: NDArray[Any], parse: Callable[[Any], float | str]
) -> tuple[Array, Iterable[int]]:
    """An array as numbers all at once, and the rows that are to be read one by one."""
    is_date = parse is read_day
    if elements.dtype.kind == "M":
        since = elements.astype("datetime64[us]").view(np.int64)
        day, rest = np.divmod(since, _DAY * 1_000_000)
        values = day + date(1970, 1, 1).toordinal() + rest / 1e6 / _DAY
        is_fine = (values >= 1) & (values < date.max.toordinal()) & ~np.isnat(elements) & is_date
    elif is_date:
        serials = elements.astype(np.float64)
        values = SERIAL_START + serials
        is_fine = (serials >= _SERIALS[0]) & (serials < _SERIALS[1])
    else:
        values = elements.astype(np.float64)
        is_fine = np.isfinite(values) & ((values > 0) | (parse is read_number))
    return values, np.flatnonzero(~is_fine).tolist()


def refuse(columns: list[Column], faults: list[tuple[str, dict[int, str]]]) -> None:
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
