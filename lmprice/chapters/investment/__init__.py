"""What a stream of money is worth."""

FORMULAS = {"functions": 160}
ALSO = {
    "internal_rates": "rates_of_return",
}
