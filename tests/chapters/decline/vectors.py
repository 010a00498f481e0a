"""Arguments and results that every route must agree on, for decline.

The numbers are worked out by hand or published: by a16z (LLMflation), Stanford HAI (AI Index 2025)
and the R package learningCurve (its vignette and manual).  None comes from the code under test.
"""

from __future__ import annotations

from math import e, log, nan

from tests.vector import Vector

V = Vector

LN2 = log(2)
BY_15 = log(0.85) / LN2  # the power of an 85 % curve

VECTORS: list[Vector] = [
    # Decline with time
    V("LMDECLINE", (60, 0.06, 3), 10),  # published: a16z, LLMflation
    V("LMDECLINE", (20, 0.07, 23 / 12), (20 / 0.07) ** (12 / 23)),  # HAI: 285.7 in 23 months
    V("LMDECLINE", (1, 4, 2), 0.5),  # doubles every year
    V("LMDECLINE", (2, 1, 1e-9), nan),  # no time to speak of
    V("LMDECLINERATE", (10,), 0.9),  # published: a16z
    V("LMDECLINERATE", (0.5,), -1),  # doubles
    V("LMHALFLIFE", (10,), LN2 / log(10)),  # published: 3.6 months
    V("LMHALFLIFE", (2,), 1),
    V("LMHALFLIFE", (1,), nan),  # never
    V("LMDECLINEPRICE", (60, 10, 3, None), 0.06),  # a16z again
    V("LMDECLINEPRICE", (60, 10, 3, 1), 1),  # the floor
    V("LMDECLINEPRICE", (8, 0.5, 2, 1), 32),  # a rise
    V("LMDECLINEPRICE", (8, 2, 0, 8), 8),
    V("LMDECLINEPV", (10, e, 1, None), 10 * (1 - 1 / e)),  # integral of 10 e^-t
    V("LMDECLINEPV", (10, 1, 3, None), 30),  # a constant price, no interest
    V("LMDECLINEPV", (10, e, 0, 0.1), 0),  # no time, nothing bought
    V("LMDECLINEPV", (1, 2, 1, 1), 0.75 / log(4)),  # (1 - 1/4) / ln 4
    V("LMDECLINEPV", (1, 0.1, 1000, None), nan),
    # Experience
    V("LMWRIGHT", (100, 125, 0.15), 32.23646873),  # published: learningCurve, 32.23647
    V("LMWRIGHT", (100, 4, 0.2), 64),
    V("LMWRIGHT", (100, 1, 0.5), 100),
    V("LMWRIGHT", (64, 0.25, 0.2), 100),  # two halvings: 64 / 0.8²
    V("LMWRIGHT", (1, 1e-9, 1 - 1e-12), nan),  # next to nothing
    V("LMWRIGHTTOTAL", (100, 0, 0.15), 0),  # no unit
    V("LMWRIGHTTOTAL", (100, 0.5, 0.15), 0),  # none finished
    V("LMWRIGHTTOTAL", (100, 125, 0.15), 5201.08514855),  # published: learningCurve, 5201.085
    V("LMWRIGHTTOTAL", (100, 2, 0.2), 180),  # 100 + 80
    V("LMWRIGHTTOTAL", (12, 3, 0.5), 22),  # 12 + 6 + 4
    V("LMWRIGHTAVG", (100, 4, 0.2), 64),
    V("LMWRIGHTAVG", (50, 8, 0.5), 6.25),
    V("LMWRIGHTAVGTOTAL", (100, 125, 0.15), 12500 * 125**BY_15),
    V("LMWRIGHTAVGTOTAL", (100, 4, 0.2), 256),  # 4 * 64
    V("LMWRIGHTAVG", (64, 0.25, 0.2), 100),
    V("LMWRIGHTAVG", (1, 1e-9, 1 - 1e-12), nan),
    V("LMWRIGHTAVGTOTAL", (100, 0, 0.15), 0),
    V("LMWRIGHTAVGTOTAL", (100, 0, 0.5), 0),  # 0^0
    V("LMWRIGHTAVGTOTAL", (100, 0, 0.9), 0),  # 0 to a power below 0
    V("LMWRIGHTAVGTOTAL", (64, 0.25, 0.2), 25),  # a quarter of a unit at 100
    V("LMLEARNRATE", (100, 200, 10, 8), 0.2),
    V("LMLEARNRATE", (1, 8, 64, 27), 0.25),  # three doublings
    V("LMLEARNRATE", (1, 2, 1, 2), -1),
    V("LMLEARNRATE", (5, 5, 2, 1), nan),  # one point
    V("LMSAHAL", (1, 0.2), 1.25),  # one doubling a year
    V("LMSAHAL", (3, 0.5), 4),  # two doublings a year
    V("LMSAHAL", (0, 0.5), 1),
    V("LMSAHALRATE", (1.25, 1), 0.2),
    V("LMSAHALRATE", (4, 3), 0.5),
    V("LMSAHALRATE", (4, 0), nan),
]
