"""Reading filled workbooks, good ones and bad ones."""

from __future__ import annotations

import datetime
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from lmprice.scenarios import SCENARIOS, Breakeven, Inference, Scenario
from lmprice.workbook import WorkbookError, guard, read
from tests.workbook.conftest import edit
from tests.workbook.made import build


def problems(path: Path) -> list[str]:
    with pytest.raises(WorkbookError) as caught:
        read(path)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_what_is_written_is_read_back(tmp_path: Path, scenario: type[Scenario], lang: str) -> None:
    assert read(build(scenario(), tmp_path / "t.xlsx", lang=lang)) == scenario()


def test_changed_inputs_are_read(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!B5": 7, "Inputs!B6": 1.5e-6, "Inputs!B11": "Quadratic"})
    assert read(breakeven) == Breakeven(quantity=7, price=1.5e-6, cost_curve="quadratic")


def test_all_problems_at_once_with_sheet_cell_and_label(breakeven: Path) -> None:
    edit(
        breakeven,
        {
            "Inputs!B5": "abc",
            "Inputs!B6": -5,
            "Inputs!B7": None,
            "Inputs!B8": True,
            "Inputs!B9": 0,
            "Inputs!B10": datetime.date(2026, 1, 2),
            "Inputs!B11": "cubic",
        },
    )
    assert problems(breakeven) == [
        "Inputs!B5 Quantity: 'abc' is text, not a number",
        "Inputs!B6 Price: -5 is below 0",
        "Inputs!B7 Fixed cost: is empty",
        "Inputs!B8 Unit cost: TRUE is not a number",
        "Inputs!B9 Quadratic coefficient: 0 is not above 0",
        "Inputs!B10 Linear coefficient: 2026-01-02 00:00:00 is a date, not a number",
        "Inputs!B11 Cost curve: 'cubic' is not one of: linear, quadratic",
    ]


def test_problems_in_the_language_of_the_workbook(tmp_path: Path) -> None:
    path = build(Breakeven(), tmp_path / "b.xlsx", lang="zh")
    edit(path, {"输入!B5": "5", "输入!B6": -5, "输入!B7": None})
    assert problems(path) == [
        "输入!B5 数量: '5' 是文本，不是数字",
        "输入!B6 价格: -5 小于 0",
        "输入!B7 固定成本: 为空",
    ]


def test_formulas_and_errors_in_input_cells(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!B5": "=40+2", "Inputs!B6": "#DIV/0!"})
    assert problems(breakeven) == [
        "Inputs!B5 Quantity: holds a formula without a stored value: recalculate and save the "
        "workbook",
        "Inputs!B6 Price: #DIV/0! is an error",
    ]


def _rewrite(path: Path, part: str, change: Any) -> Path:
    """Change the text of one part of the package."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("number", ["1E+999", "1" + "0" * 400])
def test_numbers_beyond_all_bounds(breakeven: Path, number: str) -> None:
    # No spreadsheet writes them, but a program may.
    sheet = "xl/worksheets/sheet2.xml"
    _rewrite(breakeven, sheet, lambda b: b.replace(b"<v>100</v>", f"<v>{number}</v>".encode(), 1))
    (problem,) = problems(breakeven)
    assert problem.startswith("Inputs!B5 Quantity: ")
    assert problem.endswith("is too large")


@pytest.mark.parametrize(
    "target",
    [
        "Inputs!$B$5:$B$6",
        "Nowhere!$B$5:$E$5",
        "Inputs!$B$1048576:$E$1048576",
        "Inputs!$XFC$5:$XFD$5",
        "1+1",
        "#REF!",
    ],
)
def test_names_that_point_elsewhere(breakeven: Path, target: str) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    workbook.defined_names["price_cases"] = DefinedName("price_cases", attr_text=target)
    workbook.save(breakeven)
    assert problems(breakeven) == ["Price: the name price_cases does not point to cells"]


def test_inputs_are_found_by_name_wherever_they_are(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    workbook["Guide"]["G40"] = "Price"
    workbook["Guide"]["H40"] = 30
    workbook.defined_names["price_cases"] = DefinedName(
        "price_cases", attr_text="Guide!$H$40:$K$40"
    )
    workbook.save(breakeven)
    assert read(breakeven) == Breakeven(price=30)


def test_a_name_that_points_to_another_cell_is_refused(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    other = workbook.defined_names["quantity_cases"].attr_text
    workbook.defined_names["price_cases"] = DefinedName("price_cases", attr_text=other)
    workbook.save(breakeven)
    (problem,) = problems(breakeven)
    assert problem.endswith(
        " Price: the name price_cases points here, not to the cells of this input"
    )


@pytest.mark.parametrize(
    ("mark", "value", "message"),
    [
        ("template", "other", f"template 'other' is not one of: {', '.join(SCENARIOS)}"),
        ("version", "4", "template breakeven version 4 is newer than version 3, the newest that "
         "this lmprice knows: update lmprice"),
        ("version", "one", "template version 'one' is not a number"),
        ("language", "de", "language 'de' is not one of: en, zh"),
    ],
)  # fmt: skip
def test_templates_that_are_not_known(breakeven: Path, mark: str, value: str, message: str) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    cell = str(workbook.defined_names[f"lmprice_{mark}"].attr_text).partition("!")[2]
    edit(breakeven, {f"Guide!{cell.replace('$', '')}": value})
    assert problems(breakeven) == [message]


def test_a_workbook_that_is_not_ours(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "theirs.xlsx")
    assert problems(tmp_path / "theirs.xlsx") == [
        "is not an lmprice template: 'lmprice template NAME' makes one to fill in"
    ]


def test_files_of_other_kinds_are_named_with_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "old.xlsx"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    assert problems(old) == [
        "is a workbook of Excel 97 to 2003 (.xls), or is locked with a password: save it as .xlsx "
        "without a password"
    ]
    with zipfile.ZipFile(tmp_path / "open.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    (problem,) = problems(tmp_path / "open.ods")
    assert problem == "is an OpenDocument file, not an Excel workbook: save it as .xlsx"
    with zipfile.ZipFile(tmp_path / "binary.xlsb", "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    assert problems(tmp_path / "binary.xlsb") == ["is a binary workbook (.xlsb): save it as .xlsx"]
    templates = Path(__file__).parent.parent.parent / "templates"
    for name in ("price-book.xlsx", "price-book-zh.xlsx"):
        (problem,) = problems(templates / name)
        assert problem.startswith("is a price book: 'lmprice book' checks it")
    (problem,) = problems(templates / "lmprice-functions.xlsx")
    assert problem.startswith("holds the functions as LAMBDA names and nothing to evaluate")


@pytest.mark.parametrize("kept", ["names", "properties"])
def test_a_template_without_its_guide_is_still_known(breakeven: Path, kept: str) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    del workbook["Guide"]
    if kept == "names":
        workbook.properties.keywords = None
    else:
        del workbook.defined_names["lmprice_mark"]
    workbook.save(breakeven)
    assert read(breakeven) == Breakeven()


def test_damaged_files(tmp_path: Path, breakeven: Path) -> None:
    damaged = "is not an Excel workbook, or is damaged"
    text = tmp_path / "text.xlsx"
    text.write_text("price,quantity\n")
    assert problems(text) == [damaged]
    content = breakeven.read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(content[: len(content) // 2])
    assert problems(cut) == [damaged]
    flipped = tmp_path / "flipped.xlsx"
    start = content.index(b"xl/worksheets/sheet2.xml") + 200
    flipped.write_bytes(content[:start] + bytes(100) + content[start + 100 :])
    assert problems(flipped) == [damaged]
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    assert problems(empty) == [damaged]
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert problems(tmp_path / "other.xlsx") == ["is not an Excel workbook"]
    broken = _rewrite(breakeven, "xl/workbook.xml", lambda b: b[: len(b) // 2])
    (problem,) = problems(broken)
    assert problem.startswith("cannot be read: it is damaged")


def _archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(guard.REQUIRED - parts.keys()):
            archive.writestr(name, b"<a/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


BOMB = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"xl/big.xml": b"<a>" + bytes(300 << 20)}, "unpacks to too much (xl/big.xml: 300.0 MB)"),
        ({"xl/big.bin": bytes(2 << 20)}, "unpacks to too much (xl/big.bin: 2.0 MB)"),
        ({"xl/a.xml": BOMB}, "declares XML entities (xl/a.xml)"),
        ({"xl/a.xml": b'<?xml version="1.0"?>\n' + BOMB}, "declares XML entities (xl/a.xml)"),
        ({"xl/a.xml": b"\xef\xbb\xbf" + BOMB}, "declares XML entities (xl/a.xml)"),
        ({"xl/a.xml": BOMB.decode().encode("utf-16")}, "has XML that is not UTF-8 (xl/a.xml)"),
        (
            {"xl/a.xml": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>'},
            "has XML that is not UTF-8 (xl/a.xml)",
        ),
        (
            {"xl/a.xml": b"<sheetData><x:c s='1' r='b3'/><x:c t='n' r='B3' s='2'/></sheetData>"},
            "has the cell B3 twice (xl/a.xml)",
        ),
        (
            {"xl/a.xml": b'<sheetData><c r="B3" t="s" s="1"><v> -1</v></c></sheetData>'},
            "has a text with a number below 0 (xl/a.xml)",
        ),
        ({"xl/../../a.xml": b"<a/>"}, "has a part with a bad name ('xl/../../a.xml')"),
        ({f"xl/{n}.bin": b"" for n in range(1000)}, "has 1002 parts, more than the 1000 allowed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bombs_are_refused(tmp_path: Path, parts: dict[str, bytes], message: str) -> None:
    assert problems(_archive(tmp_path / "bomb.xlsx", parts)) == [message]


def test_more_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = b"".join(bytes([n % 251]) * 7 for n in range(20_000))
    path = _archive(tmp_path / "many.xlsx", {f"xl/{n}.bin": noise for n in range(10)})
    monkeypatch.setattr(guard, "MAX_TOTAL", 1 << 20)
    assert problems(path) == ["unpacks to too much (1 MB)"]
    monkeypatch.setattr("lmprice.workbook.reading.MAX_TOTAL", 100)
    assert problems(path) == ["is larger than 0 MB"]


def test_encrypted_and_doubled_parts(tmp_path: Path) -> None:
    path = _archive(tmp_path / "twice.xlsx", {})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/workbook.xml", "<b/>")
    assert problems(path) == ["has two parts of the same name"]
    content = bytearray(_archive(tmp_path / "locked.xlsx", {}).read_bytes())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1  # the flag that says encrypted, in the directory of the archive
        start += 4
    assert guard.refusal(bytes(content)) == "is encrypted"


def test_a_missing_file_is_not_a_bad_workbook(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing.xlsx")


def test_the_error_lists_file_and_problems(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!B5": -1, "Inputs!B6": -2})
    with pytest.raises(WorkbookError) as caught:
        read(breakeven)
    lines = str(caught.value).splitlines()
    assert lines == [
        f"{breakeven}: Inputs!B5 Quantity: -1 is below 0",
        f"{breakeven}: Inputs!B6 Price: -2 is below 0",
    ]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.path, again.problems) == (breakeven, caught.value.problems)


def test_reading_does_not_keep_the_file_open(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "i.xlsx")
    read(path)
    assert io.BytesIO(path.read_bytes()).getvalue()
    path.unlink()
