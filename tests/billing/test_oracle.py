"""The independent calculator itself, on values worked out by hand or published."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.billing.oracle.agreements import Commitment, Fee, Holding
from tests.billing.oracle.calendar import Calendar
from tests.billing.oracle.charges import Charge, Price, Tier, Use, Version
from tests.billing.oracle.customer import Contract, bills
from tests.billing.oracle.money import rounded
from tests.billing.oracle.settling import Bill, Coupon, Credit, Tax

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
JUNE = ("2026-06-01", "2026-07-01")


def at(text: str) -> datetime:
    """A moment; without an offset, in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(text: str | float) -> Fraction:
    """A number as it is written."""
    return Fraction(str(text))


def standard(price: str | float, **fields: Any) -> Price:
    """One price for each unit."""
    return Price("standard", (Tier(None, number(price)),), **fields)


def tiered(kind: str, *tiers: tuple[Any, ...], **fields: Any) -> Price:
    """Tiers of a bound, a price and a flat fee; of blocks: how many, price, fee, size."""
    made = tuple(
        Tier(None if t[0] is None else Fraction(str(t[0])), *map(number, t[1:])) for t in tiers
    )
    return Price(kind, made, **fields)


def charge(*versions: Price | Version, aggregation: Any = "sum", **uses: Any) -> Charge:
    """A charge with rows given as ``june_05=150``, days of 2026."""
    dated = [v if isinstance(v, Version) else Version(v, SINCE) for v in versions]
    made = Charge("api", dated, aggregation)
    months = ("january", "february", "march", "april", "may", "june", "july", "august")
    for name, quantity in uses.items():
        month, day = name.split("_")
        moment = datetime(2026, months.index(month) + 1, int(day), tzinfo=UTC)
        made.uses.append(Use(moment, number(quantity)))
    return made


def settled(charges: list[Charge], span: tuple[str, str] = JUNE, **terms: Any) -> list[Bill]:
    """The bills of a customer's periods in a span."""
    contract = Contract(charges=charges, meters=["quantity"] * len(charges), **terms)
    return list(bills(contract, *map(date.fromisoformat, span)).values())


def billed(charges: list[Charge], span: tuple[str, str] = JUNE, **terms: Any) -> list[Fraction]:
    """What is to be paid in each period."""
    return [bill.billed for bill in settled(charges, span, **terms)]


COSTS = [
    (tiered("graduated", (10, 10, 2), (20, 5, 3), (None, 5, 3)), 0, 2, "Lago"),
    (tiered("graduated", (5, 0, 100), (10, 0, 50), (15, 10), (None, 5)), "5.001", 150, "OpenMeter"),
    (tiered("graduated", (5, 0, 100), (10, 0, 50), (15, 10), (None, 5)), 20, 225, "OpenMeter"),
    (tiered("graduated", (5, 7), (10, "6.5"), (None, 6)), 6, "41.5", "Stripe"),
    (tiered("graduated", (10, ".01", 200), (20, ".02", 300), (None, ".03", 400)), 12, "500.14", ""),
    (tiered("package", (None, 5, 0, 100), free=Fraction(100)), 201, 10, "Lago docs, package"),
    (tiered("block", (10, 1, 0, 100), (None, 1, 0, 1000)), 5325, 15, "Kill Bill"),
    (tiered("block", (3, 1, 0, "0.1"), (None, 0, 0, 1)), 1, 3, "3 blocks of 0.1, then free"),
    (
        standard(10, per=Fraction(1000), rounding="up", free=Fraction(1, 2)),
        1400,
        15,
        "OpenMeter unitconfig",
    ),
    (tiered("graduated", (5, 1), (None, ".5"), per=Fraction(1000), rounding="up"), 7400, "6.5", ""),
]


@pytest.mark.parametrize(("price", "count", "cost", "source"), COSTS)
def test_published_costs_of_a_count(price: Price, count: Any, cost: Any, source: str) -> None:
    assert price.cost(number(count)) == number(cost), source


KILL_BILL = ((10, 1, 0, 100), (100, 1, 0, 1000), (100, ".5", 0, 1000))
STRIPE = ((100, 2, 10), (200, 1), (None, ".5", 50))
TOTALS = [
    (tiered("volume", *STRIPE), 0, 10, "Lago volume_service_spec"),
    (tiered("volume", *STRIPE), 1, 12, "Lago"),
    (tiered("volume", *STRIPE), 101, 101, "Lago"),
    (tiered("volume", *STRIPE), 300, 200, "Lago"),
    (tiered("top_tier", *KILL_BILL), 1000, 10, "Kill Bill"),
    (tiered("top_tier", *KILL_BILL), 101000, 101, "Kill Bill"),
    (
        tiered("volume", (100, ".1"), (500, ".05"), (None, ".02"), shift=Fraction(50)),
        120,
        12,
        "Autumn",
    ),
    (
        tiered("volume", (100, ".1"), (500, ".05"), (None, ".02"), shift=Fraction(50)),
        200,
        10,
        "Autumn",
    ),
    (standard(10, maximum=Fraction(100)), 12, 100, "OpenMeter unit_test"),
    (
        tiered("volume", (5, 0, 100), (10, 0, 150), (None, 10), maximum=Fraction(125)),
        7,
        125,
        "OpenMeter",
    ),
]


@pytest.mark.parametrize(("price", "count", "cost", "source"), TOTALS)
def test_published_costs_of_a_period(price: Price, count: Any, cost: Any, source: str) -> None:
    assert billed([charge(price, june_05=count)]) == [number(cost)], source


def test_percentages_of_events() -> None:
    """1.75 at least, 2.392, and 12 at most: Lago percentage_service_spec."""
    price = tiered("percentage", (None, "0.0299"), least=number("1.75"), most=Fraction(12))
    assert billed([charge(price, june_01=10, june_02=80, june_03=10000)]) == [number("16.14")]
    # 250 of 800 free: events of 50, 100 and 250 use 250; the third pays for 150, the fourth whole
    fee = tiered("percentage", (None, "0.013"), fee=Fraction(2), free=Fraction(250))
    events = charge(fee, june_01=50, june_02=100, june_03=250, june_04=400)
    assert billed([events]) == [number("11.15")]


def test_a_period_begins_on_its_day() -> None:
    """7 February to 6 March: 40, all free. To 6 April 120, of which 60 are paid."""
    api = charge(tiered("graduated", (60, 0), (None, 1)), march_05=40, march_10=60, april_05=60)
    span = ("2026-02-07", "2026-04-07")
    assert billed([api], span, calendar=Calendar("UTC", 7)) == [0, 60]


def test_days_and_periods() -> None:
    last = Calendar("UTC", 31)
    assert last.period(date(2026, 2, 15)) == (date(2026, 1, 31), date(2026, 2, 28))
    assert last.period(date(2026, 2, 28)) == (date(2026, 2, 28), date(2026, 3, 31))
    assert last.period(date(2026, 4, 30)) == (date(2026, 4, 30), date(2026, 5, 31))
    berlin = Calendar("Europe/Berlin")
    assert berlin.midnight(date(2026, 6, 1)) == at("2026-05-31T22:00")
    assert berlin.day(at("2026-05-31T22:00")) == date(2026, 6, 1)


def test_a_price_change_keeps_count_and_minimum() -> None:
    """100 at 0.30 and 50 at 0.20; then the next 150 at half of 0.20."""
    tiers = ((100, ".3"), (1000, ".2"), (None, ".1"))
    change = at("2026-06-16")
    api = charge(
        Version(tiered("graduated", *tiers), SINCE),
        Version(tiered("graduated", *tiers, discount=Fraction(1, 2)), change),
        june_01=150,
        june_16=150,
    )
    assert billed([api]) == [40 + 15]
    least = charge(
        Version(standard(1, minimum=Fraction(100)), SINCE, change),
        Version(standard(2, minimum=Fraction(100)), change),
        june_05=1,
        june_20=1,
    )
    assert billed([least]) == [100]


def test_a_minimum_of_half_a_period_and_a_maximum() -> None:
    """100 by days is 50, and only what its version cost counts towards it."""
    change = at("2026-06-16")
    api = charge(
        Version(standard(1, minimum=Fraction(100)), SINCE, change),
        Version(standard(2), change),
        june_05=10,
        june_20=30,
    )
    assert billed([api]) == [50 + 60]
    # At most 100 of the month; the 40 of 20 June pay 10, and a credit until then covers 90.
    capped = charge(standard(1, maximum=Fraction(100)), june_05=90, june_20=40)
    credit = Credit("c", Fraction(500), SINCE, at("2026-06-20"))
    assert billed([capped], credits=[credit]) == [10]


def test_a_volume_price_that_changes() -> None:
    """30 units: tier 2 under both; 10 at 2, 20 at 4; fees of 6 and 9 for 15 of 30 days each."""
    change = at("2026-06-16")
    api = charge(
        Version(tiered("volume", (20, 3, 1), (None, 2, 6)), SINCE),
        Version(tiered("volume", (20, 5, 1), (None, 4, 9)), change),
        june_05=10,
        june_20=20,
    )
    assert billed([api]) == [20 + 80 + 3 + number("4.5")]


def test_a_charge_is_rounded_once_a_period() -> None:
    """0.005 and 0.005 are 0.01, not 0.02; a tie goes away from zero, or to the even cent."""
    tie = charge(standard("0.005"), june_05=1, june_06=1)
    assert billed([tie]) == [number("0.01")]
    assert rounded(number("0.125"), 2, "half_away_from_zero") == number("0.13")
    assert rounded(number("-0.125"), 2, "half_away_from_zero") == number("-0.13")
    assert rounded(number("0.125"), 2, "half_even") == number("0.12")
    assert rounded(number("0.121"), 2, "up") == number("0.13")
    assert rounded(number("0.129"), 2, "down") == number("0.12")


def test_meters_that_are_no_sums() -> None:
    weeks = {"january_05": 5, "january_12": 7, "january_19": 6, "january_26": 7}
    january = ("2026-01-01", "2026-02-01")
    assert billed([charge(standard(20), aggregation="max", **weeks)], january) == [140]
    assert billed([charge(standard(20), aggregation="last", **weeks)], january) == [140]
    # 5 for 7 days, 7 for 7, 6 for 7 and 7 for 6 of 31 days: 168 / 31 units
    weighted = charge(standard(31), aggregation="time_weighted", **weeks)
    assert billed([weighted], january) == [168]
    # Half of the days at 20, half at 40, of the month's most.
    change = at("2026-06-16")
    seats = charge(
        Version(standard(20), SINCE), Version(standard(40), change), aggregation="max", june_20=3
    )
    assert billed([seats]) == [90]


def test_factors_weigh_what_a_moment_adds() -> None:
    """Two rows of 5 together begin a package of 10 at 8: half at full, half at half price."""
    api = charge(tiered("package", (None, 8, 0, 10)))
    noon = at("2026-06-05T12:00")
    api.uses = [Use(noon, Fraction(5)), Use(noon, Fraction(5), ("b",), factor=Fraction(1, 2))]
    assert billed([api]) == [6]


def test_commitments() -> None:
    db = {"april_10": 4, "june_10": 5}
    span = ("2026-04-01", "2026-07-01")
    least = Commitment("least", Fraction(60), at("2026-04-01"), at("2027-04-01"))
    assert billed([charge(standard(12), **db)], span, commitments=[least]) == [60, 60, 60]
    year = Commitment("year", Fraction(1200), at("2026-04-01"), at("2027-04-01"), "year")
    paid = billed([charge(standard(12), **db)], ("2026-04-01", "2027-04-01"), commitments=[year])
    assert paid == [48, 0, 60, *[0] * 8, 1200 - 108]
    plans = [
        Commitment("A", Fraction(300), at("2026-01-01"), at("2026-06-16")),
        Commitment("B", Fraction(900), at("2026-06-16")),
    ]
    assert billed([charge(standard(1), june_05=150, june_20=250)], commitments=plans) == [600]
    # Equal terms that touch are one: 350 used of 300, nothing lacks.
    halves = [
        Commitment("A", Fraction(300), at("2026-01-01"), at("2026-06-16")),
        Commitment("A", Fraction(300), at("2026-06-16")),
    ]
    assert billed([charge(standard(1), june_05=350)], commitments=halves) == [350]


def test_credits_hold_for_a_time_and_in_an_order() -> None:
    july = ("2026-07-01", "2026-08-01")
    trial = Credit("trial", Fraction(200), SINCE, at("2026-07-02"))
    assert billed([charge(standard(1), july_20=150)], july, credits=[trial]) == [150]
    both = [
        Credit("paid", Fraction(100), SINCE),
        Credit("promo", Fraction(100), SINCE, at("2026-08-01")),
    ]
    months = charge(standard(1), july_10=100, august_10=100)
    assert billed([months], ("2026-07-01", "2026-09-01"), credits=both) == [0, 0]
    # The smaller priority first, none last: paid is drawn in July, and promo is lost.
    first = [Credit("paid", Fraction(100), SINCE, priority=1), both[1]]
    months = charge(standard(1), july_10=100, august_10=100)
    assert billed([months], ("2026-07-01", "2026-09-01"), credits=first) == [0, 100]
    # 48 used and 12 unused, both from the prepayment (FOCUS spend agreements, B2); it ends with
    # the month, whose true-up it covers.
    prepaid = Credit("prepaid", Fraction(1200), SINCE, at("2026-05-01"), covers=frozenset(COVERED))
    least = Commitment("least", Fraction(60), at("2026-04-01"))
    april = ("2026-04-01", "2026-05-01")
    terms: dict[str, Any] = {"credits": [prepaid], "commitments": [least]}
    assert billed([charge(standard(12), april_10=4)], april, **terms) == [0]


COVERED = ("usage", "minimum", "fee", "tax")


def test_coupons_in_order_on_running_sums() -> None:
    ten, fifth = (
        Coupon("10", SINCE, amount=Fraction(10)),
        Coupon("20 %", SINCE, rate=Fraction(1, 5)),
    )
    assert billed([charge(standard(1), june_05=100)], coupons=[ten, fifth]) == [100 - 28]
    half = Coupon("half", SINCE, rate=Fraction(1, 2))
    cents = charge(standard("0.01"), june_05=1, june_06=1, june_07=1)
    assert billed([cents], coupons=[half]) == [number("0.01")]
    # What is left of a sum goes on; where it is anew each period, it does not.
    months = {"january_01": 10, "february_01": 10, "march_01": 10}
    spring = ("2026-01-01", "2026-04-01")
    once = Coupon("once", SINCE, amount=Fraction(15))
    assert billed([charge(standard(1), **months)], spring, coupons=[once]) == [0, 5, 10]
    anew = Coupon("anew", SINCE, at("2026-02-02"), amount=Fraction(15), each_period=True)
    assert billed([charge(standard(1), **months)], spring, coupons=[anew]) == [0, 0, 10]
    # Of its own days only, and not off a true-up.
    least = Commitment("least", Fraction(100), SINCE)
    two_days = Coupon("days", at("2026-06-05"), at("2026-06-07"), rate=Fraction(1, 2))
    rows = charge(standard(1), june_04=10, june_05=10, june_06=10, june_07=10)
    assert billed([rows], coupons=[two_days], commitments=[least]) == [30 + 60]


def test_fees_by_days() -> None:
    basic, pro = (
        Fee("seat", Fraction(10), per_seat=True),
        Fee("base", Fraction(30), in_advance=False),
    )
    plans = [
        Holding("basic", at("2026-05-01"), at("2026-06-16"), Fraction(3), (basic,)),
        Holding("pro", at("2026-06-16"), fees=(pro,)),
    ]
    spans = ("2026-05-01", "2026-08-01")
    assert billed([], spans, holdings=plans) == [30, 15 + 15, 30]
    # A fee in advance falls due on 1 June, one in arrears at the end of June.
    early = Credit("early", Fraction(100), SINCE, at("2026-06-02"), covers=frozenset({"fee"}))
    assert billed([], spans, holdings=plans, credits=[early]) == [0, 15, 30]
    late = Credit(
        "late", Fraction(100), at("2026-06-30T23:00"), at("2026-07-01"), covers=frozenset(COVERED)
    )
    assert billed([], spans, holdings=plans, credits=[late]) == [30, 15, 30]
    # A quarter from the first plan on: 15 May to 15 August, 92 days, of which 61 are held.
    quarter = Holding(
        "q", at("2026-05-15"), at("2026-07-15"), fees=(Fee("quarter", Fraction(92), "quarter"),)
    )
    assert billed([], ("2026-05-01", "2026-09-01"), holdings=[quarter]) == [61, 0, 0, 0]


def test_an_allowance_is_one_number_a_period() -> None:
    """100 for 15 of 30 days: 50 of the 80 units, in order of time, over both charges."""
    plan = Holding("p", at("2026-06-16"), allowances=(("quantity", Fraction(100)),))
    first, second = charge(standard(1), june_17=40), charge(standard(10), june_18=40)
    assert billed([first, second], holdings=[plan]) == [300]
    moment = at("2026-06-17")
    first, second = charge(standard(1)), charge(standard(10))
    first.uses, second.uses = [Use(moment, Fraction(60))], [Use(moment, Fraction(20))]
    # At one moment by share: 37.5 of 60 and 12.5 of 20 are included.
    assert billed([first, second], holdings=[plan]) == [number("22.5") + 75]


def test_tax_after_coupons_and_before_credits() -> None:
    rows = {"june_05": 100}
    half = Coupon("half", SINCE, rate=Fraction(1, 2))
    fifth = Tax(Fraction(1, 5))
    credit = Credit("c", Fraction(30), SINCE)
    paid = settled([charge(standard(1), **rows)], coupons=[half], credits=[credit], tax=fifth)
    assert [paid[0].tax, paid[0].billed] == [10, 30]
    bought = Credit("c", Fraction(30), SINCE, taxed_when_bought=True)
    paid = settled([charge(standard(1), **rows)], coupons=[half], credits=[bought], tax=fifth)
    assert [paid[0].tax, paid[0].billed] == [4, 24]
    inside = settled([charge(standard(1), **rows)], tax=Tax(Fraction(1, 4), inclusive=True))
    assert [inside[0].tax_inside, inside[0].billed] == [20, 100]


def test_a_clock_change_is_in_the_real_seconds_of_a_period() -> None:
    """March 2026 in Berlin has 743 hours; from the 30th on 48 of them at 743 units."""
    berlin = Calendar("Europe/Berlin")
    storage = charge(standard(1), aggregation="time_weighted")
    storage.uses = [Use(berlin.midnight(date(2026, 3, 30)), Fraction(743))]
    assert billed([storage], ("2026-03-01", "2026-04-01"), calendar=berlin) == [48]
