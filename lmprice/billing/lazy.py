"""polars, for the modules that price usage; a clear message where it is not installed."""

try:
    import polars as pl
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "pricing usage tables needs polars: pip install 'lmprice[data]'", name="polars"
    ) from None

__all__ = ["pl"]
