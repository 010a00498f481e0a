"""How fast lmprice is beside what one could take instead, as a table in Markdown.

``python -m tests.benchmarks`` runs everything, ``python -m tests.benchmarks arrays imports`` these
groups; with ``--write`` their tables are put into the page of the documentation.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tests.benchmarks.pairs import Pair

PAGE = Path(__file__).parent.parent.parent / "docs/explanations/speed.md"
GROUPS = (
    "scalars", "arrays", "compiled", "imports", "simulations", "workbooks", "cells", "growth",
    "rating",
)  # fmt: skip
LIBRARIES = ("numpy", "scipy", "polars", "openpyxl", "genai-prices", "litellm", "tokencost")


def rows(pairs: Iterator[Pair]) -> Iterator[str]:
    """A line of the table for each pair, as soon as it is measured."""
    yield "| Case | Size | Beside | Times its time | At most | Why it is missed |"
    yield "| --- | ---: | --- | ---: | ---: | --- |"
    for pair in pairs:
        found, target = pair.ratio(), pair.target
        limit = "" if target is None else shown(target)
        is_missed = target is not None and found > target
        mark, reason = (" (missed)", pair.reason) if is_missed else ("", "")
        cells = (pair.case, pair.size, pair.peer, f"{shown(found)}{mark}", limit, reason)
        yield f"| {' | '.join(cells)} |"


def shown(ratio: float) -> str:
    """A ratio; of a small one, how many times as fast."""
    return f"1/{1 / ratio:.0f}" if ratio < 0.1 else f"{ratio:.3g}"


def machine() -> str:
    """What the figures were measured on."""
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores, load = os.cpu_count(), os.getloadavg()[0]
    kind = f"{platform.machine()}, {cores} cores, load {load:.0f}"
    return f"{platform.system()} on {kind}; {', '.join([python, *versions])}."


def main() -> None:
    """Measure, print, and write where that is asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(GROUPS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not among {', '.join(GROUPS)}")
    for name in arguments.names or GROUPS:
        group = importlib.import_module(f"tests.benchmarks.{name}")
        print(f"## {name.capitalize()}\n", flush=True)
        lines = []
        for line in rows(group.pairs()):
            print(line, flush=True)
            lines.append(line)
        note = f"`python -m tests.benchmarks {name}` on {machine()}"
        print(f"\n{note}\n", flush=True)
        if arguments.write:
            write(name, "\n".join(["", *lines, "", note, ""]))


def write(name: str, table: str) -> None:
    """Put the table of a group between its marks in the page."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    PAGE.write_text(f"{head}{begin}\n{table}\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
