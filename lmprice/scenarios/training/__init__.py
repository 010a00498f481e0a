"""The scenario and template `training-payback`."""
