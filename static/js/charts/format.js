// Numbers as the reader's language writes them: compact in charts, exact in tables and on hover, a true minus sign.
const language = document.documentElement.lang || "en";

const formats = new Map(); // making one takes far longer than using it

function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language, { signDisplay: "negative", ...options }));
  return formats.get(key);
}

function write(value, options) {
  return format(options).formatToParts(value).map(part).join("");
}

const SIZES = { K: "k", m: "M", B: "bn" }; // as the pages write them, whatever English it is

function part({ type, value }) {
  if (type === "minusSign") return "−";
  return type === "compact" ? `\u202f${SIZES[value] ?? value}` : value;
}

function currency(data) {
  return data.currency ? { style: "currency", currency: data.currency, currencyDisplay: "narrowSymbol" } : {};
}

/** 4.2 M; without the sign of the currency where the axis or the label already says it. */
export function compact(value, data = {}) {
  if (value === null) return "–";
  return write(value, { ...currency(data), notation: "compact", minimumFractionDigits: 0, maximumSignificantDigits: 3 });
}

export function exact(value, data = {}) {
  if (value === null || value === undefined) return "–";
  const digits = data.digits ?? 2;
  return write(value, { ...currency(data), minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function whole(value, data = {}) {
  return write(value, { ...currency(data), maximumFractionDigits: 0 });
}

export function share(value, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return write(value, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** On an axis: no decimals that say nothing. */
export function roundShare(value) {
  return write(value, { style: "percent", maximumFractionDigits: 1 });
}

export function score(value) {
  return value === null ? "–" : write(value, { minimumFractionDigits: 1, maximumFractionDigits: 2 });
}

export function count(value) {
  return write(value, {});
}

/** "2026-03" → "Mar 26" (or "Mar 2026"). */
export function month(text, year = "2-digit") {
  const [whole, part] = text.split("-").map(Number);
  return new Intl.DateTimeFormat(language, { month: "short", year, timeZone: "UTC" }).format(Date.UTC(whole, part - 1, 1));
}
