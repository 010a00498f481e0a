"""The registered functions of the chapters, as callers with arrays see them."""

from __future__ import annotations

from typing import Any

import lmprice
from lmprice.language.formula import PricingFunction

FUNCTIONS: list[PricingFunction] = [
    f for f in lmprice.functions() if f.category in ("strategy", "demand")
]


def function(name: str) -> Any:
    """A function by its name."""
    return next(f.function for f in FUNCTIONS if f.name == name)
