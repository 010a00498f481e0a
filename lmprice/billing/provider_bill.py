"""The provider's bill: what a console exports as costs, by day, model and meter, as it is.

Known by their header: the cost exports of OpenAI, Anthropic and DeepSeek.  Any other table is read
by naming its columns: day, model and amount, and where it has them meter, quantity, kind and
currency.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from lmprice.billing.readers.opening import is_zip, table, table_in_archive
from lmprice.billing.usage import UsageError

Cells = Mapping[str, str]
OWN = ("day", "model", "amount")
OPTIONAL = ("meter", "quantity", "kind", "currency")
NOT_SAID = "(not said)"
_SHOWN = 12  # columns of an unknown file that a message lists

# What providers call the meters of a price book; other names stay what they are.
_METERS = {
    **dict.fromkeys(("input_no_cache", "uncached_input", "input_cache_miss"), "input"),
    **dict.fromkeys(("input_cache_read", "cache_read", "cached_input", "input_cached"), "cached"),
    **dict.fromkeys(("input_cache_hit", "cache_read_input"), "cached"),
    **dict.fromkeys(("input_cache_write_5m", "cache_write_5m", "input_cache_write"), "cache_write"),
    **dict.fromkeys(("input_cache_write_1h", "cache_write_1h"), "cache_write_1h"),
    "web_search": "web_searches",
}


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


@dataclass(frozen=True)
class _Format:
    name: str
    header: frozenset[str]
    day: tuple[str, ...]
    amount: str
    quantity: str | None
    currency: str | None
    what: Callable[[Cells], tuple[str, str | None, str]]  # model, meter, kind
    always: str | None = None  # its currency, where no column says it
    member: str | None = None  # which file of an archive is the table, a regular expression


def _openai(cells: Cells) -> tuple[str, str | None, str]:
    model, comma, meter = cells["line_item"].rpartition(",")
    if not comma:
        return meter.strip() or NOT_SAID, NOT_SAID, "usage"
    return model.strip(), meter_named(meter), "usage"


def _anthropic(cells: Cells) -> tuple[str, str | None, str]:
    name = cells["token_type"] or cells.get("cost_type", "")
    return cells["model"] or NOT_SAID, meter_named(name), "usage"


FORMATS = (
    _Format(
        "openai",
        frozenset({"amount_value", "amount_currency", "line_item"}),
        ("start_time_iso",), "amount_value", "quantity", "amount_currency", _openai,
    ),
    _Format(
        "anthropic",
        frozenset({"usage_date_utc", "model", "token_type", "cost_usd"}),
        ("usage_date_utc",), "cost_usd", None, None, _anthropic, always="USD",
    ),
    _Format(
        "deepseek",
        frozenset({"model", "wallet_type", "cost", "currency"}),
        ("start_time_iso", "utc_date"), "cost", None, "currency",
        lambda cells: (cells["model"] or NOT_SAID, None, "usage"),
        member=r"(.*/)?cost[-_].*\.csv",
    ),
)  # fmt: skip


def read_bill(path: str | Path, columns: Mapping[str, str] | None = None) -> ProviderBill:
    """Read a provider's bill.

    Parameters
    ----------
    path : str or Path
        A cost export of OpenAI, Anthropic or DeepSeek (the .csv or the archive), or any CSV file.
    columns : mapping, optional
        Of any other file: day, model, amount and where there are such meter, quantity, kind and
        currency, each with the column that holds it.  A row whose kind is neither "usage" nor empty
        is tax, credit or the like.

    Raises
    ------
    UsageError
        Where the file is none of these, or a cell holds no day or number.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    archived = [f.member for f in FORMATS if f.member is not None]
    if is_zip(path):
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
        found = [n for n in members if any(re.fullmatch(pattern, n) for pattern in archived)]
        if len(found) != 1:
            raise UsageError(f"{path.name} holds {len(found)} bills: {', '.join(members[:_SHOWN])}")
        lines = table_in_archive(path, found[0])
    else:
        lines = table(path)
    names = next(lines)
    form = _format(path, names, columns or {})
    rows, currencies, decimals = [], set(), 0
    for number, line in enumerate(lines, 1):
        if len(line) != len(names):
            raise UsageError(f"{path.name} row {number}: {len(line)} cells instead of {len(names)}")
        cells = dict(zip(names, map(str.strip, line), strict=True))
        where = f"{path.name} row {number}"
        model, meter, kind = form.what(cells)
        if not cells[form.amount]:
            if model != NOT_SAID:
                raise UsageError(f"{where}: {form.amount} is empty")
            continue  # a bucket without costs
        amount = _number(where, form.amount, cells)
        decimals = max(decimals, -int(amount.as_tuple().exponent))
        if form.currency is not None and cells[form.currency]:
            currencies.add(cells[form.currency].upper())
        quantity = None
        if form.quantity is not None and cells[form.quantity]:
            quantity = Fraction(_number(where, form.quantity, cells))
        day = _day(where, form.day, cells)
        rows.append(BillRow(day, model, meter, Fraction(amount), quantity, kind))
    if len(currencies) > 1:
        raise UsageError(f"{path.name} is in {' and '.join(sorted(currencies))}")
    currency = next(iter(currencies), form.always)
    return ProviderBill(path, form.name, tuple(rows), currency, decimals)


def _format(path: Path, names: list[str], columns: Mapping[str, str]) -> _Format:
    shown = ", ".join(names[:_SHOWN])
    if columns:
        return _mapped(path, names, columns)
    for form in FORMATS:
        if form.header <= set(names) and any(day in names for day in form.day):
            return form
    raise UsageError(
        f"{path.name} is no bill that is known ({', '.join(f.name for f in FORMATS)}): it has the "
        f"columns {shown}. Name its columns with --map day=..., --map model=..., --map amount=... "
        f"and, where it has them, {', '.join(OPTIONAL)}"
    )


def _mapped(path: Path, names: list[str], columns: Mapping[str, str]) -> _Format:
    unknown = [name for name in columns if name not in (*OWN, *OPTIONAL)]
    if unknown:
        raise UsageError(f"a bill has no {unknown[0]}: map one of {', '.join((*OWN, *OPTIONAL))}")
    absent = [name for name in OWN if name not in columns]
    if absent:
        raise UsageError(f"{path.name}: say which column is {absent[0]}: --map {absent[0]}=...")
    missing = [column for column in columns.values() if column not in names]
    if missing:
        raise UsageError(
            f"{path.name} has no column {missing[0]}; it has {', '.join(names[:_SHOWN])}"
        )

    def what(cells: Cells) -> tuple[str, str | None, str]:
        meter = meter_named(cells[columns["meter"]]) if "meter" in columns else None
        kind = cells[columns["kind"]].lower() if "kind" in columns else ""
        return cells[columns["model"]] or NOT_SAID, meter, kind or "usage"

    return _Format(
        "columns", frozenset(), (columns["day"],), columns["amount"], columns.get("quantity"),
        columns.get("currency"), what,
    )  # fmt: skip


def meter_named(name: str) -> str:
    """The meter of a price book that a provider's name stands for.

    >>> [meter_named(n) for n in ("input_no_cache", "cached input tokens", "output", "")]
    ['input', 'cached', 'output', '(not said)']
    """
    plain = re.sub(r"[\s-]+", "_", name.strip().lower()).removesuffix("_tokens")
    return _METERS.get(plain, plain) or NOT_SAID


def _number(where: str, column: str, cells: Cells) -> Decimal:
    try:
        number = Decimal(cells[column])
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise UsageError(f"{where}: {column} {cells[column]} is not a number")
    return number


def _day(where: str, columns: tuple[str, ...], cells: Cells) -> date:
    """The day as it is written, in whatever zone the provider cuts them."""
    column = next(name for name in columns if name in cells)
    text = cells[column]
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UsageError(f"{where}: {column} {text} is not a day") from None
