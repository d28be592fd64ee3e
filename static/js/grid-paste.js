// <table data-grid> of inputs takes a paste from a spreadsheet: its cells go to the right and down from the one in focus.
// A row of heads and a column of labels say where its cells belong, or are left out; what did not fit is said with its
// reason; Ctrl+Z takes it all back.
import { belonging } from "./grid-labels.js";

const NUMBER = /^[-+−(]?[\s$€£¥]*[\d.,'’\s]*\d[\d.,'’\s]*[)]?\s*[€$£¥]?$/;
const EMPTY = /^[-–—]?$/;
let undo = null;

function rowsOf(text) {
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return rows.map((row) => row.split("\t").map((cell) => cell.trim()));
}

const isNumber = (text) => NUMBER.test(text);
const isLabel = (text) => !isNumber(text) && !EMPTY.test(text);
const isMonth = (text) => /^((19|20)\d\d|\d{1,2}[-/.](19|20)\d\d|(19|20)\d\d[-/.]\d{1,2})$/.test(text);

/** The figures of a paste without its heads and labels. In a row that takes words, words are no labels. */
function figures(rows, start) {
  if (inputsOf(start.closest("tr")).some((input) => !input.inputMode)) return { body: rows };
  const heads = rows.length > 1 && rows[0].some((cell) => isLabel(cell) || isMonth(cell)) && !rows[0].some((cell) => isNumber(cell) && !isMonth(cell));
  const body = heads ? rows.slice(1) : rows;
  const labels = body.some((row) => row.length > 1 && isLabel(row[0])) && body.every((row) => !isNumber(row[0]));
  const before = labels && rows[0].length === body[0].length ? 1 : 0; // a head may stand over the labels, or not
  return {
    body: labels ? body.map((row) => row.slice(1)) : body,
    heads: heads ? rows[0].slice(before) : null,
    labels: labels ? body.map((row) => row[0]) : null,
  };
}

function inputsOf(row) {
  return [...row.querySelectorAll("td > input")];
}

/** Writes the cells where they belong; by position they go right and down from the one in focus. */
function put(grid, start, rows, places) {
  const lines = [...grid.tBodies[0].rows];
  const from = lines.indexOf(start.closest("tr"));
  const column = inputsOf(lines[from]).indexOf(start);
  const left = { closed: 0, outside: 0 };
  const before = [];
  rows.forEach((cells, down) => {
    const line = lines[places.rows ? places.rows[down] : from + down];
    if (places.rows && !line) return; // its label is named among those left out
    const inputs = line ? inputsOf(line) : [];
    cells.forEach((cell, right) => {
      const place = places.columns ? places.columns[right] : column + right;
      if (places.columns && place === undefined) return;
      const input = inputs[place];
      if (input && !input.readOnly) {
        before.push([input, input.value]);
        input.value = cell;
      } else if (cell !== "") left[input ? "closed" : "outside"] += 1;
    });
  });
  undo = { grid, before };
  return left;
}

/** What happened, under the table, with the way back. */
function say(grid, left, { heads, labels }, places) {
  const words = grid.dataset;
  const parts = [words.pasted];
  if (places.strange !== undefined) parts.push(words.byPosition.replace("0", () => places.strange));
  else if (places.rows || places.columns) parts.push(words.byLabels);
  else if (heads || labels) parts.push(words.withoutLabels);
  if (places.left.length) parts.push(words.leftLabels.replace("0", () => places.left.join(", ")));
  if (left.closed) parts.push(words.leftClosed.replace("0", left.closed));
  if (left.outside) parts.push(words.leftOutside.replace("0", left.outside));
  const note = noteOf(grid);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: words.undo });
  button.addEventListener("click", () => takeBack());
  note.replaceChildren(`${parts.join(" ")} `, button);
  announce(parts.join(" "));
}

function noteOf(grid) {
  const known = grid.parentElement.parentElement.querySelector(".paste-note");
  if (known) return known;
  const note = Object.assign(document.createElement("p"), { className: "hint paste-note" });
  grid.parentElement.after(note);
  return note;
}

function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

function takeBack() {
  const { grid, before } = undo;
  undo = null;
  for (const [input, value] of before) input.value = value;
  noteOf(grid).replaceChildren(grid.dataset.undone);
  announce(grid.dataset.undone);
  const [first] = before[0] ?? [];
  first?.focus();
  first?.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const grid = event.target.closest?.("table[data-grid]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!grid || !event.target.matches("td > input") || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const found = figures(rowsOf(text), event.target);
  const places = belonging(grid, found);
  const left = put(grid, event.target, found.body, places);
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
  if (grid.dataset.undo) say(grid, left, found, places);
  else announce(left.closed + left.outside ? grid.dataset.someLeft.replace("0", left.closed + left.outside) : grid.dataset.pasted);
});

// The first Ctrl+Z after a paste takes all of it back; once something was typed, the browser's own undo goes first.
document.addEventListener("input", (event) => {
  if (event.isTrusted) undo = null;
});

document.addEventListener("keydown", (event) => {
  if (!undo || event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  if (!event.target.closest?.("table[data-grid]")) return;
  event.preventDefault();
  takeBack();
});
