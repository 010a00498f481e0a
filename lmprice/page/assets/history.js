// The charts of the history of prices: output and input as dots, the trend of output as a line.

const PRICE = (title) => ({ kind: "number", title, unit: MODEL.unit });

function drawHistory(place) {
  const line = MODEL.lines[place.dataset.line];
  const { titles } = MODEL;
  const lines = [{ title: titles.output, field: PRICE(titles.output), points: line.output, isDots: true },
    { title: titles.input, field: PRICE(titles.input), points: line.input, isDots: true }];
  if (line.trend.length) lines.push({ title: titles.trend, field: PRICE(titles.trend), points: line.trend });
  lineChart(place, { lines, x: { kind: "date", title: titles.date, unit: "" }, isLog: true, label: line.name });
}

const places = document.querySelectorAll("[data-line]");
places.forEach(drawHistory);
let drawnWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnWidth) return;
  drawnWidth = innerWidth;
  widths = new WeakMap();
  places.forEach(drawHistory);
});
