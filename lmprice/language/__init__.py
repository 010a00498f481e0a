"""What a formula is written in: terms, quantities, expressions, the engine, the registry."""
