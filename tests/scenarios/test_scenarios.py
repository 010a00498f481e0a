"""Scenarios: tables as inputs, what is traced of them, and the discounts template."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import numpy as np
import pytest

import lmprice
from lmprice import PricingError
from lmprice.dialects import excel
from lmprice.language.expression import largest, smallest, total, where
from lmprice.language.quantities import Quantity, Revenue, UnitPrice
from lmprice.language.terms import Text, term
from lmprice.offers import (
    ConstantElasticity,
    FlatCut,
    GraduatedTiers,
    SpendCommitment,
    VolumeTiers,
    Workload,
    compare_strategies,
)
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Scenario
from lmprice.scenarios.base import Out
from lmprice.scenarios.discounts.scenario import TIERS, Customer
from lmprice.scenarios.discounts.tiers import Tier
from lmprice.scenarios.tables import Row, Table, columns, previous
from lmprice.scenarios.template import Template


class Sale(Row):
    """A row of a sale."""

    quantity: Quantity
    price: UnitPrice


class Model(Row):
    """A row of a second table."""

    price: UnitPrice


SALES = Table(Text("Sales", "销售"), Text("What is sold", "销售内容"))
MODELS = Table(Text("Models", "模型"), Text("What there is", "模型列表"))
REVENUE = term(Revenue)


class Shop(Scenario):
    """Two tables and one number; what it computes is set by a test."""

    template: ClassVar[Template] = Inference.template
    factor: Quantity = 2.0
    sales: Annotated[list[Sale], SALES] = [Sale(quantity=1.0, price=5.0)]  # noqa: RUF012
    models: Annotated[list[Model], MODELS] = [Model(price=1.0)]  # noqa: RUF012


def test_a_table_in_a_scenario() -> None:
    class Sales(Shop):
        def results(self, out: Out) -> None:
            sales = columns(self.sales)
            bill = out.column("sales", "bill", sales.quantity * sales.price, REVENUE)
            out.column("sales", "before", previous(sales.quantity, 0), REVENUE)
            out("revenue", total(bill) * self.factor, REVENUE)
            out("priced", total(where(sales.price > 4, sales.quantity, 0)), REVENUE)
            out.warn(self.factor > 1, Text("Much", "很多"))

    sales = Sales(sales=[Sale(quantity=2.0, price=3.0), Sale(quantity=4.0, price=5.0)])
    results = sales.evaluate()
    assert dict(results) == {"revenue": 52, "priced": 4}
    bill, before = results.columns
    assert bill.name == "sales_bill"
    assert bill.value.tolist() == [6, 20]
    assert before.value.tolist() == [0, 2]
    assert [text.en for text in results.warnings] == ["Much"]
    trace = Sales.trace("en")
    assert excel.text(trace.expressions["sales_bill"]) == "sales_quantity*sales_price"
    assert excel.text(trace.expressions["revenue"]) == "SUMPRODUCT(sales_bill)*factor"
    priced = "SUMPRODUCT(IF(sales_price>4,sales_quantity,0))"
    assert excel.text(trace.expressions["priced"]) == priced
    # A what-if gives each sample its own result, whatever the number of rows.
    at = sales.evaluate_at({"factor": np.array([[1.0], [2.0], [3.0]])})
    assert at["revenue"].tolist() == [[26], [52], [78]]
    assert at["priced"].tolist() == [[4]]


def test_two_tables_meet_in_pairs() -> None:
    class Pairs(Shop):
        def results(self, out: Out) -> None:
            sales, models = columns(self.sales), columns(self.models)
            dearer = total(where(sales.price > models.price, self.factor, 0))
            counted = out.column("models", "dearer", dearer, REVENUE)
            out("all", total(counted), REVENUE)

    pairs = Pairs(
        sales=[Sale(quantity=1.0, price=p) for p in (1.0, 2.0, 3.0)],
        models=[Model(price=0.5), Model(price=2.5)],
    )
    results = pairs.evaluate()
    assert results.columns[0].value.tolist() == [6, 2]
    assert results["all"] == 8
    at = pairs.evaluate_at({"factor": np.array([[1.0], [2.0]])})
    assert at["all"].tolist() == [[4], [8]]


def traced(compute: Callable[[Out, Shop], object]) -> None:
    class Wrong(Shop):
        def results(self, out: Out) -> None:
            compute(out, self)

    Wrong.trace("en")


def test_what_one_cell_cannot_compute_is_refused() -> None:
    with pytest.raises(TypeError, match=r"sales_price\*2 is a whole column: add it up with total"):
        traced(lambda out, shop: out("x", columns(shop.sales).price * 2, REVENUE))
    with pytest.raises(TypeError, match="pairs the rows of two tables"):
        traced(
            lambda out, shop: out(
                "x", total(columns(shop.sales).price * columns(shop.models).price), REVENUE
            )
        )
    with pytest.raises(TypeError, match="a row above is known only in a column beside its table"):
        traced(lambda out, shop: out("x", total(previous(columns(shop.sales).price, 0)), REVENUE))
    with pytest.raises(TypeError, match=r"only total\(sales_twice\) is a number"):
        traced(
            lambda out, shop: out(
                "x",
                total(out.column("sales", "twice", columns(shop.sales).price * 2, REVENUE) * 2),
                REVENUE,
            )
        )
    with pytest.raises(TypeError, match="is a whole column"):
        traced(lambda out, shop: out.warn(columns(shop.sales).price > 1, Text("", "")))


def test_the_extremes_of_a_table() -> None:
    class Extremes(Shop):
        def results(self, out: Out) -> None:
            prices = columns(self.sales).price
            out("plain", largest(prices), REVENUE)
            out("computed", smallest(-2 * prices), REVENUE)
            out("calculated", largest(out.column("sales", "twice", prices * 2, REVENUE)), REVENUE)

    shop = Extremes(sales=[Sale(quantity=1, price=p) for p in (1, 3, 2)], models=[Model(price=1)])
    assert [shop.evaluate()[key] for key in ("plain", "computed", "calculated")] == [3, -6, 6]
    found = Extremes.trace("en").expressions
    assert {key: (excel.text(e), excel.needs_array(e)) for key, e in found.items()} == {
        "plain": ("MAX(sales_price)", False),
        "computed": ("MIN(-2*sales_price)", True),
        "calculated": ("MAX(sales_twice)", False),
        "sales_twice": ("sales_price*2", False),
    }


class Prefilled(Row):
    """A row with a default that no empty cell can stand for."""

    price: UnitPrice = 3.0


class PrefilledShop(Scenario):
    """A table of such rows."""

    template: ClassVar[Template] = Inference.template
    sales: Annotated[list[Prefilled], SALES] = [Prefilled()]  # noqa: RUF012


def test_a_default_that_no_empty_cell_stands_for() -> None:
    with pytest.raises(TypeError, match=r"Prefilled\.price: 3\.0 cannot be an empty cell"):
        _ = PrefilledShop.tables()["sales"].columns


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        ([], "tiers: has 0 rows, not 1 to 200"),
        ([Tier(unit_price=1.0)] * 201, "tiers: has 201 rows, not 1 to 200"),
        (
            [Tier(up_to=20.0, unit_price=1.0), Tier(up_to=10.0, unit_price=1.0), TIERS[-1]],
            "tiers[1].up_to: 10 is not above 20",
        ),
        (
            [Tier(up_to=20.0, unit_price=1.0), Tier(up_to=20.0, unit_price=1.0), TIERS[-1]],
            "tiers[1].up_to: 20 is not above 20",
        ),
        ([TIERS[-1], TIERS[-1]], "tiers[0].up_to: is empty, as only the last row may be"),
        (TIERS[:2], "tiers[1].up_to: 200 stands in the last row, which has no limit"),
    ],
    ids=range(6),
)
def test_tables_that_are_not_valid(tiers: list[Tier], message: str) -> None:
    with pytest.raises(PricingError) as caught:
        Discounts(tiers=tiers)
    assert message in str(caught.value)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_name_in_formulas_is_there_once(scenario: type[Scenario]) -> None:
    trace = scenario.trace("en")
    names = [*scenario.terms(), *(row.key for row in trace.rows)]
    names += [*trace.names.filled_in, *trace.names.calculated]
    names += [f"{table}_status" for table in scenario.tables()]
    # Those of an iterated column are among the calculated ones.
    numbers = [i for i in trace.iterations if i.table is None]
    names += [name for i in numbers for name in (i.last, i.move)]
    assert len(names) == len(set(names))


# The discounts template ---------------------------------------------------------------------------


def test_the_numbers_of_the_example_by_hand() -> None:
    offers = Discounts().evaluate()
    # 50 at $10, 150 at $9, 400 at $8; or all 600 at $8.
    assert offers["graduated_charge"] == 500 + 1350 + 3200
    assert offers["volume_charge"] == 4800
    assert offers["commitment_charge"] == 100 * 7.5 + 500 * 10
    # Bounds at 50, 200 and 1000: each unit becomes $1 cheaper there.
    assert offers["volume_falls"] == 50 + 200 + 1000
    assert offers["price_pocket"] == pytest.approx(10 * 0.9 * 0.95 * (1 - 0.02 - 0.03))
    assert len(offers.warnings) == 1
    assert Discounts(tiers=[Tier(unit_price=9.0)]).evaluate().warnings == ()


EXAMPLES = [
    Discounts(),
    Discounts(elasticity=0.0, flat_discount=0.3, commitment=2800.0, commitment_discount=0.3),
    Discounts(
        elasticity=-0.7,
        tiers=[Tier(up_to=100.0, unit_price=8.0, flat_fee=20.0), Tier(unit_price=6.0)],
        workload=[Customer(customer=n, usage=u) for n, u in (("A", 0.0), ("B", 99.0), ("C", 1e4))],
    ),
]


@pytest.mark.parametrize("scenario", EXAMPLES, ids=range(3))
def test_strategies_come_out_as_in_the_comparison_of_the_library(scenario: Discounts) -> None:
    usage = [customer.usage for customer in scenario.workload]
    table: Any = (
        [tier.up_to for tier in scenario.tiers],
        [tier.unit_price for tier in scenario.tiers],
        [tier.flat_fee for tier in scenario.tiers],
    )
    compared = compare_strategies(
        Workload(usage, scenario.list_price, scenario.unit_cost),
        {
            "flat": FlatCut(scenario.flat_discount),
            "graduated": GraduatedTiers(*table),
            "volume": VolumeTiers(*table),
            "commitment": SpendCommitment(scenario.commitment, scenario.commitment_discount),
        },
        ConstantElasticity(scenario.elasticity),
    )
    results = scenario.evaluate()
    for row in compared.rows:
        key = "list" if row.name == "List price" else row.name
        found = [results[f"{key}_{name}"] for name in ("revenue", "cost", "profit", "margin")]
        assert found == pytest.approx([row.revenue, row.cost, row.profit, row.margin], rel=1e-12)
        discount = results[f"{key}_effective_discount"]
        assert discount == pytest.approx(row.effective_discount, abs=1e-12)


def test_a_price_of_zero_has_no_answer_unless_demand_does_not_respond() -> None:
    tiers = [Tier(up_to=50.0, unit_price=0.0), Tier(unit_price=5.0)]
    assert math.isnan(Discounts(tiers=tiers).evaluate()["graduated_profit"])
    assert Discounts(tiers=tiers, elasticity=0.0).evaluate()["graduated_usage"] == 2690


def test_a_sweep_agrees_with_one_scenario_after_the_other() -> None:
    quantities = np.array([0.0, 49.9, 50.0, 50.1, 200.0, 5000.0])
    swept = Discounts().evaluate_at({"quantity": quantities})
    for key in ("graduated_charge", "volume_price", "commitment_charge", "volume_profit"):
        single = [Discounts(quantity=q).evaluate()[key] for q in quantities]
        found = np.broadcast_to(swept[key], quantities.shape)
        np.testing.assert_allclose(found, single, rtol=1e-14)
    graduated = lmprice.graduated_charge(
        quantities, [t.up_to for t in TIERS], [t.unit_price for t in TIERS]
    )
    np.testing.assert_allclose(swept["graduated_charge"], graduated)


def test_no_result_is_computed_after_the_last_that_is_asked_for() -> None:
    points = {"price": np.array([12.0, 20.0])}
    every = Breakeven().evaluate_at(points)
    some = Breakeven().evaluate_at(points, ["profit"])
    assert list(some) == ["revenue", "cost", "profit"]
    assert all(np.array_equal(some[key], every[key]) for key in some)
    assert every["profit"].tolist() == [12 * 100 - 1100, 20 * 100 - 1100]
    assert list(Breakeven().evaluate_at(points, ["nothing like it"])) == list(every)
