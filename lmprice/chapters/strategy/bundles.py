"""Bundles and versions: what to sell together, and one product in several qualities.

Customers have a reservation price for each product, add them up for several, and take what leaves
them the largest surplus.  Sold apart, each product has its own best price.  A pure bundle levels
differences: what a customer would pay for all products differs less from customer to customer than
what it would pay for each.  Mixed bundling sells both ways and never earns less than either.

Versions (good, better, best) are alternatives: a customer takes one of them at most, so their
prices must leave everyone what it is meant to take.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.strategy.checks import Reservation, matching, table
from lmprice.chapters.strategy.menus import Menu, best_menu
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import by_columns, column_names, row_names
from lmprice.language.quantities import UnitCost, UnitPrice
from lmprice.language.terms import term
from lmprice.output.framed import Framed, named, rows
from lmprice.output.printing import amounts, plain_text, text_table

# Beyond so many choices (customers times ways to buy) an exact answer may take minutes.
_MOST_CHOICES = 200


@dataclass(frozen=True, eq=False)
class BundleChoice(Framed):
    """What customers take at given prices.

    Attributes
    ----------
    bought : array of bools
        Who takes which product: a row for each customer, a column for each product.
    as_bundle : array of bools
        Who takes all of them as the bundle.
    surplus : array
        What each customer would have paid beyond the price (USD).
    paid : array
        What each customer pays (USD).
    customers, products : tuple
        Their names: labels of a frame, or places from 0.
    """

    bought: NDArray[np.bool_]
    as_bundle: NDArray[np.bool_]
    surplus: Array
    paid: Array
    customers: tuple[Any, ...]
    products: tuple[Any, ...]

    def __str__(self) -> str:
        table = text_table("Customer", "Takes", "Pays", "Surplus")
        columns = (self.customers, self.bought, self.as_bundle, self.paid, self.surplus)
        for customer, bought, as_bundle, paid, surplus in zip(*columns, strict=True):
            alone = ", ".join(str(self.products[j]) for j in bought.nonzero()[0]) or "nothing"
            table.add_row(
                str(customer), "the bundle" if as_bundle else alone, *amounts((paid, surplus))
            )
        return plain_text(table)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a customer: what is taken, paid, and left of what it is worth."""
        return [
            {"customer": customer, **named("takes", self.products, bought), **rest}
            for customer, bought, rest in zip(
                self.customers,
                self.bought,
                rows(as_bundle=self.as_bundle, paid=self.paid, surplus=self.surplus),
                strict=True,
            )
        ]


@dataclass(frozen=True, eq=False)
class BundleOffer:
    """Prices of products and bundle, and what they bring.

    Attributes
    ----------
    prices : array
        Price of each product (USD); NaN for one that is not sold alone.
    bundle_price : float
        Price of all products together (USD); NaN where they are not sold together.
    profit : float
        Profit over all customers (USD).
    """

    prices: Array
    bundle_price: float
    profit: float


@dataclass(frozen=True, eq=False)
class Bundles(Framed):
    """The best prices under each way of selling several products.

    Attributes
    ----------
    separate, pure, mixed : BundleOffer
        Each product alone, all as one bundle only, and both.
    products : tuple
        The products: columns of a frame, or places from 0.
    """

    separate: BundleOffer
    pure: BundleOffer
    mixed: BundleOffer
    products: tuple[Any, ...]

    @property
    def best(self) -> str:
        """The way that earns most; of equal ones the simplest: separate, pure, mixed."""
        ways = {"separate": self.separate, "pure": self.pure, "mixed": self.mixed}
        most = max(way.profit for way in ways.values())
        return next(name for name, way in ways.items() if way.profit >= most - 1e-9 * abs(most))

    def __str__(self) -> str:
        heads = (p if isinstance(p, str) else f"Product {p}" for p in self.products)
        table = text_table("Way", *heads, "Bundle", "Profit")
        for name in ("separate", "pure", "mixed"):
            way = getattr(self, name)
            table.add_row(name, *amounts((*way.prices, way.bundle_price, way.profit)))
        return f"{plain_text(table)}\n\nBest: {self.best}."

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a way of selling."""
        ways = {"separate": self.separate, "pure": self.pure, "mixed": self.mixed}
        return [
            {
                "way": name,
                **named("price", self.products, way.prices),
                "bundle_price": way.bundle_price,
                "profit": way.profit,
            }
            for name, way in ways.items()
        ]


@dataclass(frozen=True, eq=False)
class Versions(Framed):
    """The best prices of the versions of a product.

    Attributes
    ----------
    prices : array
        Price of each version (USD); NaN for one that is better left out.
    choices : array of ints
        Version that each customer takes, from 0; -1 for none.
    profit : float
        Profit over all customers (USD).
    single_profit : float
        Profit of the best single version at its best price (USD).
    versions : tuple
        The versions: columns of a frame, or places from 0.
    """

    prices: Array
    choices: NDArray[np.intp]
    profit: float
    single_profit: float
    versions: tuple[Any, ...]

    def __str__(self) -> str:
        table = text_table("Version", "Price", "Customers")
        for row in self.to_dicts():
            table.add_row(str(row["version"]), *amounts((row["price"],)), str(row["customers"]))
        profit, single = amounts((self.profit, self.single_profit))
        return f"{plain_text(table)}\n\nProfit {profit}; with the best single version {single}."

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a version: its price and who takes it."""
        takers = [int((self.choices == i).sum()) for i in range(len(self.prices))]
        return rows(version=self.versions, price=self.prices, customers=takers)


def bundle_choice(prices: Values, bundle_price: float, reservations: Values) -> BundleChoice:
    """What customers take of products that are sold alone and as one bundle.

    Parameters
    ----------
    prices : column of floats
        Price of each product alone (USD; at least 0).
    bundle_price : float
        Price of all products together (USD; at least 0).
    reservations : table of floats
        Most that each customer (row) would pay for each product (column) (USD; at least 0).

    Returns
    -------
    BundleChoice
        Products, surplus and payment of each customer.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, or the shapes do not fit.

    Notes
    -----
    A customer who is indifferent buys, and takes the bundle rather than single products.

    Examples
    --------
    >>> choice = bundle_choice([20, 15], 24, [[30, 2], [30, 7]])
    >>> choice.as_bundle, choice.surplus
    (array([False,  True]), array([10., 13.]))
    """
    owner = "bundle_choice"
    values = table(owner, "reservations", reservations, Reservation)
    prices = by_columns(owner, "prices", prices, reservations)
    alone = _for_products(owner, "prices", prices, UnitPrice, values)
    together = single_number(owner, "bundle_price", bundle_price, term(UnitPrice), moderate)
    singles = values >= alone
    single_surplus = np.where(singles, values - alone, 0).sum(axis=1)
    bundle_surplus = values.sum(axis=1) - together
    as_bundle = (bundle_surplus >= 0) & (bundle_surplus >= single_surplus)
    return BundleChoice(
        bought=singles | as_bundle[:, None],
        as_bundle=as_bundle,
        surplus=np.where(as_bundle, bundle_surplus, single_surplus),
        paid=np.where(as_bundle, together, (singles * alone).sum(axis=1)),
        customers=row_names(len(values), reservations),
        products=column_names(values.shape[1], reservations, prices),
    )


def best_bundles(reservations: Values, unit_costs: Values = 0) -> Bundles:
    """Best prices for products sold apart, only as a bundle, and both ways.

    Parameters
    ----------
    reservations : table of floats
        Most that each customer (row) would pay for each product (column) (USD; at least 0).
    unit_costs : float or column of floats, default 0
        Unit cost of each product, or one for all (USD per unit; at least 0).

    Returns
    -------
    Bundles
        Prices and profit of each way of selling.  Prices are NaN where nothing is sold.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, the shapes do not fit, or there are more
        than 200 choices: customers times the ways to buy (3 for two products, 7 for three).

    Notes
    -----
    Exact.  Alone, and as a pure bundle, the best price is somebody's reservation price.  Mixed
    bundling has single prices and one bundle of all products, no dearer than its parts; its best
    prices come from a mixed-integer program.  A customer who is indifferent does what earns more.

    Examples
    --------
    Two customers who want opposite things, and one in between:

    >>> found = best_bundles([[9, 1], [1, 9], [6, 6]])
    >>> found.separate.profit, found.pure.profit, found.mixed.profit
    (24.0, 30.0, 30.0)
    >>> found.best, found.pure.bundle_price
    ('pure', 10.0)
    """
    owner = "best_bundles"
    values = table(owner, "reservations", reservations, Reservation)
    unit_costs = by_columns(owner, "unit_costs", unit_costs, reservations)
    costs = _for_products(owner, "unit_costs", unit_costs, UnitCost, values)
    _check_size(owner, len(values), 2 ** len(costs) - 1)
    alone = [_best_single(v, c) for v, c in zip(values.T, costs, strict=True)]
    separate = BundleOffer(
        np.array([price for price, _ in alone]), np.nan, sum(profit for _, profit in alone)
    )
    nothing = np.full(len(costs), np.nan)
    pure = BundleOffer(nothing, *_best_single(values.sum(axis=1), float(costs.sum())))
    products = column_names(len(costs), reservations, unit_costs)
    return Bundles(separate, pure, _mixed(values, costs), products)


def _mixed(values: Array, costs: Array) -> BundleOffer:
    """The best single prices together with the best price of the bundle."""
    products = len(costs)
    # Every set of products can be bought; the last one, all of them, is the bundle.
    sets = np.array(list(product((0.0, 1.0), repeat=products))[1:])
    parts = np.zeros((len(sets), products + 1))
    parts[:-1, :products] = sets[:-1]
    parts[-1, products] = 1
    dearest = values.max(axis=0)
    found = best_menu(
        Menu(
            values=values @ sets.T,
            costs=sets @ costs,
            parts=parts,
            caps=np.append(dearest, dearest.sum()),
            rules=np.append(-np.ones(products), 1.0)[None, :],
        )
    )
    sold = parts[found.choices[found.choices >= 0]].any(axis=0)
    prices = np.where(sold, found.prices, np.nan)
    return BundleOffer(prices[:-1], float(prices[-1]), found.profit)


def best_versions(reservations: Values, unit_costs: Values = 0) -> Versions:
    """Best prices for versions of a product, of which each customer takes one at most.

    Parameters
    ----------
    reservations : table of floats
        Most that each customer (row) would pay for each version (column) (USD; at least 0).
    unit_costs : float or column of floats, default 0
        Unit cost of each version, or one for all (USD per unit; at least 0).

    Returns
    -------
    Versions
        Prices, who takes which version, and the profit, also that of the best single version.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, the shapes do not fit, or customers times
        versions are more than 200.

    Notes
    -----
    Exact, by a mixed-integer program.  A customer who is indifferent does what earns more.

    Examples
    --------
    Two amateurs and a professional: the professional's price for the better version is what keeps
    it from taking the other one, 50 - (20 - 15).

    >>> found = best_versions([[15, 18], [15, 18], [20, 50]])
    >>> found.prices, found.choices, found.profit, found.single_profit
    (array([15., 45.]), array([0, 0, 1]), 75.0, 54.0)
    """
    owner = "best_versions"
    values = table(owner, "reservations", reservations, Reservation)
    unit_costs = by_columns(owner, "unit_costs", unit_costs, reservations)
    costs = _for_products(owner, "unit_costs", unit_costs, UnitCost, values)
    _check_size(owner, *values.shape)
    versions = len(costs)
    found = best_menu(
        Menu(values, costs, np.eye(versions), values.max(axis=0), np.zeros((0, versions)))
    )
    sold = np.isin(np.arange(versions), found.choices)
    singles = (_best_single(v, c)[1] for v, c in zip(values.T, costs, strict=True))
    prices = np.where(sold, found.prices, np.nan)
    names = column_names(versions, reservations, unit_costs)
    return Versions(prices, found.choices, found.profit, max(singles), names)


def _for_products(owner: str, name: str, given: Values, annotation: object, values: Array) -> Array:
    """One number for each column of the table ``values``."""
    return matching(owner, name, given, annotation, values.shape[1])


def _check_size(owner: str, customers: int, ways: int) -> None:
    choices = customers * ways
    if choices > _MOST_CHOICES:
        rule = f"is a number of choices above {_MOST_CHOICES} (customers times ways to buy)"
        raise PricingError(owner, "reservations", choices, rule)


def _best_single(values: Array, cost: float) -> tuple[float, float]:
    """The best price of one item and its profit; NaN and 0 where none earns anything."""
    tried = np.unique(values)
    profits = (tried - cost) * (values >= tried[:, None]).sum(axis=1)
    best = int(profits.argmax())
    return (float(tried[best]), float(profits[best])) if profits[best] > 0 else (np.nan, 0.0)
