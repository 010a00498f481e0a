"""A backtest as a workbook or as JSON: totals, percentiles, guards, customers, cliffs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.billing.backtesting import PERCENTILES, Backtest, Draft
from lmprice.billing.cells import begin, put
from lmprice.billing.guards import Guard
from lmprice.billing.lazy import pl
from lmprice.language.quantities import Cost
from lmprice.language.terms import Text, term
from lmprice.output.palette import LEVEL_FILL
from lmprice.workbook.chart import category_texts, set_up
from lmprice.workbook.package import package
from lmprice.workbook.style import add_styles

_COLUMNS = 20  # of the chart
MAX_ROWS = 200_000  # of a sheet, which is made in memory

_HEADERS = {
    "customer": Text("Customer", "客户"),
    "now": Text("Today", "现价费用"),
    "then": Text("Draft", "新价费用"),
    "change": Text("Change", "变化"),
    "share": Text("Change, %", "变化率"),
    "cost": term(Cost).title,
    "profit_now": Text("Profit today", "现价利润"),
    "profit_then": Text("Profit, draft", "新价利润"),
    "demand": Text("Demand, factor", "需求倍数"),
    "response": Text("Draft with response", "计入需求反应"),
    "response_low": Text("Response, least", "需求反应（下限）"),
    "response_high": Text("Response, most", "需求反应（上限）"),
    "charge": Text("Charge", "计费项"),
    "of": Text("In one", "范围"),
    "at": Text("At units", "位于用量"),
    "jump": Text("Jump", "跳变"),
    "near": Text("Customers within 10 %", "10% 以内的客户"),
}
_SUMMARY = Text("Summary", "概要")
_CLIFFS = Text("Cliffs", "费用跳变")
_DRAFT = Text("Draft", "草案")
_SHARES = frozenset({"share", "margin_now", "margin_then", *PERCENTILES})
_LINES = {
    "book": Text("Book", "价目"),
    "now": _HEADERS["now"],
    "then": Text("Under the draft", "新价费用"),
    "change": _HEADERS["change"],
    "share": _HEADERS["share"],
    "customers": Text("Customers", "客户数"),
    "paying_more": Text("Pay more", "多付的客户"),
    "paying_less": Text("Pay less", "少付的客户"),
    "p05": Text("Change, 5th percentile", "变化率第 5 百分位"),
    "p25": Text("Change, 25th percentile", "变化率第 25 百分位"),
    "median": Text("Change, median", "变化率中位数"),
    "p75": Text("Change, 75th percentile", "变化率第 75 百分位"),
    "p95": Text("Change, 95th percentile", "变化率第 95 百分位"),
    "max": Text("Change, largest", "最大变化率"),
    "cost": _HEADERS["cost"],
    "margin_now": Text("Margin today", "现价毛利率"),
    "margin_then": Text("Margin under the draft", "新价毛利率"),
    "losing": Text("Customers who lose money", "亏损客户数"),
}


def summary(draft: Draft) -> dict[str, Any]:
    """The figures of a draft; None where there is no answer."""
    found: dict[str, Any] = {
        "book": f"{draft.rating.book.name} {draft.rating.book.version}",
        "now": draft.now,
        "then": draft.then,
        "change": draft.then - draft.now,
        "share": draft.share,
        "customers": draft.customers.height,
        "paying_more": draft.paying_more.height,
        "paying_less": draft.customers.filter(pl.col("change") < 0).height,
        **{name: draft.percentile(name) for name in PERCENTILES},
    }
    if draft.cost is not None and draft.losing is not None:
        found |= {
            "cost": draft.cost,
            "margin_now": _margin(draft.now, draft.cost),
            "margin_then": _margin(draft.then, draft.cost),
            "losing": draft.losing.height,
        }
    return found


def _margin(revenue: Decimal, cost: Decimal) -> float | None:
    return float((revenue - cost) / revenue) if revenue else None


def as_json(result: Backtest, guards: Sequence[Guard] = ()) -> bytes:
    """The backtest as JSON; what has no number is null, an infinite rise too."""
    drafts = []
    for draft in result.drafts:
        found = summary(draft)
        found["responses"] = [
            {"elasticity": r.elasticity, "revenue": r.revenue, "cost": r.cost, "fixed": r.fixed}
            for r in draft.responses
        ]
        found["guards"] = [
            {"guard": g.text, "measured": g.measured(draft), "holds": g.holds(draft)}
            for g in guards
        ]
        found["by_customer"] = draft.customers.to_dicts()
        found["cliffs"] = draft.cliffs.to_dicts()
        drafts.append(found)
    book = result.now.book
    whole = {"book": f"{book.name} {book.version}", "currency": book.currency, "drafts": drafts}
    text = json.dumps(plain(whole), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode("utf-8", "surrogatepass")


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_workbook(result: Backtest, guards: Sequence[Guard] = (), lang: str = "en") -> bytes:
    """The backtest as an .xlsx file.

    Raises
    ------
    ValueError
        Where there are more customers than a sheet holds.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook, lang)
    book = result.now.book
    sheet = workbook.create_sheet(_SUMMARY(lang))
    columns = [_figures(draft, guards, lang) for draft in result.drafts]
    heads = [f"{_DRAFT(lang)} {n}" for n, _ in enumerate(columns, 1)]
    begin(sheet, f"{book.name} {book.version}, {book.currency}", ["", *heads])
    for row, lines in enumerate(zip(*columns, strict=True), 3):
        put(sheet, row, 1, lines[0][0])
        for column, (_, value, number_format) in enumerate(lines, 2):
            put(sheet, row, column, value, number_format)
    for number, draft in enumerate(result.drafts, 1):
        if draft.customers.height > MAX_ROWS:
            raise ValueError(
                f"{draft.customers.height:,} customers are too many for a workbook; write .json"
            )
        title = f"{draft.rating.book.name} {draft.rating.book.version}"
        own = workbook.create_sheet(f"{_DRAFT(lang)} {number}")
        _add_table(own, title, draft.customers, {"share": "0.0%"}, lang)
        if draft.customers.height:
            own.add_chart(_chart(own, draft, lang), f"{get_column_letter(own.max_column + 2)}3")
        near = draft.cliffs.with_columns(pl.col("near").list.join(", "))
        if near.height:
            own = workbook.create_sheet(f"{_CLIFFS(lang)} {number}")
            _add_table(own, title, near, {}, lang)
    return package(workbook, {})


def _add_table(
    sheet: Worksheet, title: str, table: pl.DataFrame, formats: dict[str, str], lang: str
) -> None:
    """A table as a sheet."""
    begin(sheet, title, [_HEADERS[name](lang) for name in table.columns])
    for number, row in enumerate(table.iter_rows(), 3):
        for column, (name, value) in enumerate(zip(table.columns, row, strict=True), 1):
            put(sheet, number, column, value, formats.get(name, "#,##0.00"))


def _chart(sheet: Worksheet, draft: Draft, lang: str) -> BarChart:
    """The change of those whose bill rises most, as columns."""
    last = 2 + min(draft.customers.height, _COLUMNS)
    place = draft.customers.columns.index("change") + 1
    chart = BarChart(barDir="col", gapWidth=40, style=2)
    set_up(chart, None, f"{_HEADERS['change'](lang)}, {draft.rating.book.currency}")
    chart.legend = None
    series = Series(Reference(sheet, min_col=place, min_row=2, max_row=last), title_from_data=True)
    series.cat = category_texts(sheet, 3, last)
    series.spPr = GraphicalProperties(solidFill=LEVEL_FILL)
    chart.series.append(series)
    return chart


def _figures(
    draft: Draft, guards: Sequence[Guard], lang: str
) -> list[tuple[str, str | float | Decimal | None, str]]:
    lines: list[tuple[str, str | float | Decimal | None, str]] = []
    for name, value in summary(draft).items():
        number_format = "0.0%" if name in _SHARES else "#,##0.00"
        number_format = "#,##0" if isinstance(value, int) else number_format
        is_endless = isinstance(value, float) and math.isinf(value)
        lines.append((_LINES[name](lang), "∞" if is_endless else value, number_format))
    for one in draft.responses:
        title = Text(f"Elasticity {one.elasticity:g}: revenue", f"弹性 {one.elasticity:g}：收入")
        lines.append((title(lang), one.revenue, "#,##0.00"))
        if one.cost is not None:
            title = Text(f"Elasticity {one.elasticity:g}: cost", f"弹性 {one.elasticity:g}：成本")
            lines.append((title(lang), one.cost, "#,##0.00"))
    for guard in guards:
        holds = Text("holds", "满足") if guard.holds(draft) else Text("broken", "不满足")
        lines.append((guard.text, holds(lang), ""))
    return lines
