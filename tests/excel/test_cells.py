"""How functions are evaluated on cells: shapes, empties, errors, columns."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from lmprice_excel.cells import CellError
from tests.excel.calls import across, down, run, texts


class TestShapes:
    def test_single_cells_give_a_plain_float(self) -> None:
        result = run("LMPROFIT", 100.0, 20.0, 10.0, 100.0)
        assert type(result) is float
        assert result == 900

    def test_a_range_of_one_cell_is_that_cell(self) -> None:
        assert run("LMPROFIT", [[100.0]], [[20.0]], 10.0, [[None]]) == 1000

    def test_a_column_stays_a_column_and_a_row_a_row(self) -> None:
        assert run("LMCM", down(20.0, 30.0), 10.0) == [[10], [20]]
        assert run("LMCM", across(20.0, 30.0), 10.0) == [[10, 20]]
        assert run("LMCM", [[20.0, 30.0], [40.0, 50.0]], 10.0) == [[10, 20], [30, 40]]

    def test_a_column_against_a_row_gives_a_table(self) -> None:
        table = run("LMPROFIT", down(1.0, 2.0, 3.0), across(11.0, 12.0, 13.0, 14.0), 10.0)
        assert table == [[1, 2, 3, 4], [2, 4, 6, 8], [3, 6, 9, 12]]
        assert {type(cell) for row in table for cell in row} == {float}

    def test_ranges_that_do_not_fit(self) -> None:
        result = run("LMCM", across(1.0, 2.0), across(1.0, 2.0, 3.0))
        message = "the ranges do not fit each other (price 1 x 2, unit_cost 1 x 3)"
        assert texts(result) == f"#VALUE! LMCM: {message}"

    @pytest.mark.parametrize("given", [[], [[]], [[1.0], [1.0, 2.0]]])
    def test_what_is_no_range(self, given: Any) -> None:
        assert texts(run("LMCM", given, 1.0)) == "#VALUE! LMCM: price is not a range of cells"

    def test_too_many_arguments(self) -> None:
        message = "3 arguments are more than the 2 it takes"
        assert texts(run("LMCM", 1.0, 2.0, 3.0)) == f"#VALUE! LMCM: {message}"


class TestCells:
    def test_empty_optional_argument_is_its_default(self) -> None:
        assert run("LMPROFIT", 100.0, 20.0, 10.0, None) == 1000
        assert run("LMPROFIT", 100.0, 20.0, 10.0) == 1000

    def test_empty_required_argument_is_an_error(self) -> None:
        assert texts(run("LMPROFIT", None, 20.0, 10.0)) == "#VALUE! LMPROFIT: quantity is empty"
        assert texts(run("LMPROFIT", 1.0)) == "#VALUE! LMPROFIT: price is empty"

    def test_empty_element_of_an_optional_range_is_an_error(self) -> None:
        result = run("LMPROFIT", 100.0, 20.0, 10.0, down(100.0, None))
        assert texts(result) == [[900], ["#VALUE! LMPROFIT: fixed_cost is empty"]]

    @pytest.mark.parametrize(
        ("cell", "what"),
        [
            ("12", "'12' is text, not a number"),
            ("", "'' is text, not a number"),
            (True, "TRUE is a logical value, not a number"),
            (np.False_, "FALSE is a logical value, not a number"),
            ({"a": 1}, "{'a': 1} is not a number"),
        ],
    )
    def test_what_is_no_number(self, cell: Any, what: str) -> None:
        message = f"#VALUE! LMCM: price {what}"
        assert texts(run("LMCM", cell, 1.0)) == message
        assert texts(run("LMCM", down(cell, 5.0), 1.0)) == [[message], [4]]

    @pytest.mark.parametrize("cell", [5, Decimal("5"), np.float64(5), np.int64(5)])
    def test_other_numbers(self, cell: Any) -> None:
        assert run("LMCM", cell, 1) == 4

    def test_a_date_is_its_serial_number(self) -> None:
        assert run("LMCM", 45292.0, 0.0) == 45292

    def test_errors_are_handed_on_in_their_place(self) -> None:
        division = CellError("#DIV/0!")
        assert run("LMCM", division, 1.0) == "#DIV/0!"
        assert run("LMCM", down(5.0, division, CellError("#REF!")), 1.0) == [
            [4],
            ["#DIV/0!"],
            ["#REF!"],
        ]

    def test_the_text_of_an_error_is_handed_on(self) -> None:
        message = "#NUM! LMCOST: quantity -1 is below 0"
        assert texts(run("LMCM", message, 1.0)) == message
        assert run("LMCM", "#N/A", 1.0) == "#N/A"
        assert texts(run("LMCM", "#N/A you", 1.0)).startswith("#VALUE! LMCM: price '#N/A you' is")

    def test_of_two_errors_the_first_argument_counts(self) -> None:
        result = run("LMCM", CellError("#REF!"), down(CellError("#DIV/0!"), 1.0))
        assert result == [["#REF!"], ["#REF!"]]


class TestInvalidNumbers:
    def test_code_function_parameter_value_and_rule(self) -> None:
        result = run("LMCOST", -1.0, 2.0)
        assert isinstance(result, CellError)
        assert (str(result), result.message) == ("#NUM!", "LMCOST: quantity -1 is below 0")

    def test_each_bad_element_has_its_own_error(self) -> None:
        result = run("LMSERVECOST", 3.6, 1000.0, down(1.0, 0.0, 1.4, 0.5, math.inf))
        assert texts(result) == [
            [1],
            ["#NUM! LMSERVECOST: utilization 0 is not above 0"],
            ["#NUM! LMSERVECOST: utilization 1.4 is above 1"],
            [2],
            ["#NUM! LMSERVECOST: utilization inf is above 1"],
        ]
        result = run("LMCM", down(math.inf, -1.0), 1.0)
        assert texts(result) == [
            ["#NUM! LMCM: price inf is infinite"],
            ["#NUM! LMCM: price -1 is below 0"],
        ]

    def test_bad_elements_of_two_arguments(self) -> None:
        result = run("LMCM", down(5.0, -1.0), across(1.0, -2.0, None))
        assert texts(result) == [
            [4, "#NUM! LMCM: unit_cost -2 is below 0", "#VALUE! LMCM: unit_cost is empty"],
            [
                "#NUM! LMCM: price -1 is below 0",
                "#NUM! LMCM: price -1 is below 0",
                "#VALUE! LMCM: unit_cost is empty",
            ],
        ]

    def test_a_bad_single_cell_against_a_range(self) -> None:
        message = "#NUM! LMCM: unit_cost -1 is below 0"
        assert texts(run("LMCM", down(1.0, 2.0), -1.0)) == [[message], [message]]

    def test_a_broken_requirement(self) -> None:
        rule = "breaks the rule cached_tokens+cache_write_tokens<=input_tokens"
        result = run("LMTOKENCOST", down(1e6, 5.0), 0.0, 2.0, 0.0, across(10.0, 0.0), 0.0)
        assert texts(result) == [
            [pytest.approx(1.99998, rel=1e-12), 2],
            [f"#NUM! LMTOKENCOST: cached_tokens 10 {rule}", pytest.approx(1e-5, rel=1e-12)],
        ]

    def test_no_answer_says_for_what(self) -> None:
        result = run("LMBREAKEVEN", down(8.0, 20.0), 10.0, 100.0)
        message = "LMBREAKEVEN: no answer for price 8, unit_cost 10, fixed_cost 100"
        assert texts(result) == [[f"#N/A {message}"], [10]]
        assert texts(run("LMBREAKEVEN", 8.0, 10.0, 100.0)) == f"#N/A {message}"


class TestColumns:
    products = (down(6.25, 7.75, 9.25), down(3.25, 4.5, 6.25), down(5.0, 3.0, 2.0))

    def test_rows_and_columns_are_columns(self) -> None:
        prices, unit_costs, mix = self.products
        lying = [[row[0] for row in prices]]
        assert run("LMBREAKEVENMIX", lying, unit_costs, mix, 61.5) == 2  # 30.75 a unit

    def test_other_arguments_broadcast(self) -> None:
        result = run("LMBREAKEVENMIX", *self.products, [[30.75, 61.5], [-1.0, 0.0]])
        assert texts(result) == [
            [1, 2],
            ["#NUM! LMBREAKEVENMIX: fixed_cost -1 is below 0", 0],
        ]

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            (None, "#VALUE! LMBREAKEVENMIX: prices (cell 2) is empty"),
            ("x", "#VALUE! LMBREAKEVENMIX: prices (cell 2) 'x' is text, not a number"),
            (-1.0, "#NUM! LMBREAKEVENMIX: prices (cell 2) -1 is below 0"),
            (CellError("#REF!"), "#REF!"),
        ],
    )
    def test_a_bad_cell_spoils_every_result(self, bad: Any, message: str) -> None:
        _, unit_costs, mix = self.products
        prices = down(6.25, bad, 9.25)
        assert texts(run("LMBREAKEVENMIX", prices, unit_costs, mix, 10.0)) == message
        table = run("LMBREAKEVENMIX", prices, unit_costs, mix, across(10.0, 20.0))
        assert texts(table) == [[message, message]]

    def test_a_table_is_no_column(self) -> None:
        square = [[1.0, 2.0], [3.0, 4.0]]
        message = "prices is 2 x 2 cells, not one column or row"
        assert texts(run("LMBREAKEVENMIX", square, 1.0, 1.0, 1.0)) == (
            f"#VALUE! LMBREAKEVENMIX: {message}"
        )

    def test_columns_of_different_lengths(self) -> None:
        lengths = "prices 2, unit_costs 3, mix 3"
        message = f"the columns have different numbers of cells ({lengths})"
        result = run("LMBREAKEVENMIX", down(1.0, 2.0), *self.products[1:], 1.0)
        assert texts(result) == f"#VALUE! LMBREAKEVENMIX: {message}"

    def test_no_answer(self) -> None:
        message = "no answer for prices, unit_costs, mix, fixed_cost 7"
        result = run("LMBREAKEVENMIX", 1.0, 2.0, 1.0, 7.0)
        assert texts(result) == f"#N/A LMBREAKEVENMIX: {message}"
