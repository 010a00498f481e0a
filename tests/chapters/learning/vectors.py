"""Arguments and results that every route must agree on, for learning, investment and training.

The numbers are worked out by hand or published: by OpenStax (*Principles of Accounting, Volume 2*;
*Principles of Finance*), DeepSeek and Meta (technical reports) and codearena.co (binary
cross-entropy).  None comes from the code under test.
"""

from __future__ import annotations

from math import log, nan, sqrt

from tests.vector import Vector

V = Vector

# OpenStax: an X-ray machine, section 11.4, and the payback of $40,000, section 11.2.
XRAY = [-200000.0, 20000, 25000, 20000, 40000, 40000, 60000, 30000, 35000, 25000, 45000]
UNEVEN = [-40000.0, 10000, 10000, 5000, 5000, 7500, 7500]
OLYMPICS = [-350.0, 950, -620]  # two internal rates

# What the flows after the first are worth at the end, at 12 %.
INCOME = 39 * 1.12**4 + 30 * 1.12**3 + 21 * 1.12**2 + 37 * 1.12 + 46

VECTORS: list[Vector] = [
    # Errors of predictions
    V("LMMSE", ([3, 5, 7], [2, 5, 9]), 5 / 3),  # (1 + 0 + 4) / 3
    V("LMMSE", ([-1.5], [1.5]), 9),
    V("LMMSE", ([0, 10, 20, 30], [0, 10, 20, 30]), 0),
    V("LMXENT", ([1, 1], [0.5, 0.5]), log(2)),  # published: 0.6931
    V("LMXENT", ([1, 0], [0.8, 0.4]), -(log(0.8) + log(0.6)) / 2),
    V("LMXENT", ([1, 0, 1], [1, 0, 1]), 0),
    V("LMXENT", ([1, 0], [0, 0]), 15 * log(10) / 2),  # no logarithm of less than 1e-15
    V("LMXENT", ([0.25], [0.5]), log(2)),  # one sale in four
    # Investment
    V("LMNPV", (0.08, XRAY), 20027.3874102),  # published: 19,990 by tables of three digits
    V("LMNPV", (0, OLYMPICS), -20),
    V("LMNPV", (0.25, [-100, 50, 50, 50]), -2.4),  # 40 + 32 + 25.6
    V("LMNPV", (-0.5, [-1, 1, 1]), 5),  # 2 + 4
    V("LMIRR", ([-100, 110],), 0.1),
    V("LMIRR", ([-100, 0, 121],), 0.1),
    V("LMIRR", ([-4, 2, 2],), 0),
    # Published: MIRR in Excel, 12.61 %.
    V(
        "LMMIRR",
        ([-120, 39, 30, 21, 37, 46], 0.1, 0.12),
        ((39 * 1.12**4 + 30 * 1.12**3 + 21 * 1.12**2 + 37 * 1.12 + 46) / 120) ** 0.2 - 1,
    ),
    V("LMMIRR", ([-100, 0, 121], 0.05, 0.07), 0.1),
    V("LMMIRR", ([100, 10], 0.1, 0.1), nan),
    V("LMIRR", ([-8, 2, 1],), -0.5),  # 8 x^2 = 2 x + 1 at x = 1 + r = 0.5
    V("LMIRR", ([-100, 60, 60],), (sqrt(69) - 7) / 10),  # 10 x^2 = 6 x + 6 at x = 1 + r
    V("LMIRR", (OLYMPICS,), nan),
    V("LMIRR", ([1, 2, 3],), nan),
    V("LMPAYBACKFLOWS", (UNEVEN, None), 16 / 3),  # published: 5.33
    V("LMPAYBACKFLOWS", ([-100, 60, 60], None), 5 / 3),
    V("LMPAYBACKFLOWS", ([-100, 60, 60], 0.2), nan),  # 50 + 41.67
    V("LMPAYBACKFLOWS", ([-100, 100, 100], 0.25), 1 + 20 / 64),  # 80, then 64
    V("LMPAYBACKFLOWS", ([-0.3, 0.1, 0.2], None), 2),
    V("LMPAYBACKFLOWS", ([5, -1], None), 0),
    V("LMMARGINNPV", (500, 400, 0.5, 0, 3), 200),  # 400 + 200 + 100 - 500
    V("LMMARGINNPV", (100, 110, 0.1, 0.1, 2), 81.8181818181818),  # 100 + 99 / 1.21 - 100
    V("LMMARGINNPV", (250, 100, 0, 0, 4), 150),
    V("LMMARGINNPV", (100, 0, 0.5, 0.5, 0), -100),
    # Training
    V("LMTRAINHOURS", (1e9, 6e9, 1e15, 0.5), 20),  # 3.6e19 / 5e14 seconds
    # GPT-3: 3640 petaflop-days on machines of 500 TFLOP/s take 7280 machine days
    V("LMTRAINHOURS", (1, 3640 * 1e15 * 86400 / 6, 500e12, 1), 7280 * 24),
    V("LMACHIEVEDFLOPS", (37e9, 14.8e12, 2664000), 3.2856e24 / 9590400000),  # DeepSeek-V3
    V("LMMFU", (70e9, 2e12, 1720320, 312e12), 0.434723335113858),  # Llama 2 70B on A100s
    V("LMMFU", (1e9, 6e9, 20, 1e15), 0.5),
]
