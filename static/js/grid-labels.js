// Where the cells of a paste belong by its own labels: rows by the code or name of a [data-by-labels] table's rows,
// columns by month. What the labels do not tell goes by position, from the cell in focus.
const LONG = { month: "long", timeZone: "UTC" };

function monthNames(language) {
  const write = new Intl.DateTimeFormat(language, LONG);
  return Array.from({ length: 12 }, (_none, place) => write.format(new Date(Date.UTC(2026, place, 1))).toLowerCase());
}

/** "2026-08" for “Aug 2026”, “2026-08-01”, “08.2026” or “Aug-26”; "-08" for “Aug”; "" for what is no month. */
export function monthIn(text) {
  const plain = text.trim().toLowerCase();
  const whole = /^(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?$/.exec(plain) ?? /^(?<month>\d{1,2})[-/.](?<year>\d{4})$/.exec(plain);
  if (whole) return `${whole.groups?.year ?? whole[1]}-${(whole.groups?.month ?? whole[2]).padStart(2, "0")}`;
  const named = /^(\p{L}{3,})\.?[\s-]*(?:(\d{4})|['’]?(\d\d))?$/u.exec(plain);
  if (!named) return "";
  const names = [document.documentElement.lang, "en"].map(monthNames);
  const place = names.map((known) => known.findIndex((name) => name.startsWith(named[1]) || named[1] === name.slice(0, 4))).find((found) => found >= 0);
  if (place === undefined) return "";
  return `${named[2] ?? (named[3] ? `20${named[3]}` : "")}-${String(place + 1).padStart(2, "0")}`;
}

const bare = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");

function rowsByLabel(grid) {
  const known = new Map();
  [...grid.tBodies[0].rows].forEach((row, place) => {
    known.set(bare(row.querySelector("th").firstChild.textContent), place);
    known.set(bare(row.dataset.code), place);
  });
  return (label) => known.get(bare(label));
}

function columnsByHead(grid) {
  const months = [...grid.tHead.querySelectorAll("[data-month]")].map(({ dataset }) => dataset.month);
  return (head) => {
    const month = monthIn(head);
    const place = month ? months.findIndex((known) => known.endsWith(month)) : -1;
    return place < 0 ? undefined : place;
  };
}

/** The places of these words, if at least one is known; those that are not, and the first of them if none is. */
function placesOf(words, find) {
  const places = words.map(find);
  const unknown = words.filter((word, number) => word !== "" && places[number] === undefined);
  return places.some((place) => place !== undefined) ? { places, left: unknown } : { left: [], strange: unknown[0] };
}

/** Rows and columns for the cells of a paste, by number from 0; undefined means by position. */
export function belonging(grid, { labels, heads }) {
  if (grid.dataset.byLabels === undefined) return { left: [] };
  const rows = labels ? placesOf(labels, rowsByLabel(grid)) : { left: [] };
  const columns = heads ? placesOf(heads, columnsByHead(grid)) : { left: [] };
  return { rows: rows.places, columns: columns.places, left: [...rows.left, ...columns.left], strange: rows.strange ?? columns.strange };
}
