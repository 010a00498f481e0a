"""The public types, as a user's checker sees them; read by test_typing, never run."""

from typing import reveal_type

import numpy as np
import polars as pl

import lmprice
from lmprice import breakeven_quantity, mix_breakeven, profit, token_cost

array = np.array([1.0, 2.0])
integers = np.array([1, 2])

reveal_type(profit(100, 20, 10, 100))  # float
reveal_type(profit(100, 20, 10))  # float
reveal_type(profit(np.float64(1), np.int64(2), 10.5))  # float
reveal_type(profit(quantity=1, price=2, unit_cost=3))  # float
reveal_type(breakeven_quantity(20, 10, 100))  # float
reveal_type(token_cost(1000, 500, 2.5, 15, discount=0.5))  # float
reveal_type(mix_breakeven([1, 2], array, [3, 4], 5))  # float
reveal_type(lmprice.profit(100, 20, 10, 100))  # float
reveal_type(lmprice.scenarios.Breakeven().evaluate()["profit"])  # float
reveal_type(profit(array, 20, 10, 100))  # array
reveal_type(profit(100, integers, 10, 100))  # array
reveal_type(profit(100, 20, [1, 2, 3], 100))  # array
reveal_type(profit(100, 20, 10, array))  # array
reveal_type(profit(100, 20, 10, fixed_cost=array))  # array
reveal_type(profit([[1.0], [2.0]], 20, 10))  # array
reveal_type(mix_breakeven([1, 2], array, [3, 4], [5, 6]))  # array
reveal_type(lmprice.logit_shares([1, 2], [3, 4], 0.5, None))  # array
reveal_type(lmprice.outside_share([1, 2], [3, 4], 0.5, None))  # float
reveal_type(profit(pl.col("quantity"), 20, pl.col("cost"), 100))  # expression
reveal_type(lmprice.list_prices()[0].input_price)  # float
reveal_type(lmprice.fit_decline(["2024-01-01"], [1.0]).annual_factor)  # float
profit("100", 20, 10)  # error
profit(100, 20)  # error
profit(100, 20, None)  # error
lmprice.nothing(1)  # error
