"""Arguments and results that every route must agree on, for competition.

The numbers are worked out by hand or published (tutorsglobe, questions 51174015 and 551496).
Equilibria under logit demand are built backwards: whole shares are chosen, from which markups,
prices and then the qualities follow.  None comes from the code under test.
"""

from __future__ import annotations

from math import e, log, nan

from tests.vector import Vector

V = Vector

LN2 = log(2)
NOBODY = -1e200  # buyers have no outside option
SUM = e + 2  # of attractions e, 1 and 1

# Shares 1/2 and 1/4 at a scale of 1 are markups of 2 and 4/3.  At unit costs of 1 and 2 the prices
# are 3 and 10/3.  Nobody has 1/4: the second seller's surplus is 0, the first's ln 2.
NASH = ([1.0, 2.0], [3 + LN2, 10 / 3], 1, 0)

VECTORS: list[Vector] = [
    # Logit demand
    V("LMSHARE", ([2, 2], [3, 2], 1, None), [e / SUM, 1 / SUM]),
    V("LMSHARE", ([1, 2], [1, 2], 5, NOBODY), [0.5, 0.5]),
    V("LMSHARE", ([5, 5 + LN2, 7], [5, 5, 7], 1, 0), [2 / 7, 1 / 7, 2 / 7]),
    V("LMSHARE", ([1, 1], [1, 20001], 1, 0), [0, 1]),  # far beyond the range of exp
    V("LMSHARE", ([9], [9], 2, 0), [0.5]),
    V("LMOUTSIDESHARE", ([2, 2], [3, 2], 1, None), 1 / SUM),
    V("LMOUTSIDESHARE", ([1, 2], [1, 2], 5, NOBODY), 0),
    V("LMOUTSIDESHARE", ([5, 5 + LN2], [5, 5], 1, LN2), 4 / 7),
    V("LMOWNELASTICITY", (2, 0.25, 0.5), -3),
    V("LMOWNELASTICITY", (3, 1, 0.5), 0),
    V("LMCROSSELASTICITY", (2, 0.25, 0.5), 1),
    V("LMCROSSELASTICITY", (0, 0.25, 0.5), 0),
    V("LMBESTREPLY", (1, 3 + LN2, [10 / 3], [10 / 3], 1, 0), 3),
    V("LMBESTREPLY", (2, 10 / 3, [3], [3 + LN2], 1, None), 10 / 3),
    # Without others at all: a half of the buyers against one rival with the other half.
    V("LMBESTREPLY", (0, 2, [5], [5], 1, NOBODY), 2),
    V("LMNASH", NASH, [3, 10 / 3]),
    V("LMNASH", ([1, 1], [4, 4], 2, 0), [4, 4]),  # thirds
    V("LMNASH", ([1, 1, 1], [9, 9, 9], 2, NOBODY), [4, 4, 4]),  # thirds again
    V("LMNASH", ([3], [5], 1, None), [5]),  # one seller with one half
    V("LMMONOPOLY", ([1, 2], [3 - LN2, 4 - LN2], 1, 0), [3, 4]),  # quarters; nobody has one half
    V("LMMONOPOLY", ([3], [5], 1, None), [5]),
    # Bertrand
    V("LMBERTRANDREPLY", (70, 75, 1, 0.5, 30), 70),  # published: 52.5 + 0.25 p'
    V("LMBERTRANDREPLY", (0, 75, 1, 0.5, 30), 52.5),
    V("LMBERTRANDREPLY", (0, 10, 1, 0.5, 30), nan),  # nothing sells at 30
    V("LMBERTRAND", (75, 1, 0.5, 30), 70),  # published
    V("LMBERTRAND", (10, 2, 2, 5), 10),  # (10 + 10) / (4 - 2)
    V("LMBERTRAND", (10, 1, 0.5, 30), nan),
    V("LMBERTRANDREPLY", (70, 75, 1, 1.5, 30), 105),  # (75 + 105 + 30) / 2
    V("LMBERTRANDREPLY", (20, 75, 1, -0.5, 30), 47.5),  # complements: (75 - 10 + 30) / 2
    V("LMBERTRAND", (75, 1, 1.5, 30), 210),  # (75 + 30) / (2 - 1.5)
    V("LMBERTRAND", (75, 1, -0.5, 30), 42),  # (75 + 30) / (2 + 0.5)
    V("LMBERTRANDDUO", (75, 1, 1.5, 30, 75, 1, 1.5, 30), 210),
    V("LMBERTRANDDUO", (75, 1, 0.5, 30, 75, 1, 0.5, 30), 70),
    V("LMBERTRANDDUO", (75, 1, 0.5, 30, 75, 1, 0.5, 60), 74),  # 52.5 + 86 / 4
    V("LMBERTRANDDUO", (75, 1, 0.5, 60, 75, 1, 0.5, 30), 86),  # 67.5 + 74 / 4
    V("LMBERTRANDDUO", (12, 2, 1, 0, 8, 1, 0, 0), 4),  # the other asks 4: (12 + 4) / 4
    V("LMBERTRANDDUO", (75, 1, 0.5, 300, 75, 1, 0.5, 30), nan),
    V("LMBERTRANDDUO", (75, 1, 0.5, 30, 75, 1, 0.5, 300), nan),
    # Cournot
    V("LMCOURNOT", (260, 2, 20, 2), 40),  # published
    V("LMCOURNOT", (260, 2, 20, 1), 60),  # a monopoly
    V("LMCOURNOT", (20, 2, 30, 3), 0),
    V("LMCOURNOTPRICE", (260, 20, 2), 100),  # published
    V("LMCOURNOTPRICE", (260, 20, 1), 140),
    V("LMCOURNOTPRICE", (20, 30, 3), nan),
    V("LMCOLLUSIVE", (260, 2, 20, 2), 30),  # published
    V("LMCOLLUSIVE", (20, 2, 30, 2), 0),
    V("LMCOURNOTFIRMS", ([20, 20], 260, 2), [40, 40]),
    V("LMCOURNOTFIRMS", ([20, 60, 10], 100, 1), [70 / 3, 0, 100 / 3]),  # price 130 / 3
    V("LMCOURNOTFIRMS", ([150, 110], 100, 1), [0, 0]),
    V("LMCOURNOTFIRMS", ([0, 10, 20], 90, 2), [15, 10, 5]),  # price 30
    # Stackelberg: 3 c' against a + 2 c decides whether the follower enters
    V("LMSTACKLEAD", (260, 2, 20, 20), 60),
    V("LMSTACKLEAD", (260, 2, 20, 110), 75),  # the limit: price 110
    V("LMSTACKLEAD", (260, 2, 20, 200), 60),  # a monopoly: price 140
    V("LMSTACKLEAD", (100, 1, 80, 20), 0),
    V("LMSTACKFOLLOW", (260, 2, 20, 20), 30),
    V("LMSTACKFOLLOW", (260, 2, 20, 110), 0),
    V("LMSTACKFOLLOW", (100, 1, 80, 20), 40),  # alone
    V("LMSTACKFOLLOW", (100, 1, 20, 30), 12.5),
    V("LMSTACKPRICE", (260, 20, 20), 80),
    V("LMSTACKPRICE", (260, 20, 110), 110),
    V("LMSTACKPRICE", (260, 20, 200), 140),
    V("LMSTACKPRICE", (100, 80, 20), 60),
    V("LMSTACKPRICE", (100, 120, 130), nan),
]
