"""Results of billing as tables of Polars or pandas, or as dicts: money as Decimals or floats."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from lmprice.billing.lazy import pl

if TYPE_CHECKING:
    import pandas


class Tabular:
    """A result with tables of its own, of which the first is the one that is meant."""

    def in_words(self) -> list[str]:
        """What there is to be said of it, a line a statement; as text, the result is these."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(self.in_words())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.in_words()[0]}>"

    def _repr_html_(self) -> str:
        """The result as a notebook shows it: as it prints."""
        return f"<pre>{html.escape(str(self))}</pre>"

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name; money in them is of Decimals."""
        raise NotImplementedError

    def to_polars(self, table: str | None = None, *, decimals: bool = True) -> pl.DataFrame:
        """A table; with ``decimals=False`` money and quantities are floats.

        Raises
        ------
        ValueError
            Where the result has no table of that name.
        """
        tables = self.tables()
        name = next(iter(tables)) if table is None else table
        if name not in tables:
            raise ValueError(f"table {name!r} is none of {', '.join(tables)}")
        found = tables[name]
        if decimals:
            return found
        numbers = [n for n, kind in found.schema.items() if isinstance(kind, pl.Decimal)]
        return found.with_columns(pl.col(numbers).cast(pl.Float64))

    def to_pandas(self, table: str | None = None, *, decimals: bool = False) -> pandas.DataFrame:
        """A table of pandas: of floats, which it computes with, or of Decimals to the last cent."""
        import pandas

        found = self.to_polars(table, decimals=decimals)
        columns = {name: pandas.Series(found[name].to_list()) for name in found.columns}
        for name, kind in found.schema.items():
            if isinstance(kind, (pl.Date, pl.Datetime)):
                columns[name] = pandas.to_datetime(columns[name])
            elif kind == pl.Float64:
                columns[name] = columns[name].astype(float)
        return pandas.DataFrame(columns)

    def to_dicts(self, table: str | None = None, *, decimals: bool = True) -> list[dict[str, Any]]:
        """The rows of a table, each with its names."""
        return self.to_polars(table, decimals=decimals).to_dicts()
