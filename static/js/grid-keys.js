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
