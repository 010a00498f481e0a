"""Pricing economics by subject: one folder a chapter."""
