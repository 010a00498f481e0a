"""The sheets of tables: rows to fill in, a status beside each, and the columns computed from them.

Every row that may be filled in is there from the start, so that a row added by hand counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm
from lmprice.language.expression import Expr
from lmprice.language.terms import INFINITY, Term, Text
from lmprice.output.foreign import is_like_a_formula
from lmprice.output.printing import text_width
from lmprice.scenarios.tables import MAX_ROWS, Column, Label, TableSpec
from lmprice.scenarios.tracing import Calculated, in_row
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, ROW, UNUSABLE, Book, Pattern
from lmprice.workbook.helper_cells import iterated_cells
from lmprice.workbook.inputs import explain, whole_days
from lmprice.workbook.pages import is_wide, on_screen, print_what_is_filled
from lmprice.workbook.results import add_warning
from lmprice.workbook.rows import Value
from lmprice.workbook.style import Tab
from lmprice.workbook.table_rows import Layout, when

WIDTH = 14.0
LABEL_WIDTH = 22.0
NUMBER_WIDTH, STATUS_WIDTH = 8.0, 22.0
NUMBER = Term(
    Text("Row", "行号"),
    Text("number", "序号"),
    Text("Number of the row among those that are filled in", "已填写行的序号"),
    is_whole=True,
)


def add_tables(book: Book) -> None:
    """A sheet for each table of the scenario."""
    for table in book.tables.values():
        _add_table(book, table_layout(book, table))


def row_formula(book: Book, column: Calculated) -> str:
    """The formula of a calculated column as it stands in the second row of its table."""
    layout = table_layout(book, book.tables[column.table])
    return f"={excel.text(_row_formula(book, layout, column, FIRST_ROW + 1))}"


def table_layout(book: Book, table: TableSpec) -> Layout:
    """Where the columns of a table stand."""
    calculated = (column for column in book.trace.columns if column.table == table.name)
    return Layout(
        table,
        tuple(calculated),
        book.lang,
        book.places[table.name].rows if table.name in book.places else MAX_ROWS,
    )


def _row_formula(book: Book, layout: Layout, column: Calculated, row: int | str) -> Expr:
    cells = layout.cells(row) | iterated_cells(
        book, layout.table.name, f"ROWS($A${FIRST_ROW}:$A{row})"
    )
    inner = in_row(book.trace.expressions[column.name], cells)
    return when(f"{layout.filled(row)}>0", inner, Expr.lift(""))


def _add_table(book: Book, layout: Layout) -> None:
    table = layout.table
    heads = _heads(book, layout)
    inputs, size = len(table.columns), len(heads)
    least = [LABEL_WIDTH if isinstance(c.term, Label) else WIDTH for c in table.columns]
    least += [NUMBER_WIDTH, STATUS_WIDTH, *[WIDTH] * (size - inputs - 2)]
    widths = [max(own, _width(head)) for own, head in zip(least, heads, strict=True)]
    sheet = book.sheet(table.title, book.say(table.title), widths, Tab.INPUT)
    columns = on_screen(widths)
    # The first column of a table that is wide is printed again on the pages beside the first.
    first = 2 if is_wide(widths) else 1
    add_warning(book, sheet, columns, first=first)
    steps = (book.say(table.help), book.say(texts.FILL_IN_ROWS, rows=str(MAX_ROWS)))
    book.put_text(sheet, 3, columns, texts.sentences(steps, book.lang), "text", first)
    _add_header(book, sheet, layout, heads, widths)
    patterns = _patterns(book, layout)
    for row in range(FIRST_ROW, layout.last_row + 1):
        _add_row(book, sheet, layout, row, patterns)
    for name in layout.columns:
        book.define(name, sheet, layout.range(name))
    _format(book, sheet, layout)
    labels = sum(isinstance(column.term, Label) for column in table.columns)
    letters = list(layout.columns.values())
    sheet.freeze_panes = f"{letters[labels]}{FIRST_ROW}"
    print_what_is_filled(sheet, layout.number_name, letters[-1], layout.last_row, HEADER_ROW)
    last_input = letters[len(table.columns) - 1]
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last_input}{layout.last_row}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _heads(book: Book, layout: Layout) -> list[str]:
    """What stands over the columns."""
    heads = []
    for term in _terms(layout):
        if isinstance(term, Term) and term is not NUMBER:
            heads.append(_fitted(texts.headed(term, book.lang)))
        else:
            heads.append(book.say(term.title if term else texts.STATUS))
    return heads


def _terms(layout: Layout) -> list[Term | Label | None]:
    """What the columns have, None for the status."""
    inputs = (column.term for column in layout.table.columns)
    return [*inputs, NUMBER, None, *(column.term for column in layout.calculated)]


def _fitted(head: str) -> str:
    """A head with what follows a Chinese colon on a line of its own, if it is too long for one."""
    name, bracket, unit = head.partition("\n")
    return name.replace("：", "：\n") + bracket + unit if text_width(name) > WIDTH - 3 else head


def _width(head: str) -> float:
    """The width of a column in which no word of its head is broken, as Chinese ones would be."""
    return max(text_width(word) + 3 for word in head.split())


def _add_header(
    book: Book, sheet: Worksheet, layout: Layout, heads: Sequence[str], widths: Iterable[float]
) -> None:
    for number, (term, head) in enumerate(zip(_terms(layout), heads, strict=True), 1):
        look = "header number" if isinstance(term, Term) else "header"
        book.put(sheet, HEADER_ROW, number, head, look)
    # Narrow columns break lines early, so a little room is left in each.
    room = [(head, width - 3) for head, width in zip(heads, widths, strict=True)]
    sheet.row_dimensions[HEADER_ROW].height = style.row_height(room)


def _patterns(book: Book, layout: Layout) -> list[Pattern]:
    """The status of a row, and its calculated columns."""
    formulas = (_row_formula(book, layout, column, ROW) for column in layout.calculated)
    return [Pattern.of(formula) for formula in (layout.status(ROW), *formulas)]


def _add_row(
    book: Book, sheet: Worksheet, layout: Layout, row: int, patterns: Sequence[Pattern]
) -> None:
    """One row with its values, or a row to be filled in where there are none."""
    record = book.record(layout.table.name, row - FIRST_ROW)
    filled = getattr(book.scenario, layout.table.name)
    values = {} if record is None else dict(filled[record])
    for number, column in enumerate(layout.table.columns, 1):
        _add_input(book, sheet, (row, number), column, values.get(column.key))
    number = len(layout.table.columns) + 1
    place: Value = "" if record is None else float(record + 1)
    title = book.say(NUMBER.title)
    book.put_formula(sheet, row, number, layout.number(row), place, "result", title)
    number += 1
    shown = book.say(texts.OK) if values else ""
    if row == FIRST_ROW and book.is_blank:
        shown = book.say(texts.IS_EMPTY)
    status, *others = patterns
    book.put_formula(sheet, row, number, status, shown, "label", book.say(texts.STATUS))
    for calculated, pattern in zip(layout.calculated, others, strict=True):
        number += 1
        known = 0.0 if record is None else float(book.columns[calculated.name][record])
        stored: Value = min(known, INFINITY) if values else ""
        title = calculated.term.title(book.lang)
        code = style.number_format(calculated.term, known)
        book.put_formula(sheet, row, number, pattern, stored, "result", title, code)


def _add_input(
    book: Book, sheet: Worksheet, place: tuple[int, int], column: Column, value: float | str | None
) -> None:
    address = book.put(sheet, *place, None if value in (math.inf, "") else value, "input")
    cell = sheet[address]
    if isinstance(column.term, Term):
        cell.number_format = style.number_format(column.term)
        return
    cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)
    if value:
        cell.data_type = "s"  # a name may look like a formula
        cell.quotePrefix = is_like_a_formula(str(value))


def _format(book: Book, sheet: Worksheet, layout: Layout) -> None:
    for column in layout.table.columns:
        cells = layout.range(column.name)
        sheet.add_data_validation(_validation(book, column, cells))
        if isinstance(column.term, Term) and not isinstance(column.term, DateTerm):
            style.group_digits(sheet, cells)
    cells = layout.range(layout.status_name)
    first = cells.partition(":")[0]
    is_wrong = f'AND({first}<>"",{first}<>"{book.say(texts.OK)}")'
    style.mark(sheet, cells, style.wrong(is_wrong))
    for calculated in layout.calculated:
        cells = layout.range(calculated.name)
        code = style.grey(sheet[cells.partition(":")[0]].number_format)
        style.hide_errors(sheet, cells, UNUSABLE)
        style.grey_out(sheet, cells, UNUSABLE, code)
        style.name_infinity(sheet, cells, book.say(texts.NO_LIMIT))
        first = cells.partition(":")[0]
        looks = [style.wrong(f"N({first})>0")] if calculated.is_alarm else []
        book.follow_size(sheet, cells, calculated.term, looks)


def _validation(book: Book, column: Column, cells: str) -> DataValidation:
    cell = cells.partition(":")[0]
    term = column.term
    title, prompt = term.title(book.lang), [term.help(book.lang)]
    if isinstance(term, Label):
        if column.default == "":
            prompt.append(book.say(texts.OPTIONAL))
        rule = DataValidation("custom", formula1=f"NOT(ISERROR({cell}))", allow_blank=True)
        explain(book, rule, title, texts.sentences(prompt, book.lang), book.say(texts.IS_AN_ERROR))
        rule.add(cells)
        return rule
    bounds = [excel.text(bound.holds(Expr.name(cell))) for bound in term.bounds]
    conditions = [f"ISNUMBER({cell})", *bounds]
    conditions += whole_days(term, cell)
    error: Text = term.rule if term.bounds else texts.IS_NOT_A_NUMBER
    prompt.append(texts.unit(term, book.lang))
    if column.is_limit:
        error = texts.EMPTY_IN_THE_LAST_ROW
        letters = cell.rstrip("0123456789")
        conditions.append(f"{cell}>N({letters}{HEADER_ROW})")  # N of the header is 0
        prompt.append(book.say(error))
    elif term.bounds:
        prompt.append(term.rule(book.lang))
    if column.default == 0:
        prompt.append(book.say(texts.MAY_BE_EMPTY))
    rule = DataValidation("custom", formula1=f"AND({','.join(conditions)})", allow_blank=True)
    explain(book, rule, title, texts.sentences(prompt, book.lang), book.say(error))
    rule.add(cells)
    return rule
