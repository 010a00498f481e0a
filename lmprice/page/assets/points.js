// What-ifs: the results at other inputs.

function changedInputs(inputs, spec, point) {
  const changed = { ...inputs };
  if (spec.factor) for (const key of spec.inputs) changed[key] = inputs[key] * point;
  else changed[spec.inputs[0]] = point;
  return changed;
}

// The points of a span, for known inputs and results.
function spanPoints(span, known) {
  const end = (names, pick, stretch) => {
    if (!Array.isArray(names)) return names;
    const first = known[names[0]];
    return stretch * pick(...names.map((name) => (Number.isFinite(known[name]) ? known[name] : first)));
  };
  const start = end(span.start, Math.min, 0.5);
  const stop = end(span.end, Math.max, 1.25);
  const step = span.whole ? Math.ceil((stop - start) / span.count) : 0;
  return Array.from({ length: span.count + 1 }, (_, n) =>
    span.whole ? start + n * step : start + ((stop - start) * n) / span.count,
  );
}

// The points around an input: steps below it, itself, steps above it; none beyond a bound.
function aroundPoints(around, inputs) {
  const base = around.factor ? 1 : inputs[around.inputs[0]];
  const field = around.factor ? around.field : FIELDS[around.inputs[0]];
  const step = around.absolute ? around.step : around.step * base;
  return Array.from({ length: 2 * around.steps + 1 }, (_, n) => {
    const point = base + (n - around.steps) * step;
    const broken = field.bounds.find(([operator, limit]) => !HOLDS[operator](point, limit));
    return broken === undefined ? point : nearestTo(broken, base);
  });
}

const nearestTo = ([operator, limit], base) => (HOLDS[operator](limit, limit) ? limit : base);

// Each input by itself lower and higher by a share: which ones move a result most.
function tornadoBars(inputs, key, share) {
  const bars = [];
  for (const field of MODEL.inputs) {
    const base = inputs[field.key];
    if (field.kind !== "number" && field.kind !== "share") continue;
    const ends = [base * (1 - share), base * (1 + share)].sort((a, b) => a - b);
    const [low, high] = ends.map((value) => {
      const broken = field.bounds.find(([operator, limit]) => !HOLDS[operator](value, limit));
      return broken === undefined ? value : nearestTo(broken, base);
    });
    const at = [low, high].map((value) => lmEvaluate({ ...inputs, [field.key]: value }).results[key]);
    bars.push({ field, low, high, atLow: at[0], atHigh: at[1], swing: Math.abs(at[1] - at[0]) });
  }
  const size = (bar) => (Number.isNaN(bar.swing) ? -1 : bar.swing);
  return bars.sort((a, b) => size(b) - size(a));
}
