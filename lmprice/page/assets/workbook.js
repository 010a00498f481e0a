// The workbook of the template filled in: inputs written into its cells, every formula computed, and
// what cells and charts had stored replaced.  Its parts are as lmprice writes them.

const XML_SIGNS = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#xA;": "\n", "&#xD;": "\r", "&#x9;": "\t" };
const unescaped = (text) => text.replace(/&[^;]+;/g, (sign) => XML_SIGNS[sign]);
const escaped = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);

// What no XML holds is left out, and what would be read as a sign of its own is told apart.
const plainText = (text) => escaped(text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "").replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_"));

const CELL = /<c r="([A-Z]+)(\d+)"([^>]*)>(?:(<f[^>]*>)([^<]*)<\/f>)?(?:<v>([^<]*)<\/v>)?<\/c>/g;
const textOf = (part) => new TextDecoder().decode(part);

class Sheets {
  constructor(parts) {
    const book = textOf(parts.get("xl/workbook.xml"));
    const words = [...textOf(parts.get("xl/sharedStrings.xml")).matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map((found) => unescaped(found[1]));
    this.names = new Map([...book.matchAll(/<definedName name="([^"]*)">([^<]*)</g)].map(([, name, to]) => [name, unescaped(to)]));
    this.parts = new Map();
    this.cells = new Map();
    [...book.matchAll(/<sheet [^>]*name="([^"]*)"/g)].forEach(([, name], number) => {
      const title = unescaped(name);
      const part = `xl/worksheets/sheet${number + 1}.xml`;
      this.parts.set(title, part);
      const cells = new Map();
      for (const [, letters, row, attributes, , formula, value] of textOf(parts.get(part)).matchAll(CELL)) {
        const cell = { title, row: Number(row), column: columnNumber(letters), value: null };
        if (formula !== undefined) cell.formula = unescaped(formula);
        else if (value !== undefined) cell.value = attributes.includes('t="s"') ? words[value] : Number(value);
        cells.set(`${cell.row} ${cell.column}`, cell);
      }
      this.cells.set(title, cells);
    });
  }

  named(name) {
    const place = this.names.get(name);
    if (place === undefined) throw new SyntaxError(`${name} is no name of this workbook`);
    return placeOf(place);
  }

  at(title, row, column) {
    return this.cells.get(title).get(`${row} ${column}`);
  }

  // The value of a cell, or the rows of a range, in which errors stay.
  values({ title, left, top, right, bottom }) {
    if (left === right && top === bottom) return known(this.value(this.at(title, top, left)));
    const rows = [];
    for (let row = top; row <= bottom; row++) {
      const cells = [];
      for (let column = left; column <= right; column++) cells.push(this.value(this.at(title, row, column)));
      rows.push(cells);
    }
    return rows;
  }

  value(cell) {
    if (!cell) return null;
    if (cell.formula === undefined) return cell.value;
    if (cell.result === undefined) {
      const found = attempt(() => closure(cell.formula, cell, this)());
      const first = Array.isArray(found) ? found[0][0] : found;
      cell.result = first === null ? 0 : first;
    }
    return cell.result;
  }

  // Write an input; the n-th cell of what a name is for.
  fill(name, n, value) {
    const { title, left, top, right } = this.named(name);
    const cell = this.at(title, top + (left === right ? n : 0), left + (left === right ? 0 : n));
    cell.value = value;
    cell.isFilled = true;
  }
}

function storedCell(whole, cell, letters, attributes, start, formula) {
  const kept = attributes.replace(/ t="\w*"/, "");
  const written = (kind, inside) => `<c r="${letters}${cell.row}"${kept}${kind}>${inside}</c>`;
  if (cell.formula === undefined) {
    if (!cell.isFilled) return whole;
    if (cell.value === null) return written("", "");
    if (typeof cell.value === "number") return written(' t="n"', `<v>${cell.value}</v>`);
    return written(' t="inlineStr"', `<is><t xml:space="preserve">${plainText(cell.value)}</t></is>`);
  }
  const text = `${start}${formula}</f>`;
  const { result } = cell;
  if (result instanceof CellError) return written(' t="e"', `${text}<v>${result.code}</v>`);
  if (typeof result === "string") return written(' t="str"', `${text}<v>${plainText(result)}</v>`);
  if (typeof result === "boolean") return written(' t="b"', `${text}<v>${Number(result)}</v>`);
  return written("", `${text}<v>${result}</v>`);
}

// The numbers or words that a chart keeps of a range.
function cached(sheets, kind, reference) {
  const found = [attempt(() => sheets.values(placeOf(unescaped(reference))))].flat(2);
  const isNumber = kind === "num";
  const points = found.flatMap((value, n) => {
    const shown = isNumber ? value : escaped(value instanceof CellError ? value.code : asText(value));
    return isNumber && typeof value !== "number" ? [] : [`<pt idx="${n}"><v>${shown}</v></pt>`];
  });
  const format = isNumber ? "<formatCode>General</formatCode>" : "";
  return `<f>${reference}</f><${kind}Cache>${format}<ptCount val="${found.length}"></ptCount>${points.join("")}</${kind}Cache>`;
}

// The parts of the workbook with inputs in place: [name of cells, which of them, value].
function filledParts(parts, inputs) {
  const sheets = new Sheets(parts);
  for (const input of inputs) sheets.fill(...input);
  const made = new Map(parts);
  const write = (name, text) => made.set(name, new TextEncoder().encode(text));
  for (const [title, name] of sheets.parts) {
    for (const cell of sheets.cells.get(title).values()) sheets.value(cell);
    write(name, textOf(parts.get(name)).replace(CELL, (whole, letters, row, attributes, start, formula) =>
      storedCell(whole, sheets.at(title, Number(row), columnNumber(letters)), letters, attributes, start, formula)));
  }
  for (const [name, part] of parts) {
    if (!name.startsWith("xl/charts/chart")) continue;
    write(name, textOf(part).replace(/<f>([^<]*)<\/f><(num|str)Cache>.*?<\/\2Cache>/gs,
      (_, reference, kind) => cached(sheets, kind, reference)));
  }
  return made;
}

const bytesOf = (text) => Uint8Array.from(atob(text.trim()), (sign) => sign.charCodeAt(0));

const filled = async (text, inputs) => zipped(filledParts(await unzipped(bytesOf(text)), inputs));
