"""The words of the function wizard, and of ``LMERROR``, which explains an error."""

from __future__ import annotations

import textwrap

from lmprice.chapters import functions
from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter
from lmprice_excel.text_functions import TEXT_FUNCTIONS, TextParameter
from lmprice_excel.values import NA, NUM, VALUE, Cell, CellError

LMERROR = "LMERROR"
LIMIT = 255  # Excel refuses or cuts longer help texts

_MEANINGS = {
    NUM: "A number is out of its range.",
    VALUE: "An argument is empty, is not a number, or has a shape that does not fit.",
    NA: "There is no answer for these values, or a value is missing.",
    "#DIV/0!": "A formula divides by zero.",
    "#REF!": "A formula refers to a cell that no longer exists.",
    "#NAME?": "Excel does not know a name in the formula; are the lmprice functions loaded?",
    "#NULL!": "A formula refers to ranges that do not meet.",
    "#SPILL!": "The result needs cells that are not empty.",
}


def worksheet_names() -> list[str]:
    """The names of all worksheet functions."""
    of_texts = [f.excel_name for f in TEXT_FUNCTIONS]
    return [*(f.excel_name for f in functions()), *of_texts, LMERROR]


def category(f: PricingFunction) -> str:
    """The group in which the wizard lists a function: its chapter."""
    return f"lmprice {f.category}"


def function_help(f: PricingFunction) -> str:
    """What a function gives, in one line."""
    return textwrap.shorten(f.summary, LIMIT, placeholder=" ...")


def argument_help(p: Parameter) -> str:
    """What an argument is: meaning, unit, rule, default."""
    parts = [p.term.unit.en]
    if p.is_column:
        parts.append("a column or row of cells")
    if p.term.has_rule:
        parts.append(p.term.rule.en)
    if p.is_optional:
        parts.append(f"{p.default_text} if left out")
    return textwrap.shorten(f"{p.term.help.en} ({'; '.join(parts)}).", LIMIT, placeholder=" ...")


def text_argument_help(p: TextParameter, lang: str = "en") -> str:
    """What an argument of a function of texts is."""
    parts = [p.unit(lang), *([p.rule(lang)] if p.rule else [])]
    if lang == "zh":
        parts += [f"省略时为{p.left_out.zh}"] if p.left_out else []
        return f"{p.help.zh}（{'；'.join(parts)}）。"
    parts += [f"{p.left_out.en} if left out"] if p.left_out else []
    return f"{p.help.en} ({'; '.join(parts)})."


def explain(cell: Cell) -> str:
    """What an error means and what the argument at fault should be; "" for any other cell.

    >>> explain("#NUM! LMCOST: quantity -1 is below 0")
    'LMCOST: quantity -1 is below 0. Here quantity is: Units sold or served (units; at least 0).'
    """
    error = cell if isinstance(cell, CellError) else None
    if error is None and isinstance(cell, str):
        error = CellError.parse(cell)
    if error is None:
        return ""
    if not error.message:
        return f"{error} {_MEANINGS.get(error, 'The value of a cell is an error.')}"
    return f"{error.message}.{_hint(error.message)}"


def _hint(message: str) -> str:
    """The help of the parameter that a message names first."""
    excel_name, _, rest = message.partition(": ")
    name = rest.partition(" ")[0]
    for f in functions():
        for p in f.parameters:
            if (f.excel_name, p.name) == (excel_name, name):
                return f" Here {p.name} is: {argument_help(p)}"
    for text_function in TEXT_FUNCTIONS:
        for q in text_function.parameters:
            if (text_function.excel_name, q.name) == (excel_name, name):
                return f" Here {q.name} is: {text_argument_help(q)}"
    return ""
