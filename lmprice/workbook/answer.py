"""The first sheet: the answer in words, its figures, the picture that shows it, and where to go."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.scenarios.verdicts import Tone
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, Book
from lmprice.workbook.cases import CASES
from lmprice.workbook.chain import Chain
from lmprice.workbook.chart import CurveTable
from lmprice.workbook.counting import MILLION
from lmprice.workbook.navigation import in_order
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning
from lmprice.workbook.side_by_side import Drivers, put_case_names
from lmprice.workbook.style import Tab
from lmprice.workbook.words import Words

COLUMNS, WIDTH = 12, 14.0
VERDICT_ROW, LABEL_ROW, FIGURE_ROW, UNIT_ROW, HEADLINE_ROW = 3, 5, 6, 7, 9
CHART_COLUMNS, CHART_ROWS = 8, 18
MOST_DRIVERS = 5
TINTS = {
    Tone.GOOD: (style.BEST_FILL, style.BEST_INK),
    Tone.CAUTION: (style.CAUTION_FILL, style.CAUTION_INK),
    Tone.BAD: (style.WRONG_FILL, style.WRONG_INK),
}


def add_answer(
    book: Book, words: Words, curves: CurveTable, chain: Chain, drivers: Drivers | None
) -> None:
    """The dashboard, which stands before all other sheets."""
    title = book.say(book.scenario.template.title)
    sheet = book.sheet(texts.ANSWER, title, [WIDTH] * COLUMNS, Tab.ANSWER)
    _add_edition(book, sheet)
    add_warning(book, sheet, COLUMNS)
    _add_verdict(book, sheet, words)
    _add_figures(book, sheet)
    _add_picture(book, sheet, words, curves)
    _add_side(book, sheet, drivers)
    row = _add_scenarios(book, sheet, chain, HEADLINE_ROW + CHART_ROWS + 1)
    last = _add_links(book, sheet, row)
    sheet.print_area = f"A1:{get_column_letter(COLUMNS)}{last}"
    on_one_page(sheet)


def _add_edition(book: Book, sheet: Worksheet) -> None:
    template = book.scenario.template
    counting = book.counting
    edition = f"{template.name} {template.version} · {counting.currency} · {book.lang}"
    if counting.tokens != MILLION:
        edition = f"{book.say(texts.MILLION_TOKENS)} · {edition}"  # which says what is counted
    _merged(book, sheet, 1, (10, COLUMNS), edition, "small")
    sheet.cell(1, 10).alignment = Alignment(horizontal="right", vertical="top")


def _add_verdict(book: Book, sheet: Worksheet, words: Words) -> None:
    """One sentence over the whole width; its sign says what its tint says."""
    formula, otherwise = "", []
    for verdict in book.trace.verdicts:
        said = words.formula(f"{verdict.tone.sign} {book.say(verdict.text)}")
        if verdict.condition is True:
            formula += said
            break
        formula += f"IF({excel.text(verdict.condition)},{said},"
        otherwise.append(")")
    formula = (formula or excel.text(book.say(book.scenario.template.title))) + "".join(otherwise)
    prompt = f"? {book.say(texts.PROMPT)}"
    formula = f"IF({book.inputs_are_ok},{formula},{excel.text(prompt)})"
    shown = prompt
    if not book.is_blank:
        answer = book.verdict
        title = book.say(book.scenario.template.title)
        shown = title if answer is None else f"{answer.tone.sign} {answer.text(book.lang)}"
    _merged(book, sheet, VERDICT_ROW, (1, COLUMNS), "", "verdict")
    book.put_formula(sheet, VERDICT_ROW, 1, formula, shown, "verdict", book.say(texts.ANSWER))
    sheet.row_dimensions[VERDICT_ROW].height = 52
    cells = f"A{VERDICT_ROW}:{get_column_letter(COLUMNS)}{VERDICT_ROW}"
    for tone, (fill, ink) in TINTS.items():
        condition = f'LEFT($A${VERDICT_ROW},1)="{tone.sign}"'
        style.mark(sheet, cells, style.Look(condition, fill, ink))


def _add_figures(book: Book, sheet: Worksheet) -> None:
    """A tile for each figure: what it is, the number, its unit."""
    figures = book.scenario.template.answer.figures
    ends = [0, *accumulate(_columns(len(figures)))]
    for key, (before, end) in zip(figures, pairwise(ends), strict=True):
        result = book.results[key]
        place = before + 1, end
        _merged(book, sheet, LABEL_ROW, place, result.term.title(book.lang), "tile label")
        _merged(book, sheet, FIGURE_ROW, place, "", "tile")
        address = book.put_number(
            sheet, FIGURE_ROW, place[0], key, result.value, result.term, "tile"
        )
        style.follow_size(sheet, address, result.term)
        unit = "" if result.term.is_fraction else texts.unit(result.term, book.lang)
        _merged(book, sheet, UNIT_ROW, place, unit, "tile unit")
    sheet.row_dimensions[LABEL_ROW].height = 30
    sheet.row_dimensions[FIGURE_ROW].height = 34


def _columns(tiles: int) -> list[int]:
    """How many columns each tile has; those at the edges share what is left."""
    wide, left = divmod(COLUMNS, tiles)
    return [wide + left // 2 * (n in (0, tiles - 1)) for n in range(tiles)]


def _add_picture(book: Book, sheet: Worksheet, words: Words, curves: CurveTable) -> None:
    """What the chart shows, in words that follow the inputs, above the chart."""
    title = book.say(curves.spec.title)
    _merged(book, sheet, HEADLINE_ROW, (1, CHART_COLUMNS), title, "headline")
    headline = curves.spec.headline
    if headline is not None:
        said = book.say(headline)
        condition, is_known = words.has_answers(said)
        is_said = f"AND({book.inputs_are_ok},{condition})"
        formula = f"IF({is_said},{words.formula(said)},{excel.text(title)})"
        shown = words.spoken(said) if is_known else title
        book.put_formula(sheet, HEADLINE_ROW, 1, formula, shown, "headline", title)
    chart = curves.chart()
    chart.title = None
    chart.width, chart.height = 21.6, 9.4  # type: ignore[assignment]  # centimetres
    sheet.add_chart(chart, f"A{HEADLINE_ROW + 1}")


def _add_side(book: Book, sheet: Worksheet, drivers: Drivers | None) -> None:
    """Beside the chart: the inputs that move the answer most, and the notes."""
    first, last = CHART_COLUMNS + 1, COLUMNS
    row = HEADLINE_ROW
    if drivers is not None:
        _merged(book, sheet, row, (first, last), book.say(texts.MOVES_MOST), "headline")
        source = quote_sheetname(drivers.sheet.title)
        for place in range(min(MOST_DRIVERS, drivers.count)):
            row += 1
            for columns, letter in (((first, first + 1), "A"), ((first + 2, last), "E")):
                cell = f"{letter}{FIRST_ROW + place}"
                stored = str(book.values[drivers.sheet.title, cell])
                look = "label" if letter == "A" else "bar"
                _merged(book, sheet, row, columns, "", look)
                label = book.say(texts.MOVES_MOST)
                formula = f"{source}!${letter}${FIRST_ROW + place}"
                book.put_formula(sheet, row, columns[0], formula, stored, look, label)
        row += 2
    _merged(book, sheet, row, (first, last), book.say(texts.NOTES), "headline")
    end = HEADLINE_ROW + CHART_ROWS
    letter = get_column_letter(first)
    sheet.merge_cells(f"{letter}{row + 1}:{get_column_letter(last)}{end}")
    none = book.say(texts.NO_NOTES)
    if not book.trace.warnings:
        book.put(sheet, row + 1, first, none, "side")
        return
    source_cell = f"{quote_sheetname(book.say(texts.RESULTS))}!$A$3"
    formula = f'IF({source_cell}="",{excel.text(none)},{source_cell})'
    label = book.say(texts.NOTES)
    book.put_formula(sheet, row + 1, first, formula, book.notes or none, "side", label)


def _add_scenarios(book: Book, sheet: Worksheet, chain: Chain, row: int) -> int:
    """The figures of the answer in all scenarios; gives the row below them."""
    _merged(book, sheet, row, (1, 4), book.say(texts.SIDE_BY_SIDE), "header")
    heads = [(row, 5 + 2 * number) for number in range(len(CASES))]
    for _, column in heads:
        _merged(book, sheet, row, (column, column + 1), "", "header number")
    put_case_names(book, sheet, heads)
    for key in chain.keys:
        row += 1
        term = book.results[key].term
        _merged(book, sheet, row, (1, 4), texts.labelled(term, book.lang), "label")
        for number in range(len(CASES)):
            place = (5 + 2 * number, 6 + 2 * number)
            _merged(book, sheet, row, place, "", "result")
            address = f"{get_column_letter(3 + number)}{FIRST_ROW + chain.keys.index(key)}"
            title = book.say(texts.SIDE_BY_SIDE)
            value = book.values[title, address]
            formula = f"{quote_sheetname(title)}!${address[0]}${address[1:]}"
            book.put_number(sheet, row, place[0], formula, value, term)
        cells = [sheet.cell(row, 5 + 2 * number) for number in range(len(CASES))]
        stored = (book.values[sheet.title, cell.coordinate] for cell in cells)
        known = [v for v in stored if isinstance(v, float) and math.isfinite(v)]
        largest = max((abs(v) for v in known), default=math.nan)
        for cell in cells:
            cell.number_format = style.number_format(term, largest)
        style.follow_size(sheet, f"{cells[0].coordinate}:{cells[-1].coordinate}", term)
    return row + 2


def _add_links(book: Book, sheet: Worksheet, row: int) -> int:
    """A link to each of the other sheets; gives the last row."""
    _merged(book, sheet, row, (1, COLUMNS), book.say(texts.CONTENTS), "headline")
    others = [title for title in in_order(book) if title != sheet.title]
    per_row = 4
    wide = COLUMNS // per_row
    for number, name in enumerate(others):
        at, column = row + 1 + number // per_row, 1 + number % per_row * wide
        _merged(book, sheet, at, (column, column + wide - 1), name, "link")
        cell = sheet.cell(at, column)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(name)}!A1")
        cell.style = "lmprice link"
    return row + 1 + (len(others) - 1) // per_row


def _merged(
    book: Book, sheet: Worksheet, row: int, columns: tuple[int, int], value: str, look: str
) -> None:
    """A cell over some columns of a row."""
    book.put(sheet, row, columns[1], None, look)
    book.put(sheet, row, columns[0], value or None, look)
    book.merge(sheet, row, *columns)
