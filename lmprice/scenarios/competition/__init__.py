"""The scenario and template `competition`."""
