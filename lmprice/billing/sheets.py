"""The bill as a workbook: the bill, the margins where costs are known, and the reconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.billing.cells import begin, put
from lmprice.billing.lazy import pl
from lmprice.billing.meters import METERS, meter_of
from lmprice.billing.rating import COSTS, Rating
from lmprice.billing.reconciling import KINDS
from lmprice.chapters.discounts.quantities import ListCost
from lmprice.language.quantities import Cost, Profit, Revenue
from lmprice.language.terms import Text, term
from lmprice.workbook.package import CellKey, package
from lmprice.workbook.rows import Value
from lmprice.workbook.style import add_styles

MAX_ROWS = 200_000  # a workbook is made in memory; a longer bill is a table, not a sheet

_HEADERS = {
    "customer": Text("Customer", "客户"),
    "period": Text("Period from", "账期起始"),
    "model": Text("Model", "模型"),
    "list_cost": term(ListCost).title,
    "contracted_cost": Text("Contracted cost", "合同价费用"),
    "effective_cost": Text("Effective cost", "实际费用"),
    "billed_cost": Text("Billed cost", "账单费用"),
    "tax": Text("Tax", "税额"),
    "revenue": term(Revenue).title,
    "cost": term(Cost).title,
    "profit": term(Profit).title,
    "margin": Text("Margin", "毛利率"),
}
_BILL = Text("Bill", "账单")
_MARGIN = Text("Margin", "毛利")
_RECONCILIATION = Text("Reconciliation", "核对")
_TOTAL = Text("Total", "合计")
_ALL_ACCOUNTED = Text("What became of all usage", "全部用量的去向")
_PARTS = {
    "rated": Text("Rated", "已计价"),
    "refused": Text("Refused", "已拒绝"),
    "unpriced": Text("Unpriced", "无价格"),
    "duplicate": Text("Duplicate", "重复"),
    "outside": Text("Outside the span", "账期之外"),
}
_ALL = Text("All", "全部")
_ROWS = Text("Rows", "行数")
_FILES = Text("Files that could not be read", "无法读取的文件")


def bill_workbook(rating: Rating, margins: pl.DataFrame | None = None, lang: str = "en") -> bytes:
    """The bill as an .xlsx file; its totals are formulas over the rows above them.

    Raises
    ------
    ValueError
        Where the bill has more rows than a sheet.
    """
    if rating.bill.height > MAX_ROWS:
        raise ValueError(
            f"{rating.bill.height:,} rows are too many for a workbook; write .csv or .parquet"
        )
    book = rating.book
    money = "#,##0" + ("." + "0" * book.digits if book.digits else "")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook, lang)
    values: dict[CellKey, Value] = {}
    title = f"{book.name} {book.version}, {book.currency}"
    bill = workbook.create_sheet(_BILL(lang))
    _table(bill, title, rating.bill, money, (*COSTS, "tax"), values, lang)
    if margins is not None:
        totals = ("revenue", "cost", "profit")
        _table(workbook.create_sheet(_MARGIN(lang)), title, margins, money, totals, values, lang)
    _reconciliation(workbook.create_sheet(_RECONCILIATION(lang)), rating, lang)
    return package(workbook, values)


def _table(
    sheet: Worksheet,
    title: str,
    table: pl.DataFrame,
    money: str,
    totals: Sequence[str],
    values: dict[CellKey, Value],
    lang: str,
) -> None:
    begin(sheet, title, [_HEADERS[name](lang) for name in table.columns])
    formats = {"period": "yyyy-mm-dd", "margin": "0.0%", **dict.fromkeys(totals, money)}
    for number, row in enumerate(table.iter_rows(), 3):
        for column, (name, value) in enumerate(zip(table.columns, row, strict=True), 1):
            put(sheet, number, column, value, formats.get(name))
    last = table.height + 3
    put(sheet, last, 1, _TOTAL(lang), style="lmprice section")
    for column, name in enumerate(table.columns[1:], 2):
        cell = sheet.cell(last, column)
        cell.style = "lmprice axis"
        if name in totals:
            letter = get_column_letter(column)
            # SUM of a header row only, where nobody used anything, is 0.
            put(sheet, last, column, f"=SUM({letter}2:{letter}{last - 1})", money, "lmprice axis")
            cell.data_type = "f"
            values[sheet.title, cell.coordinate] = float(table[name].sum() or 0)


def _reconciliation(sheet: Worksheet, rating: Rating, lang: str) -> None:
    totals = rating.totals
    kinds = [k for k in KINDS if k in ("rated", "refused") or totals.rows_by_kind[k]
             or any(totals.amounts_by_kind[k].values())]  # fmt: skip
    headers = ["", *(_PARTS[kind](lang) for kind in kinds), _ALL(lang)]
    begin(sheet, _ALL_ACCOUNTED(lang), headers)
    rows: list[tuple[Any, ...]] = [
        (_ROWS(lang), *(totals.rows_by_kind[kind] for kind in kinds), totals.rows),
        *(
            (_title(name, lang), *(totals.amounts_by_kind[kind][name] for kind in kinds), total)
            for name, total in totals.amounts.items()
        ),
    ]
    if rating.refused_files:
        refused = [len(rating.refused_files) if kind == "refused" else None for kind in kinds]
        rows.append((_FILES(lang), *refused, None))
    for number, row in enumerate(rows, 3):
        for column, value in enumerate(row, 1):
            put(sheet, number, column, value, "#,##0.#########" if column > 1 else None)


def _title(column: str, lang: str) -> str:
    """How the sheet names a column of amounts."""
    meter = METERS.get(meter_of(column))
    return column if meter is None else f"{meter.title(lang)}, {meter.unit(lang)}"
