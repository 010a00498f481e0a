"""Functions of other kinds than the library has today, and functions that fail."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import numpy as np
import pytest

from lmprice.chapters.profit.functions import profit
from lmprice.language.errors import PricingError
from lmprice.language.expression import total
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import FixedCost, GrossMargin, Profit, Quantity, UnitPrice
from lmprice.language.terms import Column
from lmprice_excel.cells import CellError
from tests.excel.calls import across, down, run, texts


@pytest.mark.usefixtures("clean_registry")
class TestOtherFunctions:
    def test_a_table_function_spills_along_its_argument(self) -> None:
        @pricing_function("LMSHARES", "test")
        def shares(prices: Column[UnitPrice], scale: Quantity = 1) -> Column[GrossMargin]:
            """Shares of a sum."""
            return prices / total(prices) * scale

        assert run("LMSHARES", down(1.0, 3.0)) == [[0.25], [0.75]]
        assert run("LMSHARES", across(1.0, 3.0), 2.0) == [[0.5, 1.5]]
        assert run("LMSHARES", 3.0) == 1
        assert texts(run("LMSHARES", down(1.0, -3.0))) == (
            "#NUM! LMSHARES: prices (cell 2) -3 is below 0"
        )
        assert texts(run("LMSHARES", down(1.0, 3.0), across(1.0, 2.0))) == (
            "#VALUE! LMSHARES: scale is a range, but the result is a column already"
        )
        assert (
            texts(run("LMSHARES", down(0.0, 0.0)))
            == [["#N/A LMSHARES: no answer for prices, scale 1"]] * 2
        )

    def test_a_fault_of_a_function_never_shows_a_traceback(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        @pricing_function("LMBROKEN", "test", has_formula=False)
        def broken(quantity: Quantity) -> Profit:
            """Broken."""
            raise ZeroDivisionError("of\ntwo lines")

        with caplog.at_level(logging.ERROR):
            result = run("LMBROKEN", down(1.0, 2.0))
        assert texts(result) == ("#VALUE! LMBROKEN: internal error, ZeroDivisionError of two lines")
        assert "Traceback" in caplog.text

    def test_what_a_function_within_says_is_handed_on(self) -> None:
        @pricing_function("LMWITHIN", "test", has_formula=False)
        def within(fixed_cost: FixedCost) -> Profit:
            """Profit of a quantity that may come out negative."""
            return profit(fixed_cost - 1, 20, 10)

        result = run("LMWITHIN", down(3.0, 0.0, 2.0))
        assert texts(result) == [[20], ["#NUM! LMWITHIN: quantity is below 0"], [10]]

    @pytest.mark.parametrize("mask", [None, np.array([True, False, True]), np.zeros((2, 1), bool)])
    def test_an_error_that_does_not_say_where(self, mask: Any) -> None:
        @pricing_function("LMVAGUE", "test", has_formula=False)
        def vague(quantity: Quantity) -> Profit:
            """Refuses everything."""
            raise PricingError("vague", "quantity", quantity, "is not to its liking", (), mask)

        message = "#NUM! LMVAGUE: quantity 5 is not to its liking"
        assert texts(run("LMVAGUE", down(5.0, 5.0))) == [[message], [message]]

    def test_an_error_of_a_column_as_a_whole(self) -> None:
        @pricing_function("LMORDER", "test", has_formula=False)
        def order(prices: Column[UnitPrice], quantity: Quantity) -> Profit:
            """Refuses its column."""
            raise PricingError("order", "prices", 7.0, "is out of order")

        message = "#NUM! LMORDER: prices 7 is out of order"
        assert texts(run("LMORDER", down(8.0, 7.0), down(1.0, 2.0))) == [[message], [message]]

    def test_a_result_that_ignores_its_argument(self) -> None:
        @pricing_function("LMCONSTANT", "test", has_formula=False)
        def constant(quantity: Quantity) -> Profit:
            """Always 1."""
            return 1.0

        assert run("LMCONSTANT", down(5.0, 6.0)) == [[1], [1]]


class TestCellError:
    def test_text(self) -> None:
        assert CellError("#N/A").text == "#N/A"
        assert CellError("#N/A", "LMCM: why").text == "#N/A LMCM: why"
        assert repr(CellError("#N/A", "why")) == "CellError('#N/A', 'why')"

    def test_pickles(self) -> None:
        error = pickle.loads(pickle.dumps(CellError("#N/A", "why")))
        assert (error, error.message) == ("#N/A", "why")

    @pytest.mark.parametrize("text", ["", "#", "#N/A:", "# of units", "#NUM! of units", "N/A"])
    def test_other_text_is_not_parsed(self, text: str) -> None:
        assert CellError.parse(text) is None
