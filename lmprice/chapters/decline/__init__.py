"""How fast prices and costs fall."""
