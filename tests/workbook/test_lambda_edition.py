"""The LAMBDA edition: functions as workbook names, evaluated by a real engine from the file."""

from __future__ import annotations

import itertools
import math
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import formulon
import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openxml_audit import FileFormat, OpenXmlValidator

import lmprice
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Quantity, Revenue, UnitPrice
from lmprice.workbook import style
from lmprice.workbook.functions_edition import (
    call_text,
    example_text,
    functions_text,
    functions_workbook,
)
from tests.engines import ironcalc_workbook, spread
from tests.vectors import VECTORS, Vector

pytestmark = pytest.mark.engine

OFFERED = [f for f in lmprice.functions() if f.has_formula]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edition") / "functions.xlsx"
    path.write_bytes(functions_workbook())
    return path


def with_cells(edition: Path, folder: Path, fill: Callable[[Any], None]) -> Any:
    """The edition with a sheet of one's own, as a user would add it, in the engine."""
    workbook = openpyxl.load_workbook(edition)
    fill(workbook.create_sheet("Mine"))
    workbook.save(folder / "mine.xlsx")
    content = (folder / "mine.xlsx").read_bytes()
    # IronCalc takes targets within the package only when they are relative.
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(folder / "m.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            is_rels = name == "xl/_rels/workbook.xml.rels"
            new.writestr(name, text.replace(b'"/xl/', b'"') if is_rels else text)
    return ironcalc_workbook(folder / "m.xlsx")


def formula_of(vector: Vector, sheet: Any, row: int) -> str:
    """A call with the arguments of a vector in cells; an omitted one is left out or blank."""
    references = []
    arguments = list(vector.arguments)
    while arguments[-1] is None:
        arguments.pop()
    for column, argument in enumerate(arguments):
        first = sheet.cell(row, 2 + 2 * column)
        cells = argument if isinstance(argument, list) else [argument]
        for number, value in enumerate(cells):
            sheet.cell(row + number, first.column).value = value
        last = sheet.cell(row + len(cells) - 1, first.column)
        is_range = isinstance(argument, list)
        references.append(f"{first.coordinate}:{last.coordinate}" if is_range else first.coordinate)
    return f"={vector.excel_name}({','.join(references)})"


def test_the_same_vectors_as_on_every_route(edition: Path, tmp_path: Path) -> None:
    offered = {f.excel_name for f in OFFERED}
    vectors = [vector for vector in VECTORS if vector.excel_name in offered]
    assert_vectors(vectors, edition, tmp_path)


def assert_vectors(vectors: list[Vector], edition: Path, folder: Path) -> None:
    """The names of the edition give what the vectors expect; a column spills below its formula."""
    tops = [1, *itertools.accumulate((1 + v.height for v in vectors), initial=1)][1:]

    def fill(sheet: Any) -> None:
        for vector, top in zip(vectors, tops, strict=False):
            formula = formula_of(vector, sheet, top)
            last = f":A{top + len(vector.rows) - 1}" if isinstance(vector.expected, list) else ""
            sheet[f"A{top}"] = ArrayFormula(f"A{top}{last}", formula) if last else formula

    model = with_cells(edition, folder, fill)
    for vector, top in zip(vectors, tops, strict=False):
        found = [model.get_cell_value(3, top + k, 1) for k in range(len(vector.rows))]
        for cell, number in zip(spread(found), vector.rows, strict=True):
            if math.isnan(number):
                assert cell == "#N/A", vector
            else:
                assert cell == pytest.approx(number, rel=1e-9, abs=1e-9), vector


def test_invalid_missing_and_blank_arguments(edition: Path, tmp_path: Path) -> None:
    cases = [
        ("=LMPROFIT(100,20,10,100)", 900),
        ("=LMPROFIT(100,20,10)", 1000),  # omitted: no fixed cost
        ("=LMPROFIT(100,20,10,B1)", 1000),  # blank: no fixed cost
        ("=LMPROFIT(-1,20,10,100)", "#NUM!"),
        ("=LMPROFIT(B1,20,10,100)", "#NUM!"),  # blank, but required
        ('=LMPROFIT("5",20,10,100)', "#NUM!"),  # text is not guessed to be a number
        ("=LMPROFIT(1/0,20,10,100)", "#DIV/0!"),  # errors are handed on
        ("=LMBREAKEVEN(8,10,100)", "#N/A"),
        ("=LMBLEND(75,150)", 93.75),
        ("=LMBLEND(75,150,B1)", 93.75),  # blank: 3:1
        ("=LMTOKENCOST(10,0,1,0,11,0)", "#NUM!"),  # more cached than input
        ("=LMBREAKEVENMIX(C1:C3,D1:D3,E1:E3,100)", "#NUM!"),  # a gap in a column
    ]

    def fill(sheet: Any) -> None:
        for row, (formula, _) in enumerate(cases, 1):
            sheet.cell(row, 1).value = formula
        for row in (1, 3):
            for column in (3, 4, 5):
                sheet.cell(row, column).value = 1

    model = with_cells(edition, tmp_path, fill)
    found = [model.get_cell_value(3, row, 1) for row in range(1, len(cases) + 1)]
    assert found == [expected for _, expected in cases]


def test_ranges_give_ranges() -> None:
    """In an engine whose ISNUMBER looks at each cell of a range, as Excel's does."""
    with formulon.Workbook.load(functions_workbook()) as book:
        book.add_sheet("Mine")
        for row, quantity in enumerate((1, -1, 100)):
            book.set_number(3, row, 0, quantity)
        for column, price in enumerate((10, 20, 30, 40), 5):
            book.set_number(3, 0, column, price)
        found = book.evaluate_formula_array(3, 20, 20, "=LMREVENUE(A1:A3,F1:I1)")
        numbers = [[value.number for value in row] for row in found]
        codes = {value.error_code for value in found[1]}
    # A column against a row gives a table, and one bad quantity spoils its own row only.
    assert numbers == [[10, 20, 30, 40], [None] * 4, [1000, 2000, 3000, 4000]]
    assert codes == {formulon.ErrorCode.NUM}


def test_every_function_has_an_example_that_is_computed(edition: Path) -> None:
    workbook = openpyxl.load_workbook(edition, data_only=True)
    shown = {row[0].value: row[4].value for row in workbook["Functions"].iter_rows(min_row=5)}
    for f in OFFERED:
        first: Any = np.ravel(f.function(*f.example))[0]  # a column spills to the cells below
        assert shown[call_text(f)] == pytest.approx(first, nan_ok=True)
    assert shown["LMPROFIT(quantity, price, unit_cost, [fixed_cost])"] == 900
    arguments = {(r[0].value, r[1].value) for r in workbook["Arguments"].iter_rows(min_row=5)}
    assert arguments == {(f.excel_name, p.name) for f in OFFERED for p in f.parameters}


def test_the_examples_in_the_engine(edition: Path, tmp_path: Path) -> None:
    model = with_cells(edition, tmp_path, lambda _: None)
    sheet = openpyxl.load_workbook(edition, data_only=True)["Functions"]
    filled = [row for row in sheet.iter_rows(min_row=5) if row[4].value]
    assert len([row for row in filled if row[0].value]) == len(OFFERED)  # others are spilled into
    results = {row[4].row: row[4].value for row in filled}
    for row, value in results.items():
        assert model.get_cell_value(0, row, 5) == pytest.approx(value, rel=1e-12)


def test_what_excel_demands_of_names(edition: Path) -> None:
    names = openpyxl.load_workbook(edition).defined_names
    assert set(names) == {f.excel_name for f in OFFERED}
    for name in names.values():
        text = str(name.attr_text)
        assert text.startswith("_xlfn.LAMBDA(_xlpm.")
        assert len(text) < 8192
        assert len(str(name.comment)) <= 255
        # An optional parameter is _xlop. in the list and _xlpm. in the body.
        assert "[" not in text
        assert not re.search(r"(?<!_xlfn\.)\b(LET|LAMBDA|ISOMITTED)\(", text)


def test_cells_may_spill(edition: Path) -> None:
    with zipfile.ZipFile(edition) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "dynamicArrayProperties" in archive.read("xl/metadata.xml").decode()
    cells = re.findall(r'<c r="E\d+"[^>]* cm="1"[^>]*><f t="array" ref="E\d+(?::E\d+)?">', sheet)
    assert len(cells) == len(OFFERED)


def test_the_file_format_is_as_clean_as_openpyxls(edition: Path, tmp_path: Path) -> None:
    empty = openpyxl.Workbook()
    style.add_styles(empty, "en")
    empty.save(tmp_path / "empty.xlsx")
    found = []
    for path in (tmp_path / "empty.xlsx", edition):
        validator = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)
        found.append({(e.description, e.part_uri) for e in validator.validate(str(path)).errors})
    assert found[1] - found[0] == set()


@pytest.mark.usefixtures("clean_registry")
def test_a_new_function_is_there_without_further_work(tmp_path: Path) -> None:
    @pricing_function("LMDUMMY", "dummy")
    def dummy(quantity: Quantity, price: UnitPrice = 2) -> Revenue:
        """A function for this test.

        Examples
        --------
        >>> dummy(3)
        6.0
        """
        return quantity * price

    assert dummy(3) == 6
    (tmp_path / "e.xlsx").write_bytes(functions_workbook())
    model = with_cells(tmp_path / "e.xlsx", tmp_path, lambda s: s.append(["=LMDUMMY(3,5)"]))
    assert model.get_cell_value(3, 1, 1) == 15
    assert "LMDUMMY =LAMBDA(quantity,[price]," in functions_text()


def test_the_text_edition() -> None:
    text = functions_text()
    definitions = dict(re.findall(r"^(LM[A-Z]+) =(LAMBDA\(.*\));$", text, re.MULTILINE))
    assert set(definitions) == {f.excel_name for f in OFFERED}
    assert definitions["LMREVENUE"] == (
        "LAMBDA(quantity,price,IF(ISNUMBER(quantity)*(quantity>=0)*ISNUMBER(price)*(price>=0),"
        "price*quantity,#NUM!))"
    )
    assert "_xl" not in text


def test_examples_as_text() -> None:
    functions = {f.name: f for f in OFFERED}
    assert example_text(functions["profit"]) == "LMPROFIT(100,20,10,100)"
    assert example_text(functions["training_compute"]) == "LMTRAINFLOPS(37000000000,14800000000000)"
    assert example_text(functions["mix_breakeven"]) == (
        "LMBREAKEVENMIX({6.25;7.75;9.25},{3.25;4.5;6.25},{5;3;2},145000)"
    )
