"""Market prices: the price lists of vendors, as the package genai-prices keeps them.

Nothing is fetched: the prices are those that came with the installed version of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from lmprice.billing.book import PriceBook
from lmprice.billing.parsing import parse_book
from lmprice.billing.prices.genai import CONTAINS, UnheldPriceError, charges
from lmprice.language.checks import check_kind
from lmprice.language.errors import InputError, PricingError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

Kind = Literal["input", "cached", "cache_write", "output"]

# What genai-prices calls them, in USD per million tokens.
_FIELDS: dict[Kind, str] = {
    "input": "input_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "output": "output_mtok",
}
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class MarketError(InputError):
    """A model without a market price, or with a price list that a book cannot hold."""


def model_price(
    model: str,
    kind: Kind,
    at: date | datetime | None = None,
    provider: str | None = None,
) -> float:
    """Market price of a model in USD per million tokens, NaN where it has none of that kind.

    Parameters
    ----------
    model : str
        Name of the model as its vendor or a gateway writes it, such as "gpt-4o".
    kind : {"input", "cached", "cache_write", "output"}
        Which tokens; cached ones cost as much as input where they have no price of their own.
    at : date or datetime, optional
        When, in UTC; by default now.
    provider : str, optional
        Who sells it, such as "deepseek"; by default the vendor.

    Raises
    ------
    PricingError
        Where ``kind`` is not one of the four.
    MarketError
        Where the model or provider is not known.

    Notes
    -----
    The price of the shortest context.  The package knows hours but no weekdays: at weekends it
    gives the peak price of vendors who charge none then.  `market_book` takes the weekdays.

    Not a function of the registry, because a model is a text and formulas are about numbers.

    Examples
    --------
    >>> model_price("gpt-4o", "output", date(2025, 1, 1))
    10.0
    """
    if not isinstance(kind, str) or kind not in get_args(Kind):
        raise PricingError("model_price", "kind", kind, f"is none of {', '.join(get_args(Kind))}")
    moment = datetime.now(UTC) if at is None else _moment(at)
    value = _price(_find(model, provider).get_prices(moment), kind)
    return float("nan") if value is None else float(getattr(value, "base", value))


def market_book(
    models: Sequence[str], *, provider: str | None = None, peak_weekdays: Sequence[int] = _EVERY_DAY
) -> PriceBook:
    """A price book of all market prices of models: meters, dates, contexts, hours and variants.

    Batch, flex, priority and fast prices hold where the usage says so in its columns
    ``service_tier`` or ``speed``.

    Parameters
    ----------
    models : sequence of str
        The models, by the names that the usage table has.
    provider : str, optional
        Who sells them; by default the vendor of each.
    peak_weekdays : sequence of int
        The days that have peak hours, Monday being 1; the package knows hours only.  DeepSeek has
        none at weekends: ``(1, 2, 3, 4, 5)``.

    Raises
    ------
    MarketError
        Where a model is not known, or has a price list that a book cannot hold.
    """
    if isinstance(models, (str, bytes)) or not isinstance(models, Sequence):
        raise PricingError("market_book", "models", models, "is no sequence of names of models")
    for model in models:
        check_kind("market_book", "models", model, str, "name of a model")
    try:
        made = [
            charge
            for model in models
            for charge in charges(_find(model, provider), model, tuple(peak_weekdays))
        ]
    except UnheldPriceError as error:
        raise MarketError(str(error)) from None
    if not made:
        raise MarketError("the models have no prices")
    from genai_prices import __version__

    return parse_book(
        {
            "format": 2,
            "name": "Market prices of genai-prices",
            "version": __version__,
            "currency": "USD",
            "digits": 9,
            "sources": [{"name": "genai-prices", "contains": CONTAINS}],
            "charges": made,
        }
    )


def market_name(model: str, provider: str | None = None) -> str:
    """The one name that genai-prices has for a model, whatever name it is asked by.

    >>> market_name("gpt-4o-2024-08-06")
    'gpt-4o'

    Raises
    ------
    MarketError
        Where the model is not known.
    """
    return _find(model, provider).id


def _moment(at: date | datetime) -> datetime:
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _price(prices: ModelPrice, kind: Kind) -> Any:
    value = getattr(prices, _FIELDS[kind], None)
    if value is None and kind in ("cached", "cache_write"):
        return getattr(prices, _FIELDS["input"], None)
    return value


def _find(model: str, provider: str | None) -> ModelInfo:
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "market prices need genai-prices: pip install 'lmprice[market]'", name="genai_prices"
        ) from None
    try:
        _, found = get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError as error:
        raise MarketError(str(error)) from None
    return found
