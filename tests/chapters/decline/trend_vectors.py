"""Arguments and results that every route must agree on, for trend.

Dates are serial numbers of a spreadsheet.  Expected values are Epoch AI's published factors and
arithmetic by hand.
"""

from __future__ import annotations

from math import exp, log, nan, pi, sqrt, tan

from tests.vector import Vector

V = Vector

# Epoch AI, LLM inference price trends: models as good as GPT-3.5 on MMLU, 2022-11-30 to 2024-10-03.
EPOCH_DATES = [44895.0, 44991, 45236, 45355, 45422, 45496, 45568]
EPOCH_PRICES = [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07]

VECTORS: list[Vector] = [
    V(
        "LMTRENDFACTOR", (EPOCH_DATES, EPOCH_PRICES), 15.8309147617599
    ),  # published: 15.8309; digits in decimals of 40 places
    V("LMTRENDFACTOR", ([45000, 45365], [30, 3]), 10),  # a tenth after a year
    V("LMTRENDFACTOR", ([45730, 45000, 45365], [32, 2, 8]), 0.25),  # four times dearer a year
    V("LMTRENDFACTOR", ([45000, 45100, 45200], [5, 5, 5]), 1),
    V("LMTRENDFACTOR", ([45000, 45000], [30, 3]), nan),  # one date
    V("LMTRENDFACTOR", ([45000, 45001], [1e9, 1]), nan),  # e^7564 a year
]

# Logarithms 6, 2, 1 after 0, 1 and 2 years: the line 5.5 - 2.5 t leaves 0.5, -1 and 0.5, so the
# variance of the errors is 1.5 and R² 1 - 1.5 / 14.  Student's t of one degree, 90 % two-sided, is
# tan(0.45 pi).
YEARLY = [45000.0, 45365, 45730]
FALLING = [exp(6), exp(2), exp(1)]
T90 = tan(0.45 * pi)
OFF = T90 * sqrt(1.5 / 2)
AHEAD = T90 * sqrt(1.5 * (1 + 1 / 3 + 4 / 2))
# Three points leave one swing, a parabola through all of them: 1.5 is its square, too.
WIDE = 1.3 * OFF
WIDE_AHEAD = T90 * sqrt(1.5 * (1 + 1.3**2 * (1 / 3 + 4 / 2)))

VECTORS += [
    V(
        "LMTREND",
        (YEARLY, FALLING, 0.9, True),
        [exp(2.5), exp(2.5 - OFF), exp(2.5 + OFF), log(2) / 2.5, 12.5 / 14, sqrt(1.5), 3],
    ),
    V(
        "LMTREND",
        (YEARLY, FALLING, 0.9, None),
        [exp(2.5), exp(2.5 - WIDE), exp(2.5 + WIDE), log(2) / 2.5, 12.5 / 14, sqrt(1.5), 3],
    ),
    V("LMTREND", ([45000, 45365], [1, 10], None, True), [0.1, nan, nan, nan, 1, nan, 2]),
    V("LMTREND", ([45000, 45000], [1, 10], 0.5, False), [nan] * 7),
    V(
        "LMTRENDPRICE",
        (YEARLY, FALLING, 46095, 0.9, True),
        [exp(-2), exp(-2 - AHEAD), exp(-2 + AHEAD)],
    ),
    V(
        "LMTRENDPRICE",
        (YEARLY, FALLING, 46095, 0.9, False),
        [exp(-2), exp(-2 - WIDE_AHEAD), exp(-2 + WIDE_AHEAD)],
    ),
    V("LMTRENDPRICE", ([45365, 45000], [1, 10], 45730, None, None), [0.1, nan, nan]),
]
