"""Arguments and results of the chapter on serving, worked out by hand or published."""

from __future__ import annotations

from math import log, nan, sqrt

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

Z = 1.6448536269514722  # published: the 95th percentile of the normal distribution
# A model of 10^9 parameters at 8 bits on hardware of 1 TB/s and 10 TFLOP/s
HARDWARE = (1e12, 1e13)

THROUGHPUT: list[Vector] = [
    # Published: DeepSeek-V3 has 70.272 KB a token (arXiv 2505.09343, table 1)
    V("LMMLACACHE", (1, 61, 512, 64, None), 70272),
    V("LMMLACACHE", (10, 2, 3, 1, 8), 80),
    V("LMTOUCHED", (100, 20, 4, 1, 1), 20),  # one token: the active ones
    V("LMTOUCHED", (100, 20, 4, 1, 2), 40),  # of the other 80 three quarters stay unread
    V("LMTOUCHED", (100, 20, 8, 2, 3), 55),  # 80 * 0.75^2 stay unread
    V("LMTOUCHED", (7, 7, 1, 1, 5), 7),  # a dense model
    V("LMPREFILL", (1000, 1e9, 1e9, 1e13, 1e12, *[None] * 5), 0.2),  # computing 2e12
    # and 4e5 * 1000 * (500 + 500) of attention, with half of the compute, and 10 ms
    V("LMPREFILL", (1000, 1e9, 1e9, 1e13, 1e12, 1e5, 500, 0.5, None, 0.01), 0.49),
    V("LMPREFILL", (1, 1e9, 1e9, 1e13, 1e12, None, None, None, 0.5, None), 0.002),  # reading
    V("LMSPECULATIVE", (0.8, 4), 3.3616),  # 1 + 0.8 + 0.64 + 0.512 + 0.4096
    V("LMSPECULATIVE", (0.5, 1), 1.5),
    V("LMSPECULATIVE", (0, 5), 1),
    V("LMSPECULATIVE", (1, 3), 4),
    V("LMTPOT", (10, 1e8, 1e9, 1e9, *HARDWARE, *[None] * 7), 0.003),  # 1 ms and 2 of computing
    V("LMTPOT", (10, 1e8, 1e9, 3e9, *HARDWARE, *[None] * 7), 0.004),  # 1 ms and 3 of weights
    V("LMTPOT", (10, 1e8, 1e9, 1e9, *HARDWARE, 0.5, 0.5, 0.001, *[None] * 4), 0.007),
    # 1 + 4 ms, a tenth more for the draft, 1.5 tokens; and ten sequences of 0.1 ms of prefill
    V(
        "LMTPOT",
        (10, 1e8, 1e9, 1e9, *HARDWARE, None, None, None, 0.0001, 0.5, 1, 0.1),
        0.0055 / 1.5 + 0.001,
    ),
    # JAX: 112 GB a step of 17 ms on 8 chips of 810 GB/s
    V("LMTPOT", (32, 1.3125e9, 0, 70e9, 6.48e12, 1.576e15, *[None] * 7), 0.112 / 6.48),
]
LATENCY: list[Vector] = [
    V("LMWAIT", (0.8, 0.5, 1, 0), 1),  # 0.8 / 0.2 * 0.5 * 0.5
    V("LMWAIT", (0.8, 1, None, None), 4),  # M/M/1
    V("LMWAIT", (0, 1, None, None), 0),
    V("LMWAIT", (0.5, 1, 2, None), 0.5 ** (sqrt(6) - 1)),
    V("LMWAITTAIL", (0.8, 1, None, None, None), 5 * log(16)),  # M/M/1: ln(0.8 / 0.05) / 0.2
    V("LMWAITTAIL", (0.5, 2, None, None, 0.75), 4 * log(2)),
    V("LMWAITTAIL", (0.04, 1, None, None, None), 0),  # fewer than 5 % wait at all
    V("LMWAITTAIL", (0, 1, None, None, None), 0),
    V("LMTTFT", (0.5, 0.2, None, None), 0.4),
    V("LMTTFT", (0, 0.3, None, None), 0.3),
    V("LMBATCHPEAK", (64,), 64 + 8 * Z),
    V("LMBATCHPEAK", (100,), 100 + 10 * Z),
    V("LMBATCHMEAN", (100 + 10 * Z,), 100),
    V("LMMEMORYBATCH", (100, 40, 7), 8),  # 60 / 7
    V("LMMEMORYBATCH", (0.7, 0.1, 0.2), 3),  # in binary 0.6 / 0.2 is below 3
    V("LMMEMORYBATCH", (10, 20, 1), 0),
    # 19 ms of reading are 190 sequences, but computing takes 0.2 ms for each beside 0.1
    V("LMLATENCYBATCH", (0.02, 1e8, 1e9, 1e9, *HARDWARE, *[None] * 4), 200 / 3),
    # 20 - 5 - 1 ms at 0.1 of reading and 0.1 of prefill a sequence
    V("LMLATENCYBATCH", (0.02, 1e8, 0, 1e9, *HARDWARE, None, None, 0.005, 0.0001), 70),
    V("LMLATENCYBATCH", (0.0005, 1e8, 1e9, 1e9, *HARDWARE, *[None] * 4), 0),
    V("LMLARGESTBATCH", (0.02, 1e12, 1e8, 1e9, 1e9, 1, 1, 8, *HARDWARE, *[None] * 4), 200 / 3),
    V("LMLARGESTBATCH", (0.02, 2e9, 1e8, 1e9, 1e9, 1, 1, 8, *HARDWARE, *[None] * 4), 10),
    V("LMLARGESTBATCH", (0.0005, 1e12, 1e8, 1e9, 1e9, 1, 1, 8, *HARDWARE, *[None] * 4), 0),
    V("LMLARGESTBATCH", (0.02, 1e8, 1e8, 1e9, 1e9, 1, 1, 8, *HARDWARE, *[None] * 4), 0),
    # Of 10^9 parameters a sequence reads a tenth and two read 0.55: 0.1 + 0.9 / 2 ms, and 0.2 ms
    V("LMLARGESTBATCH", (0.00075, 1e12, 1e8, 1e9, 1e8, 2, 1, 8, *HARDWARE, *[None] * 4), 2),
]
PARALLEL: list[Vector] = [
    # 10 sequences of 100 tokens and 1 kB: 1 MB at 1 MB/s, or 4e6 operations at 1e6
    V("LMATTENTION", (10, 100, 1e3, 1e3, 1e6, 1e7, None, None), 1),
    V("LMATTENTION", (10, 100, 1e3, 1e3, 1e6, 1e6, None, None), 4),
    V("LMATTENTION", (10, 100, 1e3, 1e3, 1e6, 1e7, 0.25, 0.8), 1.6),
    V("LMATTENTION", (10, 100, 1e3, 0, 1e6, 1e7, None, 0.5), 2),
    # Published: DeepEP takes 192 and 369 us with 128 GPUs, 11.35 and 22.02 MB (its docs/legacy.md)
    V("LMEXCHANGE", (128, 7168, 8, 1, 39e9, None, None), 22020096 / 39e9),
    # Published: Insights into DeepSeek-V3, section 2.3.2: 32 tokens to 9 experts at 50 GB/s,
    # with 7,000 numbers a token: 120.96 us
    V("LMEXCHANGE", (32, 7000, 9, 1, 50e9, 1, 2), 120.96e-6),
    V("LMEXCHANGE", (4, 10, 2, 3, 1200, 2, 2), 0.8),
]
COSTS: list[Vector] = [
    V("LMLOADMEAN", (4, 1, None), 0.8),  # M/M/1 at 80 % waits four services
    V("LMLOADMEAN", (1, 0.5, 0), 0.8),  # and with equal prompts half as long
    V("LMLOADTAIL", (5 * log(16), 1, None, None), 0.8),  # M/M/1: ln(0.8 / 0.05) / 0.2
    V("LMLOADTAIL", (4 * log(2), 2, None, 0.75), 0.5),
    V("LMLOADTAIL", (0, 1, None, None), 0.05),  # then only 5 % wait at all
    V("LMREQUESTRATE", (64, 400, 0.04), 4),
    V("LMPOOLRATIO", (4, 0.15, 0.8), 0.75),
    # DeepSeek's day: a decode node of $16 an hour makes 14,800 tokens a second, a hundred a request
    V("LMKINDCOST", (16, 148, 1, 1, 100), 16 / 3600 / 0.0148),
    V("LMKINDCOST", (3.6, 1, 0.2, 0.25, 400), 2),  # $0.001 a request, of which 80 %
    V("LMKINDCOST", (3.6, 1, 0.2, 0.25, 0), nan),
    V("LMCOVERFACTOR", ([0.5, 0.05, 2], [1, 0.1, 4], [300, 600, 100], None), 0.5),
    V("LMCOVERFACTOR", ([3], [2], [10], 0.25), 2),  # 30 over 0.75 of 20
    V("LMCOVERFACTOR", ([3], [0], [10], None), nan),
    V("LMNODES", (41, 10, 1, None), 6),
    V("LMNODES", (40, 10, None, None), 4),
    V("LMNODES", (0.3, 0.1, None, None), 3),  # in binary 0.3 / 0.1 is above 2.9 and below 3
    V("LMNODES", (0, 10, None, 2), 2),
    V("LMNODESMEAN", ([5, 12, 38, 20], 10, 1, None), 13 / 4),  # 2 + 3 + 5 + 3
    V("LMFLEETUTIL", ([5, 15, 40], 10, None, None), 60 / 70),  # 1 + 2 + 4 nodes
    V("LMFLEETUTIL", ([0, 0], 10, None, None), nan),
]
TRAINING: list[Vector] = [
    # Published: llm-analysis has 1,015,701 GPU hours for LLaMA 65B with its communication; by hand
    # (6 * 64.69e9 + 12 * 80 * 8192 * 2048) * 1.4e12 / 156e12 / 3600 are 1,007,736
    V("LMTRAINCONTEXT", (64.69e9, 1.4e12, 80, 8192, 2048), 404246127360 * 1.4e12),
    V("LMTRAINCONTEXT", (1e9, 1e9, 0, 0, 8192), 6e18),
    V("LMCOMPUTEHOURS", (3.6e21, 1e15, 0.4), 2500),
    V("LMCOMPUTEHOURS", (404246127360 * 1.4e12, 312e12, 0.5), 404246127360 * 1.4e12 / 5.616e17),
    V("LMCHECKPOINT", (0.02, 4), 0.4),
    V("LMGOODPUT", (0.3, 0.1, 4, 0.2), 0.75 * 0.9),  # of 4 hours 0.2 and half of 0.4 are lost
    V("LMGOODPUT", (10, 0, 4, 1), nan),  # a failure loses more than there is between two
    V("LMTRAINBUDGET", (5576000, 2, 1.5, 1000000), 26092000),
    V("LMTRAINBUDGET", (5576000, None, None, None), 5576000),  # DeepSeek-V3: the final run alone
    V("LMCOMPRESSPAYBACK", (60000, 50000, 0.5, 0.2, None), 4),
    V("LMCOMPRESSPAYBACK", (750, 1000, 0.5, 0.1, 0.5), 4),  # 400 + 200 + 100 + 50
    V("LMCOMPRESSPAYBACK", (60000, 50000, 0.2, 0.2, None), nan),
]
VECTORS = [*OWNERSHIP, *THROUGHPUT, *PARALLEL, *LATENCY, *COSTS, *TRAINING]
