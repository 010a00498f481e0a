"""What is charged for a quantity, and what discounts leave of it."""
