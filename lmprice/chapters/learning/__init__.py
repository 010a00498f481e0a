"""Errors of predictions, and fits by descent and regression."""

FORMULAS = {"functions": 150}
ALSO = {
    "gradient_descent": "gradient",
}
