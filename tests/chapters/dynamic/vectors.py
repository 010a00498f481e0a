"""Dynamic prices that every route must agree on.

With one unit the sum is 1 + x, with two 1 + x + x²/2: the numbers are closed forms by hand.  That
of five units is added up term by term, as Gallego and van Ryzin print it (Management Science 40,
1994).
"""

from __future__ import annotations

from math import e, exp, factorial, log, nan

from tests.vector import Vector

V = Vector

FIVE = log(sum((10 / e) ** i / factorial(i) for i in range(6)))  # Gallego and van Ryzin's sum
FOUR = log(sum((10 / e) ** i / factorial(i) for i in range(5)))

VECTORS: list[Vector] = [
    V("LMDYNPRICE", (5, 1, 10, 1), FIVE - FOUR + 1),
    V("LMDYNPRICE", (1, 1, e, 1), 1 + log(2)),
    V("LMDYNPRICE", (2, 1, e, 1), 1 + log(2.5) - log(2)),
    V("LMDYNPRICE", (1.9, 2, e, 0.5), 2 * (1 + log(3))),  # one whole unit
    V("LMDYNPRICE", (5, 0, 10, 4), 0.25),  # no time left
    V("LMDYNPRICE", (5, 1, 0, 4), 0.25),  # nobody comes
    V("LMDYNPRICE", (0, 1, 10, 1), nan),
    V("LMDYNPRICE", (1, 1000, e, 1), 1 + log(1001)),  # far more demand than stock
    V("LMDYNPRICE", (2, 1e4, e, 1), 1 + log(1 + 1e4 + 5e7) - log(1 + 1e4)),
    V("LMDYNPRICE", (1000, 1, 10, 2), 0.5),  # never scarce
    V("LMDYNREVENUE", (1, 1, e, 1), log(2)),
    V("LMDYNREVENUE", (2, 1, 2 * e, 0.5), 2 * log(5)),
    V("LMDYNREVENUE", (5, 1, 10, 1), FIVE),
    V("LMDYNREVENUE", (2, 1e4, e, 1), log(1 + 1e4 + 5e7)),
    V("LMDYNREVENUE", (1000, 1, 10 * e, 2), 5),  # x / alpha
    V("LMDYNREVENUE", (0.5, 1, 10, 1), 0),
    V("LMDYNREVENUE", (5, 0, 10, 1), 0),
    V("LMFIXEDREVENUE", (log(2), 1, 1, 2, 1), log(2) * (1 - 1 / e)),
    V("LMFIXEDREVENUE", (log(2), 2, 2, 1, 1), log(2) * (2 - 3 / e)),  # 1 P(1) + 2 P(2 or more)
    V("LMFIXEDREVENUE", (3, 0, 1, 10, 1), 0),
    V("LMFIXEDREVENUE", (1e6, 4, 1, 10, 1), 0),
    V("LMFIXEDREVENUE", (1, 1000, 1, 10, 1), 10 / e),  # stock never binds
    V("LMDYNFIXED", (1, 1, exp(e - 1), 1), e - 1),  # one buyer at y = 1: (e^y - 1) / y
    V("LMDYNFIXED", (1, 1, exp(e - 1), 2), (e - 1) / 2),
    V("LMDYNFIXED", (1000, 1, 10, 4), 0.25),
    V("LMDYNFIXED", (5, 0, 10, 4), 0.25),
    V("LMDYNFIXED", (0, 1, 10, 1), nan),
]
