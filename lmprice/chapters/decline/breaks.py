"""Where a trend breaks: dates at which one line no longer fits.

The test is Chow's, at every date that leaves enough rows on both sides (Quandt; Andrews): two lines
against one, and the largest F of all dates counts.  Its distribution where nothing breaks depends
on the dates alone, so the p-value is a Monte Carlo one (Barnard; Dufour): exact for normal errors
at any number of rows, by draws with a fixed seed.  A series that breaks is cut in two and each part
tested again.

References
----------
G. C. Chow, "Tests of equality between sets of coefficients in two linear regressions",
Econometrica 28 (1960); R. E. Quandt, JASA 55 (1960); D. W. K. Andrews, "Tests for parameter
instability and structural change with unknown change point", Econometrica 61 (1993); J.-M. Dufour,
"Monte Carlo tests with nuisance parameters", J. Econometrics 133 (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.arrays import Array

LEVEL = 0.01
"""Where nothing breaks, a break is reported in so many of all series at most."""
MOST_BREAKS = 5
"""So many are looked for: a price of many steps has no trend to break."""

_LEAST_SHARE = 0.1  # of all rows, on either side of a break
_GRID = 40  # dates that the test looks at; the rows around the best are then searched one by one
_MOST_NEAR = 2 * _GRID
_LONG_PIECE = 100
_DRAWS = 4999
_SEED = 20_240_513
# Where the line misses by less, in logarithms, it is exact and what is left is rounding.
_EXACT = 1e-9


@dataclass(frozen=True)
class Break:
    """A break in trend: the first row of the new trend, and what the test says."""

    row: int
    statistic: float
    p_value: float


def find_breaks(design: Array, response: Array, times: Array) -> tuple[Break, ...]:
    """The breaks of a series in order of time.

    Parameters
    ----------
    design : array
        Columns of the fit, the constant and the time among them; rows in order of time.
    response : array
        What is fitted, row by row.
    times : array
        Time of each row: a break stands between two different times.
    """
    parts = [(0, len(times))]
    found: dict[tuple[int, int], Break | None] = {}
    breaks: list[Break] = []
    while len(breaks) < MOST_BREAKS:
        for start, stop in parts:
            if (start, stop) not in found:
                rows = slice(start, stop)
                found[start, stop] = _break_of(design[rows], response[rows], times[rows], start)
        known = [(found[part], part) for part in parts]
        open_parts = [(b, part) for b, part in known if b is not None]
        if not open_parts:
            break
        best, (start, stop) = max(open_parts, key=lambda pair: pair[0].statistic)
        breaks.append(best)
        parts.remove((start, stop))
        parts += [(start, best.row), (best.row, stop)]
    return tuple(sorted(breaks, key=lambda b: b.row))


def _break_of(design: Array, response: Array, times: Array, offset: int) -> Break | None:
    """The break of one stretch, or None where one line fits."""
    candidates = _candidates(times, design.shape[1])
    if not len(candidates):
        return None
    grid = _grid(candidates)
    stretch = _Stretch.of(design, response, times, grid)
    if np.sqrt(stretch.total / len(times)) < _EXACT:
        return None
    degrees = len(times) - stretch.base.shape[1]
    bends = [stretch.bend(place) for place in range(len(grid))]
    explained = np.array([stretch.explained(bend) for bend in bends])
    place = int(np.argmax(explained))
    largest = float(_f(explained, stretch.total, degrees)[place])
    drawn = _largest_f(bends, degrees)
    p_value = (1 + int(np.sum(drawn >= largest))) / (1 + _DRAWS)
    if p_value > LEVEL:
        return None
    near = _near(candidates, grid, place)
    while len(near) > _MOST_NEAR:  # of a long series, the best of a finer and finer grid
        grid = _grid(near)
        near = _near(near, grid, _best(design, response, times, grid))
    row = near[_best(design, response, times, near)]
    return Break(offset + int(row), largest, p_value)


def _grid(candidates: NDArray[np.intp]) -> NDArray[np.intp]:
    places = np.unique(np.linspace(0, len(candidates) - 1, _GRID).astype(int))
    return np.take(candidates, places)


def _near(candidates: NDArray[np.intp], grid: NDArray[np.intp], place: int) -> NDArray[np.intp]:
    """The candidates around the best row of a grid."""
    low, high = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
    return np.extract((candidates >= low) & (candidates <= high), candidates)


def _best(design: Array, response: Array, times: Array, rows: NDArray[np.intp]) -> int:
    """The place of the row from which a second line explains most."""
    stretch = _Stretch.of(design, response, times, rows)
    return max(range(len(rows)), key=lambda place: stretch.explained(stretch.bend(place)))


@dataclass(frozen=True)
class _Stretch:
    """A stretch of a series that may bend at some of its rows.

    Between two of these rows all that counts are combinations of few columns: a long piece is
    turned (by its QR decomposition) into as many rows as it has columns, which changes no length
    and no angle.
    """

    ones: Array
    times: Array
    base: Array
    residuals: Array
    starts: NDArray[np.intp]  # of the rows at which it may bend

    @classmethod
    def of(cls, design: Array, response: Array, times: Array, rows: NDArray[np.intp]) -> _Stretch:
        """The stretch, which may bend at these rows."""
        middle = times - times.mean()
        table = np.column_stack([np.ones(len(times)), middle, response, design])
        pieces = [_turned(piece) for piece in np.split(table, rows)]
        starts = np.cumsum([len(piece) for piece in pieces])[:-1]
        ones, middle, response, *columns = np.concatenate(pieces).T
        base = _orthonormal(np.column_stack(columns))
        return cls(ones, middle, base, response - base @ (base.T @ response), starts)

    @property
    def total(self) -> float:
        """The sum of the squares that one line leaves."""
        return float(self.residuals @ self.residuals)

    def bend(self, place: int) -> Array:
        """What a second line from that row on adds to the fit: two orthonormal columns."""
        after = slice(self.starts[place], None)
        ones, times = self.ones[after], self.times[after]
        added = np.zeros((len(self.ones), 2))
        added[after, 0] = ones
        added[after, 1] = times - ones * (ones @ times) / (ones @ ones)
        added -= self.base @ (self.base.T @ added)
        bend: Array = np.linalg.qr(added)[0]
        return bend

    def explained(self, bend: Array) -> float:
        """How much of the squares a second line explains."""
        return float(np.sum((bend.T @ self.residuals) ** 2))


def _turned(piece: Array) -> Array:
    if len(piece) <= _LONG_PIECE:
        return piece
    return np.asarray(np.linalg.qr(piece, mode="r"))


def _orthonormal(design: Array) -> Array:
    """A base of the space of the columns; in a part of the rows some may depend on others."""
    sizes = np.linalg.norm(design, axis=0)
    directions, weights, _ = np.linalg.svd(design / np.where(sizes > 0, sizes, 1), False)
    base: Array = directions[:, weights > 1e-10 * weights[0]]
    return base


def _candidates(times: Array, columns: int) -> NDArray[np.intp]:
    """Rows at which a new trend may start: enough rows and enough dates on both sides."""
    least = max(columns + 1, int(np.ceil(_LEAST_SHARE * len(times))))
    starts = np.flatnonzero(np.diff(times) > 0) + 1
    dates_before = np.arange(1, len(starts) + 1)
    dates_after = len(starts) + 1 - dates_before
    enough = (starts >= least) & (len(times) - starts >= least)
    return starts[enough & (dates_before >= 3) & (dates_after >= 3)]


def _f(explained: Array, total: Any, degrees: int) -> Array:
    """Chow's F; infinite where two lines fit exactly."""
    left = np.maximum(total - explained, 0) / (degrees - 2)
    with np.errstate(divide="ignore"):
        statistic: Array = explained / 2 / left
    return statistic


def _largest_f(bends: list[Array], degrees: int) -> Array:
    """Draws of the largest F where nothing breaks.

    Errors act through their part in the space of all bends, which is drawn; the rest of their
    square is a chi-square.  So a draw costs the same however many rows there are.
    """
    random = np.random.default_rng(_SEED)
    stacked = np.hstack(bends)
    inner = stacked.T @ stacked
    sizes, directions = np.linalg.eigh(inner)
    kept = sizes > 1e-10 * sizes[-1]
    root = directions[:, kept] * np.sqrt(sizes[kept])
    normal = random.standard_normal((_DRAWS, root.shape[1]))
    explained = np.sum((normal @ root.T).reshape(_DRAWS, len(bends), 2) ** 2, axis=2)
    rest = degrees - root.shape[1]
    total = np.sum(normal**2, axis=1) + (random.chisquare(rest, _DRAWS) if rest > 0 else 0)
    largest: Array = _f(explained, total[:, None], degrees).max(axis=1)
    return largest
