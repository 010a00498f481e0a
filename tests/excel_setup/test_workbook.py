from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

import lmprice.workbook
from lmprice.excel_setup.machine import SetupError, Xlwings
from lmprice.excel_setup.workbook import EXAMPLE, SOURCE, made_from, ready_workbook
from lmprice.scenarios import Inference

MACROS = "xl/vbaProject.bin"


@pytest.fixture(scope="module")
def content() -> bytes:
    from lmprice.excel_setup.machine import installed_xlwings

    found = installed_xlwings()
    assert found is not None
    return ready_workbook(found)


@pytest.fixture(scope="module")
def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def test_the_macros_are_those_of_the_installed_xlwings(
    parts: dict[str, bytes], xlwings: Xlwings
) -> None:
    with zipfile.ZipFile(xlwings.directory / SOURCE) as archive:
        assert parts[MACROS] == archive.read(MACROS)


def test_it_is_the_same_every_time(content: bytes, xlwings: Xlwings) -> None:
    assert ready_workbook(xlwings) == content


def test_the_settings_sheet_holds_what_the_workbook_needs_and_no_more(content: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["xlwings.conf"]
    # from A1 down without a gap, which is how the macros read it
    assert list(sheet.values) == [
        ("UDF MODULES", "lmprice_excel"),
        ("ADD_WORKBOOK_TO_PYTHONPATH", False),
    ]


def test_the_first_sheet_says_what_to_do(content: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    text = " ".join(str(row[0]) for row in sheet.values)
    assert EXAMPLE in text
    assert "ImportPythonUDFs" in text
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_sheets_keep_the_names_that_the_macros_know_them_by(
    content: bytes, xlwings: Xlwings
) -> None:
    made = openpyxl.load_workbook(io.BytesIO(content))
    source = openpyxl.load_workbook(xlwings.directory / SOURCE)
    assert made.code_name == source.code_name == "ThisWorkbook"
    names = [[s.sheet_properties.codeName for s in book] for book in (made, source)]
    assert names[0] == names[1]
    assert None not in names[0]


def test_every_part_has_its_content_type(parts: dict[str, bytes]) -> None:
    root = ElementTree.fromstring(parts["[Content_Types].xml"])
    overrides = {e.get("PartName"): e.get("ContentType") for e in root if e.get("PartName")}
    defaults = {e.get("Extension"): e.get("ContentType") for e in root if e.get("Extension")}
    assert overrides["/xl/workbook.xml"] == "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    macros = overrides.get(f"/{MACROS}", defaults.get("bin"))
    assert macros == "application/vnd.ms-office.vbaProject"
    assert {str(name).lstrip("/") for name in overrides} <= parts.keys()
    for name in parts.keys() - {"[Content_Types].xml"}:
        assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults, name


def test_every_relation_leads_to_a_part(parts: dict[str, bytes]) -> None:
    reached = set()
    for name in [n for n in parts if n.endswith(".rels")]:
        folder = PurePosixPath(name).parent.parent
        for relation in ElementTree.fromstring(parts[name]):
            target = relation.get("Target", "")
            reached.add(target.lstrip("/") if target.startswith("/") else str(folder / target))
    assert reached == {n for n in parts if not n.endswith(".rels") and "Content_Types" not in n}


@pytest.mark.engine
def test_the_validator_finds_no_more_than_in_our_other_workbooks(
    content: bytes, tmp_path: Path
) -> None:
    def findings(path: Path) -> set[str]:
        found = OpenXmlValidator().validate(str(path)).errors
        return {re.sub("[0-9]+", "n", error.description) for error in found}

    ours, template = tmp_path / "lmprice.xlsm", tmp_path / "inference.xlsx"
    ours.write_bytes(content)
    lmprice.workbook.build(Inference(), template)
    assert findings(ours) <= findings(template)


def test_the_workbook_remembers_which_xlwings_it_is_for(
    content: bytes, tmp_path: Path, xlwings: Xlwings
) -> None:
    path = tmp_path / "lmprice.xlsm"
    path.write_bytes(content)
    assert made_from(path) == xlwings.version
    assert made_from(xlwings.directory / SOURCE) is None
    path.write_bytes(b"no workbook")
    assert made_from(path) is None
    assert made_from(tmp_path) is None


@pytest.mark.parametrize("damage", ["missing", "no zip", "no settings sheet"])
def test_an_unusable_source_is_named_with_the_way_out(tmp_path: Path, damage: str) -> None:
    if damage == "no zip":
        (tmp_path / SOURCE).write_bytes(b"no workbook")
    elif damage == "no settings sheet":
        lmprice.workbook.build(Inference(), tmp_path / "other.xlsx")
        shutil.move(tmp_path / "other.xlsx", tmp_path / SOURCE)
    with pytest.raises(SetupError, match=r"xlwings 0\.1 has no usable .*pip install --force-re"):
        ready_workbook(Xlwings("0.1", tmp_path))
