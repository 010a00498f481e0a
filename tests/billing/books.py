"""Price books and usage for the tests."""

from __future__ import annotations

from typing import Any

import polars as pl

from lmprice.billing import Account, PriceBook
from lmprice.billing.charges import AnyCharge
from lmprice.billing.parsing import parse_book

SINCE = {"valid_from": "2026-01-01"}


def book(*charges: dict[str, Any], **fields: Any) -> PriceBook:
    """A book of charges, by default on the quantity of the model ``chat`` from 2026 on."""
    defaults = {"model": "chat", "meter": "quantity", **SINCE}
    return parse_book(
        {
            "name": "Test",
            "version": "1",
            "currency": "USD",
            "charges": [{**defaults, **charge} for charge in charges],
            **fields,
        }
    )


def charge(**fields: Any) -> AnyCharge:
    """One charge."""
    return book(fields).charges[0]


def account(customer: str = "acme", **fields: Any) -> Account:
    """The account of a customer."""
    return book(standard(), accounts=[{"customer": customer, **fields}]).accounts[0]


def standard(unit_price: float = 1.0, **fields: Any) -> dict[str, Any]:
    """The fields of a standard charge."""
    return {"charge_model": "standard", "unit_price": unit_price, **fields}


def tokens(**prices: float) -> list[dict[str, Any]]:
    """Standard charges by meter, per million tokens."""
    return [standard(price, meter=meter, per=1e6) for meter, price in prices.items()]


def usage(*rows: dict[str, Any]) -> pl.DataFrame:
    """A usage table; what a row does not give is taken from a customer on 2026-01-05."""
    defaults = {"timestamp": "2026-01-05T12:00:00Z", "customer": "acme", "model": "chat"}
    return pl.DataFrame([{**defaults, **row} for row in rows], infer_schema_length=None)
