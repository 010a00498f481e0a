function lmTotal(rows, value) {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += value(i);
  return sum;
}
function lmProduct(rows, value) {
  let product = 1;
  for (let i = 0; i < rows; i++) product *= value(i);
  return product;
}
function lmLargest(rows, value) {
  let largest = -Infinity;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, value(i));
  return largest;
}
function lmAnswer(value, known) {
  return known && Number.isFinite(value) ? value : NaN;
}
function lmBad(name, parameter, value, rule) {
  throw new RangeError(`${name}: ${parameter} ${value} ${rule}`);
}
function lmCheckNumber(name, parameter, value) {
  if (typeof value !== "number") lmBad(name, parameter, value, "is not a number");
  if (value === Infinity || value === -Infinity) lmBad(name, parameter, value, "is infinite");
}
function lmCheck(name, parameter, value, holds, rule) {
  if (!holds && !Number.isNaN(value)) lmBad(name, parameter, value, rule);
}
function lmCheckRows(name, parameter, values, rows, increasing, unlimited) {
  if (!Array.isArray(values)) lmBad(name, parameter, values, "is no array");
  if (values.length === 0) lmBad(name, parameter, values, "has no rows");
  if (values.length !== rows) lmBad(name, parameter, values.length, "is another number of rows");
  values.forEach((value, i) => {
    const isLimit = unlimited && i === rows - 1;
    if (!isLimit) lmCheckNumber(name, parameter, value);
    if (isLimit && value < 1e300) {
      lmBad(name, parameter, value, "is not infinite: the last row has no limit");
    }
    if (increasing && i > 0 && value <= values[i - 1]) {
      lmBad(name, parameter, value, `is not above ${values[i - 1]}`);
    }
  });
}
// The logarithm of n!, by Stirling's series, which needs a number that is not small.
function lmLogFactorial(n) {
  let x = n + 1;
  let product = 1;
  for (; x < 15; x++) product *= x;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + lmBeyondStirling(x) - Math.log(product);
}
function lmBeyondStirling(x) {
  const s = 1 / (x * x);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188))))) / x;
}
// count ln(count / mean) + mean - count without what cancels where they are close, by the series of
// the logarithm in (count - mean) / (count + mean).
function lmDeviance(count, mean) {
  const v = (count - mean) / (count + mean);
  if (Math.abs(v) > 0.1) return count * Math.log(count / mean) + mean - count;
  let sum = (count - mean) * v;
  let power = 2 * count * v;
  for (let n = 3; n < 100; n += 2) {
    power *= v * v;
    sum += power / n;
  }
  return sum;
}
// P(N = count) of a Poisson variable; of a large count by Stirling's series and the deviance.
function lmPoisson(count, mean) {
  if (count < 15) return Math.exp(count * Math.log(mean) - mean - lmLogFactorial(count));
  const exponent = -lmDeviance(count, mean) - lmBeyondStirling(count);
  return Math.exp(exponent) / Math.sqrt(2 * Math.PI * count);
}
// P(N <= count) of a Poisson variable: the incomplete gamma function Q(count + 1, mean).
function lmPoissonCdf(count, mean) {
  if (!(count >= 0) || !(mean >= 0)) return count < 0 ? 0 : NaN;
  if (mean === 0) return 1;
  const a = Math.floor(count) + 1;
  const scale = mean * lmPoisson(a - 1, mean);
  if (mean < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1e6 && term > sum * 1e-17; n++) sum += term *= mean / (a + n);
    return 1 - sum * scale;
  }
  let b = mean + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1e6; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h * scale;
}
// The share of Student's t that lies beyond t on both sides: an incomplete beta function.
function lmTBeyond(t, degrees) {
  const x = degrees / (degrees + t * t);
  const a = degrees / 2;
  const b = 0.5;
  const beta = lmHalfStep(a) / Math.sqrt(Math.PI);
  const away = (t * t) / (degrees + t * t);
  const scale = beta * Math.exp(a * (x < 0.5 ? Math.log(x) : Math.log1p(-away))) * Math.sqrt(away);
  if (x >= (a + 1) / (a + b + 2)) return 1 - (scale * lmBetaFraction(1 - x, b, a)) / b;
  return (scale * lmBetaFraction(x, a, b)) / a;
}
// gamma(a + 1/2) / gamma(a), by its series in 1/a, which needs a number that is not small.
function lmHalfStep(a) {
  let ratio = 1;
  for (; a < 30; a++) ratio *= a / (a + 0.5);
  const s = 1 / (a * a);
  const series = (-1 / 8 + s * (1 / 192 - s * (1 / 640 - s * (17 / 14336)))) / a;
  return ratio * Math.sqrt(a) * Math.exp(series);
}
function lmBetaFraction(x, a, b) {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 1e4; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}
// How many standard errors an interval of a confidence reaches to either side, by bisection.
function lmTQuantile(confidence, degrees) {
  if (!(confidence > 0 && confidence < 1 && degrees > 0)) return confidence === 0 ? 0 : NaN;
  let low = 0;
  let high = 1;
  while (lmTBeyond(high, degrees) > 1 - confidence) high *= 2;
  for (let n = 0; n < 200 && high - low > 1e-16 * high; n++) {
    const middle = (low + high) / 2;
    if (lmTBeyond(middle, degrees) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
// The day so many calendar months after the day of a number; both as a spreadsheet counts days.
function lmMonthsLater(day, months) {
  if (!Number.isFinite(day) || !Number.isFinite(months)) return NaN;
  const whole = Math.floor(months);
  const start = lmWholeMonthsLater(day, whole);
  return start + (months - whole) * (lmWholeMonthsLater(day, whole + 1) - start);
}
function lmWholeMonthsLater(day, months) {
  const DAY = 86400000;
  const date = new Date((Math.floor(day) - 25569) * DAY);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / DAY + 25569;
}
function lmKnownOr(value, other) {
  return Number.isNaN(value) ? other : value;
}
function lmFinite(value) {
  return Number.isFinite(value) ? value : NaN;
}
// One row of a column, counted from 1.
function lmRow(column, number) {
  return column[number - 1] ?? NaN;
}
