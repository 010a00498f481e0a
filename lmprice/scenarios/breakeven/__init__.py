"""The scenario and template `breakeven`."""
