// Tables as inputs: rows to fill in, and the columns that are computed beside them.

function tableView(table, updates) {
  const beside = MODEL.columns.filter((column) => column.table === table.name);
  const place = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say(table.title) });
  const file = el("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", class: "offscreen", tabindex: "-1",
    "aria-label": word("loadCsv") });
  file.addEventListener("change", async () => {
    if (file.files[0]) fill(table, parsedRows(await file.files[0].text()), 0, 0, true);
    file.value = "";
  });
  const problem = el("p", { class: "problem" });
  const draw = () => {
    const rows = state.tables[table.name];
    const cells = rows.map((row, number) => rowView(table, beside, row, number));
    place.replaceChildren(el("table", { class: "editor", "data-table": table.name },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "#"),
        ...table.columns.map((column, at) => headView(table, column, at)),
        ...beside.map((column) => el("th", { scope: "col", class: "computed", title: say(column.help) },
          say(column.title), unitText(column) && el("small", {}, unitText(column)))),
        el("th", {}, ""))),
      el("tbody", {}, ...cells.map((cell) => cell.view))));
    place.cells = cells;
  };
  draw();
  updates.push((now) => {
    if (place.cells.length !== state.tables[table.name].length || now.redrawn === table.name) draw();
    place.cells.forEach((cell, number) => cell.update(now, number));
    const asks = now.questions.filter(([key]) => key === table.name).map(([, text]) => say(text));
    const wrong = now.problems.rows[table.name]?.length ? "" : asks[0] ? `${word("check")}${asks[0]}` : "";
    problem.textContent = wrong;
    problem.className = "problem question";
  });
  return el("div", {}, el("p", { class: "help always" }, say(table.help)),
    place, problem,
    el("div", { class: "actions" },
      button(word("addRow"), () => addRow(table)),
      button(word("loadCsv"), () => file.click()), file,
      el("span", { class: "hint" }, word("pasteHint", { rows: MODEL.maxRows }))));
}

function headView(table, column, at) {
  const unit = unitText(column);
  return el("th", { scope: "col" },
    button(say(column.title), () => sortRows(table, at), { class: "sort", title: word("sortBy", { title: say(column.title) }) }),
    unit && el("small", {}, unit));
}

function rowView(table, beside, row, number) {
  const controls = table.columns.map((column, at) => {
    const control = controlOf(column, row[at], (value) => {
      state.tables[table.name][number][at] = value;
      refresh();
    }, { "aria-label": `${say(column.title)}, ${word("row")} ${number + 1}`, placeholder: column.limit ? word("noLimit") : "" });
    control.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text");
      if (!/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      fill(table, parsedRows(text), number, at, false);
    });
    return control;
  });
  const problem = el("p", { class: "problem" });
  const outputs = beside.map(() => el("td", { class: "number computed" }));
  const view = el("tr", {}, el("th", { scope: "row" }, String(number + 1)),
    ...controls.map((control, at) => el("td", {}, control, at === 0 ? problem : null)), ...outputs,
    el("td", {}, button("×", () => deleteRow(table, number), {
      class: "plain", "aria-label": word("deleteRow", { number: number + 1 }), disabled: state.tables[table.name].length === 1 })));
  const update = (now, at) => {
    const wrong = (now.problems.rows[table.name] ?? []).filter(([row]) => row === at);
    controls.forEach((control, place) => {
      const bad = wrong.some(([, column]) => column === place);
      if (bad) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (document.activeElement !== control && table.columns[place].kind !== "choice") {
        const text = inputText(state.tables[table.name][at][place], table.columns[place]);
        if (control.value !== text) control.value = text;
      }
    });
    const text = wrong.map(([, place, what]) => `${say(table.columns[place].title)}: ${what}`).join("; ");
    if (problem.textContent !== text) problem.textContent = text;
    beside.forEach((column, place) => {
      const value = now.columns?.[column.key][at];
      outputs[place].textContent = value === undefined ? "–" : numberText(value, column);
      outputs[place].classList.toggle("alarm", column.alarm && value > 0);
    });
  };
  return { view, update };
}

function redraw(table) {
  refresh(table.name);
}

function addRow(table) {
  const rows = state.tables[table.name];
  if (rows.length >= MODEL.maxRows) return;
  const last = rows.at(-1);
  const made = table.columns.map((column, at) => (column.kind === "label" ? "" : last[at]));
  const limit = table.columns.findIndex((column) => column.limit);
  if (limit >= 0) {  // the new row is the one without a limit
    const before = rows.length > 1 ? rows.at(-2)[limit] : 0;
    last[limit] = before > 0 ? before * 2 : 1;
    made[limit] = Infinity;
  }
  rows.push(made);
  redraw(table);
}

function deleteRow(table, number) {
  const rows = state.tables[table.name];
  if (rows.length === 1) return;
  rows.splice(number, 1);
  table.columns.forEach((column, at) => {
    if (column.limit) rows.at(-1)[at] = Infinity;
  });
  redraw(table);
}

function sortRows(table, at) {
  const rows = state.tables[table.name];
  const order = (a, b) => (typeof a[at] === "number" && typeof b[at] === "number"
    ? (a[at] === b[at] ? 0 : a[at] - b[at]) : String(a[at]).localeCompare(String(b[at])));
  const sorted = [...rows].sort(order);
  const isSorted = sorted.every((row, n) => row === rows[n]);
  state.tables[table.name] = isSorted ? sorted.reverse() : sorted;
  redraw(table);
}

// Fill in rows from a cell on; a first row of titles says which column is which.
function fill(table, lines, row, at, fromTop) {
  const names = lines[0]?.map((name) => table.columns.findIndex((column) =>
    [column.key, ...column.title].some((title) => title.toLowerCase() === name.toLowerCase()))) ?? [];
  const hasHead = names.filter((place) => place >= 0).length >= Math.min(2, table.columns.length);
  const places = hasHead ? names : lines[0]?.map((_, n) => n + at) ?? [];
  const body = hasHead ? lines.slice(1) : lines;
  if (!body.length) return;
  let rows = fromTop ? [] : state.tables[table.name];
  const spare = rows.at(-1) ?? state.tables[table.name].at(-1);
  body.forEach((cells, n) => {
    const target = rows[row + n] ?? table.columns.map((column, place) =>
      (column.kind === "label" ? "" : column.default === "inf" ? Infinity : column.default ?? spare[place]));
    cells.forEach((cell, place) => {
      const column = table.columns[places[place]];
      if (!column) return;
      const read = checked(cell, column);
      target[places[place]] = column.kind !== "label" && Number.isNaN(read.value) ? cell : read.value;
    });
    rows[row + n] = target;
  });
  const over = rows.length - MODEL.maxRows;
  if (over > 0) announce(word("tooManyRows", { count: over, rows: MODEL.maxRows }));
  state.tables[table.name] = rows.slice(0, MODEL.maxRows);
  redraw(table);
}
