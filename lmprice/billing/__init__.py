"""Billing: price books, and usage logs priced by them.

Books need nothing but pydantic; what prices usage loads polars when it is first used.

>>> from lmprice.billing import PriceBook, StandardCharge
>>> charge = StandardCharge(
...     charge_model="standard",
...     model="chat",
...     meter="input",
...     valid_from="2026-01-01",
...     unit_price=3.0,
... )
>>> book = PriceBook(name="Example", version="1", currency="USD", charges=[charge])
>>> book.charges[0].valid_from.isoformat()
'2026-01-01'
"""

import importlib
from typing import TYPE_CHECKING, Any

from lmprice.billing.book import (
    Account,
    AmountCoupon,
    Commitment,
    Credit,
    PriceBook,
    RateCoupon,
)
from lmprice.billing.charges import (
    BlockCharge,
    ContextCharge,
    OffPeakCharge,
    PackageCharge,
    PercentageCharge,
    RateTieredCharge,
    StandardCharge,
    TieredCharge,
)
from lmprice.billing.files import load_book, save_book
from lmprice.billing.parsing import BookError, parse_book

if TYPE_CHECKING:
    from lmprice.billing.backtesting import Backtest, backtest
    from lmprice.billing.focus import focus_table
    from lmprice.billing.gap import Gap, reconcile
    from lmprice.billing.margins import losing_customers, margin, what_if
    from lmprice.billing.market import market_book, model_price
    from lmprice.billing.provider_bill import read_bill
    from lmprice.billing.rating import Rating, rate
    from lmprice.billing.solving import solve
    from lmprice.billing.usage import UsageError

_LAZY = {
    "Backtest": "backtesting",
    "Gap": "gap",
    "Rating": "rating",
    "UsageError": "usage",
    "backtest": "backtesting",
    "focus_table": "focus",
    "losing_customers": "margins",
    "margin": "margins",
    "market_book": "market",
    "model_price": "market",
    "rate": "rating",
    "read_bill": "provider_bill",
    "reconcile": "gap",
    "solve": "solving",
    "what_if": "margins",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'lmprice.billing' has no attribute {name!r}")
    return getattr(importlib.import_module(f"lmprice.billing.{_LAZY[name]}"), name)


__all__ = [
    "Account",
    "AmountCoupon",
    "Backtest",
    "BlockCharge",
    "BookError",
    "Commitment",
    "ContextCharge",
    "Credit",
    "Gap",
    "OffPeakCharge",
    "PackageCharge",
    "PercentageCharge",
    "PriceBook",
    "RateCoupon",
    "RateTieredCharge",
    "Rating",
    "StandardCharge",
    "TieredCharge",
    "UsageError",
    "backtest",
    "focus_table",
    "load_book",
    "losing_customers",
    "margin",
    "market_book",
    "model_price",
    "parse_book",
    "rate",
    "read_bill",
    "reconcile",
    "save_book",
    "solve",
    "what_if",
]


def __dir__() -> list[str]:
    return sorted(__all__)
