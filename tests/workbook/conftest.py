"""Fixtures for workbooks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.language.terms import Choice
from lmprice.scenarios import Breakeven, Discounts, Inference, Scenario, TrainingPayback
from lmprice.scenarios.tables import MAX_ROWS
from lmprice.workbook import texts
from lmprice.workbook.book import FIRST_ROW
from lmprice.workbook.cases import CASES, Cases
from lmprice.workbook.inputs import BASE
from tests.workbook.made import build

HERE = Path(__file__).parent


# What is asked of all templates is asked of these in the working loop: they are made quickly.
SMALL = (Breakeven, Inference, TrainingPayback)
LARGE = {"discounts", "decline", "rivals"}  # fixtures of other templates


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the large templates out of the working loop."""
    for item in items:
        if item.path.parent != HERE:
            continue
        if LARGE & set(getattr(item, "fixturenames", ())) or any(map(_is_large, _parameters(item))):
            item.add_marker(pytest.mark.engine)


def _parameters(item: pytest.Item) -> Iterable[Any]:
    return getattr(getattr(item, "callspec", None), "params", {}).values()


def _is_large(value: Any) -> bool:
    kind = value if isinstance(value, type) else type(value)
    return issubclass(kind, Scenario) and kind not in SMALL


@pytest.fixture
def breakeven(tmp_path: Path) -> Path:
    """The breakeven workbook, filled in with its example."""
    return build(Breakeven(), tmp_path / "breakeven.xlsx")


@pytest.fixture
def discounts(tmp_path: Path) -> Path:
    """The discounts workbook, filled in with its example."""
    return build(Discounts(), tmp_path / "discounts.xlsx")


def edit(path: Path, cells: dict[str, Any], to: Path | None = None) -> Path:
    """Write values into cells ("Inputs!B5"), as a user would, and save."""
    workbook = openpyxl.load_workbook(path)
    for place, value in cells.items():
        sheet, _, address = place.partition("!")
        workbook[sheet][address].value = value
    workbook.save(to or path)
    return to or path


def fill_in(path: Path, scenario: Scenario, lang: str = "en") -> Path:
    """Write the inputs of a scenario into a workbook of its template, as a user would."""
    workbook = openpyxl.load_workbook(path)
    for sheet, row, column, value in typed_in(scenario, lang):
        workbook[sheet].cell(row, column).value = value
    workbook.save(path)
    return path


def typed_in(scenario: Scenario, lang: str) -> Iterator[tuple[str, int, int, Any]]:
    """Sheet, row, column and value of all cells for inputs; an empty cell has None."""
    cases = Cases.of(scenario)
    for row, (key, term) in enumerate(scenario.terms().items(), FIRST_ROW):
        for number in range(len(CASES)):
            value = cases.value(key, number)
            if isinstance(term, Choice) and value is not None:
                value = term.options[value](lang)
            yield texts.INPUTS(lang), row, BASE + number, value
    for table in scenario.tables().values():
        rows = getattr(scenario, table.name)
        for number, column in enumerate(table.columns, 1):
            for index in range(MAX_ROWS):
                value = getattr(rows[index], column.key) if index < len(rows) else None
                is_empty = value in (math.inf, "")
                yield table.title(lang), FIRST_ROW + index, number, None if is_empty else value


def cell_named(path: Path, name: str) -> str:
    """Where a defined name points to: "Inputs!B5"."""
    target = openpyxl.load_workbook(path).defined_names[name].attr_text
    return str(target).replace("'", "").replace("$", "")
