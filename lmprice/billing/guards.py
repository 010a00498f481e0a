"""Guards: what a new price must keep to, as a line that a build can check.

>>> guard = parse_guard("p95<10%")
>>> guard.measure, guard.sign, guard.bound, guard.is_share
('p95', '<', 10.0, True)
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from lmprice.billing.backtesting import Draft

MEASURES = ("median", "p05", "p95", "max", "total", "losing")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_DIGITS = 9  # of a measure: 7 % is not above 7 % for its binary traces
_GUARD = re.compile(r"\s*([a-z0-9]+)\s*(<=|>=|<|>)\s*([+-]?\d+(?:\.\d+)?)\s*(%?)\s*")


@dataclass(frozen=True)
class Guard:
    """A bound on the change of what customers pay, or on how many lose money."""

    text: str
    measure: str
    sign: str
    bound: float  # in per cent where it is a share
    is_share: bool

    def measured(self, draft: Draft) -> float | None:
        """The measure of a draft; None where there is nobody to measure."""
        found = self._measured(draft)
        return None if found is None else round(found, _DIGITS)

    def _measured(self, draft: Draft) -> float | None:
        if self.measure == "losing":
            losing = draft.losing
            if losing is None:
                raise ValueError(f"the guard {self.text!r} needs a book of costs")
            customers = draft.customers.height
            if not self.is_share:
                return float(losing.height)
            return 100 * losing.height / customers if customers else None
        if self.measure == "total":
            if not self.is_share:
                return float(draft.then - draft.now)
            return None if draft.share is None else 100 * draft.share
        found = draft.percentile(self.measure, of_share=self.is_share)
        return found if found is None or not self.is_share else 100 * found

    def holds(self, draft: Draft) -> bool:
        """Whether a draft keeps to it; what cannot be measured does not."""
        found = self.measured(draft)
        return found is not None and _SIGNS[self.sign](found, self.bound)


def parse_guard(text: str) -> Guard:
    """A guard such as ``p95<10%``, ``total>=0``, ``max<500`` or ``losing<=2``.

    ``median``, ``p05``, ``p95`` and ``max`` are of the change by customer, ``total`` is of that of
    all together, each in per cent of today or as an amount; ``losing`` is how many customers lose
    money, as a number or in per cent of all.

    Raises
    ------
    ValueError
        Naming the guard and what is wrong with it.
    """
    found = _GUARD.fullmatch(text)
    if found is None:
        raise ValueError(
            f"the guard {text!r} is not MEASURE, one of < > <= >=, and a number with or without %: "
            "write p95<10%"
        )
    measure, sign, number, percent = found.groups()
    if measure not in MEASURES:
        raise ValueError(f"the guard {text!r}: {measure} is none of {', '.join(MEASURES)}")
    return Guard(text.strip(), measure, sign, float(number), percent == "%")
