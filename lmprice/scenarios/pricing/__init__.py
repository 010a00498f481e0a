"""The scenario and template `pricing`."""
