// Up and down arrows go from cell to cell of a <table data-grid>; what is in the cell is chosen, to be typed over.
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const cell = event.target.closest?.("table[data-grid] td");
  if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...cell.closest("tbody").rows];
  const input = rows[rows.indexOf(cell.parentElement) + step]?.cells[cell.cellIndex].querySelector("input");
  if (!input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

// Left and right at the edge of what is typed go to the cell beside it; a grid of scores has its own keys.
document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const input = event.target;
  if (!step || !input.matches?.("table[data-grid]:not([data-scores]) td > input") || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { selectionStart: from, selectionEnd: to, value } = input;
  if (!(from === 0 && to === value.length) && (from !== to || from !== (step < 0 ? 0 : value.length))) return;
  const inputs = [...input.closest("tr").querySelectorAll("td > input")];
  const next = inputs[inputs.indexOf(input) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});
