"""How buyers answer to a price."""

FORMULAS = {"optimal_prices": 80, "functions": 90}
ALSO = {
    "fit_demand": "fit",
    "fit_price_response": "price_response",
    "fit_logistic_demand": "market_size",
}
