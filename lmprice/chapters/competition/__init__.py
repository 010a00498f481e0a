"""How prices form between rivals."""
