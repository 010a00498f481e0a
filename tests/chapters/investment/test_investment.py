"""Investment: textbook examples, several internal rates, and laws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import (
    PricingError,
    achieved_flops,
    declining_margin_npv,
    internal_rate_of_return,
    internal_rates,
    net_present_value,
    payback_of_flows,
    payback_periods,
    training_cost,
    training_hours,
    training_mfu,
)
from tests.chapters.learning.vectors import OLYMPICS, UNEVEN, XRAY

flow = st.integers(-1000, 1000)
flows = st.lists(flow, min_size=1, max_size=12)
rate = st.floats(-0.5, 2)


def test_the_textbooks() -> None:
    # OpenStax: the book's 19,990 uses factors of three digits.
    assert net_present_value(0.08, XRAY) == pytest.approx(20027.3874102)
    assert net_present_value(0.08, XRAY) == pytest.approx(19_990, abs=50)
    assert payback_of_flows(UNEVEN) == pytest.approx(5.33333333333)
    assert internal_rates(OLYMPICS) == pytest.approx((0.0917974911285, 0.622488223157))
    assert math.isnan(internal_rate_of_return(OLYMPICS))


def test_a_table_of_rates_and_projects() -> None:
    projects = np.array([[-100.0, -100.0], [60.0, 0.0], [60.0, 121.0]])
    values = net_present_value(np.array([0.0, 0.1]), projects)
    assert values == pytest.approx([20, 0])
    rates = internal_rate_of_return(projects)
    assert rates == pytest.approx([(math.sqrt(69) - 7) / 10, 0.1])
    assert payback_of_flows(projects) == pytest.approx([1 + 40 / 60, 1 + 100 / 121])


def test_rates_that_touch_or_meet() -> None:
    # (1.1 x - 1)² and (1.1 x - 1)³ in x = 1 / (1 + r), and five rates at once.
    assert internal_rates([-1, 2.2, -1.21]) == pytest.approx((0.1,))
    assert internal_rates([-1, 3.3, -3.63, 1.331]) == pytest.approx((0.1,))
    planted = (0.05, 0.1, 0.2, 0.35, 0.5)
    assert internal_rates(np.poly([1 + r for r in planted])) == pytest.approx(planted, rel=1e-8)


def test_flows_of_all_sizes() -> None:
    """1e308 now against 7.5e307 after two periods: (1 + r)^2 = 0.75; the others are nothing."""
    flows = [1e308, 5e-324, -7.5e307, -1e200]
    assert internal_rate_of_return(flows) == pytest.approx(0.75**0.5 - 1, rel=1e-12)


def test_no_rate() -> None:
    for nothing in ([0, 0, 0], [5], [1, 2, 3], [-1, -2], []):
        assert internal_rates(nothing) == ()
    assert internal_rates([-1, 1, -1]) == ()  # never worth anything
    with pytest.raises(PricingError, match=r"internal_rates: cash_flows\[1\] nan is not a number"):
        internal_rates([-1, math.nan])
    with pytest.raises(
        PricingError, match=r"internal_rates: cash_flows \[1e\+300, -1e-300\] has fl"
    ):
        internal_rates([1e300, -1e-300])
    with pytest.raises(PricingError, match=r"a rate is beyond 64-bit floats"):
        internal_rates([-1e-300, 1e300])
    assert math.isnan(internal_rate_of_return([-1e-300, 1e300]))
    assert internal_rates([-1e300, 1.5e300]) == pytest.approx((0.5,))
    assert math.isnan(internal_rate_of_return([-1, math.nan]))


def test_long_and_extreme_flows() -> None:
    # 360 months of a mortgage at 0.5 % a month; then a rate of -99.9 % and one of 100,000 %.
    payment = 0.005 / (1 - 1.005**-360)
    assert internal_rates([-1] + [payment] * 360) == pytest.approx((0.005,), rel=1e-9)
    assert internal_rates([-1000, 1]) == pytest.approx((-0.999,))
    assert internal_rates([-1, 1001]) == pytest.approx((1000,))
    assert internal_rates([0, 0, -1, 0, 4]) == pytest.approx((1,))


def test_payback_of_what_comes_late() -> None:
    assert payback_of_flows([-10, 0, 0, 20]) == 2.5
    assert math.isnan(payback_of_flows([-10, 5, 4.9]))
    assert payback_of_flows([-10, 5, -5, 10, 5]) == 3
    assert payback_of_flows([-10, 20, -50]) == 0.5  # the first time
    assert payback_of_flows([-7, 7]) == 1


def test_training_of_published_models() -> None:
    # DeepSeek-V3: 2.664M H800 hours for 14.8T tokens, 180K hours a trillion tokens, 54 days.
    assert achieved_flops(37e9, 14.8e12, 2.664e6) / 1e12 == pytest.approx(342.592592593)
    # Llama 2 70B: 1,720,320 A100 hours of 312 TFLOP/s.
    mfu = training_mfu(70e9, 2e12, 1_720_320, 312e12)
    assert mfu == pytest.approx(0.434723335114)
    assert training_hours(70e9, 2e12, 312e12, mfu) == pytest.approx(1_720_320)
    assert training_cost(70e9, 2e12, 312e12, mfu, 2) == pytest.approx(2 * 1_720_320)
    # GPT-3: 3640 petaflop-days at 500 TFLOP/s.
    hours = training_hours(1, 3640 * 1e15 * 86_400 / 6, 500e12, 1)
    assert hours / 24 == pytest.approx(7280)


def test_invalid() -> None:
    with pytest.raises(PricingError, match=r"net_present_value: rate -1 is not above -1"):
        net_present_value(-1, [1, 2])
    with pytest.raises(PricingError, match=r"discount_rate -0\.1 is below 0"):
        payback_of_flows([-1, 2], -0.1)
    with pytest.raises(PricingError, match=r"decline 1 is not below 1"):
        declining_margin_npv(1, 1, 1, 0, 1)


@given(flows, flows, rate, st.floats(-10, 10))
def test_npv_is_linear_in_flows(one: list[int], other: list[int], at: float, factor: float) -> None:
    length = max(len(one), len(other))
    first, second = (np.array(f + [0] * (length - len(f)), dtype=float) for f in (one, other))
    together = net_present_value(at, first + factor * second)
    apart = net_present_value(at, first) + factor * net_present_value(at, second)
    size = net_present_value(at, abs(first)) + abs(factor) * net_present_value(at, abs(second))
    assert together == pytest.approx(apart, rel=1e-9, abs=1e-12 * size)


@given(flows, rate)
def test_npv_discounts_one_flow_after_the_other(values: list[int], at: float) -> None:
    worth = 0.0
    for value in reversed(values):
        worth = value + worth / (1 + at)
    size = net_present_value(at, [abs(value) for value in values])
    assert net_present_value(at, values) == pytest.approx(worth, rel=1e-9, abs=1e-12 * size)


@given(flows)
def test_npv_at_an_internal_rate_is_nothing(values: list[int]) -> None:
    signs = [np.sign(value) for value in values if value]
    changes = sum(a != b for a, b in pairwise(signs))
    found = internal_rates(values)
    # Descartes: as many as there are changes of sign, or an even number less, counted as often as
    # they are roots.
    assert len(found) <= changes
    assert changes != 1 or len(found) == 1
    assert list(found) == sorted(found)
    for r in found:
        size = net_present_value(r, [abs(value) for value in values])
        assert net_present_value(r, values) == pytest.approx(0, abs=1e-9 * size)
    only = internal_rate_of_return(values)
    assert (only == found[0]) if len(found) == 1 else math.isnan(only)


@given(flows)
def test_no_internal_rate_is_missed(values: list[int]) -> None:
    rates = np.expm1(np.linspace(-3, 3, 400))
    worth = net_present_value(rates, values)
    crossings = np.flatnonzero(worth[:-1] * worth[1:] < 0)
    found = np.array(internal_rates(values))
    for low, high in zip(rates[crossings], rates[crossings + 1], strict=True):
        assert ((found >= low) & (found <= high)).any()


@given(flows, st.floats(0, 0.5))
def test_paid_back_is_when_the_flows_add_up(values: list[int], at: float) -> None:
    time = payback_of_flows(values, at)
    balance = np.cumsum([value / (1 + at) ** t for t, value in enumerate(values)])
    size = float(np.abs(values).sum()) or 1
    if math.isnan(time):
        assert (balance < 1e-9 * size).all()
        return
    whole = math.floor(time)
    part = time - whole
    following = balance[whole + 1] if part else 0
    between = balance[whole] * (1 - part) + following * part
    assert time == 0 or between == pytest.approx(0, abs=1e-9 * size)
    assert (balance[: math.ceil(time)] < 0).all()


@given(
    st.floats(0, 1e6, allow_subnormal=False),
    st.floats(0, 1e6, allow_subnormal=False),
    st.one_of(st.just(0.0), st.floats(1e-9, 0.9)),
    st.one_of(st.just(0.0), st.floats(1e-9, 2)),
    st.integers(0, 60),
)
def test_a_margin_that_falls_is_a_row_of_flows(
    investment: float, margin: float, decline: float, discount: float, periods: int
) -> None:
    earned = [margin * (1 - decline) ** t for t in range(periods)]
    by_flows = net_present_value(discount, [-investment, *earned])
    value = declining_margin_npv(investment, margin, decline, discount, periods)
    # Rates of a billionth leave 1 - q^n few digits.
    assert value == pytest.approx(by_flows, rel=1e-9, abs=1e-9 * (investment + margin * periods))


@given(st.floats(1, 1e5), st.floats(1, 1e5), st.one_of(st.just(0.0), st.floats(0.001, 0.5)))
def test_the_margin_has_paid_back_when_it_is_worth_nothing(
    investment: float, margin: float, decline: float
) -> None:
    periods = payback_periods(investment, margin, decline)
    assume(not math.isnan(periods) and decline * periods < 30)
    assert declining_margin_npv(investment, margin, decline, 0, periods) == pytest.approx(
        0, abs=1e-6 * investment
    )
