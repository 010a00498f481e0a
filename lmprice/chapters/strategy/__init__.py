"""How a price is set."""
