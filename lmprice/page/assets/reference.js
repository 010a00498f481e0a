// Functions whose examples compute while arguments are typed.

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
};

// What was typed for a parameter: a number, a list, a flag; undefined where it is left out.
function argument(text, parameter) {
  const number = (part) => (/^\s*$/.test(part) ? Infinity : Number(part));
  if (parameter.column) {
    if (text.trim() === "" && parameter.optional !== null) return undefined;
    const rows = text.split(",");
    return rows.length === 1 && parameter.optional !== null ? Number(text) : rows.map(number);
  }
  if (text.trim() === "") return parameter.optional === null ? NaN : undefined;
  if (parameter.flag) return /^(true|1)$/i.test(text.trim());
  return Number(text.replace("%", "")) / (text.includes("%") ? 100 : 1);
}

function excelText(described, values) {
  const cell = (value) => (value === undefined ? "" : Array.isArray(value)
    ? `{${value.map((one) => (one === Infinity ? "1E+300" : one)).join(";")}}` : String(value).toUpperCase());
  while (values.length && values.at(-1) === undefined) values.pop();
  return `=${described.excel}(${values.map(cell).join(",")})`;
}

function shownValue(value) {
  if (Array.isArray(value)) return value.map(shownValue).join("; ");
  return Number.isNaN(value) ? MODEL.words.noAnswer : String(Number(value.toPrecision(15)));
}

function functionView(described) {
  const known = FUNCTIONS[described.name];
  const call = make("code");
  const answer = make("p", { class: "answer", "aria-live": "polite" });
  const inputs = described.parameters.map((parameter) => {
    const input = make("input", { "aria-label": `${described.name}: ${parameter.name}`, autocomplete: "off" });
    input.value = parameter.value;
    if (parameter.optional) input.placeholder = parameter.optional;
    input.addEventListener("input", compute);
    return input;
  });
  function compute() {
    const values = described.parameters.map((parameter, n) => argument(inputs[n].value, parameter));
    try {
      answer.textContent = `= ${shownValue(known(...values))}`;
    } catch (error) {
      answer.textContent = error.message;
    }
    call.textContent = excelText(described, values);
  }
  const words = MODEL.words;
  const rows = described.parameters.map((parameter, n) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, parameter.name), make("br"), make("small", {}, parameter.help)),
    make("td", {}, inputs[n]),
    make("td", { class: "unit" }, parameter.unit),
    make("td", {}, make("small", {}, [parameter.rule, parameter.optional === null ? "" : words.leftOut].filter(Boolean).join("; ")))));
  const head = ["argument", "value", "unit", "valid"].map((key) => make("th", { scope: "col" }, words[key]));
  const view = make("section", { class: "card function", id: described.name },
    make("h2", {}, make("code", {}, described.name), ` · ${described.excel}`),
    make("p", {}, described.summary),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": described.name },
      make("table", { class: "grid" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
    make("p", {}, make("small", {}, `${words.result}: ${described.result}`)));
  if (described.formula) view.append(make("pre", { tabindex: "0" }, make("code", {}, `=${described.formula}`)));
  if (known) {
    view.append(make("pre", { tabindex: "0" }, call), answer);
    compute();
  } else view.append(make("p", { class: "hint" }, words.noForm));
  return view;
}

const filter = make("input", { id: "filter", type: "search", "aria-label": MODEL.words.filter, placeholder: MODEL.words.filter });
const views = MODEL.functions.map((described) => [described, functionView(described)]);
filter.addEventListener("input", () => {
  const wanted = filter.value.toLowerCase();
  for (const [described, view] of views) {
    view.hidden = ![described.name, described.excel, described.summary, described.chapter]
      .some((text) => text.toLowerCase().includes(wanted));
  }
});
document.getElementById("functions").append(filter, ...views.map(([, view]) => view));
