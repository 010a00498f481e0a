"""Iteration and dates in scenarios: what is computed, what is traced, what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import numpy as np
import pytest
from scipy.special import lambertw

from lmprice import PricingError
from lmprice.dialects import excel
from lmprice.language.dates import FIRST_DAY, LAST_DAY, date_term, day, known_day, serial
from lmprice.language.expression import Expr, exp, total
from lmprice.language.quantities import Quantity, UnitPrice
from lmprice.language.terms import Text, term
from lmprice.scenarios import Inference, Scenario
from lmprice.scenarios.base import Out
from lmprice.scenarios.tables import Row, Table, columns
from lmprice.scenarios.template import Around, Span, Template
from lmprice.workbook.axes import around
from lmprice.workbook.book import Book
from tests.workbook.rivals import Rival, Rivals

PRICE = term(UnitPrice)


class Firm(Row):
    """A row of prices."""

    price: UnitPrice


class Shop(Scenario):
    """A number and a table; what it computes is set by a test."""

    template: ClassVar[Template] = Inference.template
    factor: Quantity = 2.0
    firms: Annotated[list[Firm], Table(Text("Firms", "公司"), Text("Firms", "公司"))] = [  # noqa: RUF012
        Firm(price=1.0),
        Firm(price=3.0),
    ]


def shop(compute: Callable[[Out, Shop], object]) -> type[Shop]:
    """A scenario with these results."""

    class Made(Shop):
        def results(self, out: Out) -> None:
            compute(out, self)

    return Made


def root(out: Out, self: Shop) -> float:
    """The square root of the factor by Heron's method."""
    return out.iterate("root", lambda x: (x + self.factor / x) / 2, 1.0, 7, PRICE)


def test_a_number_by_iteration() -> None:
    results = shop(root)().evaluate()
    assert results["root"] == pytest.approx(np.sqrt(2), rel=1e-15)
    assert results["root_residual"] == 0
    assert results.warnings == ()
    (iteration,) = results.iterations
    # Hand: 1, 3/2, 17/12, 577/408.
    by_hand = pytest.approx([1, 1.5, 17 / 12, 577 / 408], rel=1e-15)
    assert [float(v) for v in iteration.values[:4]] == by_hand
    at = shop(root)().evaluate_at({"factor": np.array([4.0, 9.0])})
    np.testing.assert_allclose(at["root"], [2, 3], rtol=1e-9)


def test_too_few_steps_warn_and_no_number_does_not() -> None:
    def early(out: Out, self: Shop) -> None:
        out.iterate("root", lambda x: (x + self.factor / x) / 2, 1.0, 2, PRICE)

    (warning,) = shop(early)().evaluate().warnings
    assert warning.en == "Price has not come to rest: see its residual."
    assert shop(early)(factor=1.0).evaluate().warnings == ()
    lost = shop(lambda out, _: out.iterate("x", lambda x: x / 0.0, 1.0, 3, PRICE))
    assert np.isnan(lost().evaluate()["x"])
    assert lost().evaluate().warnings == ()


def test_what_a_step_reports_is_its_own() -> None:
    def shares(out: Out, self: Shop) -> None:
        firms = columns(self.firms)

        def step(x: float) -> float:
            part = out.column("firms", "part", x * firms.price, PRICE)
            return x / out("sum", total(part), PRICE)

        out.iterate("x", step, 1.0, 2, PRICE, table="firms")

    results = shop(shares)().evaluate()
    # Hand: 1/4 each, and the parts of 1/4 add up to 1.
    assert results.columns[0].value.tolist() == [0.25, 0.25]
    assert list(results) == ["x_residual"]
    part, whole = results.iterations[0].parts
    assert [np.ravel(v).tolist() for v in part.values] == [[1, 3], [0.25, 0.75]]
    assert [np.ravel(v).tolist() for v in whole.values] == [[4], [1]]
    trace = shop(shares).trace("en")
    (iteration,) = trace.iterations
    assert [excel.text(e) for e in iteration.values] == ["1", "firms_x_before/firms_x_sum"]
    assert [excel.text(p.values[0]) for p in iteration.parts] == [
        "firms_x_before*firms_price",
        "SUMPRODUCT(firms_x_part)",
    ]
    assert excel.text(trace.expressions["x_residual"]) == "MAX(firms_x_move)"
    assert excel.text(trace.expressions["firms_x"]) == "firms_x_last"


def test_a_what_if_does_not_go_through_an_iteration() -> None:
    def priced(out: Out, self: Shop) -> None:
        out("twice", root(out, self) * 2, PRICE)
        out("other", self.factor * 3, PRICE)

    trace = shop(priced).trace("en")
    message = "twice depends on factor by way of the iteration root: a what-if needs a result"
    with pytest.raises(TypeError, match=message):
        trace.what_if("twice", {"factor": Expr.name("$A5")})
    # Of other inputs it is a number like any other.
    assert excel.text(trace.what_if("twice", {"else": Expr.name("$A5")})) == "twice"
    assert excel.text(trace.what_if("other", {"factor": Expr.name("$A5")})) == "$A5*3"


def test_wrong_iterations() -> None:
    def nested(out: Out, self: Shop) -> None:
        out.iterate("outer", lambda x: x + root(out, self), 1.0, 2, PRICE)

    def warning(out: Out, self: Shop) -> None:
        def step(x: float) -> float:
            out.warn(x > 0, Text("", ""))
            return x

        out.iterate("x", step, 1.0, 2, PRICE)

    def twice(out: Out, self: Shop) -> None:
        out.iterate("x", lambda x: out("a", x, PRICE) + out("a", x, PRICE), 1.0, 2, PRICE)

    def column(out: Out, self: Shop) -> None:
        out.iterate("x", lambda x: x * columns(self.firms).price, 1.0, 2, PRICE)

    for compute, message in (
        (nested, "root: an iteration has at least one step and none within another"),
        (warning, "x: a step of an iteration cannot warn"),
        (twice, "a is reported twice in a step of x"),
        (column, "is a whole column: add it up with total"),
        (
            lambda out, _: out.iterate("x", lambda x: x, 1.0, 0, PRICE),
            "x: an iteration has at least one step",
        ),
    ):
        with pytest.raises(TypeError, match=message):
            shop(compute).trace("en")


def test_the_total_of_a_columns_own_table_stays_a_total() -> None:
    def parts(out: Out, self: Shop) -> None:
        twice = out.column("firms", "twice", columns(self.firms).price * 2, PRICE)
        out.column("firms", "part", twice / total(twice), PRICE)

    assert shop(parts)().evaluate().columns[1].value.tolist() == [0.25, 0.75]


def test_nash_prices_of_one_firm_are_the_closed_form() -> None:
    # p = c + mu (1 + W(e^((a - c) / mu - 1))), solved by an independent program.
    one = Rivals(firms=[Rival(name="A", quality=2.0, unit_cost=1.0, price=1.5)])
    expected = 1 + 0.25 * (1 + lambertw(np.exp(4 - 1)).real)
    results = one.evaluate()
    assert results["monopoly"] == pytest.approx(expected, rel=1e-13)
    assert results.columns[0].value.tolist() == pytest.approx([expected], rel=1e-9)


def test_nash_prices_leave_nobody_a_better_price() -> None:
    results = Rivals().evaluate()
    prices = results.columns[0].value

    def profit(own: float) -> float:
        weights = np.exp((2 - np.array([own, prices[1]])) / 0.25)
        return float((own - 1) * weights[0] / (1 + weights.sum()))

    assert profit(prices[0]) > max(profit(prices[0] * 1.01), profit(prices[0] * 0.99))


# Dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "number"),
    [  # as spreadsheets show them
        (datetime.date(1900, 3, 1), 61),
        (datetime.date(1970, 1, 1), 25569),
        (datetime.date(2000, 2, 29), 36585),
        (datetime.date(2025, 1, 1), 45658),
        (datetime.date(9999, 12, 31), 2958465),
    ],
)
def test_the_number_of_a_day(date: datetime.date, number: int) -> None:
    assert serial(date) == number
    assert day(number + 0.75) == date
    assert serial(datetime.datetime.combine(date, datetime.time(6))) == number + 0.25
    assert serial(float(number)) == number


def test_days_that_no_sheet_shows() -> None:
    numbers: Any = np.array([60.9, 61, 2958465.9, 2958466, np.nan])
    assert np.isnan(known_day(numbers)).tolist() == [True, False, False, True, True]
    assert (serial(FIRST_DAY), serial(LAST_DAY)) == (61, 2958465)


def test_a_date_out_of_range_is_refused_by_the_scenario() -> None:
    with pytest.raises(PricingError, match="is before 2020-01-01"):
        Rivals(signed_on=datetime.date(2019, 12, 31))
    with pytest.raises(PricingError, match="signed_on 'soon' is not a date"):
        Rivals(signed_on="soon")  # type: ignore[arg-type]
    assert Rivals(signed_on="2025-01-01").signed_on == datetime.date(2025, 1, 1)  # type: ignore[arg-type]


def test_the_rule_of_a_date() -> None:
    found = date_term(Text("", ""), Text("", ""), first=datetime.date(2020, 1, 1))
    assert found.rule == Text(
        "not before 2020-01-01 and not after 9999-12-31", "不早于 2020-01-01，不晚于 9999-12-31"
    )
    assert found.broken_rule(1e6 * 3, "zh") == "晚于 9999-12-31"
    assert found.broken_rule(43830) == "is before 2020-01-01"


def test_dates_in_results_are_numbers_of_days() -> None:
    results = Rivals().evaluate()
    assert day(results["ahead_date"]) == datetime.date(2026, 8, 7)
    assert np.isnan(results["never"])
    assert excel.text(Rivals.trace("en").expressions["ahead_date"]).startswith(
        "IF((signed_on+years*365.25>=61)*(signed_on+years*365.25<2958466),"
    )


# Points of a what-if ------------------------------------------------------------------------------


def test_points_around_an_input_stay_within_its_bounds() -> None:
    book = Book(Rivals(cut=0.9), "en", False)
    book.settings = {"step_down": 0.25}
    found = around(book, Around(("cut",), 0.05, is_absolute=True), "step_down")
    assert [point.value for point in found.points] == pytest.approx([0.15, 0.4, 0.65, 0.9, 1, 1, 1])
    assert found.base == 3
    assert {k: str(v) for k, v in found.changes("$A5").items()} == {"cut": "$A5"}
    with pytest.raises(TypeError, match="signed_on is a date and cannot be varied"):
        around(book, Around(("signed_on",), 1.0), "step_down")


def test_points_of_a_span() -> None:
    scenario = Rivals(years=3.0)
    assert list(Span(("years",), 0.0, 2.0, 4).points(scenario)) == [0, 0.5, 1, 1.5, 2]
    # To a quarter beyond the last of them, and from half of the first, without those that have no
    # answer; whole numbers go up by whole steps.
    ends = Span(("years",), ("years", "never"), ("years", "market"), 2)
    assert list(ends.points(scenario)) == [1.5, 625.75, 1250]
    assert list(Span(("years",), 0.0, 10.0, 4, is_whole=True).points(scenario)) == [0, 3, 6, 9, 12]


def test_a_fixed_point() -> None:
    scenario = shop(lambda out, _: out.iterate("x", lambda x: exp(-x), 0.5, 60, PRICE))
    # The omega constant.
    assert scenario().evaluate()["x"] == pytest.approx(0.5671432904097838, rel=1e-14)
