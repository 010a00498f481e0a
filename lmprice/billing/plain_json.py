"""Blocks of JSON lines in which nothing is out of the ordinary, read at once.

A block is plain where each line is one object with the same keys as the first, and its values are
texts, numbers, true, false or null: then a key is what stands before a colon, and counting these
shows that no line has others.  All other blocks are read value by value.
"""

from __future__ import annotations

import json

from lmprice.billing.lazy import pl


def plain_records(block: bytes) -> pl.DataFrame | None:
    """The values of a plain block as texts; None where the block has anything else."""
    rows = block.count(b"\n") + (not block.endswith(b"\n"))
    # Without escapes, quotes stand around texts only.
    if b"\\" in block or b"[" in block or block.count(b"{") != rows:
        return None
    try:
        names = list(json.loads(block.partition(b"\n")[0]))
        if block.count(b'":') != rows * len(names):
            return None
        table = pl.read_ndjson(block, schema=dict.fromkeys(names, pl.String))
    except (ValueError, pl.exceptions.PolarsError):
        return None
    nothing = sum(column.null_count() for column in table)
    if nothing and nothing != block.count(b'":null') + block.count(b'": null'):
        return None
    return table if table.height == rows else None
