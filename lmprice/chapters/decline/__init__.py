"""How fast prices and costs fall."""

FORMULAS = {"functions": 130, "trend": 140}
ALSO = {
    "fit_decline": "fit",
    "TrendFit": "trend_fit",
    "project_drivers": "drivers",
    "Drivers": "drivers",
}
