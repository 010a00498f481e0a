"""Readers of usage: the file that a console, a log or a gateway gives, as it is.

One module a source; :func:`read_usage` finds it by header or shape.
"""

from lmprice.billing.readers.reading import Reading, read_usage
from lmprice.billing.readers.sources import SOURCES

__all__ = ["SOURCES", "Reading", "read_usage"]
