"""How prices form between rivals."""

FORMULAS = {"functions": 100, "oligopoly": 110}
ALSO = {
    "price_war": "price_wars",
}
