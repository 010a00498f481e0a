"""The LAMBDA edition: every closed-form function as a name of a workbook, without Python.

The names work in Excel 365 and 2024.  To use them in a workbook of one's own, copy a sheet of this
one into it, or paste the text edition into Excel's Advanced Formula Environment.
"""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.chapters import functions
from lmprice.dialects import excel, excel_lambda
from lmprice.language.formula import PricingFunction
from lmprice.workbook import style
from lmprice.workbook.package import CellKey, package
from lmprice.workbook.pages import set_up_page
from lmprice.workbook.rows import Value

TITLE = "The lmprice functions for Excel 365 and 2024"
ABOUT = (
    "Type =LMPROFIT(100,20,10,100) into any cell of this workbook. Arguments in brackets may be "
    "left out. Ranges give ranges. #NUM! means that an argument is not a number or out of its "
    "range, #N/A that there is no answer."
)
FUNCTION_COLUMNS = {
    "Function": 46,
    "What it gives": 54,
    "Unit": 22,
    "Example": 46,
    "Result": 18,
}
ARGUMENT_COLUMNS = {
    "Function": 22,
    "Argument": 22,
    "What it means": 62,
    "Unit": 26,
    "Valid values": 26,
    "When left out": 14,
}
MISSING_COLUMNS = {"Function": 46, "What it gives": 62, "Use instead": 50}
# What Excel has itself, or where the answer is to be had; everything else needs Python.
INSTEAD = {
    "LMIRR": "IRR(values), which is in Excel",
}
OTHERWISE = "Python, the functions through xlwings, or a template (lmprice template)"
DATA_COLUMN = 6  # the columns of examples stand to the right of it
COMMENT_LENGTH = 255  # a longer comment of a name makes Excel refuse the file


def functions_workbook() -> bytes:
    """The workbook with all functions as names, as the bytes of an .xlsx file."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    style.add_styles(workbook, "en")
    offered = [f for f in functions() if f.has_formula]
    values: dict[CellKey, Value] = {}
    functions_sheet = _sheet(workbook, "Functions", TITLE, FUNCTION_COLUMNS)
    _add_arguments(workbook, offered)
    data = _Data(functions_sheet)
    spills = _add_functions(functions_sheet, offered, data, values)
    _add_missing(workbook, [f for f in functions() if not f.has_formula])
    for f in offered:
        workbook.defined_names[f.excel_name] = DefinedName(
            f.excel_name,
            attr_text=excel_lambda.STORED.written(f)[1:],
            comment=f.summary[:COMMENT_LENGTH],
        )
    workbook.properties.title = TITLE
    workbook.properties.creator = "lmprice"
    workbook.properties.version = version("lmprice")
    # Excel would put an @ before a function that may give a range, were the cells not marked.
    return package(workbook, values, spills=spills)


def functions_text() -> str:
    """The same functions as a module for Excel's Advanced Formula Environment."""
    parts = [f"/* {TITLE}, lmprice {version('lmprice')} */\n"]
    for f in functions():
        if f.has_formula:
            parts.append(f"/** {f.summary} */\n{f.excel_name} {f.lambda_text};\n")
    return "\n".join(parts)


def call_text(f: PricingFunction) -> str:
    """How the function is typed: ``LMPROFIT(quantity, price, unit_cost, [fixed_cost])``."""
    names = [f"[{p.name}]" if p.is_optional else p.name for p in f.parameters]
    return f"{f.excel_name}({', '.join(names)})"


def example_text(f: PricingFunction) -> str:
    """The example of a function as an Excel formula, without the equals sign."""
    return f"{f.excel_name}({','.join(_typed(argument) for argument in f.example)})"


def _typed(argument: Any) -> str:
    if isinstance(argument, list):
        return "{" + ";".join(_typed(element) for element in argument) + "}"
    return excel.text(argument)


def _sheet(workbook: Workbook, title: str, heading: str, columns: dict[str, int]) -> Worksheet:
    sheet: Worksheet = workbook.create_sheet(title)
    sheet.sheet_view.showGridLines = False
    sheet["A1"] = heading
    sheet["A1"].style = "lmprice title"
    sheet.row_dimensions[1].height = 30
    for number, (name, width) in enumerate(columns.items(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(4, number, name).style = "lmprice header"
    sheet.freeze_panes = "B5"
    set_up_page(sheet, heading)
    sheet.print_title_rows = "4:4"
    return sheet


class _Data:
    """The columns that examples refer to, to the right on the same sheet.

    So that a copy of the sheet in another workbook needs nothing of this one.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.count = 0

    def example(self, f: PricingFunction) -> str:
        """The example of a function, its columns written to the sheet."""
        arguments = [
            self._column(f"{f.excel_name} {p.name}", a) if isinstance(a, list) else _typed(a)
            for p, a in zip(f.parameters, f.example, strict=False)
        ]
        return f"{f.excel_name}({','.join(arguments)})"

    def _column(self, title: str, numbers: list[float]) -> str:
        self.count += 1
        place = DATA_COLUMN + self.count
        letter = get_column_letter(place)
        self.sheet.column_dimensions[letter].width = style.width([title])
        self.sheet.cell(4, place, title).style = "lmprice header"
        for row, number in enumerate(numbers, 5):
            shown = 1e300 if math.isinf(number) else number  # a cell cannot be infinite
            self.sheet.cell(row, place, shown).style = "lmprice input"
        return f"{letter}$5:{letter}${4 + len(numbers)}"


def _add_functions(
    sheet: Worksheet, offered: list[PricingFunction], data: _Data, values: dict[CellKey, Value]
) -> dict[CellKey, str]:
    """Write a row for each function; the ranges that the examples of columns spill into."""
    spills: dict[CellKey, str] = {}
    sheet["A2"] = ABOUT
    sheet["A2"].style = "lmprice text"
    sheet.merge_cells("A2:E2")
    sheet.row_dimensions[2].height = 36
    widths = list(FUNCTION_COLUMNS.values())
    row = 4
    category = ""
    for f in offered:
        row += 1
        if f.category != category:
            category = f.category
            for column in range(1, 6):
                heading = category.capitalize() if column == 1 else None
                sheet.cell(row, column, heading).style = "lmprice section"
            row += 1
        example = data.example(f)
        for column, text in enumerate(
            (call_text(f), f.summary, f.result.unit.en, f"={example}"), 1
        ):
            cell = sheet.cell(row, column, text)
            cell.style = "lmprice formula" if column in (1, 4) else "lmprice note"
            cell.data_type = "s"  # the text of a formula, not a formula
            cell.quotePrefix = column == 4
        result = sheet.cell(row, 5, f"={example}")
        result.style = "lmprice result"
        result.number_format = style.number_format(f.result, f.example_result[0])
        values["Functions", result.coordinate] = f.example_result[0]
        below = f.example_result[1:]
        if below:
            spills["Functions", result.coordinate] = f"E{row}:E{row + len(below)}"
        for place, number in enumerate(below, row + 1):
            cell = sheet.cell(place, 5, "#N/A" if math.isnan(number) else number)
            cell.style = "lmprice result"
            cell.number_format = style.number_format(f.result, number)
        texts = [(call_text(f), widths[0]), (f.summary, widths[1]), (example, widths[3])]
        sheet.row_dimensions[row].height = style.row_height(texts)
        row += len(below)
    sheet.print_area = f"A1:E{row}"
    return spills


def _add_missing(workbook: Workbook, missing: list[PricingFunction]) -> None:
    """The functions that have no formula, each with what to use instead."""
    sheet = _sheet(workbook, "Not here", "Functions without a formula", MISSING_COLUMNS)
    for row, f in enumerate(missing, 5):
        instead = INSTEAD.get(f.excel_name, OTHERWISE)
        for column, text in enumerate((call_text(f), f.summary, instead), 1):
            cell = sheet.cell(row, column, text)
            cell.style = "lmprice formula" if column == 1 else "lmprice note"
        sheet.row_dimensions[row].height = style.row_height([(f.summary, 62.0)])
    sheet.print_area = f"A1:C{4 + len(missing)}"


def _add_arguments(workbook: Workbook, offered: list[PricingFunction]) -> None:
    sheet = _sheet(workbook, "Arguments", "Arguments of the functions", ARGUMENT_COLUMNS)
    row = 4
    for f in offered:
        for p in f.parameters:
            row += 1
            shape = "a column of cells; " if p.is_column else ""
            left_out = p.default_text or "required"
            cells = (f.excel_name, p.name, p.term.help.en, p.term.unit.en,
                     shape + (p.term.rule.en or "any number"), left_out)  # fmt: skip
            for column, text in enumerate(cells, 1):
                cell = sheet.cell(row, column, text)
                cell.style = "lmprice formula" if column <= 2 else "lmprice note"
            sheet.row_dimensions[row].height = style.row_height([(p.term.help.en, 62.0)])
    sheet.print_area = f"A1:F{row}"
