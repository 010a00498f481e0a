"""Dates as quantities: the number of a day in a spreadsheet, and the term of a date.

>>> serial(datetime.date(2025, 8, 7))
45876.0
>>> day(45876)
datetime.date(2025, 8, 7)
"""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from lmprice.language.expression import nan, where
from lmprice.language.terms import Bound, Term, Text
from lmprice.language.tree import Expr

if TYPE_CHECKING:
    from annotated_types import BaseMetadata

_DAY_0 = datetime.datetime(1899, 12, 30)
# Excel takes 1900 for a leap year: the days before its 29 February have other numbers there than in
# other programs.
FIRST_DAY = datetime.date(1900, 3, 1)
LAST_DAY = datetime.date(9999, 12, 31)

DATE = Text("date", "日期")


def serial(value: datetime.date | float) -> float:
    """The number of a day in a spreadsheet: days since 1899-12-30.

    What stands for dates while the results of a scenario are computed, a column of a table or the
    name of a cell, is such a number already and comes back as it is.
    """
    if isinstance(value, datetime.datetime):
        return (value - _DAY_0) / datetime.timedelta(days=1)
    if isinstance(value, datetime.date):
        return float(value.toordinal() - _DAY_0.toordinal())
    return value


def day(number: float) -> datetime.date:
    """The day with a number; the decimals of the number are a time of that day."""
    return datetime.date.fromordinal(_DAY_0.toordinal() + math.floor(number))


def known_day(number: float) -> float:
    """A number that is a day of a spreadsheet; NaN (no answer) for any other number."""
    is_day = (number >= serial(FIRST_DAY)) & (number < serial(LAST_DAY) + 1)
    return where(is_day, number, nan)


def months_later(number: float, months: float) -> float:
    """The number of the day so many calendar months later.

    From the 31st a month leads to the last day of a shorter one.  A part of a month is that part of
    the days to the next one; the time of the day does not count.

    >>> day(months_later(serial(datetime.date(2026, 11, 28)), 36))
    datetime.date(2029, 11, 28)
    """
    if isinstance(number, Expr) or isinstance(months, Expr):
        return cast(float, Expr.of("months_later", number, months))
    whole = np.floor(months)
    start, end = _whole_months_later(number, whole), _whole_months_later(number, whole + 1)
    return cast(float, start + (months - whole) * (end - start))


def _whole_months_later(number: Any, months: Any) -> Any:
    day_number, months = np.broadcast_arrays(np.asarray(number, float), np.asarray(months, float))
    is_known = np.isfinite(day_number) & np.isfinite(months)
    whole = np.floor(np.where(is_known, day_number, 1)).astype(np.int64)
    dates = np.datetime64(_DAY_0.date(), "D") + whole
    first = dates.astype("datetime64[M]")
    target = first + np.where(is_known, months, 0).astype(np.int64)
    last = (target + 1).astype("datetime64[D]") - 1
    found = np.minimum(
        target.astype("datetime64[D]") + (dates - first.astype("datetime64[D]")), last
    )
    numbers = (found - np.datetime64(_DAY_0.date(), "D")).astype(np.float64)
    return np.where(is_known, numbers, nan)[()]


class DateBound(Bound):
    """One side of a range of dates; the limit is the number of a day."""

    __slots__ = ()

    @property
    def broken(self) -> Text:
        """What is said of a date that breaks this bound."""
        limit = day(self.limit).isoformat()
        if self.is_lower:
            return Text(f"is before {limit}", f"早于 {limit}")
        return Text(f"is after {limit}", f"晚于 {limit}")

    @property
    def rule(self) -> Text:
        """The bound as a rule."""
        limit = day(self.limit).isoformat()
        if self.is_lower:
            return Text(f"not before {limit}", f"不早于 {limit}")
        return Text(f"not after {limit}", f"不晚于 {limit}")


@dataclass(frozen=True)
class DateTerm(Term):
    """The term of a date, made by :func:`date_term`; its bounds are numbers of days."""

    @functools.cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """The first and the last day."""
        return tuple(DateBound(*bound) for bound in super().bounds)

    def __iter__(self) -> Iterator[BaseMetadata]:
        import annotated_types

        first, last = (cast(Any, day(bound.limit)) for bound in self.bounds)
        return iter([annotated_types.Ge(first), annotated_types.Le(last)])


def date_term(
    title: Text,
    help: Text,  # noqa: A002
    first: datetime.date = FIRST_DAY,
    last: datetime.date = LAST_DAY,
) -> DateTerm:
    """The term of an input or result that is a date.

    An input is a field ``Annotated[datetime.date, date_term(...)]`` of a scenario or of the row of
    a table; in ``results`` it is ``serial(self.field)``, a number of days.
    """
    return DateTerm(title, DATE, help, ge=serial(first), le=serial(last))
