"""Two-way tables: a result over the values of two inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.language.arrays import Array, Values
from lmprice.language.checks import check_mapping, numbers
from lmprice.language.errors import PricingError
from lmprice.language.terms import Term
from lmprice.output.framed import Framed
from lmprice.output.printing import plain_text, shown, text_table
from lmprice.scenarios import Scenario
from lmprice.simulation import cells
from lmprice.simulation.figures import heading

NAME = "two_way"


@dataclass(frozen=True, eq=False)
class Axis:
    """The values of one input in a two-way table.

    Parameters
    ----------
    name : str
        The input.
    term : Term
        Title and unit of the input.
    values : array
        Its values.
    """

    name: str
    term: Term
    values: Array


@dataclass(frozen=True, eq=False)
class TwoWay(Framed):
    """A result over the values of two inputs; ``print`` shows it as a table.

    Parameters
    ----------
    result : str
        Key of the result.
    term : Term
        Title and unit of the result.
    rows, columns : Axis
        The input of the rows and that of the columns.
    values : array
        The result, a row for each value of the first input; NaN where there is no answer.
    """

    result: str
    term: Term
    rows: Axis
    columns: Axis
    values: Array

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row for each pair of values, with the names of both inputs and of the result."""
        return [
            {self.rows.name: down, self.columns.name: across, self.result: value}
            for down, line in zip(self.rows.values.tolist(), self.values.tolist(), strict=True)
            for across, value in zip(self.columns.values.tolist(), line, strict=True)
        ]

    def to_rows(self) -> list[list[Any]]:
        """The table as a sheet has it: a header with the values of the columns, then the rows."""
        head = [f"{self.rows.name} \\ {self.columns.name}", *self.columns.values.tolist()]
        lines = zip(self.rows.values.tolist(), self.values.tolist(), strict=True)
        return [head, *([value, *line] for value, line in lines)]

    def __str__(self) -> str:
        columns = [shown(x, self.columns.term) for x in self.columns.values.tolist()]
        corner = f"{self.rows.term.title.en} \\ {self.columns.term.title.en}"
        shown_table = text_table(corner, *columns)
        for value, line in zip(self.rows.values.tolist(), self.values.tolist(), strict=True):
            cells = (shown(x, self.term) for x in line)
            shown_table.add_row(shown(value, self.rows.term), *cells)
        return f"{heading(self.term)}\n\n{plain_text(shown_table)}"


def two_way(
    scenario: Scenario | Callable[..., Any],
    result: str,
    rows: Mapping[str, Values],
    columns: Mapping[str, Values],
) -> TwoWay:
    """Compute a result for every pair of values of two inputs.

    Parameters
    ----------
    scenario : Scenario or function
        Any scenario with its inputs, or any function of named numbers with defaults.
    result : str
        Key of the result.
    rows, columns : mapping of str to array
        An input and its values.  Of a table, ``tiers[0].unit_price`` is a cell,
        ``tiers.unit_price`` a factor on all rows.

    Returns
    -------
    TwoWay
        The result, a row for each value of the first input, a column for each of the second.

    Raises
    ------
    PricingError
        There is no such input or result, or a value breaks the bounds of its input.

    Examples
    --------
    >>> from lmprice.scenarios import Breakeven
    >>> table = two_way(Breakeven(), "profit", {"price": [15, 20]}, {"quantity": [10, 50, 100]})
    >>> table.values
    array([[-50., 150., 400.],
           [  0., 400., 900.]])
    """
    scenario = cells.as_scenario(NAME, scenario)
    base = cells.base_results(scenario)
    kind = cells.known_result(NAME, "result", base, result).term
    down, across = _axis("rows", scenario, rows), _axis("columns", scenario, columns)
    if down.name == across.name:
        raise PricingError(NAME, "columns", across.name, "is the input of the rows as well")
    changes = {down.name: down.values[:, np.newaxis], across.name: across.values[np.newaxis, :]}
    return TwoWay(result, kind, down, across, cells.at_points(scenario, changes, result))


def _axis(parameter: str, scenario: Scenario, given: Mapping[str, Values]) -> Axis:
    check_mapping(NAME, parameter, given)
    if len(given) != 1:
        rule = "names more than one input" if given else "names no input"
        raise PricingError(NAME, parameter, list(given), rule)
    ((name, values),) = given.items()
    kind = cells.number_input(NAME, parameter, scenario, name)
    points = np.atleast_1d(numbers(NAME, name, values, kind))
    if not points.size:
        raise PricingError(NAME, name, values, "has no values")
    return Axis(name, kind, points)
