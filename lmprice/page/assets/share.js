// What is taken along: results as text or table, the workbook filled in, the inputs as a record.

function workbookView() {
  const name = MODEL.name;
  const file = hasWorkbook() && el("div", {},
    el("p", {}, word("workbookFileHelp")),
    el("div", { class: "actions" }, button(word("workbookFile"), downloadWorkbook, { id: "download-workbook" })));
  return el("div", {},
    el("div", { class: "actions" },
      button(word("copyText"), () => copy(resultsText(": ")), { id: "copy-text" }),
      button(word("copyTable"), () => copy(resultsText("\t")), { id: "copy-table" })),
    file || null,
    el("p", {}, word("workbookHelp")),
    el("div", { class: "actions" },
      button(word("download"), () => save(`${name}.json`, recordText(), "application/json"), { id: "download" })),
    el("pre", { tabindex: "0" }, el("code", {}, `lmprice fill ${name} --from ${name}.json -o filled --lang ${language}`)));
}

// The results as lines of text, or as a table that Excel pastes: full digits there.
function resultsText(separator) {
  if (!current.results) return "";
  const isTable = separator === "\t";
  const lines = MODEL.results.map((result) => {
    const value = current.results[result.key];
    const shown = isTable && result.kind !== "date" && !Number.isNaN(value) ? String(value) : numberText(value, result);
    return `${say(result.title)}${separator}${shown}${isTable ? "\t" : " "}${unitText(result)}`.trimEnd();
  });
  const verdict = isTable ? [] : [`${SIGNS[current.verdict.tone]} ${current.verdict.text}`, ""];
  return [...verdict, ...lines].join("\n");
}

// The inputs as a record that `lmprice fill` takes.
function recordText() {
  const plain = (value, field) => (field.kind === "date" ? isoDay(value) : field.kind === "choice" ? field.options[value][0] : value);
  const record = {};
  for (const field of MODEL.inputs) record[field.key] = plain(valueOf(field.key), field);
  for (const table of MODEL.tables) {
    record[table.name] = state.tables[table.name].map((row) =>
      Object.fromEntries(table.columns.map((column, at) => [column.key, plain(row[at], column)])));
  }
  // JSON has no infinity; Python reads the word.
  return JSON.stringify([record], (_, value) => (value === Infinity ? "\u0000" : value), 1).replaceAll('"\\u0000"', "Infinity");
}

// The template stands in the page where it is small; a browser that cannot unpack it has the command.
const hasWorkbook = () => filledWorkbook !== null && typeof CompressionStream === "function";

async function downloadWorkbook() {
  const bad = [...state.cases.keys()].find((n) => MODEL.inputs.some((field) => problemOf(valueOf(field.key, n), field)));
  if (!current.results) return announce(word("invalid"));
  if (bad !== undefined) return announce(word("invalidCase", { name: word(["base", "low", "high"][bad]) }));
  const content = await filledWorkbook(document.getElementById(`workbook-${language}`).textContent, workbookInputs());
  save(`${MODEL.name}.xlsx`, content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

// What the cells of the workbook hold: [name of cells, which of them, value]; null where one is empty.
function workbookInputs() {
  const cell = (value, field) => {
    if (field.kind === "choice" && value !== undefined) return say(field.options[value]);
    return value === undefined || value === Infinity || value === "" ? null : value;
  };
  const inputs = [[MODEL.caseCell, 0, word(["base", "low", "high"][state.chosen])]];
  for (const field of MODEL.inputs) {
    state.cases.forEach((values, n) => inputs.push([`${field.key}_cases`, n, cell(values[field.key], field)]));
  }
  for (const table of MODEL.tables) {
    const rows = state.tables[table.name];
    table.columns.forEach((column, at) => {
      for (let n = 0; n < MODEL.maxRows; n++) inputs.push([column.name, n, cell(rows[n]?.[at], column)]);
    });
  }
  return inputs;
}
