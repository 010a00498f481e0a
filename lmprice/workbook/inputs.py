"""The sheet of inputs: base, low, high and a case of one's own, unit, status, meaning, source."""

from __future__ import annotations

import datetime

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm, serial
from lmprice.language.expression import Expr
from lmprice.language.terms import Choice, Term
from lmprice.scenarios.tables import TableSpec
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, OWN_NAME, STATUS_NAME, WRONG_NAME, Book
from lmprice.workbook.cases import CASE, CASE_NUMBER, CASES
from lmprice.workbook.questions import percent_formula, question, question_formulas
from lmprice.workbook.results import add_warning
from lmprice.workbook.rows import Value
from lmprice.workbook.style import Tab

LABEL, BASE, IN_USE, UNIT, STATUS, MEANING, SOURCE, PROBLEM = 1, 2, 6, 7, 8, 9, 10, 11
CASE_ROW = 3
LABELS_NAME = "input_labels"
PRINTED_WIDTH = 203.0  # of all columns, so that a page across has them in a size to read


def add_inputs(book: Book) -> None:
    """The sheet of input cells, each with unit, status, help, prompt and validation."""
    terms = book.terms
    choices = [term for term in terms.values() if isinstance(term, Choice)]
    options = (text(book.lang) for term in choices for text in term.options.values())
    widths = [
        style.width((term.title(book.lang) for term in terms.values()), 24, 34),
        *[style.width(options, 14, 18)] * 5,
        style.width((texts.unit(t, book.lang) for t in terms.values()), 12, 17),
        24,
        style.width((t.help(book.lang) for t in terms.values()), 40),
        20,
        4,
    ]
    left = PRINTED_WIDTH - sum(widths) + widths[MEANING - 1]
    widths[MEANING - 1] = min(widths[MEANING - 1], left)
    sheet = book.sheet(texts.INPUTS, book.say(book.scenario.template.title), widths, Tab.INPUT)
    book.put_text(sheet, 2, SOURCE, book.say(book.scenario.template.about), "text")
    add_warning(book, sheet, STATUS, row=1, first=IN_USE - 1)
    _add_selector(book, sheet)
    _add_header(book, sheet)
    for row, (key, term) in enumerate(terms.items(), FIRST_ROW):
        _add_input(book, sheet, row, key, term)
        notes = [
            (term.help(book.lang), widths[MEANING - 1]),
            (texts.unit(term, book.lang), widths[UNIT - 1]),
        ]
        height = style.row_height([(term.title(book.lang), widths[0])])
        sheet.row_dimensions[row].height = max(height, style.note_height(notes))
    last = FIRST_ROW + len(terms) - 1
    for table in book.tables.values():
        last += 1
        _add_table_row(book, sheet, last, table)
        height = style.note_height([(book.say(table.help), widths[MEANING - 1])])
        sheet.row_dimensions[last].height = max(height, style.row_height(()))
    _add_problems(book, sheet, last)
    rows = f"{FIRST_ROW}:{{0}}{last}"
    status = get_column_letter(STATUS)
    cells = status + rows.format(status)
    check = book.say(texts.CHECK)
    first = f"{status}{FIRST_ROW}"
    is_question = f'LEFT({first},{len(check)})="{check}"'
    style.mark(sheet, cells, style.caution(is_question))
    style.mark(sheet, cells, style.wrong(f'{first}<>"{book.say(texts.OK)}"'))
    of_case = f"{status}{CASE_ROW}"
    style.mark(sheet, of_case, style.wrong(f'{of_case}<>"{book.say(texts.OK)}"'))
    in_use = get_column_letter(IN_USE)  # the status says what is missing there
    style.hide_errors(sheet, f"{in_use}{FIRST_ROW}:{in_use}{last}", "TRUE")
    style.group_digits(sheet, _numbers(list(terms.values()), last))
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:{get_column_letter(SOURCE)}{last}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _add_selector(book: Book, sheet: Worksheet) -> None:
    """Which scenario is in use, its number, and whether there is one of that name."""
    book.put(sheet, CASE_ROW, LABEL, book.say(texts.CASE_IN_USE), "label")
    address = book.put(sheet, CASE_ROW, BASE, book.case_name, "input")
    book.define(CASE, sheet, address)
    rule = DataValidation("list", formula1=f"$B${HEADER_ROW}:$E${HEADER_ROW}", allow_blank=False)
    prompt, title = book.say(texts.CASE_PROMPT), book.say(texts.CASE_IN_USE)
    explain(book, rule, title, prompt, prompt)
    rule.add(address)
    sheet.add_data_validation(rule)
    number = f"IFERROR(MATCH({CASE},$B${HEADER_ROW}:$E${HEADER_ROW},0),1)"
    label, chosen = book.say(texts.CASE_IN_USE), float(book.cases.chosen + 1)
    address = book.put_formula(sheet, CASE_ROW - 1, PROBLEM, number, chosen, "small", label)
    book.define(CASE_NUMBER, sheet, address)
    fill_in = book.put(sheet, CASE_ROW, BASE + 1, book.say(texts.FILL_IN), "small")
    sheet[fill_in].alignment = Alignment(horizontal="left", vertical="center", indent=1)
    sheet.merge_cells(start_row=CASE_ROW, end_row=CASE_ROW, start_column=BASE + 1, end_column=UNIT)
    ok, empty, none, two = (
        excel.text(book.say(text))
        for text in (texts.OK, texts.IS_EMPTY, texts.NO_CASE, texts.TWO_CASES)
    )
    same = f"SUMPRODUCT(($B${HEADER_ROW}:$E${HEADER_ROW}={CASE})*1)"
    found = f"IF({same}=0,{none},IF({same}>1,{two},{ok}))"
    status = f'IF({CASE}="",{empty},{found})'
    book.put_formula(
        sheet, CASE_ROW, STATUS, status, book.say(texts.OK), "label", book.say(texts.STATUS)
    )
    sheet.row_dimensions[CASE_ROW].height = 21


def _add_header(book: Book, sheet: Worksheet) -> None:
    book.put_header(sheet, HEADER_ROW, texts.INPUT_HEADER, 0)
    for column in range(BASE, IN_USE + 1):
        sheet.cell(HEADER_ROW, column).style = "lmprice header number"
    own = sheet.cell(HEADER_ROW, IN_USE - 1, book.cases.own or book.say(texts.OWN))
    own.style = "lmprice input"
    own.data_type = "s"
    book.define(OWN_NAME, sheet, own.coordinate)


def _numbers(terms: list[Term | Choice], last: int) -> str:
    """The value cells down to row ``last`` without those of dates."""
    dates = [row for row, term in enumerate(terms, FIRST_ROW) if isinstance(term, DateTerm)]
    around = zip([FIRST_ROW - 1, *dates], [*dates, last + 1], strict=True)
    return " ".join(f"B{a + 1}:F{b - 1}" for a, b in around if a + 1 < b)


def _add_input(book: Book, sheet: Worksheet, row: int, key: str, term: Term | Choice) -> None:
    title = term.title(book.lang)
    book.put(sheet, row, LABEL, title, "label")
    for number in range(len(CASES)):
        value = None if book.is_blank else book.cases.value(key, number)
        if isinstance(term, Choice) and value is not None:
            value = term.options[value](book.lang)
        address = book.put(sheet, row, BASE + number, value, "input")
        sheet[address].number_format = style.number_format(term)
    cells = f"$B{row}:$E{row}"
    book.define(f"{key}_cases", sheet, f"$B${row}:$E${row}".replace("$", ""))
    chosen = f"INDEX({cells},{CASE_NUMBER})"
    formula = f'IF({chosen}="",IF($B{row}="",NA(),$B{row}),{chosen})'
    address = book.put_formula(
        sheet, row, IN_USE, formula, _stored(book, key, term), "result", title
    )
    sheet[address].number_format = style.number_format(term)
    book.define(key, sheet, address)
    book.put(sheet, row, UNIT, texts.unit(term, book.lang), "note")
    shown = book.say(texts.IS_EMPTY) if book.is_blank else question(book, key) or book.say(texts.OK)
    book.put_formula(
        sheet, row, STATUS, _status(book, key, term), shown, "label", book.say(texts.STATUS)
    )
    book.put(sheet, row, MEANING, term.help(book.lang), "note")
    book.put(sheet, row, SOURCE, None, "input note")
    sheet.add_data_validation(_validation(book, f"B{row}:E{row}", term))


def _stored(book: Book, key: str, term: Term | Choice) -> Value:
    """What the cell of the input in use shows."""
    if book.is_blank:
        return float("nan")
    value = getattr(book.scenario, key)
    if isinstance(term, Choice):
        return term.options[value](book.lang)
    return serial(value) if isinstance(value, datetime.date) else float(value)


def _add_table_row(book: Book, sheet: Worksheet, row: int, table: TableSpec) -> None:
    """A line for a table on a sheet of its own: how many rows it has, and whether they are fine."""
    title = book.say(table.title)
    address = book.put(sheet, row, LABEL, title, "label")
    location = f"{quote_sheetname(title)}!A{FIRST_ROW}"
    sheet[address].hyperlink = Hyperlink(ref=address, location=location)
    filled = next(c.name for c in table.columns if c.default is None)
    count: float = 0 if book.is_blank else len(getattr(book.scenario, table.name))
    for column in range(BASE, IN_USE):
        book.put(sheet, row, column, None, "result")
    address = book.put_formula(sheet, row, IN_USE, f"COUNTA({filled})", count, "result", title)
    sheet[address].number_format = "#,##0"
    book.put(sheet, row, UNIT, book.say(texts.ROWS), "note")
    ok, see = book.say(texts.OK), book.say(texts.SEE_SHEET, sheet=title)
    status = f"{table.name}_status"
    asked, says = question_formulas(book, table.name), excel.text(ok)
    for condition, message in reversed(asked):
        says = f"IF({condition},{message},{says})"
    formula = f'IF(SUMPRODUCT(({status}<>"")*({status}<>"{ok}"))=0,{says},"{see}")'
    shown = see if book.is_blank else question(book, table.name) or ok
    book.put_formula(sheet, row, STATUS, formula, shown, "label", book.say(texts.STATUS))
    book.put(sheet, row, MEANING, book.say(table.help), "note")
    book.put(sheet, row, SOURCE, None, "input note")


def _add_problems(book: Book, sheet: Worksheet, last: int) -> None:
    """A 1 beside each input that cannot be used, so that the first of them can be named."""
    ok, check = book.say(texts.OK), book.say(texts.CHECK)
    book.put(sheet, HEADER_ROW, PROBLEM, "!", "header")
    for row in (CASE_ROW, *range(FIRST_ROW, last + 1)):
        status = f"{get_column_letter(STATUS)}{row}"
        formula = f'IF(OR({status}="{ok}",LEFT({status},{len(check)})="{check}"),0,1)'
        value = float(book.is_blank and row != CASE_ROW)
        book.put_formula(sheet, row, PROBLEM, formula, value, "small", book.say(texts.STATUS))
    for name, column in ((STATUS_NAME, STATUS), (WRONG_NAME, PROBLEM), (LABELS_NAME, LABEL)):
        letter = get_column_letter(column)
        book.define(name, sheet, f"{letter}{CASE_ROW}:{letter}{last}")


def _status(book: Book, key: str, term: Term | Choice) -> str:
    """What the status cell says: the first rule that the input breaks, a question, or "ok"."""
    lang = book.lang
    says = excel.text(book.say(texts.OK))
    for condition, message in reversed(question_formulas(book, key)):
        says = f"IF({condition},{message},{says})"
    if isinstance(term, Choice):
        same = ",".join(f"{key}={excel.text(text(lang))}" for text in term.options.values())
        says = f"IF(OR({same}),{says},{excel.text(texts.not_an_option(term, lang))})"
        says = f"IF(ISERROR({key}),{excel.text(texts.not_an_option(term, lang))},{says})"
    else:
        for bound in reversed(term.bounds):
            holds = excel.text(bound.holds(Expr.name(key)))
            broken = excel.text(bound.broken(lang))
            if term.is_fraction and not bound.is_lower:
                broken += percent_formula(key, lang)
            says = f"IF({holds},{says},{broken})"
        if isinstance(term, DateTerm):
            says = f"IF(INT({key})={key},{says},{excel.text(book.say(texts.HAS_A_TIME))})"
        wrong = excel.text(book.say(texts.no_number(term)))
        says = f"IF(ISNUMBER({key}),{says},{wrong})"
    return f"IF(ISNA({key}),{excel.text(book.say(texts.IS_EMPTY))},{says})"


def _validation(book: Book, cells: str, term: Term | Choice) -> DataValidation:
    if isinstance(term, Choice):
        words = ",".join(text(book.lang) for text in term.options.values())
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True)
        error = texts.not_an_option(term, book.lang)
    else:
        cell = cells.partition(":")[0]
        conditions = [
            f"ISNUMBER({cell})",
            *(excel.text(b.holds(Expr.name(cell))) for b in term.bounds),
            *whole_days(term, cell),
        ]
        rule = DataValidation("custom", formula1=f"AND({','.join(conditions)})", allow_blank=True)
        error = term.rule(book.lang) or texts.IS_NOT_A_NUMBER(book.lang)
    explain(book, rule, term.title(book.lang), texts.prompt(term, book.lang), error)
    rule.add(cells)
    return rule


def whole_days(term: Term, cell: str) -> list[str]:
    """What the cell of a date has to fulfil besides its bounds."""
    return [f"INT({cell})={cell}"] if isinstance(term, DateTerm) else []


def explain(book: Book, rule: DataValidation, title: str, prompt: str, error: str) -> None:
    """What a validated cell says when it is selected, and when something else is typed in."""
    rule.showInputMessage = rule.showErrorMessage = True
    rule.promptTitle = title[:32]
    rule.prompt = book.counting.words(prompt)[:255]
    rule.errorTitle = book.say(texts.NOT_VALID)[:32]
    rule.error = book.counting.words(f"{title}: {error}")[:255]
