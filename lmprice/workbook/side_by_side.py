"""The sheets of cases: the scenarios side by side, and what moves a result most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.terms import Bound, Term
from lmprice.language.tree import Expr
from lmprice.output.palette import ACCENT, LINE
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, OWN_NAME, Book
from lmprice.workbook.cases import CASES
from lmprice.workbook.chain import NAME_COLUMNS, CaseColumn, Chain
from lmprice.workbook.chart import axis_format, category_texts, chart_title, set_up
from lmprice.workbook.inputs import BASE, explain
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning
from lmprice.workbook.settings import CHANGE, DRIVEN

FIRST_DRIVER = NAME_COLUMNS + 1 + len(CASES)  # the column of the first input made lower
SHOWN = 12  # inputs on the chart, those that move the result most
DIGITS, LEAST = 9, 1e-300
KNOWN_ONLY = "General;"  # -1 stands for a swing that is not known
BAR = 20  # characters of the longest bar in a cell


@dataclass(frozen=True)
class Drivers:
    """Which inputs move the chosen result most: their rows on the sheet, the largest first."""

    sheet: Worksheet
    count: int


def add_cases(book: Book) -> tuple[Chain, Drivers | None]:
    """The scenarios side by side, the drivers of a result, and the helper cells behind both."""
    chain = Chain(book, book.scenario.template.answer.figures)
    moved = _moved(book, chain)
    cases, columns = _case_columns(book, chain), _driver_columns(book, chain, moved)
    _add_scenarios(book, chain, cases)
    drivers = _add_drivers(book, chain, moved, columns) if chain.keys and moved else None
    chain.write([*cases, *columns])
    return chain, drivers


def _case_columns(book: Book, chain: Chain) -> list[CaseColumn]:
    """A column for each case; an input that a case does not name is that of the base."""
    inputs = quote_sheetname(book.say(texts.INPUTS))
    rows = {key: FIRST_ROW + n for n, key in enumerate(book.terms)}
    columns = []
    for number, heading in enumerate(case_names(book)):
        formulas = {}
        for key in chain.inputs:
            base = f"{inputs}!$B${rows[key]}"
            own = f"{inputs}!${get_column_letter(BASE + number)}${rows[key]}"
            filled = f'IF({base}="",NA(),{base})'
            formulas[key] = filled if number == 0 else f'IF({own}="",{filled},{own})'
        scenario = book.cases.scenario(book.scenario, number)
        columns.append(CaseColumn(heading, formulas, scenario, chain.results))
    return columns


def case_names(book: Book) -> list[str]:
    """The names of the cases."""
    names = [book.say(name) for name in CASES]
    return [*names[:-1], book.cases.own or names[-1]]


def put_case_names(
    book: Book, sheet: Worksheet, cells: Sequence[tuple[int, int]], less: str = ""
) -> None:
    """The names of the last cases in header cells; one's own follows the cell where it stands."""
    *names, own = case_names(book)
    *before, last = cells
    for cell, name in zip(before, names[len(names) - len(before) :], strict=True):
        book.put(sheet, *cell, name + less, "header number")
    default = excel.text(book.say(texts.OWN))
    formula = f'IF({OWN_NAME}="",{default},{OWN_NAME})'
    if less:
        formula += f"&{excel.text(less)}"
    book.put_formula(sheet, *last, formula, own + less, "header number", book.say(texts.OWN))


def _moved(book: Book, chain: Chain) -> list[str]:
    """The inputs that are numbers and on which the results depend."""
    return [key for key in chain.inputs if type(book.terms[key]) is Term]


def _driver_columns(book: Book, chain: Chain, moved: Sequence[str]) -> list[CaseColumn]:
    """Two columns for each input: a share lower, and a share higher, within its bounds."""
    share = book.setting(CHANGE)
    columns = []
    for key in moved:
        term = cast(Term, book.terms[key])
        base = float(getattr(book.scenario, key))
        for sign in (-1, 1):
            plus = "-" if sign < 0 else "+"
            if any(bound.is_lower and bound.limit >= 0 for bound in term.bounds):
                value, formula = base * (1 + sign * share), f"{key}*(1{plus}{CHANGE})"
            else:  # what is lower than a negative number is farther from 0
                value, formula = base + sign * abs(base) * share, f"{key}{plus}ABS({key})*{CHANGE}"
            tree = Expr.name(formula)
            for bound in term.bounds:
                tree, value = _kept(bound, tree, value, key, base)
            heading = f"{term.title(book.lang)} {plus}"
            formulas = {name: name for name in chain.inputs} | {key: excel.text(tree)}
            changed = book.scenario.model_copy(update={key: value})
            columns.append(CaseColumn(heading, formulas, changed, chain.results))
    return columns


def _kept(bound: Bound, tree: Expr, value: float, key: str, base: float) -> tuple[Expr, float]:
    """A changed input at the bound that it would break, or as it is where it cannot be at it."""
    if bound.operator in (">=", "<="):
        pick = "maximum" if bound.is_lower else "minimum"
        nearest = max if bound.is_lower else min
        return Expr.of(pick, tree, bound.limit), nearest(value, bound.limit)
    holds = bound.holds(tree)
    return Expr.of("if_else", holds, tree, Expr.name(key)), value if bound.holds(value) else base


def _add_scenarios(book: Book, chain: Chain, cases: Sequence[CaseColumn]) -> None:
    """The figures of the answer in all cases, and how far they are from the base."""
    names = case_names(book)
    terms = [book.results[key].term for key in chain.keys]
    units = style.width((texts.unit(term, book.lang) for term in terms), 18)
    titles = style.width((term.title(book.lang) for term in terms), 34)
    widths = (titles, units, *[16.0] * len(names), *[16.0] * (len(names) - 1))
    sheet = book.sheet(texts.SIDE_BY_SIDE, book.say(texts.SIDE_BY_SIDE), widths)
    add_warning(book, sheet, len(widths))
    said = book.say(texts.ABOUT_SIDE_BY_SIDE)
    left_out = [k for k in book.scenario.template.answer.figures if k not in chain.keys]
    if left_out:
        names_out = (book.results[key].term.title(book.lang) for key in left_out)
        missing = texts.listed(names_out, book.lang)
        space = " " if book.lang == "en" else ""
        said += space + book.say(texts.LEFT_OUT, results=missing)
    book.put_text(sheet, 3, len(widths), said, "text")
    for column, head in enumerate((texts.RESULT, texts.UNIT), 1):
        book.put(sheet, HEADER_ROW, column, book.say(head), "header")
    put_case_names(book, sheet, [(HEADER_ROW, 3 + number) for number in range(len(names))])
    minus = [(HEADER_ROW, 3 + len(names) + number) for number in range(len(names) - 1)]
    put_case_names(book, sheet, minus, less=f" - {names[0]}")
    sheet.row_dimensions[HEADER_ROW].height = 33
    for row, key in enumerate(chain.keys, FIRST_ROW):
        _add_case_row(book, sheet, row, key, chain, cases, (3, 3 + len(names)))
    sheet.freeze_panes = f"C{FIRST_ROW}"
    last = FIRST_ROW + max(len(chain.keys), 1) - 1
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{last}"


def _add_case_row(
    book: Book, sheet: Worksheet, row: int, key: str, chain: Chain, cases: Sequence[CaseColumn],
    columns: tuple[int, int],
) -> None:  # fmt: skip
    """A result in all cases from one column on, and from another on its distance to the base."""
    term = book.results[key].term
    values = [case.result(key) for case in cases]
    book.put(sheet, row, 1, term.title(book.lang), "label")
    book.put(sheet, row, 2, texts.unit(term, book.lang), "note")
    cells = [chain.cell(key, NAME_COLUMNS + 1 + number) for number in range(len(CASES))]
    for number, (cell, value) in enumerate(zip(cells, values, strict=True)):
        book.put_number(sheet, row, columns[0] + number, cell, value, term)
    first = get_column_letter(columns[0])
    for number in range(1, len(CASES)):
        formula = f"{get_column_letter(columns[0] + number)}{row}-{first}{row}"
        value = values[number] - values[0]
        book.put_number(sheet, row, columns[1] + number - 1, formula, value, term)
    last = get_column_letter(columns[1] + len(CASES) - 2)
    book.follow_size(sheet, f"{first}{row}:{last}{row}", term)


def _add_drivers(
    book: Book, chain: Chain, moved: Sequence[str], columns: Sequence[CaseColumn]
) -> Drivers:
    """Each input a share lower and higher: the chosen result, ordered by how far it moves."""
    widths = (34.0, 16.0, 16.0, 16.0, 38.0, 4.0, 34.0, 16.0, 16.0, 16.0, 16.0, 8.0)
    sheet = book.sheet(texts.DRIVERS, book.say(texts.DRIVERS), widths)
    add_warning(book, sheet, 5)
    titles = [book.results[key].term.title(book.lang) for key in chain.keys]
    chosen = book.driven(titles)
    key = chain.keys[chosen]
    term = book.results[key].term
    book.put(sheet, 3, 1, book.say(texts.DRIVEN), "label")
    address = book.put(sheet, 3, 2, titles[chosen], "input")
    sheet.merge_cells("B3:C3")
    book.define(DRIVEN, sheet, address)
    book.put(sheet, 3, 4, book.say(texts.CHANGE), "label")
    book.put_setting(sheet, 3, 5, CHANGE)
    count = len(moved)
    helper = FIRST_ROW
    end = helper + count - 1
    choices = _add_choices(book, sheet, chain, titles, end + 3)
    rule = DataValidation("list", formula1=f"=$G${choices[0]}:$G${choices[1]}", allow_blank=False)
    explain(book, rule, book.say(texts.DRIVEN), book.say(texts.DRIVEN), book.say(texts.DRIVEN))
    rule.add(address)
    sheet.add_data_validation(rule)
    number = f"MATCH({DRIVEN},$G${choices[0]}:$G${choices[1]},0)"
    values = [math.nan if book.is_blank else column.result(key) for column in columns]
    rows = _unsorted(book, sheet, chain, moved, (helper, number, key), values)
    base = f"INDEX($H${choices[0]}:$H${choices[1]},{number})"
    _add_heads(book, sheet)
    ordered = sorted(range(count), key=lambda n: rows[n][4])
    for place in range(count):
        label, low, high, swing, _ = rows[ordered[place]]
        row = FIRST_ROW + place
        at = f"MATCH({place + 1},$L${helper}:$L${end},0)"
        book.put_formula(sheet, row, 1, f"INDEX($G${helper}:$G${end},{at})", label, "label", label)
        for column, value in ((2, low), (3, high)):
            letter = get_column_letter(column + 6)
            formula = f"INDEX(${letter}${helper}:${letter}${end},{at})-$B${end + 2}"
            book.put_number(sheet, row, column, formula, value - book.results[key].value, term)
        found = f"INDEX($J${helper}:$J${end},{at})"
        known = swing if swing >= 0 else math.nan
        book.put_number(sheet, row, 4, f"IF({found}<0,NA(),{found})", known, term)
        largest = rows[ordered[0]][3]
        length = _bar(swing, largest)
        bar = f'IF(N($D${FIRST_ROW})>0,REPT("█",ROUND(ROUND({BAR}*$D{row}/$D${FIRST_ROW},6),0)),"")'
        shown = "" if book.is_blank else "█" * length
        book.put_formula(sheet, row, 5, f'IFERROR({bar},"")', shown, "bar", label)
    for letter in "BCD":
        book.follow_size(sheet, f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + count - 1}", term)
    book.put(sheet, end + 2, 1, book.say(texts.AS_IT_IS), "label")
    book.put_number(sheet, end + 2, 2, base, book.results[key].value, term)
    sheet.add_chart(
        _chart(book, sheet, min(count, SHOWN), texts.labelled(term, book.lang)), f"A{end + 4}"
    )
    sheet.print_area = f"A1:E{end + 30}"
    on_one_page(sheet)
    sheet.freeze_panes = f"B{FIRST_ROW}"
    return Drivers(sheet, count)


def _add_heads(book: Book, sheet: Worksheet) -> None:
    heads = (texts.INPUT_NAME, texts.AT_LOWER, texts.AT_HIGHER, texts.SWING, texts.BAR)
    for column, head in enumerate(heads, 1):
        look = "header" if column in (1, 5) else "header number"
        book.put(sheet, HEADER_ROW, column, book.say(head), look)
    helpers = (
        texts.INPUT_NAME,
        texts.WHEN_LOWER,
        texts.WHEN_HIGHER,
        texts.SWING,
        texts.OF_LARGEST,
        texts.RANK,
    )
    for column, head in enumerate(helpers, 7):
        book.put(sheet, HEADER_ROW, column, book.say(head), "header")
    sheet.row_dimensions[HEADER_ROW].height = 33


def _add_choices(
    book: Book, sheet: Worksheet, chain: Chain, titles: Sequence[str], first: int
) -> tuple[int, int]:
    """The results to choose from, and what each of them is as the inputs are."""
    for row, (key, title) in enumerate(zip(chain.keys, titles, strict=True), first):
        book.put(sheet, row, 7, title, "label")
        result = book.results[key]
        address = book.put_number(sheet, row, 8, key, result.value, result.term)
        style.follow_size(sheet, address, result.term)
    return first, first + len(titles) - 1


def _unsorted(
    book: Book,
    sheet: Worksheet,
    chain: Chain,
    moved: Sequence[str],
    place: tuple[int, str, str],
    values: Sequence[float],
) -> list[tuple[str, float, float, float, int]]:
    """The helper rows in the order of the inputs: name, low, high, swing, rank."""
    first, number, key = place
    term = book.results[key].term
    found = []
    end = first + len(moved) - 1
    swings = []
    for n in range(len(moved)):
        low, high = values[2 * n], values[2 * n + 1]
        swing = abs(high - low)
        swings.append(-1.0 if math.isnan(swing) else swing)
    # Swings that differ in their last digits only are equally large, in every program.
    largest = max(*swings, LEAST)
    sizes = [round(swing / largest, DIGITS) for swing in swings]
    for n, name in enumerate(moved):
        row = first + n
        label = book.terms[name].title(book.lang)
        book.put(sheet, row, 7, label, "label")
        for column, offset in ((8, 0), (9, 1)):
            at = FIRST_DRIVER + 2 * n + offset
            cells = ",".join(chain.cell(k, at) for k in chain.keys)
            book.put_number(
                sheet, row, column, f"CHOOSE({number},{cells})", values[2 * n + offset], term
            )
        formula = f"IFERROR(ABS(I{row}-H{row}),-1)"
        title = book.say(texts.SWING)
        book.put_formula(sheet, row, 10, formula, swings[n], "result", title, KNOWN_ONLY)
        rank = 1 + sum(s > sizes[n] for s in sizes) + sum(s == sizes[n] for s in sizes[:n])
        # Rounded in cells of its own: not every program rounds a whole range at once.
        formula = f"ROUND($J{row}/MAX($J${first}:$J${end},{LEAST:.0E}),{DIGITS})"
        share = book.say(texts.OF_LARGEST)
        book.put_formula(sheet, row, 11, formula, sizes[n], "result", share)
        ties = f"+SUMPRODUCT(($K${first}:$K{row - 1}=$K{row})*1)" if n else ""
        formula = f"1+SUMPRODUCT(($K${first}:$K${end}>$K{row})*1){ties}"
        book.put_formula(sheet, row, 12, formula, float(rank), "result", book.say(texts.RANK))
        found.append((label, values[2 * n], values[2 * n + 1], swings[n], rank))
    for letter in "HI":
        book.follow_size(sheet, f"{letter}{first}:{letter}{end}", term)
    return found


def _bar(swing: float, largest: float) -> int:
    return int(round(BAR * swing / largest, 6) + 0.5) if largest > 0 and swing > 0 else 0


def _chart(book: Book, sheet: Worksheet, count: int, unit: str) -> BarChart:
    chart = BarChart(barDir="bar", gapWidth=50, overlap=100, style=2)
    set_up(chart, None, unit)
    chart.title = chart_title(book.say(texts.DRIVERS), book.lang)
    for column, fill in ((2, LINE), (3, ACCENT)):
        values = Reference(sheet, min_col=column, min_row=HEADER_ROW, max_row=HEADER_ROW + count)
        series = Series(values, title_from_data=True)
        series.cat = category_texts(sheet, FIRST_ROW, FIRST_ROW + count - 1)
        series.spPr = GraphicalProperties(solidFill=fill)
        series.invertIfNegative = False
        chart.series.append(series)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.legend = Legend(legendPos="b")
    moved = [book.values[sheet.title, f"D{FIRST_ROW + n}"] for n in range(count)]
    chart.y_axis.number_format = axis_format(moved)
    return chart
