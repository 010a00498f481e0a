"""Reading a filled workbook: every input validated, every problem reported with its cell."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from lmprice.errors import shown
from lmprice.scenarios import SCENARIOS, Scenario
from lmprice.terms import Choice, Term, Text
from lmprice.workbook import texts
from lmprice.workbook.guard import MAX_TOTAL, MEGABYTE, refusal
from lmprice.workbook.sheets import MARKS

# A template is small.  A name that points beyond this was not written by it.
MAX_ROW, MAX_COLUMN = 1000, 100

CellAddress = tuple[str, str]  # title of the sheet, address of the cell


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a workbook, and where."""

    message: str
    sheet: str = ""
    cell: str = ""
    label: str = ""

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell} " if self.cell else ""
        return f"{place}{self.label}: {self.message}" if self.label else f"{place}{self.message}"


class WorkbookError(ValueError):
    """A workbook that cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.problems)


@dataclass(frozen=True)
class Cells:
    """The cells of a file, as formulas or as stored values; read from the file when asked for."""

    path: Path
    workbook: openpyxl.Workbook

    def of(self, sheet: str, addresses: Iterable[str]) -> dict[str, Any]:
        """The contents of some cells of a sheet, without those that are empty."""
        wanted = set(addresses)
        last = max(coordinate_from_string(address)[1] for address in wanted)
        try:
            # One pass that ends below the last cell; empty cells have no address here.
            rows = self.workbook[sheet].iter_rows(max_row=last)
            filled = (cell for row in rows for cell in row if cell.value is not None)
            return {c.coordinate: c.value for c in filled if c.coordinate in wanted}
        except Exception as error:  # openpyxl raises whatever a malformed part leads it to
            raise WorkbookError(self.path, [Problem(f"cannot be read ({error})")]) from error

    def at(self, places: Mapping[str, CellAddress | None]) -> dict[str, Any]:
        """The contents of cells that stand under keys; None where there is no cell or nothing."""
        by_sheet: dict[str, list[str]] = {}
        for place in places.values():
            if place is not None:
                by_sheet.setdefault(place[0], []).append(place[1])
        found = {sheet: self.of(sheet, addresses) for sheet, addresses in by_sheet.items()}
        return {key: place and found[place[0]].get(place[1]) for key, place in places.items()}

    def named(self, name: str) -> CellAddress | None:
        """The cell that a defined name points to; None when it is not one cell of the file."""
        if name not in self.workbook.defined_names:
            return None
        try:
            ((sheet, address),) = self.workbook.defined_names[name].destinations
            letters, row = coordinate_from_string(address.replace("$", ""))
        except Exception:  # a formula, a range, a deleted cell, or nonsense
            return None
        is_near = row <= MAX_ROW and column_index_from_string(letters) <= MAX_COLUMN
        exists = sheet in self.workbook.sheetnames
        return (sheet, f"{letters}{row}") if exists and is_near else None


@dataclass(frozen=True)
class Contents:
    """What is in a file that names a template: cells as formulas and as stored values."""

    template: type[Scenario]
    lang: str
    formulas: Cells
    values: Cells


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


def open_template(path: Path) -> Contents:
    """Open a file and find out which template it is."""
    if path.stat().st_size > MAX_TOTAL:
        raise WorkbookError(path, [Problem(f"is larger than {MAX_TOTAL // MEGABYTE} MB")])
    content = path.read_bytes()
    reason = refusal(content)
    if reason is not None:
        raise WorkbookError(path, [Problem(reason)])
    try:
        formulas = Cells(path, _load(content, data_only=False))
        values = Cells(path, _load(content, data_only=True))
    except Exception as error:  # openpyxl raises whatever a malformed part leads it to
        raise WorkbookError(path, [Problem(f"cannot be read ({error})")]) from error
    marks = values.at({mark: values.named(mark) for mark in MARKS})
    name, version, lang = (str(marks[mark]) for mark in MARKS)
    reason = _unknown_template(name, version, lang)
    if reason is not None:
        raise WorkbookError(path, [Problem(reason)])
    return Contents(SCENARIOS[name], lang, formulas, values)


def _load(content: bytes, *, data_only: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, keep_links=False, data_only=data_only
    )


def _unknown_template(name: str, version: str, lang: str) -> str | None:  # noqa: PLR0911
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
    if int(version) < known:
        return f"template {name} version {version} is no longer read: make a new one"
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
            message: str | None = _NOT_RECALCULATED(contents.lang)
        else:
            inputs[key], message = _validated(value, term, contents.lang)
        if message is not None:
            problems.append(Problem(message, *place, label))
    return inputs, problems


_NOT_RECALCULATED = Text(
    "holds a formula without a stored value: recalculate and save the workbook",
    "含有没有存储值的公式：请重新计算并保存工作簿",
)
_IS_TEXT = Text("is text, not a number", "是文本，不是数字")
_IS_DATE = Text("is a date, not a number", "是日期，不是数字")
_IS_ERROR = Text("is an error", "是错误值")
_IS_INFINITE = Text("is too large", "过大")


def _validated(value: Any, term: Term | Choice, lang: str) -> tuple[Any, str | None]:
    """The value as the scenario takes it, and what is wrong with it."""
    if value is None:
        return None, texts.IS_EMPTY(lang)
    if isinstance(term, Choice):
        spelled = {text(lang).casefold(): option for option, text in term.options.items()}
        option = spelled.get(str(value).casefold())
        wrong = f"{shown(value)} {texts.not_an_option(term, lang)}"
        return option, None if option else wrong
    rule = _broken_rule(value, term, lang)
    if rule is None:
        return float(value), None
    return None, f"{_as_typed(value)} {rule}"


def _broken_rule(value: Any, term: Term, lang: str) -> str | None:
    if isinstance(value, str):
        return (_IS_ERROR if value.startswith("#") else _IS_TEXT)(lang)
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return _IS_DATE(lang)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return texts.IS_NOT_A_NUMBER(lang)
    try:
        number = float(value)
    except OverflowError:
        return _IS_INFINITE(lang)
    return term.broken_rule(number, lang) or (None if math.isfinite(number) else _IS_INFINITE(lang))


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str) and value.startswith("#"):
        return value
    return str(value) if isinstance(value, datetime.date) else shown(value)
