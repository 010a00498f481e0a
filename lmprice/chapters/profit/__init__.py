"""What a quantity earns, and from which quantity on it earns anything."""
