"""Plain functions of JavaScript, for a page, a sheet of Google or a server.

A table is an array a column.  A bad argument throws a RangeError that names it; no answer is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from lmprice.dialects.rules.conditions_as_choices import condition, conditions_as_choices
from lmprice.dialects.rules.rows_of_ranges import rows_of_ranges
from lmprice.dialects.rules.shared_parts import shared_parts
from lmprice.language.dialect import Dialect
from lmprice.language.notation import SYMBOLS, Notation, number_text
from lmprice.language.record import Definition, Parameter
from lmprice.language.tree import NAME, NUMBER, Expr

_FUNCTIONS = {
    "power": "Math.pow",
    "square_root": "Math.sqrt",
    "exp": "Math.exp",
    "log": "Math.log",
    "absolute": "Math.abs",
    "floor": "Math.floor",
    "ceiling": "Math.ceil",
    "maximum": "Math.max",
    "minimum": "Math.min",
    "log_factorial": "lmLogFactorial",
    "poisson_cdf": "lmPoissonCdf",
    "t_quantile": "lmTQuantile",
}
_OVER_ROWS = {
    "total": "lmTotal({n}, (i) => {0})",
    "weighted_total": "lmTotal({n}, (i) => {0} * {1})",
    "discounted_total": "lmTotal({n}, (i) => {1} / Math.pow(1 + {0}, i + 1))",
    "product": "lmProduct({n}, (i) => {0})",
    "largest": "lmLargest({n}, (i) => {0})",
    "smallest": "-lmLargest({n}, (i) => -({0}))",
    "count": "{n}",
}
_SYMBOLS = {name: f" {symbol} " for name, symbol in SYMBOLS.items() if name != "power"}
_SYMBOLS |= {"equal": " === ", "unequal": " !== ", "both": " && "}
_ROWS = "rows"


def _leaf(node: Expr) -> str:
    if node.operation == NUMBER:
        return number_text(node.value).replace("inf", "Infinity")
    if node.operation == NAME:
        return f"{node.value}[i]" if node.is_column else str(node.value)
    return "NaN"


def _call(node: Expr, args: list[str]) -> str:
    if node.operation == "if_else":
        return f"({args[0]} ? {args[1]} : {args[2]})"
    if node.operation == "row":
        return f"{node.args[0].value}[{args[1]} - 1]"
    if node.operation == "following":  # after the last row nothing counts
        return f"({node.args[0].value}[i + 1] ?? 0)"
    if node.operation in _OVER_ROWS:
        return f"({_OVER_ROWS[node.operation].format(*args, n=_ROWS)})"
    return f"{_FUNCTIONS[node.operation]}({', '.join(args)})"


_NOTATION = Notation(_leaf, _call, _SYMBOLS)


def _kept(operation: str) -> Callable[..., Expr]:
    return lambda *args: Expr(operation, args)


def _scalar_text(node: Expr) -> str:
    # What has a number in each row cannot be computed once for all of them.
    return f"#{id(node)}" if node.is_column else _NOTATION.text(node)


class JavaScript(Dialect[Expr]):
    """Functions over numbers, and over arrays for the columns of tables."""

    title: ClassVar[str] = "JavaScript"
    rules = (rows_of_ranges, conditions_as_choices)
    has_tables: ClassVar[bool] = True
    operations: ClassVar[dict[str, Callable[..., Expr]]] = {  # type: ignore[misc]
        operation: _kept(operation)
        for operation in (
            "negative", "if_else", "row", "following", *_SYMBOLS, *_FUNCTIONS, *_OVER_ROWS
        )
    }  # fmt: skip

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def written(self, f: Definition) -> str:
        """The function under its name in Python; it needs `LIBRARY`."""
        return self.function(f, f.name)

    def function(self, f: Definition, name: str) -> str:
        """The function under a name."""
        self.refuse_lacking(f)
        assert f.expression is not None
        parts, body = shared_parts(self.built(f.expression), "part", _scalar_text)
        lines = [*self._arguments(f), *self._checks(f)]
        lines += [f"const {part} = {_NOTATION.text(value)};" for part, value in parts]
        if f.returns_column:
            row = f"lmAnswer({_NOTATION.text(body)}, known)"
            lines.append(f"return Array.from({{ length: {_ROWS} }}, (_, i) => {row});")
        else:
            lines.append(f"return lmAnswer({_NOTATION.text(body)}, known);")
        signature = ", ".join(map(_parameter, f.parameters))
        return f"function {name}({signature}) {{\n  " + "\n  ".join(lines) + "\n}\n"

    def _arguments(self, f: Definition) -> Iterator[str]:
        table = next((p.name for p in f.parameters if p.is_column), None)
        if table is not None:
            yield f"const {_ROWS} = {table}.length;"
        for p in f.parameters:
            if p.term.absent is not None:
                yield f"if ({p.name} === null) {p.name} = {number_text(p.term.absent)};"
            if p.term.is_flag:
                yield f"{p.name} = Number({p.name});"
            if p.is_column and p.is_optional:
                yield f"if (!Array.isArray({p.name})) {p.name} = Array({_ROWS}).fill({p.name});"

    def _checks(self, f: Definition) -> Iterator[str]:
        """Statements that throw where an argument breaks a rule, which NaN does not."""
        for p in f.parameters:
            place = f'"{f.name}", "{p.name}"'
            if p.is_column:
                limits = "true" if p.term.unlimited else "false"
                rising = "true" if p.term.increasing else "false"
                yield f"lmCheckRows({place}, {p.name}, {_ROWS}, {rising}, {limits});"
            else:
                yield f"lmCheckNumber({place}, {p.name});"
            for bound in p.term.bounds:
                value = "value" if p.is_column else p.name
                holds = self._condition(bound.holds(Expr.name(value)))
                words = f'"{bound.broken.en}"'
                yield (
                    f"for (const value of {p.name}) lmCheck({place}, value, {holds}, {words});"
                    if p.is_column
                    else f"lmCheck({place}, {p.name}, {holds}, {words});"
                )
        for requirement in f.requirements:
            tree = requirement.holds(f.names)
            holds = self._condition(tree)
            each = f"for (let i = 0; i < {_ROWS}; i++) " if tree.is_column else ""
            blamed = _leaf(f.names[requirement.parameter]) if each else requirement.parameter
            named = " || ".join(
                f"Number.isNaN({_leaf(f.names[name])})" for name in requirement.names
            )
            words = f'"{requirement.rule}"'
            yield (
                f'{each}lmCheck("{f.name}", "{requirement.parameter}", {blamed}, '
                f"{named} || {holds}, {words});"
            )
        known = [
            f"!{p.name}.some(Number.isNaN)" if p.is_column else f"!Number.isNaN({p.name})"
            for p in f.parameters
        ]
        yield f"const known = {' && '.join(known)};"

    def _condition(self, tree: Expr) -> str:
        return _NOTATION.text(condition(tree))


def _parameter(p: Parameter) -> str:
    if p.default is None:
        return p.name
    return f"{p.name} = {'null' if p.default == p.term.absent else number_text(p.default)}"


DIALECT = JavaScript()

LIBRARY = """\
function lmTotal(rows, value) {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += value(i);
  return sum;
}
function lmProduct(rows, value) {
  let product = 1;
  for (let i = 0; i < rows; i++) product *= value(i);
  return product;
}
function lmLargest(rows, value) {
  let largest = -Infinity;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, value(i));
  return largest;
}
function lmAnswer(value, known) {
  return known && Number.isFinite(value) ? value : NaN;
}
function lmBad(name, parameter, value, rule) {
  throw new RangeError(`${name}: ${parameter} ${value} ${rule}`);
}
function lmCheckNumber(name, parameter, value) {
  if (typeof value !== "number") lmBad(name, parameter, value, "is not a number");
  if (value === Infinity || value === -Infinity) lmBad(name, parameter, value, "is infinite");
}
function lmCheck(name, parameter, value, holds, rule) {
  if (!holds && !Number.isNaN(value)) lmBad(name, parameter, value, rule);
}
function lmCheckRows(name, parameter, values, rows, increasing, unlimited) {
  if (!Array.isArray(values)) lmBad(name, parameter, values, "is no array");
  if (values.length === 0) lmBad(name, parameter, values, "has no rows");
  if (values.length !== rows) lmBad(name, parameter, values.length, "is another number of rows");
  values.forEach((value, i) => {
    const isLimit = unlimited && i === rows - 1;
    if (!isLimit) lmCheckNumber(name, parameter, value);
    if (isLimit && value < 1e300) {
      lmBad(name, parameter, value, "is not infinite: the last row has no limit");
    }
    if (increasing && i > 0 && value <= values[i - 1]) {
      lmBad(name, parameter, value, `is not above ${values[i - 1]}`);
    }
  });
}
// The logarithm of n!, by Stirling's series, which needs a number that is not small.
function lmLogFactorial(n) {
  let x = n + 1;
  let product = 1;
  for (; x < 15; x++) product *= x;
  const s = 1 / (x * x);
  const series = 1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188))));
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series / x - Math.log(product);
}
// P(N <= count) of a Poisson variable: the incomplete gamma function Q(count + 1, mean).
function lmPoissonCdf(count, mean) {
  if (!(count >= 0) || !(mean >= 0)) return count < 0 ? 0 : NaN;
  if (mean === 0) return 1;
  const a = Math.floor(count) + 1;
  const scale = Math.exp(a * Math.log(mean) - mean - lmLogFactorial(a - 1));
  if (mean < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1e6 && term > sum * 1e-17; n++) sum += term *= mean / (a + n);
    return 1 - sum * scale;
  }
  let b = mean + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1e6; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h * scale;
}
// The share of Student's t that lies beyond t on both sides: an incomplete beta function.
function lmTBeyond(t, degrees) {
  const x = degrees / (degrees + t * t);
  const a = degrees / 2;
  const b = 0.5;
  const beta = lmHalfStep(a) / Math.sqrt(Math.PI);
  const away = (t * t) / (degrees + t * t);
  const scale = beta * Math.exp(a * (x < 0.5 ? Math.log(x) : Math.log1p(-away))) * Math.sqrt(away);
  if (x >= (a + 1) / (a + b + 2)) return 1 - (scale * lmBetaFraction(1 - x, b, a)) / b;
  return (scale * lmBetaFraction(x, a, b)) / a;
}
// gamma(a + 1/2) / gamma(a), by its series in 1/a, which needs a number that is not small.
function lmHalfStep(a) {
  let ratio = 1;
  for (; a < 30; a++) ratio *= a / (a + 0.5);
  const s = 1 / (a * a);
  const series = (-1 / 8 + s * (1 / 192 - s * (1 / 640 - s * (17 / 14336)))) / a;
  return ratio * Math.sqrt(a) * Math.exp(series);
}
function lmBetaFraction(x, a, b) {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 1e4; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}
// How many standard errors an interval of a confidence reaches to either side, by bisection.
function lmTQuantile(confidence, degrees) {
  if (!(confidence > 0 && confidence < 1 && degrees > 0)) return confidence === 0 ? 0 : NaN;
  let low = 0;
  let high = 1;
  while (lmTBeyond(high, degrees) > 1 - confidence) high *= 2;
  for (let n = 0; n < 200 && high - low > 1e-16 * high; n++) {
    const middle = (low + high) / 2;
    if (lmTBeyond(middle, degrees) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
"""
