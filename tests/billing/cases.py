"""Published charges that one charge of a price book gives: the numbers, with their sources."""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """What a charge costs at a quantity."""

    charge: dict[str, Any]
    quantity: float
    cost: float


T1 = [
    {"block_size": 100, "max_blocks": 10, "block_price": 1},
    {"block_size": 1000, "block_price": 1},
]
T2 = [
    {"block_size": 100, "max_blocks": 10, "block_price": 1},
    {"block_size": 1000, "max_blocks": 100, "block_price": 1},
    {"block_size": 1000, "max_blocks": 100, "block_price": 0.5},
]
T3 = [{"up_to": 100000, "unit_price": 0, "flat_fee": 200}, {"unit_price": 0.001}]
T4 = [
    {"up_to": 10, "unit_price": 10, "flat_fee": 2},
    {"up_to": 20, "unit_price": 5, "flat_fee": 3},
    {"unit_price": 5, "flat_fee": 3},
]
T5 = [{"up_to": 0.1, "unit_price": 10}, {"up_to": 1, "unit_price": 5}, {"unit_price": 2}]
T6 = [
    {"up_to": 0.01, "unit_price": 0},
    {"up_to": 10, "unit_price": 10, "flat_fee": 2},
    {"unit_price": 5, "flat_fee": 3},
]
T7 = [
    {"up_to": 5, "unit_price": 0, "flat_fee": 100},
    {"up_to": 10, "unit_price": 0, "flat_fee": 50},
    {"up_to": 15, "unit_price": 10},
    {"unit_price": 5},
]
T8 = [{"up_to": 5, "unit_price": 7}, {"up_to": 10, "unit_price": 6.5}, {"unit_price": 6}]
T9 = [
    {"up_to": 5, "unit_price": 5, "flat_fee": 10},
    {"up_to": 10, "unit_price": 4, "flat_fee": 20},
    {"up_to": 15, "unit_price": 3, "flat_fee": 30},
    {"up_to": 20, "unit_price": 2, "flat_fee": 40},
    {"unit_price": 1, "flat_fee": 50},
]
T10 = [{"up_to": 100, "unit_price": 0.1}, {"up_to": 500, "unit_price": 0.05}, {"unit_price": 0.02}]
T11 = [{"up_to": 10, "unit_price": 50}, {"up_to": 20, "unit_price": 40}, {"unit_price": 30}]
T12 = [{"up_to": 5, "unit_price": 0}, {"up_to": 10, "unit_price": 2}, {"unit_price": 3}]
T13 = [{"up_to": 1, "unit_price": 10}, {"up_to": 2, "unit_price": 20}, {"unit_price": 30}]
T14 = [{"up_to": 10, "unit_price": 1}, {"unit_price": 0.5}]
T15 = [
    {"up_to": 5, "unit_price": 0, "flat_fee": 100},
    {"up_to": 10, "unit_price": 0, "flat_fee": 50},
    {"up_to": 15, "unit_price": 5},
    {"unit_price": 1},
]
T16 = [
    {"up_to": 10, "rate": 0.01, "flat_fee": 200},
    {"up_to": 20, "rate": 0.02, "flat_fee": 300},
    {"rate": 0.03, "flat_fee": 400},
]
T17 = [
    {"up_to": 1000, "rate": 0.01, "flat_fee": 200},
    {"up_to": 10000, "rate": 0.02, "flat_fee": 300},
    {"rate": 0.03, "flat_fee": 400},
]
T18 = [{"up_to": 100000, "unit_price": 0.001}, {"unit_price": 0.0005}]
T19 = [{"up_to": 5, "unit_price": 1}, {"unit_price": 0.5}]
T20 = [
    {"up_to": 100, "unit_price": 2, "flat_fee": 10},
    {"up_to": 200, "unit_price": 1},
    {"unit_price": 0.5, "flat_fee": 50},
]
T21 = [
    {"up_to": 10000, "unit_price": 0.001, "flat_fee": 10},
    {"up_to": 50000, "unit_price": 0.0008, "flat_fee": 10},
    {"up_to": 100000, "unit_price": 0.0006, "flat_fee": 10},
    {"unit_price": 0.0004, "flat_fee": 10},
]
T22 = [
    {"up_to": 5, "unit_price": 0, "flat_fee": 100},
    {"up_to": 10, "unit_price": 0, "flat_fee": 150},
    {"up_to": 15, "unit_price": 10},
    {"unit_price": 5},
]

# Each source with its cases.
CASES: dict[str, list[Case]] = {
    "killbill/killbill TestContiguousIntervalConsumableInArrear.java": [
        Case({"charge_model": "block", "tiers": T1}, 5325, 15),
        Case({"charge_model": "block", "tiers": T2, "mode": "top_tier"}, 1000, 10),
        Case({"charge_model": "block", "tiers": T2, "mode": "top_tier"}, 101000, 101),
    ],
    "getlago/lago-api@1b1c24a6a spec/services/charge_models/dynamic_service_spec.rb": [
        Case({"charge_model": "standard", "unit_price": 1, "per": 100}, 40.2, 0.402),
    ],
    "docs.stripe.com/products-prices/pricing-models.md#fixed-fee-overage (derived)": [
        Case({"charge_model": "graduated", "tiers": T3}, 150000, 250),
    ],
    "getlago/lago-api@1b1c24a6a spec/services/charge_models/graduated_service_spec.rb": [
        Case({"charge_model": "graduated", "tiers": T4}, 0, 2),
        Case({"charge_model": "graduated", "tiers": T5}, 0.05, 0.5),
        Case({"charge_model": "graduated", "tiers": T6}, 0, 0),
    ],
    "openmeterio/openmeter@7e57a394a tieredgraduated_test.go": [
        Case({"charge_model": "graduated", "tiers": T7}, 3, 100),
        Case({"charge_model": "graduated", "tiers": T7}, 5, 100),
        Case({"charge_model": "graduated", "tiers": T7}, 5.001, 150),
        Case({"charge_model": "graduated", "tiers": T7}, 20, 225),
        Case({"charge_model": "graduated", "tiers": T15, "minimum": 1000}, 0, 1000),
    ],
    "docs.stripe.com/products-prices/pricing-models.md#graduated-pricing": [
        Case({"charge_model": "graduated", "tiers": T8}, 1, 7),
        Case({"charge_model": "graduated", "tiers": T8}, 5, 35),
        Case({"charge_model": "graduated", "tiers": T8}, 6, 41.5),
    ],
    "docs.stripe.com/products-prices/pricing-models.md flat rate": [
        Case({"charge_model": "graduated", "tiers": T9}, 12, 111),
    ],
    "useautumn/autumn graduated-tiers-to-line-amount.test.ts": [
        Case({"charge_model": "graduated", "tiers": T10}, 250, 17.5),
        Case({"charge_model": "graduated", "tiers": T10}, 500, 30),
        Case({"charge_model": "graduated", "tiers": T10}, -1000, -40),
        Case({"charge_model": "package", "package_size": 10, "package_price": 1}, 15, 2),
        Case({"charge_model": "package", "package_size": 10, "package_price": 1}, 20, 2),
    ],
    "flexprice/flexprice internal/ee/service/price_test.go": [
        Case({"charge_model": "graduated", "tiers": T11}, 15, 700),
        Case({"charge_model": "graduated", "tiers": T12}, 11, 13),
        Case({"charge_model": "graduated", "tiers": T13, "bill_zero_quantity": True}, 0, 0),
        Case({"charge_model": "package", "package_size": 100, "package_price": 1}, 100, 1),
        Case({"charge_model": "package", "package_size": 100, "package_price": 1}, 99, 1),
        Case(
            {"charge_model": "standard", "unit_price": 1, "per": 100, "round_units": "up"}, 250, 3
        ),
    ],
    "FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec quantity_driven_pricing_strategies.md": [
        Case({"charge_model": "graduated", "tiers": T14}, 12, 11),
    ],
    "getlago/lago-api@1b1c24a6a graduated_percentage_service_spec.rb": [
        Case({"charge_model": "graduated_percentage", "tiers": T16}, 0, 200),
        Case({"charge_model": "graduated_percentage", "tiers": T16}, 12, 500.14),
    ],
    "getlago.com/docs/guide/plans/charges/charge-models/graduated-percentage.md": [
        Case({"charge_model": "graduated_percentage", "tiers": T17}, 500, 205),
    ],
    "getlago.com/docs/guide/plans/charges/charge-models/package.md": [
        Case(
            {"charge_model": "package", "package_size": 100, "package_price": 5, "free_units": 100},
            201,
            10,
        ),
    ],
    "openmeterio/openmeter@7e57a394a package_test.go": [
        Case({"charge_model": "package", "package_size": 10, "package_price": 15}, 10, 15),
        Case({"charge_model": "package", "package_size": 10, "package_price": 15}, 5, 15),
        Case(
            {"charge_model": "package", "package_size": 10, "package_price": 15, "maximum": 100},
            110,
            100,
        ),
    ],
    "getlago/lago-api@1b1c24a6a spec/services/charge_models/percentage_service_spec.rb": [
        Case({"charge_model": "percentage", "rate": 0.029}, 4, 0.116),
    ],
    "useautumn/autumn volume-tiers-to-line-amount.test.ts": [
        Case(
            {"charge_model": "volume", "tiers": T18, "round_units": "up", "unit_multiple": 1000},
            1500,
            2,
        ),
        Case({"charge_model": "volume", "tiers": T10}, 100, 10),
        Case({"charge_model": "volume", "tiers": T10}, 101, 5.05),
        Case({"charge_model": "volume", "tiers": T10}, 250, 12.5),
        Case({"charge_model": "volume", "tiers": T10}, -1000, -20),
        Case({"charge_model": "volume", "tiers": T10, "allowance": 50}, 120, 12),
        Case({"charge_model": "volume", "tiers": T10, "allowance": 50}, 200, 10),
    ],
    "getlago/lago-api@1b1c24a6a spec/services/charge_models/standard_service_spec.rb": [
        Case({"charge_model": "standard", "unit_price": 10}, 10, 100),
    ],
    "useautumn/autumn tiers-to-line-amount.test.ts": [
        Case({"charge_model": "standard", "unit_price": 0.0033}, 7, 0.0231),
        Case({"charge_model": "standard", "unit_price": 0.00123}, 13, 0.01599),
    ],
    "openmeterio/openmeter@7e57a394a openmeter/billing/rating/service/rate/unit_test.go": [
        Case({"charge_model": "standard", "unit_price": 10, "maximum": 100}, 12, 100),
    ],
    "openmeterio/openmeter@7e57a394a unitconfig_rating_test.go": [
        Case(
            {"charge_model": "graduated", "tiers": T19, "per": 1000, "round_units": "up"}, 7400, 6.5
        ),
        Case(
            {
                "charge_model": "standard",
                "unit_price": 10,
                "per": 1000,
                "round_units": "up",
                "free_units": 0.5,
            },
            1400,
            15,
        ),
    ],
    "getlago/lago-api@1b1c24a6a spec/services/charge_models/volume_service_spec.rb": [
        Case({"charge_model": "volume", "tiers": T20}, 0, 10),
        Case({"charge_model": "volume", "tiers": T20}, 1, 12),
        Case({"charge_model": "volume", "tiers": T20}, 101, 101),
        Case({"charge_model": "volume", "tiers": T20}, 300, 200),
    ],
    "getlago.com/docs/guide/plans/charges/charge-models/volume.md": [
        Case({"charge_model": "volume", "tiers": T21}, 65000, 49),
    ],
    "openmeterio/openmeter@7e57a394a tieredvolume_test.go": [
        Case({"charge_model": "volume", "tiers": T22}, 5, 100),
        Case({"charge_model": "volume", "tiers": T22, "maximum": 100}, 5, 100),
        Case({"charge_model": "volume", "tiers": T22, "maximum": 125}, 7, 125),
    ],
    "docs.stripe.com/products-prices/pricing-models.md#volume-based-pricing": [
        Case({"charge_model": "volume", "tiers": T8}, 6, 39),
        Case({"charge_model": "volume", "tiers": T8}, 20, 120),
    ],
}
