// Languages, numbers and dates as texts: the same as in Python and in the workbook.

let language = MODEL.language;

const say = (text) => (Array.isArray(text) ? text[language === "zh" ? 1 : 0] : text);

function word(key, parts = {}) {
  return say(MODEL.words[key]).replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

const DAY_0 = Date.UTC(1899, 11, 30);

function isoDay(number) {
  return new Date(DAY_0 + Math.floor(number) * 86400000).toISOString().slice(0, 10);
}

function serialDay(text) {
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) ? NaN : (time - DAY_0) / 86400000;
}

function decimalsOf(size) {
  if (size >= 1000 || size < 1e-9) return 0;
  if (size >= 1) return 2;
  for (let places = 3; places < 10; places++) if (size >= Number(`1e-${places - 2}`)) return places;
  return 10;
}

// The digits of |value| with so many decimals, half rounded up on its shortest decimal form.
function roundedDigits(value, places) {
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const kept = Number(exponent) + 1 + places;
  if (kept < 0) return 0n;
  const up = kept < digits.length && digits[kept] >= "5" ? 1n : 0n;
  return BigInt(digits.slice(0, kept).padEnd(kept, "0") || "0") + up;
}

function fixedText(value, places) {
  const digits = roundedDigits(value, places).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = digits.slice(digits.length - places);
  return /^0*$/.test(rest) ? whole : `${whole}.${rest}`;
}

// A number as a sentence has it: "475,029", "84.5 %", "no answer".
function numberText(value, field) {
  if (Number.isNaN(value)) return word("noAnswer");
  if (field.kind === "date") return isoDay(value);
  const isShare = field.kind === "share";
  const scaled = isShare ? value * 100 : value;
  if (Math.abs(scaled) >= 1e15) return word("tooLarge");
  const places = isShare ? 1 : field.whole ? 0 : decimalsOf(Math.abs(scaled));
  const text = fixedText(scaled, places);
  const sign = value < 0 && /[1-9]/.test(text) ? "-" : "";
  return `${sign}${text}${isShare ? (language === "zh" ? "%" : " %") : ""}`;
}

// Fifteen significant digits, as `%.15g` writes them.
function generalText(value) {
  if (!Number.isFinite(value)) return String(value);
  const [mantissa, exponent] = value.toExponential(14).split("e");
  const power = Number(exponent);
  const plain = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power < -4 || power >= 15) {
    const size = String(Math.abs(power)).padStart(2, "0");
    return `${plain(mantissa)}e${power < 0 ? "-" : "+"}${size}`;
  }
  return plain(value.toFixed(Math.min(100, Math.max(0, 14 - power))));
}

function unitText(field) {
  return field.kind === "share" || field.kind === "label" ? "" : say(field.unit);
}

// A sentence with its numbers written out: {key}, or {key:abs} without its sign.
function spoken(text, values, fields) {
  return say(text).replace(/\{(\w+)(:abs)?\}/g, (_, key, absolute) => {
    const field = fields[key];
    return numberText(absolute ? Math.abs(values[key]) : values[key], field);
  });
}
