"""Published worked examples and hand arithmetic for cost, profit, breakeven and tokens."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import lmprice
from lmprice import (
    average_cost,
    blended_price,
    breakeven_price,
    breakeven_quantity,
    breakeven_revenue,
    breakeven_sales_change,
    breakeven_utilization,
    cache_breakeven_reads,
    contribution_margin,
    cost,
    decode_tokens_per_second,
    gross_margin,
    kv_cache_bytes,
    margin_of_safety,
    marginal_cost,
    markup,
    mix_breakeven,
    operating_leverage,
    payback_periods,
    polynomial_profit,
    profit,
    profit_maximizing_quantity,
    quadratic_breakeven_high,
    quadratic_breakeven_low,
    quadratic_cost,
    quadratic_profit,
    required_sales_change,
    revenue,
    selfhost_breakeven_mtok,
    serving_cost,
    target_quantity,
    token_cost,
    training_compute,
    training_cost,
    weight_memory,
)
from tests.chapters.discounts.charge_cases import CHARGES
from tests.vectors import CHAPTERS

GIB = 2**30


class Case(NamedTuple):
    """A call, the value it must give, and where that value comes from."""

    function: Callable[..., float]
    arguments: tuple[Any, ...]
    expected: float
    source: str


ARTICLE = "source article, sections 4.3 and 5.4, arithmetic corrected by hand"
OPENSTAX = "OpenStax, Principles of Accounting 2, chapter 3"
LLAMA_70B = "Llama 2 paper: 1,720,320 A100 hours for 70B parameters and 2T tokens"

CASES = [
    # The article: unit cost 10, fixed cost 100, price 20; quadratic cost 0.1 x² + 10 x + 100.
    Case(cost, (100, 10, 100), 1100, ARTICLE),
    Case(revenue, (100, 20), 2000, ARTICLE),
    Case(profit, (100, 20, 10, 100), 900, ARTICLE),
    Case(profit, (1, 20, 10, 100), -90, ARTICLE),
    Case(profit, (10, 20, 10, 100), 0, ARTICLE),
    Case(breakeven_quantity, (20, 10, 100), 10, ARTICLE),
    Case(breakeven_revenue, (20, 10, 100), 200, ARTICLE),
    Case(quadratic_cost, (100, 0.1, 10, 100), 2100, ARTICLE),
    Case(quadratic_profit, (100, 20, 0.1, 10, 100), -100, ARTICLE),
    Case(quadratic_profit, (50, 20, 0.1, 10, 100), 150, ARTICLE),
    Case(polynomial_profit, (100, 0.1, 10, 100), 1900, ARTICLE),
    Case(quadratic_breakeven_low, (20, 0.1, 10, 100), 11.2701665379, ARTICLE),
    Case(quadratic_breakeven_high, (20, 0.1, 10, 100), 88.7298334621, ARTICLE),
    Case(profit_maximizing_quantity, (20, 0.1, 10), 50, ARTICLE),
    Case(margin_of_safety, (100, 10), 0.9, ARTICLE),
    Case(operating_leverage, (100, 20, 10, 100), 1.11111111111, ARTICLE),
    # Cost-volume-profit exercises of a textbook.
    Case(breakeven_quantity, (500, 300, 100_000), 500, OPENSTAX + ", College Creations"),
    Case(target_quantity, (500, 300, 100_000, 50_000), 750, OPENSTAX + ", College Creations"),
    Case(profit, (0, 500, 300, 100_000), -100_000, OPENSTAX + ", College Creations"),
    Case(profit, (1, 500, 300, 100_000), -99_800, OPENSTAX + ", College Creations"),
    Case(profit, (501, 500, 300, 100_000), 200, OPENSTAX + ", College Creations"),
    Case(target_quantity, (100, 20, 18_000, 24_000, 0.4), 725, OPENSTAX + ", Hicks"),
    Case(revenue, (725, 100), 72_500, OPENSTAX + ", Hicks"),
    Case(breakeven_quantity, (90, 40, 85_000), 1700, OPENSTAX + ", Manteo"),
    Case(breakeven_revenue, (90, 40, 85_000), 153_000, OPENSTAX + ", Manteo"),
    Case(margin_of_safety, (2500, 1700), 0.32, OPENSTAX + ", Manteo"),
    # $163,000 of sales lie $10,000 above breakeven; the book adds the margin to fixed cost and
    # prints $171,000.
    Case(margin_of_safety, (163_000, 153_000), 10 / 163, OPENSTAX + ", Manteo, corrected"),
    Case(breakeven_quantity, (400, 150, 14_000), 56, OPENSTAX + ", Marshall & Hirito"),
    Case(breakeven_revenue, (400, 150, 14_000), 22_400, OPENSTAX + ", Marshall & Hirito"),
    Case(target_quantity, (400, 150, 14_000, 10_000), 96, OPENSTAX + ", Marshall & Hirito"),
    Case(gross_margin, (400, 150), 0.625, OPENSTAX + ", Marshall & Hirito"),
    # Contribution 58,560 and income 24,400, so fixed cost 34,160.
    Case(operating_leverage, (1, 58_560, 0, 34_160), 2.4, OPENSTAX + ", Wallace"),
    Case(breakeven_quantity, (3.75, 1.5, 2475), 1100, OPENSTAX + ", Back Door Café"),
    Case(breakeven_revenue, (3.75, 1.5, 2475), 4125, OPENSTAX + ", Back Door Café"),
    Case(profit, (1500, 3.75, 1.5, 2475), 900, OPENSTAX + ", Back Door Café"),
    Case(breakeven_quantity, (3.75, 1.45, 2875), 1250, OPENSTAX + ", Back Door Café, machine"),
    Case(breakeven_revenue, (3.75, 1.45, 2875), 4687.5, OPENSTAX + ", Back Door Café, machine"),
    Case(profit, (1500, 3.75, 1.45, 2875), 575, OPENSTAX + ", Back Door Café, machine"),
    Case(
        mix_breakeven,
        ([6.25, 7.75, 9.25], [3.25, 4.5, 6.25], [5, 3, 2], 145_000),
        4715.44715447,
        OPENSTAX + ", West Brothers",
    ),
    # Revenue -20x² + 1400x against cost 360x + 2000; and -0.5x² + 10x - 12 against x² - 2x + 6.
    Case(quadratic_breakeven_low, (1400, 20, 360, 2000), 2, "gauthmath 1813030242436230"),
    Case(quadratic_breakeven_high, (1400, 20, 360, 2000), 50, "gauthmath 1813030242436230"),
    Case(profit_maximizing_quantity, (1400, 20, 360), 26, "gauthmath 1813030242436230"),
    Case(quadratic_profit, (26, 1400, 20, 360, 2000), 11_520, "gauthmath 1813030242436230"),
    Case(quadratic_breakeven_low, (10, 1.5, -2, 18), 2, "questionai tLfexOHOJt"),
    Case(quadratic_breakeven_high, (10, 1.5, -2, 18), 6, "questionai tLfexOHOJt"),
    Case(profit_maximizing_quantity, (10, 1.5, -2), 4, "questionai tLfexOHOJt"),
    Case(quadratic_profit, (4, 10, 1.5, -2, 18), 6, "questionai tLfexOHOJt"),
    # Price changes.
    Case(breakeven_sales_change, (0.05, 0.4), -1 / 9, "rgmacademy.app, breakeven sales change"),
    Case(breakeven_sales_change, (0.1, 0.5), -1 / 6, "rgmacademy.app, breakeven sales change"),
    # The page prints -8 % for this one.
    Case(breakeven_sales_change, (0.1, 0.25), -2 / 7, "rgmacademy.app, corrected"),
    Case(required_sales_change, (4000, 10, 5.5, 9.5, 5.5, 800), 0.175, "Nagle, fixed cost"),
    Case(required_sales_change, (4000, 10, 5.5, 9.5, 5.28), 0.28 / 4.22, "Nagle, variable cost"),
    Case(markup, (75, 50), 0.5, "OpenStax, Principles of Marketing, shoes"),
    Case(gross_margin, (75, 50), 1 / 3, "OpenStax, Principles of Marketing, shoes"),
    Case(markup, (100, 25), 3, "identity: a margin of 75 % is a markup of 300 %"),
    # 'Managing price, gaining profit': 1 % of price is 11.1 % of profit, 1 % of volume 3.3 %.
    Case(operating_leverage, (1, 1, 0, 1 - 1 / 11.1), 11.1, "Marn & Rosiello 1992"),
    Case(operating_leverage, (1, 1, 7.8 / 11.1, 2.3 / 11.1), 3.3, "Marn & Rosiello 1992"),
    # Tokens.
    Case(token_cost, (1000, 500, 2.5, 15), 0.01, "tryutilix.com"),
    Case(token_cost, (30e6, 15e6, 2.5, 15), 300, "tryutilix.com, a month"),
    # The page prints $450 a month: it rounds 0.0275 to 0.03 first.
    Case(token_cost, (5500, 1000, 5, 15), 0.0425, "theneuralbase, corrected"),
    Case(token_cost, (5500e4, 1000e4, 5, 15), 425, "theneuralbase, corrected"),
    Case(token_cost, (2000, 0, 3 * 2, 0), 0.012, "aipromptshub, one cache write at 2x"),
    Case(token_cost, (198_000, 0, 3, 0, 198_000, 0.3), 0.0594, "aipromptshub, 99 cache reads"),
    Case(token_cost, (200_000, 0, 3, 0), 0.6, "aipromptshub, without a cache"),
    Case(
        token_cost, (1000, 500, 2.5, 15, 0, None, 0, None, 0.5), 0.005, "hand: batch at half price"
    ),
    Case(blended_price, (75, 150), 93.75, "gigagpu.com, GPT-4.5 at 3:1"),
    Case(blended_price, (1, 4, 1), 2.5, "hand"),
    Case(cache_breakeven_reads, (2, 0.1), 1.11111111111, "Anthropic multipliers, one hour"),
    Case(serving_cost, (2.5, 700), 0.992063492063, "dreaming.press"),
    Case(serving_cost, (19.92, 1000), 5.53333333333, "gpuadvisor.com, 405B"),
    Case(serving_cost, (2.49, 5500), 0.125757575758, "gpuadvisor.com, 8B"),
    Case(serving_cost, (6.4, 3400), 0.522875816993, "kshirol learnAI"),
    # The page prints $0.14: a hundred times too little.
    Case(serving_cost, (2.5, 50), 13.8888888889, "peakinfer.com, corrected"),
    Case(serving_cost, (2.5, 700, 0.5), 1.98412698413, "hand: half the load, twice the cost"),
    Case(serving_cost, (16, 14_800), 0.3003003003, "DeepSeek open-infra-index, decode node"),
    Case(serving_cost, (16, 73_700), 0.0603045379165, "DeepSeek open-infra-index, prefill node"),
    Case(breakeven_utilization, (2.5, 700, 2), 0.992063492063 / 2, "hand, from dreaming.press"),
    Case(selfhost_breakeven_mtok, (20, 10), 2, "noburn.dev: a $20 plan at $10 a million"),
    Case(selfhost_breakeven_mtok, (9000, 10, 1), 1000, "hand"),
    Case(cost, (0.5, 10), 5, "noburn.dev"),
    Case(gross_margin, (20, 5), 0.75, "noburn.dev"),
    # 0.7 kW for 8 hours a day over 30 days at $0.30, and $2,800 of hardware over 36 months.
    Case(cost, (0.7 * 8 * 30, 0.3, 2800 / 36), 128.177777778, "aiproductivity.ai, home rig"),
    Case(training_compute, (37e9, 14.8e12), 3.2856e24, "DeepSeek-V3 report, arXiv:2412.19437"),
    Case(training_compute, (70e9, 2e12), 8.4e23, LLAMA_70B),
    # At that MFU and $1 an hour the cost is the number of hours.
    Case(training_cost, (70e9, 2e12, 312e12, 0.434723335114, 1), 1_720_320, LLAMA_70B),
    # 3640 PF-days on machines of 500 TFLOP/s at $260 a day; compute is 6 N D with N = 1.
    Case(
        training_cost,
        (1, 3640 * 1e15 * 86_400 / 6, 500e12, 1, 260 / 24),
        1_892_800,
        "reddit r/MachineLearning hwfjej, GPT-3",
    ),
    Case(weight_memory, (70e9, 16), 140, "hand: two bytes a parameter"),
    Case(weight_memory, (70e9, 4), 35, "hand: half a byte a parameter"),
    Case(kv_cache_bytes, (1, 32, 8, 128), 131_072, "docs.rs kv-cache-size, Llama 3.1 8B"),
    Case(kv_cache_bytes, (8192, 32, 8, 128), GIB, "docs.rs kv-cache-size, Llama 3.1 8B"),
    Case(kv_cache_bytes, (1, 80, 8, 128, 8), 163_840, "How to Scale Your Model, Llama 3 70B"),
    Case(
        decode_tokens_per_second,
        (64, 6.7 * GIB, 13e9, 26 * GIB, 6560 * GIB, 8 * 197e12),
        923.131046614,
        "How to Scale Your Model, table of Llama 2 13B on 8 TPU v5e",
    ),
    # 112 GB a step, of which 70 GB weights and 42 GB cache of 32 sequences.
    Case(
        decode_tokens_per_second,
        (32, 42e9 / 32, 70e9, 70e9, 8 * 810e9, 8 * 394e12),
        1851.42857143,
        "How to Scale Your Model, applied inference",
    ),
    # Hand: 2 · 1000 · 1e9 / 1e12 = 2 s of computing, more than the 0.01 s of reading weights.
    Case(decode_tokens_per_second, (1000, 0, 1e9, 1e10, 1e12, 1e12), 500, "hand"),
    Case(average_cost, (100, 10, 100), 11, "hand: 1100 / 100"),
    Case(marginal_cost, (50, 0.1, 10), 20, "hand: at the optimum it equals the price"),
    Case(contribution_margin, (20, 10), 10, "hand"),
    Case(contribution_margin, (8, 10), -2, "hand"),
    Case(breakeven_price, (100, 10, 100), 11, "hand"),
    # Hand: 400 + 320 + 256 = 976 after three periods; the fourth earns 204.8.
    Case(payback_periods, (976, 400, 0.2), 3, "hand"),
    Case(payback_periods, (1000, 250, 0), 4, "hand"),
    Case(payback_periods, (0, 250, 0.1), 0, "hand"),
]

NO_ANSWER = [
    Case(average_cost, (0, 10, 100), math.nan, "nothing to average over"),
    Case(gross_margin, (0, 10), math.nan, "no price"),
    Case(markup, (10, 0), math.nan, "no cost"),
    Case(operating_leverage, (10, 20, 10, 100), math.nan, "no profit"),
    Case(margin_of_safety, (0, 10), math.nan, "no quantity"),
    Case(breakeven_quantity, (8, 10, 100), math.nan, "price below unit cost"),
    Case(breakeven_quantity, (10, 10, 0), math.nan, "price equal to unit cost"),
    Case(breakeven_revenue, (10, 10, 5), math.nan, "price equal to unit cost"),
    Case(breakeven_price, (0, 10, 100), math.nan, "no quantity"),
    Case(target_quantity, (10, 10, 0, 5), math.nan, "price equal to unit cost"),
    Case(quadratic_breakeven_low, (10, 0.1, 10, 100), math.nan, "no real root"),
    Case(quadratic_breakeven_high, (10, 0.1, 10, 100), math.nan, "no real root"),
    Case(quadratic_breakeven_low, (5, 0.1, 10, 0), math.nan, "price below linear cost"),
    Case(quadratic_breakeven_high, (5, 0.1, 10, 0), math.nan, "price below linear cost"),
    Case(profit_maximizing_quantity, (20, 0, 10), math.nan, "profit has no peak"),
    Case(profit_maximizing_quantity, (20, -1, 10), math.nan, "profit has no peak"),
    Case(breakeven_sales_change, (-0.5, 0.4), math.nan, "the cut eats the margin"),
    Case(breakeven_sales_change, (0.5, -0.1), math.nan, "no margin to keep"),
    Case(required_sales_change, (10, 10, 5, 4, 5), math.nan, "new price below new cost"),
    Case(required_sales_change, (0, 10, 5, 9, 5), math.nan, "no quantity"),
    Case(required_sales_change, (10, 4, 5, 9, 5), math.nan, "no profit to keep"),
    Case(mix_breakeven, ([1, 2], [2, 1], [1, 1], 5), math.nan, "the mix earns nothing"),
    Case(selfhost_breakeven_mtok, (100, 1, 1), math.nan, "nothing saved"),
    Case(selfhost_breakeven_mtok, (1825, 0.6, 0, 1840), math.nan, "3,042 million needed"),
    Case(breakeven_utilization, (2.5, 700, 0.5), math.nan, "not even full load covers it"),
    Case(breakeven_utilization, (0, 700, 0), math.nan, "nothing to cover, nothing earned"),
    Case(payback_periods, (2000, 400, 0.2), math.nan, "400 / 0.2 is all there ever is"),
    Case(payback_periods, (1, 0, 0), math.nan, "no margin"),
    Case(cache_breakeven_reads, (1.25, 1), math.nan, "reads are no cheaper"),
    Case(decode_tokens_per_second, (1, 0, 0, 0, 1, 1), math.nan, "a step takes no time"),
]

ZEROS = [
    Case(quadratic_breakeven_low, (20, 0.1, 10, 0), 0, "without fixed cost it begins at 0"),
    Case(quadratic_breakeven_high, (20, 0.1, 10, 0), 100, "hand: 0.1 x = 20 - 10"),
    Case(quadratic_breakeven_low, (10, 0.1, 10, 0), 0, "touches at 0"),
    Case(quadratic_breakeven_high, (10, 0.1, 10, 0), 0, "touches at 0"),
    Case(profit_maximizing_quantity, (5, 0.1, 10), 0, "every unit loses: sell none"),
    Case(breakeven_quantity, (20, 10, 0), 0, "no fixed cost"),
]


def named(case: Case) -> str:
    """A readable test name."""
    return f"{case.function.__name__}-{case.source}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_published_and_hand_computed(case: Case) -> None:
    value = case.function(*case.arguments)
    assert type(value) is float
    assert value == pytest.approx(case.expected, rel=1e-11, abs=1e-12), case.source


@pytest.mark.parametrize("case", NO_ANSWER, ids=named)
def test_no_answer_is_nan(case: Case) -> None:
    assert math.isnan(case.function(*case.arguments)), case.source


@pytest.mark.parametrize("case", ZEROS, ids=named)
def test_limiting_cases(case: Case) -> None:
    assert case.function(*case.arguments) == case.expected, case.source


def test_every_function_is_covered_by_a_case() -> None:
    covered = {case.function.__name__ for case in CASES}
    covered |= {case.function.__name__ for case in CHARGES}
    excel_names = {vector.excel_name for vector in CHAPTERS}
    covered |= {f.name for f in lmprice.functions() if f.excel_name in excel_names}
    assert covered == {f.name for f in lmprice.functions()}


def test_numbers_that_the_article_got_wrong() -> None:
    # It subtracts cost twice, prints 10100 for the quadratic cost and puts breakeven at 1 unit.
    assert profit(100, 20, 10, 100) not in (1000, -100)
    assert quadratic_cost(100, 0.1, 10, 100) != 10_100
    assert polynomial_profit(100, 0.1, 10, 100) != 10_000
    assert profit(1, 20, 10, 100) != 0


@pytest.mark.parametrize(
    ("price", "unit_cost", "fixed"), [(0.3, 0.2, 0.1), (1.1, 1, 0.1), (0.7, 0.6, 0.1), (20, 10, 10)]
)
def test_exact_breakeven_in_decimals_has_no_leverage(
    price: float, unit_cost: float, fixed: float
) -> None:
    # In binary 0.3 - 0.2 - 0.1 is -2.8e-17: not a profit to divide by.
    assert math.isnan(operating_leverage(1, price, unit_cost, fixed))


def test_curves_that_touch_zero_in_decimals() -> None:
    # Hand: 0.1 x² + (10 - 10.1) x + 0.025 = 0.1 (x - 0.5)².
    assert quadratic_breakeven_low(10.1, 0.1, 10, 0.025) == pytest.approx(0.5)
    assert quadratic_breakeven_high(10.1, 0.1, 10, 0.025) == pytest.approx(0.5)


def test_margins_that_add_up_only_in_the_limit() -> None:
    assert math.isnan(payback_periods(3, 0.9, 0.3))  # 0.9 / 0.3 is all there ever is
    assert payback_periods(2.999, 0.9, 0.3) == pytest.approx(math.log(0.001 / 3) / math.log(0.7))
