"""The scenario and template `plan`."""
