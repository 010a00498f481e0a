"""The classic Windows route: real xlwings, real CallUDF, what Excel hands over."""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice.language.formula import PricingFunction, pricing_function
from lmprice.language.quantities import Profit, Quantity
from tests.excel.com_host import ERRORS, MISSING, ComRange, ComTime, Excel, column, excel

FUNCTIONS = lmprice.functions()
names = [f.excel_name for f in FUNCTIONS]


@pytest.fixture(scope="module")
def host() -> Iterator[Excel]:
    with excel() as running:
        yield running


def valid(f: PricingFunction) -> list[Any]:
    """Arguments that a function accepts."""
    return [column(1.0, 1.0) if p.is_column else 1.0 for p in f.parameters]


class TestReadme:
    """What the project promises."""

    def test_one_cell(self, host: Excel) -> None:
        assert host.call("LMPROFIT", 100.0, 20.0, 10.0, 100.0) == 900
        assert host.call("LMPROFIT", *map(ComRange, (100.0, 20.0, 10.0, 100.0))) == 900

    def test_a_column_against_a_row_spills(self, host: Excel) -> None:
        row = ComRange(((11.0, 12.0, 13.0, 14.0),))
        table = host.call("LMPROFIT", column(1.0, 2.0, 3.0), row, 10.0, MISSING)
        assert table == [[1, 2, 3, 4], [2, 4, 6, 8], [3, 6, 9, 12]]

    def test_one_bad_element_leaves_its_neighbours(self, host: Excel) -> None:
        result = host.call("LMPROFIT", column(1.0, -1.0, 3.0), 20.0, 10.0, MISSING)
        assert result == [[10], ["#NUM! LMPROFIT: quantity -1 is below 0"], [30]]

    def test_currency_cells_arrive_whole(self, host: Excel) -> None:
        # $0.00000015 a token: 0.15 per million.  Excel's Value rounds it to four decimals.
        per_token = ComRange(0.00000015, Decimal("0.0000"))
        per_mtok = column(0.15, 0.0123456789)
        per_mtok.Value = ((Decimal("0.1500"),), (Decimal("0.0123"),))
        tokens = 123456789.0
        result = host.call("LMTOKENCOST", tokens, 0.0, per_token, 0.0)
        assert result == pytest.approx(lmprice.token_cost(tokens, 0, 1.5e-7, 0), rel=1e-12)
        assert result == pytest.approx(1.851851835e-5, rel=1e-12)
        result = host.call("LMTOKENCOST", 1e6, 0.0, per_mtok, 0.0)
        assert result == [[pytest.approx(0.15, rel=1e-12)], [pytest.approx(0.0123456789)]]

    def test_a_long_range(self, host: Excel) -> None:
        quantities = np.arange(20000.0)
        result = host.call("LMPROFIT", column(*quantities.tolist()), 20.0, 10.0, 100.0)
        assert np.array_equal(np.array(result)[:, 0], quantities * 10 - 100)
        assert {type(row[0]) for row in result} == {float}


@pytest.mark.parametrize("f", FUNCTIONS, ids=names)
class TestEveryFunction:
    def test_it_answers(self, host: Excel, f: PricingFunction) -> None:
        """Each kind of odd cell, in each argument: a number or one line of text, no traceback."""
        odd: list[Any] = [
            *(ComRange(None), None, MISSING, "text", "12", "", True, False),
            *(ERRORS["#DIV/0!"], ComRange(ERRORS["#N/A"]), Decimal("1.5"), 7, -1.0, 0.0),
            *(ComTime(2024, 1, 1), ComRange(45292.0, ComTime(2024, 1, 1))),
            *(ComRange(1.0, areas=2), ((1.0, 2.0),), column(1.0, None, "x", True)),
        ]
        for i in range(len(f.parameters)):
            for value in odd:
                arguments = valid(f)
                arguments[i] = value
                assert_presentable(host.call(f.excel_name, *arguments), f)

    def test_random_mixtures(self, host: Excel, f: PricingFunction) -> None:
        draw = random.Random(f.excel_name)
        cells: list[Any] = [1.0, 0.5, 0.0, -1.0, 1e300, None, "x", True, ERRORS["#REF!"], 3]
        for _ in range(50):
            rows = draw.choice([1, 2, 3])
            arguments = [
                ComRange(tuple((draw.choice(cells),) for _ in range(rows)))
                if draw.random() < 0.5
                else draw.choice(cells)
                for _ in f.parameters
            ]
            assert_presentable(host.call(f.excel_name, *arguments), f)

    def test_an_error_cell_is_handed_on(self, host: Excel, f: PricingFunction) -> None:
        for code, number in ERRORS.items():
            for given in (number, ComRange(number)):
                arguments = valid(f)
                arguments[0] = given
                assert host.call(f.excel_name, *arguments) == code

    def test_text_is_never_read_as_a_number(self, host: Excel, f: PricingFunction) -> None:
        for i, p in enumerate(f.parameters):
            arguments = valid(f)
            arguments[i] = "1"
            name = f"{p.name} (cell 1)" if p.is_column else p.name
            message = f"#VALUE! {f.excel_name}: {name} '1' is text, not a number"
            assert host.call(f.excel_name, *arguments) == message


def assert_presentable(result: Any, f: PricingFunction) -> None:
    for row in result if isinstance(result, list) else [result]:
        for cell in row if isinstance(row, list) else [row]:
            if isinstance(cell, str):
                assert "\n" not in cell
                assert "internal error" not in cell
                assert "Err.Description" not in cell
                code, _, message = cell.partition(" ")
                assert code in ERRORS
                assert message.startswith(f"{f.excel_name}: ") or not message
            else:
                assert type(cell) is float
                assert np.isfinite(cell)


class TestValues:
    def test_dates_are_serial_numbers(self, host: Excel) -> None:
        new_year = ComTime(2024, 1, 1, 12, tzinfo=dt.UTC)
        assert host.call("LMREVENUE", 1.0, new_year) == 45292.5
        assert host.call("LMREVENUE", 1.0, ComRange(45292.5, new_year)) == 45292.5

    def test_whole_numbers_and_decimals(self, host: Excel) -> None:
        assert host.call("LMREVENUE", 2, Decimal("1.25")) == 2.5
        assert host.call("LMREVENUE", (2, 3), Decimal("1.25")) == [2.5, 3.75]

    def test_an_array_in_the_formula(self, host: Excel) -> None:
        assert host.call("LMCM", ((5.0,), (6.0,)), 1.0) == [[4], [5]]
        assert host.call("LMCM", (5.0, 6.0), 1.0) == [4, 5]  # {5,6} has no rows, coming and going

    def test_every_error_excel_has(self, host: Excel) -> None:
        # XlCVError in the object model: 2000 to 2050, over COM with 0x800A in front.
        for number, code in {2043: "#GETTING_DATA", 2045: "#SPILL!", 2050: "#CALC!"}.items():
            assert host.call("LMCM", ComRange(-2146828288 + number), 1.0) == code

    def test_a_chain_shows_the_first_cause(self, host: Excel) -> None:
        cost = host.call("LMCOST", -1.0, 2.0, MISSING)
        assert host.call("LMMARGIN", 20.0, ComRange(cost)) == cost

    def test_a_reference_to_several_ranges(self, host: Excel) -> None:
        result = host.call("LMCM", ComRange(((1.0, 2.0),), areas=2), 1.0)
        assert result == "#VALUE! LMCM: price is a reference to several ranges"

    def test_called_without_excel(self, host: Excel) -> None:
        assert host.module.LMPROFIT(100, 20, 10) == 1000


class TestLmerror:
    def test_it_says_what_the_argument_should_be(self, host: Excel) -> None:
        error = host.call("LMCOST", -1.0, 2.0, MISSING)
        assert host.call("LMERROR", ComRange(error)) == (
            "LMCOST: quantity -1 is below 0. "
            "Here quantity is: Units sold or served (units; at least 0)."
        )

    def test_errors_of_excel(self, host: Excel) -> None:
        cells = column(*ERRORS.values(), -2146828288 + 2043, 5.0, "fine", None)
        explained = [row[0] for row in host.call("LMERROR", cells)]
        assert explained[1] == "#DIV/0! A formula divides by zero."
        assert all(text.startswith(code) for text, code in zip(explained, ERRORS, strict=False))
        assert explained[len(ERRORS) :] == [
            "#GETTING_DATA The value of a cell is an error.",
            *("", "", ""),
        ]

    def test_messages_about_no_single_argument(self, host: Excel) -> None:
        message = "LMCM: the ranges do not fit each other (price 1 x 2, unit_cost 1 x 3)"
        assert host.call("LMERROR", f"#VALUE! {message}") == f"{message}."


@pytest.mark.usefixtures("clean_registry")
def test_a_new_function_is_there_by_its_decorator_alone(host: Excel) -> None:
    @pricing_function("LMNEWCOMER", "test")
    def newcomer(quantity: Quantity, price: Quantity = 3) -> Profit:
        """A function that arrives late."""
        return quantity * price

    assert "LMNEWCOMER" in dir(host.module)
    assert "Function LMNEWCOMER(quantity, Optional price)" in host.vba()
    assert host.call("LMNEWCOMER", column(2.0, 4.0), MISSING) == [[6], [12]]


def test_nothing_of_it_is_left_behind() -> None:
    before = (sys.platform, dict(sys.modules))
    with excel() as running:
        assert running.module.LMCM.__xlfunc__["name"] == "LMCM"
        assert sys.modules["lmprice_excel"] is running.module
        assert before[1].get("lmprice_excel") is not running.module
    assert (sys.platform, sys.modules) == before
