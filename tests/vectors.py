"""Arguments and results that every route must agree on.

The numbers are worked out by hand or published: by OpenStax (*Principles of Managerial
Accounting*, chapter 3; *Principles of Marketing*), Nagle and Müller (*The Strategy and Tactics of
Pricing*), the JAX scaling book (Austin et al.), DeepSeek and Meta (technical reports), and price
comparisons on the web; charges by the test suites and documents of billing engines (Lago, Stripe,
OpenMeter, Kill Bill).  None comes from the code under test.
"""

from __future__ import annotations

from math import log, nan, sqrt

from tests.chapters.competition.vectors import VECTORS as COMPETITION
from tests.chapters.decline.trend_vectors import VECTORS as TREND
from tests.chapters.decline.vectors import VECTORS as DECLINE
from tests.chapters.dynamic.vectors import VECTORS as MARKETS
from tests.chapters.learning.vectors import VECTORS as LEARNING
from tests.chapters.serving.vectors import VECTORS as SERVING
from tests.chapters.strategy.vectors import VECTORS as STRATEGY
from tests.vector import Vector

__all__ = ["CHAPTERS", "VECTORS", "Vector"]

GIB = 2**30
TRILLION = 1e12
NO_LIMIT = 1e300  # a cell cannot be infinite; empty would do as well
V = Vector

VECTORS: list[Vector] = [
    # Cost
    V("LMCOST", (100, 10, 100), 1100),  # 10 * 100 + 100
    V("LMCOST", (100, 10, None), 1000),  # no fixed cost
    V("LMCOST", (0, 10, 100), 100),  # the fixed cost alone
    V("LMCOST", (2.5, 0.4, 1), 2),  # 0.4 * 2.5 + 1
    V("LMCOSTQUAD", (100, 0.1, 10, 100), 2100),  # 0.1 * 100^2 + 10 * 100 + 100
    V("LMCOSTQUAD", (10, 0.5, 2, None), 70),  # 50 + 20
    V("LMCOSTQUAD", (26, 0, 360, 2000), 11360),  # 360 * 26 + 2000
    V("LMCOSTAVG", (100, 10, 100), 11),  # 1100 / 100
    V("LMCOSTAVG", (4, 2.5, None), 2.5),
    V("LMCOSTAVG", (0, 10, 100), nan),  # nothing to average over
    V("LMCOSTMARG", (50, 0.1, 10), 20),  # 2 * 0.1 * 50 + 10
    V("LMCOSTMARG", (0, 3, 7), 7),
    # Profit
    V("LMREVENUE", (100, 20), 2000),
    V("LMREVENUE", (1700, 90), 153000),  # OpenStax 3.5, Manteo Machine: sales at breakeven
    V("LMPROFIT", (100, 20, 10, 100), 900),  # 2000 - 1000 - 100
    V("LMPROFIT", (1, 20, 10, 100), -90),  # 20 - 10 - 100
    V("LMPROFIT", (10, 20, 10, 100), 0),  # breakeven
    V("LMPROFIT", (7, 3, 1, None), 14),
    V("LMPROFIT", (501, 500, 300, 100000), 200),  # OpenStax 3.2, College Creations
    V("LMPROFIT", (0, 500, 300, 100000), -100000),  # the same at no sales
    V("LMPROFIT", (1500, 3.75, 1.5, 2475), 900),  # OpenStax 3.3, Back Door Café
    V("LMPROFIT", (1500, 3.75, 1.45, 2875), 575),  # the same with the new machine
    V("LMPROFITQUAD", (100, 20, 0.1, 10, 100), -100),  # 2000 - 2100
    V("LMPROFITQUAD", (50, 20, 0.1, 10, 100), 150),  # 1000 - 250 - 500 - 100
    V("LMPROFITQUAD", (26, 1400, 20, 360, 2000), 11520),  # published: gauthmath, maximum profit
    V("LMPROFITQUAD", (4, 10, 1.5, -2, 18), 6),  # published: questionai, maximum profit
    V("LMPROFITPOLY", (100, 0.1, 10, 100), 1900),  # 1000 + 1000 - 100
    V("LMPROFITPOLY", (10, -1, 30, None), 200),  # -100 + 300
    V("LMCM", (20, 10), 10),
    V("LMCM", (400, 150), 250),  # OpenStax 3.2, Marshall & Hirito
    V("LMCM", (8, 10), -2),  # sold below cost
    V("LMMARGIN", (75, 50), 1 / 3),  # OpenStax Marketing: shoes
    V("LMMARGIN", (20, 5), 0.75),  # published: noburn, a plan of $20 with tokens for $5
    V("LMMARGIN", (562027, 87072), 474955 / 562027),  # DeepSeek's day: 84.5 %
    V("LMMARGIN", (0, 10), nan),
    V("LMMARKUP", (75, 50), 0.5),  # OpenStax Marketing: shoes
    V("LMMARKUP", (562027, 87072), 474955 / 87072),  # DeepSeek's day: 545 %
    V("LMMARKUP", (100, 25), 3),  # a margin of 75 % is a markup of 300 %
    V("LMMARKUP", (5, 0), nan),
    V("LMDOL", (100, 20, 10, 100), 10 / 9),  # 1000 / 900
    V("LMDOL", (1000, 100, 41.44, 34160), 2.4),  # OpenStax 3.5, Wallace: 58560 / 24400
    V("LMDOL", (10, 20, 10, 100), nan),  # no profit to lever
    V("LMSAFETY", (2500, 1700), 0.32),  # OpenStax 3.5, Manteo Machine
    V("LMSAFETY", (100, 10), 0.9),
    V("LMSAFETY", (10, 20), -1),  # already below breakeven
    V("LMSAFETY", (0, 10), nan),
    # Breakeven
    V("LMBREAKEVEN", (20, 10, 100), 10),  # 100 / 10
    V("LMBREAKEVEN", (90, 40, 85000), 1700),  # OpenStax 3.5, Manteo Machine
    V("LMBREAKEVEN", (500, 300, 100000), 500),  # OpenStax 3.2, College Creations
    V("LMBREAKEVEN", (3.75, 1.45, 2875), 1250),  # OpenStax 3.3, Back Door Café
    V("LMBREAKEVEN", (8, 10, 100), nan),
    V("LMBREAKEVEN", (10, 10, 100), nan),
    V("LMBREAKEVENREV", (90, 40, 85000), 153000),  # OpenStax 3.5, Manteo Machine
    V("LMBREAKEVENREV", (400, 150, 14000), 22400),  # OpenStax 3.2, Marshall & Hirito
    V("LMBREAKEVENREV", (8, 10, 1), nan),
    V("LMBREAKEVENPRICE", (100, 10, 100), 11),  # 10 + 100 / 100
    V("LMBREAKEVENPRICE", (1500, 1.5, 2475), 3.15),  # 1.5 + 1.65
    V("LMBREAKEVENPRICE", (0, 10, 100), nan),
    V("LMTARGETQTY", (100, 20, 18000, 24000, 0.4), 725),  # OpenStax 3.2, Hicks, after tax
    V("LMTARGETQTY", (500, 300, 100000, 50000, None), 750),  # OpenStax 3.2, College Creations
    V("LMTARGETQTY", (400, 150, 14000, 10000, None), 96),  # OpenStax 3.2, Marshall & Hirito
    V("LMTARGETQTY", (5, 5, 100, 100, None), nan),
    V("LMBREAKEVENLOW", (20, 0.1, 10, 100), 50 - 5 * sqrt(60)),  # 0.1 x^2 - 10 x + 100 = 0
    V("LMBREAKEVENLOW", (1400, 20, 360, 2000), 2),  # published: gauthmath
    V("LMBREAKEVENLOW", (10, 1.5, -2, 18), 2),  # published: questionai
    V("LMBREAKEVENLOW", (20, 0.1, 10, 0), 0),  # nothing to earn back
    V("LMBREAKEVENLOW", (20, 0.1, 10, 300), nan),  # 100 - 120 has no root
    V("LMBREAKEVENHIGH", (20, 0.1, 10, 100), 50 + 5 * sqrt(60)),
    V("LMBREAKEVENHIGH", (1400, 20, 360, 2000), 50),  # published: gauthmath
    V("LMBREAKEVENHIGH", (10, 1.5, -2, 18), 6),  # published: questionai
    V("LMBREAKEVENHIGH", (8, 0.1, 10, 100), nan),
    V("LMMAXPROFITQTY", (20, 0.1, 10), 50),  # 10 / 0.2
    V("LMMAXPROFITQTY", (1400, 20, 360), 26),  # published: gauthmath
    V("LMMAXPROFITQTY", (10, 1.5, -2), 4),  # published: questionai
    V("LMMAXPROFITQTY", (8, 0.1, 10), 0),  # the first unit loses already
    V("LMMAXPROFITQTY", (20, 0, 10), nan),  # no peak
    V("LMBREAKEVENLIFT", (-0.2, 0.5), 2 / 3),  # 0.2 / 0.3
    V("LMBREAKEVENLIFT", (0.05, 0.4), -1 / 9),  # published: rgmacademy
    V("LMBREAKEVENLIFT", (0.1, 0.5), -1 / 6),  # published: rgmacademy
    V("LMBREAKEVENLIFT", (0.1, 0.25), -2 / 7),  # 0.1 / 0.35
    V("LMBREAKEVENLIFT", (-0.5, 0.5), nan),  # the cut takes the whole margin
    V("LMREQUIREDLIFT", (4000, 10, 5.5, 9.5, 5.5, 800), 0.175),  # Nagle: 700 of 4000 units
    V("LMREQUIREDLIFT", (4000, 10, 5.5, 9.5, 5.28, None), 0.28 / 4.22),  # Nagle: 4.50 to 4.22
    V("LMREQUIREDLIFT", (100, 10, 5, 4, 5, None), nan),  # sold below cost
    V("LMREQUIREDLIFT", (0, 10, 5, 9, 5, 1), nan),
    # OpenStax 3.4, West Brothers: 5 * 3 + 3 * 3.25 + 2 * 3 = 30.75 a composite unit
    V(
        "LMBREAKEVENMIX",
        ([6.25, 7.75, 9.25], [3.25, 4.5, 6.25], [5, 3, 2], 145000),
        145000 / 30.75,
    ),
    V("LMBREAKEVENMIX", ([20], [10], [1], 100), 10),  # one product: LMBREAKEVEN
    V("LMBREAKEVENMIX", ([5, 1], [5, 2], [1, 1], 10), nan),  # earns -1
    V("LMSELFHOST", (9000, 10, 1), 1000),  # 9000 / 9
    V("LMSELFHOST", (5000, 2.5, None, None), 2000),
    V("LMSELFHOST", (5000, 2.5, None, 2000), 2000),
    V("LMSELFHOST", (1825, 0.6, None, 1840), nan),  # 3,042 million tokens are needed
    V("LMSELFHOST", (9000, 1, 1), nan),
    V("LMBREAKEVENUTIL", (3.6, 1000, 4), 0.25),  # full load costs 1 per million tokens
    V("LMBREAKEVENUTIL", (2.5, 700, 2), 125 / 252),  # half of 125 / 126
    V("LMBREAKEVENUTIL", (2.5, 50, 2), nan),  # 13.89 at full load
    V("LMPAYBACK", (1000, 250, 0), 4),
    V("LMPAYBACK", (750, 400, 0.5), 4),  # 400 + 200 + 100 + 50
    V("LMPAYBACK", (1000, 400, 0.2), log(0.5) / log(0.8)),
    V("LMPAYBACK", (1000, 100, 0.2), nan),  # the margins add up to 500
    # Tokens
    V("LMTOKENCOST", (1000, 500, 2.5, 15), 0.01),  # published: tryutilix
    V("LMTOKENCOST", (5500, 1000, 5, 15), 0.0425),  # published: theneuralbase
    V("LMTOKENCOST", (198000, 0, 3, 15, 198000, 0.3), 0.0594),  # published: aipromptshub, 99 reads
    V("LMTOKENCOST", (1e6, 1e6, 2, 8, None, None, None, None, 0.5), 5),  # half of 10
    # BerriAI/litellm#6575: 3 tokens anew, 12,304 written at 3.75, 550 out.
    V("LMTOKENCOST", (12307, 550, 3, 15, None, None, 12304, 3.75, None), 0.054399),
    V(
        "LMTOKENCOST", (1000, 100, 4, 10, 600, 1, None, None, 0.2), 0.00256
    ),  # (1600 + 600 + 1000) * 0.8 / 1e6
    V("LMBLEND", (75, 150, None), 93.75),  # published: gigagpu, 3:1
    V("LMBLEND", (2, 8, 1), 5),
    V("LMBLEND", (3, 15, 0), 15),  # output alone
    V("LMCACHEREADS", (2, 0.1), 10 / 9),  # published: aipromptshub, "after 2 hits"
    V("LMCACHEREADS", (1.25, 0.1), 5 / 18),  # 0.25 / 0.9
    V("LMCACHEREADS", (1.25, 1), nan),
    V("LMTRAINFLOPS", (37e9, 14.8e12), 3.2856e24),  # DeepSeek-V3
    V("LMTRAINFLOPS", (70e9, 2e12), 8.4e23),  # Llama 2 70B
    V("LMTRAINCOST", (1e9, 6e9, 1e15, 0.5, 2), 40),  # 3.6e19 / 5e14 s is 20 hours
    # Llama 2 70B took 1,720,320 hours of an A100 (312 TFLOP/s): an MFU of 0.4347
    V("LMTRAINCOST", (70e9, 2e12, 312e12, 8.4e23 / (312e12 * 1720320 * 3600), 1), 1720320),
    V("LMSERVECOST", (2.5, 700, None), 125 / 126),  # published: dreaming.press, 0.99
    V("LMSERVECOST", (19.92, 1000, None), 19.92 / 3.6),  # published: gpuadvisor, 5.53
    V("LMSERVECOST", (2.49, 5500, None), 2.49 / 19.8),  # published: gpuadvisor, 0.126
    V("LMSERVECOST", (6.4, 3400, 0.5), 6.4 / 6.12),  # published: kshirol, 0.52 at full load
    V("LMWEIGHTGB", (70e9, 16), 140),
    V("LMWEIGHTGB", (1e9, 4), 0.5),
    V("LMKVCACHE", (1, 32, 8, 128, None), 131072),  # published: kv-cache-size, Llama 3.1 8B
    V("LMKVCACHE", (8192, 32, 8, 128, 16), GIB),  # the same for the whole context
    V("LMKVCACHE", (8192 * 32, 80, 8, 128, 8), 40 * GIB),  # JAX: Llama 3 70B, int8, batch 32
    # JAX: Llama 2 13B on 8 x v5e reads 64 * 6.7 + 26 = 454.8 GiB a step of 69.3 ms
    V(
        "LMDECODETPS",
        (64, 6.7 * GIB, 13e9, 26 * GIB, 6560 * GIB, 8 * 197e12),
        64 * 6560 / 454.8,
    ),
    # JAX: 112 GB a step of 17 ms on 8 chips of 810 GB/s
    V(
        "LMDECODETPS",
        (32, 1.3125e9, 70e9, 70e9, 6.48 * TRILLION, 8 * 197e12),
        32 * 6480 / 112,
    ),
    V("LMDECODETPS", (100, 0, 1e9, 1e9, TRILLION, 1e14), 50000),  # computing takes 2 ms
    V("LMDECODETPS", (1, 0, 0, 0, 1, 1), nan),  # a step takes no time
    # Charges; the last bound of a table stands for no limit
    V("LMGRADUATED", (6, [5, 10, NO_LIMIT], [7, 6.5, 6], None, None), 41.5),  # Stripe docs
    V("LMGRADUATED", (5, [5, 10, NO_LIMIT], [7, 6.5, 6], None, None), 35),  # Stripe docs
    V("LMGRADUATED", (0, [10, NO_LIMIT], [10, 5], [2, 3], None), 2),  # Lago: zero is billed
    V("LMGRADUATED", (0, [10, NO_LIMIT], [10, 5], [2, 3], 0), 0),
    # OpenMeter: 100 + 50 + 5 * 10 + 5 * 5
    V("LMGRADUATED", (20, [5, 10, 15, NO_LIMIT], [0, 0, 10, 5], [100, 50, 0, 0], None), 225),
    V("LMGRADUATED", (5.001, [5, 10, 15, NO_LIMIT], [0, 0, 10, 5], [100, 50, 0, 0], 1), 150),
    V("LMGRADUATED", (7, [NO_LIMIT], [3], None, None), 21),  # one tier
    V("LMVOLUME", (6, [5, 10, NO_LIMIT], [7, 6.5, 6], None, None), 39),  # Stripe docs
    V("LMVOLUME", (101, [100, 200, NO_LIMIT], [2, 1, 0.5], [10, 0, 50], None), 101),  # Lago
    V("LMVOLUME", (300, [100, 200, NO_LIMIT], [2, 1, 0.5], [10, 0, 50], None), 200),  # Lago
    V("LMVOLUME", (0, [100, NO_LIMIT], [2, 1], [10, 0], 0), 0),
    # Lago: 0.1 + 0.04 and two fees
    V("LMGRADUATEDPERCENT", (12, [10, 20, NO_LIMIT], [0.01, 0.02, 0.03], [200, 300, 400]), 500.14),
    V("LMGRADUATEDPERCENT", (500, [1000, NO_LIMIT], [0.01, 0.02], None), 5),
    V("LMEOQ", (1000, 10, 0.5), 200),  # published: Heizer and Render, Sharp Inc.
    # Published: Heizer and Render, Wohl's Discount Store: 1,000 at $24,725 a year.
    V("LMORDERQTY", (5000, 49, 0.2, [999, 1999, NO_LIMIT], [5, 4.8, 4.75]), 1000),
    V("LMORDERQTY", (1000, 10, 0.1, [NO_LIMIT], [5]), 200),
    V("LMPACKAGE", (201, 100, 5, 100), 10),  # Lago docs
    V("LMPACKAGE", (100, 100, 5, None), 5),
    V("LMPACKAGE", (0.07, 0.01, 1, None), 7),
    V("LMPACKAGE", (999999999999999, 1, 1, None), 999999999999999),
    V("LMPERCENT", (800, 0.013, 250, 2, 2), 11.15),  # Lago: 550 at 1.3 % and two events of 2
    V("LMPERCENT", (4, 0.029, None, None, None), 0.116),  # Lago
    V("LMBLOCK", (5325, [100, 1000], [10, NO_LIMIT], [1, 1], None), 15),  # Kill Bill
    V("LMBLOCK", (101000, [100, 1000], [10, NO_LIMIT], [1, 1], 1), 101),  # Kill Bill, top tier
    # Discounts
    V("LMCONTEXTPRICE", (200000, 200000, 1.25, 2.5, None), 1.25),  # gemini-2.5-pro, measured
    V("LMCONTEXTPRICE", (200001, 200000, 1.25, 2.5, None), 2.5),
    V("LMCONTEXTPRICE", (200000, 200000, 1.25, 2.5, 0), 2.5),  # vendors with the other rule
    # DeepSeek: 1:00 to 4:00 and 6:00 to 10:00 UTC from Monday to Friday
    V("LMOFFPEAK", (3, 2, [1, 6], [4, 10], 0.3, 0.15, None, None), 0.3),
    V("LMOFFPEAK", (3, 4, [1, 6], [4, 10], 0.3, 0.15, None, None), 0.15),
    V("LMOFFPEAK", (6, 2, [1, 6], [4, 10], 0.3, 0.15, None, None), 0.15),  # a Saturday
    V("LMNETPRICE", (500, [0.1, 0.05]), 427.5),  # published: Pryse
    V("LMNETPRICE", (500, [0.12]), 440),  # published: Pryse
    V("LMNETPRICE", (500, [0.2, 1]), 0),
    # Marn and Rosiello: 6.00 on the list, 4.47 in the pocket
    V("LMPOCKET", (6, [0, 0, 0, 0], [0.22, 0.67, 0.55, 0.09]), 4.47),
    V("LMPOCKET", (100, [0.2, 0.05], None), 76),
    V("LMPROMO", (20, 0.5, 2, 3), 10),
    V("LMPROMO", (20, 0.5, 3, 3), 20),
    V("LMCOMMIT", (1200, 700, 0.3, None), 900),  # 700 cover 1000
    V("LMCOMMIT", (10, 700, 0.3, 0.1), 700),
    V("LMMINSPEND", (700, 1000, None), 1000),  # Lago: a true-up of 300
    V("LMMINSPEND", (700, 1000, 0.5), 700),
    V("LMCREDIT", (100, 30), 70),
    V("LMCREDIT", (20, 30), 0),
    V("LMEFFDISCOUNT", (500, 427.5), 0.145),
    V("LMEFFDISCOUNT", (0, 0), nan),
]
CHAPTERS: list[Vector] = [
    *STRATEGY,
    *COMPETITION,
    *MARKETS,
    *DECLINE,
    *TREND,
    *LEARNING,
    *SERVING,
]
VECTORS += CHAPTERS
