"""Results as tables: for pandas, for Polars, for a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


class Framed:
    """A result whose rows ``to_dicts`` gives: a frame of either library, or a cell of a notebook.

    Neither library is needed for anything else; the one that is asked for has to be installed.
    """

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows, each with its names."""
        raise NotImplementedError

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
