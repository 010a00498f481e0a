"""The most profitable prices of a menu from which each customer takes what suits it best.

Bundles and versions are the same problem: customers with reservation prices for the items of a
menu, each taking the item of the largest surplus, or nothing.  It is solved exactly, as a
mixed-integer linear program: a choice for each customer, with the surplus as the difference of
value and payment, so that profit is value less cost less surplus and stays linear.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# How far the constraints of what is not chosen are loosened, beyond what they must be.
from lmprice.language.arrays import Array

_LOOSER = (0, 1, 2, 4)
# Binary digits of the largest value that is handed to the solver.
_DIGITS = 4
_LEAST_EXPONENT = -1000


class Menu(NamedTuple):
    """The items of a menu: what each is worth and costs, and what its price is made of."""

    values: Array
    """Reservation prices, a row for each customer and a column for each item."""
    costs: Array
    """Unit cost of each item."""
    parts: Array
    """A row for each item: how often it contains each of the prices to be found."""
    caps: Array
    """What each of the prices may be at most."""
    rules: Array
    """Rows of coefficients of the prices whose sum must not exceed 0."""


class MenuPrices(NamedTuple):
    """The best prices of a menu, the item each customer takes (-1 for none), and the profit."""

    prices: Array
    choices: NDArray[np.intp]
    profit: float


def best_menu(menu: Menu) -> MenuPrices:
    """The most profitable prices; customers who are indifferent do what the seller prefers."""
    # The solver's tolerances are absolute and suit numbers around ten; powers of two are exact.
    _, exponent = np.frexp(menu.values.max())
    size = 2.0 ** max(int(exponent) - _DIGITS, _LEAST_EXPONENT)
    # Above what all customers together would pay, a cost keeps an item from being sold, however
    # large it is.
    costs = np.minimum(menu.costs, (len(menu.values) + 1) * menu.values.max())
    scaled = menu._replace(values=menu.values / size, costs=costs / size, caps=menu.caps / size)
    found = _best_menu(scaled)
    return MenuPrices(found.prices * size, found.choices, found.profit * size)


def _best_menu(menu: Menu) -> MenuPrices:
    from scipy import optimize

    # SciPy's annotations know numbers alone as limits, not arrays.
    limited: Any = optimize.LinearConstraint
    within: Any = optimize.Bounds

    customers, items = menu.values.shape
    count = menu.parts.shape[1]
    taken = customers * items
    # The unknowns: the prices, whether a customer takes an item, and the surpluses.
    surplus = np.repeat(np.eye(customers), items, axis=0)
    parts = np.tile(menu.parts, (customers, 1))
    values = menu.values.ravel()
    dearest = np.tile(menu.parts @ menu.caps, customers)
    slack = np.repeat(menu.values.max(axis=1), items) + dearest - values

    def constraints(slack: Array) -> list[Any]:
        nobody, nothing = np.zeros((customers, count)), np.zeros((taken, taken))
        value_taken = (surplus * values[:, None]).T
        rules = np.hstack([menu.rules, np.zeros((len(menu.rules), taken + customers))])
        return [
            # The surplus is at least that of every item, and that of the item that is taken.
            limited(np.hstack([parts, nothing, surplus]), values, np.inf),
            limited(np.hstack([parts, np.diag(slack), surplus]), -np.inf, values + slack),
            # Without an item there is no surplus, and nobody takes two.
            limited(np.hstack([nobody, -value_taken, np.eye(customers)]), -np.inf, 0),
            limited(np.hstack([nobody, surplus.T, 0 * np.eye(customers)]), -np.inf, 1),
            *([limited(rules, -np.inf, 0)] if len(rules) else []),
        ]

    gain = (menu.values - menu.costs).ravel()
    bounds = within(0, np.concatenate([menu.caps, np.ones(taken), np.full(customers, np.inf)]))
    # HiGHS gives up on one such program in a thousand; with more slack it takes another way there.
    solution: Any = None
    for looser in _LOOSER:
        solution = optimize.milp(
            np.concatenate([np.zeros(count), -gain, np.ones(customers)]),
            integrality=np.repeat([0, 1, 0], [count, taken, customers]),
            bounds=bounds,
            constraints=constraints(slack + looser * dearest),
            options={"mip_rel_gap": 0, "presolve": False},
        )
        if solution.success:
            break
    else:
        raise ArithmeticError(f"the best prices were not found: {solution.message}")
    chosen = solution.x[count : count + taken].reshape(customers, items) > 0.5
    choices = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
    return _with_exact_prices(menu, choices)


def _with_exact_prices(menu: Menu, choices: NDArray[np.intp]) -> MenuPrices:
    """The highest prices under which these choices are made, free of the solver's tolerances."""
    from scipy.optimize import linprog

    buyers = choices >= 0
    own_parts = np.where(buyers[:, None], menu.parts[choices], 0)
    own_values = np.where(buyers, menu.values[np.arange(len(choices)), choices], 0)
    # The own item leaves at least the surplus of every other item, and at least none.
    others = own_parts[:, None, :] - menu.parts[None, :, :]
    limits = own_values[:, None] - menu.values
    solution = linprog(
        -own_parts.sum(axis=0),
        A_ub=np.vstack([others.reshape(-1, menu.parts.shape[1]), own_parts, menu.rules]),
        b_ub=np.concatenate([limits.ravel(), own_values, np.zeros(len(menu.rules))]),
        bounds=np.column_stack([np.zeros_like(menu.caps), menu.caps]),
    )
    prices: Array = solution.x
    cost = float(menu.costs[choices[buyers]].sum())
    return MenuPrices(prices, choices, float(own_parts.sum(axis=0) @ prices) - cost)
