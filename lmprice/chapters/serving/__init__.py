"""What a token costs to make: hardware, load and latency joined with money."""

FORMULAS = {"ownership": 170}
ALSO: dict[str, str] = {}
