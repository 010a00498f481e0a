"""Prices that follow stock and time."""

FORMULAS = {"functions": 120}
ALSO = {
    "simulate_dynamic_pricing": "simulation",
}
