"""The span of a rating: which periods of which customers are worked out, and which are billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lmprice.billing.entries import Entries
from lmprice.billing.lazy import pl
from lmprice.billing.scopes import Scope
from lmprice.billing.usage import UsageError
from lmprice.language.errors import shown

Moment = str | date | None
_NONE = range(24_000, 24_000)  # where no row says when
PeriodArgument = tuple[Moment, Moment] | None


@dataclass(frozen=True)
class Span:
    """What is billed: the periods wholly between two dates, or those of the rows."""

    start: date | None
    end: date | None
    rows: tuple[int, int] | None  # the first and the last moment of the rows

    def periods(self, scope: Scope) -> range:
        """The periods that are billed to accounts of a scope."""
        calendar = scope.calendar
        if self.start is not None:
            start = calendar.instant(self.start)
            first = calendar.period_of(start)
            first += calendar.start(first) < start
        elif self.rows is not None:
            first = calendar.period_of(self.rows[0])
        else:
            return _NONE
        if self.end is not None:
            last = calendar.period_of(calendar.instant(self.end))
        elif self.rows is not None:
            last = calendar.period_of(self.rows[1]) + 1
        else:
            return _NONE
        return range(first, max(first, last))


def span(period: PeriodArgument, rows: tuple[int, int] | None) -> Span:
    """The span of a rating, from what was asked for and from the rows.

    Raises
    ------
    UsageError
        Where the period cannot be read, or ends before it starts.
    """
    if period is not None and not (isinstance(period, (list, tuple)) and len(period) == 2):
        raise UsageError(f"the period {shown(period)} is no pair of dates", "period", period)
    start, end = (None, None) if period is None else (_read(value) for value in period)
    found = Span(start, end, rows)
    if start is not None and end is not None and str(start) >= str(end):
        raise UsageError(
            f"the period from {start} to {end} is empty: the end is the first day after"
        )
    return found


def _read(value: Moment) -> date | None:
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise UsageError(f"{shown(value)} is no date such as 2026-03-01", "period", value)
    try:
        text = value.strip()
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{value!r} is no date such as 2026-03-01") from None


def worked_out(
    scope: Scope, entries: Entries, billed: range, first_row: int | None, *, is_named: bool
) -> range:
    """The periods of a customer that are worked out: from its beginning to the end of the span."""
    calendar = scope.calendar
    begins = [] if first_row is None else [calendar.period_of(first_row)]
    if is_named:
        begins.append(billed.start)
        if entries.first is not None:
            begins.append(calendar.period_of(entries.first))
    first = min(begins, default=billed.stop)
    # What happened earlier matters only to what is left of something.
    if not entries.has_state:
        first = max(first, billed.start)
    return range(first, max(first, billed.stop))


def worked_out_alike(
    scope: Scope, entries: Entries, billed: range, moments: pl.DataFrame
) -> pl.DataFrame:
    """The same for the many who have no account of their own, from their first moments.

    Only the period of the first row tells them apart.
    """
    calendar = scope.calendar
    moments = moments.filter(pl.col("first") < calendar.start(billed.stop))
    ends = moments.select(pl.col("first").min(), last=pl.col("first").max()).rows()
    first, last = (calendar.period_of(at) for at in ends[0]) if moments.height else (0, -1)
    periods = range(first, last + 1)
    starts = pl.Series([calendar.start(period) for period in periods], dtype=pl.Int64)
    own = [worked_out(scope, entries, billed, at, is_named=False) for at in starts]
    place = starts.search_sorted(moments["first"], side="right").cast(pl.Int64) - 1
    return moments.select(
        "customer",
        first=pl.Series([one.start for one in own], dtype=pl.Int32).gather(place),
        stop=pl.Series([one.stop for one in own], dtype=pl.Int32).gather(place),
    )
