// Line charts as SVG: one or two dozen points a line, dots, marked points, linear or log axis.

const HEIGHT = 300;
const MARGIN = { top: 26, right: 18, bottom: 40, left: 58 };

let widths = new WeakMap();

function niceTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const ticks = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) ticks.push(n * step);
  return ticks;
}

function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const n of Math.log10(high / low) < 2 ? [1, 2, 5] : [1]) {
      const tick = n * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}

// A number on an axis: as short as it can be.
function tickText(value, field) {
  if (field.kind === "date") return isoDay(value).slice(0, 7);
  if (field.kind === "share") return `${Number((value * 100).toPrecision(4))}%`;
  const units = language === "zh" ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "k"]];
  const [size, sign] = units.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  return `${Number((value / size).toPrecision(4))}${sign}`;
}

function extent(values) {
  const known = values.filter(Number.isFinite);
  return known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
}

function scale(values, from, to, isLog, withZero = false) {
  let [low, high] = extent(isLog ? values.filter((value) => value > 0) : values);
  if (isLog && low <= 0) [low, high] = [1, 10];  // nothing is there
  if (!isLog && withZero && low > 0 && low < high / 2) low = 0;
  if (low === high) [low, high] = isLog ? [low / 2, low * 2] : [low - Math.abs(low || 1), high + Math.abs(high || 1)];
  const at = isLog ? Math.log : (value) => value;
  const place = (value) => from + ((at(value) - at(low)) / (at(high) - at(low))) * (to - from);
  return { low, high, place, ticks: (count) => (isLog ? logTicks(low, high) : niceTicks(low, high, count)) };
}

// lines: [{ title, field, points: [[x, y]], isDots }], marks: [{ title, x, y }]
function lineChart(place, { lines, marks = [], x, isLog = false, label }) {
  // Asking for a width lays the whole page out anew: once, until the window has another size.
  if (!widths.has(place) && place.clientWidth) widths.set(place, place.clientWidth);
  const width = Math.max(280, widths.get(place) ?? 640);
  const inner = { left: MARGIN.left, right: width - MARGIN.right, bottom: HEIGHT - MARGIN.bottom };
  const known = marks.filter((mark) => Number.isFinite(mark.x) && Number.isFinite(mark.y));
  const all = [...lines.flatMap((line) => line.points), ...known.map((mark) => [mark.x, mark.y])];
  const across = scale(all.map(([value]) => value), inner.left, inner.right, false);
  const up = scale(all.map(([, value]) => value), inner.bottom, MARGIN.top, isLog, true);
  const drawing = svg("svg", {
    width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label, class: "chart",
  });
  for (const tick of up.ticks(5)) {
    const y = up.place(tick);
    drawing.append(svg("line", { x1: inner.left, x2: inner.right, y1: y, y2: y, class: tick === 0 ? "zero" : "grid" }));
    drawing.append(svg("text", { x: inner.left - 8, y: y + 4, class: "tick end" }, tickText(tick, lines[0].field)));
  }
  for (const tick of across.ticks(Math.max(3, Math.floor(width / 110)))) {
    drawing.append(svg("text", { x: across.place(tick), y: inner.bottom + 18, class: "tick middle" }, tickText(tick, x)));
  }
  drawing.append(svg("text", { x: 4, y: 12, class: "axis" }, unitText(lines[0].field)));
  const unit = unitText(x);
  const axis = `${say(x.title)}${unit && x.kind !== "date" ? ` (${unit})` : ""}`;
  drawing.append(svg("text", { x: (inner.left + inner.right) / 2, y: HEIGHT - 5, class: "axis middle" }, axis));
  lines.forEach((line, number) => drawing.append(drawnLine(line, number, across, up, isLog)));
  const places = known.map((mark) => across.place(mark.x));
  known.forEach((mark, number) => drawing.append(...drawnMark(mark, number, places, up, inner)));
  drawing.append(svg("line", { x1: 0, x2: 0, y1: MARGIN.top, y2: inner.bottom, class: "guide", visibility: "hidden" }));
  place.replaceChildren(legend(lines), drawing, el("p", { class: "readout", "aria-hidden": "true" }, "\u00a0"));
  drawing.addEventListener("pointermove", (event) => readOut(event, place, lines, across, x));
}

function drawnLine(line, number, across, up, isLog) {
  const group = svg("g", { class: `series s${number % 4}` });
  if (line.isDots) {
    for (const [x, y] of line.points) {
      if (Number.isFinite(y) && (!isLog || y > 0)) {
        group.append(svg("circle", { cx: across.place(x).toFixed(1), cy: up.place(y).toFixed(1), r: 3.5, class: "dot" }));
      }
    }
    return group;
  }
  let path = "";
  let pen = "M";
  for (const [x, y] of line.points) {
    if (!Number.isFinite(y) || (isLog && y <= 0)) pen = "M";
    else {
      path += `${pen}${across.place(x).toFixed(1)} ${up.place(y).toFixed(1)}`;
      pen = "L";
    }
  }
  group.append(svg("path", { d: path, class: "line" }));
  return group;
}

// A point with its name on the side that has room: away from a point close by, else from the edge.
function drawnMark(mark, number, places, up, inner) {
  const NEAR = 110;
  const x = places[number];
  const y = up.place(mark.y);
  const beside = places.map((place) => place - x).find((gap) => gap !== 0 && Math.abs(gap) < NEAR);
  const isRight = beside === undefined ? x > (inner.left + inner.right) / 2 : beside > 0 && x - inner.left > NEAR;
  const below = number % 2 === 1 ? y < inner.bottom - 24 : y < MARGIN.top + 20;
  return [
    svg("circle", { cx: x, cy: y, r: 5, class: "mark" }),
    svg("text", { x: x + (isRight ? -9 : 9), y: y + (below ? 18 : -9), class: `marked ${isRight ? "end" : ""}` }, say(mark.title)),
  ];
}

function legend(lines) {
  const sample = (number, isDots) =>
    svg("svg", { width: 26, height: 10, class: `series s${number % 4}`, "aria-hidden": "true" },
      isDots ? svg("circle", { cx: 13, cy: 5, r: 3.5, class: "dot" }) : svg("path", { d: "M0 5L26 5", class: "line" }));
  return el("ul", { class: "legend" },
    ...lines.map((line, number) => el("li", {}, sample(number, line.isDots), say(line.title))));
}

// What the chart has below the pointer, as a line of text.
function readOut(event, place, lines, across, x) {
  const box = event.currentTarget.getBoundingClientRect();
  const at = event.clientX - box.left;
  const points = lines[0].points;
  const near = points.reduce((best, point, n) =>
    Math.abs(across.place(point[0]) - at) < Math.abs(across.place(points[best][0]) - at) ? n : best, 0);
  const guide = event.currentTarget.querySelector(".guide");
  const value = points[near][0];
  guide.setAttribute("visibility", "visible");
  guide.setAttribute("x1", across.place(value));
  guide.setAttribute("x2", across.place(value));
  const texts = lines.filter((line) => line.points[near]?.[0] === value)
    .map((line) => `${say(line.title)} ${numberText(line.points[near][1], line.field)}`);
  place.querySelector(".readout").textContent = [`${say(x.title)} ${numberText(value, x)}`, ...texts].join(" · ");
}
