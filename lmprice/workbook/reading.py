"""Reading a filled workbook: every input validated, every problem reported with its cell."""

from __future__ import annotations

import io
import re
import stat
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import WINDOWS_EPOCH

from lmprice.language.dates import DateTerm
from lmprice.scenarios import SCENARIOS, Scenario
from lmprice.workbook import texts
from lmprice.workbook.book import KEYWORDS, MARK, MARKS
from lmprice.workbook.contents import Cells, Contents, Problem, WorkbookError
from lmprice.workbook.guard import MAX_TOTAL, MEGABYTE, refusal
from lmprice.workbook.reading_tables import read_table
from lmprice.workbook.settings import settings
from lmprice.workbook.values import NOT_RECALCULATED, validated

PRICE_BOOKS = ("Price book", "价目表")  # as their properties say
_CONSTANT = re.compile(r'"([\w-]+) (\w+) (\w+)"')
_KEYWORDS = re.compile(KEYWORDS.format(r"([\w-]+)", r"(\w+)", r"(\w+)"))


def read(path: str | Path) -> Scenario:
    """Read the inputs of a filled template workbook.

    Parameters
    ----------
    path : str or Path
        The workbook.

    Returns
    -------
    Scenario
        The scenario of the template with the inputs of the workbook.

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
    contents = open_template(Path(path))
    inputs, problems = read_inputs(contents)
    if problems:
        raise WorkbookError(Path(path), problems)
    return contents.template(**inputs)


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
        return (
            Cells(path, _load(content, data_only=False)),
            Cells(path, _load(content, data_only=True)),
        )
    except Exception as error:  # openpyxl raises whatever a malformed part leads it to
        raise WorkbookError(path, [Problem(f"cannot be read ({error})")]) from error


def open_template(path: Path) -> Contents:
    """Open a file and find out which template it is."""
    formulas, values = open_cells(path)
    marks = _marks(values)
    if marks is None:
        raise WorkbookError(path, [Problem(stranger(values.workbook))])
    name, version, lang = marks
    reason = _unknown_template(name, version, lang)
    if reason is not None:
        raise WorkbookError(path, [Problem(reason)])
    return Contents(SCENARIOS[name], int(version), lang, formulas, values)


def _marks(cells: Cells) -> tuple[str, str, str] | None:
    """Template, version and language as the file says: in cells, in a name, or in its properties.

    Sheets are deleted, other programs drop names that are no range, and some drop properties.
    """
    marks = cells.at({mark: cells.named(mark) for mark in MARKS})
    if all(marks[mark] is not None for mark in MARKS):
        name, version, lang = (str(marks[mark]) for mark in MARKS)
        return name, version, lang
    names = cells.workbook.defined_names
    constant = str(names[MARK].attr_text) if MARK in names else ""
    keywords = str(cells.workbook.properties.keywords or "")
    found = _CONSTANT.fullmatch(constant) or _KEYWORDS.fullmatch(keywords)
    return None if found is None else (found[1], found[2], found[3])


def stranger(workbook: openpyxl.Workbook) -> str:
    """What a workbook is that is no template, and what to do with it."""
    names = {name.upper() for name in workbook.defined_names}
    if {"LMPROFIT", "LMCOST"} <= names:
        return (
            "holds the functions as LAMBDA names and nothing to evaluate: 'lmprice template NAME' "
            "makes a workbook to fill in"
        )
    if workbook.properties.title in PRICE_BOOKS:
        return "is a price book: 'lmprice book' checks it and 'lmprice rate' uses it"
    return "is not an lmprice template: 'lmprice template NAME' makes one to fill in"


def _load(content: bytes, *, data_only: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, keep_links=False, data_only=data_only
    )


def _unknown_template(name: str, version: str, lang: str) -> str | None:
    if name == str(None):
        return "is not an lmprice template"
    if name not in SCENARIOS:
        return f"template {name!r} is not one of: {', '.join(SCENARIOS)}"
    known = SCENARIOS[name].template.version
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


def read_inputs(contents: Contents) -> tuple[dict[str, Any], list[Problem]]:
    """The valid inputs of a workbook, and what is wrong with the others."""
    terms = contents.template.terms()
    places = {key: contents.values.named(key) for key in terms}
    values, formulas = contents.values.at(places), contents.formulas.at(places)
    inputs: dict[str, Any] = {}
    problems = []
    for key, term in terms.items():
        place, value = places[key], values[key]
        label = term.title(contents.lang)
        if place is None:
            problems.append(Problem(f"the name {key} does not point to a cell", label=label))
            continue
        if value is None and formulas[key] is not None:
            message: str | None = NOT_RECALCULATED(contents.lang)
        else:
            inputs[key], message = validated(value, term, contents.lang)
        if message is not None:
            problems.append(Problem(message, *place, label))
    tables = contents.template.tables()
    of_tables = (column.term for table in tables.values() for column in table.columns)
    has_dates = any(isinstance(term, DateTerm) for term in (*terms.values(), *of_tables))
    if has_dates and contents.values.workbook.epoch != WINDOWS_EPOCH:
        problems.append(Problem(texts.DATES_FROM_1904(contents.lang)))
    for name, table in tables.items():
        inputs[name], wrong = read_table(contents, table)
        problems += wrong
    return inputs, problems


def read_settings(contents: Contents) -> tuple[dict[str, float], list[Problem]]:
    """What is set in a file, and what is wrong with it; a name that is gone has its default."""
    declared = settings(contents.template)
    places = {name: contents.values.named(name) for name in declared}
    values = contents.values.at(places)
    found: dict[str, float] = {}
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
    return found, problems
