"""The workbook that is ready for the functions, made from the installed xlwings.

The macros of xlwings load a DLL whose name holds the version of xlwings.  So the workbook is
derived from the one that came with the user's xlwings, and its macros are not touched.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lmprice.excel_setup.machine import REINSTALL_XLWINGS, UDF_MODULE, SetupError, Xlwings

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SOURCE = "quickstart_standalone.xlsm"
IMPORT_MACRO = "ImportPythonUDFs"
EXAMPLE = "=LMPROFIT(100,20,10,100)"
STEPS = (
    "Once: File > Options > Trust Center > Trust Center Settings > Macro Settings: "
    'tick "Trust access to the VBA project object model".',
    f"Press Alt+F8 and run {IMPORT_MACRO}; again whenever lmprice has been updated.",
    f"Type {EXAMPLE} into a cell: it shows 900.",
)

# The sheet that xlwings reads, and its name in the original, where it is switched off.
_SETTINGS_SHEET = "xlwings.conf"
_SETTINGS_SHEET_OFF = "_xlwings.conf"
# A key that stands here without a value would override the user's own settings, so only what the
# workbook needs is named.  The functions come from an installed package: the folder of the workbook
# is not needed, and looking for it fails on OneDrive.
_SETTINGS: tuple[tuple[str, str | bool], ...] = (
    ("UDF MODULES", UDF_MODULE),
    ("ADD_WORKBOOK_TO_PYTHONPATH", False),
)

# Excel keeps the description when the workbook is saved.
_MARK = "Made by lmprice from xlwings "
_MARKED = re.compile(rb"Made by lmprice from xlwings ([\w.+-]+)")


def ready_workbook(xlwings: Xlwings) -> bytes:
    """The bytes of the workbook; the same ones for the same xlwings."""
    from openpyxl import load_workbook

    from lmprice.workbook.package import package

    source = xlwings.directory / SOURCE
    unusable = SetupError(
        f"xlwings {xlwings.version} has no usable {SOURCE}; reinstall it: {REINSTALL_XLWINGS}"
    )
    try:
        workbook = load_workbook(source, keep_vba=True)
    except (OSError, KeyError, zipfile.BadZipFile):
        raise unusable from None
    # openpyxl leaves the archive that holds the macros open.
    with cast(zipfile.ZipFile, workbook.vba_archive):
        if _SETTINGS_SHEET_OFF not in workbook.sheetnames:
            raise unusable
        _write_settings(workbook[_SETTINGS_SHEET_OFF])
        _write_steps(workbook.worksheets[0])
        workbook.properties.description = _MARK + xlwings.version
        workbook.properties.creator = workbook.properties.lastModifiedBy = "lmprice"
        return package(workbook, {})


def made_from(path: Path) -> str | None:
    """The version of xlwings from which a workbook was made; None if lmprice did not make it."""
    try:
        with zipfile.ZipFile(path) as archive:
            mark = _MARKED.search(archive.read("docProps/core.xml"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
    return None if mark is None else mark[1].decode()


def _write_settings(sheet: Worksheet) -> None:
    sheet.delete_rows(1, sheet.max_row)
    sheet.row_dimensions.clear()
    sheet.title = _SETTINGS_SHEET
    for row, (key, value) in enumerate(_SETTINGS, 1):
        sheet.cell(row, 1, key)
        sheet.cell(row, 2, value)
    sheet.column_dimensions["A"].width = 32


def _write_steps(sheet: Worksheet) -> None:
    from openpyxl.styles import Font

    sheet.title = "Start"
    sheet["A1"] = "Pricing functions in Excel"
    sheet["A1"].font = Font(bold=True, size=14)
    for number, step in enumerate(STEPS, 1):
        sheet.cell(number + 2, 1, f"{number}. {step}")
