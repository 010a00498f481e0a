"""A reconciliation as a workbook or as JSON: the gap taken apart, and both sides cell by cell."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from openpyxl import Workbook

from lmprice.billing.backtest_report import plain
from lmprice.billing.cells import begin, put
from lmprice.billing.gap import Gap
from lmprice.billing.gap_cells import PARTS, Cell, Side, amount
from lmprice.language.terms import Text
from lmprice.workbook.package import package
from lmprice.workbook.style import add_styles

MAX_ROWS = 200_000  # of a sheet, which is made in memory
_MONEY = "#,##0.00####"
_GAP = Text("Gap", "差额")
_LARGEST = Text("Largest", "最大差异")
_CELLS = Text("Day, model, meter", "按日、模型与计量项")
_OURS, _THEIRS = Text("Our cost", "我方费用"), Text("The bill", "供应商账单")
_COLUMNS = (
    Text("Day", "日期"),
    Text("Model", "模型"),
    Text("Meter", "计量项"),
    Text("Our units", "我方用量"),
    Text("Their units", "账单用量"),
    _OURS,
    _THEIRS,
    _GAP,
)
_TITLES = {
    "only on the bill": Text("Only on the bill", "仅在账单中"),
    "only in the usage": Text("Only in the usage", "仅在用量中"),
    "counts": Text("Counts", "用量差异"),
    "unit price": Text("Unit price", "单价差异"),
    "tier or batch": Text("Tier or batch", "服务档位或批处理"),
    "region": Text("Region", "区域"),
    "counts and price": Text("Counts and price together", "用量与单价共同部分"),
    "rounding": Text("Rounding", "舍入"),
    "tax and credits": Text("Tax and credits", "税费与抵扣"),
    "unexplained": Text("Unexplained", "未解释"),
}


def gap_json(gap: Gap) -> bytes:
    """The reconciliation as JSON."""
    book = gap.rating.book
    whole: dict[str, Any] = {
        "book": f"{book.name} {book.version}",
        "bill": gap.bill.path.name,
        "source": gap.bill.source,
        "currency": book.currency,
        "ours": gap.ours,
        "theirs": gap.theirs,
        "gap": gap.theirs - gap.ours,
        "parts": gap.parts,
        "largest": gap.largest(),
        "refused_rows": gap.rating.totals.refused_rows,
        "other": [
            {"side": side, "name": name, "amount": amount(units)}
            for (side, name), units in gap.other.items()
        ],
        "cells": [_cell(cell) for cell in gap.cells],
    }
    return f"{json.dumps(plain(whole), ensure_ascii=False, indent=1)}\n".encode(
        "utf-8", "surrogatepass"
    )


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "day": cell.day.isoformat(),
        "model": cell.model,
        "meter": cell.meter,
        "our_quantity": _quantity(cell.ours),
        "their_quantity": _quantity(cell.theirs),
        "ours": _cost(cell.ours),
        "theirs": _cost(cell.theirs),
        "gap": amount(cell.gap),
        "parts": {name: amount(units) for name, units in cell.parts.items()},
        "cause": cell.cause or None,
    }


def _quantity(side: Side | None) -> float | None:
    quantity: Fraction | None = side.quantity if side else None
    return None if quantity is None else float(quantity)


def _cost(side: Side | None) -> Decimal | None:
    return amount(side.cost) if side else None


def gap_workbook(gap: Gap, lang: str = "en") -> bytes:
    """The reconciliation as an .xlsx file.

    Raises
    ------
    ValueError
        Where there are more days, models and meters than a sheet holds.
    """
    if len(gap.cells) > MAX_ROWS:
        raise ValueError(f"{len(gap.cells):,} rows are too many for a workbook; write .json")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook, lang)
    book = gap.rating.book
    sheet = workbook.create_sheet(_GAP(lang))
    begin(sheet, f"{book.name} {book.version}, {gap.bill.path.name}", ["", book.currency])
    lines = [(_OURS(lang), gap.ours), (_THEIRS(lang), gap.theirs)]
    lines += [(_TITLES[name](lang), value) for name, value in gap.parts.items()]
    lines.append((_GAP(lang), gap.theirs - gap.ours))
    for number, (title, money) in enumerate(lines, 3):
        put(sheet, number, 1, title)
        put(sheet, number, 2, money, _MONEY)
    first = len(lines) + 4
    put(sheet, first, 1, _LARGEST(lang), style="lmprice section")
    for number, text in enumerate(gap.largest(), first + 1):
        put(sheet, number, 1, text)
    cells = workbook.create_sheet(_CELLS(lang))
    begin(cells, f"{book.name}, {book.currency}",
          [*(c(lang) for c in _COLUMNS), *(_TITLES[name](lang) for name in PARTS)])  # fmt: skip
    for number, cell in enumerate(gap.cells, 3):
        row = [cell.day, cell.model, cell.meter, _quantity(cell.ours), _quantity(cell.theirs),
               _cost(cell.ours), _cost(cell.theirs), amount(cell.gap),
               *(amount(cell.parts[n]) if n in cell.parts else None for n in PARTS)]  # fmt: skip
        for column, value in enumerate(row, 1):
            kind = "yyyy-mm-dd" if column == 1 else "#,##0.###" if column in (4, 5) else _MONEY
            put(cells, number, column, value, kind)
    return package(workbook, {})
