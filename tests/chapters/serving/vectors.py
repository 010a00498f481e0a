"""Arguments and results of the chapter on serving, worked out by hand or published."""

from __future__ import annotations

from math import nan

from tests.vector import Vector

V = Vector

OWNERSHIP: list[Vector] = [
    # Straight line: 16,000 over five years; at 10 % the annuity of 1 is 0.2637974808
    V("LMCAPITALRECOVERY", (20000, 5, 0.2, None), 3200),
    V("LMCAPITALRECOVERY", (20000, 5, 0.2, 0.1), 16000 * 0.26379748079474524 + 400),
    V("LMCAPITALRECOVERY", (1000, 1, None, 0.25), 1250),  # paid back with interest after a year
    V("LMCAPITALRECOVERY", (1000, 2, 1, 0.05), 50),  # nothing is used up: the interest alone
    # Published: computetape.com, how fast does an H100 depreciate: 1.64 and 0.98
    V("LMGPUHOUR", (30000, 3, *[None] * 9, 6100 / 8760), 10000 / 6100),
    V("LMGPUHOUR", (30000, 5, *[None] * 9, 6100 / 8760), 6000 / 6100),
    # 876 of capital, 0.5 kW at 0.1 and PUE 1.2 is 525.6, 12 months of 0.5 kW at 146 are 876
    V("LMGPUHOUR", (1752, 2, None, None, 0.5, 0.1, 1.2, 146, None, None, 350.4, 0.5), 0.6),
    # 1,000 with a fifth for network and a twentieth for spares is 1,260
    V("LMGPUHOUR", (1000, 1, None, None, None, None, None, None, 0.2, 0.05), 1260 / 8760),
    V("LMSPOTUSEFUL", (0.05, 0.5), 0.975),
    V("LMSPOTUSEFUL", (2, 0.5), nan),  # all of the hour is lost
    V("LMRENTMIX", ([0.5, 0.5], [2, 3], [0.8, 1]), 2.75),  # 1.25 + 1.5
    V("LMRENTMIX", ([0.2, 0.3, 0.5], [4, 2, 1], None), 1.9),  # 0.8 + 0.6 + 0.5
    V("LMRENTMIX", ([0, 0], [4, 2], None), nan),
    V("LMOWNRENTUTIL", (1.5, 2.5), 0.6),
    V("LMOWNRENTUTIL", (2.5, 2.5), 1),
    V("LMOWNRENTUTIL", (3, 2.5), nan),
]
VECTORS = [*OWNERSHIP]
