// Elements of the page, and what is told to whoever listens.

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const event in value) element.addEventListener(event, value[event]);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== "") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

const button = (text, press, attributes = {}) =>
  el("button", { type: "button", ...attributes, on: { click: press } }, text);

// A part of the page with a heading; what is folded away is not drawn until it is opened.
function section(title, body, { id, folded = null } = {}) {
  const heading = el("h2", { id: id && `${id}-title` }, title);
  if (folded === null) {
    return el("section", { id, class: "card", "aria-labelledby": id && `${id}-title` }, heading, body);
  }
  const details = el("details", { id, class: "card", open: !folded }, el("summary", {}, heading), body);
  details.addEventListener("toggle", () => details.open && refresh());
  return details;
}

function announce(text) {
  const place = document.getElementById("announcement");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => place.classList.remove("shown"), 1600);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce(word("copied"));
}

function save(name, content, type) {
  const link = el("a", { download: name, href: URL.createObjectURL(new Blob([content], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
