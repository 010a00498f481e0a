// The right side: the answer, figures, and every result with its formula.

const SIGNS = { good: "✓", caution: "?", bad: "!" };

function answerView(updates) {
  const verdict = el("p", { class: "verdict", id: "verdict", role: "status" });
  const notes = el("ul", { class: "notes", "aria-label": word("notes") });
  const tiles = el("dl", { class: "tiles" });
  const values = MODEL.figures.map((key) => {
    const field = FIELDS[key];
    const value = el("dd", { class: "figure", "data-result": key });
    const change = el("dd", { class: "change" });
    tiles.append(el("div", { class: "tile" }, el("dt", {}, say(field.title)), value,
      el("dd", { class: "unit" }, unitText(field) || "\u00a0"), change));
    return { key, field, value, change };
  });
  updates.push((now) => {
    document.body.classList.toggle("invalid", !now.results);
    const told = now.results ? now.verdict : { tone: "bad", text: word("invalid") };
    verdict.className = `verdict ${told.tone}`;
    const text = `${SIGNS[told.tone]} ${told.text}`;
    if (verdict.textContent !== text) verdict.textContent = text;
    notes.replaceChildren(...(now.warnings ?? []).map((text) => el("li", {}, say(text))));
    for (const tile of values) {
      tile.value.textContent = now.results ? numberText(now.results[tile.key], tile.field) : "–";
      tile.change.textContent = now.results ? changeText(tile.key, tile.field, now) : "";
    }
  });
  return el("div", {}, verdict, tiles, notes);
}

// How a figure has moved since the slider was taken.
function changeText(key, field, now) {
  const before = moved.results?.[key];
  if (before === undefined || before === now.results[key]) return "";
  if (field.kind === "date") return numberText(before, field);
  const change = now.results[key] - before;
  if (Number.isNaN(change)) return "";
  return word("since", {
    change: `${change > 0 ? "+" : ""}${numberText(change, field)}`, value: numberText(before, field) });
}

function resultsView(updates) {
  const body = el("div", { class: "results" });
  MODEL.sections.forEach((title, number) => {
    const rows = MODEL.results.filter((result) => result.section === number);
    body.append(el("table", { class: "list" }, el("caption", {}, say(title) || word("results")),
      el("tbody", {}, ...rows.flatMap((result) => resultRow(result, updates)))));
  });
  return body;
}

function resultRow(result, updates) {
  const value = el("td", { class: "number", "data-result": result.key });
  const panel = el("tr", { class: "panel", hidden: true, id: `formula-${result.key}` });
  const title = button(say(result.title), () => toggle(), {
    class: "plain title", "aria-expanded": "false", "aria-controls": `formula-${result.key}` });
  const toggle = (open = panel.hidden) => {
    panel.hidden = !open;
    title.setAttribute("aria-expanded", String(open));
    if (open) panel.replaceChildren(el("td", { colspan: "3" }, formulaView(result)));
  };
  const row = el("tr", { id: `result-${result.key}` }, el("th", { scope: "row" }, title), value,
    el("td", { class: "unit" }, unitText(result)));
  row.open = () => toggle(true);
  updates.push((now) => {
    const text = now.results ? numberText(now.results[result.key], result) : "–";
    if (value.textContent !== text) value.textContent = text;
    if (!panel.hidden) panel.replaceChildren(el("td", { colspan: "3" }, formulaView(result)));
  });
  return [row, panel];
}

const NAME_PATTERN = /[A-Za-z_]\w*/g;

// The formula behind a number, what its names are, and ways to take it along.
function formulaView(result) {
  const text = say(result.formula);
  const names = [...new Set(text.match(NAME_PATTERN))].filter((name) => FIELDS[name] || iterationOf(name));
  const values = current.results ? { ...given(), ...current.results } : {};
  const lines = names.map((name) => {
    const field = FIELDS[name];
    if (!field) return iterationLine(name);
    const value = values[name];
    const shown = field.kind === "choice" ? say(field.options[value])
      : typeof value === "number" ? `${numberText(value, field)} ${unitText(field)}` : "";
    return el("li", {}, el("code", {}, name), " ", button(say(field.title), () => goTo(name), { class: "link" }), shown && ` = ${shown}`);
  });
  const alone = excelAlone(result.key);
  return el("div", { class: "formula" },
    el("p", {}, say(result.help)),
    el("pre", { tabindex: "0", "aria-label": word("formulaOf", { title: say(result.title) }) }, el("code", {}, `${result.key} = ${text}`)),
    names.length ? el("ul", { "aria-label": word("where") }, ...lines) : null,
    el("div", { class: "actions" },
      button(word("copyNumber"), () => copy(String(current.results?.[result.key] ?? ""))),
      button(word("copyFormula"), () => copy(alone ?? `=${text}`)),
      alone ? null : el("span", { class: "hint" }, word("standsIn"))));
}

const iterationOf = (name) => MODEL.iterations.find((one) => one.last === name || one.move === name);

function iterationLine(name) {
  const found = iterationOf(name);
  return el("li", {}, el("code", {}, name), " ",
    word("iterated", { start: found.start, steps: found.steps, step: `=${found.step}` }));
}

function goTo(name) {
  const result = document.getElementById(`result-${name}`);
  if (result) {
    result.closest("details")?.setAttribute("open", "");
    result.open();
    result.querySelector("button").focus();
    result.scrollIntoView({ block: "center" });
    return;
  }
  const table = MODEL.tables.find((one) => name.startsWith(`${one.name}_`));
  const place = document.getElementById(`in-${name}`) ?? document.querySelector(`[data-table="${table?.name}"] input`);
  place?.focus();
  place?.scrollIntoView({ block: "center" });
}

// A result as one formula that stands by itself in any sheet: =LET(inputs, results, the result).
function excelAlone(key) {
  const known = new Map();
  const add = (name) => {
    if (known.has(name)) return true;
    const field = FIELDS[name];
    if (!field || iterationOf(name) || MODEL.columns.includes(field)) return false;
    const input = MODEL.inputs.find((one) => one.key === name);
    if (input) {
      const value = valueOf(name);
      known.set(name, input.kind === "choice" ? `"${say(input.options[value])}"` : String(value));
      return true;
    }
    if (field.formula === undefined) return false;
    const text = say(field.formula);
    const words = text.replace(/"[^"]*"/g, "").match(/[A-Za-z_][\w.]*\b(?!\()/g) ?? [];
    if (!words.every((word) => /^E$/i.test(word) || add(word))) return false;
    known.set(name, text);
    return true;
  };
  if (!current.results || !add(key)) return null;
  known.delete(key);
  const text = say(FIELDS[key].formula);
  if (!known.size) return `=${text}`;
  const formula = `=LET(${[...known].map(([name, value]) => `${name},${value}`).join(",")},${text})`;
  return known.size <= 120 && formula.length <= 8000 ? formula : null;
}

function checksView(updates) {
  const body = el("tbody");
  updates.push((now) => {
    body.replaceChildren(...MODEL.sums.map((title, number) => {
      const [left, right] = now.sums?.[number] ?? [NaN, NaN];
      const isSame = Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right));
      return el("tr", {}, el("th", { scope: "row" }, `${now.results && !isSame ? "!" : "✓"} ${say(title)}`),
        el("td", { class: "number" }, numberText(left, { kind: "number" })),
        el("td", { class: "number" }, numberText(right, { kind: "number" })));
    }));
  });
  return el("table", { class: "list" }, el("thead", {}, el("tr", {}, el("th", {}, ""),
    el("th", { scope: "col", class: "number" }, word("found")),
    el("th", { scope: "col", class: "number" }, word("expected")))), body);
}
