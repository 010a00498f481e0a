// What an input may be: the rules and the words of the workbook.

// What stands in a field while nobody edits it.
function inputText(value, field) {
  if (value === null || value === undefined || typeof value === "string") return value ?? "";
  if (field.kind === "date") return isoDay(value);
  if (value === Infinity) return "";
  const number = field.kind === "share" ? Number((value * 100).toPrecision(15)) : value;
  const text = String(number);
  return text.includes("e") ? text : text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
}

// What was typed as a value and what is wrong with it, "" where nothing is.
function checked(typed, field) {
  const text = String(typed ?? "").trim();
  if (field.kind === "choice") return { value: text, wrong: "" };
  if (field.kind === "label") return { value: text, wrong: "" };
  if (text === "") {
    if (field.limit) return { value: Infinity, wrong: "" };
    if (field.default === 0) return { value: 0, wrong: "" };
    return { value: NaN, wrong: word("isEmpty") };
  }
  if (field.kind === "date") {
    const value = serialDay(text);
    if (Number.isNaN(value)) return { value, wrong: word("isNotDate") };
    return { value, wrong: brokenRule(value, text, field) };
  }
  const isPercent = /%$/.test(text);
  const plain = text.replace(/[\s,，_]|%$/g, "");
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  if (Number.isNaN(number)) return { value: NaN, wrong: `'${text}' ${word("isText")}` };
  if (!Number.isFinite(number)) return { value: NaN, wrong: word("isInfinite") };
  const value = isPercent || field.kind === "share" ? number / 100 : number;
  return { value, wrong: brokenRule(value, generalText(value), field) };
}

function brokenRule(value, shown, field) {
  const broken = field.bounds.find(([operator, limit]) => !HOLDS[operator](value, limit));
  return broken === undefined ? "" : `${shown} ${say(broken[2])}`;
}

const HOLDS = {
  ">=": (value, limit) => value >= limit,
  ">": (value, limit) => value > limit,
  "<=": (value, limit) => value <= limit,
  "<": (value, limit) => value < limit,
};

// What there is to ask about a valid number by itself, "" where there is nothing.
function asked(value, field) {
  if (!field.usual) return "";
  const [low, high] = field.usual;
  if (low <= value && value <= high) return "";
  const isShare = field.kind === "share";
  if (isShare && high < value && value <= 100 * Math.min(high, 1) && Number.isInteger(value)) {
    return word("meant", { percent: fixedText(value * 100, 0), number: String(value) });
  }
  const text = (limit) => (isShare ? generalText(100 * limit) + word("percent") : generalText(limit));
  return word("unusual", { low: text(low), high: text(high) });
}

// What is wrong between the rows of a table: a list of [row, column, message].
function brokenRows(table, rows) {
  const found = [];
  table.columns.forEach((column, place) => {
    if (!column.limit) return;
    let before = -Infinity;
    rows.forEach((row, number) => {
      const value = row[place];
      const isLast = number === rows.length - 1;
      if (value === Infinity && !isLast) found.push([number, place, word("limitMissing")]);
      else if (value !== Infinity && isLast) found.push([number, place, word("lastLimit")]);
      else if (!isLast && !(value > before)) found.push([number, place, word("notAbove")]);
      if (Number.isFinite(value)) before = value;
    });
  });
  return found;
}

// Rows of cells from what Excel copies (tabs), or from CSV with quotes.
function parsedRows(text) {
  const separator = text.includes("\t") ? "\t" : text.includes(";") && !text.includes(",") ? ";" : ",";
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const close = () => {
    rows.at(-1).push(cell.trim());
    cell = "";
  };
  for (let n = 0; n < text.length; n++) {
    const sign = text[n];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[n + 1] === '"') cell += text[++n];
      else quoted = false;
    } else if (sign === '"' && cell.trim() === "") {
      quoted = true;
      cell = "";
    } else if (sign === separator) close();
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[n + 1] === "\n") n++;
      close();
      rows.push([]);
    } else cell += sign;
  }
  close();
  return rows.filter((row) => row.some((value) => value !== ""));
}
