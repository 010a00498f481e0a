"""Formulas for Google Sheets: a script of custom functions, in plain JavaScript."""

from __future__ import annotations

from lmprice.chapters import functions
from lmprice.dialects.javascript import DIALECT, LIBRARY
from lmprice.language.formula import PricingFunction

_HEAD = """\
// lmprice: {count} functions for Google Sheets.  In a sheet: Extensions, Apps Script; put all of
// this in place of what stands there, save it, and type =LMPROFIT(100, 20, 10, 100) into a cell.
// No answer is #NUM!, a bad argument is #ERROR! with the rule that it breaks.

// The rows of a range; an empty last cell is no limit.
function lmColumn_(range, unlimited) {{
  if (!Array.isArray(range)) return range;
  const rows = range.flat();
  const last = rows.length - 1;
  return rows.map((value, i) => (unlimited && i === last && value === "" ? Infinity : value));
}}
"""


def apps_script() -> str:
    """A script with a custom function for each function that has a closed form."""
    offered = [f for f in functions() if "javascript" in f.dialects]
    parts = [_HEAD.format(count=len(offered)), LIBRARY]
    return "\n".join([*parts, *map(_custom_function, offered)])


def _custom_function(f: PricingFunction) -> str:
    """The function in a sheet, and the one it calls."""
    inner = f"lm_{f.name}_"
    lines = ["/**", f" * {f.summary}", " *"]
    arguments = []
    for p in f.parameters:
        kind = "Array<number>" if p.is_column else "boolean" if p.term.is_flag else "number"
        name = f"[{p.name}]" if p.is_optional else p.name
        lines.append(f" * @param {{{kind}}} {name} {p.term.help.en} ({p.term.unit.en}).")
        unlimited = "true" if p.term.unlimited else "false"
        given = f"lmColumn_({p.name}, {unlimited})" if p.is_column else p.name
        # An empty cell is a text; what is left out is its default.
        arguments.append(f'{p.name} === "" ? undefined : {given}' if p.is_optional else given)
    result = "Array<number>" if f.returns_column else "number"
    lines += [
        f" * @return {{{result}}} {f.result.help.en} ({f.result.unit.en}).",
        " * @customfunction",
    ]
    names = ", ".join(p.name for p in f.parameters)
    call = f"{inner}({', '.join(arguments)})"
    answer = f"{call}.map((row) => [row])" if f.returns_column else call
    lines += [" */", f"function {f.excel_name}({names}) {{", f"  return {answer};", "}"]
    return "\n".join([*lines, DIALECT.function(f, inner)])
