"""What holds when: the versions of a thing over time, and the days that belong to each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from lmprice.billing.calendar import Calendar, instant
from lmprice.billing.fields import FIRST, LAST

T = TypeVar("T")

ALWAYS, NEVER = instant(FIRST), instant(LAST)  # the ends of time


class Timeline(Generic[T]):
    """What holds from each of some moments on; None where nothing does."""

    def __init__(self, starts: list[int], values: list[T | None]) -> None:
        self.starts, self.values = starts, values

    @classmethod
    def of(
        cls,
        spans: Iterable[tuple[int, int, T]],
        better: Callable[[tuple[int, int, T]], Any],
        cuts: Iterable[int] = (),
    ) -> Timeline[T]:
        """The best of the spans (start, end, value) that hold at each moment."""
        spans = list(spans)
        moments = sorted({t for start, end, _ in spans for t in (start, end)} | set(cuts))
        starts: list[int] = []
        values: list[T | None] = []
        for at in moments:
            holding = [span for span in spans if span[0] <= at < span[1]]
            value = max(holding, key=better)[2] if holding else None
            if not values or value is not values[-1]:
                starts.append(at)
                values.append(value)
        return cls(starts, values)

    def at(self, moment: int) -> T | None:
        """What holds at a moment."""
        place = bisect_right(self.starts, moment) - 1
        return self.values[place] if place >= 0 else None

    def first_in(self, start: int, end: int) -> tuple[int, T] | None:
        """The first moment of a time at which something holds, and what."""
        value = self.at(start)
        if value is not None:
            return start, value
        for place in range(bisect_right(self.starts, start), len(self.starts)):
            if self.starts[place] >= end:
                break
            later = self.values[place]
            if later is not None:
                return self.starts[place], later
        return None

    def changes(self, start: int, end: int) -> list[int]:
        """The moments within a time at which something else begins to hold."""
        return self.starts[bisect_right(self.starts, start) : bisect_right(self.starts, end - 1)]

    def days(self, calendar: Calendar, period: range) -> Iterator[tuple[T, range]]:
        """What each day of a period belongs to, in runs of days.

        A day belongs to what holds at its start or, where nothing does, to what begins in it.
        """
        start, end = calendar.midnight(period.start), calendar.midnight(period.stop)
        if not self.changes(start, end):
            value = self.at(start)
            if value is not None:
                yield value, period
            return
        run: tuple[T | None, int] = (None, period.start)
        for day in period:
            found = self.first_in(calendar.midnight(day), calendar.midnight(day + 1))
            value = None if found is None else found[1]
            if value is not run[0]:
                if run[0] is not None:
                    yield run[0], range(run[1], day)
                run = (value, day)
        if run[0] is not None:
            yield run[0], range(run[1], period.stop)
