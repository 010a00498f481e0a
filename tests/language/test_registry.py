"""What the decorator makes of one definition."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import pytest
from typer.testing import CliRunner

import lmprice
from lmprice.cli.main import app
from lmprice.dialects import excel
from lmprice.dialects.excel_lambda import STORED
from lmprice.language.errors import PricingError
from lmprice.language.expression import (
    Expr,
    following,
    largest,
    maximum,
    nan,
    nth,
    smallest,
    total,
    weighted_total,
    where,
)
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Profit, Quantity, UnitPrice, Utilization
from lmprice.language.terms import Choice, Column, Term, Text, term
from tests.engines import IronCalcSheet

FUNCTIONS = {f.name: f for f in lmprice.functions()}

quality_term = Term(Text("Quality", "质量"), Text("utils", "效用"), Text("Its quality", "质量"))
outside_term = replace(quality_term, absent=-1e200)
Quality = Annotated[float, quality_term]
Outside = Annotated[float, outside_term]


def test_everything_about_a_function() -> None:
    f = FUNCTIONS["serving_cost"]
    assert (f.excel_name, f.category, f.has_formula) == ("LMSERVECOST", "tokens", True)
    assert f.summary == "Hardware cost of serving a million tokens."
    assert f.formula == "gpu_hour_price/(tokens_per_second*3600*utilization)*1000000"
    hour, _, utilization = f.parameters
    assert (hour.name, hour.term.unit.en, hour.term.unit.zh) == (
        "gpu_hour_price",
        "USD per hour",
        "美元/小时",
    )
    assert (hour.default, utilization.default) == (None, 1.0)
    assert utilization.term.rule == ("above 0 and at most 1", "大于 0，不大于 1")
    assert f.lambda_text == (
        "=LAMBDA(gpu_hour_price,tokens_per_second,[utilization],"
        "LET(utilization_,IF(ISOMITTED(utilization),1,IF(ISBLANK(utilization),1,utilization)),"
        "IF(ISNUMBER(gpu_hour_price)*(gpu_hour_price>=0)*ISNUMBER(tokens_per_second)"
        "*(tokens_per_second>0)*ISNUMBER(utilization_)*(utilization_>0)*(utilization_<=1),"
        "gpu_hour_price/(tokens_per_second*3600*utilization_)*1000000,#NUM!)))"
    )


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("profit", "price*quantity-unit_cost*quantity-fixed_cost"),
        ("breakeven_quantity", "IF(price-unit_cost>0,fixed_cost/(price-unit_cost),NA())"),
        ("quadratic_cost", "quadratic*quantity^2+linear*quantity+fixed_cost"),
        ("training_compute", "6*parameters*tokens"),
    ],
)
def test_formulas_read_like_the_textbook(name: str, formula: str) -> None:
    assert FUNCTIONS[name].formula == formula


def test_repeated_parts_of_a_lambda_have_a_name() -> None:
    text = str(FUNCTIONS["quadratic_breakeven_high"].lambda_text)
    assert "part_4,price-linear,part_3,part_4^2,part_2,4*quadratic*fixed_cost," in text
    assert "part_1,part_3-part_2," in text
    assert "(part_4+SQRT(IF(part_1>0,part_1,0)))/(2*quadratic)" in text


def test_rows_of_a_table_in_a_sheet() -> None:
    prices: Any = Expr.name("prices", is_column=True)
    shares: Any = prices / total(prices)
    # Only ranges can be shifted and only what is in a column has rows.
    assert excel.text(nth(prices * Expr.name("cut"), 2)) == "INDEX(prices,2)*cut"
    assert excel.text(following(shares)) == "OFFSET(prices,1,0)/SUMPRODUCT(prices)"
    assert excel.text(nth(Expr.name("fee"), 2)) == "fee"
    assert excel.text(following(Expr.name("fee"))) == "fee"
    assert (
        excel.text(weighted_total(prices > 1, Expr.name("fee"))) == "SUMPRODUCT((prices>1)*1)*fee"
    )
    assert excel.text(weighted_total(prices, prices)) == "SUMPRODUCT(prices,prices)"
    assert (
        excel.written_out(STORED.built(following(prices))) == "_xlfn.DROP(_xlfn.VSTACK(prices,0),1)"
    )
    assert not nth(prices, 1).is_column
    assert following(prices).is_column


def test_flags_and_tables_in_words() -> None:
    _, up_to, _, fees, at_zero = FUNCTIONS["graduated_charge"].parameters
    assert up_to.term.rule == (
        "above 0, increasing, the last without limit",
        "大于 0，逐行递增，最后一行无上限",
    )
    assert (fees.default_text, at_zero.default_text, up_to.default_text) == ("0", "TRUE", "")
    assert at_zero.term.rule.en == "TRUE or FALSE"
    doc = str(FUNCTIONS["graduated_charge"].function.__doc__)
    assert "\nflat_fees : column of floats, or one for all rows, default 0\n" in doc
    assert "\nbill_zero_quantity : bool or array of bools, default True\n" in doc


@pytest.mark.parametrize("f", lmprice.functions(), ids=lambda f: f.name)
def test_every_function_is_documented(f: Any) -> None:
    assert f.summary.endswith(".")
    assert len(f.summary) <= 255
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"\n{section}\n" in f.function.__doc__
    for p in f.parameters:
        assert f"\n{p.name} : " in f.function.__doc__
        assert p.term.unit.en in f.function.__doc__
        for text in (p.term.title, p.term.unit, p.term.help):
            assert text.en
            assert text.zh


def test_the_docstring_keeps_numpydoc_order() -> None:
    doc = str(FUNCTIONS["token_cost"].function.__doc__)
    titles = ["Formula:", "Parameters\n", "Returns\n", "Raises\n", "Notes\n", "Examples\n"]
    places = [doc.index(title) for title in titles]
    assert places == sorted(places)
    assert "or ``cached_tokens+cache_write_tokens<=input_tokens`` does not hold" in doc


@pytest.mark.usefixtures("clean_registry")
class TestDecorator:
    def test_a_new_function_is_listed_everywhere(self) -> None:
        @pricing_function("LMDUMMY", "dummy")
        def dummy(quantity: Quantity) -> Profit:
            """A function for this test."""
            return 3 * quantity

        assert dummy(2) == 6
        assert lmprice.functions()[-1].name == "dummy"
        shown = CliRunner().invoke(app, ["functions"])
        assert "LMDUMMY" in shown.output
        assert "3*quantity" in CliRunner().invoke(app, ["functions", "lmdummy"]).output

    def test_one_without_a_closed_form(self) -> None:
        @pricing_function("LMSOLVER", "dummy", has_formula=False)
        def solver(quantity: Quantity) -> Profit:
            """A loop."""
            for _ in range(3):
                quantity = quantity / 2
            return quantity

        f = lmprice.functions()[-1]
        assert solver(8) == 1
        assert (f.formula, f.expression, f.lambda_text) == (None, None, None)
        with pytest.raises(TypeError, match="solver is computed step by step and has no formula"):
            solver(Expr.name("x"))  # type: ignore[call-overload]
        assert "LMSOLVER" in CliRunner().invoke(app, ["functions", "solver"]).output

    def test_one_that_returns_a_column(self) -> None:
        @pricing_function("LMSHARES", "dummy")
        def shares(prices: Column[UnitPrice], quantity: Quantity) -> Column[Utilization]:
            """Shares of a sum."""
            return quantity * prices / total(prices)

        f = lmprice.functions()[-1]
        assert f.returns_column
        assert f.formula == "quantity*prices/SUMPRODUCT(prices)"
        values: Any = shares
        assert values([1, 3], 1).tolist() == [0.25, 0.75]
        assert values([1, 3], [1, 2]).tolist() == [[0.25, 0.5], [0.75, 1.5]]
        unknown = values([1, nan], [1, 2])
        assert np.isnan(unknown).all()

    def test_none_is_a_number_in_a_sheet(self) -> None:
        @pricing_function("LMRIVAL", "dummy")
        def best(quality: Quality, outside: Outside = 0) -> Quality:
            """The better of two."""
            return maximum(quality, outside)

        @pricing_function("LMALONE", "dummy")
        def alone(quality: Quality, outside: Outside = None) -> Quality:  # type: ignore[assignment]
            """The better of two, of which the second need not be there."""
            return best(quality, outside)

        f, g = lmprice.functions()[-2:]
        call: Any = best
        assert call(-3, 1) == 1
        assert call(-3) == 0
        assert call(-3, None) == call(-3, outside=None) == alone(-3) == -3
        assert call([-3, 2], None).tolist() == [-3, 2]
        assert excel.text(call(Expr.name("x"), None)) == "MAX(x,-1E+200)"
        assert f.lambda_text == str(g.lambda_text).replace(",-1E+200,", ",0,")
        assert (f.parameters[1].default_text, g.parameters[1].default_text) == ("0", "-1E+200")
        assert g.parameters[1].is_optional
        assert outside_term.rule == ("any number, -1E+200: none", "任意数，-1E+200：无")
        assert "\noutside : float or array, or None for none, default 0\n" in str(best.__doc__)
        assert "\noutside : float or array, or None for none, default None\n" in str(alone.__doc__)
        for wrong in ((None, 1), (1, [None])):
            with pytest.raises(PricingError, match="None is not a number"):
                call(*wrong)

    def test_the_extremes_of_a_column(self) -> None:
        @pricing_function("LMSPREAD", "dummy")
        def spread(prices: Column[UnitPrice], quantity: Quantity) -> Profit:
            """From the smallest to the largest."""
            return largest(prices * quantity) - smallest(maximum(prices, 2))

        f = lmprice.functions()[-1]
        assert f.formula == "MAX(prices*quantity)-MIN(IF(prices>2,prices,2))"
        values: Any = spread
        assert values([1, 5, 3], 10) == 48
        assert values([1, 5, 3], [10, 0]).tolist() == [48, -2]
        with pytest.raises(PricingError, match=r"spread: prices \[\] has no rows"):
            values([], 1)
        assert np.isnan(values([1, nan], 1))
        assert IronCalcSheet(f, f.formula).compute({"prices": [1, 5, 3], "quantity": 10}) == 48
        in_lambda = IronCalcSheet(f, str(f.lambda_text)[1:])
        assert in_lambda.compute({"prices": [1, 5, 3], "quantity": 10}) == 48

    def test_what_is_no_formula_is_refused_when_traced(self) -> None:
        @pricing_function("LMBRANCH", "dummy")
        def fine(quantity: Quantity) -> Profit:
            """Fine."""
            return where(quantity > 1, quantity, 0)

        with pytest.raises(TypeError, match="the expression quantity>1 has no value in Python"):

            @pricing_function("LMIF", "dummy")
            def branches(quantity: Quantity) -> Profit:
                """Not a formula."""
                return quantity if quantity > 1 else 0

    def test_bad_definitions_are_refused(self) -> None:
        with pytest.raises(ValueError, match="'q1' looks like a cell address"):

            @pricing_function("LMCELL", "dummy")
            def cell(q1: Quantity) -> Profit:
                """A cell."""
                return q1

        with pytest.raises(ValueError, match="'Profit_1' is not LM and upper-case letters"):

            @pricing_function("Profit_1", "dummy")
            def named(quantity: Quantity) -> Profit:
                """A name."""
                return quantity

        with pytest.raises(ValueError, match=r"profit \(LMOTHER\) is registered already"):

            @pricing_function("LMOTHER", "dummy")
            def profit(quantity: Quantity) -> Profit:
                """Twice."""
                return quantity

        with pytest.raises(TypeError, match="is not a term of the vocabulary"):

            @pricing_function("LMTYPE", "dummy")
            def typed(quantity: float) -> Profit:
                """No term."""
                return quantity


def test_a_choice_is_no_number() -> None:
    choice = Annotated[str, Choice(Text("a", "a"), Text("b", "b"), {})]
    with pytest.raises(TypeError, match="is a choice, not a number"):
        term(choice)


def test_expressions_refuse_what_has_no_formula() -> None:
    x: Any = Expr.name("x")
    for misuse in (bool, iter, len, float, int, complex):
        with pytest.raises(TypeError, match="the expression x has no value in Python"):
            misuse(x)
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    with pytest.raises(ValueError, match="needs more than Excel's 15 digits: make it an input"):
        excel.text(x + 0.1234567890123456)
    assert repr(x + 1) == "Expr(x+1)"
    assert excel.text(x * 1.5e-6) == "x*1.5E-06"
    assert excel.text(x * 1e15) == "x*1E+15"
    assert excel.text(x - float("inf")) == "x-1E+300"
    assert excel.text(x > -float("inf")) == "x>-1E+300"
    assert excel.text(x == 'a "b"') == 'x="a ""b"""'
    assert excel.text(2**x + 1 / x) == "2^x+1/x"
    assert excel.text(True & (x > 1)) == "x>1"
    column: Any = Expr.name("column", is_column=True)
    assert excel.text(where(column > 0, column, 0)) == "IF(column>0,column,0)"
    assert excel.text(np.float64(2) * x) == "2*x"


def test_maximum_of_a_column_works_row_by_row() -> None:
    from lmprice.language.expression import maximum, minimum

    column: Any = Expr.name("column", is_column=True)
    limited = minimum(maximum(column, 0), 1)
    text = "IF(IF(column>0,column,0)<1,IF(column>0,column,0),1)"
    assert excel.text(limited) == text
    assert excel.text(total(limited)) == f"SUMPRODUCT({text})"


def test_bounds_in_words() -> None:
    t = Term(Text("t", "t"), Text("u", "u"), Text("h", "h"), gt=0, lt=1)
    assert t.broken_rule(0) == "is not above 0"
    assert t.broken_rule(1) == "is not below 1"
    assert t.broken_rule(1, "zh") == "不小于 1"
    assert t.broken_rule(0.5) is None
    assert t.rule.en == "above 0 and below 1"
    other = t.titled(Text("new", "新"))
    assert (other.title.en, other.help, other.gt) == ("new", t.help, 0)


def test_importing_lmprice_loads_nothing_heavy() -> None:
    code = (
        "import sys, json, lmprice; lmprice.profit(1, 2, 1); print(json.dumps([m for m in "
        "('openpyxl', 'pydantic', 'typer', 'rich', 'matplotlib', 'xlwings', 'scipy')"
        " if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == []
