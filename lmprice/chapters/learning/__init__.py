"""Errors of predictions, and fits by descent and regression."""
