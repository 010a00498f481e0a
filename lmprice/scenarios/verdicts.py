"""The answer of a scenario in words: the same text, and the same numbers, on every route.

A verdict is a text with results and inputs in braces: ``Text("Earns {profit} USD a day", ...)``.
``{change:abs}`` leaves the sign out, where words say it.  Numbers are written without the settings
of any country, so that a sheet, Python and a page say the same: a comma between thousands, a point
before decimals, half rounded away from zero.
"""

from __future__ import annotations

import math
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from lmprice.language.dates import DateTerm, day
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.printing import NO_ANSWER as NO_ANSWER  # noqa: PLC0414

TOO_LARGE = Text("very much", "极大")
LIMIT = 1e15  # what a sheet can write out digit by digit
MOST_DECIMALS = 10
LEAST_SAID = 1e-9


class Tone(StrEnum):
    """Whether an answer is good news: said by a sign as well, never by a colour alone."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"

    @property
    def sign(self) -> str:
        """A tick, a question mark or an exclamation mark."""
        return {"good": "✓", "caution": "?", "bad": "!"}[self.value]


@dataclass(frozen=True)
class Verdict:
    """What to make of the results: one sentence in both languages, and whether it is good news."""

    text: Text
    tone: Tone


class Number(NamedTuple):
    """A number within a text: the key of a result or an input, and whether its sign is left out."""

    key: str
    is_absolute: bool


def pieces(text: str) -> Iterator[tuple[str, Number | None]]:
    """The parts of a text, each with the number that follows it."""
    for words, key, spec, _ in string.Formatter().parse(text):
        yield words, None if key is None else Number(key, spec == "abs")


def spoken(
    text: str, values: Mapping[str, float], terms: Mapping[str, Term | Choice], lang: str
) -> str:
    """A text with its numbers written out."""
    parts = []
    for words, number in pieces(text):
        parts.append(words)
        if number is not None:
            value = values[number.key]
            value = abs(value) if number.is_absolute else value
            parts.append(number_text(value, terms[number.key], lang))
    return "".join(parts)


def decimals(size: float) -> int:
    """How many decimals a number of that size has in a text: three digits where it is below 1.

    What is smaller than a billionth is what other numbers left of each other: it is said as 0.
    """
    if size >= 1000 or size < LEAST_SAID:
        return 0
    if size >= 1:
        return 2
    return next((n for n in range(3, MOST_DECIMALS) if size >= float(f"1e-{n - 2}")), MOST_DECIMALS)


def number_text(value: float, term: Term | Choice, lang: str) -> str:
    """A number as a text has it.

    >>> money = Term(Text("Profit", "利润"), Text("USD", "美元"), Text("", ""))
    >>> [number_text(x, money, "en") for x in (475028.5, -0.125, 1.7, 20.0, 0.0000015)]
    ['475,029', '-0.125', '1.70', '20', '0.00000150']
    """
    if math.isnan(value):
        return NO_ANSWER(lang)
    if isinstance(term, DateTerm):
        return day(value).isoformat()
    is_share = isinstance(term, Term) and term.is_fraction
    scaled = value * 100 if is_share else value
    if abs(scaled) >= LIMIT:
        return TOO_LARGE(lang)
    places = places_of(scaled, term)
    number = rounded(scaled, places)
    if number == number.to_integral_value():
        places = 0
    sign = "-" if value < 0 and number else ""
    unit = (" %" if lang == "en" else "%") if is_share else ""
    return f"{sign}{number:,.{places}f}{unit}"


def places_of(scaled: float, term: Term | Choice) -> int:
    """How many decimals a number has; a percentage has one."""
    if isinstance(term, Term) and term.is_fraction:
        return 1
    return 0 if isinstance(term, Term) and term.is_whole else decimals(abs(scaled))


def rounded(value: float, places: int) -> Decimal:
    """The size of a number, half rounded up on its shortest decimal form."""
    return abs(Decimal(repr(float(value)))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
