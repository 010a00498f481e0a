"""The time of a row: a moment in UTC, from a time with its offset or a local time of the account.

A number counts seconds, milliseconds or microseconds since 1970; one that would be of a time before
2000 or after May 2033 is none: 2026010509 and 20260105093000 are times without their signs.

A day begins at its first moment that exists, also where a change of clocks takes its midnight away.
A wall time that such a change takes away is no moment, nor is a leap second, which other clocks
count to the day or month that follows; the row is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lmprice.billing.lazy import pl
from lmprice.billing.parsing import BookError
from lmprice.language.errors import shown

_UTC = pl.Datetime("us", "UTC")


class Times(NamedTuple):
    """What is made of the timestamps of a table."""

    moment: pl.Expr  # in UTC; null where there is none
    is_day: pl.Expr  # whether it is a day without a time
    lost_in: pl.Expr  # the zone whose clocks never show the time; null for all others


def times(kind: Any, zones: Mapping[str, str], others: str) -> Times:
    """The times of the column ``timestamp`` of a type.

    ``zones`` has the time zone of each account, ``others`` that of all other customers.
    """
    column, never = pl.col("timestamp"), pl.lit(value=False)
    nowhere = pl.lit(None, pl.String)
    if kind == pl.String:
        text = column.str.strip_chars().str.replace(r"(\d)T(\d)", "$1 $2")
        text = text.str.replace(r"(?i)\s*(z|utc)$", "+00:00")
        text = text.str.replace(r"(:\d\d(?:\.\d+)?)\s+([+-]\d\d)", "$1$2")
        text = pl.when(~text.str.contains(LEAP_SECOND, literal=True)).then(text)
        with_offset = text.str.contains(r"\d[+-]\d\d:?\d\d$")
        zoned = [
            pl.when(with_offset)
            .then(text)
            .str.to_datetime(f"%Y-%m-%d {clock}%#z", strict=False, time_unit="us", time_zone="UTC")
            for clock in ("%H:%M:%S%.f", "%H:%M")
        ]
        plain = [
            pl.when(~with_offset).then(text).str.to_datetime(form, strict=False, time_unit="us")
            for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
        ]
        is_day = text.str.contains(r"^\d+-\d+-\d+$")
        local = _placed(pl.coalesce(plain), is_day, zones, others)
        counted = since_1970(
            pl.when(text.str.contains(r"^\d{9,16}(\.\d+)?$")).then(text).cast(pl.Float64)
        )
        return Times(pl.coalesce(*zoned, local.moment, counted), is_day, local.lost_in)
    if kind == pl.Date:
        return _placed(column.cast(pl.Datetime("us")), pl.lit(value=True), zones, others)
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return _placed(column.cast(pl.Datetime("us")), never, zones, others)
        moment = column.cast(pl.Datetime("us", kind.time_zone)).dt.convert_time_zone("UTC")
        return Times(moment, never, nowhere)
    if kind.is_numeric():
        return Times(since_1970(column.cast(pl.Float64)), never, nowhere)
    return Times(pl.lit(None, _UTC), never, nowhere)


LEAP_SECOND = ":60"  # as no minute and no second is written but a leap second
# Seconds, in 2000 and in 2033: from there on ten digits may be a date with its hour, 2026010510.
_SINCE, _UNTIL = 946_684_800, 2 * 10**9


def since_1970(number: pl.Expr) -> pl.Expr:
    """The moment of a count of seconds, milliseconds or microseconds, told by its size."""
    scaled = (
        pl.when(number.is_between(_SINCE * scale, _UNTIL * scale, closed="left")).then(
            number * (10**6 // scale)
        )
        for scale in (1, 10**3, 10**6)
    )
    return pl.coalesce(*scaled).round().cast(pl.Int64, strict=False).cast(_UTC)


_FORMS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "%Y-%m-%dT%H:%M:%SZ"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "%Y-%m-%dT%H:%M:%S%.fZ"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "%Y-%m-%dT%H:%M:%S"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "%Y-%m-%d %H:%M:%S"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "%Y-%m-%dT%H:%M:%S%.f"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", "%Y-%m-%d %H:%M:%S%.f"),
    (r"\d{4}-\d\d-\d\d", "%Y-%m-%d"),
)


def check_zones(zones: Iterable[str]) -> None:
    """Refuse a time zone that is too new for the tables of Polars.

    Raises
    ------
    BookError
        Naming it.
    """
    for zone in sorted(zones):
        try:
            pl.Series([None], dtype=pl.Datetime("us")).dt.replace_time_zone(zone)
        except pl.exceptions.PolarsError:
            known = "is not known to this version of Polars"
            raise BookError([f"time_zone: {shown(zone)} {known}"]) from None


def plain_times(column: pl.Series, zones: Mapping[str, str], others: str) -> Times:
    """The times of a column, which as texts are all written like its first one.

    What is written otherwise is null here; `times` reads it.
    """
    first = column.drop_nulls().head(1).to_list() if column.dtype == pl.String else []
    forms = (form for pattern, form in _FORMS if first and re.fullmatch(pattern, first[0]))
    form = next(forms, None)
    if form is None:
        return times(column.dtype, zones, others)
    text = pl.col("timestamp")
    if form.endswith("S"):
        text = pl.when(~text.str.ends_with(LEAP_SECOND)).then(text)
    elif form.endswith("SZ"):
        text = pl.when(~text.str.ends_with(f"{LEAP_SECOND}Z")).then(text)
    elif "f" in form:
        text = pl.when(~text.str.contains(LEAP_SECOND, literal=True)).then(text)
    local = text.str.to_datetime(form, strict=False, time_unit="us")
    if form.endswith("Z"):
        never = pl.lit(value=False)
        return Times(local.dt.replace_time_zone("UTC"), never, pl.lit(None, pl.String))
    return _placed(local, pl.lit(value=form == "%Y-%m-%d"), zones, others)


def _placed(local: pl.Expr, is_day: pl.Expr, zones: Mapping[str, str], others: str) -> Times:
    """The moments of local times, each in the zone of the account of its row."""
    by_zone: dict[str, list[str]] = {}
    for account, zone in zones.items():
        by_zone.setdefault(zone, []).append(account)
    moment, name = _moment(local, is_day, others), pl.lit(others)
    for zone, accounts in by_zone.items():
        if zone != others:
            own = pl.col("_account").is_in(accounts)
            moment = pl.when(own).then(_moment(local, is_day, zone)).otherwise(moment)
            name = pl.when(own).then(pl.lit(zone)).otherwise(name)
    is_lost = local.is_not_null() & moment.is_null()
    return Times(moment, is_day, pl.when(is_lost).then(name))


def _moment(local: pl.Expr, is_day: pl.Expr, zone: str) -> pl.Expr:
    if zone == "UTC":
        return local.dt.replace_time_zone("UTC")

    def placed(time: pl.Expr) -> pl.Expr:
        found = time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return found.dt.convert_time_zone("UTC")

    # By the offset of the day before, a lost midnight is the moment at which the clocks change.
    one_day = pl.duration(days=1)
    first_of_day = pl.when(is_day).then(placed(local - one_day) + one_day)
    return pl.coalesce(placed(local), first_of_day)
