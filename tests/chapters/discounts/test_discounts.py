"""Charges and discounts: published cases, boundaries, laws, and the same numbers in LibreOffice."""

from __future__ import annotations

import math
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lmprice
from lmprice import (
    PricingError,
    block_charge,
    charge_after_credit,
    context_price,
    effective_discount,
    graduated_charge,
    graduated_percentage_charge,
    minimum_spend,
    net_price,
    off_peak_price,
    package_charge,
    percentage_charge,
    pocket_price,
    promotion_price,
    revenue,
    token_cost,
    volume_charge,
)
from lmprice.dialects import excel
from lmprice.language.expression import Expr
from lmprice.language.formula import PricingFunction
from tests.chapters.discounts.charge_cases import CHARGES, TIERS, Charge, Tiers
from tests.draws import columns
from tests.engines import libreoffice
from tests.office import Office

FUNCTIONS = {f.name: f for f in lmprice.functions()}
CALLS: dict[str, Any] = {f.name: f.function for f in lmprice.functions()}
TABLES = ("graduated_charge", "volume_charge", "graduated_percentage_charge")
quantities = st.floats(0, 1e6)


def named(case: Charge) -> str:
    """A readable test name."""
    return f"{case.function.__name__}-{case.source}"


@pytest.mark.parametrize("case", CHARGES, ids=named)
def test_published_and_hand_computed(case: Charge) -> None:
    value = case.function(*case.arguments)
    assert type(value) is float
    assert value == pytest.approx(case.expected, rel=1e-14, abs=1e-14), case.source


@pytest.mark.parametrize("tiers", TIERS, ids=lambda t: t.source)
def test_all_quantities_of_a_table_at_once(tiers: Tiers) -> None:
    charges: Any = tiers.function([*tiers.charges], *tiers.table)
    assert charges == pytest.approx([*tiers.charges.values()], rel=1e-14)


class TestPublishedBillsOfSeveralCharges:
    def test_lago_percentage_per_event_with_a_minimum_and_a_maximum(self) -> None:
        events = percentage_charge([10, 80, 10_000], 0.0299)
        assert np.clip(events, 1.75, 12).sum() == pytest.approx(16.142)

    def test_openmeter_parts_of_a_period_are_differences(self) -> None:
        table = ([5, 10, 15, inf], [0, 0, 5, 1], [100, 50, 0, 0])
        assert graduated_charge(22, *table) - graduated_charge(12, *table) == 22
        assert package_charge(22, 10, 15) - package_charge(17, 10, 15) == 15

    def test_stripe_fixed_fee_and_overage(self) -> None:
        assert 200 + graduated_charge(150_000, [100_000, inf], [0, 0.001]) == 250

    def test_openmeter_units_are_converted_rounded_and_then_free(self) -> None:
        assert revenue(math.ceil(1400 / 1000) - 0.5, 10) == 15

    def test_context_length_decides_the_price_of_all_tokens(self) -> None:
        for tokens, charge in ((199_999, 0.24999875), (200_000, 0.25), (200_001, 0.5000025)):
            price = context_price(tokens, 200_000, 1.25, 2.5)
            assert token_cost(tokens, 0, price, 10) == pytest.approx(charge, rel=1e-14)
        # Prices of their own above 100,000, 500,000 and 1,000,000 tokens: genai-prices.
        assert token_cost(
            750_000, 0, volume_charge(750_000, [1e5, 5e5, 1e6, inf], [1, 2, 3, 5]) / 750_000, 0
        ) == pytest.approx(2.25)

    def test_cached_tokens_are_part_of_the_input(self) -> None:
        # langfuse: 16 uncached, 226,784 read from the cache, 48,454 written to it at 3.75.
        written = token_cost(48_454, 0, 3.75, 0)
        charge = token_cost(16 + 226_784, 2621, 3, 15, 226_784, 0.3) + written
        assert charge == pytest.approx(0.2891007)
        whole = token_cost(16 + 226_784 + 48_454, 2621, 3, 15, 226_784, 0.3, 48_454, 3.75)
        assert whole == pytest.approx(0.2891007)

    def test_a_price_that_is_needed_is_asked_for(self) -> None:
        with pytest.raises(PricingError, match="cached_price None is needed: there are cached"):
            token_cost(1e6, 1e5, 2.5, 10, cached_tokens=9e5)
        with pytest.raises(PricingError, match=r"cache_write_price None is needed") as caught:
            token_cost(1e6, 0, 2.5, 10, cache_write_tokens=[0, 10])
        assert caught.value.mask.tolist() == [False, True]
        assert token_cost(1e6, 0, 2.5, 10, cached_tokens=9e5, cached_price=0) == 0.25

    def test_discounts_and_deductions_are_lists_of_their_own(self) -> None:
        assert pocket_price(100, 0, [15, 5, 3]) == 77
        assert pocket_price(100, 0.1, [15, 5, 3]) == 67
        assert pocket_price(100, [0.1, 0.5], 5) == 40
        assert pocket_price(100, 0.1) == 90

    def test_whole_packages_are_counted_to_the_last(self) -> None:
        for quantity in (999_999_999_999_999, 2**53 - 1):
            assert package_charge(quantity, 1, 1) == quantity
        assert package_charge(0.07, 0.01, 1) == 7
        assert package_charge(100.07, 0.01, 1, 100) == 7
        assert package_charge(7.0000001, 1, 1) == 8
        assert block_charge(999_999_999_999_999, [1], [inf], [1]) == 999_999_999_999_999
        with pytest.raises(PricingError, match="cached_tokens 11 breaks the rule"):
            token_cost(10, 0, 3, 15, 11, 0.3)

    def test_off_peak_tokens(self) -> None:
        # 2026-11-18 is a Wednesday; the window ends at 4:00.
        prices = [off_peak_price(3, 4, [1, 6], [4, 10], *p) for p in ((0.3, 0.15), (1.2, 0.6))]
        assert token_cost(1e6, 1e6, *prices) == pytest.approx(0.75)


@pytest.mark.parametrize("name", TABLES)
class TestTierTables:
    def test_boundaries_are_inclusive(self, name: str) -> None:
        charge = CALLS[name]
        below, at, above = (math.nextafter(10, 0), 10.0, math.nextafter(10, inf))
        fees = [1, 100, 10_000]
        low, same, high = charge([below, at, above], [10, 20, inf], [0, 0, 0], fees)
        assert low == same == 1
        assert high == (100 if name == "volume_charge" else 101)

    def test_rules_of_the_table(self, name: str) -> None:
        f = CALLS[name]
        for up_to, message in (
            ([20, 10, inf], r"up_to\[1\] 10 is not above 20"),
            ([10, 10, inf], r"up_to\[1\] 10 is not above 10"),
            ([10, inf, inf], r"up_to\[2\] inf is not above inf"),
            ([10, 20, 30], r"up_to\[2\] 30 is not infinite: the last row has no limit"),
            ([0, 20, inf], r"up_to\[0\] 0 is not above 0"),
            ([10, inf], "is the number of rows, but the columns before it have 2"),
            (inf, "is the number of rows, but the columns before it have 1"),
        ):
            with pytest.raises(PricingError, match=f"^{name}: .*{message}"):
                f(5, up_to, [1, 2, 3])
        with pytest.raises(PricingError, match=r"\[2\] inf is infinite"):
            f(5, [1, 2, inf], [1, 2, inf])
        with pytest.raises(PricingError, match=f"^{name}: (quantity|amount)\\[1\\] -1 is below 0"):
            f([1, -1], [inf], [1])

    def test_a_fee_for_every_tier(self, name: str) -> None:
        f = CALLS[name]
        table = ([10, 20, inf], [1, 2, 3])
        for quantity in (0.0, 5, 15, 25):
            assert f(quantity, *table, 4) == f(quantity, *table, [4, 4, 4])
        assert math.isnan(f(15, *table, nan))
        assert math.isnan(f(15, [nan, 20, inf], [1, 2, 3]))

    def test_tables_of_their_own_for_samples(self, name: str) -> None:
        f = CALLS[name]
        prices = np.array([[1.0, 10], [2, 20], [3, 30]])
        once, ten = f(15, [10, 20, inf], prices)
        assert ten == pytest.approx(10 * once)
        assert f([5, 15], [10, 20, inf], prices)[1] == pytest.approx(ten)

    def test_many_quantities_are_computed_in_blocks(self, name: str) -> None:
        f = CALLS[name]
        many = np.linspace(0, 30, 150_001)
        charges = f(many, [10, 20, inf], [1, 2, 3], [4, 5, 6])
        assert charges.shape == many.shape
        for i in (0, 50_000, 65_535, 65_536, 131_072, 150_000):
            assert charges[i] == f(many[i], [10, 20, inf], [1, 2, 3], [4, 5, 6])
        many[70_000] = nan
        assert np.flatnonzero(np.isnan(f(many, [10, 20, inf], [1, 2, 3]))).tolist() == [70_000]


def test_quantity_zero_is_billed_unless_told_otherwise() -> None:
    table = ([10, inf], [1, 2], [3, 4])
    for charge in (graduated_charge, volume_charge):
        assert charge(0, *table) == 3
        assert charge(0, *table, False) == 0
        assert charge(1e-9, *table, False) == pytest.approx(3)
        assert np.asarray(charge([0, 0], *table, [True, False])).tolist() == [3, 0]
        assert charge(0, *table, 1) == 3


@pytest.mark.parametrize("flag", [2, 0.5, "yes", None, [True, 2]])
def test_a_flag_is_true_or_false(flag: Any) -> None:
    with pytest.raises(PricingError, match=r"inclusive.* is neither true nor false"):
        context_price(1, 2, 3, 4, flag)
    assert math.isnan(context_price(1, 2, 3, 4, nan))


def test_rules_between_arguments_of_the_schedule() -> None:
    with pytest.raises(PricingError, match=r"peak_ends\[1\] 6 breaks"):
        off_peak_price(1, 1, [1, 22], [4, 6], 2, 1)
    with pytest.raises(PricingError, match="last_peak_day 2 breaks the rule"):
        off_peak_price(1, 1, [1], [4], 2, 1, 3, 2)
    hours = off_peak_price(1, [0, 1, 3.9, 4], [1, 6], [4, 10], 2, 1)
    assert np.asarray(hours).tolist() == [1, 2, 2, 1]


def test_no_list_cost_has_no_discount() -> None:
    assert math.isnan(effective_discount(0, 0))


# Laws --------------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn, *, flat_fees: bool = True) -> tuple[list[float], ...]:
    """A valid tier table."""
    terms = {p.name: p.term for p in FUNCTIONS["graduated_charge"].parameters}
    rows = draw(st.integers(1, 6))
    names = ["up_to", "unit_prices", *(["flat_fees"] if flat_fees else [])]
    return tuple(draw(columns(terms[name], rows)) for name in names)


@given(tables(), quantities, quantities)
def test_graduated_never_falls(table: Any, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert graduated_charge(low, *table) <= graduated_charge(high, *table)


@given(tables(flat_fees=False), st.data())
def test_graduated_is_continuous_without_flat_fees(table: Any, data: st.DataObject) -> None:
    up_to, unit_prices = table
    bound = data.draw(st.sampled_from([*up_to[:-1], 1.0]))
    step = 1e-9 * bound
    jump = graduated_charge(bound + step, *table) - graduated_charge(bound, *table)
    assert 0 <= jump <= 2 * step * max(unit_prices) + 1e-12 * graduated_charge(bound, *table)


@given(quantities, st.floats(0, 1e4), st.floats(0, 1e4), st.booleans())
def test_one_tier_is_the_same_graduated_and_volume(
    quantity: float, price: float, fee: float, at_zero: bool
) -> None:
    table = ([inf], [price], [fee], at_zero)
    charge = graduated_charge(quantity, *table)
    assert charge == volume_charge(quantity, *table)
    assert charge == quantity * price + (fee if quantity > 0 or at_zero else 0)


@given(tables(), quantities)
def test_equal_prices_make_tiers_one(table: Any, quantity: float) -> None:
    up_to, (price, *_) = table[:2]
    charge = graduated_charge(quantity, up_to, [price] * len(up_to))
    assert charge == pytest.approx(quantity * price)
    assert volume_charge(quantity, up_to, [price] * len(up_to)) == pytest.approx(charge)


@given(tables(), quantities)
def test_a_percentage_is_a_price_of_money(table: Any, amount: float) -> None:
    assert graduated_percentage_charge(amount, *table) == graduated_charge(amount, *table)


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(0, 300), st.integers(0, 2))
def test_package_is_a_step_function(quantity: int, size: int, free: int, digits: int) -> None:
    unit = 10**digits  # hundredths as well: steps are where decimal arithmetic has them
    packages = max(0, -((free - quantity) // size))
    charge = package_charge(quantity / unit, size / unit, 7, free / unit)
    assert charge == 7 * packages


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(0, 2))
def test_blocks_of_one_tier_are_packages(quantity: int, size: int, digits: int) -> None:
    unit = 10**digits
    blocks = package_charge(quantity / unit, size / unit, 7)
    for top_tier in (False, True):
        assert block_charge(quantity / unit, [size / unit], [inf], [7], top_tier) == blocks


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_stacked_discounts_commute_and_never_reach_below_zero(price: float, off: Any) -> None:
    net = net_price(price, off)
    assert 0 <= net <= price
    assert net == pytest.approx(net_price(price, off[::-1]), rel=1e-12)
    assert net == pytest.approx(price * math.prod(1 - d for d in off), rel=1e-12)


@given(quantities, quantities, st.floats(0, 1))
def test_money_neither_appears_nor_vanishes(charge: float, other: float, share: float) -> None:
    assert minimum_spend(charge, other, share) >= max(charge, 0)
    left = charge_after_credit(charge, other)
    assert left + min(charge, other) == pytest.approx(charge)
    assert promotion_price(charge, share, 1, 2) <= promotion_price(charge, share, 2, 2) == charge


# LibreOffice -------------------------------------------------------------------------------------


def test_native_formulas_in_libreoffice(soffice: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    calls = [c for c in CHARGES if FUNCTIONS[c.function.__name__].has_formula]
    top = 1
    places = []
    for case in calls:
        places.append(top)
        top = _write_call(sheet, top, FUNCTIONS[case.function.__name__], case.arguments)
    path = tmp_path / "charges.xlsx"
    book.save(path)
    found: Any = openpyxl.load_workbook(
        libreoffice(soffice, path, "xlsx", tmp_path), data_only=True
    ).active
    for case, place in zip(calls, places, strict=True):
        assert found.cell(place, 1).value == pytest.approx(case.expected, rel=1e-12, abs=1e-12), (
            case
        )


def _write_call(sheet: Any, top: int, f: PricingFunction, arguments: tuple[Any, ...]) -> int:
    """Write a formula over cells of its own, text below each table; gives the next free row."""
    given = [*arguments, *(p.default for p in f.parameters[len(arguments) :])]
    height = 1
    references: dict[str, Expr] = {}
    for column, (p, value) in enumerate(zip(f.parameters, given, strict=True), 2):
        letter = openpyxl.utils.get_column_letter(column)
        if not isinstance(value, list):
            sheet.cell(top, column, value)
            references[p.name] = Expr.name(f"{letter}{top}")
            continue
        for row, number in enumerate(value, top):
            sheet.cell(row, column, None if math.isinf(number) else number)
        sheet.cell(top + len(value), column, "a note below the table")
        height = max(height, len(value) + 1)
        last = top + len(value) - 1
        references[p.name] = Expr.name(f"{letter}{top}:{letter}{last}", is_column=True)
    sheet.cell(top, 1, f"={excel.text(f.trace(references))}")
    return top + height
