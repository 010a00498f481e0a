"""List prices of large language models, dated, for examples and fits.

A small table of facts, not a price service: each row is a public list price, the day from which
it is known to hold, and the address of the page that shows it.  A model has a new row where its
price of input or output changes, and so counts once in a fit.  Prices are of the standard service
for short prompts, at peak hours where the hour matters; announced promotions are left out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from lmprice.language.errors import PricingError
from lmprice.output.records import Records

__all__ = ["DatedPrice", "list_prices"]

DateKind = Literal["release", "change", "listed"]


@dataclass(frozen=True)
class DatedPrice:
    """A list price and the day from which it is known to hold.

    Parameters
    ----------
    vendor : str
        Who sells it.
    model : str
        Name of the model in the vendor's API.
    line : str
        The lineage that the model continues, such as "OpenAI flagship"; empty where there is none.
    valid_from : date
        The day from which the price is known to hold.
    date_kind : {"release", "change", "listed"}
        What happened that day: the model came out, its price changed, or the source listed the
        price, which may have held before.
    input_price, output_price : float
        Prices of input and output tokens (USD per million tokens).
    cached_price : float or None
        Price of input read from the cache (USD per million tokens); None where the source has none.
    source : str
        Address of the page that shows the price.
    """

    vendor: str
    model: str
    line: str
    valid_from: date
    date_kind: DateKind
    input_price: float
    output_price: float
    cached_price: float | None
    source: str


def list_prices(line: str | None = None) -> Records[DatedPrice]:
    """Dated public list prices, in order of vendor and date.

    Parameters
    ----------
    line : str, optional
        The lineage to return; all rows by default.

    Returns
    -------
    Records of DatedPrice
        The rows: a tuple that prints as a table and has ``to_pandas()`` and ``to_polars()``.

    Raises
    ------
    PricingError
        If the table has no such lineage.

    Examples
    --------
    >>> for price in list_prices("OpenAI flagship"):
    ...     print(price.valid_from, f"{price.model:20}", price.input_price, price.output_price)
    2023-05-28 gpt-4-0314           30.0 60.0
    2023-11-06 gpt-4-1106-preview   10.0 30.0
    2024-05-13 gpt-4o-2024-05-13    5.0 15.0
    2024-08-06 gpt-4o-2024-08-06    2.5 10.0
    2025-04-14 gpt-4.1              2.0 8.0
    2025-08-07 gpt-5                1.25 10.0
    2025-11-13 gpt-5.1              1.25 10.0
    2025-12-11 gpt-5.2              1.75 14.0
    2026-03-05 gpt-5.4              2.5 15.0
    2026-04-23 gpt-5.5              5.0 30.0
    2026-07-09 gpt-5.6-sol          5.0 30.0
    2026-09-22 gpt-6-sol            2.0 10.0
    2026-09-29 gpt-6.1-sol          2.0 10.0

    The lineages in the table:

    >>> sorted({price.line for price in list_prices() if price.line})[:4]
    ['Claude Haiku', 'Claude Opus', 'Claude Sonnet', 'DeepSeek chat']
    """
    rows = _rows()
    if line is None:
        return rows
    lines = sorted({row.line for row in rows if row.line})
    if not isinstance(line, str) or line not in lines:
        raise PricingError("list_prices", "line", line, f"is none of {', '.join(lines)}")
    return Records(row for row in rows if row.line == line)


@cache
def _rows() -> Records[DatedPrice]:
    """The table, read once."""
    text = files(__name__).joinpath("list_prices.csv").read_text(encoding="utf-8")
    return Records(_row(record) for record in csv.DictReader(text.splitlines()))


def _row(record: dict[str, str]) -> DatedPrice:
    return DatedPrice(
        vendor=record["vendor"],
        model=record["model"],
        line=record["line"],
        valid_from=date.fromisoformat(record["valid_from"]),
        date_kind=cast(DateKind, record["date_kind"]),
        input_price=float(record["input_price"]),
        output_price=float(record["output_price"]),
        cached_price=float(record["cached_price"]) if record["cached_price"] else None,
        source=record["source"],
    )


def __dir__() -> list[str]:
    return sorted(__all__)
