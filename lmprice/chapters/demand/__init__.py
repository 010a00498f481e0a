"""How buyers answer to a price."""
