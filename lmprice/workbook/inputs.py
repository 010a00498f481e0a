"""The sheet of inputs: a cell each, with unit, status, help, prompt and validation."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm
from lmprice.language.expression import Expr
from lmprice.language.terms import Choice, Term
from lmprice.scenarios.tables import TableSpec
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, STATUS_NAME, Book


def add_inputs(book: Book) -> None:
    """The sheet of input cells, each with unit, status, help, prompt and validation."""
    terms = book.terms
    labels = [term.title(book.lang) for term in terms.values()]
    statuses = [texts.IS_NOT_A_NUMBER(book.lang)]
    statuses += [
        book.say(texts.SEE_SHEET, sheet=book.say(table.title)) for table in book.tables.values()
    ]
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
    for table in book.tables.values():
        last += 1
        _add_table_row(book, sheet, last, table)
        sheet.row_dimensions[last].height = style.row_height([(book.say(table.help), widths[4])])
    status = f"D{FIRST_ROW}:D{last}"
    book.define(STATUS_NAME, sheet, status)
    style.mark(sheet, status, style.wrong(f'D{FIRST_ROW}<>"{book.say(texts.OK)}"'))
    style.group_digits(sheet, _numbers(list(terms.values()), last))
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:E{last}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _numbers(terms: list[Term | Choice], last: int) -> str:
    """The value cells down to row ``last`` without those of dates."""
    dates = [row for row, term in enumerate(terms, FIRST_ROW) if isinstance(term, DateTerm)]
    around = zip([FIRST_ROW - 1, *dates], [*dates, last + 1], strict=True)
    return " ".join(f"B{a + 1}:B{b - 1}" for a, b in around if a + 1 < b)


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


def _add_table_row(book: Book, sheet: Worksheet, row: int, table: TableSpec) -> None:
    """A line for a table on a sheet of its own: how many rows it has, and whether they are fine."""
    address = book.put(sheet, row, 1, book.say(table.title), "label")
    location = f"{quote_sheetname(book.say(table.title))}!A{FIRST_ROW}"
    sheet[address].hyperlink = Hyperlink(ref=address, location=location)
    filled = next(c.name for c in table.columns if c.default is None)
    count: float = 0 if book.is_blank else len(getattr(book.scenario, table.name))
    title = book.say(table.title)
    address = book.put_formula(sheet, row, 2, f"COUNTA({filled})", count, "result", title)
    sheet[address].number_format = "#,##0"
    book.put(sheet, row, 3, book.say(texts.ROWS), "note")
    ok, see = book.say(texts.OK), book.say(texts.SEE_SHEET, sheet=title)
    status = f"{table.name}_status"
    formula = f'IF(SUMPRODUCT(({status}<>"")*({status}<>"{ok}"))=0,"{ok}","{see}")'
    shown = see if book.is_blank else ok
    book.put_formula(sheet, row, 4, formula, shown, "label", book.say(texts.STATUS))
    book.put(sheet, row, 5, book.say(table.help), "note")


def _status(book: Book, key: str, term: Term | Choice) -> Expr:
    """What the status cell says: the first rule that the input breaks, or "ok"."""
    name = Expr.name(key)

    def either(condition: Expr | str, yes: Any, no: Any) -> Expr:
        test = Expr.name(condition) if isinstance(condition, str) else condition
        return Expr.of("if_else", test, yes, no)

    answer = Expr.lift(book.say(texts.OK))
    if isinstance(term, Choice):
        same = ",".join(f"{key}={excel.text(text(book.lang))}" for text in term.options.values())
        answer = either(f"OR({same})", answer, texts.not_an_option(term, book.lang))
        answer = either(f"ISERROR({key})", texts.not_an_option(term, book.lang), answer)
    else:
        for bound in reversed(term.bounds):
            answer = either(bound.holds(name), answer, bound.broken(book.lang))
        if isinstance(term, DateTerm):
            answer = either(f"INT({key})={key}", answer, book.say(texts.HAS_A_TIME))
        answer = either(f"ISNUMBER({key})", answer, book.say(texts.no_number(term)))
    return either(f"ISBLANK({key})", book.say(texts.IS_EMPTY), answer)


def _validation(book: Book, address: str, term: Term | Choice) -> DataValidation:
    if isinstance(term, Choice):
        words = ",".join(text(book.lang) for text in term.options.values())
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=False)
        error = texts.not_an_option(term, book.lang)
    else:
        conditions = [
            f"ISNUMBER({address})",
            *(excel.text(b.holds(Expr.name(address))) for b in term.bounds),
            *whole_days(term, address),
        ]
        rule = DataValidation("custom", formula1=f"AND({','.join(conditions)})", allow_blank=False)
        error = term.rule(book.lang) or texts.IS_NOT_A_NUMBER(book.lang)
    explain(book, rule, term.title(book.lang), texts.prompt(term, book.lang), error)
    rule.add(address)
    return rule


def whole_days(term: Term, cell: str) -> list[str]:
    """What the cell of a date has to fulfil besides its bounds."""
    return [f"INT({cell})={cell}"] if isinstance(term, DateTerm) else []


def explain(book: Book, rule: DataValidation, title: str, prompt: str, error: str) -> None:
    """What a validated cell says when it is selected, and when something else is typed in."""
    rule.showInputMessage = rule.showErrorMessage = True
    rule.promptTitle = title[:32]
    rule.prompt = prompt[:255]
    rule.errorTitle = book.say(texts.NOT_VALID)[:32]
    rule.error = f"{title}: {error}"[:255]
