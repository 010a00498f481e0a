"""The scenario and template `inference`."""
