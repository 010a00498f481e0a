"""Published cases of billing engines, through a price book."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lmprice.billing.money import round_money
from lmprice.billing.pricing import Price
from lmprice.billing.rating import rate
from tests.billing.books import SINCE, book, charge, standard, tokens, usage
from tests.billing.cases import CASES, T15, Case

ONE_CHARGE = [
    pytest.param(case, id=f"{source.split('/')[-1]}-{number}")
    for source, cases in CASES.items()
    for number, case in enumerate(cases)
]


def exact(number: float) -> Fraction:
    return Fraction(repr(number))


def cost(fields: dict[str, Any], quantity: float) -> Fraction:
    """The contracted cost of a whole period, as its maximum and minimum leave it."""
    price = Price(charge(**fields))
    whole = price.whole(exact(quantity)).negotiated
    if price.maximum is not None:
        whole = min(whole, price.maximum)
    return whole if price.minimum is None else max(whole, price.minimum)


@pytest.mark.parametrize("case", ONE_CHARGE)
def test_charge(case: Case) -> None:
    assert cost(case.charge, case.quantity) == exact(case.cost)


@pytest.mark.parametrize("case", ONE_CHARGE)
def test_bill(case: Case) -> None:
    """The same through a usage table, in two rows, so that quantities are added up first."""
    half = Decimal(str(case.quantity)) / 2
    rows = usage({"quantity": str(half)}, {"quantity": str(half)})
    rated = rate(rows, book(case.charge, digits=6))
    assert float(rated.bill["billed_cost"].item()) == case.cost


def test_what_was_billed_before_in_the_period() -> None:
    # openmeterio/openmeter tieredgraduated_test.go: 12 units before, 10 now
    tiers = {"charge_model": "graduated", "tiers": T15}
    assert cost(tiers, 12 + 10) - cost(tiers, 12) == 22
    # openmeterio/openmeter package: 17 units before, 5 now
    package = {"charge_model": "package", "package_size": 10, "package_price": 15}
    assert cost(package, 17 + 5) - cost(package, 17) == 15
    # openmeterio/openmeter: $35 before; half of $200 now; at most $100 in the period
    halved = standard(10, discount=0.5, maximum=100)
    assert cost(halved, 7 + 20) - cost(halved, 7) == 65


def test_free_units_go_to_the_earlier_part_first() -> None:
    # openmeterio/openmeter discountusage_test.go: 10 free, 5 units before, 15 now
    free = Price(charge(**standard(free_units=10)))
    assert free.units(Fraction(5)) == 0
    assert free.units(Fraction(5 + 15)) - free.units(Fraction(5)) == 10


def test_prorated_units_are_priced_in_the_tier_of_all() -> None:
    # getlago/lago-api volume_service_spec.rb: 300 units, 198.6 after proration
    tiers = [
        {"up_to": 100, "unit_price": 2, "flat_fee": 10},
        {"up_to": 200, "unit_price": 1},
        {"unit_price": 0.5, "flat_fee": 50},
    ]
    volume = Price(charge(charge_model="volume", tiers=tiers))
    of_300, fee = volume.of_total(Fraction(300))
    assert of_300(exact(198.6)).negotiated + fee.negotiated == exact(149.3)
    of_none, fee = volume.of_total(Fraction(0))
    assert of_none(Fraction(0)).negotiated + fee.negotiated == 10


def test_minimum_and_maximum_by_event() -> None:
    # getlago/lago-api percentage_service_spec.rb: 2.99 % of 10, 80 and 10,000, from 1.75 to 12 each
    bounds = {"event_minimum": 1.75, "event_maximum": 12}
    fields = {"charge_model": "percentage", "rate": 0.0299, **bounds}
    rated = rate(
        usage(*({"quantity": value} for value in (10, 80, 10_000))), book(fields, digits=3)
    )
    assert rated.bill["billed_cost"].item() == Decimal("16.142")


def test_markup_is_rounded_once() -> None:
    # openmeterio/openmeter: 1.33333 times 50
    assert round_money(cost(standard(1.33333), 50)) == Decimal("66.67")


@pytest.mark.parametrize(
    ("coupons", "amount", "off"),
    [
        # getlago/lago-api amount_service_spec.rb and applied_coupons_service_spec.rb
        ([{"kind": "amount", "amount": 0.12, "used": 0.06}], "3.00", "0.06"),
        ([{"kind": "rate", "rate": 0.2}], "3.00", "0.60"),
        ([{"kind": "amount", "amount": 0.1}, {"kind": "rate", "rate": 0.2}], "1.00", "0.28"),
    ],
)
def test_coupons(coupons: list[dict[str, Any]], amount: str, off: str) -> None:
    given = [{"name": "coupon", **SINCE, **coupon} for coupon in coupons]
    accounts = [{"customer": "acme", "coupons": given}]
    rated = rate(usage({"quantity": amount}), book(standard(), accounts=accounts))
    assert rated.bill["billed_cost"].item() == Decimal(amount) - Decimal(off)


def test_true_up() -> None:
    # getlago/lago-api create_true_up_service_spec.rb
    accounts = [{"customer": "acme", "commitments": [{"name": "min", "minimum": 10, **SINCE}]}]
    rated = rate(usage({"quantity": 7}), book(standard(), accounts=accounts))
    assert rated.lines.filter(category="true-up")["billed_cost"].item() == 3


def test_commitment_of_two_days_in_february() -> None:
    # getlago/lago-api commitments/minimum/in_arrears/calendar/monthly_spec.rb: 2 of 29 days
    since = {"valid_from": "2024-02-28"}
    yearly = [{"name": "yearly", "minimum": 10_000, **since}]
    accounts = [{"customer": "acme", "commitments": yearly}]
    fees = [{"quantity": fee, "timestamp": "2024-02-28"} for fee in (6.9, 10, 10, 10)]
    rated = rate(usage(*fees), book({**standard(), **since}, accounts=accounts))
    top_up = rated.lines.filter(category="true-up")
    assert top_up["billed_cost"].item() == Decimal("652.76")


def context(unit_price: float, *steps: tuple[int, float], **fields: Any) -> dict[str, Any]:
    """A price for a million tokens that depends on the input tokens."""
    return {
        "charge_model": "context",
        "per": 1_000_000,
        "unit_price": unit_price,
        "steps": [{"above": above, "unit_price": higher} for above, higher in steps],
        **fields,
    }


TWO_STEPS = [context(3, (200_000, 6)), context(15, (200_000, 22.5))]
LADDER = [
    context(1, (100_000, 2), (500_000, 3), (1_000_000, 5)),
    context(3, (200_000, 5), (1_000_000, 8)),
]
GEMINI = [context(1.25, (200_000, 2.5)), context(10, (200_000, 15))]


@pytest.mark.parametrize(
    ("prices", "input_tokens", "output_tokens", "cost_in_dollars"),
    [
        # pydantic/genai-prices tests/test_tiered_pricing.py
        (TWO_STEPS, 100_000, 0, "0.3"),
        (LADDER, 750_000, 0, "2.25"),
        (LADDER, 50_000, 10_000, "0.08"),
        # genai-prices 0.2.3 and litellm 1.106.2 for gemini-2.5-pro
        (GEMINI, 199_999, 0, "0.24999875"),
        (GEMINI, 200_000, 0, "0.25"),
        (GEMINI, 200_001, 0, "0.5000025"),
    ],
)
def test_context_length(
    prices: list[dict[str, Any]], input_tokens: int, output_tokens: int, cost_in_dollars: str
) -> None:
    charges = [{**prices[0], "meter": "input"}, {**prices[1], "meter": "output"}]
    rows = usage({"input_tokens": input_tokens, "output_tokens": output_tokens})
    assert rate(rows, book(*charges, digits=9)).bill["billed_cost"].item() == Decimal(
        cost_in_dollars
    )


def test_threshold_belongs_to_the_higher_price_where_the_book_says_so() -> None:
    dearer = {**GEMINI[0], "meter": "input", "inclusive": False}
    rated = rate(usage({"input_tokens": 200_000}), book(dearer))
    assert rated.bill["billed_cost"].item() == Decimal("0.5")
    assert rated.lines["price_class"].item() == "above 200000"


def test_context_counts_cached_tokens_however_they_are_reported() -> None:
    prices = {**GEMINI[0], "meter": "input"}
    row = usage({"input_tokens": 200_000, "cached_tokens": 1})
    cached = standard(0, meter="cached")
    apart = rate(row, book(prices, cached, input_includes_cached=False))
    assert apart.lines["price_class"].to_list() == ["above 200000", None]
    assert rate(row, book(prices, cached)).lines["price_class"].to_list() == ["up to 200000", None]


def test_cache_reads_and_writes() -> None:
    # langfuse PR 13116: shown as $0.558544, right is $0.289
    prices = tokens(input=3, cached=0.3, cache_write=3.75, output=15)
    row = {
        "input_tokens": 16,
        "cached_tokens": 226_784,
        "cache_write_tokens": 48_454,
        "output_tokens": 2_621,
    }
    rated = rate(usage(row), book(*prices, input_includes_cached=False, digits=9))
    assert rated.bill["billed_cost"].item() == Decimal("0.2891007")
    # The same where the vendor counts cached tokens as input too.
    row["input_tokens"] += 226_784 + 48_454
    rated = rate(usage(row), book(*prices, digits=9))
    assert rated.bill["billed_cost"].item() == Decimal("0.2891007")


@pytest.mark.parametrize(
    ("at", "cost_in_dollars"),
    [
        # DeepSeek's rule, as quoted in nesquikm/mcp-rubber-duck#143: Wednesday, end exclusive
        ("2026-11-18T04:00Z", "0.75"),
        ("2026-11-18T03:59:59Z", "1.50"),
        ("2026-11-18T01:00Z", "1.50"),
        ("2026-11-18T00:59Z", "0.75"),
        ("2026-11-18T09:00+08:00", "1.50"),
        ("2026-11-21T02:00Z", "0.75"),  # a Saturday
    ],
)
def test_off_peak(at: str, cost_in_dollars: str) -> None:
    hours = [{"start": "01:00", "end": "04:00"}, {"start": "06:00", "end": "10:00"}]
    rule = {"charge_model": "off_peak", "per": 1e6, "peak_hours": hours}
    rule["peak_weekdays"] = [1, 2, 3, 4, 5]
    prices = [
        {**rule, "meter": "input", "unit_price": 0.3, "off_peak_price": 0.15},
        {**rule, "meter": "output", "unit_price": 1.2, "off_peak_price": 0.6},
    ]
    row = {"timestamp": at, "input_tokens": 1_000_000, "output_tokens": 1_000_000}
    assert rate(usage(row), book(*prices)).bill["billed_cost"].item() == Decimal(cost_in_dollars)


def test_virtual_currency() -> None:
    # FOCUS_Spec virtual_currency_pricing_model_b3.csv: 1, 2 and 2 credits a unit (list: 1, 2 and
    # 3), $2 a credit at list price, $1 by contract.
    charges = [
        standard(1, model="q", list_unit_price=2),
        standard(2, model="z", list_unit_price=4),
        standard(2, model="w", list_unit_price=6),
    ]
    rows = ({"model": m, "quantity": q} for m, q in {"q": 245, "z": 5, "w": 120}.items())
    bill = rate(usage(*rows), book(*charges)).bill
    assert bill.select("list_cost", "contracted_cost", "effective_cost").row(0) == (1230, 495, 495)


def test_fee_for_paid_events() -> None:
    # getlago/lago-api percentage_service_spec.rb: 1.3 % of 800 beyond 250, two events of $2.  In a
    # book the two parts are two charges, because which events are paid is known outside only.
    share = {"charge_model": "percentage", "rate": 0.013, "free_units": 250, "model": "amounts"}
    rows = ({"model": m, "quantity": q} for m, q in {"amounts": 800, "paid events": 2}.items())
    rated = rate(usage(*rows), book(share, standard(2, model="paid events")))
    assert rated.bill["billed_cost"].item() == Decimal("11.15")
