// Choosing rows: <table data-select> with a checkbox in each row and one [data-select-all] in the head.
// A bar [data-selection-for=TABLE-ID] shows itself with the count in [data-selection-count]; Shift chooses a range.
import { forFresh, unseen } from "./fresh.js";

function boxesOf(table) {
  return [...table.querySelectorAll('tbody input[type="checkbox"]')];
}

function show(table) {
  const boxes = boxesOf(table);
  const count = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-select-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  for (const box of boxes) box.closest("tr").classList.toggle("selected", box.checked);
  for (const bar of document.querySelectorAll(`[data-selection-for="${table.id}"]`)) {
    bar.hidden = count === 0;
    bar.querySelector("[data-selection-count]").textContent = count;
  }
}

function range(boxes, from, to, checked) {
  const [first, last] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  if (first >= 0) for (const box of boxes.slice(first, last + 1)) box.checked = checked;
}

function connect(table) {
  let last = null;
  table.addEventListener("click", ({ target, shiftKey }) => {
    if (!target.matches('input[type="checkbox"]')) return;
    const boxes = boxesOf(table);
    if (target.matches("[data-select-all]")) for (const box of boxes) box.checked = target.checked;
    else if (shiftKey && last) range(boxes, last, target, target.checked);
    last = target;
    show(table);
  });
  show(table);
}

forFresh((root) => unseen(root, "table[data-select]", "selectReady").forEach(connect));
