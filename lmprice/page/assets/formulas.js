// The formulas of a workbook, computed as a spreadsheet does: operators and functions of templates.
// A formula is read once into closures; a range is its rows, and what is wrong in one of its cells
// stays there until that cell is needed.

class CellError {
  constructor(code) {
    this.code = code;
  }
}

function fail(code) {
  throw new CellError(code);
}

function known(value) {
  if (value instanceof CellError) throw value;
  return value;
}

function attempt(compute) {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CellError) return error;
    throw error;
  }
}

const single = (value) => known(Array.isArray(value) ? value[0][0] : value);

function asNumber(value) {
  if (typeof value === "number") return value;
  if (value === null) return 0;
  if (typeof value === "boolean") return Number(value);
  const number = value.trim() === "" ? NaN : Number(value);
  return Number.isNaN(number) ? fail("#VALUE!") : number;
}

function asText(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return String(value).toUpperCase();
  return typeof value === "number" ? generalText(value).toUpperCase() : value;
}

const finite = (number) => (Number.isFinite(number) ? number : fail("#NUM!"));

// Below 0 numbers come first, then texts in any case, then TRUE; an empty cell is 0 or "".
function order(left, right) {
  const like = (value, other) => (value !== null ? value : typeof other === "string" ? "" : 0);
  const [a, b] = [like(left, right), like(right, left)];
  const kinds = ["number", "string", "boolean"];
  const [rankA, rankB] = [a, b].map((value) => kinds.indexOf(typeof value));
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a !== "string") return a - b;
  const [low, high] = [a.toUpperCase(), b.toUpperCase()];
  return low < high ? -1 : Number(low > high);
}

const ofNumbers = (compute) => (...values) => finite(compute(...values.map(asNumber)));

const OPERATORS = {
  "+": ofNumbers((a, b) => a + b),
  "-": ofNumbers((a, b) => a - b),
  "*": ofNumbers((a, b) => a * b),
  "/": ofNumbers((a, b) => (b === 0 ? fail("#DIV/0!") : a / b)),
  "^": ofNumbers((a, b) => (a === 0 && b === 0 ? fail("#NUM!") : a ** b)),
  "&": (a, b) => asText(a) + asText(b),
  "=": (a, b) => order(a, b) === 0,
  "<>": (a, b) => order(a, b) !== 0,
  "<": (a, b) => order(a, b) < 0,
  ">": (a, b) => order(a, b) > 0,
  "<=": (a, b) => order(a, b) <= 0,
  ">=": (a, b) => order(a, b) >= 0,
};
const LEVELS = [["=", "<>", "<", ">", "<=", ">="], ["&"], ["+", "-"], ["*", "/"], ["^"]];

// Cell by cell where an operand is a range; one row or column goes with all of another's.
function spread(compute, operands) {
  if (!operands.some(Array.isArray)) return compute(...operands.map(known));
  const size = (measure) => Math.max(...operands.map((one) => (Array.isArray(one) ? measure(one) : 1)));
  const pick = (one, row, column) => {
    if (!Array.isArray(one)) return one;
    const cells = one[one.length === 1 ? 0 : row];
    return cells === undefined ? new CellError("#N/A") : cells[cells.length === 1 ? 0 : column];
  };
  const columns = size((one) => one[0].length);
  return Array.from({ length: size((one) => one.length) }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      attempt(() => compute(...operands.map((one) => known(pick(one, row, column)))))));
}

const eachCell = (compute) => (...args) => spread(compute, args.map((arg) => arg()));

// As a condition decides; what is not decided for is computed for ranges only.
function choose(condition, yes, no) {
  const truth = (value) => (typeof value === "string" ? fail("#VALUE!") : Boolean(asNumber(value)));
  const decided = condition();
  if (!Array.isArray(decided)) return truth(known(decided)) ? yes() : no();
  const [all, other] = [attempt(yes), attempt(no)];
  const picked = spread((value) => truth(value), [decided]);
  return picked.map((row, r) => row.map((value, c) => {
    if (value instanceof CellError) return value;
    const from = value ? all : other;
    return Array.isArray(from) ? from[from.length === 1 ? 0 : r][from[0].length === 1 ? 0 : c] : from;
  }));
}

// All values of the arguments; of cells only those that are there.
function valuesOf(args) {
  return args.flatMap((arg) => {
    const value = arg.place ? attempt(arg) : arg();
    return Array.isArray(value) ? value.flat().filter((one) => one !== null) : value === null ? [] : [value];
  });
}

// The numbers among them: texts in cells count as nothing, a text that stands alone is wrong.
function numbersOf(args) {
  return args.flatMap((arg) => {
    const value = arg();
    if (!Array.isArray(value) && !arg.place) return [asNumber(known(value))];
    return (Array.isArray(value) ? value.flat() : [value]).map(known).filter((one) => typeof one === "number");
  });
}

const reduced = (compute) => (...args) => compute(numbersOf(args));

// Whether each cell is so; an error is a cell like others.
const cellIs = (test) => (arg) => {
  const value = attempt(arg);
  return Array.isArray(value) ? value.map((row) => row.map(test)) : test(value);
};

// Which cells of a range have a value.
function placesOf(range, wanted) {
  const value = single(wanted());
  return [range()].flat(2).flatMap((cell, n) => (cell instanceof CellError || cell === null || order(cell, value) ? [] : [n + 1]));
}

function indexed(range, row, column) {
  const cells = range();
  if (!Array.isArray(cells)) return known(cells);
  let [down, across] = [row, column].map((arg) => (arg ? Math.floor(asNumber(single(arg()))) : 1));
  if (cells.length === 1 && !column) [down, across] = [1, down];
  const value = cells[down - 1]?.[across - 1];
  return value === undefined ? fail("#REF!") : known(value);
}

function rounded(value, places) {
  const [mantissa, power] = String(Math.abs(value).toExponential()).split("e");
  const moved = Math.round(Number(`${mantissa}e${Number(power) + places}`));
  const [digits, exponent] = moved.toExponential().split("e");
  return Math.sign(value) * Number(`${digits}e${Number(exponent) - places}`);
}

function sumOfProducts(...args) {
  const columns = args.map((arg) => arg()).map((value) => (Array.isArray(value) ? value.flat() : [value]));
  const counted = (value) => (typeof known(value) === "number" ? value : 0);
  return finite(columns[0].reduce((sum, _, n) => sum + columns.reduce((product, column) => product * counted(column[n]), 1), 0));
}

function monthsLater(day, months) {
  const later = lmWholeMonthsLater(Math.floor(day), Math.trunc(months));
  return later >= 0 && later <= 2958465 ? later : fail("#NUM!");
}

const truths = (args) => valuesOf(args).map(known).filter((value) => typeof value !== "string").map((value) => Boolean(asNumber(value)));

const FUNCTIONS_OF_SHEETS = {
  IF: (condition, yes, no = () => false) => choose(condition, yes, no),
  IFERROR: (value, other) => {
    const found = attempt(value);
    if (!Array.isArray(found)) return found instanceof CellError ? other() : found;
    return found.map((row) => row.map((one) => (one instanceof CellError ? single(other()) : one)));
  },
  CHOOSE: (number, ...choices) => (choices[Math.floor(asNumber(single(number()))) - 1] ?? (() => fail("#VALUE!")))(),
  NA: () => fail("#N/A"),
  AND: (...args) => truths(args).every(Boolean),
  OR: (...args) => truths(args).some(Boolean),
  NOT: eachCell((value) => !asNumber(value)),
  ISNA: cellIs((value) => value instanceof CellError && value.code === "#N/A"),
  ISERROR: cellIs((value) => value instanceof CellError),
  ISNUMBER: cellIs((value) => typeof value === "number"),
  ISBLANK: cellIs((value) => value === null),
  N: eachCell((value) => (typeof value === "string" ? 0 : asNumber(value))),
  ABS: eachCell(ofNumbers(Math.abs)),
  INT: eachCell(ofNumbers(Math.floor)),
  SQRT: eachCell(ofNumbers(Math.sqrt)),
  EXP: eachCell(ofNumbers(Math.exp)),
  LN: eachCell(ofNumbers(Math.log)),
  ROUND: eachCell(ofNumbers(rounded)),
  GAMMALN: eachCell(ofNumbers((x) => lmLogFactorial(x - 1))),
  POISSON: eachCell(ofNumbers((count, mean) => lmPoissonCdf(Math.floor(count), mean))),
  TINV: eachCell(ofNumbers((beyond, degrees) => lmTQuantile(1 - beyond, degrees))),
  EDATE: eachCell(ofNumbers(monthsLater)),
  SUM: reduced((numbers) => finite(numbers.reduce((sum, one) => sum + one, 0))),
  MAX: reduced((numbers) => numbers.reduce((most, one) => Math.max(most, one), numbers.length ? -Infinity : 0)),
  MIN: reduced((numbers) => numbers.reduce((least, one) => Math.min(least, one), numbers.length ? Infinity : 0)),
  NPV: (rate, ...args) => {
    const step = 1 + asNumber(single(rate()));
    return finite(numbersOf(args).reduce((sum, one, n) => sum + one / step ** (n + 1), 0));
  },
  COUNT: (...args) => valuesOf(args).filter((value) => typeof value === "number").length,
  COUNTA: (...args) => valuesOf(args).length,
  COUNTIF: (range, wanted) => placesOf(range, wanted).length,
  SUMPRODUCT: sumOfProducts,
  MATCH: (wanted, range) => placesOf(range, wanted)[0] ?? fail("#N/A"),
  INDEX: indexed,
  ROWS: (range) => range.place.bottom - range.place.top + 1,
  LEFT: eachCell((text, count = 1) => asText(text).slice(0, asNumber(count))),
  RIGHT: eachCell((text, count = 1) => asText(text).slice(-asNumber(count))),
  REPT: eachCell((text, count) => asText(text).repeat(Math.floor(asNumber(count)))),
};

const TOKEN = /\s*(?:(\d+\.?\d*(?:E[-+]?\d+)?)|"((?:[^"]|"")*)"|((?:'(?:[^']|'')+'!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?![\w(]))|([\p{L}_][\p{L}\p{N}_.]*)|(<=|>=|<>|[-+*/^&=<>(),]))/uy;

const columnNumber = (letters) => [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);

// The rows and columns of 'Sheet'!$A$1:$B$2; on the sheet of the formula where it names none.
function placeOf(text, here) {
  const [, title, cells] = /^(?:'((?:[^']|'')+)'!)?(.*)$/s.exec(text);
  const [from, to = from] = cells.replaceAll("$", "").split(":").map((cell) => /([A-Z]+)(\d+)/.exec(cell));
  return { title: title?.replaceAll("''", "'") ?? here, left: columnNumber(from[1]), top: Number(from[2]),
    right: columnNumber(to[1]), bottom: Number(to[2]) };
}

// A formula as a closure; `sheets` gives the values of places, and the place that a name is for.
function closure(formula, cell, sheets) {
  let token;
  TOKEN.lastIndex = 0;
  const advance = () => {
    if (TOKEN.lastIndex >= formula.length) return (token = null);
    const start = TOKEN.lastIndex;
    token = TOKEN.exec(formula);
    if (!token) throw new SyntaxError(`${formula.slice(start)} cannot be read`);
    return token;
  };
  const taken = (symbol) => (token?.[5] === symbol ? (advance(), true) : false);
  const reading = (place) => Object.assign(() => sheets.values(place), { place });

  function operand() {
    if (taken("(")) {
      const inner = level(0);
      taken(")");
      return inner;
    }
    const [, number, text, cells, name] = token;
    advance();
    if (number !== undefined) return () => Number(number);
    if (text !== undefined) return () => text.replaceAll('""', '"');
    if (cells !== undefined) return reading(placeOf(cells, cell.title));
    return taken("(") ? called(name, listed()) : reading(sheets.named(name));
  }
  function listed() {
    const args = [];
    while (!taken(")")) {
      args.push(level(0));
      taken(",");
    }
    return args;
  }
  function called(name, args) {
    if (name === "ROW") return () => cell.row;
    if (name === "OFFSET") {
      const { place } = args[0];
      const down = asNumber(args[1]());
      return reading({ ...place, top: place.top + down, bottom: place.bottom + down });
    }
    const compute = FUNCTIONS_OF_SHEETS[name];
    if (!compute) throw new SyntaxError(`${name} is not known here`);
    return () => compute(...args);
  }
  function unary() {
    if (taken("-")) {
      const inner = unary();
      return () => spread(ofNumbers((value) => -value), [inner()]);
    }
    return taken("+") ? unary() : operand();
  }
  function level(number) {
    if (number === LEVELS.length) return unary();
    let left = level(number + 1);
    while (LEVELS[number].includes(token?.[5])) {
      const compute = OPERATORS[token[5]];
      advance();
      const [first, second] = [left, level(number + 1)];
      left = () => spread(compute, [first(), second()]);
    }
    return left;
  }
  advance();
  const whole = level(0);
  if (token) throw new SyntaxError(`${formula} goes on after its end`);
  return whole;
}
