"""The guide sheet: what the workbook is for, how to use it, how its results are computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.styles import Alignment, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.terms import Term
from lmprice.scenarios.tables import MONTHLY
from lmprice.scenarios.tracing import Iteration
from lmprice.workbook import style, texts
from lmprice.workbook.book import COUNTED, MARK, MARKS, Book
from lmprice.workbook.monthly import month_formula
from lmprice.workbook.results import add_warning
from lmprice.workbook.style import Tab
from lmprice.workbook.tables import row_formula

FORMULA_WIDTH = 78
LONGEST = 480  # characters of a formula; a row of a sheet has a largest height


def add_guide(book: Book) -> None:
    """Purpose, steps, colours, example and formulas, and the marks that a reader looks for."""
    template = book.scenario.template
    rows = book.trace.rows
    terms = [row.term for row in rows] + [column.term for column in book.trace.columns]
    names = [row.key for row in rows] + [column.name for column in book.trace.columns]
    titles = style.width((term.title(book.lang) for term in terms), 30, 40)
    widths = (titles, style.width(names, 26), FORMULA_WIDTH)
    sheet = book.sheet(texts.GUIDE, book.say(template.title), widths, Tab.GUIDE)
    book.put_text(sheet, 2, 3, book.say(template.about), "text")
    add_warning(book, sheet, len(widths), row=3)
    row = 5

    def heading(text: str) -> None:
        for column in (1, 2, 3):
            book.put(sheet, row, column, text if column == 1 else None, "section")

    heading(book.say(texts.HOW_TO_USE))
    for number, step in enumerate(texts.STEPS, 1):
        row += 1
        book.put_text(sheet, row, 3, f"{number}. {book.say(step)}", "text")
    row += 2
    heading(book.say(texts.LEGEND))
    for look, text in (("input", texts.LEGEND_INPUT), ("result", texts.LEGEND_RESULT)):
        row += 1
        address = book.put(sheet, row, 1, book.say(text), look)
        sheet[address].alignment = Alignment(horizontal="left", indent=1)
        sheet[address].protection = Protection(locked=True)
    row += 2
    heading(book.say(texts.EXAMPLE))
    row += 1
    book.put_text(sheet, row, 3, "", "text")
    # What the example is of was published for a million tokens, whatever is counted here.
    example: Any = sheet.cell(row, 1)
    example.value = book.counting.money(book.say(template.example))
    sheet.row_dimensions[row].height = style.row_height([(book.say(template.example), sum(widths))])
    row += 2
    heading(book.say(texts.FORMULAS))
    row += 1
    book.put_header(sheet, row, texts.FORMULA_HEADER, 0)
    sheet.print_title_rows = f"{row}:{row}"
    formulas = [(r.term, r.key, f"={excel.text(book.trace.expressions[r.key])}") for r in rows]
    for c in book.trace.columns:
        formula_of = month_formula if c.table == MONTHLY else row_formula
        formulas.append((c.term, c.name, formula_of(book, c)))
    formulas += [formula for i in book.trace.iterations for formula in _iterated(book, i)]
    for term, name, formula in formulas:
        row += 1
        book.put(sheet, row, 1, term.title(book.lang), "label")
        book.put(sheet, row, 2, name, "formula")
        said = _shortened(book, name, formula)
        address = book.put(sheet, row, 3, said, "formula")
        sheet[address].data_type = "s"  # the text of a formula, not a formula
        sheet[address].quotePrefix = True
        height = style.row_height([(term.title(book.lang), titles)])
        sheet.row_dimensions[row].height = max(height, style.note_height([(said, FORMULA_WIDTH)]))
    sheet.print_area = f"A1:C{_add_marks(book, sheet, row + 2)}"


def _shortened(book: Book, name: str, formula: str) -> str:
    """The formula, or the beginning of a long one and the cell in which all of it stands."""
    if len(formula) <= LONGEST:
        return formula
    named = book.workbook.defined_names.get(name)  # not what an iteration reports on its way
    target = book.say(texts.ITERATION) if named is None else str(named.attr_text)
    place = target.partition(":")[0].replace("$", "")
    return f"{formula[:LONGEST]} … {book.say(texts.ALL_OF_IT, place=place)}"


def _add_marks(book: Book, sheet: Worksheet, first: int) -> int:
    """What a reader of the file looks for, in cells and as a name; gives the last row."""
    labels = (texts.TEMPLATE, texts.VERSION, texts.LANGUAGE, texts.CURRENCY, texts.TOKENS)
    marks = zip((*MARKS, *COUNTED), labels, book.marks, strict=True)
    for row, (name, label, value) in enumerate(marks, first):
        book.put(sheet, row, 1, book.say(label), "note")
        book.define(name, sheet, book.put(sheet, row, 2, value, "note"))
    mark = f'"{" ".join(book.marks)}"'
    book.workbook.defined_names[MARK] = DefinedName(MARK, attr_text=mark)
    return first + len(book.marks) - 1


def _iterated(book: Book, iteration: Iteration) -> Iterator[tuple[Term, str, str]]:
    """How an iteration is computed: what a step reports, and the step itself."""
    for part in iteration.parts:
        yield part.term, part.name, f"={excel.text(part.values[0])}"
    start, step = map(excel.text, iteration.values)
    parts = {"start": start, "steps": str(iteration.steps), "step": f"={step}"}
    yield iteration.term, iteration.last, book.say(texts.ITERATED, **parts)
