"""The sheets of a template: inputs, results, sensitivity table and guide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.expr import Expr
from lmprice.scenarios.base import Result, Scenario, Sweep, Trace
from lmprice.terms import Choice, Term, Text
from lmprice.workbook import style, texts
from lmprice.workbook.package import CellKey, Value

HEADER_ROW = 4
HEADER_HEIGHT = 21
FIRST_ROW = HEADER_ROW + 1
MARKS = ("lmprice_template", "lmprice_version", "lmprice_language")
STATUS_NAME = "input_status"


@dataclass
class Book:
    """A workbook in the making: what goes in, the cells written so far, their stored values."""

    scenario: Scenario
    lang: str
    is_blank: bool
    workbook: Workbook = field(default_factory=Workbook)
    values: dict[CellKey, Value] = field(default_factory=dict)
    labels: dict[CellKey, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trace: Trace = type(self.scenario).trace(self.lang)
        self.terms = type(self.scenario).terms()
        self.results = {row.key: row for row in self.scenario.evaluate().rows}
        self.workbook.remove(self.workbook.worksheets[0])
        style.add_styles(self.workbook, self.lang)

    def say(self, text: Text, **parts: str) -> str:
        """A text in the language of the workbook."""
        return text(self.lang).format(**parts) if parts else text(self.lang)

    def sheet(self, title: Text, heading: str, widths: Sequence[float]) -> Worksheet:
        """Add a sheet with its heading, column widths, protection and print set-up."""
        sheet: Worksheet = self.workbook.create_sheet(self.say(title))
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        self.put(sheet, 1, 1, heading, "title")
        sheet.row_dimensions[1].height = 30
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        footer = {"left": self.say(self.scenario.template.title), "right": "&P / &N"}
        for side, text in footer.items():
            getattr(sheet.oddFooter, side).text = text
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, look: str) -> str:
        """Write a cell; gives back its address."""
        cell = sheet.cell(row, column, value)
        cell.style = f"lmprice {look}"
        return str(cell.coordinate)

    def put_formula(
        self, sheet: Worksheet, row: int, column: int, formula: Expr | str, value: Value,
        look: str, label: str,
    ) -> str:  # fmt: skip
        """Write a formula with the value to store beside it; ``label`` names it in messages."""
        address = self.put(sheet, row, column, f"={formula}", look)
        self.values[sheet.title, address] = value
        self.labels[sheet.title, address] = label
        return address

    def put_number(
        self, sheet: Worksheet, row: int, column: int, formula: Expr | str, value: Any, term: Term,
        look: str = "result",
    ) -> str:  # fmt: skip
        """Write a formula that gives a quantity, in the number format of that quantity."""
        # The results of an empty template are unknown; they are not zero.
        known = float("nan") if self.is_blank else float(value)
        title = term.title(self.lang)
        address = self.put_formula(sheet, row, column, formula, known, look, title)
        sheet[address].number_format = style.number_format(term, known)
        return address

    def put_header(self, sheet: Worksheet, row: int, titles: Sequence[Text], number: int) -> None:
        """Write a header row; the title over column ``number`` stands to the right."""
        for column, title in enumerate(titles, 1):
            look = "header number" if column == number else "header"
            self.put(sheet, row, column, self.say(title), look)
        sheet.row_dimensions[row].height = HEADER_HEIGHT

    def put_text(self, sheet: Worksheet, row: int, columns: int, text: str, look: str) -> None:
        """Write a wrapped text over the first ``columns`` columns."""
        self.put(sheet, row, 1, text, look)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
        room = sum(
            sheet.column_dimensions[get_column_letter(c)].width for c in range(1, columns + 1)
        )
        sheet.row_dimensions[row].height = style.row_height([(text, room)])

    def define(self, name: str, sheet: Worksheet, cells: str) -> None:
        """Give a cell or range of a sheet a name."""
        first, colon, last = cells.partition(":")
        target = quote_sheetname(sheet.title) + "!" + _absolute(first)
        target += colon + _absolute(last) if colon else ""
        self.workbook.defined_names[name] = DefinedName(name, attr_text=target)


def _absolute(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def add_inputs(book: Book) -> None:
    """The sheet of input cells, each with unit, status, help, prompt and validation."""
    terms = book.terms
    labels = [term.title(book.lang) for term in terms.values()]
    statuses = [texts.IS_NOT_A_NUMBER(book.lang)]
    statuses += [texts.not_an_option(t, book.lang) for t in terms.values() if isinstance(t, Choice)]
    widths = (
        style.width(labels, 22),
        18,
        style.width((texts.unit(t, book.lang) for t in terms.values()), 14),
        style.width(statuses, 16, 32),
        style.width((t.help(book.lang) for t in terms.values()), 40, 70),
    )
    sheet = book.sheet(texts.INPUTS, book.say(book.scenario.template.title), widths)
    book.put_text(sheet, 2, 5, book.say(book.scenario.template.about), "text")
    book.put_text(sheet, 3, 5, book.say(texts.FILL_IN), "text")
    book.put_header(sheet, HEADER_ROW, texts.INPUT_HEADER, 2)
    for row, (key, term) in enumerate(terms.items(), FIRST_ROW):
        _add_input(book, sheet, row, key, term)
        sheet.row_dimensions[row].height = style.row_height(
            [(term.help(book.lang), widths[4]), (term.title(book.lang), widths[0])]
        )
    last = FIRST_ROW + len(terms) - 1
    status = f"D{FIRST_ROW}:D{last}"
    book.define(STATUS_NAME, sheet, status)
    style.mark_wrong(sheet, status, f'D{FIRST_ROW}<>"{book.say(texts.OK)}"')
    style.group_digits(sheet, f"B{FIRST_ROW}:B{last}")
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:E{last}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _add_input(book: Book, sheet: Worksheet, row: int, key: str, term: Term | Choice) -> None:
    value = getattr(book.scenario, key)
    if isinstance(term, Choice):
        value = term.options[value](book.lang)
    book.put(sheet, row, 1, term.title(book.lang), "label")
    address = book.put(sheet, row, 2, None if book.is_blank else value, "input")
    sheet[address].number_format = style.number_format(term)
    book.put(sheet, row, 3, texts.unit(term, book.lang), "note")
    status = texts.IS_EMPTY if book.is_blank else texts.OK
    formula = _status(book, key, term)
    book.put_formula(sheet, row, 4, formula, book.say(status), "label", book.say(texts.STATUS))
    book.put(sheet, row, 5, term.help(book.lang), "note")
    book.define(key, sheet, address)
    sheet.add_data_validation(_validation(book, address, term))


def _status(book: Book, key: str, term: Term | Choice) -> Expr:
    """What the status cell says: the first rule that the input breaks, or "ok"."""
    name = Expr.name(key)

    def either(condition: Expr | str, yes: Any, no: Any) -> Expr:
        test = Expr.name(condition) if isinstance(condition, str) else condition
        return Expr("function", "IF", (test, Expr.lift(yes), Expr.lift(no)))

    answer = Expr.lift(book.say(texts.OK))
    if isinstance(term, Choice):
        same = ",".join(f"{name}={Expr.lift(text(book.lang))}" for text in term.options.values())
        answer = either(f"OR({same})", answer, texts.not_an_option(term, book.lang))
        answer = either(f"ISERROR({name})", texts.not_an_option(term, book.lang), answer)
    else:
        for bound in reversed(term.bounds):
            answer = either(bound.holds(name), answer, bound.broken(book.lang))
        answer = either(f"ISNUMBER({name})", answer, book.say(texts.IS_NOT_A_NUMBER))
    return either(f"ISBLANK({name})", book.say(texts.IS_EMPTY), answer)


def _validation(book: Book, address: str, term: Term | Choice) -> DataValidation:
    if isinstance(term, Choice):
        words = ",".join(text(book.lang) for text in term.options.values())
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=False)
        error = texts.not_an_option(term, book.lang)
    else:
        conditions = [
            f"ISNUMBER({address})",
            *(str(b.holds(Expr.name(address))) for b in term.bounds),
        ]
        rule = DataValidation("custom", formula1=f"AND({','.join(conditions)})", allow_blank=False)
        error = term.rule(book.lang) or texts.IS_NOT_A_NUMBER(book.lang)
    rule.showInputMessage = rule.showErrorMessage = True
    rule.promptTitle = term.title(book.lang)[:32]
    rule.prompt = texts.prompt(term, book.lang)[:255]
    rule.errorTitle = book.say(texts.NOT_VALID)[:32]
    rule.error = f"{term.title(book.lang)}: {error}"[:255]
    rule.add(address)
    return rule


def add_results(book: Book) -> None:
    """The sheet of results, in their sections, under a warning when an input is wrong."""
    rows = book.trace.rows
    widths = (
        style.width((row.term.title(book.lang) for row in rows), 26),
        18,
        style.width((texts.unit(row.term, book.lang) for row in rows), 14),
        style.width((row.term.help(book.lang) for row in rows), 40, 70),
    )
    sheet = book.sheet(texts.RESULTS, book.say(book.scenario.template.title), widths)
    add_warning(book, sheet, 4)
    book.put_header(sheet, HEADER_ROW, texts.RESULT_HEADER, 2)
    row = HEADER_ROW
    section = Text("", "")
    for result in rows:
        row += 1
        if result.section != section:
            section = result.section
            for column in range(1, 5):
                book.put(sheet, row, column, book.say(section) if column == 1 else None, "section")
            row += 1
        _add_result(book, sheet, row, result)
        style.follow_size(sheet, f"B{row}", result.term)

    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:D{row}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _add_result(book: Book, sheet: Worksheet, row: int, result: Result) -> None:
    term, key = result.term, result.key
    sheet.row_dimensions[row].height = style.row_height(())
    book.put(sheet, row, 1, term.title(book.lang), "label")
    formula = book.trace.expressions[key]
    address = book.put_number(sheet, row, 2, formula, book.results[key].value, term)
    book.put(sheet, row, 3, texts.unit(term, book.lang), "note")
    book.put(sheet, row, 4, term.help(book.lang), "note")
    book.define(key, sheet, address)


def add_warning(book: Book, sheet: Worksheet, columns: int) -> None:
    """The line above computed numbers that is empty as long as every input is valid."""
    warning, ok = book.say(texts.WARNING), book.say(texts.OK)
    formula = f'IF(COUNTIF({STATUS_NAME},"{ok}")=ROWS({STATUS_NAME}),"","{warning}")'
    book.put_text(sheet, 2, columns, warning, "warning")
    shown = warning if book.is_blank else ""
    book.put_formula(sheet, 2, 1, formula, shown, "warning", book.say(texts.WARNING_LINE))


def add_sensitivity(book: Book) -> None:
    """The two-way table of one result, live."""
    spec = book.scenario.template.sensitivity
    result = next(row for row in book.trace.rows if row.key == spec.result)
    down, across = axis(book, spec.rows), axis(book, spec.columns)
    names = {
        "rows": texts.inline(down.term, book.lang),
        "columns": texts.inline(across.term, book.lang),
    }
    heading = book.say(texts.BY, result=result.term.title(book.lang), **names)
    sheet = book.sheet(texts.SENSITIVITY, heading, (16, *[14.0] * len(across.points)))
    add_warning(book, sheet, len(across.points) + 1)
    book.put_text(sheet, 3, len(across.points) + 1, book.say(texts.DOWN_ACROSS, **names), "text")
    book.put(sheet, HEADER_ROW, 1, result.term.title(book.lang), "header")
    sheet.row_dimensions[HEADER_ROW].height = style.row_height([(result.term.title(book.lang), 16)])
    for column, point in enumerate(across.points, 2):
        point.write(book, sheet, HEADER_ROW, column)
    for row, point in enumerate(down.points, FIRST_ROW):
        point.write(book, sheet, row, 1)
    table = book.scenario.evaluate_at(down.values(1) | across.values(0))[spec.result]
    table = np.broadcast_to(table, (len(down.points), len(across.points)))
    for i, j in np.ndindex(*table.shape):
        row, column = FIRST_ROW + i, 2 + j
        changes = down.changes(f"$A{row}")
        changes |= across.changes(f"{get_column_letter(column)}${HEADER_ROW}")
        formula = book.trace.what_if(spec.result, changes)
        book.put_number(sheet, row, column, formula, table[i, j], result.term)
    last_column, last_row = get_column_letter(len(across.points) + 1), HEADER_ROW + len(down.points)
    last = f"{last_column}{last_row}"
    style.mark_wrong(
        sheet, f"B{FIRST_ROW}:{last}", f"IF(ISNUMBER(B{FIRST_ROW}),B{FIRST_ROW}<0,FALSE)"
    )
    style.follow_size(sheet, f"B{HEADER_ROW}:{last_column}{HEADER_ROW}", across.term)
    style.follow_size(sheet, f"A{FIRST_ROW}:A{last_row}", down.term)
    style.follow_size(sheet, f"B{FIRST_ROW}:{last}", result.term)
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:{last}"


@dataclass(frozen=True)
class Point:
    """One point of a sweep: the formula (or constant) of its cell, and its value."""

    formula: str | None
    value: float
    term: Term

    def write(self, book: Book, sheet: Worksheet, row: int, column: int) -> None:
        """Write the point into a header cell."""
        if self.formula is None:
            address = book.put(sheet, row, column, self.value, "axis")
            sheet[address].number_format = style.number_format(self.term, self.value)
        else:
            book.put_number(sheet, row, column, self.formula, self.value, self.term, "axis")


@dataclass(frozen=True)
class Axis:
    """A sweep over the inputs of a book."""

    book: Book
    sweep: Sweep
    term: Term
    points: tuple[Point, ...]

    def changes(self, address: str) -> dict[str, Expr]:
        """What the inputs are replaced by when the point stands in a cell."""
        point = Expr.name(address)
        if self.sweep.axis is None:
            return {self.sweep.inputs[0]: point}
        return {name: Expr.name(name) * point for name in self.sweep.inputs}

    def values(self, trailing: int) -> dict[str, NDArray[np.float64]]:
        """The inputs at all points, with ``trailing`` axes behind them to broadcast."""
        points = np.array([p.value for p in self.points]).reshape((-1,) + (1,) * trailing)
        if self.sweep.axis is None:
            return {self.sweep.inputs[0]: points}
        return {name: getattr(self.book.scenario, name) * points for name in self.sweep.inputs}


def axis(book: Book, sweep: Sweep) -> Axis:
    """The points of a sweep: values of one input, or common factors of several."""
    if sweep.axis is not None:
        shares = tuple(Point(None, step / sweep.per, sweep.axis) for step in sweep.steps)
        return Axis(book, sweep, sweep.axis, shares)
    (name,) = sweep.inputs
    term = book.terms[name]
    if isinstance(term, Choice):
        raise TypeError(f"{name} is a choice and cannot be swept")
    base = getattr(book.scenario, name)
    return Axis(book, sweep, term, tuple(_points(name, base, sweep, term)))


def _points(name: str, base: float, sweep: Sweep, term: Term) -> Iterator[Point]:
    for step in sweep.steps:
        yield Point(f"{name}*{step}/{sweep.per}", base * step / sweep.per, term)
