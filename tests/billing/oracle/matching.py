"""Which charge a row's meter is priced by, and which factors weigh it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from fractions import Fraction
from typing import Any

from tests.billing.oracle.charges import ONE, Version
from tests.billing.oracle.prices import Priced, stretch
from tests.billing.oracle.rows import CONTAINED, Row, fits, number, plain

Table = Mapping[str, Any]


class AmbiguousError(Exception):
    """A book with two equally specific prices, or two exclusive factors, for one row."""


def closeness(book: Table, name: str, model: str) -> tuple[int, int] | None:
    """How closely a name or pattern of the book fits a row's model: exact, alias, pattern."""
    if name == model:
        return 3, 0
    aliases = [a for m in book.get("models", []) if m["name"] == name for a in m.get("aliases", [])]
    if model in aliases:
        return 2, 0
    lengths = [
        len(pattern.replace("*", ""))
        for pattern in (name, *aliases)
        if "*" in pattern and fits(pattern, model)
    ]
    return (1, max(lengths)) if lengths else None


def source_of(book: Table, row: Row) -> Table | None:
    """The source a row names, or the first that it fits."""
    sources: Sequence[Table] = book.get("sources", [])
    if row.text("source"):
        return next(source for source in sources if source["name"] == row.text("source"))
    for source in sources:
        if closeness(book, source.get("model", "*"), row.model) is not None and row.meets(
            source.get("when", {}), CONTAINED
        ):
            return source
    return None


def vendor_of(book: Table, row: Row, source: Table | None) -> str:
    """The vendor of a row: its own, its source's, its model's."""
    if row.text("vendor"):
        return row.text("vendor")
    if source and "vendor" in source:
        return str(source["vendor"])
    for model in book.get("models", []):
        if "vendor" in model and closeness(book, model["name"], row.model) is not None:
            return str(model["vendor"])
    return ""


def choose(
    book: Table, charges: Sequence[Priced], row: Row, meter: str, contains: Mapping[str, list[str]]
) -> tuple[Priced, Version] | None:
    """The most specific charge in force that a row's meter fits."""
    ranked = []
    for charge in charges:
        version = charge.version(row.moment) if charge.meter == meter else None
        close = closeness(book, charge.model, row.model)
        if version and close is not None:
            rank = (version.level, close, len(charge.when), version.since)
            ranked.append((rank, charge, version))
    ranked.sort(key=lambda one: one[0], reverse=True)
    found: list[tuple[Any, Priced, Version]] = []
    for rank, charge, version in ranked:
        if found and rank < found[0][0]:
            break  # what a less specific price would ask of the row does not matter
        if row.meets(charge.when, contains):
            found.append((rank, charge, version))
    if not found:
        return None
    first, *more = [(charge, version) for _, charge, version in found]
    if more:
        raise AmbiguousError(f"{first[0].name} and {more[0][0].name}")
    return first


def factor_of(
    book: Table,
    row: Row,
    version: Version,
    meter: str,
    vendor: str,
    contains: Mapping[str, list[str]],
    zone: str,
) -> Fraction:
    """All factors that apply to a row's meter, multiplied."""
    entry = version.entry
    own: list[Table] = list(entry.get("factors", []))
    if number(entry.get("factor", 1)) != 1:
        own.append({"factor": entry["factor"]})
    of_meter = [one for one in book.get("factors", []) if one.get("meter", meter) == meter]
    of_model = [
        one
        for one in of_meter
        if "model" in one and closeness(book, one["model"], row.model) is not None
    ]
    of_vendor = [
        one for one in of_meter if "vendor" in one and plain(one["vendor"]) == plain(vendor)
    ]
    of_book = [one for one in of_meter if "model" not in one and "vendor" not in one]
    product = ONE
    for level in (own, of_model, of_vendor, of_book):
        applying = []
        for one in level:
            start, end = stretch(one, zone)
            if start <= row.moment < end and row.meets(one.get("when", {}), contains):
                applying.append(one)
        alone = [one for one in applying if one.get("exclusive")]
        if len(alone) > 1:
            raise AmbiguousError("two exclusive factors")
        for one in alone or applying:
            product *= number(one["factor"])
    return product


def own_price(row: Row, entry: Table, contains: Mapping[str, list[str]]) -> Fraction:
    """A row's own price: by the length of its input, or by the hour."""
    if entry["charge_model"] == "context":
        length, price = row.length("input_length", contains), entry["unit_price"]
        for step in sorted(entry["steps"], key=lambda step: number(step["above"])):
            above = number(step["above"])
            if length > above or (length == above and not entry.get("inclusive", True)):
                price = step["unit_price"]
        return number(price)
    peak = is_peak(row.moment.astimezone(UTC), entry)
    return number(entry["unit_price" if peak else "off_peak_price"])


def is_peak(moment: datetime, entry: Table) -> bool:
    """Whether a moment lies in the peak hours of a peak day."""
    if moment.isoweekday() not in entry.get("peak_weekdays", [1, 2, 3, 4, 5, 6, 7]):
        return False
    now = time(moment.hour, moment.minute)
    return any(
        time.fromisoformat(hours["start"]) <= now < time.fromisoformat(hours["end"])
        for hours in entry["peak_hours"]
    )


def contained(book: Table, row: Row) -> tuple[Table | None, Mapping[str, list[str]]]:
    """The source of a row, and what contains what in it."""
    source = source_of(book, row)
    contains = CONTAINED if source is None else source.get("contains", {})
    return source, contains
