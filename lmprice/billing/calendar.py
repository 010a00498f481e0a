"""The calendar of an account: its days, billing periods and windows of months, in its time zone.

Moments are whole microseconds since 1970 in UTC, so that they compare and sort as numbers.  Days
are numbered as Python's ordinals, and periods by their month.

>>> months = Calendar("Asia/Shanghai", 31)
>>> months.first_day(months.period_of(instant(datetime(2026, 2, 28, 16, tzinfo=UTC)))).isoformat()
'2026-02-28'
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lmprice.billing.fields import moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(value: datetime) -> int:
    """The number of a moment."""
    return (value - _EPOCH) // _MICROSECOND


def as_datetime(at: int) -> datetime:
    """The moment of a number, in UTC."""
    return _EPOCH + at * _MICROSECOND


class Calendar:
    """Days and periods in one zone; a period begins on ``period_day`` of a month."""

    def __init__(self, zone: str, period_day: int) -> None:
        self.zone, self.period_day = ZoneInfo(zone), period_day
        self.midnight = lru_cache(maxsize=100_000)(self._midnight)

    def instant(self, value: date) -> int:
        """The number of the moment of a date or time of a price book."""
        return instant(moment(value, self.zone))

    def _midnight(self, day: int) -> int:
        """The moment at which a day begins."""
        return instant(moment(date.fromordinal(day), self.zone))

    def day_of(self, at: int) -> int:
        """The day in which a moment lies."""
        return as_datetime(at).astimezone(self.zone).toordinal()

    def ended_day_of(self, at: int) -> int:
        """The day to which what falls due at an end belongs: a midnight to the day before."""
        return self.day_of(at - 1)

    def first_day(self, period: int) -> date:
        """The first day of a period."""
        return _day_of_month(period, self.period_day)

    def period_of(self, at: int) -> int:
        """The period in which a moment lies."""
        day = date.fromordinal(self.day_of(at))
        month = day.year * 12 + day.month - 1
        return month if day >= self.first_day(month) else month - 1

    def days(self, period: int) -> range:
        """The days of a period."""
        return range(self.first_day(period).toordinal(), self.first_day(period + 1).toordinal())

    def start(self, period: int) -> int:
        """The moment at which a period begins, and the one before it ends."""
        return self.midnight(self.first_day(period).toordinal())

    def window(self, start: date, months: int, number: int) -> range:
        """The days of the window with a number, of so many months each, from a day on."""
        month = start.year * 12 + start.month - 1 + months * number
        first, end = (_day_of_month(m, start.day) for m in (month, month + months))
        return range(first.toordinal(), end.toordinal())

    def own_days(self, start: int, end: int | None, *, with_first: bool = True) -> range:
        """The days at whose start something holds, and the one in which it begins."""
        first = self.day_of(start)
        if self.midnight(first) != start and not with_first:
            first += 1
        last = date.max.toordinal() - 400 if end is None else self.ended_day_of(end) + 1
        return range(first, max(first, last))


def _day_of_month(month: int, day: int) -> date:
    year, number = divmod(month, 12)
    return date(year, number + 1, min(day, calendar.monthrange(year, number + 1)[1]))
