"""Reading a filled workbook: every input validated, every problem reported with its cell."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, overload

from openpyxl.utils.cell import (
    column_index_from_string,
    coordinate_from_string,
    get_column_letter,
)
from openpyxl.utils.datetime import WINDOWS_EPOCH

from lmprice.language.checks import file_path
from lmprice.language.dates import DateTerm
from lmprice.language.errors import PricingError
from lmprice.scenarios import SCENARIOS, Scenario
from lmprice.workbook import texts
from lmprice.workbook.book import COUNTED, KEYWORDS, MARK, MARKS, OWN_NAME
from lmprice.workbook.cases import CASE, CASES, Cases
from lmprice.workbook.contents import (
    CellAddress,
    Cells,
    Contents,
    Problem,
    WorkbookError,
    unreadable,
)
from lmprice.workbook.counting import Counting
from lmprice.workbook.guard import MAX_TOTAL, MEGABYTE, refusal
from lmprice.workbook.raw import RawWorkbook
from lmprice.workbook.reading_tables import read_table
from lmprice.workbook.settings import DRIVEN, settings
from lmprice.workbook.values import NOT_RECALCULATED, validated

PRICE_BOOKS = ("Price book", "价目表")  # as their properties say
_NAME, _WORD = r"([\w-]+)", r"(\w+)"
# Older files say nothing of currency and tokens.
_CONSTANT = re.compile(f'"{_NAME} {_WORD} {_WORD}(?: {_WORD} {_WORD})?"')
_KEYWORDS = re.compile(
    KEYWORDS.replace("; currency {}; tokens {}", "(?:; currency {}; tokens {})?").format(
        _NAME, *[_WORD] * 4
    )
)

S = TypeVar("S", bound=Scenario)


@overload
def read(path: str | Path, scenario: None = None) -> Scenario: ...
@overload
def read(path: str | Path, scenario: type[S]) -> S: ...
def read(path: str | Path, scenario: type[Scenario] | None = None) -> Scenario:
    """Read the inputs of a filled template workbook.

    Parameters
    ----------
    path : str or Path
        The workbook.
    scenario : type of Scenario, optional
        The scenario of your own that the workbook was built of.

    Returns
    -------
    Scenario
        The scenario of the template with the inputs of the workbook; prices and volumes of a
        workbook that counts billions of tokens become those of a million.

    Raises
    ------
    WorkbookError
        The file is no template workbook, or some inputs are not valid; it lists all of them.

    Examples
    --------
    >>> import lmprice
    >>> lmprice.read("b.xlsx").evaluate()["profit"]  # doctest: +SKIP
    900.0
    """
    path = file_path("read", "path", path)
    if scenario is not None and not (isinstance(scenario, type) and issubclass(scenario, Scenario)):
        raise PricingError("read", "scenario", scenario, "is not a class of Scenario")
    contents = open_template(path, scenario)
    inputs, problems = read_inputs(contents)
    if problems:
        raise WorkbookError(path, problems)
    return contents.counting.out_of(contents.template(**inputs))


def open_cells(path: Path) -> tuple[Cells, Cells]:
    """Open a stranger's workbook: its cells as formulas and as stored values."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise WorkbookError(path, [Problem("is not a file")])
    with path.open("rb") as file:
        content = file.read(MAX_TOTAL + 1)
    if len(content) > MAX_TOTAL:
        raise WorkbookError(path, [Problem(f"is larger than {MAX_TOTAL // MEGABYTE} MB")])
    reason = refusal(content)
    if reason is not None:
        raise WorkbookError(path, [Problem(reason)])
    try:
        workbook = RawWorkbook(content)
    except Exception as error:  # whatever a malformed part leads the parsers to
        raise unreadable(path, error) from error
    if workbook.repeated_names:
        name = workbook.repeated_names[0]
        raise WorkbookError(path, [Problem(f"has the name {name} twice")])
    return Cells(path, workbook, "formulas"), Cells(path, workbook, "values")


def open_template(path: Path, own: type[Scenario] | None = None) -> Contents:
    """Open a file and find out which template it is: one that is known, or that of a scenario."""
    known = SCENARIOS if own is None else {own.template.name: own}
    formulas, values = open_cells(path)
    marks = _marks(values)
    if marks is None:
        raise WorkbookError(path, [Problem(stranger(values.workbook))])
    name, version, lang, *counted = marks
    reason = _unknown_template(known, name, version, lang)
    if reason is not None:
        raise WorkbookError(path, [Problem(reason)])
    try:
        counting = Counting.of(known[name], *counted)
    except PricingError as error:
        reason = f"{error.parameter} {error.value!r} {error.rule}"
        raise WorkbookError(path, [Problem(reason)]) from None
    return Contents(known[name], int(version), lang, counting, formulas, values)


def _marks(cells: Cells) -> list[str] | None:
    """Template, version, language, currency and number of tokens as the file says.

    They stand in cells, in a name and in its properties: sheets are deleted, other programs drop
    names that are no range, and some drop properties.
    """
    marks = cells.at({mark: cells.named(mark) for mark in (*MARKS, *COUNTED)})
    if all(marks[mark] is not None for mark in MARKS):
        default = Counting()
        counted = (marks[COUNTED[0]] or default.currency, marks[COUNTED[1]] or default.tokens)
        return [str(mark) for mark in (*(marks[mark] for mark in MARKS), *counted)]
    names = cells.workbook.defined_names
    constant = str(names[MARK].attr_text) if MARK in names else ""
    keywords = cells.workbook.properties.get("keywords", "")
    found = _CONSTANT.fullmatch(constant) or _KEYWORDS.fullmatch(keywords)
    if found is None:
        return None
    return [*found.groups()[:3], found[4] or Counting().currency, found[5] or Counting().tokens]


def stranger(workbook: RawWorkbook) -> str:
    """What a workbook is that is no template, and what to do with it."""
    names = {name.upper() for name in workbook.defined_names}
    if {"LMPROFIT", "LMCOST"} <= names:
        return (
            "holds the functions as LAMBDA names and nothing to evaluate: 'lmprice template NAME' "
            "makes a workbook to fill in"
        )
    if workbook.properties.get("title") in PRICE_BOOKS:
        return "is a price book: 'lmprice book' checks it and 'lmprice rate' uses it"
    return "is not an lmprice template: 'lmprice template NAME' makes one to fill in"


def _unknown_template(
    scenarios: Mapping[str, type[Scenario]], name: str, version: str, lang: str
) -> str | None:
    if name == str(None):
        return "is not an lmprice template"
    if name not in scenarios:
        return f"template {name!r} is not one of: {', '.join(scenarios)}"
    known = scenarios[name].template.version
    if not version.isdecimal():
        return f"template version {version!r} is not a number"
    if int(version) > known:
        return (
            f"template {name} version {version} is newer than version {known}, the newest that "
            "this lmprice knows: update lmprice"
        )
    if lang not in texts.LANGUAGES:
        return f"language {lang!r} is not one of: {', '.join(texts.LANGUAGES)}"
    return None


def _stands_beside(title: str, place: CellAddress, cells: Cells) -> bool:
    """Whether a cell has the title of its input on its left.

    A name that was moved would pass off another cell as the input; rows and columns that were
    inserted or deleted move both.
    """
    sheet, address = place
    column, row = coordinate_from_string(address)
    left = [f"{get_column_letter(n)}{row}" for n in range(1, column_index_from_string(column))]
    return title in cells.of(sheet, left).values()


def read_inputs(contents: Contents) -> tuple[dict[str, Any], list[Problem]]:
    """The valid inputs of the case in use, and what is wrong with the others."""
    cases, problems = read_cases(contents)
    inputs = cases.inputs(cases.chosen)
    tables = contents.template.tables()
    of_tables = (column.term for table in tables.values() for column in table.columns)
    terms = contents.template.terms()
    has_dates = any(isinstance(term, DateTerm) for term in (*terms.values(), *of_tables))
    if has_dates and contents.values.workbook.epoch != WINDOWS_EPOCH:
        problems.append(Problem(texts.DATES_FROM_1904(contents.lang)))
    for name, table in tables.items():
        inputs[name], wrong = read_table(contents, table)
        problems += wrong
    return inputs, problems


def read_cases(contents: Contents) -> tuple[Cases, list[Problem]]:
    """The inputs of all cases, and what is wrong with those that are in use."""
    terms, lang = contents.template.terms(), contents.lang
    rows = {key: contents.values.named_row(f"{key}_cases") for key in terms}
    # Older versions have the one cell of the input.
    rows |= {k: c and (c,) for k, c in _single_cells(contents, rows).items()}
    chosen, own, problems = _case_in_use(contents)
    base: dict[str, Any] = {}
    others: tuple[dict[str, Any], ...] = ({}, {}, {})
    for key, term in terms.items():
        label = term.title(lang)
        cells = rows[key]
        if cells is None and key in new_inputs(contents):
            base[key] = contents.template.model_fields[key].default
            continue
        if cells is None:
            name = f"{key}_cases"
            problems.append(Problem(f"the name {name} does not point to cells", label=label))
            continue
        place = contents.values.named(key)
        if place is None or not _stands_beside(label, place, contents.values):
            moved = f"the name {key} points here, not to the cell of this input"
            problems.append(Problem(moved, *(place or cells[0]), label))
            continue
        if not _stands_beside(label, cells[0], contents.values):
            moved = f"the name {key}_cases points here, not to the cells of this input"
            problems.append(Problem(moved, *cells[0], label))
            continue
        places = dict(zip(map(str, range(len(cells))), cells, strict=True))
        values, formulas = contents.values.at(places), contents.formulas.at(places)
        is_own = chosen and str(chosen) in values and formulas[str(chosen)] is not None
        in_use = str(chosen) if is_own else "0"
        for number, place in places.items():
            value, formula = values[number], formulas[number]
            is_needed = number == in_use
            if formula is None and not is_needed:
                continue
            read, message = validated(value, term, lang)
            if value is None and formula is not None:
                message = NOT_RECALCULATED(lang)
            if message is None:
                where = base if number == "0" else others[int(number) - 1]
                where[key] = read
            elif is_needed:
                problems.append(Problem(message, *place, label))
    return Cases(base, others, chosen, own), problems


def new_inputs(contents: Contents) -> list[str]:
    """The inputs that the version of a file did not have: the example stands in for them."""
    template = contents.template
    if contents.version == template.template.version:
        return []
    names = contents.values.workbook.defined_names
    return [key for key in template.terms() if key not in names and f"{key}_cases" not in names]


def _single_cells(
    contents: Contents, rows: Mapping[str, tuple[CellAddress, ...] | None]
) -> dict[str, CellAddress | None]:
    """The cells of inputs that have no row of cases, in files of the first version."""
    if contents.version > 1:
        return {}
    return {key: contents.values.named(key) for key, cells in rows.items() if cells is None}


def _case_in_use(contents: Contents) -> tuple[int, str, list[Problem]]:
    """The number of the case in use, the name of the case of one's own, and what is wrong."""
    lang = contents.lang
    places = {name: contents.values.named(name) for name in (CASE, OWN_NAME)}
    values = contents.values.at(places)
    place, own = places[CASE], str(values[OWN_NAME] or "")
    if place is None:  # older versions have no cases
        return 0, own, []
    names = [*(name(lang).casefold() for name in CASES[:-1]), own.casefold()]
    wanted = "" if values[CASE] is None else str(values[CASE])
    same = names.count(wanted.casefold())
    if wanted and same == 1:
        return names.index(wanted.casefold()), own, []
    message = texts.IS_EMPTY if not wanted else texts.TWO_CASES if same else texts.NO_CASE
    said = message(lang) if not wanted else f"{wanted!r} {message(lang)}"
    return 0, own, [Problem(said, *place, texts.CASE_IN_USE(lang))]


def read_settings(contents: Contents) -> tuple[dict[str, Any], list[Problem]]:
    """What is set in a file, and what is wrong with it; a name that is gone has its default."""
    declared = settings(contents.template)
    places = {name: contents.values.named(name) for name in declared}
    values = contents.values.at(places)
    found: dict[str, Any] = {}
    problems = []
    for name, setting in declared.items():
        place = places[name]
        if place is None:
            continue
        value, message = validated(values[name], setting.term, contents.lang)
        if message is None:
            found[name] = value
        else:
            label = setting.term.title(contents.lang)
            problems.append(Problem(message, *place, label))
    driven = contents.values.named(DRIVEN)
    if driven is not None:
        found[DRIVEN] = str(contents.values.at({DRIVEN: driven})[DRIVEN])
    return found, problems
