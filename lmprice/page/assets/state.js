// What the page holds: inputs of the base, low and high case, tables, the case in use.
// A value is what the engine takes; a text that cannot be used stays the text that was typed.

const FIELDS = {};
for (const field of MODEL.inputs) FIELDS[field.key] = field;
for (const field of MODEL.results) FIELDS[field.key] = field;
for (const field of MODEL.columns) FIELDS[field.key] = field;
for (const table of MODEL.tables) for (const column of table.columns) FIELDS[column.name] = column;

const withLimits = (row) => row.map((value) => (value === "inf" ? Infinity : value));

function initialState() {
  const base = {};
  for (const field of MODEL.inputs) base[field.key] = field.value;
  const tables = {};
  for (const table of MODEL.tables) tables[table.name] = table.rows.map(withLimits);
  return { cases: [base, ...MODEL.cases.map((made) => ({ ...made }))], chosen: 0, tables };
}

let state = initialState();

const valueOf = (key, number = state.chosen) => state.cases[number][key] ?? state.cases[0][key];

function problemOf(value, field) {
  if (field.kind === "choice" || field.kind === "label") return "";
  if (typeof value === "string") return checked(value, field).wrong;
  if (Number.isNaN(value)) return word("isEmpty");
  if (value === Infinity) return field.limit ? "" : word("isInfinite");
  return brokenRule(value, field.kind === "date" ? isoDay(value) : generalText(value), field);
}

// Everything that is wrong: { inputs: { key: text }, rows: { table: [[row, column, text]] } }.
function problems() {
  const found = { inputs: {}, rows: {}, count: 0 };
  for (const field of MODEL.inputs) {
    const wrong = problemOf(valueOf(field.key), field);
    if (wrong) {
      found.inputs[field.key] = wrong;
      found.count++;
    }
  }
  for (const table of MODEL.tables) {
    const wrong = [];
    state.tables[table.name].forEach((row, number) =>
      row.forEach((value, place) => {
        const text = problemOf(value, table.columns[place]);
        if (text) wrong.push([number, place, text]);
      }),
    );
    wrong.push(...brokenRows(table, state.tables[table.name]));
    if (wrong.length) found.rows[table.name] = wrong;
    found.count += wrong.length;
  }
  return found;
}

// The inputs as the engine takes them.
function given(number = state.chosen) {
  const inputs = {};
  for (const field of MODEL.inputs) inputs[field.key] = valueOf(field.key, number);
  for (const table of MODEL.tables) {
    const columns = {};
    table.columns.forEach((column, place) => {
      columns[column.key] = state.tables[table.name].map((row) => row[place]);
    });
    inputs[table.name] = columns;
  }
  return inputs;
}

// The state in the address: only what differs from the page as it was made.
function stateText() {
  const start = initialState();
  const changed = { c: [], t: {}, n: state.chosen, g: language };
  state.cases.forEach((values, number) => {
    const other = {};
    for (const key in values) if (values[key] !== start.cases[number][key]) other[key] = values[key];
    changed.c.push(other);
  });
  for (const name in state.tables) {
    if (JSON.stringify(state.tables[name]) !== JSON.stringify(start.tables[name])) {
      changed.t[name] = state.tables[name];
    }
  }
  const bytes = new TextEncoder().encode(JSON.stringify(changed));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// Take the state of an address; what is not of this page is left aside.
function readState(text) {
  const next = initialState();
  try {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
    const read = JSON.parse(new TextDecoder().decode(bytes));
    next.cases.forEach((values, number) => {
      for (const [key, value] of Object.entries(read.c?.[number] ?? {})) {
        const field = MODEL.inputs.find((one) => one.key === key);
        const known = field?.kind === "choice" ? Object.hasOwn(field.options, value) : field;
        if (known && ["number", "string"].includes(typeof value)) values[key] = value;
      }
    });
    for (const table of MODEL.tables) {
      const rows = read.t?.[table.name];
      if (!Array.isArray(rows) || !rows.length || rows.length > MODEL.maxRows) continue;
      if (!rows.every((row) => Array.isArray(row) && row.length === table.columns.length)) continue;
      next.tables[table.name] = rows.map((row) =>
        row.map((value) => (value === null ? Infinity : typeof value === "number" ? value : String(value))),
      );
    }
    if ([0, 1, 2].includes(read.n)) next.chosen = read.n;
    if (["en", "zh"].includes(read.g)) language = read.g;
  } catch {
    return;
  }
  state = next;
}

function keepInAddress() {
  clearTimeout(keepInAddress.timer);
  keepInAddress.timer = setTimeout(() => {
    const start = JSON.stringify(initialState()) === JSON.stringify(state);
    const hash = start && language === MODEL.language ? "" : `#${stateText()}`;
    if (hash !== location.hash) history.replaceState(null, "", hash || location.href.split("#")[0]);
  }, 150);
}
