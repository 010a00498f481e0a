// Puts the page together, computes on every change, and tells each part what to show.

let current = {};
let updates = [];

function computed(redrawn) {
  const found = problems();
  const now = { problems: found, questions: [], redrawn };
  if (found.count) return now;
  const inputs = given();
  const answer = lmEvaluate(inputs);
  const verdict = MODEL.verdicts[answer.verdicts.findIndex(Boolean)];
  const values = { ...inputs, ...answer.results };
  return {
    ...now,
    inputs,
    results: answer.results,
    columns: answer.columns,
    sums: answer.sums,
    questions: MODEL.questions.filter((_, number) => answer.questions[number]),
    warnings: MODEL.warnings.filter((_, number) => answer.warnings[number]),
    verdict: verdict ? { tone: verdict[1], text: spoken(verdict[0], values, FIELDS) } : { tone: "good", text: say(MODEL.title) },
  };
}

function refresh(redrawn = "") {
  const start = performance.now();
  current = computed(redrawn);
  for (const update of updates) update(current);
  keepInAddress();
  window.lmprice.lastUpdate = performance.now() - start;
}

function build() {
  updates = [];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = say(MODEL.title);
  const put = (id, ...children) => document.getElementById(id).replaceChildren(...children.filter(Boolean));
  put("skip", word("skip"));
  put("title", say(MODEL.title));
  put("lead", say(MODEL.about));
  const other = language === "zh" ? "en" : "zh";
  put("tools",
    MODEL.home && el("a", { id: "home", class: "link", href: say(MODEL.home) }, word("home")),
    button(word("language"), () => switchTo(other), { id: "switch-language", lang: other, title: word("languageTitle") }),
    button(word("reset"), () => { state = initialState(); moved = {}; build(); }, { id: "reset" }),
    button(word("share"), () => copy(`${location.href.split("#")[0]}#${stateText()}`), { id: "copy-link" }),
    hasWorkbook() && button(word("workbookFile"), downloadWorkbook, { id: "download-file" }),
    button(word("print"), () => window.print(), { id: "print" }));
  put("inputs", el("h2", {}, word("inputs")), inputsView(updates));
  put("answer", answerView(updates));
  const parts = [];
  const [first, ...charts] = MODEL.charts;
  const view = (chart) => (VIEWS[chart.sort] ?? VIEWS.other)(chart, updates);
  parts.push(section(say(first.title), view(first), { id: "chart-0" }));
  const slider = whatIfView(updates);
  if (slider) parts.push(section(word("whatIf"), slider, { id: "what-if-part" }));
  MODEL.tables.forEach((table) => parts.push(section(say(table.title), tableView(table, updates), { id: `table-${table.name}`, folded: false })));
  charts.forEach((chart, number) => parts.push(section(say(chart.title), view(chart), { id: `chart-${number + 1}`, folded: number > 0 })));
  parts.push(
    section(word("results"), resultsView(updates), { id: "all-results", folded: false }),
    section(word("drivers"), tornadoView(updates), { id: "drivers", folded: true }),
    section(word("sensitivity"), sensitivityView(updates), { id: "sensitivity", folded: true }),
    section(word("scenarios"), casesView(updates), { id: "scenarios", folded: true }),
    section(word("workbook"), workbookView(), { id: "workbook", folded: true }));
  if (MODEL.sums.length) parts.push(section(word("checks"), checksView(updates), { id: "checks", folded: true }));
  parts.push(section(word("about"), el("div", {}, el("p", {}, say(MODEL.example)), el("p", {}, word("offline"))), { id: "about", folded: true }));
  put("parts", ...parts);
  refresh();
}

function switchTo(other) {
  language = other;
  build();
  document.getElementById("switch-language").focus();
}

// For whoever looks from outside: what the page holds, and how long the last change took.
window.lmprice = {
  lastUpdate: 0,
  state: () => state,
  current: () => current,
  address: () => `#${stateText()}`,
  drivers: (key, share) => tornadoBars(current.inputs, key, share),
  refresh: () => refresh(),
  excel: (key) => excelAlone(key),
  workbookInputs: () => workbookInputs(),
};
if (location.hash.length > 1) readState(location.hash.slice(1));
window.addEventListener("hashchange", () => { readState(location.hash.slice(1)); build(); });
build();
new ResizeObserver(() => {
  clearTimeout(build.timer);
  build.timer = setTimeout(() => {
    widths = new WeakMap();
    refresh();
  }, 60);
}).observe(document.getElementById("parts"));
