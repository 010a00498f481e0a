"""A workbook in the making: sheets, cells, names, and the values to store beside formulas."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import serial
from lmprice.language.errors import PricingError
from lmprice.language.expression import Expr
from lmprice.language.formula import LIKE_A_CELL
from lmprice.language.terms import Term, Text
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.template import known_numbers
from lmprice.scenarios.tracing import RESIDUAL, Iteration, Trace
from lmprice.workbook import style, texts
from lmprice.workbook.cases import Cases
from lmprice.workbook.contents import TablePlace
from lmprice.workbook.counting import Counting
from lmprice.workbook.package import CellKey
from lmprice.workbook.pages import set_up_page
from lmprice.workbook.rows import Value
from lmprice.workbook.settings import DRIVEN, settings
from lmprice.workbook.style import Tab

HEADER_ROW = 4
HEADER_HEIGHT = 21
FIRST_ROW = HEADER_ROW + 1
MARKS = ("lmprice_template", "lmprice_version", "lmprice_language")
COUNTED = ("lmprice_currency", "lmprice_tokens")  # marks that older files do not have
MARK = "lmprice_mark"  # all of them as a constant, which stays when sheets are deleted
KEYWORDS = "lmprice; template {}; version {}; language {}; currency {}; tokens {}"
STATUS_NAME = "input_status"
OWN_NAME = "own_scenario"
WRONG_NAME = "input_wrong"
UNUSABLE = f"SUM({WRONG_NAME})>0"  # the condition that an input is wrong
WARNING = "check_line"  # which input is wrong, or how the checks are
FILLED_IN = ("input", "input note")


Frame = tuple[int, int]  # border and protection of a cell, as the workbook numbers them
Frames = tuple[Frame | None, ...]

ROW = "\0"  # stands for the number of a row until it is known


class Pattern(NamedTuple):
    """A formula of many rows, written once: the number of the row is left open."""

    text: str
    is_array: bool

    @classmethod
    def of(cls, formula: Expr) -> Pattern:
        """A formula over cells such as ``$A{ROW}``."""
        return cls(excel.text(formula), excel.needs_array(formula))

    def in_row(self, row: int) -> str:
        """The formula in one row."""
        return self.text.replace(ROW, str(row))


@dataclass
class Book:
    """A workbook in the making: what goes in, the cells written so far, their stored values."""

    scenario: Scenario
    lang: str
    is_blank: bool
    workbook: Workbook = field(default_factory=Workbook)
    values: dict[CellKey, Value] = field(default_factory=dict)
    labels: dict[CellKey, str] = field(default_factory=dict)
    cases: Cases = field(default_factory=lambda: Cases({}))
    settings: Mapping[str, Any] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)
    places: Mapping[str, TablePlace] = field(default_factory=dict)  # of tables in a file
    tabs: dict[str, Tab] = field(default_factory=dict)  # of the sheets, by title
    never_grey: set[CellKey] = field(default_factory=set)  # what says that an input is wrong
    _looks: dict[tuple[str, str | None], StyleArray] = field(default_factory=dict)
    _frames: dict[Frames, dict[str, Frame]] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.trace: Trace = type(self.scenario).trace(self.lang)
        self.terms = type(self.scenario).terms()
        self.tables = type(self.scenario).tables()
        evaluated = self.scenario.evaluate()
        self.results = {row.key: row for row in evaluated.rows}
        self.columns = {column.name: column.value for column in evaluated.columns}
        self.warnings = evaluated.warnings
        self.verdict = evaluated.verdict
        self.questions = evaluated.questions
        self.sums = {title: (left, right) for title, left, right in evaluated.sums}
        self.known = known_numbers(self.scenario, evaluated)
        self.all_terms = {**self.terms, **{row.key: row.term for row in evaluated.rows}}
        self.iterations = {i.name: i for i in evaluated.iterations}
        self.workbook.remove(self.workbook.worksheets[0])
        style.add_styles(self.workbook, self.lang)

    @property
    def inputs_are_ok(self) -> str:
        """The condition that all inputs can be used."""
        return f"SUM({WRONG_NAME})=0"

    @property
    def case_name(self) -> str:
        """The name of the case in use."""
        return self.cases.name(self.lang)

    def driven(self, titles: Sequence[str]) -> int:
        """Which of some results the drivers are shown for."""
        at_first = self.scenario.template.answer.driven
        title = self.results[at_first].term.title(self.lang) if at_first else titles[0]
        wanted = self.settings.get(DRIVEN)
        return titles.index(wanted if wanted in titles else title)

    def field_title(self, name: str) -> str:
        """The title of an input or of a table."""
        found = self.terms.get(name) or self.tables[name]
        return self.say(found.title)

    def residual_key(self, iteration: Iteration) -> str:
        """The result that says what the last step of an iteration changed."""
        name = iteration.name
        if iteration.table is not None:
            name = name.removeprefix(f"{iteration.table}_")
        return f"{name}{RESIDUAL}"

    @property
    def number_of_checks(self) -> int:
        """How many lights the sheet of checks has."""
        trace = self.trace
        return 1 + len(trace.questions) + len(trace.sums) + len(trace.iterations)

    def light(self, count: int) -> str:
        """What the line of checks says, of so many of them."""
        if self.is_blank:
            titles = [t.title(self.lang) for t in (*self.terms.values(), *self.tables.values())]
            more = self.say(texts.AND_MORE, count=str(len(titles) - 1)) if len(titles) > 1 else ""
            status = self.say(texts.IS_EMPTY)
            said = texts.about(titles[0], status, self.lang)
            return f"{said}{more}{self.say(texts.NOT_VALID_YET)}"
        failing = len(self.questions) + sum(
            abs(a - b) > 1e-9 * (1 + abs(b)) for a, b in self.sums.values()
        )
        failing += sum(
            abs(self.results[self.residual_key(i)].value) > 1e-6 for i in self.trace.iterations
        )
        if failing:
            return self.say(texts.SOME_FAIL, count=str(failing))
        return self.all_fine(count)

    def all_fine(self, count: int) -> str:
        """What the line of checks says when all of them pass."""
        return self.say(texts.ONE_IS_FINE if count == 1 else texts.ALL_FINE, count=str(count))

    def make_array(self, sheet: Worksheet, address: str, formula: str) -> None:
        """Let Excel 2016 compute a formula as an array formula."""
        sheet[address].value = ArrayFormula(address, f"={formula}")

    @property
    def notes(self) -> str:
        """What there is to be said about the results, one sentence after the other."""
        space = " " if self.lang == "en" and len(self.trace.warnings) > 1 else ""
        return "" if self.is_blank else "".join(self.say(t) + space for t in self.warnings)

    def setting(self, name: str) -> float:
        """What is set, or what it is at first."""
        declared = settings(type(self.scenario))[name]
        return float(self.settings.get(name, declared.default))

    def put_setting(self, sheet: Worksheet, row: int, column: int, name: str) -> None:
        """Write the cell of a setting, to be filled in like an input."""
        term = settings(type(self.scenario))[name].term
        address = self.put(sheet, row, column, self.setting(name), "input")
        sheet[address].number_format = style.number_format(term)
        self.define(name, sheet, address)

    def record(self, table: str, index: int) -> int | None:
        """Which row of a table stands in a row of its sheet; None in one that is empty."""
        if self.is_blank:
            return None
        if table in self.places:
            filled = self.places[table].filled
            return filled.index(index) if index in filled else None
        return index if index < len(getattr(self.scenario, table)) else None

    @property
    def marks(self) -> tuple[str, str, str, str, str]:
        """What a reader looks for: template, version, language, currency, number of tokens."""
        template, counting = self.scenario.template, self.counting
        return (
            template.name,
            str(template.version),
            self.lang,
            counting.currency,
            counting.tokens,
        )

    def say(self, text: Text, **parts: str) -> str:
        """A text in the language of the workbook."""
        return text(self.lang).format(**parts) if parts else text(self.lang)

    def sheet(
        self, title: Text, heading: str, widths: Sequence[float], tab: Tab = Tab.RESULT
    ) -> Worksheet:
        """Add a sheet with its heading, column widths, protection and print set-up."""
        if self.say(title) in self.workbook.sheetnames:
            raise ValueError(f"there are two sheets {self.say(title)!r}")
        sheet: Worksheet = self.workbook.create_sheet(self.say(title))
        self.tabs[sheet.title] = tab
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        self.put(sheet, 1, 1, heading, "title")
        sheet.row_dimensions[1].height = 30
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True
        # What is locked stays so, but looking at it may be made easier.
        for allowed in ("sort", "autoFilter", "formatColumns", "formatRows"):
            setattr(sheet.protection, allowed, False)
        set_up_page(sheet, self.say(self.scenario.template.title))
        return sheet

    def put(
        self, sheet: Worksheet, row: int, column: int, value: Any, look: str,
        code: str | None = None,
    ) -> str:  # fmt: skip
        """Write a cell, a date as its number, ``code`` is its number format; gives its address."""
        if isinstance(value, str) and look not in FILLED_IN:  # what others wrote stays as it is
            value = self.counting.words(value)
        if isinstance(value, datetime.date):
            value = serial(value)
        cell: Any = sheet.cell(row, column, value)
        known = self._looks.get((look, code))
        if known is None:  # to find a style by its name takes as long as to write a cell
            cell.style = f"lmprice {look}"
            if code is not None:
                cell.number_format = code
            known = self._looks[look, code] = copy(cell._style)
        cell._style = copy(known)
        return str(cell.coordinate)

    def merge(self, sheet: Worksheet, row: int, first: int, last: int) -> None:
        """Make one cell of some in a row; the border on the right is that of the last."""
        span = f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}"
        columns = range(first, last + 1)
        cells: dict[tuple[int, int], Any] = sheet._cells
        ends = (cells[row, first], cells.get((row, last)))
        around = tuple(None if cell is None else _frame(cell) for cell in ends)
        known = self._frames.get(around, {})
        kinds = ["first", *["middle"] * (len(columns) - 2), "last"]
        if not known.keys() >= set(kinds):  # openpyxl works out the borders, cell by cell
            sheet.merge_cells(span)
            frames = (_frame(cells[row, column]) for column in columns)
            self._frames[around] = {**known, **dict(zip(kinds, frames, strict=True))}
            return
        sheet.merged_cells.add(span)
        for column, kind in zip(columns, kinds, strict=True):
            if column > first:
                cells[row, column] = MergedCell(sheet, row, column)
                cells[row, column]._style = StyleArray()
            style = cells[row, column]._style
            style.borderId, style.protectionId = known[kind]

    def put_formula(
        self, sheet: Worksheet, row: int, column: int, formula: Expr | Pattern | str, value: Value,
        look: str, label: str, code: str | None = None,
    ) -> str:  # fmt: skip
        """Write a formula with the value to store beside it; ``label`` names it in messages."""
        known = Pattern.of(formula) if isinstance(formula, Expr) else formula
        written = known if isinstance(known, str) else known.in_row(row)
        address = self.put(sheet, row, column, f"={written}", look, code)
        if isinstance(known, Pattern) and known.is_array:
            self.make_array(sheet, address, written)
        place = sheet.title, address
        self.values[place] = self.counting.words(value) if isinstance(value, str) else value
        self.labels[place] = label
        return address

    def put_number(
        self, sheet: Worksheet, row: int, column: int, formula: Expr | Pattern | str, value: Any,
        term: Term, look: str = "result",
    ) -> str:  # fmt: skip
        """Write a formula that gives a quantity, in the number format of that quantity."""
        # The results of an empty template are unknown; they are not zero.
        known = float("nan") if self.is_blank else float(value)
        code = style.number_format(term, known)
        title = term.title(self.lang)
        return self.put_formula(sheet, row, column, formula, known, look, title, code)

    def follow_size(
        self, sheet: Worksheet, cells: str, term: Term, looks: Sequence[style.Look] = ()
    ) -> None:
        """One number format for a column of formulas, by the largest number in it."""
        places = (cell.coordinate for row in sheet[cells] for cell in row)
        stored = (self.values[sheet.title, place] for place in places)
        numbers = [v if isinstance(v, float) else math.nan for v in stored]
        style.one_format(sheet, cells, term, numbers)
        style.follow_size(sheet, cells, term, looks=looks)

    def put_header(self, sheet: Worksheet, row: int, titles: Sequence[Text], number: int) -> None:
        """Write a header row; the title over column ``number`` stands to the right."""
        for column, title in enumerate(titles, 1):
            look = "header number" if column == number else "header"
            self.put(sheet, row, column, self.say(title), look)
        sheet.row_dimensions[row].height = HEADER_HEIGHT

    def put_text(
        self, sheet: Worksheet, row: int, last: int, text: str, look: str, first: int = 1
    ) -> None:
        """Write a wrapped text over some columns."""
        self.put(sheet, row, first, text, look)
        self.merge(sheet, row, first, last)
        letters = map(get_column_letter, range(first, last + 1))
        room = sum(sheet.column_dimensions[letter].width for letter in letters)
        sheet.row_dimensions[row].height = style.row_height([(text, room)])

    def define(self, name: str, sheet: Worksheet, cells: str) -> None:
        """Give a cell or range of a sheet a name, which there is once whatever its capitals."""
        if LIKE_A_CELL.fullmatch(name):
            raise PricingError("build", "name", name, "looks like a cell address in Excel")
        if name.casefold() in self._named:
            raise PricingError("build", "name", name, "stands for something else in the workbook")
        self._named.add(name.casefold())
        first, colon, last = cells.partition(":")
        target = quote_sheetname(sheet.title) + "!" + _absolute(first)
        target += colon + _absolute(last) if colon else ""
        self.workbook.defined_names[name] = DefinedName(name, attr_text=target)


def _frame(cell: Any) -> Frame:
    return cell._style.borderId, cell._style.protectionId


def _absolute(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"
