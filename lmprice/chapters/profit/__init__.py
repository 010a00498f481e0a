"""What a quantity earns, and from which quantity on it earns anything."""

FORMULAS = {"functions": 20, "breakeven": 40}
ALSO: dict[str, str] = {}
