"""Prices that follow stock and time."""
