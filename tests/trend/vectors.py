"""Arguments and results that every route must agree on, for trend.

Dates are serial numbers of a spreadsheet.  Expected values are Epoch AI's published factors and
arithmetic by hand.
"""

from __future__ import annotations

from math import nan

from ..vector import Vector

V = Vector

# Epoch AI, LLM inference price trends: models as good as GPT-3.5 on MMLU, 2022-11-30 to 2024-10-03.
EPOCH_DATES = [44895, 44991, 45236, 45355, 45422, 45496, 45568]
EPOCH_PRICES = [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07]

VECTORS: list[Vector] = [
    V("LMTRENDFACTOR", (EPOCH_DATES, EPOCH_PRICES), 15.8309147618),  # published: 15.8309
    V("LMTRENDFACTOR", ([45000, 45365], [30, 3]), 10),  # a tenth after a year
    V("LMTRENDFACTOR", ([45730, 45000, 45365], [32, 2, 8]), 0.25),  # four times dearer a year
    V("LMTRENDFACTOR", ([45000, 45100, 45200], [5, 5, 5]), 1),
    V("LMTRENDFACTOR", ([45000, 45000], [30, 3]), nan),  # one date
    V("LMTRENDFACTOR", ([45000, 45001], [1e9, 1]), nan),  # e^7564 a year
]
