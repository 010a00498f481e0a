"""Rounding of money: by a named rule, on the number as it reads."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction

from lmprice.billing.book import PriceBook, Rounding

_ALL_DIGITS = Context(prec=100)


def round_money(
    amount: float | Decimal | Fraction,
    digits: int = 2,
    rounding: Rounding = "half_away_from_zero",
) -> Decimal:
    """An amount rounded to so many digits.

    A float is taken as it reads with 15 significant digits, as in spreadsheets: the traces of
    binary arithmetic beyond them would decide halves at random.

    >>> round_money(1.005)
    Decimal('1.01')
    >>> round_money(3 * 0.335)
    Decimal('1.01')
    """
    if isinstance(amount, float):
        amount = Decimal(f"{amount:.15g}")
    return money(whole_units(Fraction(amount), digits, rounding), digits)


def whole_units(amount: Fraction, digits: int, rounding: Rounding) -> int:
    """The number of smallest units that an amount is rounded to."""
    scaled = amount * 10**digits
    size, rest = divmod(abs(scaled.numerator), scaled.denominator)
    twice = 2 * rest
    if rounding == "up":
        size += rest > 0
    elif rounding == "half_away_from_zero":
        size += twice >= scaled.denominator
    elif rounding == "half_even":
        size += twice > scaled.denominator or (twice == scaled.denominator and size % 2 == 1)
    return int(size if scaled >= 0 else -size)


def money(units: int, digits: int) -> Decimal:
    """So many smallest units as an amount."""
    return _ALL_DIGITS.scaleb(Decimal(units), -digits)


def rounder(book: PriceBook) -> Callable[[Fraction], int]:
    """How a book rounds an amount to smallest units."""
    return lambda amount: whole_units(amount, book.digits, book.rounding)
