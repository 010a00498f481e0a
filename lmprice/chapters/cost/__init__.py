"""What a quantity costs."""

FORMULAS = {"functions": 10}
ALSO = {
    "fit_cost_curve": "fit",
}
