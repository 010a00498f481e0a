"""What a price list says of one model, in the terms of a price book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lmprice.language.errors import shown

MILLION = 1_000_000
_LARGEST = 30  # powers of ten of a price, or of its reciprocal


@dataclass(frozen=True)
class Step:
    """The price of a request whose input is longer than ``above`` tokens."""

    above: int
    price: Decimal


@dataclass
class Price:
    """One price of one meter of one model."""

    model: str
    meter: str
    price: Decimal
    per: int = 1
    when: Mapping[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None

    def charge(self) -> dict[str, Any]:
        """The price as a charge of a book."""
        made: dict[str, Any] = {"model": self.model, "meter": self.meter, "per": self.per}
        if self.when:
            made["when"] = dict(self.when)
        for name in ("valid_from", "valid_until"):
            if getattr(self, name) is not None:
                made[name] = getattr(self, name)
        made["charge_model"] = "context" if self.steps else "standard"
        made["unit_price"] = float(self.price)
        if self.steps:
            ordered = sorted(self.steps, key=lambda step: step.above)
            made["steps"] = [{"above": s.above, "unit_price": float(s.price)} for s in ordered]
        return made


@dataclass
class Found:
    """What a list says: prices, factors, and what of it a book cannot hold."""

    prices: list[Price] = field(default_factory=list)
    factors: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # "model: key (reason)"

    def leave(self, model: str, key: str, reason: str) -> None:
        """Say that something is not in the book, and why."""
        self.left.append(f"{model}: {key} ({reason})")

    def price(self, model: str, key: str, value: Any) -> Decimal | None:
        """A price as it is written; what is said and is none is left with its reason."""
        number = decimal(value)
        if number is None and value is not None:
            self.leave(model, key, f"{shown(value)} is no price")
        return number


def decimal(value: Any) -> Decimal | None:
    """A number of a list as it is written; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0:
        return None
    return number if number == 0 or abs(number.adjusted()) <= _LARGEST else None


def per_million(price: Decimal) -> Decimal:
    """A price of one token as that of a million."""
    return price * MILLION
