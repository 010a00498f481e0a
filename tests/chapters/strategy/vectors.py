"""Arguments and results that every route must agree on, for strategy and demand.

The numbers are worked out by hand or published: by OpenStax (*Principles of Economics*, *Principles
of Marketing*), Pindyck and Rubinfeld, Samuelson and Marks, the Alathon 25 case (Purdue), Marn and
Rosiello (Harvard Business Review, 1992) and pages on the web.  None comes from the code under test.
"""

from __future__ import annotations

from math import e, log, nan

from tests.vector import Vector

V = Vector

VECTORS: list[Vector] = [
    # Rules
    V("LMCOSTPLUS", (50, 0.5), 75),  # OpenStax Marketing: shoes
    V("LMCOSTPLUS", (50, -1), 0),
    V("LMMARGINPRICE", (50, 0.75), 200),  # a markup of 300 %
    V("LMMARGINPRICE", (30, -0.5), 20),  # below cost
    V("LMTARGETRETURN", (50, 100000, 0.1, 1000), 60),  # 10000 over 1000 units
    V("LMTARGETRETURN", (50, 100000, 0.1, 0), nan),
    V("LMVALUEPRICE", (10, 4.2, None), 14.2),  # Alathon 25: 4.70 less 5 % of 10
    V("LMVALUEPRICE", (10, 4, 0.25), 13),
    V("LMVALUEPRICE", (10, -4, 0.25), 6),  # the whole drawback
    V("LMVALUEPRICE", (10, -11, None), nan),
    V("LMREPEATVALUE", (10, 4.7, 0.05), 14),  # Alathon 25, replaced at its own value
    V("LMREPEATVALUE", (10, -11, 0.05), nan),
    V("LMUNDERCUT", (10, 0.05, 4), 9.5),
    V("LMUNDERCUT", (10, 0, 4), 10),
    V("LMUNDERCUT", (10, 0.75, 4), 4),  # not down to 2.5
    V("LMREPRICE", (10, 0.9, 6, 4, 12, None, None), 9.3),  # half-way to (6 + 11.2) / 2
    V("LMREPRICE", (10, 0, 6, 4, 12, 0, 1), 4),  # idle
    V("LMREPRICE", (10, 1, 2, 4, 12, 1, 0.25), 8.5),  # a quarter of the way to the floor
    V("LMREPRICE", (100, 0.5, 8, 4, 12, None, 0.25), 12),  # back below the ceiling at once
    V("LMPRICELEVER", (100, 20, 10, 800), 10),  # 2000 / 200
    V("LMPRICELEVER", (1, 111, 78, 23), 11.1),  # published: Marn and Rosiello
    V("LMPRICELEVER", (10, 20, 10, 100), nan),
    # A tenth more profit of 200: 20 of 2,000 revenue, of 1,000 cost, of 1,000 margin.
    V("LMPRICEFORPROFIT", (100, 20, 10, 800, 0.1), 0.01),
    V("LMPRICEFORPROFIT", (0, 20, 10, 800, 0.1), nan),
    V("LMCOSTFORPROFIT", (100, 20, 10, 800, 0.1), -0.02),
    V("LMCOSTFORPROFIT", (100, 20, 0, 800, 0.1), nan),
    V("LMQTYFORPROFIT", (100, 20, 10, 800, 0.1), 0.02),
    V("LMQTYFORPROFIT", (100, 10, 10, 800, 0.1), nan),
    V("LMCOSTLEVER", (1, 111, 78, 23), 7.8),  # published: Marn and Rosiello
    V("LMCOSTLEVER", (10, 20, 10, 100), nan),
    # Optimal prices
    V("LMLERNER", (9, -4), 12),  # published: Pindyck and Rubinfeld, chapter 10
    V("LMLERNER", (100, -1.5), 300),  # published: Samuelson and Marks, table 3.2
    V("LMLERNER", (2, -2.5), 10 / 3),  # published: demand 60000 p^-2.5
    V("LMLERNER", (0, -2), nan),
    V("LMOPTLINEAR", (100, 2, 3), 26.5),  # published: D = 100 - 2 p, C = 20 + 3 q
    V("LMOPTLINEAR", (1000, 1, 200), 600),  # published: brainmass, two counties
    V("LMOPTLINEAR", (600, 1, 200), 400),
    V("LMOPTLINEAR", (100, 2, 50), nan),  # nobody pays more than 50
    V("LMOPTEXP", (0.1, 5), 15),
    V("LMOPTEXP", (4, 0), 0.25),
    V("LMOPTLOGIT", (8.3, -0.97, 3), 7.35100211483),  # Gabor-Granger example, by grid search
    V("LMOPTLOGIT", (6, -2, 2), 3),  # elasticity there -2 * 3 / 2, margin 1 / 3
    V("LMCAPLINEAR", (100, 2, 3, 40), 30),  # 100 - 60
    V("LMCAPLINEAR", (100, 2, 3, 60), 26.5),
    V("LMCAPLINEAR", (100, 2, 50, 40), nan),
    V("LMCAPELASTIC", (400, -2, 3, 4), 10),  # 400 / 100
    V("LMCAPELASTIC", (400, -2, 3, 100), 6),
    V("LMCAPELASTIC", (400, -2, 0, 25), 4),
    V("LMCAPEXP", (1000, 0.1, 5, 500), 15),
    V("LMCAPEXP", (1000, 0.1, 5, 1000 / e**3), 30),
    V("LMCAPLOGIT", (6, -2, 2, 50, 100), 3),
    V("LMCAPLOGIT", (6, -2, 2, 200, 100), 3),  # more than everybody takes
    V("LMCAPLOGIT", (6, -2, 2, 20, 100), 3 + log(2)),  # odds of 1 / 4
    V("LMCAPLOGIT", (6, -2, 2, 0.2, None), 3 + log(2)),
    # OpenStax Economics, HealthPill: profits 700, 1425, 2000, 2350, 2350, 1700, 200, -2400
    V(
        "LMBESTQTY",
        (
            [1, 2, 3, 4, 5, 6, 7, 8],
            [1200, 1100, 1000, 900, 800, 700, 600, 500],
            [500, 775, 1000, 1250, 1650, 2500, 4000, 6400],
        ),
        4,
    ),
    V("LMBESTQTY", ([5, 7], [1, 1], [9, 9]), 7),  # the smaller loss
    # Demand
    V("LMDEMANDLINEAR", (26.5, 100, 2), 47),
    V("LMDEMANDLINEAR", (51, 100, 2), 0),
    V("LMDEMANDPOWER", (2, 60000, -2), 15000),
    V("LMDEMANDPOWER", (10 / 3, 60000, -2.5), 2957.70181053),  # published: math.techqa
    V("LMDEMANDPOWER", (0, 60000, -2), nan),
    V("LMDEMANDPOWER", (0.01, 1, -200), nan),  # 10^400
    V("LMDEMANDPOWER", (7, 5, 0), 5),
    V("LMDEMANDEXP", (10, 1000, 0.1), 1000 / e),
    V("LMDEMANDEXP", (0, 1000, 0.1), 1000),
    V("LMDEMANDLOGIT", (3, 6, -2, None), 0.5),
    V("LMDEMANDLOGIT", (3 + log(3) / 2, 6, -2, 100), 25),  # odds of 1 / 3
    V("LMDEMANDLOGIT", (1000, 0, -2, 100), 0),
    V("LMELASTICITY", (2800, 2600, 70, 80), -5 / 9),  # OpenStax Economics, 0.56
    V("LMELASTICITY", (10000, 13000, 650, 700), 81 / 23),  # the same of supply: 3.52
    V("LMELASTICITY", (10, 12, 5, 5), nan),
    V("LMELASTICITY", (0, 0, 5, 6), nan),
    V("LMELASTICLINEAR", (600, 1000, 1), -1.5),  # two counties again
    V("LMELASTICLINEAR", (400, 600, 1), -2),
    V("LMELASTICLINEAR", (50, 100, 2), nan),
    V("LMELASTICPOINT", (70, 2100, -30), -1),
    V("LMELASTICPOINT", (70, 0, -30), nan),
    V("LMELASTICEXP", (15, 0.1), -1.5),
    V("LMELASTICLOGIT", (3, 6, -2), -3),  # half of -2 * 3
    V("LMELASTICLOGIT", (1000, 3000, -2), 0),  # everybody buys
]
