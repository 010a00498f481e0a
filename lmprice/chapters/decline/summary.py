"""What a trend means, in plain language."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lmprice.chapters.decline.trend_fit import TrendFit

_WHAT = {
    "product": "Price of one product",
    "lineage": "Price of a lineage",
    "constant quality": "Price at constant quality",
    "running minimum": "Cheapest price so far",
}
_ROWS_NAMED = 5
_UNCHANGED = 5e-4  # a factor that three digits show as 1


def summary(fit: TrendFit) -> str:
    """The summary of a fit, a line a statement."""
    lines = [
        f"{_WHAT[fit.basis]}, {fit.n:,} prices from {fit.first} to {fit.last}:",
        f"{_movement(fit)}{_halving(fit)}.",
    ]
    if math.isfinite(fit.r_squared) and math.isfinite(fit.residual_error):
        off = math.exp(min(fit.residual_error, 300))
        lines.append(f"R² {fit.r_squared:.2f}; a price is typically off by a factor of {off:.3g}.")
    if fit.basis == "running minimum":
        lines.append("Biased steep: the cheapest price so far can only fall.")
    lines += [caution.text.en for caution in fit.cautions]
    lines += _breaks(fit)
    if fit.far_off:
        is_mixed = fit.basis in ("lineage", "running minimum") or not fit.mean_quality
        is_mixed = is_mixed and fit.basis != "product"
        why = "they may be other products" if is_mixed else "too many to be typos"
        several = "s" if len(fit.far_off) > 1 else ""
        were = "were" if several else "was"
        lines.append(
            f"{len(fit.far_off):,} price{several} far off the trend {were} kept: {why} "
            f"({_rows_named(fit.far_off)})."
        )
    return "\n".join(lines + _set_aside(fit))


def _movement(fit: TrendFit) -> str:
    """How fast it falls or rises, with the interval."""
    factor, (low, high) = fit.annual_factor, fit.interval
    if math.isnan(factor):
        return f"{'rises' if math.isnan(fit.half_life) else 'falls'} too fast for a yearly figure"
    if abs(factor - 1) < _UNCHANGED:
        text = "does not change"
    elif factor < 1:
        factor, low, high = 1 / factor, _inverse(high), _inverse(low)
        text = f"rises: {_digits(factor)} times dearer a year"
    else:
        text = f"{_digits(factor)} times cheaper a year"
    if math.isnan(low) or math.isnan(high):
        return f"{text} (no interval)"
    return f"{text} ({100 * fit.confidence:g} % interval {_digits(low)} to {_digits(high)})"


def _inverse(factor: float) -> float:
    return 1 / factor if factor > 0 else math.inf


def _digits(number: float) -> str:
    """Three significant digits; large numbers in full."""
    if not 0 < number < math.inf:
        return "beyond 1e130" if number else "below 1e-130"
    return f"{number:,.0f}" if 100 <= number < 1e9 else f"{number:.3g}"


def _halving(fit: TrendFit) -> str:
    if math.isnan(fit.half_life):
        return ""
    if fit.half_life < 2:
        return f", halves every {_digits(fit.half_life_days)} days"
    return f", halves every {_digits(fit.half_life)} years"


def _breaks(fit: TrendFit) -> list[str]:
    if not fit.breaks:
        return []
    dates = " and ".join(map(str, fit.breaks))
    several = "s" if len(fit.breaks) > 1 else ""
    return [
        f"Break{several} in trend at {dates}: one line does not describe these prices.",
        *(line for part in fit.segments for line in _segment(part)),
    ]


def _segment(part: TrendFit) -> list[str]:
    """One of the trends, and what is to be said against it."""
    line = f"  {part.first} to {part.last}, {part.n:,} prices: {_movement(part)}"
    return [line, *(f"    {caution.text.en}" for caution in part.cautions)]


def _set_aside(fit: TrendFit) -> list[str]:
    if not fit.set_aside:
        return []
    rows = defaultdict(list)
    for row, _, reason in fit.set_aside:
        rows[reason].append(row)
    total = len(fit.set_aside) + fit.n
    lines = [f"Set aside {len(fit.set_aside):,} of {total:,} rows:"]
    for reason, found in rows.items():
        lines.append(f"  {len(found):,}: {reason} ({_rows_named(found)})")
    return lines


def _rows_named(rows: Sequence[int]) -> str:
    """The first few of some rows."""
    named = ", ".join(map(str, rows[:_ROWS_NAMED]))
    return f"row {named}{', ...' if len(rows) > _ROWS_NAMED else ''}"
