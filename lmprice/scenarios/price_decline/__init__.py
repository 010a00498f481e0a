"""The scenario and template `price-decline`."""
