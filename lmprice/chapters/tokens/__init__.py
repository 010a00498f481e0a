"""What tokens cost: to buy, to serve, to train a model for."""

FORMULAS = {"functions": 30}
ALSO: dict[str, str] = {}
