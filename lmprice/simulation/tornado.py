"""Sensitivity: which input moves a result most, one at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from lmprice.language import errors
from lmprice.language.arrays import Scalar
from lmprice.language.checks import check_mapping, check_word, single_number
from lmprice.language.dates import DateTerm
from lmprice.language.errors import PricingError
from lmprice.language.expression import ratio
from lmprice.language.terms import Bound, Term, term
from lmprice.output.framed import Framed
from lmprice.output.printing import plain_text, shown, text_table
from lmprice.scenarios import Scenario
from lmprice.simulation import cells
from lmprice.simulation import quantities as terms
from lmprice.simulation.figures import heading, spread
from lmprice.simulation.slopes import slopes

NAME = "sensitivity"
By = Literal["change", "derivative"]
NO_SLOPE = "is computed anew: no derivative in closed form"

_LONGEST = 30  # characters of the longest bar


@dataclass(frozen=True)
class Bar:
    """What one input does to the result, all others unchanged.

    Parameters
    ----------
    name : str
        The input.
    term : Term
        Title and unit of the input.
    base, low, high : float
        Value of the input in the scenario, and its two values in the tornado.
    at_low, at_high : float
        The result at these two values; NaN where it has no answer.
    elasticity : float
        Per cent that the result moves when the input moves by one per cent, over the whole range;
        NaN where the input or the result is 0 in the scenario.
    note : str
        What there is to be said of the range, such as that a bound cut it short.
    """

    name: str
    term: Term
    base: float
    low: float
    high: float
    at_low: float
    at_high: float
    elasticity: float
    note: str = ""

    @property
    def swing(self) -> float:
        """How far apart the two results are; NaN where one has no answer."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Tornado(Framed):
    """Inputs by how far they move a result; ``print`` shows the bars.

    Parameters
    ----------
    result : str
        Key of the result.
    term : Term
        Title and unit of the result.
    base : float
        The result of the scenario as it is.
    bars : tuple of Bar
        The inputs, the largest swing first; those where a result has no answer come last.
    """

    result: str
    term: Term
    base: float
    bars: tuple[Bar, ...]

    def __getitem__(self, name: str) -> Bar:
        for bar in self.bars:
            if bar.name == name:
                return bar
        raise KeyError(name)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat row an input: ``pandas.DataFrame(tornado.to_dicts())``."""
        names = ("name", "base", "low", "high", "at_low", "at_high", "swing", "elasticity", "note")
        return [{name: getattr(bar, name) for name in names} for bar in self.bars]

    def __str__(self) -> str:
        table = text_table("Input", "Low", "High", "At low", "At high", "Swing")
        table.add_column("")
        longest = max((bar.swing for bar in self.bars if not math.isnan(bar.swing)), default=0)
        swing = spread if isinstance(self.term, DateTerm) else shown
        notes = []
        for bar in self.bars:
            share = bar.swing / longest if longest > 0 and not math.isnan(bar.swing) else 0
            table.add_row(
                heading(bar.term),
                *(shown(x, bar.term) for x in (bar.low, bar.high)),
                *(shown(x, self.term) for x in (bar.at_low, bar.at_high)),
                swing(bar.swing, self.term),
                "█" * round(share * _LONGEST),
            )
            notes += [f"{bar.term.title.en} {bar.note}."] if bar.note else []
        head = f"{heading(self.term)}: {shown(self.base, self.term)} as it is"
        return "\n".join([head, "", plain_text(table), *(["", *notes] if notes else [])])


def sensitivity(
    scenario: Scenario | Callable[..., Any],
    result: str,
    inputs: Sequence[str] | None = None,
    *,
    change: Scalar = 0.1,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    by: By = "change",
) -> Tornado:
    """Make each input lower and higher by itself, and see how far a result moves.

    Parameters
    ----------
    scenario : Scenario or function
        Any scenario with its inputs, or any function of named numbers with defaults.
    result : str
        Key of the result.
    inputs : sequence of str, optional
        The inputs to move.  When left out, those of ``ranges``, or else all that are one number.
        Of a table, ``tiers[0].unit_price`` is a cell, ``tiers.unit_price`` a factor on all rows.
    change : float, default 0.1
        Share by which an input is made lower and higher (above 0, below 1).
    ranges : mapping of str to (low, high), optional
        Values between which an input moves instead.
    by : "change" or "derivative"
        Whether the result is computed anew at both values, or follows its derivative from the
        scenario as it is.

    Returns
    -------
    Tornado
        A bar for each input, the largest swing first.

    Raises
    ------
    PricingError
        There is no such input or result, or a range breaks the bounds of its input.

    Notes
    -----
    Where a change would break a bound of an input, the bound itself is used; a bound that the input
    cannot reach leaves it where it is.  Either is said in the note of the bar.

    A derivative is exact: that of the formulas, through all earlier results.  It says what the
    smallest change does, so that bars of a result that bends are those of its tangent.  Where there
    is none (a kink, a table, a search) the result is computed anew, and the note says so.

    Examples
    --------
    A tenth of the price moves the profit twice as far as a tenth of the unit cost, which is half of
    it:

    >>> from lmprice.scenarios import Breakeven
    >>> tornado = sensitivity(Breakeven(), "profit", ["unit_cost", "price"])
    >>> [(bar.name, bar.at_low, bar.at_high) for bar in tornado.bars]
    [('price', 700.0, 1100.0), ('unit_cost', 1000.0, 800.0)]
    """
    check_word(NAME, "by", by, get_args(By))
    scenario = cells.as_scenario(NAME, scenario)
    results = cells.base_results(scenario)
    base = cells.known_result(NAME, "result", results, result)
    share = single_number(NAME, "change", change, term(terms.RelativeChange))
    given = {} if ranges is None else ranges
    check_mapping(NAME, "ranges", given)
    names = list(inputs if inputs is not None else given or cells.number_inputs(scenario))
    moves = [
        _given(scenario, name, given[name])
        if name in given
        else _changed(scenario, name, "inputs", share)
        for name in dict.fromkeys([*names, *given])
    ]
    if not moves:
        raise PricingError(NAME, "inputs", names, "names no input")
    # One run for all: at each pair of points one input moves and the others stay.
    points = {move.name: np.full(2 * len(moves), move.base) for move in moves}
    for i, move in enumerate(moves):
        points[move.name][2 * i : 2 * i + 2] = move.low, move.high
    found = cells.at_points(scenario, points, result).reshape(-1, 2).tolist()
    if by == "derivative":
        slope = slopes(scenario, result, [move.name for move in moves])
        straight = [_straight(m, slope[m.name], float(base.value)) for m in moves]
        pairs = zip(straight, found, strict=True)
        found = [anew if line is None else line for line, anew in pairs]
        moves = [
            m if line is not None else replace(m, note=_joined(m.note, NO_SLOPE))
            for m, line in zip(moves, straight, strict=True)
        ]
    bars = (_bar(m, float(base.value), *at) for m, at in zip(moves, found, strict=True))
    ordered = sorted(bars, key=lambda b: (math.isnan(b.swing), -b.swing))
    return Tornado(result, base.term, float(base.value), tuple(ordered))


@dataclass(frozen=True)
class _Move:
    """An input between two values."""

    name: str
    term: Term
    base: float
    low: float
    high: float
    note: str


def _given(scenario: Scenario, name: str, limits: Any) -> _Move:
    kind = cells.number_input(NAME, "ranges", scenario, name)
    try:
        low, high = limits
    except (TypeError, ValueError):
        rule = f"is no pair of a low and a high {name}"
        raise PricingError(NAME, "ranges", limits, rule) from None
    least, most = (single_number(NAME, name, value, kind) for value in (low, high))
    if not least < most:
        raise PricingError(NAME, name, most, f"is not above the low value {errors.shown(least)}")
    base = cells.base_value(NAME, "ranges", scenario, name)
    return _Move(name, kind, base, least, most, "")


def _changed(scenario: Scenario, name: str, parameter: str, share: float) -> _Move:
    kind = cells.number_input(NAME, parameter, scenario, name)
    base = cells.base_value(NAME, parameter, scenario, name)
    if base == 0:
        note = "is 0, which no relative change moves: give a range"
        return _Move(name, kind, base, base, base, note)
    values, notes = [], []
    for value in sorted((base * (1 - share), base * (1 + share))):
        broken = next((bound for bound in kind.bounds if not bound.holds(value)), None)
        values.append(value if broken is None else _nearest(broken, base))
        if broken is not None:
            what = "stays" if values[-1] == base else f"ends at {errors.shown(values[-1])}"
            notes.append(f"{what}: {errors.shown(value)} {broken.broken.en}")
    return _Move(name, kind, base, values[0], values[1], "; ".join(notes))


def _nearest(bound: Bound, base: float) -> float:
    """The valid value nearest to a bound: the bound, or the base where it cannot be reached."""
    return bound.limit if bound.holds(bound.limit) else base


def _straight(move: _Move, slope: float, result: float) -> list[float] | None:
    """The result at both values of an input by its derivative; None where there is none."""
    if math.isnan(slope):
        return None
    return [result + slope * (at - move.base) for at in (move.low, move.high)]


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _bar(move: _Move, result: float, at_low: float, at_high: float) -> Bar:
    moved = ratio(at_high - at_low, result)
    by = ratio(move.high - move.low, move.base)
    return Bar(
        move.name,
        move.term,
        move.base,
        move.low,
        move.high,
        at_low,
        at_high,
        float(ratio(moved, by)),
        move.note,
    )
