"""Pricing economics by subject: one folder a chapter."""

import lmprice.dialects  # noqa: F401  # functions show their formulas as soon as they are defined
