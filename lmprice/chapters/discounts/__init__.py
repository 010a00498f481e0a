"""What is charged for a quantity, and what discounts leave of it."""

FORMULAS = {"charges": 50, "functions": 60, "orders": 65}
ALSO = {
    "compare_strategies": "offers.comparison",
    "factor_for_margin": "offers.target",
}
