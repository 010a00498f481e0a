"""Every public function, called with arguments of a dozen wrong kinds, says which and why."""

from __future__ import annotations

import datetime
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmprice
from lmprice import PricingError, billing, plots
from lmprice.language.errors import InputError

WRONG: list[Any] = [
    None,
    "a",
    "",
    [],
    {},
    object(),
    3 + 4j,
    [[1, 2], [3]],
    ["a"],
    {"a": 1},
    b"x",
    True,
    datetime.date(2026, 1, 1),
    Decimal(1),
    float("nan"),
    int,
    float("inf"),
    10**400,
    "1",
    [[]],
    [None],
    [True],
    ["1"],
    {1, 2},
    range(3),
    Ellipsis,
    Path("x"),
    np.array(1.0),
    np.array([1, "a"], dtype=object),
    np.datetime64("2026-01-01"),
    np.timedelta64(1, "D"),
    Decimal("sNaN"),
    np.array(1e-320),
    np.ma.masked,
    pd.NA,
    pd.Series(["a"]),
    pd.DataFrame({"a": [1]}),
    pl.Series(["a"]),
    pl.DataFrame({"a": [1]}),
]
# What others make, and what only stands for a kind.
MADE = {
    "PricingError", "WorkbookError", "Problem", "TrendFit", "Axis", "Bar", "Cliff", "Comparison",
    "Convergence", "Customers", "Demand", "DiscountedShare", "Distribution", "Group", "Launch",
    "LaunchComparison", "MarketPath", "MonteCarlo", "Outcome", "PricingCurve", "Strategy",
    "TierTable", "Tornado", "TwoWay",
}  # fmt: skip


def _called() -> Iterator[str]:
    """The public functions and classes, of the package and of its rooms."""
    for name in lmprice.__all__:  # type: ignore[attr-defined]
        found = getattr(lmprice, name)
        if inspect.isfunction(found) or (inspect.isclass(found) and name not in MADE):
            yield name
    for room in ("launch", "offers", "simulation"):
        module = getattr(lmprice, room)
        for name in module.__all__:
            if inspect.isclass(getattr(module, name)) and name not in MADE:
                yield f"{room}.{name}"
    yield from (f"scenarios.{kind.__name__}" for kind in lmprice.scenarios.SCENARIOS.values())


def _calls(
    function: Callable[..., Any], given: Mapping[str, Any]
) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Each parameter with each wrong kind; others that are needed as given, or the number 1."""
    parameters = [
        p
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    for parameter in parameters:
        for wrong in WRONG:
            if wrong is int and parameter.name.startswith("on_"):  # it can be called
                continue
            needed = [p.name for p in parameters if p.default is p.empty]
            named: dict[str, Any] = {name: given.get(name, 1) for name in needed}
            named[parameter.name] = wrong
            first = [
                named.pop(p.name)
                for p in parameters
                if p.kind is p.POSITIONAL_ONLY and p.name in named
            ]
            yield f"{parameter.name}={wrong!r}", first, named


@pytest.mark.parametrize("name", list(_called()))
def test_a_wrong_kind_is_refused_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _strange(operator.attrgetter(name)(lmprice)) == []


@pytest.mark.parametrize("name", [n for n in plots.__all__ if n.islower()])
def test_a_chart_refuses_a_wrong_kind_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _strange(getattr(plots, name)) == []


@pytest.mark.engine
@pytest.mark.parametrize(
    "name", [n for n in billing.__all__ if inspect.isfunction(getattr(billing, n))]
)
def test_billing_refuses_a_wrong_kind_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prices = {"charge_model": "standard", "model": "m", "meter": "input", "unit_price": 3}
    charges = [{**prices, "valid_from": "2026-01-01"}]
    head = {"format": 2, "name": "A", "version": "1", "currency": "USD"}
    book = billing.parse_book({**head, "charges": charges})
    row = {"timestamp": "2026-03-05T02:00:00Z", "customer": "a", "model": "m", "input_tokens": 0}
    rated = billing.rate(pl.DataFrame([row]), book)
    given = {"book": book, "other": book, "drafts": book, "usage": pl.DataFrame([row])}
    assert _strange(getattr(billing, name), given | {"prices": rated, "costs": None}) == []


def _strange(
    function: Callable[..., Any], given: Mapping[str, Any] = MappingProxyType({})
) -> list[str]:
    """The calls with a wrong kind that raise something else than what says parameter and rule."""
    strange = []
    for call, first, named in _calls(function, given):
        try:
            function(*first, **named)
        except PricingError as error:
            # Of what is in a file or a table the message says all.
            if not error.rule or not (error.parameter or isinstance(error, InputError)):
                strange.append(f"{call}: no parameter or rule in {error}")
        except FileNotFoundError:  # of a path that is one
            pass
        except TypeError as error:  # which says what to pass
            said = str(error)
            if not any(f"{p} is " in said for p in inspect.signature(function).parameters):
                strange.append(f"{call}: TypeError {error}")
        except Exception as error:
            strange.append(f"{call}: {type(error).__name__} {error}")
    return strange


def test_the_errors_are_one_family() -> None:
    from lmprice.billing import BookError, UsageError
    from lmprice.billing.margins import ComparisonError
    from lmprice.billing.market import MarketError
    from lmprice.billing.prices.making import PriceListError
    from lmprice.excel_setup.machine import SetupError
    from lmprice.workbook.filling import RecordError

    kinds: list[type[PricingError]] = [
        BookError,
        UsageError,
        ComparisonError,
        MarketError,
        PriceListError,
        RecordError,
        SetupError,
        lmprice.WorkbookError,
    ]
    for kind in kinds:
        assert issubclass(kind, PricingError)
    error: PricingError = BookError(["charges[0].meter: is missing"])
    assert (error.parameter, error.rule) == ("book", "charges[0].meter: is missing")
    assert str(error) == "charges[0].meter: is missing"
