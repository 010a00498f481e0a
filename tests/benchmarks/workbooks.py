"""Templates: built, and read."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook, load_workbook

import lmprice
from lmprice.scenarios import SCENARIOS
from lmprice.workbook.building import make_book, workbook_bytes
from lmprice.workbook.package import package
from tests.benchmarks.pairs import Pair

WITH_LOOKS = (
    "bare cells lack looks, rules, charts and names: to save a small workbook with these takes "
    "openpyxl twice as long, and to make them as long again; a tenth is writing formulas from the "
    "tree and evaluating all cases"
)
NAMES = ("breakeven", "inference", "discounts", "competition")


def pairs() -> Iterator[Pair]:
    """Ours beside openpyxl that writes the same cells, or that reads the file."""
    with TemporaryDirectory() as folder:
        for name in NAMES:
            scenario = SCENARIOS[name]()
            path = Path(folder) / f"{name}.xlsx"
            path.write_bytes(workbook_bytes(scenario))
            yield Pair(
                f"build `{name}`",
                "1 file",
                "openpyxl, the bare cells",
                functools.partial(workbook_bytes, scenario),
                functools.partial(_cells_written, _cells(path)),
                2,
                5,
                WITH_LOOKS,
            )
            book = make_book(scenario, lang="en")
            yield Pair(
                f"write `{name}`, once it is made",
                "1 file",
                "openpyxl, the same workbook",
                functools.partial(package, book.workbook, book.values),
                functools.partial(_saved, book.workbook),
                2,
                5,
            )
            yield Pair(
                f"read `{name}`",
                "1 file",
                "load_workbook",
                functools.partial(lmprice.read, path),
                functools.partial(load_workbook, path),
                1,
                5,
            )


def _cells(path: Path) -> dict[str, list[tuple[str, object]]]:
    sheets = load_workbook(path).worksheets
    return {
        s.title: [(c.coordinate, c.value) for row in s.iter_rows() for c in row if c.value]
        for s in sheets
    }


def _saved(workbook: Workbook) -> None:
    workbook.save(io.BytesIO())


def _cells_written(sheets: dict[str, list[tuple[str, object]]]) -> bytes:
    workbook = Workbook()
    for title, cells in sheets.items():
        sheet = workbook.create_sheet(title)
        for place, value in cells:
            sheet[place] = value
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
