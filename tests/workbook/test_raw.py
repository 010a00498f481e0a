"""Cells as they stand in a file, against openpyxl, and where no dimension can be believed."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from lmprice.workbook.raw import RawWorkbook

TEMPLATES = sorted((Path(__file__).parent.parent.parent / "templates").glob("*.xlsx"))
SHEET = "xl/worksheets/sheet1.xml"


def changed(content: bytes, part: str, change: Any) -> bytes:
    """The file with one part rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return buffer.getvalue()


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.engine
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_same_cells_as_openpyxl(path: Path) -> None:
    raw = RawWorkbook(path.read_bytes())
    formulas, values = (openpyxl.load_workbook(path, data_only=only) for only in (False, True))
    assert raw.sheetnames == formulas.sheetnames
    assert {n: d.attr_text for n, d in raw.defined_names.items()} == {
        n: d.attr_text for n, d in formulas.defined_names.items()
    }
    assert raw.properties.get("title") == formulas.properties.title
    for title in raw.sheetnames:
        for own, theirs in (
            (raw.sheet(title).formulas, formulas[title]),
            (raw.sheet(title).values, values[title]),
        ):
            assert own == {
                cell.coordinate: getattr(cell.value, "text", cell.value)
                for row in theirs.iter_rows()
                for cell in row
                if cell.value is not None
            }


def test_kinds_of_values() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    cells: dict[str, Any] = {
        "A1": 5, "A2": 2.5, "A3": True, "A4": "text", "A5": datetime.datetime(2026, 3, 1, 12),
        "A6": datetime.time(6, 30), "A7": "  blanks  ", "A8": "#N/A", "B1048576": -1e-300,
    }  # fmt: skip
    for address, value in cells.items():
        sheet[address] = value
    sheet["A9"] = datetime.timedelta(hours=30)
    raw = RawWorkbook(saved(workbook)).sheet("Sheet")
    assert {a: v for a, v in raw.values.items() if a != "A9"} == cells
    assert raw.values["A9"] == datetime.timedelta(hours=30)
    assert raw.formulas == raw.values


def test_a_workbook_that_counts_from_1904() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = MAC_EPOCH
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"] = datetime.datetime(2026, 3, 1)
    raw = RawWorkbook(saved(workbook))
    assert raw.epoch == MAC_EPOCH
    assert raw.sheet("Sheet").values["A1"] == datetime.datetime(2026, 3, 1)


@pytest.mark.parametrize(
    "stated", ["", '<dimension ref="A1"/>', '<dimension ref="A1:XFD1048576"/>']
)
def test_a_stated_dimension_is_not_believed(stated: str) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["C7"] = 1234
    content = changed(
        saved(workbook), SHEET, lambda text: re.sub("<dimension[^>]*/>", stated, text)
    )
    assert RawWorkbook(content).sheet("Sheet").values == {"C7": 1234}


CELLS = (
    '<row><c t="inlineStr"><is><r><t>a</t></r><r><t>_x0007_b</t></r></is></c><c><v>2</v></c></row>'
    '<row r="4"><c r="AB4"><f t="shared" ref="AB4:AB5" si="0">A1+$B$2</f><v>3</v></c></row>'
    '<row><c r="AB5"><f t="shared" si="0"/><v>4</v></c><c t="d"><v>2026-03-01</v></c>'
    '<c t="str"><f>"x"</f><v>x</v></c><c s="1"><v>99999999999</v></c><c><v></v></c></row>'
)


def test_what_other_programs_write() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"] = datetime.datetime(2026, 3, 1)  # for a style of dates
    content = changed(
        saved(workbook),
        SHEET,
        lambda text: re.sub("<sheetData>.*</sheetData>", f"<sheetData>{CELLS}</sheetData>", text),
    )
    raw = RawWorkbook(content).sheet("Sheet")
    assert raw.values == {
        "A1": "a\x07b", "B1": 2, "AB4": 3, "AB5": 4, "AC5": datetime.date(2026, 3, 1),
        "AD5": "x", "AE5": "#VALUE!",
    }  # fmt: skip
    assert raw.formulas["AB4"] == "=A1+$B$2"
    assert raw.formulas["AB5"] == "=A2+$B$2"
    assert raw.formulas["AD5"] == '="x"'


def test_a_name_that_stands_twice_is_known() -> None:
    content = changed(
        TEMPLATES[0].with_name("breakeven.xlsx").read_bytes(),
        "xl/workbook.xml",
        lambda text: text.replace(
            "</definedNames>", '<definedName name="PRICE">Inputs!$B$9</definedName></definedNames>'
        ),
    )
    assert RawWorkbook(content).repeated_names == ["PRICE"]
