"""Results as tables: for pandas, for Polars, for a notebook."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas
    import polars


class Framed:
    """A result whose rows ``to_dicts`` gives: a frame of either library, or a cell of a notebook.

    Neither library is needed for anything else; the one that is asked for has to be installed.
    """

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows, each with its names; of a result that is one thing its figures, in one row."""
        return [figures(self)]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame of pandas."""
        import pandas

        return pandas.DataFrame(self.to_dicts())

    def to_polars(self) -> polars.DataFrame:
        """The rows as a data frame of Polars."""
        import polars

        return polars.DataFrame(self.to_dicts(), infer_schema_length=None)

    def _repr_html_(self) -> str:
        """The result as a notebook shows it: as it prints."""
        return f"<pre>{html.escape(str(self))}</pre>"


class FramedTuple(Framed):
    """A named tuple that is a result: one row of its fields.  It stands behind the tuple."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """Its fields in one row."""
        return [self._asdict()]  # type: ignore[attr-defined]


def figures(result: Any) -> dict[str, Any]:
    """The fields of a result that are numbers or words; of a value with an interval all three."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if hasattr(value, "_asdict"):
            found |= {f"{field.name}_{part}": v for part, v in value._asdict().items()}
        elif value is None or isinstance(value, (bool, int, float, str, np.number)):
            found[field.name] = value
    return found


def rows(**columns: Any) -> list[dict[str, Any]]:
    """Columns of equal length as rows; a single value stands in all of them.

    >>> rows(seller=["us", "them"], price=np.array([2.0, 3.0]))
    [{'seller': 'us', 'price': 2.0}, {'seller': 'them', 'price': 3.0}]
    """
    lists = {name: np.asarray(values).tolist() for name, values in columns.items()}
    count = max(len(values) for values in lists.values() if isinstance(values, list))
    filled = (v if isinstance(v, list) else [v] * count for v in lists.values())
    return [dict(zip(columns, row, strict=True)) for row in zip(*filled, strict=True)]


def numbered(name: str, values: Any) -> dict[str, Any]:
    """Values under a name with the place of each: price_0, price_1."""
    return named(name, range(len(values)), values)


def named(name: str, labels: Iterable[Any], values: Any) -> dict[str, Any]:
    """Values under a name with the label of each: price_basic, price_pro."""
    values = np.asarray(values).tolist()
    return {f"{name}_{label}": value for label, value in zip(labels, values, strict=True)}
