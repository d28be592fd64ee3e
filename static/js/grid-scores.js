// A workshop's grid: table[data-scores] keeps each cell as soon as it is left, tells what became of it, and moves by keys
// as a spreadsheet does. Without scripts it is a form with one button.
import { fillStrip } from "./score-strip.js";

const WAIT = 4000; // before what got no answer is tried again
const waiting = new Set();
const underway = new Map(); // what is being sent: leaving a cell by Enter would send it twice
const refused = new Map(); // what the server refused: sent again when somebody asks for it
let sending = false;

const cells = (grid) => [...grid.querySelectorAll("[data-score-cell]")];
const markOf = (input) => input.parentElement.querySelector(".cell-mark input");
const saidBy = (input) => `${input.value.trim()}|${input.value.trim() && markOf(input).checked ? 1 : 0}`;
const wasOf = (input) => input.parentElement.querySelector("input[type=hidden]"); // as the server had it
const announce = (text) => (document.getElementById("announcer").textContent = text);

function tell(input, state, message = "") {
  const cell = input.parentElement;
  const place = cell.querySelector(".field-error");
  cell.dataset.state = state;
  place.textContent = message;
  place.hidden = !message;
  input.toggleAttribute("aria-invalid", Boolean(message));
  if (!message) return input.removeAttribute("aria-describedby");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", place.id);
  announce(message);
}

function count(grid) {
  const place = document.querySelector("[data-progress]");
  const all = cells(grid);
  const done = all.filter((input) => input.dataset.fresh !== undefined || input.dataset.saved.split("|")[0]);
  if (place) place.textContent = place.dataset.progress.replace("##", all.length).replace("#", done.length);
}

function countFirm(grid) {
  for (const place of document.querySelectorAll("[data-firm-sum] [data-count]:not([data-count=all])")) {
    place.textContent = grid.querySelectorAll(`[data-firmness="${place.dataset.count}"]`).length;
  }
}

function body(inputs) {
  const form = new FormData();
  for (const input of inputs) {
    form.append(input.name, input.value.trim());
    form.append(input.name.replace(/^s/, "w"), wasOf(input).value);
    if (markOf(input).checked) form.append(markOf(input).name, "1");
  }
  return form;
}

async function ask(grid, inputs) {
  const form = grid.closest("form");
  const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
  const answer = await fetch(form.action, { method: "POST", headers, body: body(inputs) });
  if (!answer.ok || !answer.headers.get("Content-Type").includes("json")) throw new Error(String(answer.status));
  return answer.json();
}

function take(grid, answer, inputs, said) {
  inputs.forEach((input, place) => {
    const message = answer.cells[input.dataset.scoreCell];
    if (message) refused.set(input, said[place]);
    else {
      refused.delete(input);
      input.dataset.saved = said[place];
    }
    const was = answer.was[input.dataset.scoreCell] ?? wasOf(input).value;
    if (message && was !== wasOf(input).value) input.dataset.saved = was || "|0"; // another window was faster
    wasOf(input).value = was;
    if (saidBy(input) !== said[place]) waiting.add(input); // typed on meanwhile
    else tell(input, message ? "refused" : "saved", message);
  });
  for (const [account, html] of Object.entries(answer.rows)) grid.querySelector(`[data-now="${account}"]`).innerHTML = html;
  count(grid);
  countFirm(grid);
  if (inputs.includes(document.activeElement)) fillStrip(grid, document.activeElement);
  rest(grid);
}

/** With nothing left to keep the page may be left. */
function rest(grid) {
  if (!waiting.size && !grid.querySelector('[data-state="refused"], [data-state="saving"]')) delete grid.closest("form").dataset.changed;
}

async function flush(grid) {
  if (sending || !waiting.size) return;
  const inputs = [...waiting];
  const said = inputs.map(saidBy);
  waiting.clear();
  inputs.forEach((input, place) => underway.set(input, said[place]));
  sending = true;
  try {
    const answer = await ask(grid, inputs);
    underway.clear();
    take(grid, answer, inputs, said);
  } catch {
    underway.clear();
    inputs.forEach((input) => waiting.add(input));
    inputs.forEach((input) => tell(input, "refused", grid.dataset.offline));
    setTimeout(() => flush(grid), WAIT);
    sending = false;
    return;
  }
  sending = false;
  flush(grid);
}

function save(grid, inputs) {
  for (const input of inputs) {
    if (saidBy(input) === input.dataset.saved) {
      if (!waiting.has(input) && input.getAttribute("aria-invalid")) tell(input, "saved");
      continue;
    }
    if (!waiting.has(input) && underway.get(input) === saidBy(input)) continue;
    waiting.add(input);
    input.parentElement.dataset.state = "saving";
  }
  rest(grid);
  flush(grid);
}

function move(grid, input, down, right) {
  const rows = [...grid.tBodies[0].rows];
  const inRow = (row) => [...(row?.querySelectorAll("[data-score-cell]") ?? [])];
  const row = rows.indexOf(input.closest("tr"));
  const next = inRow(rows[row + down])[inRow(rows[row]).indexOf(input) + right];
  if (!next) return false;
  next.focus();
  return true;
}

function atEdge(input, right) {
  const { selectionStart: from, selectionEnd: to, value } = input;
  return (from === 0 && to === value.length) || (right > 0 ? from === value.length : to === 0);
}

function confirm(grid, input) {
  if (!input.value.trim()) input.value = input.dataset.before;
  if (!input.value.trim()) return announce(grid.dataset.none);
  markOf(input).checked = !markOf(input).checked;
  save(grid, [input]);
}

const KEYS = {
  Enter: (grid, input, event) => {
    save(grid, [input]);
    move(grid, input, event.shiftKey ? -1 : 1, 0);
    return true;
  },
  ArrowLeft: (grid, input) => atEdge(input, -1) && move(grid, input, 0, -1),
  ArrowRight: (grid, input) => atEdge(input, 1) && move(grid, input, 0, 1),
  Delete: (grid, input) => {
    input.value = "";
    markOf(input).checked = false;
    save(grid, [input]);
    return true;
  },
  Escape: (grid, input) => {
    const [value, mark] = input.dataset.saved.split("|");
    input.value = value;
    markOf(input).checked = mark === "1";
    waiting.delete(input);
    tell(input, "");
    return true;
  },
  c: (grid, input) => {
    confirm(grid, input);
    return true;
  },
  "?": () => {
    const strip = document.querySelector("[data-strip]");
    strip.scrollIntoView({ block: "nearest" });
    announce(strip.innerText);
    return true;
  },
};

document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-scores] [data-score-cell]");
  if (!input || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (KEYS[event.key]?.(input.closest("table"), input, event)) event.preventDefault();
});

document.addEventListener("focusin", ({ target }) => {
  if (!target.matches?.("[data-scores] [data-score-cell]")) return;
  target.select();
  fillStrip(target.closest("table"), target);
});

document.addEventListener("change", ({ target }) => {
  const grid = target.closest?.("table[data-scores]");
  if (grid) save(grid, [target.parentElement.closest("td").querySelector("[data-score-cell]")]);
});

// What is pasted comes as one event that no hand has made.
document.addEventListener("input", (event) => {
  const grid = event.target.closest?.("table[data-scores]");
  if (grid && !(event instanceof InputEvent) && event.target.type !== "checkbox") {
    save(grid, cells(grid).filter((input) => refused.get(input) !== saidBy(input)));
  }
});

for (const grid of document.querySelectorAll("table[data-scores]")) {
  for (const input of cells(grid)) {
    input.dataset.saved = input.getAttribute("aria-invalid") ? "?" : saidBy(input);
    markOf(input).tabIndex = -1; // the key c does it
  }
}
