"""A price book as a workbook, through a real LibreOffice and back: the same book."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.billing.book import PriceBook
from lmprice.billing.files import load_book, save_book
from lmprice.billing.parsing import parse_book
from tests.billing.random_books import draw_case
from tests.engines import libreoffice
from tests.office import Office

# Random books with plans, sources, factors, credits, commitments and every kind of charge.
SEEDS = range(3000, 3006)


@pytest.mark.engine
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_books_with_everything_come_back(seed: int, lang: str, tmp_path: Path) -> None:
    made = parse_book(draw_case(seed).book)
    save_book(made, tmp_path / "book.xlsx", lang=lang)
    assert load_book(tmp_path / "book.xlsx") == made


@pytest.mark.engine
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_through_libreoffice(soffice: Office, seed: int, tmp_path: Path) -> None:
    made = parse_book(draw_case(seed).book)
    save_book(made, tmp_path / "book.xlsx")
    saved = libreoffice(soffice, tmp_path / "book.xlsx", "xlsx", tmp_path)
    assert load_book(saved) == made
    with_a_million_rows(saved)  # as after the deletion of a row
    assert load_book(saved) == made


@pytest.mark.engine
def test_cells_as_people_type_them_there(soffice: Office, tmp_path: Path) -> None:
    made = a_book()
    save_book(made, tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert by_hand(workbook) >= 10
    workbook.save(tmp_path / "book.xlsx")
    saved = libreoffice(soffice, tmp_path / "book.xlsx", "xlsx", tmp_path)
    with_a_million_rows(saved)
    assert load_book(saved) == made


def a_book() -> PriceBook:
    """A book of peak hours for one account, made on a day that is its version."""
    return parse_book(
        {
            "name": "List",
            "version": "2026-03-01",
            "currency": "EUR",
            "rounding": "half_even",
            "charges": [
                {
                    "model": "chat",
                    "meter": "output",
                    "charge_model": "off_peak",
                    "unit_price": 15,
                    "off_peak_price": 7.5,
                    "valid_from": "2026-01-01",
                    "valid_until": datetime(2027, 1, 1, 8, 30),
                    "peak_hours": [{"start": "01:00", "end": "04:30"}],
                }
            ],
            "accounts": [
                {
                    "customer": "acme",
                    "coupons": [
                        {"kind": "rate", "name": "spring", "rate": 0.1, "valid_from": "2026-03-01"}
                    ],
                }
            ],
        }
    )


def by_hand(workbook: Any) -> int:
    """Fill cells in as people do: blanks, real dates and times, any case; gives their number."""
    changed = 0
    for sheet in workbook:
        heads = {cell.value: cell.column for cell in sheet[3]}
        for cells in sheet.iter_rows(min_row=4):
            for cell in cells:
                before = cell.value
                if cell.value in ("chat", "acme", "output", "spring"):
                    cell.value = f"  {cell.value} "
                elif cell.value in ("off_peak", "rate") and cell.column in heads.values():
                    cell.value = str(cell.value).upper()
                elif cell.value == "half_even":
                    cell.value = "Half_Even"
                elif cell.value in ("01:00", "04:30"):
                    cell.value = time.fromisoformat(str(cell.value))
                elif cell.value == "2026-03-01" and sheet.title == "Book":
                    cell.value = date(2026, 3, 1)
                changed += cell.value != before
    return changed


def with_a_million_rows(path: Path) -> None:
    """The stated size of every sheet as LibreOffice writes it after the deletion of a row."""
    with zipfile.ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts.items():
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", info.filename):
                size = rb'<dimension ref="A1:XFD1048576"/>'
                sized, times = re.subn(rb'<dimension ref="[^"]+"/>', size, content)
                assert times == 1
                last = b'<row r="1048576" customFormat="false" ht="12.8"></row></sheetData>'
                parts[info] = sized.replace(b"</sheetData>", last)
            archive.writestr(info, parts[info])
