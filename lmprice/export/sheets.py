"""Formulas as custom functions of sheets, in plain JavaScript: Google Sheets and Office add-ins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmprice.chapters import functions
from lmprice.dialects.javascript import DIALECT, LIBRARY
from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter

_COLUMN = """\
// The rows of a range; an empty last cell is no limit.
function lmColumn_(range, unlimited) {
  if (!Array.isArray(range)) return range;
  const rows = range.flat();
  const last = rows.length - 1;
  return rows.map((value, i) => (unlimited && i === last && value === "" ? Infinity : value));
}
"""
_APPS_SCRIPT = """\
// lmprice: {count} functions for Google Sheets.  In a sheet: Extensions, Apps Script; put all of
// this in place of what stands there, save it, and type =LMPROFIT(100, 20, 10, 100) into a cell.
// No answer is #NUM!, a bad argument is #ERROR! with the rule that it breaks.
"""
_OFFICE = """\
// lmprice: {count} custom functions for Excel on every device, by an Office add-in.  Put this
// file in a project for custom functions, whose build reads the descriptions below, and type
// =NAMESPACE.LMPROFIT(100, 20, 10, 100) into a cell.
// No answer is #N/A, a bad argument is #NUM! with the rule that it breaks.
"""
_ANSWER = """\
// What a function gives: its number or rows of them, errors as Excel has them.
function lmAnswer_(compute) {
  let found;
  try {
    found = compute();
  } catch (error) {
    throw new CustomFunctions.Error(CustomFunctions.ErrorCode.invalidNumber, error.message);
  }
  const noAnswer = () => new CustomFunctions.Error(CustomFunctions.ErrorCode.notAvailable);
  if (Array.isArray(found)) return found.map((value) => [Number.isNaN(value) ? noAnswer() : value]);
  if (Number.isNaN(found)) throw noAnswer();
  return found;
}
"""


@dataclass(frozen=True)
class _Sheet:
    """How a program describes and calls its custom functions."""

    head: str
    column: str  # the type of a range
    optional: str  # the type of what may be left out
    left_out: str  # the condition that it is
    body: Callable[[PricingFunction, str], str]
    after: str = ""  # what follows a function, by its name


def apps_script() -> str:
    """A script of Google Sheets: a custom function for each function that has a closed form."""

    def body(f: PricingFunction, call: str) -> str:
        return f"return {call}.map((row) => [row]);" if f.returns_column else f"return {call};"

    # An empty cell is a text, and what is left out is undefined.
    return _script(_Sheet(_APPS_SCRIPT + _COLUMN, "Array<number>", "number", '{0} === ""', body))


def office_js() -> str:
    """Custom functions of an Office add-in, one for each function that has a closed form."""

    def body(_: PricingFunction, call: str) -> str:
        return f"return lmAnswer_(() => {call});"

    left_out = '{0} === "" || {0} === null'
    after = 'CustomFunctions.associate("{0}", {0});\n'
    return _script(_Sheet(_OFFICE + _COLUMN + _ANSWER, "number[][]", "any", left_out, body, after))


def _script(sheet: _Sheet) -> str:
    offered = [f for f in functions() if "javascript" in f.dialects]
    head = sheet.head.replace("{count}", str(len(offered)))
    return "\n".join([head, LIBRARY, *(_custom_function(f, sheet) for f in offered)])


def _custom_function(f: PricingFunction, sheet: _Sheet) -> str:
    """The function in a sheet, and the one it calls."""
    inner = f"lm_{f.name}_"
    lines = ["/**", f" * {f.summary}", " *"]
    for p in f.parameters:
        name = f"[{p.name}]" if p.is_optional else p.name
        lines.append(f" * @param {{{_kind(p, sheet)}}} {name} {p.term.help.en} ({p.term.unit.en}).")
    result = sheet.column if f.returns_column else "number"
    lines += [
        f" * @return {{{result}}} {f.result.help.en} ({f.result.unit.en}).",
        " * @customfunction",
    ]
    names = ", ".join(p.name for p in f.parameters)
    call = f"{inner}({', '.join(_argument(p, sheet) for p in f.parameters)})"
    lines += [" */", f"function {f.excel_name}({names}) {{", f"  {sheet.body(f, call)}", "}"]
    lines += [sheet.after.format(f.excel_name)] if sheet.after else []
    return "\n".join([*lines, DIALECT.function(f, inner)])


def _kind(p: Parameter, sheet: _Sheet) -> str:
    if p.is_column:
        return sheet.column
    if p.is_optional:
        return sheet.optional
    return "boolean" if p.term.is_flag else "number"


def _argument(p: Parameter, sheet: _Sheet) -> str:
    """What is handed on: undefined in place of what is left out, so that it is its default."""
    unlimited = "true" if p.term.unlimited else "false"
    given = f"lmColumn_({p.name}, {unlimited})" if p.is_column else p.name
    return f"{sheet.left_out.format(p.name)} ? undefined : {given}" if p.is_optional else given
