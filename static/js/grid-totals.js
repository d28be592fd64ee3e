// Sums of a <table data-grid> while it is filled in: [data-total] of each row, of each column, of all.
const UNIT = 10000n;

/** A number as typed, in ten-thousandths; 0 for what the server will refuse. */
export function read(text, decimal) {
  const plain = text.replace(/[\s'’$€£¥]|\b[A-Z]{3}\b/g, "").replaceAll("−", "-").replace(/^\((.+)\)$/, "-$1");
  const [whole, part = ""] = plain.replaceAll(decimal === "." ? "," : ".", "").split(decimal);
  if (!/^[+-]?\d*$/.test(whole) || !/^\d{0,4}$/.test(part) || !/\d/.test(whole + part)) return 0n;
  const size = BigInt(whole.replace(/[+-]/, "") || "0") * UNIT + BigInt(part.padEnd(4, "0"));
  return whole.startsWith("-") ? -size : size;
}

export function shown(value, least = 0) {
  const size = value < 0n ? -value : value;
  const part = String(size % UNIT).padStart(4, "0").replace(/0+$/, "").padEnd(least, "0");
  const text = new Intl.NumberFormat(document.documentElement.lang).format(size / UNIT);
  return `${value < 0n ? "−" : ""}${text}${part && `.${part}`}`;
}

/** Where the table says how nothing reads ([data-empty]), a sum of empty fields is that, not 0. */
function sum(grid) {
  const { empty } = grid.dataset;
  const rows = [...grid.tBodies[0].rows];
  const typed = ({ value }) => (empty && !value.trim() ? null : read(value, grid.dataset.decimal));
  const values = rows.map((row) => [...row.querySelectorAll("td > input")].map(typed));
  const least = Number(grid.dataset.digits ?? 0);
  const of = (numbers) => {
    const known = numbers.filter((number) => number !== null);
    return known.length ? shown(known.reduce((total, number) => total + number, 0n), least) : (empty ?? shown(0n, least));
  };
  rows.forEach((row, place) => (row.querySelector('[data-total="row"]').textContent = of(values[place])));
  const columns = grid.tFoot.querySelectorAll('[data-total="column"]');
  columns.forEach((cell, place) => (cell.textContent = of(values.map((row) => row[place]))));
  grid.tFoot.querySelector('[data-total="all"]').textContent = of(values.flat());
}

document.addEventListener("input", ({ target }) => {
  const grid = target.closest?.("table[data-grid]");
  if (grid?.tFoot) sum(grid);
});

// What was refused is still in its cells: the sums are of what one sees
document.querySelectorAll("form[data-changed] table[data-grid]").forEach((grid) => grid.tFoot && sum(grid));
