"""From a price list to a price book, with what the book could not hold."""

from __future__ import annotations

import fnmatch
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.files import load_book
from lmprice.billing.parsing import BookError, parse_book
from lmprice.billing.prices import (
    langfuse,
    litellm,
    llm_prices,
    models_dev,
    openrouter,
    portkey,
)
from lmprice.billing.prices.entry import Found
from lmprice.language.errors import InputError, unreadable
from lmprice.output.strict_json import TwiceError, once

LISTS: tuple[ModuleType, ...] = (litellm, models_dev, openrouter, langfuse, portkey, llm_prices)
_NOT_AS_IT_SHOULD_BE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_DIGITS = 9  # a price of a token is small: the digits of a bill follow it
# What these lists mean: cached and written tokens are within the input, and so on; a kind of token
# without a price of its own costs what the whole costs.
_CONTAINS = {
    "input": ["cached", "cache_write", "cache_write_1h", "cache_write_12h",
              "input_audio", "input_image", "input_video"],
    "cached": ["cached_audio"],
    "output": ["reasoning", "output_audio", "output_image", "output_video"],
}  # fmt: skip


class PriceListError(InputError):
    """A price list that cannot be read, or that does not have what is asked for."""


def book_from(
    path: str | Path, models: Sequence[str] = ("*",), digits: int = _DIGITS
) -> tuple[PriceBook, tuple[str, ...]]:
    """Make a price book from a price list.

    Parameters
    ----------
    path : str or Path
        The list as its source gives it: LiteLLM's JSON, models.dev's api.json, OpenRouter's
        /models, Langfuse's default prices, a file of Portkey's or of llm-prices.
    models : sequence of str
        Names of models, or patterns with ``*``.
    digits : int
        Decimals that are billed.

    Returns
    -------
    PriceBook, tuple of str
        The book, and what the list holds that the book does not, a line each.

    Raises
    ------
    PriceListError
        The file is no price list that is known, or has none of the models.
    """
    path = Path(path)
    source, data = _list_of(path)
    known = source.models(data)
    wanted: list[str] = []
    for pattern in models:
        matches = [name for name in known if fnmatch.fnmatchcase(name, pattern)]
        if not matches:
            raise PriceListError(f"{path.name} has no model {pattern}")
        wanted = list(dict.fromkeys([*wanted, *matches]))
    found = _prices(source, data, wanted)
    asked = set(wanted)
    for name, count in Counter(known).items():
        if count > 1 and name in asked:
            found.leave(name, "all but its last entry", "the list has several")
    charges = [price.charge() for price in found.prices]
    if not charges:
        raise PriceListError(f"{path.name} has no prices of {', '.join(models)}")
    book: dict[str, Any] = {
        "format": 2,
        "name": f"{source.TITLE}, {path.name}",
        "version": "1",
        "currency": "USD",
        "digits": digits,
        "sources": [{"name": "list", "contains": _CONTAINS}],
        "charges": charges,
    }
    if found.factors:
        book["factors"] = found.factors
    try:
        return parse_book(book), tuple(found.left)
    except BookError as error:
        raise PriceListError(f"{path.name}: {error}") from None


def _prices(source: ModuleType, data: Any, wanted: Sequence[str]) -> Found:
    """What a list says of some models; one that is not written as the others is left by name."""
    try:
        found: Found = source.prices(data, wanted)
    except _NOT_AS_IT_SHOULD_BE:
        if len(wanted) == 1:
            found = Found()
            found.leave(wanted[0], "all of it", f"it is not written as {source.TITLE} are")
            return found
        half = len(wanted) // 2
        found, second = (_prices(source, data, part) for part in (wanted[:half], wanted[half:]))
        found.prices += second.prices
        found.factors += second.factors
        found.left += second.left
    return found


def list_or_book(
    path: str | Path, models: Sequence[str] = ("*",)
) -> tuple[PriceBook, tuple[str, ...]]:
    """The prices of a file, be it a price list or a price book; of a book all of them.

    Raises
    ------
    PriceListError, BookError
        The file cannot be read, or is neither.
    """
    path = Path(path)
    return (load_book(path), ()) if _is_book(path) else book_from(path, models)


def models_of(path: str | Path) -> tuple[str, ...]:
    """The models that a price list or a price book has prices of.

    Raises
    ------
    PriceListError, BookError
        The file cannot be read, or is neither.
    """
    path = Path(path)
    if _is_book(path):
        return tuple(dict.fromkeys(charge.model for charge in load_book(path).charges))
    source, data = _list_of(path)
    return tuple(source.models(data))


def _is_book(path: Path) -> bool:
    """Whether a file is a price book; one in JSON says so itself."""
    if path.suffix.lower() in (".toml", ".xlsx"):
        return True
    data = _loaded(path)
    return isinstance(data, dict) and {"charges", "currency"} <= data.keys()


def _list_of(path: Path) -> tuple[ModuleType, Any]:
    """The source of a price list, and what the file holds."""
    data = _loaded(path)
    source = next((list_ for list_ in LISTS if list_.fits(data)), None)
    if source is None:
        titles = ", ".join(list_.TITLE for list_ in LISTS)
        raise PriceListError(f"{path.name} is none of the price lists that are known: {titles}")
    return source, data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key may stand in it again where it says the same."""
    found = dict(pairs)
    if len(found) < len(pairs) and any(found[key] != value for key, value in pairs):
        return once(pairs)
    return found


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except TwiceError as error:
        raise PriceListError(f"{path.name}: {error}") from None
    except OSError as error:
        raise PriceListError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise PriceListError(f"{path.name}: {unreadable(error)}") from None
    except RecursionError:
        raise PriceListError(f"{path.name}: JSON that is nested too deeply") from None
