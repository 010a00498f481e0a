"""What may explain a multiple of our unit price on a bill: factors and prices of the book."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import Factor, StandardCharge
from lmprice.billing.conditions import When, in_words
from lmprice.billing.fields import exact

_REGIONS = frozenset({"region", "inference_geo", "geo", "data_residency", "location"})


class Cause(NamedTuple):
    """A ratio of unit prices, the part of a gap that it explains, and its name."""

    ratio: Fraction
    part: str
    name: str


def causes_of(book: PriceBook, model: str, meter: str) -> list[Cause]:
    """The ratios that factors, and prices under other conditions, give a model's meter."""
    charges = [c for _, own in book.lists() for c in own if model == c.model and meter == c.meter]
    found = [
        cause
        for factor in book.factors
        if factor.meter in (None, meter) and factor.model in (None, model)
        for cause in _of_factor(factor)
    ]
    found += [cause for c in charges for factor in c.factors for cause in _of_factor(factor)]
    standard = [c for c in charges if isinstance(c, StandardCharge)]
    for one, other in permutations(standard, 2):
        ours, theirs = (exact(c.unit_price) / exact(c.per) for c in (one, other))
        if ours and ours != theirs and one.when != other.when:
            told = other.when or one.when
            found.append(Cause(theirs / ours, _part(told), f"{other.title}"))
    return found


def _of_factor(factor: Factor) -> Iterator[Cause]:
    """A factor that the bill applies and we do not, or the other way round."""
    ratio = exact(factor.factor)
    if not ratio or ratio == 1:
        return
    name = factor.name or in_words(factor.when) or "a factor of the book"
    yield Cause(ratio, _part(factor.when), f"{name} (times {float(ratio):g})")
    yield Cause(1 / ratio, _part(factor.when), f"without {name} (times {float(1 / ratio):g})")


def _part(when: When) -> str:
    return "region" if _REGIONS & set(when) else "tier or batch"
