"""How prices form between rivals."""

FORMULAS = {"functions": 100, "oligopoly": 110}
ALSO = {
    "calibrate_logit_market": "calibration",
    "price_war": "price_wars",
}
