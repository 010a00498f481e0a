"""``LMMODELPRICE``: market prices of models on the cells of a sheet.

>>> evaluate("gpt-4o", "output", 45658.0)  # 1 January 2025
10.0
>>> evaluate([["gpt-4o"], ["no-such-model"]], [["input", "output"]], 45658.0)[1][0]
CellError('#N/A', "LMMODELPRICE: Unable to find provider with model matching 'no-such-model'")
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import math
from typing import Any

import numpy as np

from lmprice.language.errors import PricingError, shown
from lmprice_excel.values import FIRST_DAY, NA, NUM, VALUE, Block, Cell, CellError, fault

NAME = "LMMODELPRICE"
# Day 60 is the 29 February 1900 that only Excel knows; the last one is 31 December 9999.
_DAYS = range(61, 2_958_466)

_log = logging.getLogger(__name__)


class _Refused(Exception):  # noqa: N818  (a result, not a failure)
    """An argument that cannot be used; carries the error for the cell."""

    def __init__(self, error: CellError) -> None:
        self.error = error
        super().__init__(error.text)


def evaluate(
    model: Cell | Block, kind: Cell | Block, at: Cell | Block = None, provider: Cell | Block = None
) -> Cell | Block:
    """Market prices in USD per million tokens, for cells or ranges; nothing is ever raised.

    Ranges broadcast as the numbers of `lmprice_excel.cells.evaluate` do: a column of models against
    a row of kinds gives a table, and what is wrong with one of them is an error in its place.
    """
    given = {"model": model, "kind": kind, "at": at, "provider": provider}
    cells = [np.array(a if isinstance(a, list) else [[a]], dtype=object) for a in given.values()]
    try:
        table = np.stack(np.broadcast_arrays(*cells), axis=-1)
    except ValueError:
        shapes = zip(given, (" x ".join(map(str, c.shape)) for c in cells), strict=True)
        sizes = ", ".join(f"{name} {shape}" for name, shape in shapes)
        return _error(VALUE, f"the ranges do not fit each other ({sizes})")
    # One moment for all cells, and one search for a model that stands in many of them.
    now = dt.datetime.now(dt.UTC)
    search = functools.cache(_market_price)
    rows: Block = [[_price(search, now, *call) for call in row] for row in table.tolist()]
    return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]


def _price(
    search: Any, now: dt.datetime, model: Cell, kind: Cell, at: Cell, provider: Cell
) -> float | CellError:
    try:
        name, which = _text("model", model), _text("kind", kind).casefold()
        moment = now if at is None else _moment(at)
        seller = None if provider is None else _text("provider", provider)
    except _Refused as refused:
        return refused.error
    found: float | CellError = search(name, which, moment, seller)
    return found


def _market_price(
    model: str, kind: Any, moment: dt.datetime, provider: str | None
) -> float | CellError:
    try:
        from lmprice.billing.market import MarketError, model_price
    except ImportError:
        return _error(VALUE, _NEEDED)
    try:
        price = model_price(model, kind, moment, provider)
    except MarketError as error:
        return _error(NA, " ".join(str(error).split()))
    except PricingError as error:
        return _error(VALUE, f"{error.parameter} {shown(error.value)} {error.rule}")
    except ImportError:
        return _error(VALUE, _NEEDED)
    except Exception as error:
        _log.exception("%s failed", NAME)
        return fault(NAME, error)
    return _error(NA, f"{model} has no {kind} price") if math.isnan(price) else price


_NEEDED = "market prices need genai-prices: pip install 'lmprice[market]'"


def _text(name: str, cell: Cell) -> str:
    _hand_on(cell)
    if cell is None or cell == "":
        raise _Refused(_error(VALUE, f"{name} is empty"))
    if not isinstance(cell, str):
        raise _Refused(_error(VALUE, f"{name} {shown(cell)} is not a text"))
    return cell.strip()


def _moment(at: Cell) -> dt.datetime:
    _hand_on(at)
    if not isinstance(at, (int, float)) or isinstance(at, bool):
        raise _Refused(_error(VALUE, f"at {shown(at)} is not a date"))
    if not math.isfinite(at) or math.floor(at) not in _DAYS:
        raise _Refused(_error(NUM, f"at {shown(float(at))} is not the number of a day"))
    # A time is a part of a day, a little off in binary: the second that is meant.
    return (FIRST_DAY + dt.timedelta(seconds=round(at * 86_400))).replace(tzinfo=dt.UTC)


def _hand_on(cell: Cell) -> None:
    """Raise the error that a cell holds, or the text that stands for one."""
    if isinstance(cell, str):
        error = cell if isinstance(cell, CellError) else CellError.parse(cell)
        if error is not None:
            raise _Refused(error)


def _error(code: str, message: str) -> CellError:
    return CellError(code, f"{NAME}: {message}")
