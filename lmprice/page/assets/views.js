// Charts and tables of a template, what-ifs and cases: each is drawn anew when inputs change.

// A part that is drawn only where it can be seen.
function drawn(place, draw, updates) {
  updates.push((now) => {
    const details = place.closest("details");
    if (now.results && (!details || details.open)) draw(now);
  });
  return place;
}

const wide = (table) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": word("numbers") }, table);

const VIEWS = {
  Curves(chart, updates) {
    const headline = el("p", { class: "headline" });
    const place = el("div", { class: "plot" });
    const numbers = numbersView();
    drawn(place, (now) => {
      const points = spanPoints(chart.x, { ...now.inputs, ...now.results });
      const at = points.map((point) => lmEvaluate(changedInputs(now.inputs, chart.x, point)).results);
      const lines = chart.series.map((key) => ({
        title: FIELDS[key].title, field: FIELDS[key], points: points.map((point, n) => [point, at[n][key]]) }));
      const worth = (key) => (typeof key === "number" ? key : now.results[key] ?? now.inputs[key]);
      const marks = chart.marks.map((mark) => ({ title: mark.title, x: worth(mark.x), y: worth(mark.y) }));
      const said = chart.headline && spoken(chart.headline, { ...now.inputs, ...now.results }, FIELDS);
      headline.textContent = said && !said.includes(word("noAnswer")) ? said : "";
      lineChart(place, { lines, marks, x: chart.x.field, isLog: chart.log, label: say(chart.title) });
      numbers.show(chart.x.field, lines);
    }, updates);
    return el("div", {}, headline, place, numbers.view);
  },

  Steps(chart, updates) {
    const place = el("div", { class: "plot" });
    const table = el("table", { class: "grid" });
    drawn(place, (now) => {
      const points = spanPoints(chart.x, { ...now.inputs, ...now.results });
      const at = points.map((point) => lmEvaluate(changedInputs(now.inputs, chart.x, point)).results);
      const lines = chart.series.map((key) => ({
        title: FIELDS[key].title, field: FIELDS[key], points: points.map((point, n) => [point, at[n][key]]) }));
      lineChart(place, { lines, x: chart.x.field, label: say(chart.title) });
      const best = (row) => Math.max(...chart.best.map((key) => row[key]).filter(Number.isFinite));
      table.replaceChildren(headRow([chart.x.field, ...chart.columns.map((key) => FIELDS[key])]),
        el("tbody", {}, ...points.map((point, n) => el("tr", {},
          el("th", { scope: "row", class: "number" }, numberText(point, chart.x.field)),
          ...chart.columns.map((key) => numberCell(at[n][key], FIELDS[key],
            chart.best.includes(key) && at[n][key] === best(at[n])))))));
    }, updates);
    return el("div", {}, chart.best.length ? el("p", { class: "help always" }, say(chart.note)) : null, place, wide(table));
  },

  TableChart(chart, updates) {
    const place = el("div", { class: "plot" });
    const name = (key) => `${chart.table}_${key}`;
    drawn(place, (now) => {
      const column = (key) => now.columns[name(key)] ?? now.inputs[chart.table][key];
      const x = column(chart.x);
      const order = x.map((_, n) => n).sort((a, b) => x[a] - x[b]);
      const line = (key, isDots) => ({ title: FIELDS[name(key)].title, field: FIELDS[name(key)], isDots,
        points: order.map((n) => [x[n], column(key)[n]]) });
      const lines = [...chart.points.map((key) => line(key, true)), ...chart.lines.map((key) => line(key, false))];
      if (chart.forecast) {
        const { x: span, at, series } = chart.forecast;
        const found = spanPoints(span, { ...now.inputs, ...now.results })
          .map((point) => lmEvaluate(changedInputs(now.inputs, span, point)).results);
        for (const key of series) {
          lines.push({ title: FIELDS[key].title, field: FIELDS[key], points: found.map((one) => [one[at], one[key]]).filter(([day]) => Number.isFinite(day)) });
        }
      }
      lineChart(place, { lines, x: FIELDS[name(chart.x)], isLog: chart.log, label: say(chart.title) });
    }, updates);
    return place;
  },

  Comparison(chart, updates) {
    const table = el("table", { class: "grid comparison" });
    drawn(table, (now) => {
      const rows = Object.entries(chart.alternatives);
      const columns = Object.entries(chart.columns);
      const worth = (key, column) => now.results[`${key}_${column}`];
      const known = rows.map(([key]) => worth(key, chart.best)).filter(Number.isFinite);
      const best = known.length ? Math.max(...known) : NaN;
      const sizes = rows.map(([key]) => Math.abs(worth(key, chart.chart))).filter(Number.isFinite);
      const longest = Math.max(...sizes, 0);
      table.replaceChildren(
        headRow([{ title: word("result"), kind: "label" }, ...columns.map(([, field]) => field)]),
        el("tbody", {}, ...rows.map(([key, name]) => {
          const isBest = worth(key, chart.best) === best;
          return el("tr", { class: isBest ? "winner" : "" },
            el("th", { scope: "row" }, say(name), isBest ? el("span", { class: "badge" }, `★ ${word("winner")}`) : null),
            ...columns.map(([column, field]) => {
              const cell = numberCell(worth(key, column), field);
              if (column === chart.chart) cell.append(bar(worth(key, column), longest));
              return cell;
            }));
        })));
    }, updates);
    return wide(table);
  },

  Waterfall(chart, updates) {
    const table = el("table", { class: "grid bars" });
    drawn(table, (now) => {
      let level = 0;
      const spans = chart.steps.map((key) => {
        const value = now.results[key] ?? now.inputs[key];
        const isLevel = chart.levels.includes(key);
        const span = isLevel ? [0, value] : [level - value, level];
        level = isLevel ? value : level - value;
        return { field: FIELDS[key], value, span, isLevel };
      });
      const [low, high] = extent([0, ...spans.flatMap((one) => one.span)]);
      table.replaceChildren(el("tbody", {}, ...spans.map(({ field, value, span, isLevel }) =>
        el("tr", {}, el("th", { scope: "row" }, say(field.title)),
          el("td", { class: "track" }, floating(Math.min(...span), Math.max(...span), low, high, isLevel ? "level" : "off")),
          el("td", { class: "number" }, isLevel ? numberText(value, field) : `${value > 0 ? "−" : "+"}${numberText(Math.abs(value), field)}`)))));
    }, updates);
    return wide(table);
  },

  other: () => el("p", { class: "hint" }, word("inWorkbook")),
};

const headRow = (fields) => el("thead", {}, el("tr", {}, ...fields.map((field, n) =>
  el("th", { scope: "col", class: n ? "number" : "" }, say(field.title), field.unit && unitText(field) ? el("small", {}, unitText(field)) : null))));

const numberCell = (value, field, isBest = false) =>
  el("td", { class: `number${isBest ? " best" : ""}${value < 0 ? " negative" : ""}` }, numberText(value, field));

function bar(value, longest) {
  const made = el("span", { class: `bar${value < 0 ? " negative" : ""}`, "aria-hidden": "true" });
  made.style.width = `${longest > 0 && Number.isFinite(value) ? (100 * Math.abs(value)) / longest : 0}%`;
  return made;
}

function floating(from, to, low, high, kind) {
  const made = el("span", { class: `float ${kind}`, "aria-hidden": "true" });
  const share = (value) => (Number.isFinite(value) && high > low ? (100 * (value - low)) / (high - low) : 0);
  made.style.marginLeft = `${share(from)}%`;
  made.style.width = `${Math.max(0.5, share(to) - share(from))}%`;
  return made;
}

function numbersView() {
  const table = el("table", { class: "grid" });
  const details = el("details", { class: "numbers" }, el("summary", {}, word("numbers")), wide(table));
  let last = null;
  const fillIn = () => {
    if (!details.open || !last) return;
    const [x, lines] = last;
    table.replaceChildren(headRow([x, ...lines.map((line) => ({ ...line.field, title: line.title }))]),
      el("tbody", {}, ...lines[0].points.map(([point], n) => el("tr", {},
        el("th", { scope: "row", class: "number" }, numberText(point, x)),
        ...lines.map((line) => numberCell(line.points[n][1], line.field))))));
  };
  details.addEventListener("toggle", fillIn);
  return { view: details, show: (...numbers) => { last = numbers; fillIn(); } };
}

function sensitivityView(updates) {
  const { result, rows, columns } = MODEL.sensitivity;
  const table = el("table", { class: "grid two-way" });
  drawn(table, (now) => {
    const down = aroundPoints(rows, now.inputs);
    const across = aroundPoints(columns, now.inputs);
    const middle = rows.steps;
    table.replaceChildren(
      el("caption", {}, `${say(FIELDS[result].title)} ${unitText(FIELDS[result])}: ↓ ${say(rows.field.title)} ${unitText(rows.field)}, → ${say(columns.field.title)} ${unitText(columns.field)}`),
      el("thead", {}, el("tr", {}, el("td", {}, ""), ...across.map((point) => el("th", { scope: "col", class: "number" }, numberText(point, columns.field))))),
      el("tbody", {}, ...down.map((one, n) => el("tr", {}, el("th", { scope: "row", class: "number" }, numberText(one, rows.field)),
        ...across.map((other, m) => {
          const inputs = changedInputs(changedInputs(now.inputs, rows, one), columns, other);
          const cell = numberCell(lmEvaluate(inputs).results[result], FIELDS[result]);
          if (n === middle && m === columns.steps) cell.classList.add("here");
          return cell;
        })))));
  }, updates);
  return wide(table);
}

const looking = { result: MODEL.figures[0], share: 0.1, input: "" };
let moved = {};

function tornadoView(updates) {
  const body = el("tbody");
  const rest = el("p", { class: "hint" });
  const select = el("select", { id: "driven" }, ...MODEL.results.filter((one) => one.kind !== "date").map((one) =>
    el("option", { value: one.key, selected: one.key === looking.result }, say(one.title))));
  const share = controlOf({ kind: "share", bounds: [[">", 0, ["is not above 0", "不大于 0"]], ["<", 1, ["is not below 1", "不小于 1"]]] },
    looking.share, (value) => { if (value > 0 && value < 1) { looking.share = value; refresh(); } }, { id: "driver-share" });
  select.addEventListener("change", () => { looking.result = select.value; refresh(); });
  drawn(body, (now) => {
    const field = FIELDS[looking.result];
    const all = tornadoBars(now.inputs, looking.result, looking.share);
    const bars = all.filter((one) => one.swing > 0).slice(0, 12);
    const still = all.filter((one) => !(one.swing > 0)).map((one) => say(one.field.title));
    rest.textContent = still.length ? word("staysPut", { inputs: still.join(language === "zh" ? "、" : ", ") }) : "";
    const base = now.results[looking.result];
    const [low, high] = extent([base, ...bars.flatMap((one) => [one.atLow, one.atHigh])]);
    body.replaceChildren(...bars.map((one) => {
      const ends = [one.atLow, one.atHigh];
      return el("tr", {}, el("th", { scope: "row" }, say(one.field.title)),
        el("td", { class: "number" }, numberText(one.atLow, field)),
        el("td", { class: "track" }, el("div", { class: "pair" },
          floating(Math.min(base, ends[0]), Math.max(base, ends[0]), low, high, "off"),
          floating(Math.min(base, ends[1]), Math.max(base, ends[1]), low, high, "level"))),
        el("td", { class: "number" }, numberText(one.atHigh, field)));
    }));
  }, updates);
  return el("div", {},
    el("div", { class: "row" }, el("label", { for: "driven" }, word("ofInput")), select,
      el("label", { for: "driver-share" }, word("change")), share, el("span", { class: "unit" }, "%")),
    wide(el("table", { class: "grid bars" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, word("inputs")),
      el("th", { scope: "col", class: "number" }, word("atLow")), el("td", {}, ""),
      el("th", { scope: "col", class: "number" }, word("atHigh")))), body)), rest);
}

function whatIfView(updates) {
  const numbers = MODEL.inputs.filter((field) => ["number", "share"].includes(field.kind));
  if (!numbers.length) return null;
  if (!numbers.some((field) => field.key === looking.input)) looking.input = numbers[0].key;
  const select = el("select", { id: "what-if" }, ...numbers.map((field) =>
    el("option", { value: field.key, selected: field.key === looking.input }, say(field.title))));
  const slider = el("input", { type: "range", min: "0", max: "200", step: "1", "aria-label": word("whatIf") });
  const shown = el("output", { class: "figure", for: "what-if" });
  const back = button("", () => { setValue(looking.input, moved.value); });
  // From bound to bound where the input has both, else from nothing to twice the value.
  const range = () => {
    const field = FIELDS[looking.input];
    const base = Number(moved.value);
    const low = field.bounds.find(([operator]) => operator[0] === ">")?.[1];
    const high = field.bounds.find(([operator]) => operator[0] === "<")?.[1];
    const size = Math.abs(base) || 1;
    return [Math.max(low ?? -Infinity, base < 0 ? 2 * base : 0), Math.min(high ?? Infinity, base > 0 ? 2 * base : size)];
  };
  const take = () => {
    moved = { key: looking.input, value: valueOf(looking.input), results: current.results };
  };
  slider.addEventListener("input", () => {
    const [low, high] = range();
    const field = FIELDS[looking.input];
    let value = Number((low + ((high - low) * slider.value) / 200).toPrecision(6));
    if (brokenRule(value, "", field)) value = Number((low + ((high - low) * Math.min(199, Math.max(1, slider.value))) / 200).toPrecision(6));
    setValue(looking.input, value);
  });
  select.addEventListener("change", () => { looking.input = select.value; moved = {}; refresh(); });
  updates.push((now) => {
    if (moved.key !== looking.input || moved.chosen !== state.chosen) {
      take();
      moved.chosen = state.chosen;
    }
    const value = valueOf(looking.input);
    const field = FIELDS[looking.input];
    slider.disabled = typeof value !== "number" || typeof moved.value !== "number";
    if (slider.disabled) return;
    const [low, high] = range();
    const at = String(Math.round((200 * (value - low)) / (high - low)));
    if (slider.value !== at && document.activeElement !== slider) slider.value = at;
    shown.textContent = `${numberText(value, field)} ${unitText(field)}`;
    slider.setAttribute("aria-valuetext", shown.textContent);
    back.textContent = word("back", { value: numberText(moved.value, field) });
    back.hidden = value === moved.value;
  });
  return el("div", { class: "row what-if" }, el("label", { for: "what-if" }, word("whatIfInput")), select, slider, shown, back);
}

function casesView(updates) {
  const table = el("table", { class: "grid" });
  drawn(table, () => {
    const names = ["base", "low", "high"];
    const found = names.map((_, number) => {
      const bad = MODEL.inputs.some((field) => problemOf(valueOf(field.key, number), field));
      return bad ? null : lmEvaluate(given(number)).results;
    });
    const changed = MODEL.inputs.filter((field) => [1, 2].some((n) => field.key in state.cases[n]));
    const shown = (value, field) => (field.kind === "choice" ? say(field.options[value]) : typeof value === "number" ? numberText(value, field) : "–");
    table.replaceChildren(
      headRow([{ title: "" }, ...names.map((name) => ({ title: word(name) }))]),
      el("tbody", {},
        ...changed.map((field) => el("tr", { class: "input-row" }, el("th", { scope: "row" }, say(field.title)),
          ...names.map((_, n) => el("td", { class: "number" }, shown(valueOf(field.key, n), field))))),
        ...MODEL.figures.map((key) => el("tr", {}, el("th", { scope: "row" }, say(FIELDS[key].title)),
          ...found.map((results) => (results ? numberCell(results[key], FIELDS[key]) : el("td", { class: "number" }, "–")))))));
  }, updates);
  return wide(table);
}
