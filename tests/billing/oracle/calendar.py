"""Days, periods and windows of a customer, in its own time zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Calendar:
    """Where a customer's days begin, and on which day of the month its periods do."""

    zone: str = "UTC"
    period_day: int = 1

    def midnight(self, day: date) -> datetime:
        """The moment at which a day begins here."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """The day here in which a moment lies."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def begin(self, year: int, month: int) -> date:
        """The first day of the period that begins in a month; a short month's last day."""
        years, months = divmod(month - 1, 12)
        year, month = year + years, months + 1
        return date(year, month, min(self.period_day, monthrange(year, month)[1]))

    def period(self, day: date) -> tuple[date, date]:
        """The first day of a day's period, and that of the next."""
        month = day.month if day >= self.begin(day.year, day.month) else day.month - 1
        return self.begin(day.year, month), self.begin(day.year, month + 1)

    def periods(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        """The periods from that of one day to that of another."""
        begin, end = self.period(first)
        while begin <= last:
            yield begin, end
            begin, end = self.period(end)


def days(first: date, end: date) -> list[date]:
    """Every day from the first on, the end left out."""
    return [first + DAY * number for number in range((end - first).days)]


def months_later(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def windows(anchor: date, months: int, until: date) -> Iterator[tuple[date, date]]:
    """Stretches of so many months from a day on that begin before another day."""
    number = 0
    while (begin := months_later(anchor, months * number)) < until:
        number += 1
        yield begin, months_later(anchor, months * number)


def runs(chosen: list[date]) -> list[tuple[date, date]]:
    """Days that follow one another, as stretches of a first day and the day after the last."""
    found: list[tuple[date, date]] = []
    for day in sorted(chosen):
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + DAY)
        else:
            found.append((day, day + DAY))
    return found
