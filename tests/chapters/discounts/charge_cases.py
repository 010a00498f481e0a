"""Published charges: the numbers of the documents and test suites of billing engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, NamedTuple

from lmprice import (
    block_charge,
    charge_after_credit,
    commitment_cost,
    context_price,
    discounted_order_quantity,
    economic_order_quantity,
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
    volume_charge,
)


class Tiers(NamedTuple):
    """A tier table, what it charges for some quantities, and where those numbers come from."""

    function: Callable[..., float]
    table: tuple[Any, ...]
    charges: Mapping[float, float]
    source: str


class Charge(NamedTuple):
    """A call, the value it must give, and where that value comes from."""

    function: Callable[..., float]
    arguments: tuple[Any, ...]
    expected: float
    source: str


AUTUMN = ([100, 500, inf], [0.1, 0.05, 0.02])
STRIPE = ([5, 10, inf], [7, 6.5, 6])
LAGO_PERCENT = ([0.01, 0.02, 0.03], [200, 300, 400])

TIERS = [
    Tiers(
        graduated_charge,
        ([10, 20, inf], [10, 5, 5], [2, 3, 3]),
        {0: 2},
        "Lago graduated_service_spec",
    ),
    Tiers(
        graduated_charge, ([0.1, 1, inf], [10, 5, 2]), {0.05: 0.5}, "Lago graduated_service_spec"
    ),
    Tiers(
        graduated_charge,
        ([0.01, 10, inf], [0, 10, 5], [0, 2, 3]),
        {0: 0},
        "Lago graduated_service_spec",
    ),
    Tiers(
        graduated_charge,
        ([5, 10, 15, inf], [0, 0, 10, 5], [100, 50, 0, 0]),
        {3: 100, 5: 100, 5.001: 150, 20: 225},
        "OpenMeter tieredgraduated_test",
    ),
    Tiers(
        graduated_charge,
        ([5, 10, 15, inf], [0, 0, 5, 1], [100, 50, 0, 0]),
        {12: 160, 22: 182},
        "OpenMeter tieredgraduated_test, the two parts of a split period",
    ),
    Tiers(graduated_charge, STRIPE, {1: 7, 5: 35, 6: 41.5}, "Stripe pricing models, graduated"),
    Tiers(
        graduated_charge,
        ([5, 10, 15, 20, inf], [5, 4, 3, 2, 1], [10, 20, 30, 40, 50]),
        {12: 111},
        "Stripe pricing models, flat fees",
    ),
    Tiers(
        graduated_charge,
        ([100_000, inf], [0, 0.001]),
        {150_000: 50},
        "Stripe pricing models, overage",
    ),
    Tiers(graduated_charge, AUTUMN, {250: 17.5, 500: 30}, "Autumn graduated-tiers-to-line-amount"),
    Tiers(graduated_charge, ([10, 20, inf], [50, 40, 30]), {15: 700}, "Flexprice price_test"),
    Tiers(
        graduated_charge,
        ([5, 10, inf], [0, 2, 3]),
        {11: 13},
        "Flexprice price_test, free first tier",
    ),
    Tiers(graduated_charge, ([1, 2, inf], [10, 20, 30]), {0: 0}, "Flexprice price_test"),
    Tiers(graduated_charge, ([10, inf], [1, 0.5]), {12: 11}, "FOCUS, quantity-driven pricing"),
    Tiers(
        graduated_charge,
        ([1000, 10_000, inf], [0.1, 0.05, 0.01]),
        {15_000: 600},
        "Zuplo pricing models",
    ),
    # Units are thousands, rounded up before: 7400 are 8.
    Tiers(graduated_charge, ([5, inf], [1, 0.5]), {8: 6.5}, "OpenMeter unitconfig_rating_test"),
    Tiers(
        volume_charge,
        ([100, 200, inf], [2, 1, 0.5], [10, 0, 50]),
        {0: 10, 1: 12, 101: 101, 300: 200},
        "Lago volume_service_spec",
    ),
    Tiers(
        volume_charge,
        ([10_000, 50_000, 100_000, inf], [0.001, 0.0008, 0.0006, 0.0004], 10),
        {65_000: 49},
        "Lago docs, volume",
    ),
    Tiers(
        volume_charge,
        ([5, 10, 15, inf], [0, 0, 10, 5], [100, 150, 0, 0]),
        {5: 100, 7: 150},
        "OpenMeter tieredvolume_test",
    ),
    Tiers(volume_charge, STRIPE, {6: 39, 20: 120}, "Stripe pricing models, volume"),
    Tiers(
        volume_charge, AUTUMN, {100: 10, 101: 5.05, 250: 12.5}, "Autumn volume-tiers-to-line-amount"
    ),
    # An allowance of 50 is a free tier before the others, which begin later by as much.
    Tiers(
        volume_charge,
        ([50, 150, 550, inf], [0, 0.1, 0.05, 0.02]),
        {50: 0, 120: 12, 200: 10},
        "Autumn volume-tiers-to-line-amount, allowance",
    ),
    # Usage is rounded up to thousands before the tier is chosen.
    Tiers(
        volume_charge,
        ([100_000, inf], [0.001, 0.0005]),
        {2000: 2},
        "Autumn volume-tiers-to-line-amount",
    ),
    Tiers(
        volume_charge,
        ([1000, 10_000, inf], [0.1, 0.05, 0.01]),
        {15_000: 150},
        "Zuplo pricing models",
    ),
    Tiers(
        graduated_percentage_charge,
        ([10, 20, inf], *LAGO_PERCENT),
        {0: 200, 12: 500.14},
        "Lago graduated_percentage_service_spec",
    ),
    Tiers(
        graduated_percentage_charge,
        ([1000, 10_000, inf], *LAGO_PERCENT),
        {500: 205},
        "Lago docs, graduated percentage",
    ),
]

KILL_BILL = "Kill Bill TestContiguousIntervalConsumableInArrear"
TOP_TIER = ([100, 1000, 1000], [10, 100, inf], [1, 1, 0.5], True)
GEMINI = "genai-prices and litellm, measured, gemini-2.5-pro"
DEEPSEEK = "DeepSeek's schedule: 1:00 to 4:00 and 6:00 to 10:00 UTC, Monday to Friday"
PEAK = ([1, 6], [4, 10])
MARN = "Marn and Rosiello 1992, pocket-price waterfall"

CHARGES = [
    *(
        Charge(tiers.function, (quantity, *tiers.table), charge, tiers.source)
        for tiers in TIERS
        for quantity, charge in tiers.charges.items()
    ),
    Charge(economic_order_quantity, (1000, 10, 0.5), 200, "Heizer and Render, Sharp Inc."),
    Charge(
        discounted_order_quantity,
        (5000, 49, 0.2, [999, 1999, inf], [5, 4.8, 4.75]),
        1000,
        "Heizer and Render, Wohl's Discount Store",
    ),
    Charge(package_charge, (201, 100, 5, 100), 10, "Lago docs, package"),
    Charge(package_charge, (10, 10, 15), 15, "OpenMeter package_test"),
    Charge(package_charge, (5, 10, 15), 15, "OpenMeter package_test"),
    Charge(package_charge, (110, 10, 15), 165, "OpenMeter package_test, before the maximum"),
    Charge(package_charge, (17, 10, 15), 30, "OpenMeter package_test, the first part of a period"),
    Charge(package_charge, (22, 10, 15), 45, "OpenMeter package_test, the whole period"),
    Charge(package_charge, (15, 10, 1), 2, "Autumn billing units"),
    Charge(package_charge, (20, 10, 1), 2, "Autumn billing units"),
    Charge(package_charge, (100, 100, 1), 1, "Flexprice price_test"),
    Charge(package_charge, (99, 100, 1), 1, "Flexprice price_test"),
    Charge(package_charge, (250, 100, 1), 3, "Flexprice price_test, divided and rounded up"),
    Charge(package_charge, (100, 100, 5, 100), 0, "hand: all of it free"),
    Charge(package_charge, (0.07, 0.01, 1), 7, "hand: the quotient is above 7 in binary"),
    Charge(percentage_charge, (800, 0.013, 250, 2, 2), 11.15, "Lago percentage_service_spec"),
    Charge(percentage_charge, (4, 0.029), 0.116, "Lago percentage_service_spec"),
    Charge(percentage_charge, (80, 0.0299), 2.392, "Lago percentage_service_spec, one event"),
    Charge(percentage_charge, (100, 0.5, 250), 0, "hand: all of it free"),
    Charge(block_charge, (5325, [100, 1000], [10, inf], [1, 1]), 15, KILL_BILL),
    Charge(block_charge, (1000, *TOP_TIER), 10, KILL_BILL),
    Charge(block_charge, (101_000, *TOP_TIER), 101, KILL_BILL),
    Charge(block_charge, (101_001, *TOP_TIER), 51, "hand: 102 blocks at 0.50"),
    Charge(block_charge, (0, [100], [inf], [1]), 0, "hand"),
    Charge(block_charge, (0.07, [0.01], [inf], [1]), 7, "hand: the quotient is above 7 in binary"),
    Charge(context_price, (199_999, 200_000, 1.25, 2.5), 1.25, GEMINI),
    Charge(context_price, (200_000, 200_000, 1.25, 2.5), 1.25, GEMINI),
    Charge(context_price, (200_001, 200_000, 1.25, 2.5), 2.5, GEMINI),
    Charge(context_price, (100_000, 200_000, 3, 6), 3, "genai-prices test_tiered_pricing"),
    Charge(context_price, (200_000, 200_000, 3, 6, False), 6, "hand: the other rule"),
    Charge(context_price, (199_999, 200_000, 3, 6, False), 3, "hand: the other rule"),
    Charge(off_peak_price, (3, 4, *PEAK, 0.3, 0.15), 0.15, DEEPSEEK + ", 2026-11-18 04:00"),
    Charge(off_peak_price, (3, 3.99, *PEAK, 0.3, 0.15), 0.3, DEEPSEEK),
    Charge(off_peak_price, (1, 1, *PEAK, 0.3, 0.15), 0.3, DEEPSEEK),
    Charge(off_peak_price, (5, 9.5, *PEAK, 0.3, 0.15), 0.3, DEEPSEEK),
    Charge(off_peak_price, (5, 5, *PEAK, 0.3, 0.15), 0.15, DEEPSEEK),
    Charge(off_peak_price, (6, 2, *PEAK, 0.3, 0.15), 0.15, DEEPSEEK + ", Saturday 02:00"),
    Charge(off_peak_price, (7, 2, *PEAK, 0.3, 0.15), 0.15, DEEPSEEK + ", Sunday 02:00"),
    Charge(off_peak_price, (7, 2, *PEAK, 0.3, 0.15, 1, 7), 0.3, "hand: a peak on all days"),
    Charge(net_price, (500, [0.12]), 440, "Pryse, price waterfall"),
    Charge(net_price, (500, [0.1, 0.05]), 427.5, "Pryse, stacked discounts"),
    Charge(net_price, (500, [0.1, 1]), 0, "hand: all of it off"),
    Charge(pocket_price, (6, [0] * 7, [0.1, 0.12, 0.3, 0.37, 0.35, 0.2, 0.09]), 4.47, MARN),
    Charge(pocket_price, (100, [0.2, 0.05]), 76, "hand"),
    Charge(pocket_price, (10, [0.5], [6]), -1, "hand: more is given away than charged"),
    Charge(promotion_price, (20, 0.5, 2.99, 3), 10, "hand"),
    Charge(promotion_price, (20, 0.5, 3, 3), 20, "hand: over at the expiry"),
    Charge(commitment_cost, (1000, 700, 0.3), 700, "hand: $700 at 30 % off cover $1000"),
    Charge(commitment_cost, (1200, 700, 0.3), 900, "hand: and $200 at list prices"),
    Charge(commitment_cost, (1200, 700, 0.3, 0.1), 880, "hand: or at 10 % off"),
    Charge(commitment_cost, (10, 700, 0.3), 700, "hand: used or not"),
    Charge(minimum_spend, (700, 1000), 1000, "Lago create_true_up_service_spec: 300 on top of 700"),
    Charge(minimum_spend, (100, 1000), 1000, "OpenMeter tieredgraduated_test: 900 on top of 100"),
    # The minimum itself is rounded to cents there: 68,966.
    Charge(
        minimum_spend, (3690, 1_000_000, 2 / 29), 1_000_000 * 2 / 29, "Lago minimum commitments"
    ),
    Charge(minimum_spend, (1200, 1000), 1200, "hand"),
    Charge(charge_after_credit, (100, 30), 70, "hand"),
    Charge(charge_after_credit, (20, 30), 0, "hand: never below zero"),
    Charge(effective_discount, (500, 427.5), 0.145, "Pryse, stacked discounts"),
    Charge(
        effective_discount, (11, 9.9), 0.1, "FOCUS, quantity-driven pricing, negotiated discount"
    ),
    Charge(effective_discount, (100, 150), -0.5, "hand: a commitment that is not used up"),
]
