"""What a page shows of a scenario besides its arithmetic, as data: every text in both languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from lmprice.data import list_prices
from lmprice.dialects import excel
from lmprice.language.dates import DateTerm, serial
from lmprice.language.terms import LANGUAGES, Choice, Term, Text
from lmprice.language.tree import Expr
from lmprice.page.words import WORDS
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.tables import MAX_ROWS, Label, TableSpec
from lmprice.scenarios.template import (
    Around,
    Comparison,
    Curves,
    Forecast,
    Mark,
    Span,
    Steps,
    TableChart,
    Waterfall,
)
from lmprice.scenarios.tracing import Trace
from lmprice.workbook import questions
from lmprice.workbook.cases import CASE, Cases

Json = dict[str, Any]


def model_of(scenario: Scenario) -> Json:
    """The data of a page that is filled in with the inputs of a scenario."""
    kind, template = type(scenario), scenario.template
    traces = [kind.trace(lang) for lang in LANGUAGES]
    trace = traces[0]
    cases = Cases.of(scenario)
    sections = list(dict.fromkeys(row.section for row in trace.rows))
    sheets = [template.curves, template.comparison, template.waterfall, *template.more]
    return {
        "name": template.name,
        "version": template.version,
        "title": template.title,
        "about": template.about,
        "example": template.example,
        "maxRows": MAX_ROWS,
        "caseCell": CASE,
        "inputs": [
            {"key": key, **_field(term), "value": _plain(getattr(scenario, key))}
            for key, term in kind.terms().items()
        ],
        "listPrices": _list_prices() if set(TOKEN_PRICES) <= set(kind.terms()) else [],
        "cases": [{key: _plain(value) for key, value in case.items()} for case in cases.others[:2]],
        "tables": [_table(table, getattr(scenario, name)) for name, table in kind.tables().items()],
        "sections": sections,
        "results": [
            {
                "key": row.key,
                **_field(row.term),
                "section": sections.index(row.section),
                "formula": _formula(traces, row.key),
            }
            for row in trace.rows
        ],
        "columns": [
            {
                "key": column.name,
                "table": column.table,
                **_field(column.term),
                "alarm": column.is_alarm,
                "formula": _formula(traces, column.name),
            }
            for column in trace.columns
        ],
        "iterations": [
            {
                "last": i.last,
                "move": i.move,
                "steps": i.steps,
                "start": _text(i.values[0]),
                "step": _text(i.values[1]),
                "parts": {part.name: _text(part.values[0]) for part in i.parts},
            }
            for i in trace.iterations
        ],
        "warnings": [warned.message for warned in trace.warnings],
        "questions": [[asked.field, asked.message] for asked in trace.questions],
        "verdicts": [[verdict.text, verdict.tone, verdict.tone.sign] for verdict in trace.verdicts],
        "sums": [total.title for total in trace.sums],
        "figures": template.answer.figures,
        "charts": [_sheet(sheet, kind) for sheet in sheets if sheet is not None],
        "sensitivity": {
            "result": template.sensitivity.result,
            "rows": _around(template.sensitivity.rows, kind),
            "columns": _around(template.sensitivity.columns, kind),
        },
        "words": WORDS,
    }


TOKEN_PRICES = ("input_price", "cached_price", "output_price")


def _list_prices() -> list[Json]:
    """The newest list prices of each model that has all of them, to be filled in by its name."""
    newest = {price.model: price for price in sorted(list_prices(), key=lambda p: p.valid_from)}
    return [
        {
            "title": f"{price.vendor}: {price.model}, {price.valid_from}",
            **{key: getattr(price, key) for key in TOKEN_PRICES},
        }
        for price in sorted(newest.values(), key=lambda p: (p.vendor, p.model))
        if price.cached_price is not None
    ]


def _field(term: Term | Choice | Label) -> Json:
    """Title, unit, meaning and rules of an input, a result or a column."""
    found: Json = {"title": term.title, "unit": term.unit, "help": term.help}
    if isinstance(term, Choice):
        return {**found, "kind": "choice", "options": dict(term.options)}
    if isinstance(term, Label):
        return {**found, "kind": "label"}
    is_date = isinstance(term, DateTerm)
    found["kind"] = "date" if is_date else "share" if term.is_fraction else "number"
    found["bounds"] = [[b.operator, b.limit, b.broken] for b in term.bounds]
    found["rule"] = Text("", "") if is_date else term.rule
    if term.is_whole:
        found["whole"] = True
    usual = questions.usual_range(term)
    if usual is not None:
        found["usual"] = usual
    return found


def _table(table: TableSpec, rows: Any) -> Json:
    return {
        "name": table.name,
        "title": table.title,
        "help": table.help,
        "columns": [
            {
                "key": column.key,
                "name": column.name,
                **_field(column.term),
                "limit": column.is_limit,
                "default": "inf" if column.default == math.inf else column.default,
            }
            for column in table.columns
        ],
        "rows": [[_plain(getattr(row, column.key)) for column in table.columns] for row in rows],
    }


def _plain(value: Any) -> Any:
    """A value as data: a date is the number of its day, no limit is "inf"."""
    number = serial(value)
    return "inf" if number == math.inf else number


def _formula(traces: list[Trace], name: str) -> Text | str:
    """A formula as a sheet has it; in both languages where it compares with a word."""
    texts = [_text(trace.expressions[name]) for trace in traces]
    return texts[0] if len(set(texts)) == 1 else Text(*texts)


def _text(tree: Expr) -> str:
    """A formula as a sheet has it; what stands in the row above is ``ABOVE(column, at first)``."""

    def change(node: Expr) -> Expr | None:
        if node.operation == "running_total":
            return Expr.name(f"SUM_SO_FAR({node.args[0].value})", is_column=True)
        if node.operation != "preceding":
            return None
        column, first = node.args
        return Expr.name(f"ABOVE({column.value}, {_text(first)})", is_column=True)

    return excel.text(tree.rewrite(change))


def _sheet(sheet: object, kind: type[Scenario]) -> Json:
    """A chart or a table of a template; of a kind that a page does not know, its title."""
    for known, describe in _SHEETS.items():
        if isinstance(sheet, known):
            return {"sort": known.__name__, "title": sheet.title, **describe(sheet, kind)}  # type: ignore[attr-defined]
    return {"sort": "other", "title": getattr(sheet, "title", Text("", ""))}


def _curves(sheet: Curves, kind: type[Scenario]) -> Json:
    return {
        "x": _span(sheet.x, kind),
        "series": sheet.series,
        "log": sheet.is_log,
        "marks": [_mark(mark) for mark in sheet.marks],
        "headline": sheet.headline,
    }


def _mark(mark: Mark) -> Json:
    return {"title": mark.title, "x": mark.x, "y": mark.y}


def _steps(sheet: Steps, kind: type[Scenario]) -> Json:
    names = ("note", "columns", "series", "best")
    return {"x": _span(sheet.x, kind), **{name: getattr(sheet, name) for name in names}}


def _table_chart(sheet: TableChart, kind: type[Scenario]) -> Json:
    names = ("table", "x", "points", "lines")
    found = {name: getattr(sheet, name) for name in names}
    forecast = None if sheet.forecast is None else _forecast(sheet.forecast, kind)
    return {**found, "log": sheet.is_log, "forecast": forecast}


def _forecast(forecast: Forecast, kind: type[Scenario]) -> Json:
    return {"x": _span(forecast.x, kind), "at": forecast.at, "series": forecast.series}


def _comparison(sheet: Comparison, _: type[Scenario]) -> Json:
    return {
        "alternatives": dict(sheet.alternatives),
        "columns": {key: _field(term) for key, term in sheet.columns.items()},
        "best": sheet.best,
        "chart": sheet.chart,
    }


def _waterfall(sheet: Waterfall, _: type[Scenario]) -> Json:
    return {"steps": sheet.steps, "levels": sorted(sheet.levels)}


_SHEETS: Mapping[type, Callable[..., Json]] = {
    Curves: _curves,
    Steps: _steps,
    TableChart: _table_chart,
    Comparison: _comparison,
    Waterfall: _waterfall,
}


def _span(span: Span, kind: type[Scenario]) -> Json:
    names = {"inputs": span.inputs, "start": span.start, "end": span.end, "count": span.count}
    term = span.axis or kind.terms()[span.inputs[0]]
    return {
        **names,
        "whole": span.is_whole,
        "factor": span.is_common_factor,
        "field": _field(term),
    }


def _around(around: Around, kind: type[Scenario]) -> Json:
    return {
        "inputs": around.inputs,
        "step": around.step,
        "absolute": around.is_absolute,
        "factor": around.is_common_factor,
        "steps": around.STEPS,
        "field": _field(around.axis or kind.terms()[around.inputs[0]]),
    }
