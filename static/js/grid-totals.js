// Sums of a <table data-grid> while it is filled in: [data-total] of each row, of each column, of all.
const UNIT = 10000n;

const FORMS = {
  ".": { other: ",", parted: /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/, number: /^([+-]?)(\d*)(?:\.(\d*))?$/ },
  ",": { other: ".", parted: /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/, number: /^([+-]?)(\d*)(?:,(\d*))?$/ },
};

/** A number as typed, in ten-thousandths; 0 for what the server will refuse. It reads as profitability/costs.py does. */
export function read(text, decimal) {
  const { other, parted, number } = FORMS[decimal];
  const bare = text.replace(/[\s'’]/g, "").replaceAll("−", "-").replace(/[$€£¥]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])/g, "");
  const plain = bare.replace(/^\((.+)\)$/, "-$1");
  const [, sign, whole = "", part = ""] = number.exec(parted.test(plain) ? plain.replaceAll(other, "") : plain) ?? [];
  if (!(whole + part) || whole.replace(/^0+/, "").length > 12 || part.length > 4) return 0n;
  const size = BigInt(whole || "0") * UNIT + BigInt(part.padEnd(4, "0"));
  return sign === "-" ? -size : size;
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
