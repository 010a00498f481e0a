"""Checking a workbook: its formulas against the template, its numbers against its inputs."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from lmprice.errors import shown
from lmprice.workbook.building import make_book
from lmprice.workbook.package import Value
from lmprice.workbook.reading import Contents, Problem, open_template, read_inputs
from lmprice.workbook.sheets import Book

TOLERANCE = 1e-9


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
    contents = open_template(Path(path))
    inputs, problems = read_inputs(contents)
    is_valid = not problems
    # With invalid inputs there is nothing to compare numbers with, but formulas still tell.
    scenario = contents.template(**inputs) if is_valid else contents.template()
    book = make_book(scenario, lang=contents.lang)
    formulas, numbers, has_values = _compare(contents, book)
    problems += formulas
    if not has_values:
        problems.append(Problem("has no stored numbers: recalculate and save it in a spreadsheet"))
    elif is_valid:
        problems += numbers
    return tuple(problems)


def _compare(contents: Contents, book: Book) -> tuple[list[Problem], list[Problem], bool]:
    formulas: list[Problem] = []
    numbers: list[Problem] = []
    has_values = False
    for sheet in book.workbook.worksheets:
        expected = {a: v for (title, a), v in book.values.items() if title == sheet.title}
        if not expected:
            continue
        if sheet.title not in contents.formulas.workbook.sheetnames:
            formulas.append(Problem(f"the sheet {sheet.title} is missing"))
            continue
        written = contents.formulas.of(sheet.title, expected)
        stored = contents.values.of(sheet.title, expected)
        for address, value in expected.items():
            label = book.labels[sheet.title, address]
            changed = _changed(written.get(address), str(sheet[address].value))
            if changed is not None:
                formulas.append(Problem(changed, sheet.title, address, label))
            elif address in stored:
                has_values = True
                if not _agrees(stored[address], value):
                    message = (
                        f"{_shown(stored[address])} is stored, but the inputs give {_shown(value)}"
                    )
                    numbers.append(Problem(message, sheet.title, address, label))
    return formulas, numbers, has_values


def _changed(written: Any, template: str) -> str | None:
    text = getattr(written, "text", written)  # an array formula keeps its text in an attribute
    if not (isinstance(text, str) and text.startswith("=")):
        by = "nothing" if text is None else shown(text)
        return f"the formula {template} was overwritten by {by}"
    if _tokens(text) != _tokens(template):
        return f"the formula {template} was changed to {text}"
    return None


def _tokens(formula: str) -> list[str]:
    """The formula as other programs leave it alone: spelling of numbers, names, sheets folded."""
    return [_folded(token) for token in Tokenizer(formula).items if token.type != Token.WSPACE]


def _folded(token: Token) -> str:
    if token.type == Token.OPERAND and token.subtype == Token.NUMBER:
        return repr(float(token.value))
    if token.type == Token.OPERAND and token.subtype == Token.TEXT:
        return str(token.value)
    return re.sub(r"[$']|_xlfn\.", "", str(token.value)).casefold()


def _agrees(stored: Any, computed: Value) -> bool:
    if isinstance(computed, str):
        return bool((stored or "") == computed)
    if math.isnan(computed):
        return bool(stored == "#N/A")
    if isinstance(stored, bool) or not isinstance(stored, (int, float)):
        return False
    return math.isclose(stored, computed, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _shown(value: Any) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "#N/A"
    return value if isinstance(value, str) and value.startswith("#") else shown(value)
