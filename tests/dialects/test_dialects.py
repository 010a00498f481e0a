"""Dialects: one file each, found by its name; what they lack is said by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lmprice
import lmprice.dialects
from lmprice.dialects import excel
from lmprice.dialects.rules.elementwise_extremes import elementwise_extremes
from lmprice.dialects.rules.products_by_logarithms import products_by_logarithms
from lmprice.dialects.rules.rows_of_ranges import rows_of_ranges
from lmprice.dialects.rules.shared_parts import shared_parts
from lmprice.language import dialect as registry
from lmprice.language.expression import (
    ceil,
    following,
    log_factorial,
    maximum,
    nth,
    poisson_cdf,
    product,
    t_quantile,
    total,
)
from lmprice.language.tree import Expr
from tests.test_generated import generate as generate  # noqa: PLC0414  # a fixture

FUNCTIONS = {f.name: f for f in lmprice.functions()}

POLISH = '''
"""Polish notation: the whole dialect."""

from lmprice.language.dialect import Dialect


def sign(symbol):
    return lambda *operands: " ".join([symbol, *operands])


class Polish(Dialect[str]):
    title = "Polish"
    operations = {"plus": sign("+"), "minus": sign("-"), "times": sign("x"), "at_most": sign("<=")}

    def leaf(self, node):
        return str(node.value)

    def written(self, f):
        self.refuse_lacking(f)
        return self.built(f.expression)


DIALECT = Polish()
'''


@pytest.fixture
def polish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialect that is added by its file alone."""
    (tmp_path / "polish.py").write_text(POLISH)
    monkeypatch.setattr(registry, "_loaders", dict(registry._loaders))
    monkeypatch.setattr(lmprice.dialects, "__path__", [*lmprice.dialects.__path__, str(tmp_path)])
    lmprice.dialects.enter_all()


@pytest.mark.usefixtures("polish")
def test_a_new_dialect_is_one_file(generate: Any) -> None:
    profit = FUNCTIONS["profit"]
    assert profit.written("polish") == "- - x price quantity x unit_cost quantity fixed_cost"
    assert "polish" in profit.dialects
    assert "polish" not in FUNCTIONS["gross_margin"].dialects
    head, _, *rows = generate._dialect_table().splitlines()
    place = head.split(" | ").index("Polish")
    cells = {row.split(" | ")[0]: row.split(" | ")[place] for row in rows}
    assert cells["| `profit`"] == "yes"
    assert cells["| `gross_margin`"] == "no divided_by, if_else, unequal"
    assert cells["| `mse`"] == "no tables, count, divided_by, power, total"
    assert cells["| `best_fixed_price`"] == "step by step"


@pytest.mark.usefixtures("polish")
def test_what_a_dialect_lacks_is_named() -> None:
    lacking = "gross_margin is not to be had in Polish: no divided_by, if_else, unequal"
    with pytest.raises(TypeError, match=lacking):
        FUNCTIONS["gross_margin"].written("polish")
    with pytest.raises(TypeError, match="best_fixed_price is computed step by step"):
        FUNCTIONS["best_fixed_price"].written("polish")
    with pytest.raises(lmprice.PricingError, match="'klingon' is no dialect: there are excel"):
        FUNCTIONS["profit"].written("klingon")
    with pytest.raises(TypeError, match=r"floor\(x\) is not to be had in Polish: no floor"):
        registry.dialect("polish").built(Expr.of("floor", Expr.name("x")))


def test_a_tree_is_mathematics() -> None:
    x: Any = Expr.name("x")
    column: Any = Expr.name("column", is_column=True)
    assert Expr.lift(0.1).value == 0.1
    assert Expr.lift(1 / 3).value == 1 / 3  # what a sheet cannot write, a tree can hold
    assert Expr.lift(float("nan")).operation == "no_answer"
    assert ((x > 1) & (x < 2)).operation == "both"
    assert str((x > 1) & (x != 2)) == "x>1&x!=2"
    assert str(maximum(x, 0.5) ** 2) == "maximum(x, 0.5)^2"
    assert str(x * float("inf")) == "x*inf"
    assert str(x == "a") == "x='a'"
    assert str(nth(column, 2) + total(column)) == "row(column, 2)+total(column)"


def test_what_excel_makes_of_an_operation() -> None:
    x: Any = Expr.name("x")
    assert excel.text(ceil(x)) == "-INT(-x)"
    assert excel.text(log_factorial(x)) == "GAMMALN(x+1)"
    assert excel.text(poisson_cdf(x, 2)) == "POISSON(x,2,1)"
    assert excel.text(t_quantile(x, 5)) == "TINV(1-x,5)"
    assert excel.text("a") == '"a"'
    assert excel.text(float("nan")) == "NA()"


def test_rules() -> None:
    x: Any = Expr.name("x")
    column: Any = Expr.name("column", is_column=True)
    assert str(elementwise_extremes(Expr.lift(maximum(x, 1)))) == "if_else(x>1, x, 1)"
    product_of = Expr.lift(product(column))
    assert str(products_by_logarithms(product_of)) == (
        "if_else(total(column<=0)>0, 0, exp(total(log(column))))"
    )
    shares = column / total(column)
    assert str(rows_of_ranges(nth(shares, x))) == "row(column, x)/total(column)"
    assert str(rows_of_ranges(following(1 - column))) == "1-following(column)"
    parts, body = shared_parts((x + 1) ** 2 / (x + 1), "part_")
    assert [(name, str(value)) for name, value in parts] == [("part_1", "x+1")]
    assert str(body) == "part_1^2/part_1"
