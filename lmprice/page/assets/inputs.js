// The left side: inputs with unit, meaning and rules; the case in use.

function inputsView(updates) {
  const names = ["base", "low", "high"];
  const radios = names.map((name, number) =>
    el("label", { class: "segment" },
      el("input", {
        type: "radio", name: "case", value: String(number), checked: state.chosen === number,
        on: { change: () => choose(number) },
      }),
      el("span", {}, word(name))));
  const cases = el("fieldset", { class: "segments" }, el("legend", {}, word("scenario")), ...radios);
  const fields = MODEL.inputs.map((field) => inputView(field, updates));
  return el("div", {}, cases, ...(MODEL.listPrices.length ? [listPricesView()] : []), ...fields);
}

// Prices of tokens by the name of a model; what is filled in may be changed like any input.
function listPricesView() {
  const options = MODEL.listPrices.map((price, number) => el("option", { value: String(number) }, price.title));
  const select = el("select", { id: "list-prices", on: { change: () => {
    const { title, ...prices } = MODEL.listPrices[select.value] ?? {};
    for (const key in prices) setValue(key, prices[key]);
  } } }, el("option", { value: "" }, word("aModel")), ...options);
  return el("div", { class: "field" }, el("label", { for: "list-prices" }, word("listPrices")), select);
}

function choose(number) {
  state.chosen = number;
  build();
  document.querySelector(`input[name=case][value="${number}"]`)?.focus();
}

function setValue(key, value) {
  if (state.chosen > 0 && value === state.cases[0][key]) delete state.cases[state.chosen][key];
  else state.cases[state.chosen][key] = value;
  refresh();
}

function inputView(field, updates) {
  const id = `in-${field.key}`;
  const described = `${id}-help ${id}-problem`;
  const problem = el("p", { class: "problem", id: `${id}-problem` });
  const control = controlOf(field, valueOf(field.key), (value) => setValue(field.key, value), {
    id, "aria-describedby": described,
  });
  const rule = field.rule ? say(field.rule) : "";
  const help = el("p", { class: "help", id: `${id}-help` }, [say(field.help), rule].filter(Boolean).join(" · "));
  const view = el("div", { class: "field", id: `field-${field.key}` },
    el("label", { for: id, title: say(field.help) }, say(field.title)),
    el("div", { class: "control" }, control,
      el("span", { class: "unit" }, field.kind === "share" ? "%" : field.kind === "number" ? say(field.unit) : "")),
    help, problem);
  updates.push((now) => {
    const wrong = now.problems.inputs[field.key] ?? "";
    const value = valueOf(field.key);
    const about = now.questions.filter(([key]) => key === field.key).map(([, text]) => say(text));
    const question = wrong ? "" : asked(value, field) || about[0] || "";
    showProblem(control, problem, wrong, question);
    view.classList.toggle("changed", state.chosen > 0 && field.key in state.cases[state.chosen]);
    if (document.activeElement !== control && field.kind !== "choice") {
      const text = inputText(value, field);
      if (control.value !== text) control.value = text;
    }
  });
  return view;
}

function showProblem(control, place, wrong, question) {
  const text = wrong || (question && `${word("check")}${question}`);
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("question", !wrong && Boolean(question));
  if (wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

// The element in which a value is typed or chosen.
function controlOf(field, value, set, attributes) {
  if (field.kind === "choice") {
    const options = Object.entries(field.options).map(([key, text]) =>
      el("option", { value: key, selected: key === value }, say(text)));
    const select = el("select", attributes, ...options);
    select.addEventListener("change", () => set(select.value));
    return select;
  }
  const isNumber = field.kind === "number" || field.kind === "share";
  const control = el("input", {
    ...attributes, type: field.kind === "date" ? "date" : "text", autocomplete: "off",
    inputmode: isNumber ? "decimal" : undefined, class: isNumber ? "number" : "",
  });
  control.value = inputText(value, field);
  control.addEventListener("input", () => {
    const read = checked(control.value, field);
    set(field.kind !== "label" && Number.isNaN(read.value) ? control.value : read.value);
  });
  control.addEventListener("blur", () => refresh());
  return control;
}
