"""Rounding of money: by a named rule, on the number as it reads."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

from lmprice.billing.book import PriceBook, Rounding

# In decimal's words "up" is away from zero, and so is its half up.
_RULES = {
    "half_away_from_zero": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}


def round_money(
    amount: float | Decimal, digits: int = 2, rounding: Rounding = "half_away_from_zero"
) -> Decimal:
    """An amount rounded to so many digits.

    A float is taken as it reads with 15 significant digits, as in spreadsheets: the traces of
    binary arithmetic beyond them would decide halves at random.

    >>> round_money(1.005)
    Decimal('1.01')
    >>> round_money(3 * 0.335)
    Decimal('1.01')
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(f"{amount:.15g}")
    # Adding 0 turns -0.00 into 0.00.
    return exact.quantize(Decimal(1).scaleb(-digits), _RULES[rounding]) + 0


def book_money(book: PriceBook, amount: float | Decimal) -> Decimal:
    """An amount as a book rounds it."""
    return round_money(amount, book.digits, book.rounding)
