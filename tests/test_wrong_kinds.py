"""Every public function, called with arguments of a dozen wrong kinds, says which and why."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import lmprice
from lmprice import PricingError

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
]


def _functions() -> Iterator[str]:
    for name in lmprice.__all__:  # type: ignore[attr-defined]
        if inspect.isfunction(getattr(lmprice, name)) and name not in ("functions", "scenario_of"):
            yield name


def _calls(function: Callable[..., Any]) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Each parameter with each wrong kind, all others that are needed being the number 1."""
    parameters = [
        p
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    for parameter in parameters:
        for wrong in WRONG:
            named: dict[str, Any] = {p.name: 1 for p in parameters if p.default is p.empty}
            named[parameter.name] = wrong
            first = [
                named.pop(p.name)
                for p in parameters
                if p.kind is p.POSITIONAL_ONLY and p.name in named
            ]
            yield f"{parameter.name}={wrong!r}", first, named


@pytest.mark.parametrize("name", list(_functions()))
def test_a_wrong_kind_is_refused_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function = getattr(lmprice, name)
    strange = []
    for call, first, named in _calls(function):
        try:
            function(*first, **named)
        except PricingError as error:
            if not (error.parameter and error.rule):
                strange.append(f"{call}: no parameter or rule in {error}")
        except FileNotFoundError:  # of a path that is one
            pass
        except Exception as error:
            strange.append(f"{call}: {type(error).__name__} {error}")
    assert strange == []


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
