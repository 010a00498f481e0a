"""The scenario and template `discounts`."""
