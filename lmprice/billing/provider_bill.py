"""The provider's bill: what a console or a cloud exports as costs, by day, model and meter.

Known by their header: the cost exports of OpenAI, Anthropic and DeepSeek, FOCUS, the cost and usage
report of AWS, the cost export of Azure and the billing export of Google (CSV or JSON).  Any other
table is read by its columns day, model and amount, and where it has them meter, quantity, kind and
currency, under these names or as they are named.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from lmprice.billing.bill_formats import (
    FORMATS,
    NOT_SAID,
    USAGE,
    BillFormat,
    Cells,
    Item,
    meter_named,
    quantity_of,
)
from lmprice.billing.readers.opening import documents, is_json, is_zip, table, table_in_archive
from lmprice.billing.readers.pieces import BadLine, Row
from lmprice.billing.readers.source import flat
from lmprice.billing.usage import UsageError
from lmprice.language.checks import file_path
from lmprice.output.few import listed

OWN = ("day", "model", "amount")
OPTIONAL = ("meter", "quantity", "kind", "currency")
_MOST_DIGITS, _MOST_DECIMALS = 22, 100
_SHOWN = 12  # columns of an unknown file that a message lists


@dataclass(frozen=True)
class BillRow:
    """An amount of the bill."""

    day: date
    model: str
    meter: str | None  # None where the bill does not split by meter
    amount: Fraction
    quantity: Fraction | None
    kind: str  # "usage", or what else it is: tax, credit, ...


@dataclass(frozen=True)
class ProviderBill:
    """A bill: its rows, its currency where it says one, and its most decimals."""

    path: Path
    source: str
    rows: tuple[BillRow, ...]
    currency: str | None
    decimals: int
    others: int = 0  # lines of other products


def read_bill(path: str | Path, columns: Mapping[str, str] | None = None) -> ProviderBill:
    """Read a provider's bill.

    Parameters
    ----------
    path : str or Path
        A cost export of OpenAI, Anthropic, DeepSeek (the .csv or the archive), FOCUS, AWS, Azure or
        Google, or any CSV file.
    columns : mapping, optional
        Of any other file: day, model, amount and where there are such meter, quantity, kind and
        currency, each with the column that holds it where it has another name.  A row whose kind is
        neither "usage" nor empty is tax, credit or the like.

    Raises
    ------
    UsageError
        Where the file is none of these, or a cell holds no day or number.
    """
    path = file_path("read_bill", "path", path)
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "path", path)
    lines = _lines(path)
    names = next(lines)
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise UsageError(f"{path.name} has two columns {twice[0]}")
    form = _format(path, names, columns or {})
    rows, currencies, decimals, others = [], set(), 0, 0
    for number, line in enumerate(lines, 1):
        if len(line) != len(names):
            raise UsageError(f"{path.name} row {number}: {len(line)} cells instead of {len(names)}")
        cells = dict(zip(names, map(str.strip, line), strict=True))
        where = f"{path.name} row {number}"
        item = form.item(cells)
        if item is None:
            others += 1
            continue
        name, text = _first(form.amount, cells)
        if not text:
            if item.model != NOT_SAID:
                raise UsageError(f"{where}: {name} is empty")
            continue  # a bucket without costs
        amount = _number(where, name, text)
        decimals = max(decimals, -int(amount.as_tuple().exponent))
        _, currency = _first(form.currency, cells)
        if currency:
            currencies.add(currency.upper())
        name, text = _first(form.quantity, cells)
        quantity = quantity_of(item, _number(where, name, text)) if text else None
        day = _day(where, form, cells)
        rows.append(BillRow(day, item.model, item.meter, Fraction(amount), quantity, item.kind))
        if form.credits in cells:
            for credit in _credits(where, cells[form.credits]):
                decimals = max(decimals, -int(credit.as_tuple().exponent))
                rows.append(BillRow(day, NOT_SAID, NOT_SAID, Fraction(credit), None, "credit"))
    if len(currencies) > 1:
        raise UsageError(f"{path.name} is in {' and '.join(sorted(currencies))}")
    found = next(iter(currencies), form.always)
    return ProviderBill(path, form.name, tuple(rows), found, decimals, others)


def _lines(path: Path) -> Iterator[list[str]]:
    """The header and then the rows of a bill: of an archive, of CSV, or of JSON."""
    archived = [form.member for form in FORMATS if form.member is not None]
    if is_json(path):
        return _records(path)
    if not is_zip(path):
        return _whole(path, table(path))
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    found = [n for n in members if any(re.fullmatch(pattern, n) for pattern in archived)]
    if len(found) != 1:
        raise UsageError(f"{path.name} holds {len(found)} bills: {listed(members, _SHOWN)}")
    return _whole(path, table_in_archive(path, found[0]))


def _whole(path: Path, rows: Iterator[Row]) -> Iterator[list[str]]:
    """The rows of a bill, all of which must be readable."""
    for row in rows:
        if isinstance(row, BadLine):
            raise UsageError(f"{path.name}: {row.reason}: {row.text[:60]}")
        yield row


def _records(path: Path) -> Iterator[list[str]]:
    """The header and then the rows of JSON: records within a record have a dot in their name."""
    rows: list[dict[str, str]] = []
    for value, _ in documents(path):
        if isinstance(value, BadLine):
            raise UsageError(f"{path.name}: {value.reason}")
        for record in value if isinstance(value, list) else [value]:
            if not isinstance(record, dict):
                raise UsageError(f"{path.name}: holds no records of costs")
            rows.append({name: _text(value) for name, value in flat(record)})
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield names
    yield from ([row.get(name, "") for name in names] for row in rows)


def _text(value: object) -> str:
    if isinstance(value, list):
        return json.dumps(value)
    return "" if value is None else str(value)


def _first(columns: tuple[str, ...], cells: Cells) -> tuple[str, str]:
    """The first of some columns that is there, and what stands in it."""
    return next(((name, cells[name]) for name in columns if name in cells), ("", ""))


def _format(path: Path, names: list[str], columns: Mapping[str, str]) -> BillFormat:
    for form in () if columns else FORMATS:
        there = (form.header, form.day, form.amount)
        if there[0] <= set(names) and all(not set(names).isdisjoint(part) for part in there[1:]):
            return form
    named = {name: name for name in (*OWN, *OPTIONAL) if name in names} | dict(columns)
    if not columns and not named.keys() >= set(OWN):
        raise UsageError(
            f"{path.name} is no bill that is known ({', '.join(f.name for f in FORMATS)}): it has "
            f"the columns {listed(names, _SHOWN)}. Name its columns with --map day=..., "
            f"--map model=..., --map amount=... and, where it has them, {', '.join(OPTIONAL)}"
        )
    return _mapped(path, names, named)


def _mapped(path: Path, names: list[str], columns: Mapping[str, str]) -> BillFormat:
    unknown = [name for name in columns if name not in (*OWN, *OPTIONAL)]
    if unknown:
        raise UsageError(f"a bill has no {unknown[0]}: map one of {', '.join((*OWN, *OPTIONAL))}")
    absent = [name for name in OWN if name not in columns]
    if absent:
        raise UsageError(f"{path.name}: say which column is {absent[0]}: --map {absent[0]}=...")
    missing = [column for column in columns.values() if column not in names]
    if missing:
        raise UsageError(f"{path.name} has no column {missing[0]}; it has {listed(names, _SHOWN)}")

    def item(cells: Cells) -> Item:
        meter = meter_named(cells[columns["meter"]]) if "meter" in columns else None
        kind = cells[columns["kind"]].lower() if "kind" in columns else ""
        return Item(cells[columns["model"]] or NOT_SAID, meter, kind or USAGE)

    places = {name: (column,) for name, column in columns.items()}
    return BillFormat(
        "columns", frozenset(), places["day"], places["amount"], places.get("quantity", ()),
        places.get("currency", ()), item,
    )  # fmt: skip


def _number(where: str, column: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise UsageError(f"{where}: {column} {text[:60]} is not a number")
    return _within(where, column, number, text)


def _within(where: str, column: str, number: Decimal, text: str) -> Decimal:
    """The number, where it has no more digits than amounts have: 1e999999999 would take hours."""
    exponent = int(number.as_tuple().exponent)
    if exponent < -_MOST_DECIMALS or (number and number.adjusted() > _MOST_DIGITS):
        raise UsageError(
            f"{where}: {column} {text[:60]} has more than {_MOST_DIGITS} digits before the point, "
            f"or {_MOST_DECIMALS} after it"
        )
    return number


def _credits(where: str, text: str) -> list[Decimal]:
    """The amounts of the credits of a line, which are a list of records."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal) if text else []
        amounts = [Decimal(one["amount"]) for one in found]
    except (ValueError, KeyError, TypeError, InvalidOperation):
        raise UsageError(f"{where}: credits {text[:80]} are no list with amounts") from None
    if not all(amount.is_finite() for amount in amounts):
        raise UsageError(f"{where}: credits {text[:80]} are no list with amounts")
    return [_within(where, "credits", amount, text) for amount in amounts]


def _day(where: str, form: BillFormat, cells: Cells) -> date:
    """The day as it is written, in whatever zone the provider cuts them."""
    column, text = _first(form.day, cells)
    try:
        if form.name == "azure" and text[2:3] == "/":  # as its exports write days: 01/31/2026
            return datetime.strptime(text[:10], "%m/%d/%Y").date()
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UsageError(f"{where}: {column} {text} is not a day") from None
