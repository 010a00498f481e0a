"""Checking a workbook: its formulas against the template, its numbers against its inputs."""

from __future__ import annotations

import datetime
import functools
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lmprice.language.checks import file_path
from lmprice.language.dates import serial
from lmprice.language.errors import shown
from lmprice.language.terms import Text
from lmprice.scenarios.tables import MAX_ROWS
from lmprice.workbook import texts
from lmprice.workbook.book import Book
from lmprice.workbook.building import make_book
from lmprice.workbook.contents import Contents, Problem, TablePlace
from lmprice.workbook.reading import (
    new_inputs,
    open_template,
    read_cases,
    read_inputs,
    read_settings,
)
from lmprice.workbook.reading_tables import table_place
from lmprice.workbook.rows import Value

TOLERANCE = 1e-9
SEVERAL = 4  # so many of one kind in one column are told in one line
MOST_LINES = 20
LONGEST = 120  # characters of a formula in a line

NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.])"
# A text, a sheet in quotes, a number, a name or a reference, and any other sign of a formula.
TOKEN = re.compile(rf"""\"(?:[^"]|"")*\"|'(?:[^']|'')*'|{NUMBER}|[\w.$]+|\S""")


def check(path: str | Path) -> tuple[Problem, ...]:
    """Compare a workbook with its template: inputs, formulas and stored numbers.

    Parameters
    ----------
    path : str or Path
        The workbook.

    Returns
    -------
    tuple of Problem
        What is wrong: inputs that are not valid, formulas that were overwritten or changed, stored
        numbers that are not what the inputs give.  Empty when all is well.

    Raises
    ------
    WorkbookError
        The file is no template workbook.

    Examples
    --------
    >>> import lmprice
    >>> lmprice.check("b.xlsx")  # doctest: +SKIP
    ()
    """
    return checked(file_path("check", "path", path)).problems


class Checked(NamedTuple):
    """What is wrong with a workbook, and the language in which it is told."""

    lang: str
    problems: tuple[Problem, ...]


def checked(path: Path) -> Checked:
    """What `check` finds, with the language of the workbook."""
    contents = open_template(path)
    return Checked(contents.lang, _problems(contents))


def _problems(contents: Contents) -> tuple[Problem, ...]:
    inputs, problems = read_inputs(contents)
    cases, _ = read_cases(contents)
    template = contents.template.template
    if contents.version < template.version:
        parts = {"name": template.name, "old": str(contents.version)}
        old = Text(*(text.format(**parts) for text in texts.OLDER_VERSION))
        new = [contents.template.terms()[key].title for key in new_inputs(contents)]
        if new:
            old = texts.with_new_inputs(old, new)
        return (Problem(old(contents.lang)), *problems)
    is_valid = not problems
    # With invalid inputs there is nothing to compare numbers with, but formulas still tell.
    scenario = contents.template(**inputs) if is_valid else contents.template()
    set_to, wrong = read_settings(contents)
    problems += wrong
    book = make_book(
        scenario,
        lang=contents.lang,
        settings=set_to,
        cases=cases if is_valid else None,
        places=_places(contents) if is_valid else None,
        counting=contents.counting,
    )
    formulas, numbers, has_values = _compare(contents, book)
    problems += _changed_tables(contents, book)
    problems += _moved_names(contents, book)
    problems += formulas
    if not has_values:
        problems.append(Problem(book.say(texts.NO_STORED_NUMBERS)))
    elif is_valid:
        problems += numbers
    return tuple(problems)


def summary(problems: Sequence[Problem], lang: str = "en") -> tuple[str, ...]:
    """The problems in at most twenty lines: many of one kind on one sheet are one line.

    Parameters
    ----------
    problems : sequence of Problem
        What `check` found.
    lang : str, default "en"
        The language of the added words.

    Examples
    --------
    >>> summary([Problem("is wrong", "Rivals", f"D{row}", "Share", "formula") for row in (5, 6)])
    ('Rivals!D5 Share: is wrong', 'Rivals!D6 Share: is wrong')
    """
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        key = (problem.sheet, problem.label, problem.kind)
        groups.setdefault(key if problem.kind else (str(problem), "", ""), []).append(problem)
    lines: list[str] = []
    for found in groups.values():
        first = found[0]
        if len(found) < SEVERAL:
            lines += map(str, found)
        else:
            more = texts.ALSO(lang).format(count=len(found) - 1, last=found[-1].cell)
            lines.append(f"{first}{more}")
    if len(lines) > MOST_LINES:
        left = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], texts.MORE_LINES(lang).format(count=left)]
    return tuple(lines)


def _places(contents: Contents) -> dict[str, TablePlace]:
    """The tables as they stand in the file: rows may be empty, deleted or inserted."""
    found = {n: table_place(contents, t) for n, t in contents.template.tables().items()}
    return {name: place for name, place in found.items() if place is not None}


def _changed_tables(contents: Contents, book: Book) -> list[Problem]:
    """Tables with more rows than they have formulas for."""
    return [
        Problem(
            book.say(texts.ROWS_INSERTED, count=str(place.rows - MAX_ROWS)), label=book.say(title)
        )
        for name, place in book.places.items()
        for title in (contents.template.tables()[name].title,)
        if place.rows > MAX_ROWS
    ]


def _moved_names(contents: Contents, book: Book) -> list[Problem]:
    """Names of the template that point elsewhere: formulas would then use other cells."""
    found = contents.formulas.workbook.defined_names
    problems = []
    for name, expected in book.workbook.defined_names.items():
        to = str(found[name].attr_text) if name in found else book.say(texts.NOTHING)
        if _tokens(f"={to}") != _tokens(f"={expected.attr_text}"):
            place = str(expected.attr_text)
            problems.append(Problem(book.say(texts.NAME_MOVED, name=name, to=to, place=place)))
    return problems


def _compare(contents: Contents, book: Book) -> tuple[list[Problem], list[Problem], bool]:
    formulas: list[Problem] = []
    numbers: list[Problem] = []
    has_values = False
    for sheet in book.workbook.worksheets:
        expected = {a: v for (title, a), v in book.values.items() if title == sheet.title}
        if not expected:
            continue
        if sheet.title not in contents.formulas.workbook.sheetnames:
            formulas.append(Problem(book.say(texts.SHEET_MISSING, sheet=sheet.title)))
            continue
        written = contents.formulas.of(sheet.title, expected)
        stored = contents.values.of(sheet.title, expected)
        for address, value in expected.items():
            label = book.labels[sheet.title, address]
            changed = _changed(book, written.get(address), _text(sheet[address].value))
            if changed is not None:
                formulas.append(Problem(changed, sheet.title, address, label, "formula"))
            elif address in stored:
                has_values = True
                if not _agrees(stored[address], value):
                    parts = {"stored": _shown(stored[address]), "computed": _shown(value)}
                    message = book.say(texts.NOT_WHAT_INPUTS_GIVE, **parts)
                    numbers.append(Problem(message, sheet.title, address, label, "number"))
    return formulas, numbers, has_values


def _changed(book: Book, written: Any, template: str) -> str | None:
    text = _text(written)
    if not (isinstance(text, str) and text.startswith("=")):
        by = book.say(texts.NOTHING) if text is None else shown(text)
        return book.say(texts.OVERWRITTEN, formula=_part(template, 0), by=by)
    if text != template and _tokens(text) != _tokens(template):
        pairs = enumerate(zip(text, template, strict=False))
        same = next((at for at, (a, b) in pairs if a != b), 0)
        parts = {"formula": _part(template, same), "to": _part(text, same)}
        return book.say(texts.CHANGED, **parts)
    return None


def _part(formula: str, at: int) -> str:
    """A formula, or of a long one what stands around a place."""
    first = max(0, min(at - LONGEST // 4, len(formula) - LONGEST))
    part = formula[first : first + LONGEST]
    return f"{'…' if first else ''}{part}{'…' if first + LONGEST < len(formula) else ''}"


def _text(content: Any) -> Any:
    """The content of a cell; an array formula keeps its text in an attribute."""
    return getattr(content, "text", content)


def _tokens(formula: str) -> list[str]:
    """The formula as other programs leave it alone: spelling of numbers, names, sheets folded."""
    return [_folded(token) for token in TOKEN.findall(formula)]


@functools.lru_cache(10_000)
def _folded(token: str) -> str:
    if token.startswith('"'):
        return token
    if re.fullmatch(NUMBER, token):
        return repr(float(token))
    return re.sub(r"[$']|_xlfn\.", "", token).casefold()


def _agrees(stored: Any, computed: Value) -> bool:
    if isinstance(computed, str):
        # Some programs drop blanks at the ends of a stored text.
        return isinstance(stored or "", str) and (stored or "").strip() == computed.strip()
    if math.isnan(computed):
        return stored in ("#N/A", "#NUM!")  # the second where a number is too large
    if isinstance(stored, datetime.date):
        stored = serial(stored)
    if isinstance(stored, bool) or not isinstance(stored, (int, float)):
        return False
    try:
        return math.isclose(stored, computed, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except OverflowError:  # an integer beyond all floats
        return False


def _shown(value: Any) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "#N/A"
    return value if isinstance(value, str) and value.startswith("#") else shown(value)
