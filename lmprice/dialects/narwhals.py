"""Expressions of narwhals, which run in pandas, polars, DuckDB, Ibis, PySpark, Dask and others.

Some of these engines stop at a division by zero or at the logarithm of zero, even in a branch that
is not taken, so that both are kept from happening.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lmprice.dialects.bases.frame_columns import FrameColumns


class Narwhals(FrameColumns):
    """Expressions of narwhals."""

    title: ClassVar[str] = "narwhals"

    def __init__(self) -> None:
        super().__init__()
        self.operations |= {
            "divided_by": lambda a, b: a / self._only(b != 0, b),
            "log": lambda x: self._only(x > 0, x).log(),
            "square_root": lambda x: self._only(x >= 0, x).sqrt(),
        }

    @property
    def library(self) -> Any:
        """The library, imported where it is needed."""
        import narwhals

        return narwhals

    def _only(self, holds: Any, value: Any) -> Any:
        return self.library.when(holds).then(value).otherwise(self._number(None))


DIALECT = Narwhals()
