"""Scenarios of a user's own: without a template, without terms, with tables given as frames."""

from __future__ import annotations

import datetime
import inspect
import pickle
import pydoc
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmprice
from lmprice import PricingError, monte_carlo, sensitivity, two_way
from lmprice.language.dates import serial
from lmprice.language.expression import total, where
from lmprice.scenarios import Breakeven, Discounts, Out, Row, Scenario, Term, columns
from lmprice.simulation import Normal
from tests.workbook.in_ironcalc import recalculated_by_ironcalc
from tests.workbook.test_engines import disagreements


class Customer(Row):
    name: str
    usage: float


class Support(Scenario):
    """Does an assistant that answers tickets pay?"""

    price: float = 0.3
    tickets: float = 40_000
    start: datetime.date = datetime.date(2026, 1, 1)
    plan: Literal["team", "company"] = "team"
    customers: list[Customer] = [Customer(name="acme", usage=10)]  # noqa: RUF012

    def results(self, out: Out) -> None:
        fee = where(self.plan == "team", 100, 500)
        out("revenue", self.price * self.tickets + fee, Term.plain("Revenue", "USD a month"))
        out("usage", total(columns(self.customers).usage))
        out("day", serial(self.start) + 0.0)


def test_a_scenario_of_ones_own_is_varied_drawn_and_written(tmp_path: Path) -> None:
    plan = Support(price=0.5)
    assert dict(plan.evaluate()) == {"revenue": 20_100, "usage": 10, "day": 46023}
    assert sensitivity(plan, "revenue")["tickets"].at_low == pytest.approx(18_100)
    table = two_way(plan, "usage", {"customers[0].usage": [1, 2]}, {"price": [1]})
    assert table.values.tolist() == [[1], [2]]
    drawn = monte_carlo(plan, {"tickets": Normal(40_000, 100)}, 1_000)["revenue"]
    assert drawn.mean == pytest.approx(20_100, abs=10)
    assert (Support.template.name, Support.template.title.en) == ("support", "Support")
    assert Support.template.about.en == "Does an assistant that answers tickets pay?"
    path = lmprice.build(plan, tmp_path / "support.xlsx")
    assert disagreements(recalculated_by_ironcalc(path, plan, "en"), plan, "en") == []


def _named(key: str) -> Scenario:
    def results(self: Scenario, out: Out) -> None:
        out("doubled", 2 * getattr(self, key))

    body = {"__annotations__": {key: float}, key: 1.0, "__doc__": "?", "results": results}
    kind: type[Scenario] = type("Own", (Scenario,), body)
    return kind()


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        # Names of the workbook's own, on the sheets of checks, inputs and months; capitals aside.
        ("check_lights", "stands for something else in the workbook"),
        ("check_line", "stands for something else in the workbook"),
        ("Input_Status", "stands for something else in the workbook"),
        ("own_scenario", "stands for something else in the workbook"),
        ("c1", "looks like a cell address in Excel"),
    ],
)
def test_a_name_that_a_workbook_cannot_have(tmp_path: Path, key: str, rule: str) -> None:
    with pytest.raises(PricingError) as caught:
        lmprice.build(_named(key), tmp_path / "t.xlsx")
    assert str(caught.value) == f"build: name {caught.value.value!r} {rule}"
    assert str(caught.value.value).casefold() == key.casefold()
    assert lmprice.build(_named("checks"), tmp_path / "t.xlsx").exists()


@pytest.mark.parametrize(
    "customers",
    [
        [{"name": "acme", "usage": 10}, {"name": "beta", "usage": 5.5}],
        {"name": ["acme", "beta"], "usage": np.array([10, 5.5])},
        pd.DataFrame({"name": ["acme", "beta"], "usage": [10, 5.5]}),
        pl.DataFrame({"name": ["acme", "beta"], "usage": [10.0, 5.5]}),
        (Customer(name="acme", usage=10), Customer(name="beta", usage=5.5)),
    ],
    ids=["dicts", "columns", "pandas", "polars", "tuple"],
)
def test_a_table_in_any_form(customers: Any) -> None:
    assert Support(customers=customers).evaluate()["usage"] == 15.5


def test_what_is_missing_in_a_frame_is_the_default() -> None:
    tiers: Any = pd.DataFrame({"up_to": [50, 200, None], "unit_price": [10, 9, 8]})
    assert Discounts(tiers=tiers, quantity=300).evaluate()["graduated_charge"] == 2650


@pytest.mark.parametrize(
    "day",
    [
        "2026-03-05",
        datetime.datetime(2026, 3, 5, 12),
        pd.Timestamp("2026-03-05"),
        np.datetime64("2026-03-05"),
    ],
)
def test_dates_in_any_form(day: Any) -> None:
    assert Support(start=day).start == datetime.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("inputs", "message", "parameter"),
    [
        ({"price": "3"}, "Support: price '3' is not a number", "price"),
        ({"price": float("nan")}, "Support: price nan is not finite", "price"),
        ({"plan": "solo"}, "Support: plan 'solo' is not one of 'team' or 'company'", "plan"),
        ({"cost": 3}, "Support: inputs 'cost' is no input: there are price, tickets", "inputs"),
        ({"start": "soon"}, "Support: start 'soon' is not a date", "start"),
        ({"customers": 5}, "Support: customers 5 is not a list of rows", "customers"),
        ({"customers": [5]}, "Support: customers[0] 5 ", "customers[0]"),
        ({"customers": []}, "Support: customers: has 0 rows, not 1 to 200", "customers"),
        (
            {"customers": [{"name": "acme"}]},
            "Support: customers[0].usage None is missing",
            "customers[0].usage",
        ),
    ],
)
def test_refusals_name_the_input(inputs: Any, message: str, parameter: str) -> None:
    with pytest.raises(PricingError) as caught:
        Support(**inputs)
    assert str(caught.value).startswith(message)
    assert caught.value.parameter == parameter
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.rule) == (str(caught.value), caught.value.rule)


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(PricingError, match="price 'a' is not a number\nSupport: tickets 'b' is"):
        Support(price="a", tickets="b")  # type: ignore[arg-type]


def test_a_function_that_takes_no_arrays() -> None:
    def fee(usage: float = 120, price: float = 2) -> float:
        return price * usage if usage > 100 else 100.0

    table = two_way(fee, "fee", {"usage": [50, 200]}, {"price": [1, 2, 3]})
    assert table.values.tolist() == [[100, 100, 100], [200, 400, 600]]


def test_a_function_that_branches_into_several_results() -> None:
    def plans(usage: float = 120) -> dict[str, float]:
        return {"team": max(usage, 100), "company": 500.0}

    assert sensitivity(plans, "team", ranges={"usage": (50, 150)}).bars[0].at_low == 100


class _Usage(Row):
    tokens: float = 0
    price: float = 0


class _Customers(Scenario):
    usage: list[_Usage] = [_Usage(tokens=1, price=2)]  # noqa: RUF012

    def results(self, out: Out) -> None:
        table = columns(self.usage)
        out("revenue", total(table.tokens * table.price))


def test_columns_of_a_table_are_paired_and_none_is_cut_short() -> None:
    tokens = pd.Series([1.0, 2.0], index=["a", "b"])
    mixed = pd.Series([10.0, 20.0], index=["b", "a"])
    paired = _Customers(usage={"tokens": tokens, "price": mixed})  # type: ignore[arg-type]
    assert paired.evaluate()["revenue"] == 1 * 20 + 2 * 10
    wrong: list[tuple[Any, str]] = [
        ({"tokens": [1, 2, 3], "price": [1, 2]}, "usage.price 2 is the number of rows, but"),
        ({"tokens": 1, "price": 2}, "usage.tokens 1 is not a column: a table is rows or columns"),
        ({"tokens": "12", "price": [1]}, "usage.tokens '12' is not a column"),
        ({"tokens": tokens, "price": mixed.rename({"a": "c"})}, "usage.price .* other labels"),
    ]
    for given, message in wrong:
        with pytest.raises(PricingError, match=f"_Customers: {message}"):
            _Customers(usage=given)


def test_help_shows_inputs_without_their_terms() -> None:
    shown = str(inspect.signature(_Customers))
    assert shown.endswith(" = [1 row])")
    assert "Term(" not in shown
    assert str(inspect.signature(Breakeven)).startswith("(*, quantity: float = 100.0, price: float")
    # The base has no results, and so no template; help asks for it.
    assert "results" in pydoc.render_doc(Scenario)
    assert "results" in pydoc.render_doc(_Customers)


def test_results_print_as_a_table() -> None:
    text = str(Breakeven().evaluate())
    assert text.startswith("Earns 900 USD at 100 units; it breaks even at 10.\n\nResult ")
    assert "\nBreakeven quantity (units)                       10.00\n" in text
