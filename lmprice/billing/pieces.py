"""The pieces of billing periods: between two of their cuts nothing changes for an account.

Where a period is cut depends on the book and the calendar alone, so that rows are put into pieces
before anybody knows when the first and the last row of all will have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lmprice.billing.charging import Slot
from lmprice.billing.entries import Entries
from lmprice.billing.lazy import pl
from lmprice.billing.matching import Matcher
from lmprice.billing.scopes import Scope

_FEW = 100  # months that are cheaper to cut than to look for


class Pieces:
    """The pieces of the periods of some scopes; a piece is named by its first moment."""

    def __init__(
        self, scopes: Sequence[Scope], entries: Mapping[int, Entries], matcher: Matcher,
        *, by_day: bool,
    ) -> None:  # fmt: skip
        self._scopes, self._entries, self._by_day = scopes, entries, by_day
        self._known: dict[tuple[int, int], list[Slot]] = {}
        dates = {scope.prices: matcher.dates(scope) for scope in scopes}
        self._dates = sorted(set().union(*dates.values()))
        self.cuts = lru_cache(maxsize=100)(self._cuts)

    def of(self, scope: Scope, period: int) -> list[Slot]:
        """The pieces of a period, in order of time."""
        key = (scope.number, period)
        if key not in self._known:
            self._known[key] = self._made(scope, period)
        return self._known[key]

    def _made(self, scope: Scope, period: int) -> list[Slot]:
        calendar = scope.calendar
        start, end = calendar.start(period), calendar.start(period + 1)
        cuts = {t for timeline in scope.versions.values() for t in timeline.changes(start, end)}
        cuts |= self._entries[scope.number].cuts(period, period)
        if self._by_day:
            cuts |= {calendar.midnight(day) for day in calendar.days(period)}
        ordered = [start, *sorted(t for t in cuts if start < t < end), end]
        return [Slot(begin, begin, finish) for begin, finish in pairwise(ordered)]

    def _cuts(self, months: tuple[int, ...]) -> pl.Series:
        """All moments in some months at which something may change for anybody."""
        found = {
            slot.start
            for scope in self._scopes
            for period in _periods(months)
            for slot in self.of(scope, period)
        }
        return pl.Series(sorted(found | {*self._dates}), dtype=pl.Int64)

    def placed(self, uses: pl.DataFrame) -> pl.DataFrame:
        """Rows or sums in order of time, with the ``_slot`` and ``_period`` they lie in."""
        numbers = uses["_scope"].unique().to_list()
        periods = _periods(months_of(uses["_at"]))
        table = [
            (number, slot.start, slot.number, period)
            for number in numbers
            for period in periods
            for slot in self.of(self._scopes[number], period)
        ]
        schema: dict[str, Any] = {
            "_scope": pl.Int32, "_from": pl.Int64, "_slot": pl.Int64, "_period": pl.Int32,
        }  # fmt: skip
        slots = pl.DataFrame(table, schema=schema, orient="row").sort("_from")
        return uses.sort("_at").join_asof(
            slots, left_on="_at", right_on="_from", by="_scope", strategy="backward",
            check_sortedness=False,
        ).drop("_from", strict=False)  # fmt: skip


def months_of(moments: pl.Series) -> tuple[int, ...]:
    """The months of some moments in UTC, as numbers of periods."""
    first, last = _months(pl.Series([moments.min(), moments.max()], dtype=pl.Int64))
    if first is None or last - first < _FEW:
        return () if first is None else tuple(range(first, last + 1))
    return tuple(sorted(_months(moments.unique().drop_nulls())))


def _months(moments: pl.Series) -> list[int]:
    time = moments.cast(pl.Datetime("us"))
    months = time.dt.year().cast(pl.Int32) * 12 + time.dt.month().cast(pl.Int32) - 1
    return months.unique(maintain_order=True).to_list() if len(moments) > 2 else months.to_list()


def _periods(months: Iterable[int]) -> list[int]:
    """The periods that may touch months, in whichever zone and whichever day they begin on."""
    return sorted({month + step for month in months for step in (-1, 0, 1)})
